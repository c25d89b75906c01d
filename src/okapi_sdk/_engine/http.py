"""The one room that imports httpx and httpcore: connections, deadlines, bodies, and what failed.

httpx has no limit on the whole of a call: each read has its own. Here every socket operation is cut to what is left
of one deadline (`_Network` for threads, ``asyncio.timeout`` for tasks). Bodies are read raw and decoded by `body`.
Requests go to httpx's transports directly: cookies, redirects and authentication of its client, all unused here, cost
as much as the rest of the SDK.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import ssl
import threading
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
from ..errors import ConfigurationError
from ..models.response import RawResponse
from ..settings import Environment, is_loopback
from .body import BadBodyError, Body
from .effects import Failure, HttpRequest

USER_AGENT = f"okapi-sdk/{_version.__version__}"
CONNECT_SECONDS = 5.0
# Shorter than servers keep idle connections, so that a submit never rides one that is just being closed.
KEEPALIVE_SECONDS = 2.0
_WRITE_CHUNK = 65536

# httpx and httpcore log headers and addresses; what a call of ours does is logged by us, without them.
_quiet: ContextVar[bool] = ContextVar("okapi_sdk_quiet", default=False)
for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
    logging.getLogger(_name).addFilter(lambda _: not _quiet.get())


class SyncHttp:
    """Sends requests with threads."""

    def __init__(
        self, environment: Environment, connections: int, context: ssl.SSLContext | None, client: httpx.Client | None
    ) -> None:
        self._borrowed = client
        self._make = partial(_Routes, environment, partial(self._transport, connections, context))
        self._open()

    def _open(self) -> None:
        self._pid = os.getpid()
        self._network = _Network()
        self._routes: _Routes[httpx.HTTPTransport] | None = None if self._borrowed else self._make()

    def after_fork(self) -> None:
        """Connections of its own for a forked process: on those of its parent, answers would reach the wrong one."""
        if self._pid != os.getpid() and self._routes is not None and not self._routes.closed:
            self._open()

    def _transport(self, connections: int, context: ssl.SSLContext | None, proxy: str | None) -> httpx.HTTPTransport:
        transport = httpx.HTTPTransport(
            verify=context or _default_context(), limits=_limits(connections), proxy=proxy, trust_env=False
        )
        # httpx has no argument for it; a test fails if the attribute goes.
        transport._pool._network_backend = self._network
        return transport

    def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if _is_closed(self._borrowed, self._routes):
            return Failure("closed", "the client that this belongs to is closed", sent=False)
        if left <= 0:
            return Failure("timeout", "no time was left to send it", sent=False)
        self._network.deadline = time.monotonic() + left
        headers_of: httpx.Response | None = None
        quiet = _quiet.set(True)
        try:
            headers_of = self._exchange(_built(request, left))
            try:
                body = Body(headers_of.status_code, headers_of.headers.raw, request.limit)
                for chunk in headers_of.iter_raw():
                    body.feed(chunk)
            finally:
                headers_of.close()
            return body.response()
        except _CAUGHT as error:
            return _failure(error, headers_of)
        finally:
            _quiet.reset(quiet)

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        if self._routes is not None:
            return self._routes.of(request).handle_request(request)
        borrowed = cast("httpx.Client", self._borrowed)
        return borrowed.send(request, stream=True, auth=None, follow_redirects=False)

    def close(self) -> None:
        """Close the connections, unless the client was borrowed."""
        for transport in self._routes.close() if self._routes else ():
            transport.close()


class AsyncHttp:
    """Sends requests with asyncio."""

    def __init__(
        self,
        environment: Environment,
        connections: int,
        context: ssl.SSLContext | None,
        client: httpx.AsyncClient | None,
    ) -> None:
        self._borrowed = client
        make = partial(self._transport, connections, context)
        self._routes: _Routes[httpx.AsyncHTTPTransport] | None = None if client else _Routes(environment, make)

    @staticmethod
    def _transport(connections: int, context: ssl.SSLContext | None, proxy: str | None) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=context or _default_context(), limits=_limits(connections), proxy=proxy, trust_env=False
        )

    async def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        """Send within ``left`` seconds."""
        if _is_closed(self._borrowed, self._routes):
            return Failure("closed", "the client that this belongs to is closed", sent=False)
        if left <= 0:
            return Failure("timeout", "no time was left to send it", sent=False)
        headers_of: httpx.Response | None = None
        quiet = _quiet.set(True)
        try:
            async with asyncio.timeout(left):
                headers_of = await self._exchange(_built(request, left))
                try:
                    body = Body(headers_of.status_code, headers_of.headers.raw, request.limit)
                    async for chunk in headers_of.aiter_raw():
                        body.feed(chunk)
                finally:
                    await headers_of.aclose()
                return body.response()
        except TimeoutError:
            return Failure("timeout", "the time for it ran out", sent=True, status_code=_status(headers_of))
        except _CAUGHT as error:
            return _failure(error, headers_of)
        finally:
            _quiet.reset(quiet)

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        if self._routes is not None:
            return await self._routes.of(request).handle_async_request(request)
        borrowed = cast("httpx.AsyncClient", self._borrowed)
        return await borrowed.send(request, stream=True, auth=None, follow_redirects=False)

    async def close(self) -> None:
        """Close the connections, unless the client was borrowed."""
        for transport in self._routes.close() if self._routes else ():
            await transport.aclose()


P = TypeVar("P")


class _Routes(Generic[P]):
    """The pools of connections, with a proxy or without, by address."""

    def __init__(self, environment: Environment, transport: Callable[[str | None], P]) -> None:
        self.closed = False
        self._direct = transport(None)
        self._proxied = {f"{origin}/": transport(proxy) for origin, proxy in _proxies(environment).items()}

    def of(self, request: httpx.Request) -> P:
        if self._proxied:
            url = str(request.url)
            return next((found for origin, found in self._proxied.items() if url.startswith(origin)), self._direct)
        return self._direct

    def close(self) -> Iterable[P]:
        self.closed = True
        return (self._direct, *self._proxied.values())


def _is_closed(borrowed: httpx.Client | httpx.AsyncClient | None, routes: _Routes[Any] | None) -> bool:
    return borrowed.is_closed if borrowed is not None else routes is None or routes.closed


def _built(request: HttpRequest, left: float) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url,
        headers={"user-agent": USER_AGENT, "accept-encoding": "gzip", **request.headers},
        content=request.content,
        extensions={"timeout": {"connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left}},
    )


def _limits(connections: int) -> httpx.Limits:
    return httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEPALIVE_SECONDS
    )


_context_lock = threading.Lock()
_context: ssl.SSLContext | None = None


def _default_context() -> ssl.SSLContext:
    # Loading the CA bundle takes 20 ms and one context serves any number of clients.
    global _context
    with _context_lock:
        if _context is None:
            try:
                _context = httpx.create_ssl_context(trust_env=True)
            except OSError as error:
                problem = type(error).__name__
            else:
                return _context
            raise ConfigurationError(
                f"The CA certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be loaded ({problem})."
            )
        return _context


def _proxies(environment: Environment) -> dict[str, str]:
    # Read by the standard library's rules (HTTPS_PROXY, NO_PROXY and the system's settings); loopback never has one.
    proxies = urllib.request.getproxies()
    found: dict[str, str] = {}
    for url in (environment.base_url, environment.token_url):
        parts = urlsplit(url)
        host = parts.hostname or ""
        proxy = proxies.get(parts.scheme) or proxies.get("all")
        if proxy and not is_loopback(host) and not urllib.request.proxy_bypass(host):
            found[f"{parts.scheme}://{parts.netloc}"] = proxy if "://" in proxy else f"http://{proxy}"
    return found


class _Network(httpcore.NetworkBackend):
    """Cuts every socket operation of a thread's call to what is left of its deadline."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()
        self._local = threading.local()

    @property
    def deadline(self) -> float:
        """End of the call that this thread makes, by ``time.monotonic``."""
        return float(self._local.deadline)

    @deadline.setter
    def deadline(self, value: float) -> None:
        self._local.deadline = value

    def left(self, timeout: float | None) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for it ran out")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._backend.connect_tcp(host, port, self.left(timeout), local_address, socket_options), self)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, network: _Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_CHUNK):
            self._stream.write(buffer[start : start + _WRITE_CHUNK], self._network.left(timeout))

    def close(self) -> None:
        # Closing alone would leave another thread that reads from it waiting.
        with contextlib.suppress(OSError, AttributeError):
            self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._network.left(timeout)), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


_CAUGHT = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpcore.TimeoutException,
    ssl.SSLError,
    OSError,
    BadBodyError,
)
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def _failure(error: BaseException, headers_of: httpx.Response | None) -> Failure:
    if isinstance(error, BadBodyError):
        return error.failure
    sent = not isinstance(error, _UNSENT)
    status_code = _status(headers_of)
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        where = "connecting" if isinstance(error, httpx.ConnectTimeout) else "waiting for a free connection"
        detail = "the time for it ran out" if sent else f"the time for {where} ran out"
        return Failure("timeout", detail, sent, status_code)
    cause = _tls_cause(error)
    if cause is not None and not sent:
        return Failure("tls", str(cause)[:200], sent)
    if sent:
        # Texts of exchange errors can quote header values; the class says enough.
        detail = (
            "the answer broke off" if headers_of is not None else f"the connection was lost ({type(error).__name__})"
        )
        return Failure("connection" if headers_of is None else "truncated", detail, sent, status_code)
    return Failure("connection", str(error)[:200] or type(error).__name__, sent)


def _tls_cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def _status(headers_of: httpx.Response | None) -> int | None:
    return None if headers_of is None else headers_of.status_code
