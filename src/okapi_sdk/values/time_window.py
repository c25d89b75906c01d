"""A span of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from pydantic import model_validator

from ..models.base import RequestModel
from ..models.json_form import untag, wire_form, wire_time
from ..models.problems import refusal
from ..models.types import LAST_YEAR, Epoch

_LAST_MOMENT = datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC)
_LONGEST_S = 100 * 366 * 86_400.0


class TimeWindow(RequestModel):
    """A span of time, its start before its end. The platform holds milliseconds.

    >>> window = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
    >>> window.duration
    datetime.timedelta(seconds=21600)
    """

    _tag: ClassVar[str] = "tw.json"

    start: Epoch
    """First moment, UTC. Takes an aware datetime, or ISO 8601 text with a zone."""
    end: Epoch
    """Last moment, UTC."""

    _untag = model_validator(mode="before")(untag(_tag))

    @classmethod
    def parse(cls, start: str, end: str) -> Self:
        """A window between two times in ISO 8601 with a zone, such as ``2018-08-07T18:00Z``.

        Raises:
            InputError: a text is no such time, or the start is not before the end.
        """
        return cls.model_validate({"start": start, "end": end})

    @classmethod
    def starting(cls, start: datetime, duration: timedelta | float) -> Self:
        """A window from ``start`` on that lasts ``duration``, a timedelta or seconds.

        Raises:
            InputError: the start has no zone, or the duration is not positive.
        """
        if isinstance(duration, int | float) and not isinstance(duration, bool) and 0 < duration <= _LONGEST_S:
            duration = timedelta(seconds=duration)
        if not isinstance(duration, timedelta) or not 0 < duration.total_seconds() <= _LONGEST_S:
            raise refusal(cls, "duration", duration, "a positive timedelta or number of seconds", "timedelta(hours=6)")
        first = cls(start=start, end=_LAST_MOMENT).start
        return cls(start=first, end=first + duration)

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if wire_time(self.start) >= wire_time(self.end):
            allowed = f"after the start, {wire_time(self.start)}, by a millisecond at least"
            raise refusal(type(self), "end", wire_time(self.end), allowed, "swap the two, or give a later end")
        return self

    @property
    def duration(self) -> timedelta:
        """Time from the start to the end."""
        return self.end - self.start

    def _wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
