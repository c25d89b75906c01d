"""Exchanges of requests for responses, over lanes.

A client has as many turns as it may have connections. A caller takes a turn, then an idle lane or a new one, and puts
both back. A lane on which anything went wrong is closed instead and forgotten: nothing is repaired, and nobody waits
for a lock that an interrupted caller holds. The sign-in has a turn of its own, so that a busy client can renew its token.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from .._engine.effects import Failure, HttpRequest
from ..models.response import RawResponse
from ..settings import Environment
from . import failures
from .body import Body
from .network import AsyncNetwork, Network
from .routes import HEADERS, Lane, Library, LibraryName, Route, library_of, origin, routes, timeouts
from .turns import Turns, move


class Visit:
    """One exchange: the caller's turn, its lane, and the response once that has begun."""

    def __init__(self, left: float) -> None:
        self.deadline = time.monotonic() + left
        self.turn: list[None] = []
        self.lane: list[Lane] = []
        self.network: Network | AsyncNetwork | None = None
        self.answer: Any = None
        self.over = False

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.deadline - time.monotonic()

    @property
    def sent(self) -> bool:
        """Whether any byte of the request may have been sent; it may where something else than our sockets took it."""
        return self.network is None or self.network.sent or not self.network.opened


# httpx and httpcore log headers and addresses. During a call of ours they are silent; we log it, without them.
_visit: ContextVar[Visit | None] = ContextVar("okapi_sdk_visit", default=None)


def _not_ours(_: logging.LogRecord) -> bool:
    visit = _visit.get()
    return visit is None or visit.over


for _library in ("httpx", "httpx2", "httpcore", "httpcore2"):
    for _name in ("", ".connection", ".http11", ".http2", ".proxy", ".socks"):
        logging.getLogger(_library + _name).addFilter(_not_ours)

T = TypeVar("T", Turns, asyncio.Semaphore)


class _Http(Generic[T]):
    """What both kinds have in common: the routes, the turns, and who uses which lane."""

    def __init__(
        self,
        environment: Environment,
        connections: int,
        context: ssl.SSLContext | None,
        client: Any = None,
        library: LibraryName = "httpx",
    ) -> None:
        self._lent = client
        self._library = Library(library) if client is None else library_of(client, self._lendable)
        self._caught = failures.caught(self._library.httpx)
        self._routes: Mapping[str, Route] = {} if client else routes(environment, self._library, context)
        self._token_url = environment.token_url
        self._connections = connections
        self._closed = False
        self._open()

    _lendable = "Client"
    _network: type[Network] | type[AsyncNetwork] = Network

    def _open(self) -> None:
        self._calls, self._sign_ins = self._turns(self._connections), self._turns(1)
        self._used: set[Lane] = set()
        for route in self._routes.values():
            route.idle = []

    def _turns(self, count: int) -> T:
        raise NotImplementedError

    def _refusal(self, left: float) -> Failure | None:
        if self._closed if self._lent is None else self._lent.is_closed:
            return Failure("closed", "the client that this belongs to is closed", sent=False)
        return Failure("timeout", "no time was left to send it", sent=False) if left <= 0 else None

    def _busy(self) -> Failure:
        return Failure(
            "timeout", f"all {self._connections} connections (max_connections=) were in use until then", sent=False
        )

    def _lane(self, route: Route, visit: Visit) -> Lane:
        with contextlib.suppress(IndexError):
            while not visit.lane:
                move(route.idle.pop, visit.lane.append, -1)
                if not visit.lane[0].is_clean():
                    visit.lane.pop().network.close()
        if not visit.lane:
            visit.lane.append(route.lane(self._network))
        lane = visit.lane[0]
        self._used.add(lane)
        visit.network = lane.network
        lane.network.begin(visit.deadline)
        return lane

    def _put_back(self, route: Route, visit: Visit) -> None:
        lane = visit.lane[0]
        self._used.discard(lane)
        if lane.is_clean():
            move(visit.lane.pop, route.idle.append, -1)
        if self._closed:
            self._shut()

    def _drop(self, visit: Visit) -> None:
        # A lane that was not put back.
        for lane in visit.lane:
            lane.network.close()
            self._used.discard(lane)
        visit.lane.clear()

    def _shut(self) -> None:
        self._closed = True
        idle = (lane for route in self._routes.values() for lane in list(route.idle))
        for lane in (*idle, *list(self._used)):
            lane.network.close()

    def _for_lent(self, request: HttpRequest, left: float) -> Any:
        headers, extensions = {**HEADERS, **request.headers}, {"timeout": timeouts(left)}
        return self._library.httpx.Request(
            request.method, request.url, headers=headers, content=request.content, extensions=extensions
        )

    def _whole(self, body: Body, visit: Visit) -> RawResponse:
        if visit.lane:
            return body.response(cut=visit.lane[0].network.ended is False)
        found = visit.answer.extensions
        of_http1 = "network_stream" in found and found.get("http_version", b"").startswith(b"HTTP/1")
        return body.response(cut=of_http1 and not body.has_end)


