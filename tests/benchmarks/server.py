"""The server of the benchmarks: as little work as the protocol allows, in a process of its own.

Every address begins with who calls, how long a calculation takes and how long an answer is on its way:
``/{who}/{seconds}/{away}/predict-passes/sgp4/requests``. So any number of clients can use one server at once, each with
its own base URL, and are counted apart. Nothing of a request is read but its first line and its length; answers are
bytes that were made beforehand. ``GET /`` brings the counts.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import re
import resource
import socket
import time
import urllib.request
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

TOKEN = "t" * 800
"""As long as the tokens of Auth0 are."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STATUS = b'"status":{"type":"NONE","text":"No messages","input_problem":false}'


def _passes() -> bytes:
    # As large as the emulator's answer to the calculation of the README: two passes with a point a minute, 2.5 kB.
    point = {"epoch": "2018-08-07T19:01:13.107Z", "azimuth": 280.768758, "elevation": 21.271292, "range": 2324.530062}
    one = {
        "start": "2018-08-07T19:01:13.107Z",
        "end": "2018-08-07T19:11:05.988Z",
        "aos": "2018-08-07T19:01:13.107Z",
        "los": "2018-08-07T19:11:05.988Z",
        "culmination": "2018-08-07T19:06:09.843Z",
        "max_elevation": 21.280571,
        "aos_azimuth": 280.768747,
        "los_azimuth": 145.589058,
        "min_range": 963.690702,
        "track": [point] * 10,
    }
    return json.dumps([one, {**one, "track": [point] * 7}], separators=(",", ":")).encode()


_PASSES = _passes()


def _result(ready: float) -> bytes:
    # The instant is of the clock that all processes of a machine share, so that a client can tell what it lost.
    return b'{%b,"next_result_part_foreseen":false,"ready":%.6f,"passes":%b}' % (_STATUS, ready, _PASSES)


RESULT_BYTES = len(_result(0.0))


def _answer(code: int, body: bytes) -> bytes:
    head = b"HTTP/1.1 %d OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (code, len(body))
    return head + body


_SIGNED_IN = _answer(
    200,
    json.dumps({"access_token": TOKEN, "expires_in": 86400, "token_type": "Bearer", "scope": "openid"}).encode(),
)


def _away(line: bytes) -> float:
    steps = line.split(b"/", 4)
    return float(steps[3]) if len(steps) > 4 else 0.0


@dataclass
class Counts:
    """What one caller did."""

    connections: int = 0
    sign_ins: int = 0
    submits: int = 0
    polls: int = 0


class _Platform:
    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {}
        self._ready: dict[bytes, float] = {}

    def answer(self, line: bytes, known: set[str]) -> bytes:
        method, path, _ = line.split(b" ", 2)
        if path == b"/":
            return _answer(200, self._report())
        steps = path.split(b"/")
        who = steps[1].decode()
        counts = self.counts.setdefault(who, Counts())
        if who not in known:  # the first call of this caller on this connection
            known.add(who)
            counts.connections += 1
        if method == b"GET":
            counts.polls += 1
            return self._poll(steps[-2])
        if steps[-1] == b"token":
            counts.sign_ins += 1
            return _SIGNED_IN
        counts.submits += 1
        id = b"00000000-0000-4000-8000-%012d" % len(self._ready)
        self._ready[id] = time.monotonic() + float(steps[2])
        return _answer(202, b'{"request_id":"%b",%b}' % (id, _STATUS))

    def _poll(self, id: bytes) -> bytes:
        ready = self._ready[id]
        if time.monotonic() < ready:
            return _answer(202, b'{"request_id":"%b",%b}' % (id, _STATUS))
        return _answer(200, _result(ready))

    def _report(self) -> bytes:
        used = resource.getrusage(resource.RUSAGE_SELF)
        callers = {who: asdict(counts) for who, counts in self.counts.items()}
        return json.dumps({"cpu": used.ru_utime + used.ru_stime, "callers": callers}).encode()


class _Protocol(asyncio.Protocol):
    def __init__(self, platform: _Platform) -> None:
        self._platform = platform
        self._known: set[str] = set()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            self._received = self._received[whole:]
            line = head[: head.index(b"\r\n")]
            answer, away = self._platform.answer(line, self._known), _away(line)
            if away:
                asyncio.get_running_loop().call_later(away, self._transport.write, answer)
            else:
                self._transport.write(answer)


async def _serve(said: Connection) -> None:
    loop = asyncio.get_running_loop()
    platform = _Platform()
    server = await loop.create_server(lambda: _Protocol(platform), "127.0.0.1", 0, backlog=512)
    said.send(server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, said.poll, None)  # until the other side closes


def _main(said: Connection) -> None:
    asyncio.run(_serve(said))


class BenchServer:
    """The server, from ``with`` to its end."""

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._said, theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.root = f"http://127.0.0.1:{self._said.recv()}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._said.close()
        self._process.join(10)

    def base_url(self, who: str, seconds: float, away: float = 0.0) -> str:
        """Base URL of one caller, whose calculations take so long, and for whom each call takes a time on its way."""
        return f"{self.root}/{who}/{seconds:g}/{away:g}"

    def report(self) -> dict[str, Any]:
        """CPU seconds that the server used, and the counts by caller."""
        with urllib.request.urlopen(self.root + "/", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def counts(self, who: str) -> Counts:
        """What a caller did so far."""
        return Counts(**self.report()["callers"].get(who, {}))
