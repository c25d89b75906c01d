"""The effects a flow can yield: send a request, pause, hold the client's lock.

All logic of the SDK is written once, as generators that yield effects and receive their outcomes. The two drivers in
`_drivers` carry the effects out, one with threads and one with asyncio. A flow writes
``response = yield from send(...)`` and does not know which driver runs it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from ..results.response import RawResponse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request, ready to send. Its ``repr`` omits headers and body, which can hold secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False, default=None)
    limit: int = 64 * 2**20
    """Largest decoded response body to accept, in bytes."""


class Failure(NamedTuple):
    """The reason why no usable response arrived."""

    reason: Literal["connection", "tls", "timeout", "closed", "too_large", "truncated", "partial", "encoding"]
    detail: str
    sent: bool
    """True if any byte of the request may have reached the server."""
    status_code: int | None = None
    """HTTP status, if the response began."""


class Send(NamedTuple):
    """Send a request. The outcome is its response, or the reason why there is none."""

    request: HttpRequest
    deadline: float


class Sleep(NamedTuple):
    """Pause, but not past the deadline."""

    seconds: float
    deadline: float

    def pause(self, now: float) -> float:
        """Return the seconds to sleep from ``now`` on."""
        return max(0.0, min(self.seconds, self.deadline - now))


class Exclusive(NamedTuple):
    """Run a flow while holding the client's lock.

    The outcome is True, or False if the lock was already held and ``blocking`` is False. A caller that is cancelled or
    interrupted releases the lock.
    """

    flow: Flow[None]
    deadline: float
    blocking: bool = True


class Ended(NamedTuple, Generic[T]):
    """The end of a flow."""

    value: T


Effect: TypeAlias = Send | Sleep | Exclusive
Flow: TypeAlias = Generator[Effect, Any, T]


def send(request: HttpRequest, deadline: float) -> Flow[RawResponse | Failure]:
    """Send a request. ``deadline`` is a time on the client's monotonic clock."""
    outcome: RawResponse | Failure = yield Send(request, deadline)
    return outcome


def sleep(seconds: float, deadline: float) -> Flow[None]:
    """Pause, but not past the deadline."""
    yield Sleep(seconds, deadline)


def exclusive(flow: Flow[None], deadline: float, *, blocking: bool = True) -> Flow[bool]:
    """Run ``flow`` while holding the client's lock. Return False if the lock is taken and ``blocking`` is False."""
    had_lock: bool = yield Exclusive(flow, deadline, blocking)
    return had_lock
