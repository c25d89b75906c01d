"""JSON objects in both dialects, read key by key.

The generic dialect (since 2020) wraps every input as `{"type": tag, "content": ...}`. The typed dialect (2019 to 2020)
has its own key for each kind of input. Everything that is not understood is rejected by name: silently ignoring a
misspelt setting would hide the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

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

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|\+00:00)")


class InputProblemError(Exception):
    """Raised when a body is valid JSON, but not a valid request. The text names the field."""


class Fields:
    """A JSON object that is being read. Each read removes one key, and `finish` rejects any that are left."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise InputProblemError(f"{path or 'the body'} must be a JSON object")
        self._unread = dict(value)
        self._path = path

    def __contains__(self, name: str) -> bool:
        return name in self._unread

    def path(self, name: str) -> str:
        """Return the path of a field from the top of the body, for messages."""
        return f"{self._path}.{name}" if self._path else name

    def take(self, name: str) -> object:
        """Return a value of any kind."""
        if name not in self._unread:
            raise InputProblemError(f"{self.path(name)} is missing")
        return self._unread.pop(name)

    def fields(self, name: str) -> Fields:
        """Return an object inside this one."""
        return Fields(self.take(name), self.path(name))

    def tagged(self, name: str, tag: str) -> object:
        """Return the content of a `{"type": tag, "content": ...}` pair."""
        _, content = self.tagged_one_of(name, (tag,))
        return content

    def tagged_one_of(self, name: str, tags: tuple[str, ...]) -> tuple[str, object]:
        """Return the tag and content of a `{"type": tag, "content": ...}` pair with one of several tags."""
        pair = self.fields(name)
        tag = pair.take("type")
        if tag not in tags:
            allowed = " or ".join(repr(one) for one in tags)
            raise InputProblemError(f"{self.path(name)}.type must be {allowed} for this service, not {tag!r}")
        content = pair.take("content")
        pair.finish()
        return str(tag), content

    def number(self, name: str, lowest: float, highest: float, meaning: str) -> float:
        """Return a number within a range. `meaning` is its unit in words."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputProblemError(f"{self.path(name)} must be a number ({meaning}), not {value!r}")
        if not lowest <= value <= highest:
            raise InputProblemError(
                f"{self.path(name)} must be from {lowest:g} to {highest:g} ({meaning}), not {value}"
            )
        return float(value)

    def time(self, name: str) -> datetime:
        """Return a UTC time in ISO 8601."""
        value = self.take(name)
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise InputProblemError(
                f"{self.path(name)} must be a UTC time such as 2018-08-07T18:00:00.000Z, not {value!r}"
            )
        try:
            if not "1800" <= value < "3000":  # calculations go some days further, and `datetime` has ends
                raise ValueError("the year must be from 1800 to 2999")
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise InputProblemError(f"{self.path(name)} is not a valid date and time: {value!r} ({error})") from None

    def finish(self, *, tolerated: frozenset[str] = frozenset()) -> None:
        """Reject keys that were not read, except `tolerated`."""
        if unknown := sorted(self._unread.keys() - tolerated):
            raise InputProblemError(f"{self.path(unknown[0])} is not a field of this request")


def is_typed(body: object) -> bool:
    """Return True if a body uses the typed dialect; its response then uses that dialect too."""
    return isinstance(body, Mapping) and not TYPED_KEYS.isdisjoint(body)
