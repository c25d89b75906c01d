"""The pauses between polls of a running calculation.

Until the durations of an endpoint are known, the pause is a tenth of the time waited. Once five of its calculations
have ended, the first poll waits for most of a short one's duration, and later pauses are a twentieth of the age. In a
fleet, five calculations find the duration out for the others, which are polled more rarely until then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..settings.policies import PollPolicy

REMINDER_SECONDS = 60.0
LAST_POLL_SHARE = 0.1
LEAST_DURATIONS = 5
MOST_DURATIONS = 32
SHORT_QUANTILE = 0.1
FIRST_POLL_SHARE = 0.7
SPARING = 4.0
"""Factor of the pauses of a calculation while others find the duration out for it."""
SHORTEST_DELAY = 0.05
"""Seconds. To sleep for less costs more than the poll that it saves."""


class Durations:
    """How long the last calculations of each endpoint took, as far as their polls tell."""

    def __init__(self) -> None:
        # Each entry is replaced as a whole, so that threads need no lock.
        self._durations: dict[str, tuple[float, ...]] = {}
        self._short: dict[str, float] = {}

    def record(self, endpoint: str, running: float, ended: float) -> None:
        """Record that a calculation ended between two ages: the last that found it running (or 0), and the next.

        The middle is kept. The later age would never be shorter than the delay of the first poll, so that the estimate
        could only grow. If the estimate is between the two ages, it is kept instead: a calculation that was polled
        late, because the connections were busy, would otherwise seem to be shorter than it was.
        """
        short = self._short.get(endpoint)
        duration = short if short is not None and running <= short <= ended else (running + ended) / 2.0
        durations = (*self._durations.get(endpoint, ()), duration)[-MOST_DURATIONS:]
        self._durations[endpoint] = durations
        if len(durations) >= LEAST_DURATIONS:
            self._short[endpoint] = sorted(durations)[int(SHORT_QUANTILE * len(durations))]

    def short(self, endpoint: str) -> float | None:
        """Return the duration of a short calculation in s, or None if too few are known."""
        return self._short.get(endpoint)


@dataclass(slots=True)
class Pace:
    """The pauses of one wait. All times are on the client's monotonic clock."""

    policy: PollPolicy
    started: float
    deadline: float
    longest_hint: float
    submitted: float | None = None
    """Time of the submit, if it is known."""
    short: float | None = None
    """Duration of a short calculation of its endpoint, if enough are known."""
    is_spared: bool = False
    """True if other calculations of the endpoint find the duration out, and this one can wait for what they tell."""
    requested: float = -math.inf
    """Time before which the platform asked not to poll."""
    poll_seconds: float = 0.05
    """Duration of the last poll, in seconds."""
    failing_since: float | None = None
    next_reminder: float = -math.inf

    def record_poll(self, began: float, ended: float, *, succeeded: bool) -> None:
        """Record the duration of a poll and whether it succeeded."""
        self.poll_seconds = max(0.05, ended - began)
        if succeeded:
            self.failing_since = None
        elif self.failing_since is None:
            self.failing_since = began

    def is_outage(self, now: float) -> bool:
        """Return True if polls have failed for as long as the policy tolerates."""
        return self.failing_since is not None and now - self.failing_since >= self.policy.outage

    def takes_reminder(self, now: float) -> bool:
        """Return True if another log line is due, and schedule the next one."""
        if now < self.next_reminder:
            return False
        self.next_reminder = now + REMINDER_SECONDS
        return True

    def delay(self, now: float) -> float:
        """Return the seconds before which there is no use in a poll: 0 if no durations are known, unless the
        calculation is spared or the platform asked for a pause."""
        first = self.requested if self.submitted is None else max(self.submitted + self._first_poll, self.requested)
        delay = min(first, self._last_poll) - now
        return delay if delay >= SHORTEST_DELAY else 0.0

    def pause(self, now: float, hint: float | None) -> float:
        """Return the seconds until the next poll."""
        pause = max(min(max(self._usual_pause(now), self._least_pause), self.policy.ceiling), self.delay(now))
        if hint is not None:
            pause = min(hint, self.longest_hint) or self.policy.floor
            self.requested = now + pause
        return max(0.0, min(pause, self._last_poll - now))

    @property
    def _first_poll(self) -> float:
        if self.short is None:
            return self._least_pause if self.is_spared else 0.0
        if self.is_spared:  # as late as those that found the duration out were found to have ended
            return self.short + max(self._least_pause, self.short / 10.0) / 2.0
        return FIRST_POLL_SHARE * self.short

    @property
    def _factor(self) -> float:
        return SPARING if self.is_spared and self.short is None else 1.0

    @property
    def _least_pause(self) -> float:
        return min(self._factor * self.policy.floor, self.policy.ceiling)

    def _usual_pause(self, now: float) -> float:
        if self.short is None or self.submitted is None:
            return self._factor * (now - self.started) / 10.0
        return (now - self.submitted) / 20.0 - self.poll_seconds  # so that the next response comes in time

    def is_over(self, now: float) -> bool:
        """Return True if there is no time for another poll."""
        return now >= self._last_poll

    @property
    def _last_poll(self) -> float:
        # Early enough for its response to arrive by the deadline.
        return self.deadline - min(2.0 * self.poll_seconds, LAST_POLL_SHARE * (self.deadline - self.started))
