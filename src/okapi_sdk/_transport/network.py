"""The sockets under the connections: what the network backends of httpcore leave open.

Every operation of a thread ends by the deadline of its call; tasks have ``asyncio.timeout`` for that. Both kinds of
stream know whether the request was sent, how the connection ended, and whether bytes follow a response: the last byte
of what has arrived is handed on by itself, and a response that is complete without it is followed by more.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

_CHUNK = 65536
_READ_AHEAD = 2**18
_SOCKETS = ("httpcore", "httpcore2", "contextlib", "socket", "ssl")  # whose frames an error of a socket passes through


class Network:
    """The network backend of one connection, and what is known about the exchange that uses it."""

    def __init__(self, core: Any, layers: int) -> None:
        self.core = core  # httpcore, or httpcore2
        self.layers = layers  # of TLS, under a request; what opens a tunnel through a proxy has fewer
        self.stream: _Stream | _AsyncStream | None = None  # the one opened last
        self.used = False  # not if a mock answers
        self.begin(0.0)

    def begin(self, deadline: float) -> None:
        """Begin an exchange that ends by an instant of ``time.monotonic``."""
        self.deadline = deadline
        self.sent = False
        self.ended: bool | None = None  # False: perhaps cut; True: TLS announced the end

    def close(self) -> None:
        """Close the socket, and touch nothing of httpcore: an interrupted caller may have left its locks locked."""
        if self.stream is not None:
            self.stream.close()

    def left(self, timeout: float | None, late: str) -> float:
        """What is left of the call's time."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise getattr(self.core, late)("the time for it ran out")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: Any = None, socket_options: Any = None
    ) -> _Stream:
        """Connect to the first address of a host that answers."""
        self.used, failure = True, self.core.ConnectError(f"{host} has no address")
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            found, failure = [], self.core.ConnectError(str(error))
        for address, share in self._shares(found, timeout):
            try:
                stream = self.core.SyncBackend().connect_tcp(address, port, share, None, socket_options or ())
            except (self.core.ConnectError, self.core.ConnectTimeout) as error:
                failure = _genuine(error)
            else:
                return _Stream(self, stream)
        raise failure

    def _shares(self, found: list[Any], timeout: float | None) -> Iterator[tuple[str, float]]:
        # Each address gets its share of the time: a dead one leaves some for the next, and all keep to the deadline.
        end = time.monotonic() + self.left(timeout, "ConnectTimeout")
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        for position, address in enumerate(addresses):
            yield address, max(0.001, (end - time.monotonic()) / (len(addresses) - position))


class _Stream:
    def __init__(self, network: Network, stream: Any, layer: int = 0) -> None:
        self._network, self._stream, self._layer = network, stream, layer
        self._last = b""
        self._socket: Any = stream.get_extra_info("socket")
        self._is_tls = isinstance(self._socket, ssl.SSLSocket)
        if self._is_tls:
            self._socket.suppress_ragged_eofs = False  # else a connection that was cut looks like one that has ended
        network.stream = self

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data, self._last = self._last, b""
        if data:
            return data
        data = bytes(self._do(self._stream.read, max_bytes, timeout=timeout, late="ReadTimeout"))
        if not data:
            self._network.ended = self._is_tls and self._layer == 1
        elif self._layer == self._network.layers and len(data) > 1:
            data, self._last = data[:-1], data[-1:]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.sent |= self._layer == self._network.layers
        for start in range(0, len(buffer), _CHUNK):
            self._do(self._stream.write, buffer[start : start + _CHUNK], timeout=timeout, late="WriteTimeout")

    def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None) -> _Stream:
        inner = self._do(self._stream.start_tls, ssl_context, server_hostname, timeout=timeout, late="ConnectTimeout")
        return _Stream(self._network, inner, self._layer + 1)

    def _do(self, operation: Callable[..., Any], *arguments: Any, timeout: float | None, late: str) -> Any:
        core, left = self._network.core, self._network.left(timeout, late)
        try:
            return operation(*arguments, left)
        except (core.NetworkError, core.TimeoutException) as error:
            raise _genuine(error) from error.__cause__

    def get_extra_info(self, info: str) -> Any:
        return (info == "is_readable" and self._last) or self._stream.get_extra_info(info)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes another thread that reads
        self._stream.close()


