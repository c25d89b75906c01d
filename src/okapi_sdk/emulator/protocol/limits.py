"""What a client may ask of the emulator's machine: size, time and number of calls."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a body."""
MOST_CONNECTIONS = 500
"""Open connections: far more than tests use, and fewer than a process usually may have open."""
SLOWEST_SECONDS = 30.0
"""How long a call may take to arrive: its head, and then its body."""


class Protocol(H11Protocol):
    """uvicorn's, which waits for ever for the rest of a head, and takes any number of connections."""

    _late: asyncio.TimerHandle | None = None

    # uvicorn takes a narrower type than the protocol that it derives from.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._late = self.loop.call_later(SLOWEST_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that is not whole yet has so long to become it."""
        super().data_received(data)
        waiting = self.cycle is None or self.cycle.response_complete
        if not waiting:
            self._arrived()
        elif self._late is None:
            self._late = self.loop.call_later(SLOWEST_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        self._arrived()
        super().connection_lost(exc)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
