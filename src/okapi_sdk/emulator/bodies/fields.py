"""Reading request bodies, in both dialects, into plain values.

The generic dialect (since 2020) wraps every input as `{"type": tag, "content": ...}`; the typed one (2019 to 2020) has
a key of its own for each kind of input. Everything that is not understood is refused by name, for a request that
silently loses a misspelt setting teaches nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

TYPED_KEYS = frozenset(
    {
        "tle",
        "simple_state",
        "CCSDS_OPM",
        "CCSDS_CDM",
        "simple_ground_location",
        "predict_passes_settings",
        "neptune_config",
    }
)

_EPOCH = re.compile(r"(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))[T ](\d\d:\d\d:\d\d)(\.\d{1,18})?(?:Z|\+00:00)?")
_FRAMES = {"GCRF": "GCRF", "ICRF": "GCRF", "EME2000": "EME2000", "J2000": "EME2000", "TEME": "TEME"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|\+00:00)")


class InputProblemError(Exception):
    """The body is JSON, but not a request that can be calculated. The text names the field."""


class Fields:
    """A JSON object being read: each reading takes one key away, and `finish` refuses what is left."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise InputProblemError(f"{path or 'the body'} must be a JSON object")
        self._left = dict(value)
        self._path = path

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def path(self, name: str) -> str:
        """The field's name from the top of the body, for messages."""
        return f"{self._path}.{name}" if self._path else name

    def take(self, name: str) -> object:
        """A value of any kind."""
        if name not in self._left:
            raise InputProblemError(f"{self.path(name)} is missing")
        return self._left.pop(name)

    def fields(self, name: str) -> Fields:
        """An object inside this one."""
        return Fields(self.take(name), self.path(name))

    def tagged(self, name: str, tag: str) -> object:
        """The content of a `{"type": tag, "content": ...}` pair."""
        pair = self.fields(name)
        if (found := pair.take("type")) != tag:
            raise InputProblemError(f"{self.path(name)}.type must be '{tag}' for this service, not {found!r}")
        content = pair.take("content")
        pair.finish()
        return content

    def tagged_one_of(self, name: str, tags: tuple[str, ...]) -> tuple[str, object]:
        """Tag and content of such a pair that may bear one of several tags."""
        pair = self.fields(name)
        found = pair.take("type")
        if found not in tags:
            allowed = " or ".join(repr(tag) for tag in tags)
            raise InputProblemError(f"{self.path(name)}.type must be {allowed} for this service, not {found!r}")
        content = pair.take("content")
        pair.finish()
        return str(found), content

    def number(self, name: str, lowest: float, highest: float, meaning: str) -> float:
        """A number within its range."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputProblemError(f"{self.path(name)} must be a number ({meaning}), not {value!r}")
        if not lowest <= value <= highest:
            raise InputProblemError(
                f"{self.path(name)} is {value}; it is {meaning} and must lie in {lowest:g} to {highest:g}"
            )
        return float(value)

    def time(self, name: str) -> datetime:
        """A UTC time in ISO 8601."""
        value = self.take(name)
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise InputProblemError(
                f"{self.path(name)} must be a UTC time such as 2018-08-07T18:00:00.000Z, not {value!r}"
            )
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise InputProblemError(f"{self.path(name)} is no date and time: {value!r} ({error})") from None

    def finish(self, *, tolerated: frozenset[str] = frozenset()) -> None:
        """Refuse what was not read, but for `tolerated`."""
        if unknown := sorted(self._left.keys() - tolerated):
            raise InputProblemError(f"{self.path(unknown[0])} is not a field of this request")


def read_epoch(value: object) -> datetime | None:
    """A UTC time as messages write it, to the microsecond: a T or a blank in the middle, also by the day of the year,
    with or without a Z at the end.
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


def frame_of(value: object) -> str | None:
    """A reference frame that the emulator knows, under one name for all of its spellings."""
    text = str(value).strip().upper()
    return "ITRF" if re.fullmatch(r"ITRF[-_ ]?\d*|ITRS", text) else _FRAMES.get(text)


def is_typed(body: object) -> bool:
    """Whether a body speaks the typed dialect, so that its answer can."""
    if not isinstance(body, Mapping):
        return False
    return not TYPED_KEYS.isdisjoint(body)
