"""Limits that protect the machine: bodies, calls, connections and memory."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

LARGEST_BODY = 8 * 1024 * 1024
"""Maximum number of bytes in a body."""
LARGEST_SIGN_IN = 1024 * 1024
"""Maximum number of bytes in the body of a sign-in."""
MOST_CONNECTIONS = 500
"""Maximum number of open connections: far more than tests use, and fewer than a process may usually open."""
MOST_WAITING_CONNECTIONS = 1024
"""Maximum number of connections that the system holds until they are accepted, if it allows as many."""
SLOWEST_SECONDS = 30.0
"""Seconds in which the headers of a call must arrive, and then again its body."""
MOST_CALCULATIONS = 20_000
"""Maximum number of calculations that are remembered."""
KEPT_SECONDS = 7 * 86_400.0
"""Seconds for which a calculation is remembered after it has ended."""
LARGEST_RESULTS = 96 * 1024 * 1024
"""Maximum total size of results, bytes. Results that have been fetched are forgotten first."""
MOST_UNFINISHED = 10_000
"""Maximum number of calculations that are not computed yet, or whose objects are not stored yet."""
LARGEST_BACKLOG = 64 * 1024 * 1024
"""Maximum total size of their bodies, bytes."""
MOST_KEYS = 10_000
"""Maximum number of remembered tokens, refused user names, calls and responses, each."""
LARGEST_RECORDS = 16 * 1024 * 1024
"""Maximum total size of recorded calls, and of responses to additions with an idempotency key, bytes."""

_log = logging.getLogger("okapi_sdk.emulator")


class Protocol(H11Protocol):
    """uvicorn's protocol with two more limits: on the time for sending headers and on the number of connections."""

    _head_timer: asyncio.TimerHandle | None = None
    _last_data: float = 0.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logger: logging.Logger = _log  # uvicorn's are for the servers of the user
        self.access_log = False

    # uvicorn's parameter type is narrower than that of its base class.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection. If there are too many, end the one that has been idle the longest, or else this one."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS and not self._end_idle_connection():
            transport.abort()
        else:
            self._head_timer = self.loop.call_later(SLOWEST_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Process bytes; incomplete headers must become complete within SLOWEST_SECONDS."""
        super().data_received(data)
        self._last_data = self.loop.time()
        waiting = self.cycle is None or self.cycle.response_complete
        if not waiting:
            self._stop_head_timer()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(SLOWEST_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer of a connection that has ended."""
        self._stop_head_timer()
        super().connection_lost(exc)

    def _end_idle_connection(self) -> bool:
        """End a connection that waits for the next call of a client, which then connects again. Return if one did."""
        idle = [one for one in self.connections if isinstance(one, Protocol) and one.is_idle and one is not self]
        if idle:
            min(idle, key=lambda one: one._last_data).transport.abort()
        return bool(idle)

    @property
    def is_idle(self) -> bool:
        """Return True between two calls."""
        return self.cycle is not None and self.cycle.response_complete and not self.transport.is_closing()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
