"""The one room, with `network`, that imports httpx and httpcore: connections, deadlines, bodies, and what failed.

httpx has no limit on the whole of a call: each read has its own. Here every socket operation is cut to what is left
of one deadline (`Network` for threads, ``asyncio.timeout`` for tasks). Bodies are read raw and decoded by `body`.
Requests go to pools of httpcore, the transport under httpx: what httpx adds (cookies, redirects, authentication, parsed
addresses and headers), all unused here, costs as much as the rest of the SDK. A borrowed client keeps all of httpx.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import partial
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

import httpcore
import httpx

from .. import _version
from .._engine.effects import Failure, HttpRequest
from ..errors import ConfigurationError, InputError, InputProblem
from ..results.response import RawResponse
from ..settings.environments import Environment, is_loopback
from ..text import short
from .body import BadBodyError, Body
from .network import AsyncNetwork, Departure, Network

_HEADERS = {"user-agent": f"okapi-sdk/{_version.__version__}", "accept-encoding": "gzip"}
_PORTS = {"https": 443, "http": 80}
CONNECT_SECONDS = 5.0
# Shorter than servers keep idle connections, so that a submit never rides one that is just being closed.
KEEPALIVE_SECONDS = 2.0

log = logging.getLogger("okapi_sdk")
# httpx and httpcore log headers and addresses; what a call of ours does is logged by us, without them.
_quiet: ContextVar[bool] = ContextVar("okapi_sdk_quiet", default=False)
for _name in ("httpx", *(f"httpcore.{name}" for name in ("connection", "http11", "http2", "proxy", "socks"))):
    logging.getLogger(_name).addFilter(lambda _: not _quiet.get())


class SyncHttp:
    """Sends requests with threads."""

    def __init__(
        self, environment: Environment, connections: int, context: ssl.SSLContext | None, client: httpx.Client | None
    ) -> None:
        self._borrowed = _lent(client, httpx.Client)
        kinds = (httpcore.ConnectionPool, httpcore.HTTPProxy, httpcore.SOCKSProxy)
        self._network = Network()
        self._make = partial(_Routes, environment, partial(_pool, kinds, connections, context, self._network))
        self._open()

    def _open(self) -> None:
        self._routes: _Routes[httpcore.ConnectionPool] | None = None if self._borrowed else self._make()

    def after_fork(self) -> None:
        """Connections of its own for a forked process: on those of its parent, answers would reach the wrong one."""
        if self._routes is not None and not self._routes.closed:
            self._open()

    def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if _is_closed(self._borrowed, self._routes):
            return Failure("closed", "the client that this belongs to is closed", sent=False)
        if left <= 0:
            return Failure("timeout", "no time was left to send it", sent=False)
        departure = Departure()
        answer: httpcore.Response | None = None
        quiet, before = _quiet.set(True), self._network.until(time.monotonic() + left)
        try:
            answer = self._exchange(request, left, departure)
            try:
                body = Body(answer.status, answer.headers, request.limit)
                for chunk in answer.iter_stream():
                    body.feed(chunk)
                if self._routes is not None and _has_rest(answer):
                    answer.extensions["network_stream"].close()
            finally:
                answer.close()
            return body.response()
        except _CAUGHT as error:
            if departure.unused is not None:
                departure.unused.close()
            return _failure(error, answer, self._borrowed is not None or departure.sent)
        finally:
            _quiet.reset(quiet)
            self._network.until(before)

    def _exchange(self, request: HttpRequest, left: float, departure: Departure) -> httpcore.Response:
        if self._routes is not None:
            route = self._routes.of(request.url)
            return route.pool.handle_request(route.request(request, left, departure))
        borrowed = cast("httpx.Client", self._borrowed)
        answer = borrowed.send(_for_httpx(request, left), stream=True, auth=None, follow_redirects=False)
        return httpcore.Response(answer.status_code, headers=answer.headers.raw, content=answer.stream)

    def close(self) -> None:
        """Close the connections, unless the client was borrowed."""
        for pool in self._routes.close() if self._routes else ():
            pool.close()


class AsyncHttp:
    """Sends requests with asyncio."""

    def __init__(
        self,
        environment: Environment,
        connections: int,
        context: ssl.SSLContext | None,
        client: httpx.AsyncClient | None,
    ) -> None:
        self._borrowed = _lent(client, httpx.AsyncClient)
        kinds = (httpcore.AsyncConnectionPool, httpcore.AsyncHTTPProxy, httpcore.AsyncSOCKSProxy)
        make = partial(_pool, kinds, connections, context, AsyncNetwork())
        self._routes: _Routes[httpcore.AsyncConnectionPool] | None = None if client else _Routes(environment, make)

    async def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if _is_closed(self._borrowed, self._routes):
            return Failure("closed", "the client that this belongs to is closed", sent=False)
        if left <= 0:
            return Failure("timeout", "no time was left to send it", sent=False)
        departure = Departure()
        answer: httpcore.Response | None = None
        quiet = _quiet.set(True)
        try:
            async with asyncio.timeout(left):
                try:
                    answer = await self._exchange(request, left, departure)
                    try:
                        body = Body(answer.status, answer.headers, request.limit)
                        async for chunk in answer.aiter_stream():
                            body.feed(chunk)
                        if self._routes is not None and _has_rest(answer):
                            await answer.extensions["network_stream"].aclose()
                    finally:
                        await answer.aclose()
                except BaseException as error:
                    if departure.unused is not None:
                        await departure.unused.aclose()
                    if isinstance(error, asyncio.CancelledError):
                        await self._reclaim(request, answer)
                    raise
                return body.response()
        except _CAUGHT as error:
            return _failure(error, answer, self._borrowed is not None or departure.sent)
        finally:
            _quiet.reset(quiet)

    async def _exchange(self, request: HttpRequest, left: float, departure: Departure) -> httpcore.Response:
        if self._routes is not None:
            route = self._routes.of(request.url)
            return await route.pool.handle_async_request(route.request(request, left, departure.asynchronously))
        borrowed = cast("httpx.AsyncClient", self._borrowed)
        answer = await borrowed.send(_for_httpx(request, left), stream=True, auth=None, follow_redirects=False)
        return httpcore.Response(answer.status_code, headers=answer.headers.raw, content=answer.stream)

    async def _reclaim(self, request: HttpRequest, answer: httpcore.Response | None) -> None:
        # Cancelled as it takes or gives back a connection, a task leaves httpcore with one that nobody uses and nobody
        # closes, and the pool one short for good. httpcore has no word for it; a test fails if the attributes go, and
        # then only this repair is lost.
        if self._routes is None:
            return
        pool = self._routes.of(request.url).pool
        with contextlib.suppress(AttributeError):
            ours = getattr(answer.stream, "_pool_request", None) if answer is not None else None
            if ours in pool._requests:
                pool._requests.remove(ours)
            used = [held.connection for held in pool._requests]
            for connection in [it for it in pool.connections if not it.is_idle() and it not in used]:
                pool._connections.remove(connection)
                await connection.aclose()
            await pool._close_connections(pool._assign_requests_to_connections())

    async def close(self, *, abandoned: bool = False) -> None:
        """Close the connections, unless the client was borrowed; abandoned ones are not touched any more."""
        for pool in self._routes.close() if self._routes else ():
            if not abandoned:
                await pool.aclose()


def _has_rest(answer: httpcore.Response) -> bool:
    # Bytes that follow an answer stay with its connection, and would be taken for the answer to the next request.
    # httpcore has no word for them. Should another version not have the attributes, no connection serves twice.
    try:
        read = cast("Any", answer.stream)._stream._connection._h11_state.trailing_data[0]
        return bool(read) or answer.extensions["network_stream"].rest
    except AttributeError:
        return True


P = TypeVar("P")


def _lent(client: P, kind: type[Any]) -> P:
    if client is None or isinstance(client, kind):
        return client
    problem = InputProblem("http_client", short(client), f"an httpx.{kind.__name__}", "leave it out for an own one")
    raise InputError("OkapiClient", (problem,))


class _Route(Generic[P]):
    """The pool of connections for one origin, and what is the same in all requests to it."""

    def __init__(self, pool: P, origin: str) -> None:
        self.pool = pool
        self._url = httpcore.URL(origin)
        parts = urlsplit(origin)
        host = parts.netloc.rpartition(":")[0] if parts.port == _PORTS[parts.scheme] else parts.netloc
        self._headers = {"host": host, **_HEADERS}
        self._skipped = len(origin)

    def request(self, request: HttpRequest, left: float, trace: Callable[..., Any]) -> httpcore.Request:
        url = self._url
        target = request.url[self._skipped :] or "/"
        headers = {**self._headers, **request.headers}
        if request.content is not None:
            headers["content-length"] = str(len(request.content))
        return httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=target),
            headers=list(headers.items()),
            content=request.content,
            extensions={"timeout": _timeouts(left), "trace": trace},
        )


class _Routes(Generic[P]):
    """The pools of connections, with a proxy or without, by origin."""

    def __init__(self, environment: Environment, pool: Callable[[httpx.Proxy | None], P]) -> None:
        self.closed = False
        direct = pool(None)
        self._routes: dict[str, _Route[P]] = {}
        for origin in {_origin(environment.base_url), _origin(environment.token_url)}:
            proxy = _proxy(origin)
            self._routes[origin] = _Route(direct if proxy is None else pool(proxy), origin)

    def of(self, url: str) -> _Route[P]:
        return self._routes[_origin(url)]

    def close(self) -> Iterable[P]:
        self.closed = True
        return {route.pool for route in self._routes.values()}


def _is_closed(borrowed: httpx.Client | httpx.AsyncClient | None, routes: _Routes[Any] | None) -> bool:
    return borrowed.is_closed if borrowed is not None else routes is None or routes.closed


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])  # scheme, host and port


def _timeouts(left: float) -> dict[str, float]:
    return {"connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left}


def _for_httpx(request: HttpRequest, left: float) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url,
        headers={**_HEADERS, **request.headers},
        content=request.content,
        extensions={"timeout": _timeouts(left)},
    )


def _pool(
    kinds: tuple[Callable[..., P], Callable[..., P], Callable[..., P]],
    connections: int,
    context: ssl.SSLContext | None,
    network: Network | AsyncNetwork,
    proxy: httpx.Proxy | None,
) -> P:
    direct, http_proxy, socks_proxy = kinds
    options = {
        "ssl_context": context or _default_context(),
        "max_connections": connections,
        "max_keepalive_connections": connections,
        "keepalive_expiry": KEEPALIVE_SECONDS,
        "network_backend": network,
    }
    if proxy is None:
        return direct(**options)
    url = httpcore.URL(scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=b"/")
    kind = http_proxy if proxy.url.scheme in ("http", "https") else socks_proxy
    return kind(proxy_url=url, proxy_auth=proxy.raw_auth, **options)


_context: ssl.SSLContext | None = None


def _default_context() -> ssl.SSLContext:
    # Loading the CA bundle takes 20 ms and one context serves any number of clients. Threads that load it at once do no
    # harm, where a lock could be held by another thread as the process forks.
    global _context
    if _context is None:
        try:
            _context = httpx.create_ssl_context(trust_env=True)
        except OSError as error:
            problem = type(error).__name__
        else:
            if getattr(_context, "keylog_filename", None):
                log.warning("SSLKEYLOGFILE is set: the keys of all TLS connections are written to that file")
            return _context
        raise ConfigurationError(
            f"The CA certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be loaded ({problem})."
        )
    return _context


def _proxy(origin: str) -> httpx.Proxy | None:
    # Read by the standard library's rules (HTTPS_PROXY, NO_PROXY and the system's settings); loopback never has one.
    proxies, parts = urllib.request.getproxies(), urlsplit(origin)
    host = parts.hostname or ""
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    found: httpx.Proxy | None = None
    with contextlib.suppress(ValueError, httpx.InvalidURL):
        found = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
    if found is None or not found.url.host or (found.url.port or 0) > 65535:
        problem = "is no address of an http, https or socks5 proxy"
    elif found.url.scheme.startswith("socks") and not importlib.util.find_spec("socksio"):
        problem = 'needs a package that is missing: pip install "httpx[socks]"'
    else:
        return found
    raise ConfigurationError(f"The proxy that the environment names for {host} {problem}.")


def _both(*names: str) -> tuple[type[Exception], ...]:
    # httpx names its errors as httpcore does.
    return tuple(getattr(library, name) for library in (httpcore, httpx) for name in names)


_TIMEOUTS: tuple[type[Exception], ...] = (TimeoutError, *_both("TimeoutException"))
# What httpcore lets through of the package under its SOCKS proxies, which is an extra of httpx.
_SOCKS: tuple[type[Exception], ...] = ()
with contextlib.suppress(ImportError):
    _SOCKS = (importlib.import_module("socksio.exceptions").SOCKSError,)
_UNSENT = (*_both("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"), *_SOCKS)
_CAUGHT: tuple[type[Exception], ...] = (
    *_both("TimeoutException", "NetworkError", "ProtocolError", "ProxyError", "UnsupportedProtocol"),
    *_SOCKS,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    ssl.SSLError,
    OSError,
    BadBodyError,
)


def _failure(error: BaseException, answer: httpcore.Response | None, sent: bool) -> Failure:
    if isinstance(error, BadBodyError):
        return error.failure
    sent = sent and not isinstance(error, _UNSENT)
    status_code = _status(answer)
    if isinstance(error, _TIMEOUTS):
        detail = "the time for it ran out" if sent else "the time for a connection ran out"
        return Failure("timeout", detail, sent, status_code)
    cause = _tls_cause(error)
    if cause is not None and not sent:
        return Failure("tls", str(cause)[:200], sent)
    if isinstance(error, _UNSENT):
        return Failure("connection", str(error)[:200] or type(error).__name__, sent)
    # Texts of exchange errors can quote header values; the class says enough.
    detail = "the answer broke off" if answer is not None else f"the connection was lost ({type(error).__name__})"
    return Failure("connection" if answer is None else "truncated", detail, sent, status_code)


def _tls_cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def _status(answer: httpcore.Response | None) -> int | None:
    return None if answer is None else answer.status
