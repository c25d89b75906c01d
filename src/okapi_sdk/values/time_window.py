"""Time windows."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from pydantic import model_validator

from ..models.base import RequestModel
from ..models.json_form import untag, wire_form, wire_time
from ..models.problems import refusal
from ..models.types import LAST_YEAR, Epoch
from ..scalars import as_number

_LAST_MOMENT = datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC)
_LONGEST_S = 100 * 366 * 86_400.0


class TimeWindow(RequestModel):
    """A time span from `start` to `end`. The platform stores times with millisecond precision.

    >>> window = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
    >>> window.duration
    datetime.timedelta(seconds=21600)
    """

    _tag: ClassVar[str] = "tw.json"

    start: Epoch
    """Start of the window, UTC. Accepts an aware datetime or ISO 8601 text with a time zone."""
    end: Epoch
    """End of the window, UTC; later than `start`."""

    _untag = model_validator(mode="before")(untag(_tag))

    @classmethod
    def parse(cls, start: str, end: str) -> Self:
        """Return the window between two ISO 8601 times with a time zone, such as ``2018-08-07T18:00Z``.

        Raises:
            InputError: if a time cannot be parsed, or if the start is not before the end.
        """
        return cls.model_validate({"start": start, "end": end})

    @classmethod
    def starting(cls, start: datetime, duration: timedelta | float) -> Self:
        """Return the window that begins at ``start`` and lasts ``duration``, a timedelta or a number of seconds.

        Raises:
            InputError: if the start has no time zone, or if the duration is not positive.
        """
        seconds = as_number(duration)
        if seconds is not None and 0 < seconds <= _LONGEST_S:
            duration = timedelta(seconds=seconds)
        if not isinstance(duration, timedelta) or not 0 < duration.total_seconds() <= _LONGEST_S:
            allowed = "a positive timedelta or number of seconds, at most 100 years"
            raise refusal(cls, "duration", duration, allowed, "pass a duration such as timedelta(hours=6)")
        start_utc = cls(start=start, end=_LAST_MOMENT).start
        return cls(start=start_utc, end=start_utc + duration)

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if wire_time(self.start) >= wire_time(self.end):
            allowed = f"at least a millisecond after the start, {wire_time(self.start)}"
            raise refusal(type(self), "end", wire_time(self.end), allowed, "swap start and end, or pass a later end")
        return self

    @property
    def duration(self) -> timedelta:
        """Time from the start to the end."""
        return self.end - self.start

    def wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts."""
        return wire_form(self)
