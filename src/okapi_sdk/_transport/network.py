"""The sockets under the pools of connections: what httpcore's own backends leave to be wished for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, cast

import httpcore

_WRITE_CHUNK = 65536


class Departure:
    """Whether a request began to travel. httpcore tells it of each step of the exchange that it is made for.

    What goes to a proxy to open a tunnel is no part of the request.
    """

    def __init__(self) -> None:
        self.sent = False
        self._opened: Any = None
        self._to_proxy = False

    @property
    def unused(self) -> Any:
        """The stream that was opened for the request and has not carried it; httpcore forgets it if a proxy fails."""
        return None if self.sent else self._opened

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step, as httpcore's extension ``trace`` has it."""
        if event.endswith(".connect_tcp.complete"):
            self._opened = info["return_value"]
        if not event.startswith("http11."):
            return
        if event.endswith("send_request_headers.started"):
            self._to_proxy = info["request"].method == b"CONNECT"
        self.sent = self.sent or not self._to_proxy

    async def asynchronously(self, event: str, info: Mapping[str, Any]) -> None:
        """As a call, for tasks."""
        self(event, info)


class Network(httpcore.NetworkBackend):
    """Cuts every socket operation of a thread's call to what is left of its deadline."""

    def __init__(self) -> None:
        self._backend: httpcore.NetworkBackend = httpcore.SyncBackend()
        self._local = threading.local()

    def until(self, deadline: float) -> float:
        """Hold this thread to a deadline, of ``time.monotonic``, and return the one that it had.

        A signal handler can make a call while its thread is in another.
        """
        before = float(getattr(self._local, "deadline", deadline))
        self._local.deadline = deadline
        return before

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
    except (OSError, UnicodeError) as error:
        problem = str(error)
    else:
        return list(dict.fromkeys(str(address[0]) for *_, address in found))
    raise httpcore.ConnectError(problem)


class _Stream(httpcore.NetworkStream):
    rest = False
    """What has come and was not read stays in the socket, where the pool looks before it uses a connection again."""

    def __init__(self, stream: httpcore.NetworkStream, network: Network) -> None:
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


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """As httpcore's own for asyncio, but a call that is cut short in a TLS handshake leaves no open socket."""

    def __init__(self) -> None:
        self._backend = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options))


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    @property
    def rest(self) -> bool:
        """Whether bytes have come that nobody read.

        Raises:
            AttributeError: another anyio keeps them elsewhere; it has no word for them.
        """
        held = cast("Any", self._stream)._stream
        while hasattr(held, "transport_stream"):
            if held._read_bio.pending or held._ssl_object.pending():
                return True
            held = held.transport_stream
        return bool(held._protocol.read_queue)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except asyncio.CancelledError:
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
