"""For tests of code that uses the SDK."""

from __future__ import annotations

import asyncio
import threading
import time

from .settings.clock import SystemClock

__all__ = ["InstantClock", "SystemClock"]


class InstantClock:
    """A clock that only moves when somebody sleeps or advances it, so that waiting takes no time.

    Give one to an emulator, ``Emulator(clock=clock, processing_time=600)``, and `OkapiClient.emulated` uses it too: the
    client's pauses let the emulator's calculations age. Threads and tasks may share one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.time()
        self._now = 0.0
        self.sleeps: list[float] = []
        """Every pause asked for so far, s."""

    def monotonic(self) -> float:
        """Seconds since the clock was made, as told by pauses alone."""
        return self._now

    def wall(self) -> float:
        """Seconds since 1970: when the clock was made, and the pauses since."""
        return self._began + self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass, at once."""
        self.sleeps.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Let time pass, and the other tasks run."""
        self.sleep(seconds)
        await asyncio.sleep(0)
