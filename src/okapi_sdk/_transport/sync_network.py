"""The sockets of threads."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from .network import CHUNK, Network

_SOCKETS = ("httpcore", "httpcore2", "contextlib", "socket", "ssl")  # modules in the traceback of a socket's own error


class SyncNetwork(Network):
    """The network backend of one connection, for threads."""

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: Any = None, socket_options: Any = None
    ) -> _Stream:
        """Connect to the first address of a host that responds."""
        self.used, failure = True, self.core.ConnectError(f"{host} has no address")
        try:
            records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            records, failure = [], self.core.ConnectError(str(error))
        for address, share in self._time_shares(records, timeout):
            try:
                stream = self.core.SyncBackend().connect_tcp(address, port, share, None, socket_options or ())
            except (self.core.ConnectError, self.core.ConnectTimeout) as error:
                failure = _original(error)
            else:
                return _Stream(self, stream)
        raise failure


class _Stream:
    def __init__(self, network: SyncNetwork, stream: Any, layer: int = 0) -> None:
        self._network, self._stream, self._layer = network, stream, layer
        self._last_byte = b""
        self._socket: Any = stream.get_extra_info("socket")
        self._is_tls = isinstance(self._socket, ssl.SSLSocket)
        if self._is_tls:
            self._socket.suppress_ragged_eofs = False  # otherwise a cut connection looks like one that ended properly
        network.stream = self

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data, self._last_byte = self._last_byte, b""
        if data:
            return data
        data = bytes(self._run(self._stream.read, max_bytes, timeout=timeout, error="ReadTimeout"))
        if not data:
            self._network.ended = self._is_tls and self._layer == 1
        elif self._layer == self._network.tls_layers and len(data) > 1:
            data, self._last_byte = data[:-1], data[-1:]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.sent |= self._layer == self._network.tls_layers
        for start in range(0, len(buffer), CHUNK):
            self._run(self._stream.write, buffer[start : start + CHUNK], timeout=timeout, error="WriteTimeout")

    def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None) -> _Stream:
        inner = self._run(self._stream.start_tls, ssl_context, server_hostname, timeout=timeout, error="ConnectTimeout")
        return _Stream(self._network, inner, self._layer + 1)

    def _run(self, operation: Callable[..., Any], *arguments: Any, timeout: float | None, error: str) -> Any:
        core, remaining = self._network.core, self._network.remaining(timeout, error)
        try:
            return operation(*arguments, remaining)
        except (core.NetworkError, core.TimeoutException) as raised:
            raise _original(raised) from raised.__cause__

    def get_extra_info(self, info: str) -> Any:
        return (info == "is_readable" and self._last_byte) or self._stream.get_extra_info(info)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that is reading
        self._stream.close()


def _original(error: Exception) -> Exception:
    """Return the error, or its cause if one of the caller's signal handlers raised that during the operation."""
    cause = error.__cause__
    trace = cause.__traceback__ if isinstance(cause, Exception) else None
    while trace is not None and isinstance(cause, Exception):
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] not in _SOCKETS:
            return cause
        trace = trace.tb_next
    return error
