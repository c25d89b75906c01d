"""The pauses between polls of a running calculation."""

from __future__ import annotations

from dataclasses import dataclass

from ..settings.policies import PollPolicy

REMINDER_SECONDS = 60.0
LAST_POLL_SHARE = 0.1


@dataclass
class Pace:
    """The pauses of one wait. All times are on the client's monotonic clock."""

    policy: PollPolicy
    started: float
    deadline: float
    longest_hint: float
    poll_seconds: float = 0.05
    """Duration of the last poll, in seconds."""
    failing_since: float | None = None
    next_reminder: float = float("-inf")

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

    def pause(self, now: float, hint: float | None) -> float:
        """Return the seconds until the next poll."""
        delay = min(max((now - self.started) / 10.0, self.policy.floor), self.policy.ceiling)
        if hint is not None:
            delay = min(hint, self.longest_hint) or self.policy.floor
        return max(0.0, min(delay, self._last_poll - now))

    def is_over(self, now: float) -> bool:
        """Return True if there is no time for another poll."""
        return now >= self._last_poll

    @property
    def _last_poll(self) -> float:
        # Early enough for its response to arrive by the deadline.
        return self.deadline - min(2.0 * self.poll_seconds, LAST_POLL_SHARE * (self.deadline - self.started))
