"""The sockets under the connections: what the backends of httpcore cannot do.

Every operation of a thread ends by the deadline of its call. Tasks have ``asyncio.timeout`` for that. Both kinds of
stream know whether bytes of the request were sent, whether bytes follow the response, and how the connection ended.

A response's last byte is handed on by itself. If the response is complete before that, more bytes came than belong to
it, and the connection must not serve another request.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

_WRITE_CHUNK = 65536
_READ_AHEAD = 2**18
_SOCKETS = ("httpcore", "httpcore2", "contextlib", "socket", "ssl")


class Wire:
    """What both kinds of stream tell about one exchange, for the lane that it travels on."""

    def __init__(self, core: Any, layers: int) -> None:
        self.core = core
        """httpcore, or httpcore2."""
        self.layers = layers
        """Layers of TLS under the HTTP of the request; what goes to a proxy to open a tunnel has fewer."""
        self.stream: Stream | AsyncStream | None = None
        """The stream opened last."""
        self.deadline = 0.0
        self.opened = False
        """Whether it was ever told to connect; it is not where a mock took the request."""
        self.sent = False
        """Whether any byte of the request may have been sent."""
        self.ended: bool | None = None
        """Whether the end of the connection was announced by TLS; None while it has not ended."""

    def begin(self, deadline: float) -> None:
        """Begin an exchange that ends by an instant of ``time.monotonic``."""
        self.deadline, self.sent, self.ended = deadline, False, None

    def close(self) -> None:
        """Close the socket at once. No lock of httpcore is touched: whoever was interrupted may still hold it."""
        if self.stream is not None:
            self.stream.abort()


class Network(Wire):
    """The sockets of one connection that a thread uses: a network backend of httpcore."""

    def left(self, timeout: float | None, late: str = "ReadTimeout") -> float:
        """What is left of the call's time."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise getattr(self.core, late)("the time for it ran out")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        """Connect to a host; each of its addresses gets its share of the time, so that a dead one leaves some."""
        self.opened = True
        end = time.monotonic() + self.left(timeout, "ConnectTimeout")
        addresses = self._addresses(host, port)
        failure: Exception = self.core.ConnectError(f"{host} has no address")
        for position, address in enumerate(addresses):
            share = max(0.001, (end - time.monotonic()) / (len(addresses) - position))
            try:
                stream = self.core.SyncBackend().connect_tcp(address, port, share, local_address, socket_options or ())
            except (self.core.ConnectError, self.core.ConnectTimeout) as error:
                failure = _genuine(error)
            else:
                return Stream(self, stream)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            problem = str(error)
        else:
            return list(dict.fromkeys(str(address[0]) for *_, address in found))
        raise self.core.ConnectError(problem)


class Stream:
    """A network stream of httpcore, held to the deadline of the call."""

    def __init__(self, network: Network, stream: Any, layer: int = 0) -> None:
        self._network = network
        self._stream = stream
        self._layer = layer
        self._last = b""
        self._socket: Any = stream.get_extra_info("socket")
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.suppress_ragged_eofs = False  # else a connection that was cut looks like one that has ended
        network.stream = self

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read from the socket; the last byte of what came is kept for the next call."""
        data, self._last = self._last, b""
        if data:
            return data
        try:
            data = self._stream.read(max_bytes, self._network.left(timeout))
        except Exception as error:
            raise _genuine(error) from error.__cause__
        if not data:
            self._network.ended = self._layer == 1 and isinstance(self._socket, ssl.SSLSocket)
        elif len(data) > 1 and self._layer == self._network.layers:
            data, self._last = data[:-1], data[-1:]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._network.sent |= self._layer == self._network.layers
        try:
            for start in range(0, len(buffer), _WRITE_CHUNK):
                self._stream.write(buffer[start : start + _WRITE_CHUNK], self._network.left(timeout, "WriteTimeout"))
        except Exception as error:
            raise _genuine(error) from error.__cause__

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        """Encrypt the connection."""
        left = self._network.left(timeout, "ConnectTimeout")
        try:
            inner = self._stream.start_tls(ssl_context, server_hostname, left)
        except Exception as error:
            raise _genuine(error) from error.__cause__
        return Stream(self._network, inner, self._layer + 1)

    def get_extra_info(self, info: str) -> Any:
        """As httpcore has it; a stream with a byte left over counts as readable."""
        return (
            bool(self._last) or self._stream.get_extra_info(info)
            if info == "is_readable"
            else (self._stream.get_extra_info(info))
        )

    def abort(self) -> None:
        """Close it; another thread that reads from it is woken."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._stream.close()

    close = abort


