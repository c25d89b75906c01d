"""A server of raw sockets that answers each request by a script: late, cut, dripping, or not at all."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

Script = Callable[[socket.socket], None]

TOKEN = "token-of-the-fault-server"


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def answer(status: int = 200, body: object = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of an HTTP answer; a body that is no bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"content-type": "application/json", "content-length": str(len(content)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + content


def reply(status: int = 200, body: object = b"", headers: Mapping[str, str] | None = None) -> Script:
    return lambda connection: connection.sendall(answer(status, body, headers))


def raw(content: bytes) -> Script:
    """Send these bytes and close."""

    def run(connection: socket.socket) -> None:
        connection.sendall(content)
        connection.close()

    return run


def cut(content: bytes, count: int) -> Script:
    """Send the first ``count`` bytes and close."""
    return raw(content[:count])


def reset(connection: socket.socket) -> None:
    """Drop the connection without an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(connection: socket.socket) -> None:
    """Close politely, without an answer."""
    connection.close()


def hang(connection: socket.socket) -> None:
    """Never answer; ends when the client goes."""
    with contextlib.suppress(OSError):
        connection.settimeout(20)
        connection.recv(1)


def drip(content: bytes, pause: float = 0.05) -> Script:
    """One byte at a time."""

    def run(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for byte in content:
                connection.sendall(bytes([byte]))
                time.sleep(pause)
            connection.close()

    return run


def in_turn(*scripts: Script) -> Script:
    """One after the other, one for each request; the last stays."""
    left = list(scripts)
    return lambda connection: (left.pop(0) if len(left) > 1 else left[0])(connection)


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


@cache
def bomb(mebibytes: int) -> bytes:
    """Zeros in gzip. Only the first mebibyte is packed: after a full flush no byte refers to one before it."""
    mebibyte, checksum = bytes(2**20), 0
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(mebibyte) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(mebibytes):
        checksum = zlib.crc32(mebibyte, checksum)
    head, end = b"\x1f\x8b\x08" + bytes(6) + b"\xff", zlib.compress(b"", wbits=-zlib.MAX_WBITS)
    return head + piece * mebibytes + end + struct.pack("<II", checksum, mebibytes * 2**20)


@dataclass
class FaultServer:
    """Answers sign-ins properly, and every other request by the next script; the last script stays."""

    scripts: list[Script]
    sign_in: Script = field(default_factory=lambda: reply(200, {"access_token": TOKEN, "expires_in": 86400}))
    requests: list[Received] = field(default_factory=list)
    sign_ins: int = 0
    signed_in: list[Received] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._here = threading.local()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def client(self) -> dict[str, str]:
        """Arguments for a client of this server."""
        return {
            "username": "user@example.com",
            "password": "password-of-the-test",
            "base_url": self.url,
            "token_url": f"{self.url}/oauth/token",
        }

    @property
    def received(self) -> Received:
        """The request that the calling script answers."""
        found: Received = self._here.received
        return found

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            # No makefile: it would keep the socket open after a script has closed it.
            rest = bytearray()
            while (received := _read(connection, rest)) is not None:
                self._here.received = received
                with self._lock:
                    if received.path == "/oauth/token":
                        self.sign_ins += 1
                        self.signed_in.append(received)
                        script = self.sign_in
                    else:
                        self.requests.append(received)
                        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                script(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # closing alone leaves accept() at work, and the port open
            self._socket.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def _read(connection: socket.socket, rest: bytearray) -> Received | None:
    """The next request. What was read beyond it stays in ``rest``."""
    while (end := rest.find(b"\r\n\r\n")) < 0:
        if not _more(connection, rest):
            return None
    first, *lines = rest[:end].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    whole = end + 4 + int(headers.get("content-length", 0))
    while len(rest) < whole:
        if not _more(connection, rest):
            return None
    body = bytes(rest[end + 4 : whole])
    del rest[:whole]
    return Received(method, path, headers, body)


def _more(connection: socket.socket, rest: bytearray) -> bool:
    found = connection.recv(65536)
    rest += found
    return found != b""
