"""The emulator's sense of time, which a test may replace."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings in seconds: `monotonic` ages jobs and tokens, `wall` (Unix time) dates what the emulator writes."""

    def monotonic(self) -> float: ...

    def wall(self) -> float: ...


class SystemClock:
    """Real time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()