def _genuine(error: Exception) -> Exception:
    """An error of the socket as it is, or what a signal handler of the caller raised during the operation instead.

    Both leave the same call. Only the second has passed through a frame of somebody else.
    """
    cause = error.__cause__
    trace = None if cause is None else cause.__traceback__
    while isinstance(cause, Exception) and trace is not None:
        if trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] not in _SOCKETS:
            return cause
        trace = trace.tb_next
    return error


class AsyncNetwork(Wire):
    """The sockets of one connection that a task uses: a network backend of httpcore, for asyncio."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncStream:
        """Connect to a host; a slow address does not hold up the next for more than a quarter of a second."""
        self.opened = True
        connect = asyncio.get_running_loop().create_connection
        problem: Exception
        try:
            async with asyncio.timeout(timeout):
                _, stream = await connect(lambda: AsyncStream(self), host, port, happy_eyeballs_delay=0.25)
        except TimeoutError as error:
            problem = self.core.ConnectTimeout(str(error))
        except (OSError, UnicodeError) as error:
            problem = self.core.ConnectError(str(error))
        else:
            return stream
        raise problem


class AsyncStream(asyncio.Protocol):
    """A connection of asyncio that holds what has arrived, so that nothing is overlooked."""

    def __init__(self, network: AsyncNetwork, layer: int = 0, transport: Any = None) -> None:
        self._network = network
        self._layer = layer
        self._transport: Any = transport
        self._received = bytearray()
        self._over = False
        self._lost: Exception | None = None
        self._full = False
        self._waiting: asyncio.Future[None] | None = None
        network.stream = self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As `asyncio.Protocol` has it; so are the next five."""
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

    def connection_lost(self, error: Exception | None) -> None:
        self._over, self._lost = True, error
        self._wake()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    def _was_announced(self) -> bool:
        # asyncio tells of the end in the same way, whether TLS announced it or the connection was cut.
        try:
            return not self.get_extra_info("ssl_object").read(1)
        except ssl.SSLZeroReturnError:
            return True
        except ssl.SSLError:
            return False

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _news(self) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has arrived; the last byte of it is kept for the next call."""
        while not self._received and not self._over:
            await self._news()
        if not self._received and self._lost is not None:
            raise self._network.core.ReadError(str(self._lost))
        kept = self._layer == self._network.layers
        data = bytes(self._received[: min(max_bytes, max(1, len(self._received) - kept))])
        del self._received[: len(data)]
        if len(self._received) <= _READ_AHEAD and not self._over:
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it, unless the server has answered or gone before that."""
        self._network.sent |= self._layer == self._network.layers
        for start in range(0, len(buffer), _WRITE_CHUNK):
            if start:
                await asyncio.sleep(0)  # an answer to what was sent so far is read before a broken pipe is met
            while self._full and not self._over and not self._is_answered():
                await self._news()
            if self._over or self._is_answered():
                raise self._network.core.WriteError("the server ended it early")
            self._transport.write(buffer[start : start + _WRITE_CHUNK])

    def _is_answered(self) -> bool:
        return bool(self._received) and not self._received.startswith(b"HTTP/1.1 1")

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncStream:
        """Encrypt the connection."""
        inner = AsyncStream(self._network, self._layer + 1, self._transport)
        start = asyncio.get_running_loop().start_tls
        try:
            async with asyncio.timeout(timeout):
                inner._transport = await start(self._transport, inner, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            raise self._network.core.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise self._network.core.ConnectError(str(error)) from error
        return inner

    def get_extra_info(self, info: str) -> Any:
        """As asyncio has it; a stream is readable if bytes are left over or the connection has ended."""
        if info == "is_readable":
            return bool(self._received) or self._over
        return self._transport.get_extra_info({"server_addr": "peername", "client_addr": "sockname"}.get(info, info))

    def abort(self) -> None:
        """Close it at once."""
        self._over = True
        self._transport.abort()
        self._wake()

    async def aclose(self) -> None:
        """As `abort`."""
        self.abort()