class SyncHttp(_Http[Turns]):
    """Sends the requests of threads."""

    def _turns(self, count: int) -> Turns:
        return Turns(count)

    def after_fork(self) -> None:
        """Connections of its own for a forked process: on those of its parent, answers would reach the wrong one."""
        self._open()

    def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        refusal = self._refusal(left)
        if refusal is not None:
            return refusal
        visit, turns = Visit(left), self._sign_ins if request.url == self._token_url else self._calls
        before = _visit.set(visit)
        try:
            try:
                if self._lent is None and not turns.take(visit.turn, left):
                    return self._busy()
                return self._refusal(visit.left) or self._exchange(request, visit)
            finally:
                self._leave(visit, turns)
                _visit.reset(before)
        finally:  # once more: Ctrl-C may have cut the first short
            self._leave(visit, turns)

    def _leave(self, visit: Visit, turns: Turns) -> None:
        visit.over = True
        self._drop(visit)
        turns.give_back(visit.turn)

    def _exchange(self, request: HttpRequest, visit: Visit) -> RawResponse | Failure:
        try:
            if self._lent is not None:
                sent = self._for_lent(request, visit.left)
                visit.answer = answer = self._lent.send(sent, stream=True, auth=None, follow_redirects=False)
            else:
                route = self._routes[origin(request.url)]
                lane = self._lane(route, visit)
                visit.answer = answer = lane.transport.handle_request(route.request(request, visit.left))
            try:
                body = Body(answer.status_code, answer.headers.raw, request.limit)
                for chunk in answer.stream:
                    body.feed(chunk)
            finally:
                answer.close()
            response = self._whole(body, visit)
        except self._caught as error:
            return failures.outcome(self._library.httpx, error, visit.answer, visit.sent)
        if visit.lane:
            self._put_back(route, visit)
        return response

    def close(self) -> None:
        """Close the connections, unless the client was lent."""
        self._shut()


class AsyncHttp(_Http[asyncio.Semaphore]):
    """Sends the requests of tasks."""

    def _turns(self, count: int) -> asyncio.Semaphore:
        return asyncio.Semaphore(count)

    _lendable = "AsyncClient"
    _network = AsyncNetwork

    async def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        refusal = self._refusal(left)
        if refusal is not None:
            return refusal
        visit, turns = Visit(left), self._sign_ins if request.url == self._token_url else self._calls
        before = _visit.set(visit)
        try:
            async with asyncio.timeout(left) as limit, turns if self._lent is None else contextlib.nullcontext():
                visit.turn.append(None)
                return self._refusal(visit.left) or await self._exchange(request, visit)
        except TimeoutError:
            if not limit.expired():
                raise
        finally:
            visit.over = True
            _visit.reset(before)
        return failures.late(visit.answer, visit.sent) if visit.turn else self._busy()

    async def _exchange(self, request: HttpRequest, visit: Visit) -> RawResponse | Failure:
        try:
            if self._lent is not None:
                sent = self._for_lent(request, visit.left)
                visit.answer = answer = await self._lent.send(sent, stream=True, auth=None, follow_redirects=False)
            else:
                route = self._routes[origin(request.url)]
                lane = self._lane(route, visit)
                visit.answer = answer = await lane.transport.handle_async_request(route.request(request, visit.left))
            try:
                body = Body(answer.status_code, answer.headers.raw, request.limit)
                async for chunk in answer.stream:
                    body.feed(chunk)
            finally:
                await answer.aclose()
            response = self._whole(body, visit)
            if visit.lane:
                self._put_back(route, visit)
            return response
        except self._caught as error:
            return failures.outcome(self._library.httpx, error, visit.answer, visit.sent)
        finally:
            self._drop(visit)

    async def close(self, *, abandoned: bool = False) -> None:
        """Close the connections, unless the client was lent; those of a loop that has ended went with it."""
        self._closed = True
        if not abandoned:
            self._shut()
            await asyncio.sleep(0)  # asyncio closes its sockets in the next round
