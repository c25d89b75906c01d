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
import ssl
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from .._engine.effects import Failure, HttpRequest
from ..models.response import RawResponse
from ..settings import Environment
from .body import BadBodyError, Body
from .lanes import HEADERS, Lane, Library, LibraryName, Route, origin, routes_of, timeouts
from .network import AsyncNetwork, Network
from .turns import Turns, move


class Visit:
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
        """Seconds that are left."""
        return self.deadline - time.monotonic()

    @property
    def sent(self) -> bool:
        """Whether any byte may have been sent; unknown, hence true, of lent clients and mocks."""
        return self.network is None or self.network.sent or not self.network.used


# httpx and httpcore log headers and addresses. During a call of ours they are silent; we log it, without them.
_visit: ContextVar[Visit | None] = ContextVar("okapi_sdk_visit", default=None)
for _library in ("httpx", "httpx2", "httpcore", "httpcore2"):
    for _part in ("", ".connection", ".http11", ".http2", ".proxy", ".socks"):
        logging.getLogger(_library + _part).addFilter(lambda _: (it := _visit.get()) is None or it.over)

# What httpcore lets through of the package under its SOCKS proxies, which is an extra of httpx.
_SOCKS: tuple[type[Exception], ...] = ()
with contextlib.suppress(ImportError):
    _SOCKS = (importlib.import_module("socksio.exceptions").SOCKSError,)

T = TypeVar("T", Turns, asyncio.Semaphore)


