"""Clocks for tests of code that uses the SDK."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import datetime

from .settings.clock import SystemClock

__all__ = ["InstantClock", "SystemClock"]


class InstantClock:
    """A clock that moves only when code sleeps or advances it, so that waiting takes no time.

    Pass one to an emulator: ``Emulator(clock=clock, processing_time=600)``. `OkapiClient.emulated` then uses it as
    well, and the client's pauses advance the emulator's calculations. Threads and tasks may share one clock.

    ``at`` is its first wall time, by default the present one. With it, everything that the emulator computes for the
    present time is the same in every run, and so is its fleet.
    """

    def __init__(self, at: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._began = time.time() if at is None else at.timestamp()
        self._now = 0.0
        self.sleeps: list[float] = []
        """All pauses requested so far, in seconds."""

    def monotonic(self) -> float:
        """Return the seconds slept or advanced since the clock was created."""
        return self._now

    def wall(self) -> float:
        """Return the Unix time of the clock's creation plus `monotonic`, in seconds."""
        return self._began + self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        with self._lock:
            self._now += seconds

    def sleep(self, seconds: float) -> None:
        """Record a pause and move the clock forward, without waiting."""
        self.sleeps.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Record a pause and move the clock forward, letting other tasks run."""
        self.sleep(seconds)
        await asyncio.sleep(0)
