"""The emulator's sense of time, which a test may replace."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the emulator asks of a clock, in seconds."""

    def monotonic(self) -> float:
        """A reading that never goes back. It ages calculations and tokens."""
        ...

    def wall(self) -> float:
        """The time since 1970, UTC. It dates what the emulator writes."""
        ...


class SystemClock:
    """Real time."""

    def monotonic(self) -> float:
        """As `time.monotonic`."""
        return time.monotonic()

    def wall(self) -> float:
        """As `time.time`."""
        return time.time()
