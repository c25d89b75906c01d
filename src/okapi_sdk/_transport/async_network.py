"""The sockets of tasks."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import select
import socket
import ssl
from typing import Any

from .network import CHUNK, Network

_READ_AHEAD = 2**18


class AsyncNetwork(Network):
    """The network backend of one connection, for tasks."""

    prefix = "Async"

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: Any = None, socket_options: Any = None
    ) -> _AsyncStream:
        """Connect to the first address of a host that responds."""
        self.used, failure = True, self.core.ConnectError(f"{host} has no address")
        loop = asyncio.get_running_loop()
        try:
            # A literal address must not need the resolver's thread, which cannot start while the interpreter exits.
            records = _literal_address(host) or await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            records, failure = [], self.core.ConnectError(str(error))
        for address, share in self._time_shares(records, timeout):
            try:
                async with asyncio.timeout(share):
                    return (await loop.create_connection(lambda: _AsyncStream(self), address, port))[1]
            except OSError as error:
                failure = self._connect_error(error)
        raise failure

    def _connect_error(self, error: OSError) -> Exception:
        kind = self.core.ConnectTimeout if isinstance(error, TimeoutError) else self.core.ConnectError
        failure: Exception = kind(str(error))
        failure.__cause__ = error
        return failure


def _literal_address(host: str) -> list[Any]:
    with contextlib.suppress(ValueError):
        return [((str(ipaddress.ip_address(host)),),)]
    return []


class _AsyncStream(asyncio.Protocol):
    def __init__(self, network: AsyncNetwork, layer: int = 0, transport: Any = None) -> None:
        self._network, self._layer, self._received = network, layer, bytearray()
        self._transport: Any = transport
        self._at_end = self._writing_paused = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        network.stream = self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > _READ_AHEAD:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._at_end = True
        self._network.ended = self._layer == self._network.tls_layers == 1 and self._tls_announced_end()
        self._wake()

    def _tls_announced_end(self) -> bool:
        # asyncio reports both an announced end and a cut connection in the same way.
        try:
            return not self._transport.get_extra_info("ssl_object").read(1)
        except ssl.SSLError as error:
            return isinstance(error, ssl.SSLZeroReturnError)

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self._layer == 0:  # a write may have failed before an early response was read
            with contextlib.suppress(OSError), self._transport.get_extra_info("socket").dup() as duplicate:
                self._received += duplicate.recv(_READ_AHEAD)
        self._at_end, self._error = True, exc
        self._wake()

    def pause_writing(self) -> None:
        self._writing_paused = True

    def resume_writing(self) -> None:
        self._writing_paused = False
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while not self._received and not self._at_end:
            await self._wait()
        if not self._received and self._error is not None:
            raise self._network.core.ReadError(str(self._error))
        held_back = self._layer == self._network.tls_layers
        data = bytes(self._received[: min(max_bytes, max(1, len(self._received) - held_back))])
        del self._received[: len(data)]
        if len(self._received) <= _READ_AHEAD and not self._at_end:
            self._transport.resume_reading()
        if len(data) == max_bytes:
            await asyncio.sleep(0)  # a flood of data must not block the loop, which also enforces the timeouts
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.sent |= self._layer == self._network.tls_layers
        for start in range(0, len(buffer), CHUNK):
            while start and self._is_readable() and not self._has_response():  # noqa: ASYNC110
                await asyncio.sleep(0)  # read an early response before a write fails
            while self._writing_paused and not self._has_response():
                await self._wait()
            if self._has_response():
                raise self._network.core.WriteError("the server has already responded or disconnected")
            self._transport.write(buffer[start : start + CHUNK])

    def _has_response(self) -> bool:
        return self._at_end or (bool(self._received) and not self._received.startswith(b"HTTP/1.1 1"))

    async def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None) -> Any:
        inner, loop = _AsyncStream(self._network, self._layer + 1, self._transport), asyncio.get_running_loop()
        options = {"sslcontext": ssl_context, "server_hostname": server_hostname}
        try:
            async with asyncio.timeout(timeout):
                inner._transport = await loop.start_tls(self._transport, inner, **options)
        except OSError as error:
            raise self._network._connect_error(error) from error
        return inner

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._received) or self._at_end or self._is_readable()
        return self._transport.get_extra_info(info)

    def _is_readable(self) -> bool:
        if not hasattr(select, "poll") or self._at_end:
            return self._at_end
        poll = select.poll()  # data may have arrived since the loop last ran
        poll.register(self._transport.get_extra_info("socket"), select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        self._at_end = True
        self._transport.abort()
        self._wake()

    async def aclose(self) -> None:
        self.close()
