"""What a flow may ask of the world, and how it asks.

All logic of the SDK is written once, as generators that yield effects and are given their outcomes. The two drivers
in `_drivers` carry effects out, one with threads and one with asyncio. A flow says ``response = yield from send(...)``
and knows neither.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

from ..models.response import RawResponse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request, ready to send. Its headers and body can hold secrets, so that it does not show them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False, default=None)
    limit: int = 64 * 2**20
    """Largest decoded body that is accepted, bytes."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no usable answer came back."""

    reason: Literal["connection", "tls", "timeout", "closed", "too_large", "truncated", "partial", "encoding"]
    detail: str
    sent: bool
    """Whether any byte of the request may have reached the server."""
    status_code: int | None = None
    """HTTP status, where the answer began."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request; the outcome is its answer, or why there is none."""

    request: HttpRequest
    deadline: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Pause, though not past the deadline."""

    seconds: float
    deadline: float


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Run a flow while no other caller of this client runs one so.

    The outcome is True; False if it was not to block and another had the lock. The lock is lexical: a caller that is
    cancelled or interrupted frees it.
    """

    flow: Flow[None]
    deadline: float
    blocking: bool = True


Effect: TypeAlias = Send | Sleep | Exclusive
Flow: TypeAlias = Generator[Effect, Any, T]


def send(request: HttpRequest, deadline: float) -> Flow[RawResponse | Failure]:
    """Send a request before the deadline, an instant of the client's monotonic clock."""
    outcome: RawResponse | Failure = yield Send(request, deadline)
    return outcome


def sleep(seconds: float, deadline: float) -> Flow[None]:
    """Pause, though not past the deadline."""
    yield Sleep(seconds, deadline)


def exclusive(flow: Flow[None], deadline: float, *, blocking: bool = True) -> Flow[bool]:
    """Run ``flow`` under the client's lock; False if that would have had to wait and was not to."""
    had_lock: bool = yield Exclusive(flow, deadline, blocking)
    return had_lock
