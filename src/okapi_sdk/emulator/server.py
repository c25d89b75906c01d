"""The emulator as a user sees it: a server in a thread of its own, and the strings by which a test pulls it."""

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
from . import scripts, signin
from .answers import RefusedError
from .app import App, Call
from .jobs import Calculation, Jobs
from .limits import Protocol
from .objects import COLLECTIONS, find
from .signin import SignIn
from .stored import StoredObjects

_HOST = "127.0.0.1"


class Emulator:
    """A local stand-in for the platform, on 127.0.0.1 only.

    `port`: 0 takes a free one. `processing_time`: seconds for which a calculation answers "not yet" (it answers so,
    too, until it is computed). `token_lifetime`: seconds. `rows_per_part`: a result list that is longer comes in parts
    of so many rows. `clock`: replaces real time for the age of calculations and tokens; it alone then decides when a
    calculation is done, for a look at one that is due but not computed waits for the computation. `fleet`: begin with
    a few satellites and conjunctions, see `seed_fleet`, rather than with nothing stored.

    `processing_time`, `token_lifetime` and `rows_per_part` are also attributes; what they are set to holds for what is
    submitted or signed in afterwards. An emulator that was closed stays closed.
    """

    username = signin.USERNAME
    password = signin.PASSWORD

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
        """What calculations and tokens age by. `OkapiClient.emulated` uses it too."""
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
        """Listen and answer. Does nothing when it already does."""
        if self._server is not None:
            if self._thread is None:
                raise RuntimeError("This emulator was closed. Make a new one.")
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
        """Stop answering, at once, whatever connections are open. Does nothing when it already has."""
        if self._server is None or self._thread is None:
            return
        self._server.stop()
        self._thread.join()
        self._thread = None
        self._executor.shutdown(wait=False, cancel_futures=True)

    @property
    def base_url(self) -> str:
        """The address to give to a client, without a slash at the end."""
        if self._port is None:
            raise RuntimeError("The emulator has no address before it is started: use `with Emulator() as emulator:`.")
        return f"http://{_HOST}:{self._port}"

    @property
    def token_url(self) -> str:
        """The address for signing in."""
        return f"{self.base_url}/oauth/token"

    @property
    def processing_time(self) -> float:
        """Seconds for which a calculation answers "not yet"."""
        return self._app.jobs.processing_time

    @processing_time.setter
    def processing_time(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError(f"processing_time must be 0 or more seconds, not {seconds}")
        self._app.jobs.processing_time = seconds

    @property
    def token_lifetime(self) -> float:
        """Seconds for which an access token is good."""
        return self._app.sign_in.token_lifetime

    @token_lifetime.setter
    def token_lifetime(self, seconds: float) -> None:
        if seconds <= 0:
            raise ValueError(f"token_lifetime must be more than 0 seconds, not {seconds}")
        self._app.sign_in.token_lifetime = seconds

    @property
    def rows_per_part(self) -> int:
        """The most rows that a part of a result list has."""
        return self._app.jobs.rows_per_part

    @rows_per_part.setter
    def rows_per_part(self, rows: int) -> None:
        if rows < 1:
            raise ValueError(f"rows_per_part must be 1 or more, not {rows}")
        self._app.jobs.rows_per_part = rows

    @property
    def calls(self) -> list[Call]:
        """The calls received so far, the last 10,000 of them, each entered before its answer is sent."""
        return list(self._app.calls)

    @property
    def sign_ins(self) -> int:
        """How often a client posted to the token address, whatever came of it."""
        return self._app.sign_in.count

    @property
    def calculations(self) -> list[Calculation]:
        """The ledger: the calculations that were accepted, in order. A duplicate submission shows here."""
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
        """Let the next `times` calls fail with `status_code`: those to a path that contains `path`, with that `method`.

        A `body` that is text or bytes is sent as it is (as HTML if it begins with "<"), anything else as JSON; without
        one the answer is the platform's own form of an error. Sign-in counts as a call: narrow it down with `path`.

            emulator.fail_next(503, path="/requests", method="POST", headers={"Retry-After": "2"})
            emulator.fail_next(500, times=3, path="/results/", body="<html>Internal Server Error</html>")
        """
        self._app.scripts.add_failure(scripts.failure(status_code, times, path, method, body, headers))

    def next_calculation(
        self, *, processing_time: float | None = None, status: str | None = None, text: str | None = None
    ) -> None:
        """Let the next submitted calculation take `processing_time` seconds, or end with status `status` and `text`.

        With FATAL there is no result; with any other status the result is the real one. Several of these are kept in
        order, one for each submission to come.
        """
        self._app.scripts.add_calculation(scripts.NextCalculation(processing_time, status, text))

    def put(self, collection: str, objects: Iterable[Mapping[str, Any]]) -> list[str]:
        """Store objects as they are, unchecked, and return their ids: their own, or new ones where they have none.

        An object whose id is already there takes the place of the old one.

            emulator.put("satellites", [{"name": f"SAT {number}"} for number in range(10_000)])
            emulator.put(f"conjunctions/{id}/risk-predictions", [{"risk_trend": []}])
        """
        place = find(collection)
        if place is None or place.id is not None or "GET" not in place.collection.verbs:
            raise ValueError(f"{collection!r} is not a list of stored objects: {', '.join(COLLECTIONS)}")
        found = place.collection
        try:
            return self._app.objects.store.put(found.rows, found.id_field, objects, place.owner)
        except RefusedError as refusal:
            raise ValueError(str(refusal)) from None

    def seed_fleet(self) -> None:
        """Store a small fleet: the ISS, CBERS 2 and XM-3 with TLEs, OMMs and OEMs, and three conjunctions with CDMs.

        The element sets are real (2018 and 2006); the conjunctions are made up, their numbers are computed.
        """
        from .fleet import seed

        seed(self._app.objects.store)

    def revoke_tokens(self) -> None:
        """Let every access token given out so far be refused from now on."""
        self._app.sign_in.revoke_tokens()

    def reset(self) -> None:
        """Forget calculations, stored objects, calls, tokens and scripts, and restore the settings of the start."""
        # On a clock of its own a test decides when a result is there, not the speed of the machine.
        patient = not isinstance(self.clock, SystemClock)
        objects = StoredObjects(self.clock)
        jobs = Jobs(self.clock, self._executor, objects.store, patient=patient)
        self._app = App(SignIn(self.clock), jobs, objects)
        self.processing_time, self.token_lifetime, self.rows_per_part = self._initial
        if self._fleet:
            self.seed_fleet()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Only `close` cancels a call. uvicorn would log that as an error of the application.
        with contextlib.suppress(asyncio.CancelledError):
            await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """uvicorn, set to leave the process alone: no signal handlers, no logging set-up, no access log, no lifespan.

    Its own main loop and shutdown notice in steps of 0.1 s that they are done. These are woken.
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
        """End the server, from any thread and at any time."""
        self.should_exit = True  # obeyed by a server that is still starting
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the server has ended by itself
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._answering.set()

    async def main_loop(self) -> None:
        """Wait for `stop`, and renew the Date header once a second."""
        while not self._stopping.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the listener and every connection, and end the calls that are being answered."""
        for server in self.servers:
            server.close()
        self._close_connections()
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        self._close_connections()  # those that were being accepted

    def _close_connections(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def wait_until_answering(self, thread: threading.Thread) -> None:
        while not self._answering.wait(0.1):
            if not thread.is_alive():
                raise RuntimeError("The emulator's server thread ended before it answered.")


def _listen(port: int) -> socket.socket:
    # Made by hand and with its protocol named: asyncio turns Nagle's algorithm off only for such a socket, and with it
    # on every call takes 40 ms longer. It listens before the thread starts, so no early call is lost.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Lets a port be taken again right after an emulator left it. On Windows it would let two share one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        error.add_note(
            f"The emulator cannot listen on {_HOST}:{port}. Another program may use the port; 0 takes a free one."
        )
        raise
    return listener
