"""How fast a client may send: its limit of calls per second, and the pauses that HTTP 429 asks for."""

from __future__ import annotations

from ..settings.clock import Clock
from .effects import Failure, Flow, sleep


class Throttle:
    """The instants at which the next calls may leave, shared by a client and its copies.

    After a 429, all calls pause, not only the one that was refused: the platform limits the account.
    """

    def __init__(self, clock: Clock, per_second: float | None) -> None:
        self._clock = clock
        self.interval: float = 0.0 if per_second is None else 1.0 / per_second
        """Seconds between two calls."""
        self._next = self._resume = float("-inf")

    def delay(self) -> float:
        """Return the seconds until the next call may leave; 0 if it may leave now."""
        return max(0.0, max(self._next, self._resume) - self._clock.monotonic())

    def hold(self, seconds: float) -> None:
        """Let no call leave for some seconds."""
        self._resume = max(self._resume, self._clock.monotonic() + seconds)

    def turn(self, deadline: float) -> Flow[Failure | None]:
        """Wait until a call may leave, and count it. Return the failure if that is too late."""
        while (delay := self.delay()) > 0:
            if self._clock.monotonic() + delay >= deadline:
                cause = (
                    "the platform asked for a pause (HTTP 429)" if self._resume >= self._next else "of the rate limit"
                )
                return Failure("timeout", f"the call has to wait {delay:.3g} s, because {cause}", sent=False)
            yield from sleep(delay, deadline)
        # Two threads that get here at the same instant may share a slot. A lock would have to survive Ctrl-C.
        self._next = max(self._next, self._clock.monotonic()) + self.interval
        return None
