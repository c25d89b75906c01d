"""The sockets under the connections: network backends that add what httpcore's own lack.

In a thread, every operation ends by the deadline of its call; tasks rely on ``asyncio.timeout``. Streams record whether
the request was sent and how the connection ended. They hold back the last byte received until the next read, so that a
response that is complete without it is known to be followed by stray bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

CHUNK = 65536


class Stream(Protocol):
    """The part of a stream that closes it."""

    def close(self) -> None:
        """Close the socket."""
        ...


class Network:
    """The network backend of one connection, and the state of the exchange that uses it."""

    prefix: ClassVar[str] = ""
    """Beginning of the names of the classes of httpx and httpcore that fit."""

    def __init__(self, core: Any, tls_layers: int) -> None:
        self.core = core  # httpcore, or httpcore2
        self.tls_layers = tls_layers  # that carry a request; bytes on fewer layers only open a tunnel through a proxy
        self.stream: Stream | None = None  # the latest
        self.used = False  # stays False if a mock responds
        self.begin(0.0)

    def begin(self, deadline: float) -> None:
        """Begin an exchange that must end by ``deadline``, a ``time.monotonic()`` value."""
        self.deadline = deadline
        self.sent = False
        self.ended: bool | None = None  # True if TLS announced the end, False if the connection may have been cut

    def close(self) -> None:
        """Close the socket only. An interrupted caller may have left httpcore's locks locked."""
        if self.stream is not None:
            self.stream.close()

    def remaining(self, timeout: float | None, error: str) -> float:
        """Return the seconds left for an operation, or raise the httpcore error of this name if there are none."""
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise getattr(self.core, error)("the call timed out")
        return remaining if timeout is None else min(remaining, timeout)

    def _time_shares(self, records: list[Any], timeout: float | None) -> Iterator[tuple[str, float]]:
        # Divide the time among the addresses, so that a dead one leaves time for the next.
        end = time.monotonic() + self.remaining(timeout, "ConnectTimeout")
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in records))
        for position, address in enumerate(addresses):
            yield address, max(0.001, (end - time.monotonic()) / (len(addresses) - position))
