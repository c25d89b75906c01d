"""The public `Emulator`: a server in its own thread, with methods that tests use to control it."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import operator
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, SupportsIndex

from starlette.types import Receive, Scope, Send

from ..errors import InputError, InputProblem
from ..settings import Clock, SystemClock
from ..settings.policies import seconds as check_seconds
from ..text import short
from .protocol import scripts, sign_in
from .protocol.app import App, Call
from .protocol.http_server import HOST, HttpServer
from .protocol.jobs import Calculation, Jobs
from .protocol.processes import Processes
from .protocol.sign_in import SignIn
from .protocol.stored_objects import StoredObjects
from .protocol.workers import Workers
from .store.collections import COLLECTIONS
from .store.places import find_place
from .store.tables import StoreFullError

_LONGEST = 1e9
"""Seconds."""
_SATELLITES, _MOST_SATELLITES = 20, 400
"""Satellites of a fleet."""


class Emulator:
    """A local stand-in for the platform, on 127.0.0.1 only.

    `port`: 0 picks a free port. `processing_time`: seconds for which polls of a calculation are answered "not yet", as
    are all polls before its result is computed. `token_lifetime`: seconds. `rows_per_part`: a longer result list is
    split into parts of this many rows. `clock`: replaces real time for the age of calculations and tokens. This clock
    alone then decides when a calculation is done: if the time has come but the result is not computed yet, the poll
    waits for it. `fleet`: start with 20 satellites, or this number of them, and their conjunctions of the next three
    days (see `seed_fleet`) instead of an empty store. `at`: the time of the fleet, by default that of `clock`.

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
        fleet: bool | int = False,
        at: datetime | None = None,
    ) -> None:
        self._port = _whole("port", port, 0, 65_535)
        self._initial = (processing_time, token_lifetime, rows_per_part)
        self._fleet = _SATELLITES if fleet is True else _whole("fleet", int(fleet), 0, _MOST_SATELLITES)
        self._at = _checked_time(at)
        self.clock: Clock = clock or SystemClock()
        """The clock that measures the age of calculations and tokens. `OkapiClient.emulated` uses it too."""
        self._workers = Workers()
        self._processes = Processes()
        self._reader = Workers(1)
        self._server: HttpServer | None = None
        self._closed = False
        self._renew()

    def __repr__(self) -> str:
        return f"<Emulator at {HOST}:{self._port}>" if self._server else "<Emulator, not started>"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> Self:
        """Start listening for calls. Does nothing if the emulator is already running."""
        if self._closed:
            raise RuntimeError("This emulator was closed. Create a new one.")
        if self._server is None:
            self._server = HttpServer(self._serve, self._port)
            self._port = self._server.port
            # An emulator that nobody closes must not stop the interpreter, whose end would find it still running.
            atexit.register(self.close)
        return self

    def close(self) -> None:
        """Stop within a few seconds, even with open connections. Does nothing if the emulator is not running."""
        if self._server is None or self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        self._server.stop()
        self._app.jobs.abandon()
        self._processes.close()
        self._workers.close()
        self._reader.close()

    @property
    def running(self) -> bool:
        """Return whether the emulator was started and not closed."""
        return self._server is not None and not self._closed

    @property
    def base_url(self) -> str:
        """The base URL for a client, without a trailing slash."""
        if self._server is None:
            raise RuntimeError("The emulator has no address before it is started. Use `with Emulator() as emulator:`.")
        return f"http://{HOST}:{self._port}"

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
        self._app.jobs.processing_time = check_seconds("processing_time", seconds, most=_LONGEST, zero=True)

    @property
    def token_lifetime(self) -> float:
        """Seconds for which an access token is valid."""
        return self._app.sign_in.token_lifetime

    @token_lifetime.setter
    def token_lifetime(self, seconds: float) -> None:
        self._app.sign_in.token_lifetime = check_seconds("token_lifetime", seconds, most=_LONGEST)

    @property
    def rows_per_part(self) -> int:
        """The maximum number of rows in one part of a result list."""
        return self._app.jobs.rows_per_part

    @rows_per_part.setter
    def rows_per_part(self, rows: int) -> None:
        self._app.jobs.rows_per_part = _whole("rows_per_part", rows, 1, 10**9)

    @property
    def calls(self) -> list[Call]:
        """The last 10,000 calls received. Each call is recorded before its response is sent."""
        return self._app.calls.values()

    @property
    def sign_ins(self) -> int:
        """The number of POSTs to the token URL, whether or not they succeeded."""
        return self._app.sign_in.count

    @property
    def calculations(self) -> list[Calculation]:
        """The ledger: the last 20,000 accepted calculations in order. A duplicate submission appears here twice."""
        return self._app.jobs.ledger

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

    def seed_fleet(self, satellites: int = _SATELLITES, *, at: datetime | None = None) -> None:
        """Store a fleet: satellites with TLEs, OMMs and OEMs, and their conjunctions of the next three days with CDMs.

        The fleet is invented; its numbers are computed. It depends only on the number of satellites and the full hour
        before ``at``, by default the present time of the emulator's clock. A later fleet has the same conjunctions with
        newer CDMs, without those that have passed, and with new ones at its end.

        Raises:
            InputError: if ``satellites`` is not 1 to 400, or ``at`` has no time zone.
        """
        from .fleet import seed

        count = _whole("satellites", satellites, 1, _MOST_SATELLITES)
        now = datetime.fromtimestamp(self.clock.wall(), UTC)
        seed(self._app.objects.store, count, _checked_time(at) or self._at or now)

    def revoke_tokens(self) -> None:
        """Reject all access tokens issued so far."""
        self._app.sign_in.revoke_tokens()

    def reset(self) -> None:
        """Forget calculations, stored objects, calls, tokens and scripts, and restore the initial settings."""
        self._app.jobs.abandon()
        self._renew()

    def _renew(self) -> None:
        # If a test passes its own clock, that clock decides when a result is ready, not the speed of the machine.
        patient = not isinstance(self.clock, SystemClock)
        objects = StoredObjects(self.clock)
        jobs = Jobs(self.clock, self._workers, self._processes, objects.store, patient=patient)
        self._app = App(SignIn(self.clock), jobs, objects, self._reader)
        self.processing_time, self.token_lifetime, self.rows_per_part = self._initial
        if self._fleet:
            self.seed_fleet(self._fleet)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Only `close` cancels a call. uvicorn would log the cancellation as an application error.
        with contextlib.suppress(asyncio.CancelledError):
            await self._app(scope, receive, send)


def _whole(name: str, value: object, lowest: int, highest: int) -> int:
    if not isinstance(value, bool) and isinstance(value, SupportsIndex):  # numpy's integers, too
        number = operator.index(value)
        if lowest <= number <= highest:
            return number
    rule = f"a whole number from {lowest} to {highest:,}"
    raise InputError("Emulator", (InputProblem(name, short(value, 40), rule, "pass a number in this range"),))


def _checked_time(at: datetime | None) -> datetime | None:
    if at is None or (isinstance(at, datetime) and at.tzinfo is not None and 1958 < at.year < 2057):
        return None if at is None else at.astimezone(UTC)
    rule = "a datetime with a time zone between 1958 and 2056"
    raise InputError("Emulator", (InputProblem("at", short(at, 40), rule, "add tzinfo=UTC"),))
