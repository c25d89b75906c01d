"""Exchanges of a request for a response.

A client has as many turns as it may have connections. A caller takes a turn, then an idle lane or a new one, and in the
end puts both back. Nobody waits for a lock that an interrupted caller holds, and waiting costs the others nothing. The
sign-in has a turn of its own, so that a busy client can renew its token.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from .._engine import failures
from .._engine.effects import Failure, HttpRequest
from .._engine.response_body import BadBodyError, Body
from ..results.response import RawResponse
from ..settings.environments import Environment
from .lanes import Lane, Library, Route, origin, routes_of
from .network import AsyncNetwork, Network
from .turns import Turns, move


class _Visit:
    """One exchange: the caller's turn, its lane, and the response once that has begun."""

    def __init__(self, left: float) -> None:
        self.deadline = time.monotonic() + left
        self.turn: list[None] = []
        self.lane: list[Lane] = []
        self.network: Network | None = None
        self.answer: Any = None
        self.over = False

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def sent(self) -> bool:
        # It may have been, where a lent client or a mock took it.
        return self.network is None or self.network.sent or not self.network.used

    @property
    def status_code(self) -> int | None:
        return None if self.answer is None else int(self.answer.status_code)


# httpx and httpcore log headers and addresses. During a call of ours they are silent; we log it, without them.
_visit: ContextVar[_Visit | None] = ContextVar("okapi_sdk_visit", default=None)
for _library in ("httpx", "httpx2", "httpcore", "httpcore2"):
    for _part in ("", ".connection", ".http11", ".http2", ".proxy", ".socks"):
        logging.getLogger(_library + _part).addFilter(lambda _: (it := _visit.get()) is None or it.over)

# What httpcore lets through of the package under its SOCKS proxies, which is an extra of httpx.
_SOCKS: tuple[type[Exception], ...] = ()
with contextlib.suppress(ImportError):
    _SOCKS = (importlib.import_module("socksio.exceptions").SOCKSError,)


class _Http:
    _lendable = "Client"
    _network = Network
    _turns: Any = Turns

    def __init__(
        self, environment: Environment, connections: int, context: Any, client: Any = None, library: str = "httpx"
    ) -> None:
        self._lent, self._connections, self._token_url = client, connections, environment.token_url
        self._library = Library(library) if client is None else Library.of(client, self._lendable)
        self._routes: Mapping[str, Route] = {} if client else routes_of(environment, self._library, context)
        # Errors from elsewhere are not caught: they belong to whoever raised them.
        httpx = self._library.httpx
        self._caught = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, BadBodyError, *_SOCKS)
        self._closed = False
        self._open()

    def _open(self) -> None:
        self._calls, self._sign_ins = self._turns(self._connections), self._turns(1)
        self._in_use: set[Lane] = set()
        for route in self._routes.values():
            route.idle = []

    def _refusal(self, left: float) -> Failure | None:
        if self._closed if self._lent is None else self._lent.is_closed:
            return Failure("closed", "the client that this belongs to is closed", sent=False)
        return Failure("timeout", "no time was left to send it", sent=False) if left <= 0 else None

    def _lane(self, route: Route, visit: _Visit) -> Lane:
        with contextlib.suppress(IndexError):
            while not visit.lane:
                move(route.idle.pop, visit.lane.append, -1)
                if not visit.lane[0].is_usable():
                    self._drop(visit)
        if not visit.lane:
            visit.lane.append(route.lane(self._network))
        lane = visit.lane[0]
        self._in_use.add(lane)
        visit.network = lane.network
        lane.network.begin(visit.deadline)
        return lane

    def _put_back(self, route: Route, visit: _Visit) -> None:
        self._in_use.discard(visit.lane[0])
        if visit.lane[0].is_whole():
            move(visit.lane.pop, route.idle.append, -1)
        with contextlib.suppress(IndexError):
            if len(route.idle) > 1 and not route.idle[0].is_usable():  # the oldest; `_drop` closes it
                move(route.idle.pop, visit.lane.append, 0)
        if self._closed:
            self._shut()

    def _drop(self, visit: _Visit) -> None:
        for lane in visit.lane:  # one that was not put back
            lane.network.close()
            self._in_use.discard(lane)
        visit.lane.clear()

    def _shut(self) -> None:
        self._closed = True
        for lane in (*self._in_use, *(lane for route in self._routes.values() for lane in route.idle)):
            lane.network.close()

    def _whole(self, body: Body, visit: _Visit) -> RawResponse:
        if visit.network is not None:
            return body.response(cut=visit.network.ended is False)
        found = visit.answer.extensions
        of_http1 = "network_stream" in found and found.get("http_version", b"").startswith(b"HTTP/1")
        return body.response(cut=of_http1 and not body.has_end)

    def _busy(self) -> Failure:
        detail = f"all {self._connections} connections (max_connections=) stayed in use until its time ran out"
        return Failure("timeout", detail, sent=False)


