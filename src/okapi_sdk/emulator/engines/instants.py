"""Sets of instants on skyfield's time scales, and functions that sample and format times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from skyfield.api import load

from .arrays import Array

SECONDS_PER_DAY = 86_400.0
JULIAN_DATE_OF_ORDINAL_0 = 1_721_424.5
"""The Julian date of midnight before day 0 of `datetime.toordinal`."""
_FIRST_DAY_OF_UTC = datetime(1972, 1, 1, tzinfo=UTC).toordinal()
_CHUNK = 4096
_TAI_MINUS_GPS = 19


@dataclass(frozen=True)
class Instants:
    """Instants as seconds after a UTC origin, in days of 86,400 s, as in TLEs and ISO 8601 times."""

    origin: datetime
    seconds: Array

    @property
    def day_and_second(self) -> tuple[Array, Array]:
        """Days after the origin's midnight, and seconds of that day. Together they stay exact to 1 µs over a year."""
        midnight = self.origin.replace(hour=0, minute=0, second=0, microsecond=0)
        total = self.seconds + (self.origin - midnight).total_seconds()
        days = np.floor(total / SECONDS_PER_DAY)
        return days, total - days * SECONDS_PER_DAY

    @property
    def ut1(self) -> tuple[Array, Array]:
        """The same moments in UT1, as days of a Julian date and fractions of a day.

        skyfield's UTC begins in 1972. Before, UTC ran at rates of its own and was stepped so that it stayed within
        0.1 s of the rotation of the Earth; it is taken for UT1.
        """
        time = self.skyfield()
        days, seconds = self.day_and_second
        midnight = days + self.origin.toordinal()
        early = midnight < _FIRST_DAY_OF_UTC
        return (
            np.where(early, midnight + JULIAN_DATE_OF_ORDINAL_0, time.whole),
            np.where(early, seconds / SECONDS_PER_DAY, time.ut1_fraction),
        )

    def skyfield(self) -> Any:
        """Return the same instants as a skyfield `Time`."""
        days, seconds = self.day_and_second
        return _timescale().utc(self.origin.year, self.origin.month, self.origin.day + days, 0, 0, seconds)


@cache
def _timescale() -> Any:
    """Return skyfield's time scales, from the tables in its package."""
    return load.timescale(builtin=True)


def utc_of_gps(moments: Sequence[datetime]) -> list[datetime]:
    """Return UTC for times on the scale of GPS, which has no leap seconds and equalled UTC in January 1980."""
    scale = _timescale()
    found = []
    for moment in moments:
        utc = moment
        for _ in range(2):  # the table is entered with UTC
            day = utc.toordinal() + JULIAN_DATE_OF_ORDINAL_0 + (utc.hour * 3600 + utc.minute * 60 + utc.second) / 86_400
            leaps = float(scale.leap_offsets[int(np.searchsorted(scale.leap_dates, day, side="right")) - 1])
            utc = moment - timedelta(seconds=leaps - _TAI_MINUS_GPS)
        found.append(utc)
    return found


def chunks(seconds: Array) -> list[Array]:
    """Split times into chunks that take a few milliseconds each, so that other threads can run in between."""
    return np.array_split(seconds, max(1, -(-seconds.size // _CHUNK)))


def in_chunks(function: Callable[[Array], Array], seconds: Array) -> Array:
    """Evaluate a function of time chunk by chunk."""
    return np.concatenate([function(chunk) for chunk in chunks(seconds)])


def output_times(start: float, end: float, step: float) -> Array:
    """Return times every `step` seconds from `start`, and `end` itself, rounded to milliseconds like printed times."""
    seconds: Array = np.append(np.arange(start, end, step), end)
    return np.unique(np.round(seconds, 3))


def whole_milliseconds(moment: datetime) -> datetime:
    """Return the time rounded to the nearest millisecond."""
    rounded = moment + timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """Return a time in the platform's format: ISO 8601 in UTC, to the nearest millisecond."""
    return whole_milliseconds(moment).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
