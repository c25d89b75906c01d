"""The public `Emulator`: a server in its own thread, with methods that tests use to control it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import Receive, Scope, Send

from ..settings import Clock, SystemClock
from .protocol import scripts, sign_in
from .protocol.app import App, Call
from .protocol.jobs import Calculation, Jobs
from .protocol.limits import Protocol
from .protocol.sign_in import SignIn
from .protocol.stored_objects import StoredObjects
from .store.collections import COLLECTIONS
from .store.places import find_place
from .store.tables import StoreFullError

_HOST = "127.0.0.1"


class Emulator:
    """A local stand-in for the platform, on 127.0.0.1 only.

    `port`: 0 picks a free port. `processing_time`: seconds for which polls of a calculation are answered "not yet", as
    are all polls before its result is computed. `token_lifetime`: seconds. `rows_per_part`: a longer result list is
    split into parts of this many rows. `clock`: replaces real time for the age of calculations and tokens. This clock
    alone then decides when a calculation is done: if the time has come but the result is not computed yet, the poll
    waits for it. `fleet`: start with a few satellites and conjunctions (see `seed_fleet`) instead of an empty store.

    `processing_time`, `token_lifetime` and `rows_per_part` are also attributes. A new value applies to later
    submissions and sign-ins. A closed emulator cannot be started again.
    """

    username = sign_in.USERNAME
    password = sign_in.PASSWORD

    def __init__(
        self,
        *,
        port: int = 0,
        processing_time: float = 0.0,
        token_lifetime: float = 86_400,
        rows_per_part: int = 10_000,
        clock: Clock | None = None,
        fleet: bool = False,
    ) -> None:
        self._wanted_port = port
        self._initial = (processing_time, token_lifetime, rows_per_part)
        self._fleet = fleet
        self.clock: Clock = clock or SystemClock()
        """The clock that measures the age of calculations and tokens. `OkapiClient.emulated` uses it too."""
        self._executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="okapi-emulator-calculation")
        self._port: int | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.reset()

    def __repr__(self) -> str:
        return f"<Emulator at {_HOST}:{self._port}>" if self._port else "<Emulator, not started>"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> Self:
        """Start listening for calls. Does nothing if the emulator is already running."""
        if self._server is not None:
            if self._thread is None:
                raise RuntimeError("This emulator was closed. Create a new one.")
            return self
        listener = _listen(self._wanted_port)
        self._port = listener.getsockname()[1]
        self._server = _Server(self._serve)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="okapi-emulator-server", daemon=True
        )
        self._thread.start()
        self._server.wait_until_answering(self._thread)
        return self

    def close(self) -> None:
        """Stop immediately, even with open connections. Does nothing if the emulator is not running."""
        if self._server is None or self._thread is None:
            return
        self._server.stop()
        self._thread.join()
        self._thread = None
        self._executor.shutdown(wait=False, cancel_futures=True)

    @property
    def base_url(self) -> str:
        """The base URL for a client, without a trailing slash."""
        if self._port is None:
            raise RuntimeError("The emulator has no address before it is started. Use `with Emulator() as emulator:`.")
        return f"http://{_HOST}:{self._port}"

    @property
    def token_url(self) -> str:
        """The URL for signing in."""
        return f"{self.base_url}/oauth/token"

    @property
    def processing_time(self) -> float:
        """Seconds for which polls of a calculation are answered "not yet"."""
        return self._app.jobs.processing_time

    @processing_time.setter
    def processing_time(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError(f"processing_time must be 0 or more seconds, not {seconds}")
        self._app.jobs.processing_time = seconds

    @property
    def token_lifetime(self) -> float:
        """Seconds for which an access token is valid."""
        return self._app.sign_in.token_lifetime

    @token_lifetime.setter
    def token_lifetime(self, seconds: float) -> None:
        if seconds <= 0:
            raise ValueError(f"token_lifetime must be more than 0 seconds, not {seconds}")
        self._app.sign_in.token_lifetime = seconds

    @property
    def rows_per_part(self) -> int:
        """The maximum number of rows in one part of a result list."""
        return self._app.jobs.rows_per_part

    @rows_per_part.setter
    def rows_per_part(self, rows: int) -> None:
        if rows < 1:
            raise ValueError(f"rows_per_part must be 1 or more, not {rows}")
        self._app.jobs.rows_per_part = rows

    @property
    def calls(self) -> list[Call]:
        """The last 10,000 calls received. Each call is recorded before its response is sent."""
        return list(self._app.calls)

    @property
    def sign_ins(self) -> int:
        """The number of POSTs to the token URL, whether or not they succeeded."""
        return self._app.sign_in.count

    @property
    def calculations(self) -> list[Calculation]:
        """The ledger: all accepted calculations in order. A duplicate submission appears here twice."""
        return list(self._app.jobs.ledger)

    def fail_next(
        self,
        status_code: int,
        *,
        times: int = 1,
        path: str = "",
        method: str | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Fail the next `times` calls with `status_code`: those whose path contains `path` and that have this `method`.

        A `body` of text or bytes is sent unchanged (as HTML if it begins with "<"), any other value as JSON. Without a
        body, the response has the platform's error format. Signing in is a call too: use `path` to exclude it.

            emulator.fail_next(503, path="/requests", method="POST", headers={"Retry-After": "2"})
            emulator.fail_next(500, times=3, path="/results/", body="<html>Internal Server Error</html>")
        """
        self._app.scripts.add_failure(scripts.make_failure(status_code, times, path, method, body, headers))

    def next_calculation(
        self, *, processing_time: float | None = None, status: str | None = None, text: str | None = None
    ) -> None:
        """Make the next submitted calculation take `processing_time` seconds, or end with `status` and `text`.

        With FATAL there is no result; with any other status the real result is returned. If you call this several
        times, each call applies to one submission, in order.
        """
        self._app.scripts.add_calculation(scripts.NextCalculation(processing_time, status, text))

    def put(self, collection: str, objects: Iterable[Mapping[str, Any]]) -> list[str]:
        """Store objects unchanged and unchecked, and return their IDs. An object without an ID gets a new one.

        An object replaces a stored object with the same ID.

            emulator.put("satellites", [{"name": f"SAT {number}"} for number in range(10_000)])
            emulator.put(f"conjunctions/{id}/risk-predictions", [{"risk_trend": []}])
        """
        place = find_place(collection)
        if place is None or place.id is not None or "GET" not in place.collection.methods:
            raise ValueError(f"{collection!r} is not a list of stored objects. The lists are {', '.join(COLLECTIONS)}")
        target = place.collection
        try:
            return self._app.objects.store.put(target.rows, target.id_field, objects, place.owner)
        except StoreFullError as full:
            raise ValueError(str(full)) from None

    def seed_fleet(self) -> None:
        """Store a small fleet: the ISS, CBERS 2 and XM-3 with TLEs, OMMs and OEMs, and three conjunctions with CDMs.

        The element sets are real (2018 and 2006). The conjunctions are invented; their numbers are computed.
        """
        from .fleet import seed

        seed(self._app.objects.store)

    def revoke_tokens(self) -> None:
        """Reject all access tokens issued so far."""
        self._app.sign_in.revoke_tokens()

    def reset(self) -> None:
        """Forget calculations, stored objects, calls, tokens and scripts, and restore the initial settings."""
        # If a test passes its own clock, that clock decides when a result is ready, not the speed of the machine.
        patient = not isinstance(self.clock, SystemClock)
        objects = StoredObjects(self.clock)
        jobs = Jobs(self.clock, self._executor, objects.store, patient=patient)
        self._app = App(SignIn(self.clock), jobs, objects)
        self.processing_time, self.token_lifetime, self.rows_per_part = self._initial
        if self._fleet:
            self.seed_fleet()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Only `close` cancels a call. uvicorn would log the cancellation as an application error.
        with contextlib.suppress(asyncio.CancelledError):
            await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """uvicorn without effects on the process: no signal handlers, no logging setup, no access log, no lifespan.

    uvicorn's own main loop and shutdown poll every 0.1 s. Here they are woken instead, so closing takes no time.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        config = uvicorn.Config(
            app,
            interface="asgi3",
            loop="asyncio",
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            headers=[("server", "okapi-sdk-emulator")],
        )
        super().__init__(config)
        self._answering = threading.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Stop the server. Can be called from any thread and at any time."""
        self.should_exit = True  # stops a server that is still starting
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the server has already ended
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._answering.set()

    async def main_loop(self) -> None:
        """Wait for `stop`, updating the Date header once a second."""
        while not self._stopping.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the listener and every connection, and cancel the calls in progress."""
        for server in self.servers:
            server.close()
        self._close_connections()
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        self._close_connections()  # connections that were still being accepted

    def _close_connections(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def wait_until_answering(self, thread: threading.Thread) -> None:
        while not self._answering.wait(0.1):
            if not thread.is_alive():
                raise RuntimeError("The emulator's server thread ended during startup.")


def _listen(port: int) -> socket.socket:
    # The protocol must be explicit: asyncio disables Nagle's algorithm only for such a socket, and Nagle's algorithm
    # would make every call take 40 ms longer. The socket listens before the thread starts, so no early call is lost.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Allow reuse of a port right after an emulator closed it. On Windows, this option would let two emulators
            # share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        error.add_note(
            f"The emulator cannot listen on {_HOST}:{port}. Another program may use that port; port=0 picks a free one."
        )
        raise
    return listener
