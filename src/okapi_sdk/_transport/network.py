"""The sockets under the pools of connections: what httpcore's own backends leave to be wished for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, cast

import httpcore

_WRITE_CHUNK = 65536
_sent: ContextVar[bool] = ContextVar("okapi_sdk_sent", default=False)
"""Whether the call of a task sent anything: a task makes one call at a time."""


class Network(httpcore.NetworkBackend):
    """Cuts every socket operation of a thread's call to what is left of its deadline."""

    def __init__(self) -> None:
        self._backend: httpcore.NetworkBackend = httpcore.SyncBackend()
        self._local = threading.local()

    def begin(self, deadline: float) -> None:
        """Begin a call of this thread that ends by ``deadline``, of ``time.monotonic``."""
        self._local.deadline = deadline
        self._local.sent = False

    @property
    def sent(self) -> bool:
        """Whether the call of this thread handed any byte to a socket, beside those of a TLS handshake."""
        return bool(self._local.sent)

    def writes(self) -> None:
        """Note that bytes are about to be sent."""
        self._local.sent = True

    def left(self, timeout: float | None) -> float:
        """What is left of the call's time."""
        left = float(self._local.deadline) - time.monotonic()
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
        # Each address has its share of the time: a dead one leaves some for the next, and all keep to the deadline.
        end = time.monotonic() + self.left(timeout)
        addresses = _addresses(host, port)
        failure: Exception | None = None
        for position, address in enumerate(addresses):
            share = max(0.001, (end - time.monotonic()) / (len(addresses) - position))
            try:
                stream = self._backend.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self)
        raise failure or httpcore.ConnectError(f"{host} has no address")


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        problem = str(error)
    else:
        return list(dict.fromkeys(str(address[0]) for *_, address in found))
    raise httpcore.ConnectError(problem)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, network: Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.writes()
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


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """As httpcore's own for asyncio, but a call that is cut short in a TLS handshake leaves no open socket."""

    def __init__(self) -> None:
        self._backend = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    def begin(self) -> None:
        """Begin a call of this task."""
        _sent.set(False)

    @property
    def sent(self) -> bool:
        """Whether the call of this task handed any byte to a socket, beside those of a TLS handshake."""
        return _sent.get()

    def writes(self) -> None:
        """Note that bytes are about to be sent."""
        _sent.set(True)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options), self)


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream, network: AsyncNetwork) -> None:
        self._stream = stream
        self._network = network

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.writes()
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._network)
        except asyncio.CancelledError:
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
