"""The sockets of a call: what is left of its time, what was sent, and several addresses of one name."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpcore
import pytest

from okapi_sdk._transport import network
from okapi_sdk._transport.network import AsyncNetwork, Departure, Network
from tests.support import tls
from tests.support.faults import FaultServer, hang, reply
from tests.support.tls import TlsServer

GET = b"GET /x HTTP/1.1\r\n\r\n"


@contextmanager
def sink() -> Iterator[tuple[int, list[bytes]]]:
    """A listener that takes all bytes of one connection, and its port."""
    taken: list[bytes] = []

    def take() -> None:
        connection, _ = listener.accept()
        with connection:
            while chunk := connection.recv(65536):
                taken.append(chunk)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=take)
        thread.start()
        yield listener.getsockname()[1], taken
        thread.join(5)


def begun(seconds: float) -> Network:
    made = Network()
    made.until(time.monotonic() + seconds)
    return made


def port_of(server: FaultServer) -> int:
    return int(server.url.rpartition(":")[2])


class Backend(httpcore.NetworkBackend):
    """Connects to nothing, and keeps what it was asked for."""

    def __init__(self, *ends: Any) -> None:
        self.ends = list(ends)
        self.asked: list[tuple[Any, ...]] = []

    def connect_tcp(self, *arguments: Any) -> Any:
        self.asked.append(arguments)
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


class Stream(httpcore.NetworkStream):
    """Keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.asked.append((max_bytes, timeout))
        return b"read"

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.asked.append((buffer, timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        self.asked.append((ssl_context, server_hostname, timeout))
        return self

    def close(self) -> None:
        self.asked.append(("close",))

    def get_extra_info(self, info: str) -> Any:
        return f"the {info}"


def test_what_is_left_is_cut_to_the_deadline() -> None:
    here = begun(10)
    assert 9.9 < here.left(None) <= 10
    assert here.left(3.0) == 3.0
    assert 9.9 < here.left(30.0) <= 10
    here.until(time.monotonic())
    with pytest.raises(httpcore.ReadTimeout, match=r"^the time for it ran out$"):
        here.left(3.0)


def test_a_write_is_handed_on_whole() -> None:
    with sink() as (port, taken):
        stream = begun(5).connect_tcp("127.0.0.1", port, 5)
        stream.write(bytes(200_000), 5)
        stream.close()
    assert sum(map(len, taken)) == 200_000


def test_each_thread_has_a_deadline_of_its_own_and_takes_the_former_back() -> None:
    here, found = begun(5), []

    def other() -> None:
        here.until(time.monotonic() + 100)
        found.append(here.left(None) > 50)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert (found, here.left(None) <= 5) == ([True], True)
    before = here.until(time.monotonic() + 50)
    assert here.left(None) > 40
    here.until(before)
    assert here.left(None) <= 5
    assert Network().until(7.0) == 7.0


def steps(*events: str) -> bool:
    told = Departure()
    for event in events:
        told(event, {"request": httpcore.Request("GET", "http://h.example/"), "return_value": "a stream"})
    asyncio.run(told.asynchronously("connection.close.started", {}))
    return told.sent


@pytest.mark.parametrize(
    ("sent", "events"),
    [
        (False, ()),
        (False, ("connection.connect_tcp.started", "connection.start_tls.failed")),
        (False, ("socks.setup_socks5_connection.failed",)),
        (True, ("connection.connect_tcp.complete", "http11.send_request_headers.started")),
        (True, ("http11.send_request_headers.started", "http11.receive_response_headers.failed")),
        (True, ("http11.an_unknown_step.started",)),
    ],
)
def test_a_request_has_left_from_its_first_byte(sent: bool, events: tuple[str, ...]) -> None:
    assert steps(*events) is sent


def test_what_opens_a_tunnel_is_no_part_of_the_request() -> None:
    told = Departure()
    for method in (b"CONNECT", b"POST"):
        assert told.sent is False
        for step in ("started", "complete"):
            told(f"http11.send_request_headers.{step}", {"request": httpcore.Request(method, "http://h.example/")})
        told("http11.response_closed.started", {})
    assert told.sent is True


def test_a_read_ends_by_the_deadline_and_a_write_does_too() -> None:
    with FaultServer([hang]) as server:
        here = begun(0.2)
        stream = here.connect_tcp("127.0.0.1", port_of(server))
        stream.write(GET)
        began = time.monotonic()
        with pytest.raises(httpcore.ReadTimeout):
            stream.read(100, 5)
        assert time.monotonic() - began < 1
        with pytest.raises(httpcore.ReadTimeout, match="ran out"):
            stream.write(GET, 5)
        stream.close()


def test_a_stream_hands_on_what_it_is_asked_for() -> None:
    here, inner = begun(10), Stream()
    stream = network._Stream(inner, here)
    assert stream.read(77, 3.0) == b"read"
    stream.write(bytes(131_073), 2.0)
    wrapped = stream.start_tls(tls.trusting(), "h.example", 1.0)
    assert isinstance(wrapped, network._Stream)
    assert wrapped.read(78, 0.5) == b"read"
    assert stream.get_extra_info("name") == "the name"
    context = inner.asked[4][0]
    assert inner.asked == [
        (77, 3.0),
        (bytes(65536), 2.0),
        (bytes(65536), 2.0),
        (bytes(1), 2.0),
        (context, "h.example", 1.0),
        (78, 0.5),
    ]
    stream.close()  # its socket is a text here, and cannot be shut down
    assert inner.asked[-1] == ("close",)


def test_closing_ends_a_read_of_another_thread() -> None:
    with FaultServer([hang]) as server:
        here, ended = begun(20), threading.Event()
        stream = here.connect_tcp("127.0.0.1", port_of(server), 5)
        stream.write(GET, 5)

        def read() -> None:
            here.until(time.monotonic() + 20)
            with suppress(httpcore.ReadError):
                stream.read(1, 20)
            ended.set()

        thread = threading.Thread(target=read)
        thread.start()
        time.sleep(0.1)
        stream.close()
        assert ended.wait(5)
        thread.join()


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What names are looked up; `h.example` has four addresses, one of them twice, and `none.example` has none."""
    asked: list[Any] = []

    def lookup(host: str, port: int, **options: Any) -> Any:
        asked.append((host, port, options))
        if host == "none.example":
            return []
        if host == "unknown.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"10.0.0.{n}", port)) for n in (1, 2, 1, 3, 4)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_each_address_has_its_share_of_the_time(lookups: list[Any]) -> None:
    good, here = Stream(), begun(100)
    backend = here._backend = Backend(httpcore.ConnectError(), httpcore.ConnectTimeout(), httpcore.ConnectError(), good)
    stream = here.connect_tcp("h.example", 443, 8.0, "192.0.2.1", [(1, 2, 3)])
    assert lookups == [("h.example", 443, {"type": socket.SOCK_STREAM})]
    assert [asked[0] for asked in backend.asked] == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]
    assert [asked[2] for asked in backend.asked] == pytest.approx([2.0, 8 / 3, 4.0, 8.0], rel=0.02)
    assert {(asked[1], *asked[3:4]) for asked in backend.asked} == {(443, "192.0.2.1")}
    assert all(asked[4] == [(1, 2, 3)] for asked in backend.asked)
    assert isinstance(stream, network._Stream)
    stream.read(5, 1.0)
    assert good.asked == [(5, 1.0)]


def test_the_last_failure_is_told(lookups: list[Any]) -> None:
    here = begun(100)
    failures = [httpcore.ConnectError("first"), *[httpcore.ConnectTimeout(f"then {n}") for n in range(3)]]
    here._backend = Backend(*failures)
    with pytest.raises(httpcore.ConnectTimeout, match=r"^then 2$"):
        here.connect_tcp("h.example", 443)
    with pytest.raises(httpcore.ConnectError, match=r"^none\.example has no address$"):
        here.connect_tcp("none.example", 443)
    with pytest.raises(httpcore.ConnectError, match="Name or service not known") as caught:
        here.connect_tcp("unknown.example", 443)
    assert caught.value.__context__ is None


def test_no_address_is_left_without_any_time(lookups: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    here = begun(0.05)

    class Slow(Backend):
        def connect_tcp(self, *arguments: Any) -> Any:
            time.sleep(0.03)
            return super().connect_tcp(*arguments)

    backend = here._backend = Slow(*[httpcore.ConnectTimeout()] * 4)
    with pytest.raises(httpcore.ConnectTimeout):
        here.connect_tcp("h.example", 443)
    assert [asked[2] for asked in backend.asked][2:] == [0.001, 0.001]


def test_an_encrypted_stream() -> None:
    with TlsServer([reply(200, b"over TLS")]) as server:
        here = begun(5)
        plain = here.connect_tcp("127.0.0.1", port_of(server), 5)
        secure = plain.start_tls(tls.trusting(), "127.0.0.1", 5)
        secure.write(GET, 5)
        assert secure.read(1000, 5).startswith(b"HTTP/1.1 200")
        assert secure.get_extra_info("ssl_object").version().startswith("TLS")
        secure.close()


def test_a_stream_of_a_task() -> None:
    async def main(server: FaultServer) -> None:
        stream = await AsyncNetwork().connect_tcp("127.0.0.1", port_of(server), 5)
        await stream.write(GET, 5)
        assert await stream.read(4, 5) == b"HTTP"
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", port_of(server))
        await stream.aclose()

    with FaultServer([reply(200)]) as server:
        asyncio.run(main(server))


def test_an_encrypted_stream_of_a_task() -> None:
    async def main(server: FaultServer) -> None:
        here = AsyncNetwork()
        plain = await here.connect_tcp("127.0.0.1", port_of(server), 5)
        secure = await plain.start_tls(tls.trusting(), "127.0.0.1", 5)
        await secure.write(GET, 5)
        assert (await secure.read(1000, 5)).startswith(b"HTTP/1.1 200")
        await secure.aclose()

    with TlsServer([reply(200, b"over TLS")]) as server:
        asyncio.run(main(server))


def test_time_limits_of_a_task_reach_its_sockets() -> None:
    async def main(server: FaultServer) -> None:
        here = AsyncNetwork()
        stream = await here.connect_tcp("127.0.0.1", port_of(server), 5)
        await stream.write(GET, 5)
        with pytest.raises(httpcore.ReadTimeout):
            await asyncio.wait_for(stream.read(1, 0.1), 5)
        with pytest.raises(httpcore.WriteTimeout):
            await asyncio.wait_for(stream.write(bytes(64 * 2**20), 0.1), 5)
        with pytest.raises(httpcore.ConnectTimeout):
            await asyncio.wait_for(stream.start_tls(tls.trusting(), "127.0.0.1", 0.1), 5)
        await stream.aclose()

    with FaultServer([hang]) as server:
        asyncio.run(main(server))


def test_a_handshake_that_is_cut_short_closes_its_socket() -> None:
    class Closing(httpcore.AsyncNetworkStream):
        closed = False

        async def start_tls(self, *_: Any, **__: Any) -> Any:
            await asyncio.sleep(5)

        async def aclose(self) -> None:
            self.closed = True

    async def main() -> bool:
        inner = Closing()
        task = asyncio.create_task(network._AsyncStream(inner).start_tls(tls.trusting()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return inner.closed

    assert asyncio.run(main())


def test_what_a_task_asks_of_its_connection() -> None:
    class Wanted(httpcore.AsyncNetworkBackend):
        asked: tuple[Any, ...] = ()

        async def connect_tcp(self, *arguments: Any) -> Any:
            self.asked = arguments
            return Stream()

    here = AsyncNetwork()
    backend = here._backend = Wanted()
    stream = asyncio.run(here.connect_tcp("h.example", 443, 2.0, "192.0.2.1", [(1, 2, 3)]))
    assert backend.asked == ("h.example", 443, 2.0, "192.0.2.1", [(1, 2, 3)])
    assert isinstance(stream, network._AsyncStream)
    assert stream.get_extra_info("name") == "the name"
