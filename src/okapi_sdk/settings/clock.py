"""The client's clock, which tests can replace."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """The clock of a client. A simulated clock lets tests of waiting code run instantly."""

    def monotonic(self) -> float:
        """Return a time in seconds that never decreases."""
        ...

    def wall(self) -> float:
        """Return the system time in seconds since 1970 (Unix time)."""
        ...

    def sleep(self, seconds: float) -> None:
        """Suspend the current thread for a number of seconds."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Suspend the current task for a number of seconds."""
        ...


class SystemClock:
    """The system clock."""

    def monotonic(self) -> float:
        """Return `time.monotonic`."""
        return time.monotonic()

    def wall(self) -> float:
        """Return `time.time`."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Call `time.sleep`."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Await `asyncio.sleep`."""
        import asyncio  # already loaded in a program with tasks, and useless in others

        await asyncio.sleep(seconds)
