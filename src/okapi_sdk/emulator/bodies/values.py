"""Numbers, times and frames as messages write them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

_EPOCH = re.compile(r"(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))[T ](\d\d:\d\d:\d\d)(\.\d{1,18})?(?:Z|\+00:00)?")
_FRAMES = {"GCRF": "GCRF", "ICRF": "GCRF", "EME2000": "EME2000", "J2000": "EME2000", "TEME": "TEME"}


def read_number(value: object) -> float | None:
    """A finite number, also from text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_epoch(value: object) -> datetime | None:
    """A UTC time of a message, to the microsecond; None for anything else.

    The middle is a T or a blank, the date may be a day of the year, and the Z at the end may be left out.
    """
    match = _EPOCH.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, day_of_year, clock, fraction = match.groups()
    try:
        if day_of_year is None:
            date = datetime(int(year), int(month), int(day), tzinfo=UTC)
        else:
            date = datetime(int(year), 1, 1, tzinfo=UTC) + timedelta(days=int(day_of_year) - 1)
        hours, minutes, seconds = (int(part) for part in clock.split(":"))
        time = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=round(float(fraction or 0) * 1e6))
        return date + time if hours < 24 and minutes < 60 and seconds < 60 else None
    except (ValueError, OverflowError):
        return None


def read_frame(value: object) -> str | None:
    """A reference frame, under one name for all of its spellings: GCRF, EME2000, TEME or ITRF. None if unknown."""
    text = str(value).strip().upper()
    return "ITRF" if re.fullmatch(r"ITRF[-_ ]?\d*|ITRS", text) else _FRAMES.get(text)


def fraction_digits(value: object) -> str:
    """The decimal places of a `..._FRACTION` key: a whole number whose leading zeros may be missing.

    Up to three digits are milliseconds, which is inferred from the connectors' examples; more are microseconds.
    """
    digits = re.sub(r"\D", "", str(value or ""))
    return digits and digits.zfill(3 if len(digits) <= 3 else 6)
