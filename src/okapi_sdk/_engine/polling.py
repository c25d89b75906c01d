"""How long to wait between two looks at a running calculation."""

from __future__ import annotations

from dataclasses import dataclass

from ..settings.policies import PollPolicy

REMINDER_SECONDS = 60.0
LAST_LOOK_SHARE = 0.1


@dataclass
class Pace:
    """The pauses of one wait, from instants of the client's monotonic clock."""

    policy: PollPolicy
    started: float
    deadline: float
    longest_hint: float
    look_seconds: float = 0.05
    """How long a look takes, as seen so far."""
    failing_since: float | None = None
    next_reminder: float = float("-inf")

    def looked(self, began: float, ended: float, *, good: bool) -> None:
        """Take note of a look."""
        self.look_seconds = max(0.05, ended - began)
        if good:
            self.failing_since = None
        elif self.failing_since is None:
            self.failing_since = began

    def outage(self, now: float) -> bool:
        """Whether looks have failed for longer than is tolerated."""
        return self.failing_since is not None and now - self.failing_since >= self.policy.outage

    def reminds(self, now: float) -> bool:
        """Whether it is time for another log line."""
        if now < self.next_reminder:
            return False
        self.next_reminder = now + REMINDER_SECONDS
        return True

    def pause(self, now: float, hint: float | None) -> float:
        """Seconds to the next look."""
        delay = min(max((now - self.started) / 10.0, self.policy.floor), self.policy.ceiling)
        if hint is not None:
            delay = min(hint, self.longest_hint) or self.policy.floor
        return max(0.0, min(delay, self._last_look - now))

    def over(self, now: float) -> bool:
        """Whether no time is left for another look."""
        return now >= self._last_look

    @property
    def _last_look(self) -> float:
        # So early that its answer can arrive by the deadline.
        return self.deadline - min(2.0 * self.look_seconds, LAST_LOOK_SHARE * (self.deadline - self.started))
