"""Limits that protect the machine: size of a body, duration of a call, number of connections."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

LARGEST_BODY = 8 * 1024 * 1024
"""Maximum number of bytes in a body."""
MOST_CONNECTIONS = 500
"""Maximum number of open connections: far more than tests use, and fewer than a process may usually open."""
SLOWEST_SECONDS = 30.0
"""Seconds in which the headers of a call must arrive, and then again its body."""


class Protocol(H11Protocol):
    """uvicorn's protocol with two more limits: on the time for sending headers and on the number of connections."""

    _head_timer: asyncio.TimerHandle | None = None

    # uvicorn's parameter type is narrower than that of its base class.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._head_timer = self.loop.call_later(SLOWEST_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Process bytes; incomplete headers must become complete within SLOWEST_SECONDS."""
        super().data_received(data)
        waiting = self.cycle is None or self.cycle.response_complete
        if not waiting:
            self._stop_head_timer()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(SLOWEST_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer of a connection that has ended."""
        self._stop_head_timer()
        super().connection_lost(exc)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
