"""The event that a waiting request reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..errors import RequestRef
from .status import Status


@dataclass(frozen=True)
class PollEvent:
    """A poll that found the calculation still running; the argument of ``on_poll``."""

    ref: RequestRef[Any]
    """The calculation's reference."""
    status: Status
    """The platform's latest status of it."""
    elapsed: float
    """Seconds since the wait began."""
    polls: int
    """Number of polls so far."""
    pause: float
    """Seconds until the next poll."""


OnPoll: TypeAlias = Callable[[PollEvent], None]