class SyncHttp(_Http):
    """Sends the requests of threads."""

    def after_fork(self) -> None:
        """Connections of its own for a forked process: on those of its parent, answers would reach the wrong one."""
        self._open()

    def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if (refusal := self._refusal(left)) is not None:
            return refusal
        visit, turns = _Visit(left), self._sign_ins if request.url == self._token_url else self._calls
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

    def _leave(self, visit: _Visit, turns: Turns) -> None:
        visit.over = True
        self._drop(visit)
        turns.give_back(visit.turn)

    def _exchange(self, request: HttpRequest, visit: _Visit) -> RawResponse | Failure:
        route = self._routes.get(origin(request.url))
        try:
            sent = self._library.request(request, visit.left)
            if route is None:
                answer = self._lent.send(sent, stream=True, auth=None, follow_redirects=False)
            else:
                answer = self._lane(route, visit).transport.handle_request(sent)
            visit.answer = answer
            try:
                body = Body(answer.status_code, answer.headers.raw, request.limit)
                for chunk in answer.stream:
                    body.feed(chunk)
            finally:
                answer.close()
            response = self._whole(body, visit)
        except self._caught as error:
            return failures.outcome(error, visit.sent, visit.status_code)
        if route is not None:
            self._put_back(route, visit)
        return response

    def close(self) -> None:
        """Close the connections, unless the client was lent."""
        self._shut()


class AsyncHttp(_Http):
    """Sends the requests of tasks."""

    _lendable = "AsyncClient"
    _network = AsyncNetwork
    _turns = asyncio.Semaphore

    async def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if (refusal := self._refusal(left)) is not None:
            return refusal
        visit, turns = _Visit(left), self._sign_ins if request.url == self._token_url else self._calls
        turns = turns if self._lent is None else contextlib.nullcontext()
        before = _visit.set(visit)
        try:
            async with asyncio.timeout(left) as limit, turns:
                visit.turn.append(None)
                return self._refusal(visit.left) or await self._exchange(request, visit)
        except TimeoutError:
            if not limit.expired():
                raise
        finally:
            visit.over = True
            _visit.reset(before)
        return failures.late(visit.sent, visit.status_code) if visit.turn else self._busy()

    async def _exchange(self, request: HttpRequest, visit: _Visit) -> RawResponse | Failure:
        route = self._routes.get(origin(request.url))
        try:
            sent = self._library.request(request, visit.left)
            if route is None:
                answer = await self._lent.send(sent, stream=True, auth=None, follow_redirects=False)
            else:
                answer = await self._lane(route, visit).transport.handle_async_request(sent)
            visit.answer = answer
            try:
                body = Body(answer.status_code, answer.headers.raw, request.limit)
                async for chunk in answer.stream:
                    body.feed(chunk)
            finally:
                await answer.aclose()
            response = self._whole(body, visit)
            if route is not None:
                self._put_back(route, visit)
        except self._caught as error:
            return failures.outcome(error, visit.sent, visit.status_code)
        else:
            return response
        finally:
            self._drop(visit)

    async def close(self, *, abandoned: bool = False) -> None:
        """Close the connections, unless the client was lent; those of a loop that has ended went with it."""
        self._closed = True
        if not abandoned:
            self._shut()
            await asyncio.sleep(0)  # asyncio closes a socket in the next round
