"""The HTTP server: an event loop in a daemon thread, a guest in the user's process.

uvicorn parses HTTP. Its `Server` is not used, and its `Config` only without the set-up of logging: they change loggers
and signal handlers, read environment variables and start the loop with `asyncio.run`, which notebooks and debuggers
replace.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
import weakref
from email.utils import formatdate
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from .limits import MOST_WAITING_CONNECTIONS, Protocol

HOST = "127.0.0.1"
_LONGEST_STOP = 5.0
"""Seconds that `stop` waits for a loop that is busy."""


class HttpServer:
    """A server of an ASGI application on 127.0.0.1, from its construction until `stop`."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._config = _Config(
            app,
            interface="asgi3",
            http=Protocol,
            ws="none",
            lifespan="off",
            workers=1,  # otherwise read from WEB_CONCURRENCY
            proxy_headers=False,
            forwarded_allow_ips="",  # otherwise read from FORWARDED_ALLOW_IPS
            server_header=False,
            headers=[("server", "okapi-sdk-emulator")],
        )
        self._config.load()
        self._state = ServerState()
        self._listener = _listen(port)
        self.port: int = self._listener.getsockname()[1]
        self._process = os.getpid()
        # Not by `new_event_loop`: the user's policy may have loops of another kind.
        self._loop = asyncio.SelectorEventLoop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="okapi-emulator-server", daemon=True)
        self._thread.start()
        _servers.add(self)

    def stop(self) -> None:
        """End the server and its connections. Return after a few seconds even if the loop is busy."""
        if self._process != os.getpid():
            return  # a forked child has no such thread
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread is not threading.current_thread():  # a garbage collection may close an emulator anywhere
            self._thread.join(_LONGEST_STOP)

    def abandon_sockets(self) -> None:
        """Close the copies of the sockets in a forked child. They would keep the port and the connections open."""
        transports = (connection.transport for connection in self._state.connections)
        sockets = (transport.get_extra_info("socket") for transport in transports if transport is not None)
        with Path(os.devnull).open("rb") as nothing:
            for copied in (self._listener, *sockets):
                # In place: the objects that own these file descriptors will close them once more.
                with contextlib.suppress(OSError):
                    os.dup2(nothing.fileno(), copied.fileno(), inheritable=False)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._listener.close()
            self._loop.close()

    async def _serve(self) -> None:
        def protocol() -> Protocol:
            return Protocol(self._config, self._state, {}, self._loop)

        server = await self._loop.create_server(protocol, sock=self._listener, backlog=MOST_WAITING_CONNECTIONS)
        while not self._stopping.is_set():
            date = (b"date", formatdate(usegmt=True).encode())
            self._state.default_headers = [date, *self._config.encoded_headers]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)
        server.close()
        self._close_connections()
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        self._close_connections()  # those that were being accepted
        await asyncio.sleep(0)  # aborted connections close their sockets in the next turn of the loop

    def _close_connections(self) -> None:
        for connection in list(self._state.connections):
            connection.transport.abort()


class _Config(uvicorn.Config):
    """uvicorn's settings without effects on loggers."""

    def configure_logging(self) -> None:
        """Leave all loggers unchanged."""


_servers: weakref.WeakSet[HttpServer] = weakref.WeakSet()


def _abandon_all_sockets() -> None:
    for server in list(_servers):
        server.abandon_sockets()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all_sockets)


def _listen(port: int) -> socket.socket:
    # The protocol must be explicit: asyncio turns Nagle's algorithm off only for such a socket, and with it on, every
    # call takes 40 ms longer. The socket listens before the thread starts, so no early call is lost.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Allow reuse of a port right after an emulator closed it. On Windows this would let two share one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(MOST_WAITING_CONNECTIONS)
    except OSError as error:
        listener.close()
        error.add_note(
            f"The emulator cannot listen on {HOST}:{port}. Another program may use that port; port=0 takes a free one."
        )
        raise
    return listener
