"""One wait for a calculation: when it is polled, what is learned from each poll, and when the wait is over."""

from __future__ import annotations

import math
from typing import Any

from .effects import Flow
from .polling import Pace
from .state import End, Poll, State

UNWATCHED_SHARE = 0.1
"""Part of a calculation's age during which nobody may have waited for it, if its duration is to be learned."""


class Wait:
    """One wait for a calculation, or for a part of its result: when it is polled, and when the wait is over."""

    __slots__ = ("_began", "_format", "_index", "_number", "job", "pace")

    def __init__(self, job: State[Any], format: str, index: int, number: int | None, deadline: float) -> None:
        session = job.session
        self.job: State[Any] = job
        self._format, self._index, self._number = format, index, number
        self._began = job.age()
        self.pace: Pace = Pace(
            session.options.polling,
            session.clock.monotonic(),
            deadline,
            session.options.retry.max_retry_after,
            job.submitted,
        )

    @property
    def _now(self) -> float:
        return self.job.session.clock.monotonic()

    def _learn(self) -> None:
        if self._number is None:
            self.pace.short = self.job.session.durations.short(self.job.ref.path)

    def delay(self) -> float:
        """Return the seconds until the first poll."""
        self._learn()
        return self.pace.delay(self._now)

    def poll_once(self) -> Flow[Poll]:
        """Poll, and learn from the answer."""
        session, began = self.job.session, self._now
        was_ended = self.job.ended
        poll = yield from self.job.poll(self._format, self._number, self.pace.deadline)
        self.pace.record_poll(began, self._now, succeeded=poll.running)
        age = self.job.age()
        if poll.running:
            self.job.last_running = age
        elif not was_ended and getattr(poll.outcome, "status_code", 0) == 200 and self._was_watched(age):
            session.durations.record(self.job.ref.path, self.job.last_running, age)
        return poll

    def _was_watched(self, age: float) -> bool:
        """Return False if the calculation may have ended while nobody waited for it, which tells no duration."""
        unwatched = self._began - self.job.last_running
        return age < math.inf and unwatched <= max(UNWATCHED_SHARE * age, self.pace.policy.floor)

    def should_repeat(self, poll: Poll) -> bool:
        """Return True if the calculation has to be polled again."""
        return poll.running or (poll.repeatable and (poll.hint or 0.0) <= self.pace.longest_hint)

    def is_over(self) -> bool:
        """Return True if polls have failed for too long, or there is no time for another one."""
        return self.pace.is_outage(self._now) or self.pace.is_over(self._now)

    def pause(self, poll: Poll) -> float:
        """Return the seconds until the next poll."""
        self._learn()  # other calculations may have ended meanwhile
        return self.pace.pause(self._now, poll.hint)

    def finish(self, poll: Poll) -> End:
        """Return the end of the calculation after the last poll.

        Raises:
            WaitTimeoutError: if it is still running.
            OkapiError: if the poll failed.
        """
        if self.should_repeat(poll) and not self.pace.is_outage(self._now):
            raise self.job.wait_timeout(self._number, max(0.0, self.pace.deadline - self.pace.started))
        return self.job.finish(self._format, self._index, self._number, poll.outcome)
