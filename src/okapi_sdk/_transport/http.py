"""HTTP exchanges: send a request, read its response.

A client has one turn for each connection it may open. A caller takes a turn, uses an idle lane or opens a new one, and
returns both. No caller waits for a lock that an interrupted caller holds, and waiting callers cost the others nothing.
Signing in has its own turn, so that a busy client can still renew its token.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import time
from collections.abc import Mapping
from contextvars import Context, ContextVar
from typing import Any, ClassVar

from .._engine.effects import Failure, HttpRequest
from .._engine.response_body import BadBodyError, Body
from ..results.response import RawResponse
from ..settings.environments import Environment
from .lanes import Lane, Library, Route, routes_by_origin
from .network import Network
from .turns import move


class Exchange:
    """A caller's turn and lane, and the response once it has begun."""

    def __init__(self, timeout: float) -> None:
        self.deadline = time.monotonic() + timeout
        self.turn: list[None] = []
        self.lane: list[Lane] = []
        self.network: Network | None = None
        self.response: Any = None
        self.is_over = False

    @property
    def remaining(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def sent(self) -> bool:
        # A borrowed client or a mock does not tell: assume that it sent the request.
        return self.network is None or self.network.sent or not self.network.used

    @property
    def status_code(self) -> int | None:
        return None if self.response is None else int(self.response.status_code)


# httpx and httpcore log headers and URLs. Silence them during the SDK's calls: the SDK logs these without secrets.
CURRENT: ContextVar[Exchange | None] = ContextVar("okapi_sdk_exchange", default=None)
for _library in ("httpx", "httpx2", "httpcore", "httpcore2"):
    for _part in ("", ".connection", ".http11", ".http2", ".proxy", ".socks"):
        logging.getLogger(_library + _part).addFilter(lambda _: (call := CURRENT.get()) is None or call.is_over)


# httpcore does not wrap the errors of socksio, the optional package behind its SOCKS proxies.
_SOCKS: tuple[type[Exception], ...] = ()
with contextlib.suppress(ImportError):
    _SOCKS = (importlib.import_module("socksio.exceptions").SOCKSError,)


def cut_call(context: Context) -> None:
    """Cut the connection of the call that a thread is making in this context, if it is making one."""
    if (exchange := context.get(CURRENT)) is not None:
        for lane in tuple(exchange.lane):
            lane.network.close()


class Http:
    """Base class of both: everything that does no I/O."""

    _client_class: ClassVar[str]
    _network: ClassVar[type[Network]]
    _make_turns: ClassVar[Any]
    _closed = False

    def __init__(
        self, environment: Environment, connections: int, context: Any, client: Any = None, library: str = "httpx"
    ) -> None:
        self.connections = connections
        self._borrowed, self._token_url = client, environment.token_url
        self._library = Library(library) if client is None else Library.of(client, self._client_class)
        self._routes: Mapping[str, Route] = {} if client else routes_by_origin(environment, self._library, context)
        # Catch nothing else: other errors belong to the caller's hooks, signal handlers and clocks.
        httpx = self._library.httpx
        self._caught = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, BadBodyError, *_SOCKS)
        self._reset()

    def _reset(self) -> None:
        self._call_turns, self._sign_in_turns = self._make_turns(self.connections), self._make_turns(1)
        self._lanes_in_use: set[Lane] = set()
        for route in self._routes.values():
            route.idle = []

    def _turns_for(self, request: HttpRequest) -> Any:
        return self._sign_in_turns if request.url == self._token_url else self._call_turns

    def _reason_not_to_send(self, timeout: float) -> Failure | None:
        if self._closed if self._borrowed is None else self._borrowed.is_closed:
            return Failure("closed", "the client is closed", sent=False)
        return Failure("timeout", "no time was left to send the request", sent=False) if timeout <= 0 else None

    def _take_lane(self, route: Route, exchange: Exchange) -> Lane:
        with contextlib.suppress(IndexError):
            while not exchange.lane:
                move(route.idle.pop, exchange.lane.append, -1)
                if not exchange.lane[0].is_usable():
                    self._close_lane(exchange)
        if not exchange.lane:
            exchange.lane.append(route.new_lane(self._network))
        lane = exchange.lane[0]
        self._lanes_in_use.add(lane)
        exchange.network = lane.network
        lane.network.begin(exchange.deadline)
        return lane

    def _return_lane(self, route: Route, exchange: Exchange) -> None:
        self._lanes_in_use.discard(exchange.lane[0])
        if exchange.lane[0].is_idle():
            move(exchange.lane.pop, route.idle.append, -1)
        with contextlib.suppress(IndexError):
            if len(route.idle) > 1 and not route.idle[0].is_usable():  # the oldest; `_close_lane` will close it
                move(route.idle.pop, exchange.lane.append, 0)
        if self._closed:
            self._close_all_lanes()

    def _close_lane(self, exchange: Exchange) -> None:
        for lane in exchange.lane:  # empty if the lane was returned
            lane.network.close()
            self._lanes_in_use.discard(lane)
        exchange.lane.clear()

    def _close_all_lanes(self) -> None:
        self._closed = True
        for lane in (*self._lanes_in_use, *(lane for route in self._routes.values() for lane in route.idle)):
            lane.network.close()

    def _complete(self, body: Body, exchange: Exchange) -> RawResponse:
        if exchange.network is not None:
            return body.response(cut=exchange.network.ended is False)
        extensions = exchange.response.extensions
        is_http1 = "network_stream" in extensions and extensions.get("http_version", b"").startswith(b"HTTP/1")
        return body.response(cut=is_http1 and not body.has_end)

    def _no_free_connection(self) -> Failure:
        return Failure("timeout", f"no connection was free in time (max_connections={self.connections})", sent=False)
