"""The event reported while waiting for a calculation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..errors import RequestRef
from .status import Status


@dataclass(frozen=True)
class PollEvent:
    """A poll of a calculation that is still running; the argument of ``on_poll``."""

    ref: RequestRef[Any]
    """The calculation's reference."""
    status: Status
    """The latest status from the platform."""
    elapsed: float
    """Seconds since the wait began."""
    polls: int
    """Number of polls so far."""
    pause: float
    """Seconds until the next poll."""


OnPoll: TypeAlias = Callable[[PollEvent], None]