def _genuine(error: Exception) -> Exception:
    """An error of a socket as it is, or in its place what a signal handler of the caller raised in the operation."""
    cause = error.__cause__
    trace = cause.__traceback__ if isinstance(cause, Exception) else None
    while trace is not None and isinstance(cause, Exception):
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] not in _SOCKETS:
            return cause
        trace = trace.tb_next
    return error


def _as_address(host: str) -> list[Any]:
    with contextlib.suppress(ValueError):
        return [((str(ipaddress.ip_address(host)),),)]
    return []


class AsyncNetwork(Network):
    """As `Network`, for tasks."""

    async def connect_tcp(  # type: ignore[override]
        self, host: str, port: int, timeout: float | None = None, local_address: Any = None, socket_options: Any = None
    ) -> _AsyncStream:
        """Connect to the first address of a host that answers."""
        self.used, failure = True, self.core.ConnectError(f"{host} has no address")
        loop = asyncio.get_running_loop()
        try:
            # An address needs no thread to be looked up; there is none any more as the interpreter ends.
            found = _as_address(host) or await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            found, failure = [], self.core.ConnectError(str(error))
        for address, share in self._shares(found, timeout):
            try:
                async with asyncio.timeout(share):
                    return (await loop.create_connection(lambda: _AsyncStream(self), address, port))[1]
            except OSError as error:
                failure = self._failed(error)
        raise failure

    def _failed(self, error: OSError) -> Exception:
        kind = self.core.ConnectTimeout if isinstance(error, TimeoutError) else self.core.ConnectError
        failure: Exception = kind(str(error))
        failure.__cause__ = error
        return failure


class _AsyncStream(asyncio.Protocol):
    def __init__(self, network: AsyncNetwork, layer: int = 0, transport: Any = None) -> None:
        self._network, self._layer, self._transport = network, layer, transport
        self._received = bytearray()
        self._over = self._full = False
        self._lost: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        network.stream = self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > _READ_AHEAD:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._over = True
        self._network.ended = self._layer == self._network.layers == 1 and self._was_announced()
        self._wake()

    def _was_announced(self) -> bool:
        # asyncio reports the end in the same way, whether TLS announced it or the connection was cut.
        try:
            return not self._transport.get_extra_info("ssl_object").read(1)
        except ssl.SSLError as error:
            return isinstance(error, ssl.SSLZeroReturnError)

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None and self._layer == 0:  # a pipe was found broken before an early answer was read
            with contextlib.suppress(OSError), self._transport.get_extra_info("socket").dup() as rest:
                self._received += rest.recv(_READ_AHEAD)
        self._over, self._lost = True, error
        self._wake()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _news(self) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while not self._received and not self._over:
            await self._news()
        if not self._received and self._lost is not None:
            raise self._network.core.ReadError(str(self._lost))
        kept = self._layer == self._network.layers
        data = bytes(self._received[: min(max_bytes, max(1, len(self._received) - kept))])
        del self._received[: len(data)]
        if len(self._received) <= _READ_AHEAD and not self._over:
            self._transport.resume_reading()
        if len(data) == max_bytes:
            await asyncio.sleep(0)  # a flood does not hold up the loop and its time limits
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.sent |= self._layer == self._network.layers
        for start in range(0, len(buffer), _CHUNK):
            while start and self._is_readable() and not self._is_answered():  # noqa: ASYNC110
                await asyncio.sleep(0)  # an early answer is read before the pipe is found broken
            while self._full and not self._is_answered():
                await self._news()
            if self._is_answered():
                raise self._network.core.WriteError("the server has answered or gone")
            self._transport.write(buffer[start : start + _CHUNK])

    def _is_answered(self) -> bool:
        return self._over or (bool(self._received) and not self._received.startswith(b"HTTP/1.1 1"))

    async def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None) -> Any:
        inner, loop = _AsyncStream(self._network, self._layer + 1, self._transport), asyncio.get_running_loop()
        options = {"sslcontext": ssl_context, "server_hostname": server_hostname}
        try:
            async with asyncio.timeout(timeout):
                inner._transport = await loop.start_tls(self._transport, inner, **options)
        except OSError as error:
            raise self._network._failed(error) from error
        return inner

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._received) or self._over or self._is_readable()
        return self._transport.get_extra_info(info)

    def _is_readable(self) -> bool:
        if not hasattr(select, "poll") or self._over:
            return self._over
        poll = select.poll()  # the loop may not have run since something arrived
        poll.register(self._transport.get_extra_info("socket"), select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        self._over = True
        self._transport.abort()
        self._wake()

    async def aclose(self) -> None:
        self.close()
