"""The client's clock, which tests replace."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time as the client sees it; another one makes tests of waiting code instant."""

    def monotonic(self) -> float:
        """Seconds that never step back."""
        ...

    def wall(self) -> float:
        """Seconds since 1970, as the system's clock has them."""
        ...

    def sleep(self, seconds: float) -> None:
        """Pause this thread."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Pause this task."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """As `time.monotonic`."""
        return time.monotonic()

    def wall(self) -> float:
        """As `time.time`."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """As `time.sleep`."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """As `asyncio.sleep`."""
        await asyncio.sleep(seconds)