class _Http(Generic[T]):
    _lendable = "Client"
    _network = Network

    def __init__(
        self,
        environment: Environment,
        connections: int,
        context: ssl.SSLContext | None,
        client: Any = None,
        library: LibraryName = "httpx",
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

    def _turns(self, count: int) -> T:
        raise NotImplementedError

    def _turns_for(self, request: HttpRequest) -> T:
        return self._sign_ins if request.url == self._token_url else self._calls

    def _refusal(self, left: float) -> Failure | None:
        if self._closed if self._lent is None else self._lent.is_closed:
            return Failure("closed", "the client that this belongs to is closed", sent=False)
        return Failure("timeout", "no time was left to send it", sent=False) if left <= 0 else None

    def _lane(self, route: Route, visit: Visit) -> Lane:
        with contextlib.suppress(IndexError):
            while not visit.lane:
                move(route.idle.pop, visit.lane.append, -1)
                if not visit.lane[0].is_usable():
                    visit.lane.pop().network.close()
        if not visit.lane:
            visit.lane.append(route.lane(self._network))
        lane = visit.lane[0]
        self._in_use.add(lane)
        visit.network = lane.network
        lane.network.begin(visit.deadline)
        return lane

    def _put_back(self, route: Route, visit: Visit) -> None:
        self._in_use.discard(visit.lane[0])
        if visit.lane[0].is_whole():
            move(visit.lane.pop, route.idle.append, -1)
        if self._closed:
            self._shut()

    def _drop(self, visit: Visit) -> None:
        for lane in visit.lane:  # one that was not put back
            lane.network.close()
            self._in_use.discard(lane)
        visit.lane.clear()

    def _shut(self) -> None:
        self._closed = True
        for lane in (*self._in_use, *(lane for route in self._routes.values() for lane in route.idle)):
            lane.network.close()

    def _for_lent(self, request: HttpRequest, left: float) -> Any:
        headers, extensions = {**HEADERS, **request.headers}, {"timeout": timeouts(left)}
        kind = self._library.httpx.Request
        return kind(request.method, request.url, headers=headers, content=request.content, extensions=extensions)

    def _whole(self, body: Body, visit: Visit) -> RawResponse:
        if visit.network is not None:
            return body.response(cut=visit.network.ended is False)
        found = visit.answer.extensions
        of_http1 = "network_stream" in found and found.get("http_version", b"").startswith(b"HTTP/1")
        return body.response(cut=of_http1 and not body.has_end)

    def _outcome(self, error: Any, visit: Visit) -> RawResponse | Failure:
        httpx, name = self._library.httpx, type(error).__name__
        if isinstance(error, BadBodyError):
            return error.failure
        if isinstance(error, httpx.HTTPStatusError):  # of a hook of a lent client, which may have read the body
            content = b""
            with contextlib.suppress(httpx.ResponseNotRead):
                content = error.response.content
            return RawResponse(error.response.status_code, dict(error.response.headers), content)
        early = httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError
        unsent = isinstance(error, (*early, httpx.UnsupportedProtocol, httpx.InvalidURL, *_SOCKS))
        sent = visit.sent and not unsent
        if isinstance(error, httpx.TimeoutException):
            return self._late(visit, sent)
        refused = None if sent else _tls_cause(error)
        if refused is not None:
            return Failure("tls", str(refused)[:200], sent)
        if unsent:
            return Failure("connection", str(error)[:200] or name, sent)
        # Texts of exchange errors can quote header values; the class says enough.
        if visit.answer is None:
            return Failure("connection", f"the connection was lost ({name})", sent)
        return Failure("truncated", "the answer broke off", sent, visit.answer.status_code)

    def _late(self, visit: Visit, sent: bool) -> Failure:
        detail = "the time for it ran out" if sent else "the time for a connection ran out"
        if self._lent is None and not visit.turn:
            detail = f"all {self._connections} connections (max_connections=) stayed in use until its time ran out"
        return Failure("timeout", detail, sent, None if visit.answer is None else visit.answer.status_code)


def _tls_cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


class SyncHttp(_Http[Turns]):
    """Sends the requests of threads."""

    def _turns(self, count: int) -> Turns:
        return Turns(count)

    def after_fork(self) -> None:
        """Connections of its own for a forked process: on those of its parent, answers would reach the wrong one."""
        self._open()

    def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if (refusal := self._refusal(left)) is not None:
            return refusal
        visit, turns = Visit(left), self._turns_for(request)
        before = _visit.set(visit)
        try:
            try:
                if self._lent is None and not turns.take(visit.turn, left):
                    return self._late(visit, sent=False)
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
        route = self._routes.get(origin(request.url))
        try:
            if route is None:
                sent = self._for_lent(request, visit.left)
                visit.answer = answer = self._lent.send(sent, stream=True, auth=None, follow_redirects=False)
            else:
                sent, lane = route.request(request, visit.left), self._lane(route, visit)
                visit.answer = answer = lane.transport.handle_request(sent)
            try:
                body = Body(answer.status_code, answer.headers.raw, request.limit)
                for chunk in answer.stream:
                    body.feed(chunk)
            finally:
                answer.close()
            response = self._whole(body, visit)
        except self._caught as error:
            return self._outcome(error, visit)
        if route is not None:
            self._put_back(route, visit)
        return response

    def close(self) -> None:
        """Close the connections, unless the client was lent."""
        self._shut()


class AsyncHttp(_Http[asyncio.Semaphore]):
    """Sends the requests of tasks."""

    _lendable = "AsyncClient"
    _network = AsyncNetwork

    def _turns(self, count: int) -> asyncio.Semaphore:
        return asyncio.Semaphore(count)

    async def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if (refusal := self._refusal(left)) is not None:
            return refusal
        visit = Visit(left)
        turns = self._turns_for(request) if self._lent is None else contextlib.nullcontext()
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
        return self._late(visit, visit.sent and bool(visit.turn))

    async def _exchange(self, request: HttpRequest, visit: Visit) -> RawResponse | Failure:
        route = self._routes.get(origin(request.url))
        try:
            if route is None:
                sent = self._for_lent(request, visit.left)
                visit.answer = answer = await self._lent.send(sent, stream=True, auth=None, follow_redirects=False)
            else:
                sent, lane = route.request(request, visit.left), self._lane(route, visit)
                visit.answer = answer = await lane.transport.handle_async_request(sent)
            try:
                body = Body(answer.status_code, answer.headers.raw, request.limit)
                async for chunk in answer.stream:
                    body.feed(chunk)
            finally:
                await answer.aclose()
            response = self._whole(body, visit)
        except self._caught as error:
            return self._outcome(error, visit)
        else:
            if route is not None:
                self._put_back(route, visit)
            return response
        finally:
            self._drop(visit)

    async def close(self, *, abandoned: bool = False) -> None:
        """Close the connections, unless the client was lent; those of a loop that has ended went with it."""
        self._closed = True
        if not abandoned:
            self._shut()
            await asyncio.sleep(0)  # asyncio closes a socket in the next round
