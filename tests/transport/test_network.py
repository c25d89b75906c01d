"""Sockets: remaining time, sent bytes, and hosts with several addresses."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import httpcore
import pytest

from okapi_sdk._transport import sync_network
from okapi_sdk._transport.async_network import AsyncNetwork
from okapi_sdk._transport.sync_network import SyncNetwork
from tests.support import tls
from tests.support.faults import FaultServer, hang, raw, reply
from tests.support.tls import TlsServer

GET = b"GET /x HTTP/1.1\r\n\r\n"


@contextmanager
def sink() -> Iterator[tuple[int, list[bytes]]]:
    """Yield a port, and the list of all bytes received on one connection to it."""
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


def begun(seconds: float, tls_layers: int = 0) -> SyncNetwork:
    made = SyncNetwork(httpcore, tls_layers)
    made.begin(time.monotonic() + seconds)
    return made


def port_of(server: FaultServer) -> int:
    return int(server.url.rpartition(":")[2])


class Backend(httpcore.NetworkBackend):
    """Returns the given streams or raises the given errors, and records its arguments."""

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
    """Records its arguments."""

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
        return self if info == "socket" else f"the {info}"

    def shutdown(self, how: int) -> None:
        raise OSError


def test_the_remaining_time_ends_at_the_deadline() -> None:
    here = begun(10)
    assert 9.9 < here.remaining(None, "ReadTimeout") <= 10
    assert here.remaining(3.0, "ReadTimeout") == 3.0
    assert 9.9 < here.remaining(30.0, "ReadTimeout") <= 10
    here.begin(time.monotonic())
    for late in ("ReadTimeout", "WriteTimeout", "ConnectTimeout"):
        with pytest.raises(getattr(httpcore, late), match=r"^the call timed out$"):
            here.remaining(3.0, late)


def test_a_large_write_is_sent_completely() -> None:
    with sink() as (port, taken):
        stream = begun(5).connect_tcp("127.0.0.1", port, 5)
        stream.write(bytes(200_000), 5)
        stream.close()
    assert sum(map(len, taken)) == 200_000


@pytest.mark.parametrize(("layers", "sent"), [(0, True), (1, False)])
def test_a_request_counts_as_sent_after_a_write_on_its_tls_layer(layers: int, sent: bool) -> None:
    with sink() as (port, _):
        here = begun(5, layers)
        stream = here.connect_tcp("127.0.0.1", port, 5)
        assert (here.used, here.sent) == (True, False)
        stream.write(b"x", 5)
        assert here.sent is sent
        here.begin(0.0)
        assert (here.used, here.sent) == (True, False)
        stream.close()


def test_reads_and_writes_end_by_the_deadline() -> None:
    with FaultServer([hang]) as server:
        here = begun(0.2)
        stream = here.connect_tcp("127.0.0.1", port_of(server))
        stream.write(GET)
        began = time.monotonic()
        with pytest.raises(httpcore.ReadTimeout):
            stream.read(100, 5)
        assert time.monotonic() - began < 1
        with pytest.raises(httpcore.WriteTimeout, match="the call timed out"):
            stream.write(GET, 5)
        stream.close()


def test_a_stream_passes_on_its_arguments() -> None:
    here, inner = begun(10, tls_layers=2), Stream()
    stream = sync_network._Stream(here, inner)
    assert here.stream is stream
    assert stream.read(77, 3.0) == b"read"
    stream.write(bytes(131_073), 2.0)
    wrapped = stream.start_tls(tls.trusting(), "h.example", 1.0)
    assert here.stream is wrapped
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
    here.close()
    assert inner.asked[-1] == ("close",)


def test_the_last_byte_is_read_separately_and_counts_as_readable() -> None:
    inner = Stream()
    stream = sync_network._Stream(begun(10), inner)
    assert [stream.read(9), stream.get_extra_info("is_readable")] == [b"rea", b"d"]
    assert [stream.read(9), stream.get_extra_info("is_readable")] == [b"d", "the is_readable"]
    assert len([asked for asked in inner.asked if asked[0] == 9]) == 1


def test_an_error_from_a_signal_handler_is_not_an_error_of_the_socket() -> None:
    def ring(*_: object) -> None:
        raise TimeoutError("from the caller")

    with FaultServer([hang]) as server:
        here = begun(5)
        stream = here.connect_tcp("127.0.0.1", port_of(server))
        stream.write(GET)
        former = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            with pytest.raises(TimeoutError, match="from the caller") as caught:
                stream.read(100, 5)
        finally:
            signal.signal(signal.SIGALRM, former)
        assert not isinstance(caught.value, httpcore.TimeoutException)
        with pytest.raises(httpcore.ReadTimeout):
            stream.read(100, 0.05)
        stream.close()


def test_closing_ends_a_read_in_another_thread() -> None:
    with FaultServer([hang]) as server:
        here, ended = begun(20), threading.Event()
        stream = here.connect_tcp("127.0.0.1", port_of(server), 5)
        stream.write(GET, 5)

        def read() -> None:
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
    """The names looked up. `h.example` has four addresses, one of them listed twice; `none.example` has none."""
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


def connect_with(here: SyncNetwork, backend: Backend) -> Backend:
    here.core = SimpleNamespace(**{**vars(httpcore), "SyncBackend": lambda: backend})
    return backend


def test_each_address_gets_a_share_of_the_time(lookups: list[Any]) -> None:
    good, here = Stream(), begun(100)
    failures = [httpcore.ConnectError(), httpcore.ConnectTimeout(), httpcore.ConnectError()]
    backend = connect_with(here, Backend(*failures, good))
    stream = here.connect_tcp("h.example", 443, 8.0, None, [(1, 2, 3)])
    assert lookups == [("h.example", 443, {"type": socket.SOCK_STREAM})]
    assert [asked[0] for asked in backend.asked] == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]
    assert [asked[2] for asked in backend.asked] == pytest.approx([2.0, 8 / 3, 4.0, 8.0], rel=0.02)
    assert {asked[1] for asked in backend.asked} == {443}
    assert all(asked[4] == [(1, 2, 3)] for asked in backend.asked)
    assert isinstance(stream, sync_network._Stream)
    stream.read(5, 1.0)
    assert good.asked == [(5, 1.0)]


def test_the_last_failure_is_raised(lookups: list[Any]) -> None:
    here = begun(100)
    failures = [httpcore.ConnectError("first"), *[httpcore.ConnectTimeout(f"then {n}") for n in range(3)]]
    connect_with(here, Backend(*failures))
    with pytest.raises(httpcore.ConnectTimeout, match=r"^then 2$"):
        here.connect_tcp("h.example", 443)
    with pytest.raises(httpcore.ConnectError, match=r"^none\.example has no address$"):
        here.connect_tcp("none.example", 443)
    with pytest.raises(httpcore.ConnectError, match="Name or service not known"):
        here.connect_tcp("unknown.example", 443)


def test_every_address_gets_some_time(lookups: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    here = begun(0.05)

    class Slow(Backend):
        def connect_tcp(self, *arguments: Any) -> Any:
            time.sleep(0.03)
            return super().connect_tcp(*arguments)

    backend = connect_with(here, Slow(*[httpcore.ConnectTimeout()] * 4))
    with pytest.raises(httpcore.ConnectTimeout):
        here.connect_tcp("h.example", 443)
    assert [asked[2] for asked in backend.asked][2:] == [0.001, 0.001]


@pytest.mark.parametrize("layers", [0, 1])
def test_an_encrypted_stream(layers: int) -> None:
    with TlsServer([reply(200, b"over TLS")]) as server:
        here = begun(5, layers)
        plain = here.connect_tcp("127.0.0.1", port_of(server), 5)
        secure = plain.start_tls(tls.trusting(), "127.0.0.1", 5)
        secure.write(GET, 5)
        assert here.sent is (layers == 1)
        assert secure.read(1000, 5).startswith(b"HTTP/1.1 200")
        assert secure.get_extra_info("ssl_object").version().startswith("TLS")
        secure.close()


async def connected(server: FaultServer, layers: int = 0) -> tuple[AsyncNetwork, Any]:
    here = AsyncNetwork(httpcore, layers)
    here.begin(time.monotonic() + 5)
    return here, await here.connect_tcp("127.0.0.1", port_of(server), 5)


def test_an_async_stream() -> None:
    async def main(server: FaultServer) -> None:
        here, stream = await connected(server)
        assert (here.used, here.sent) == (True, False)
        await stream.write(GET, 5)
        assert here.sent
        assert await stream.read(4, 5) == b"HTTP"
        assert stream.get_extra_info("peername") == ("127.0.0.1", port_of(server))
        assert stream.get_extra_info("is_readable")
        await stream.aclose()
        with pytest.raises(httpcore.WriteError):
            await stream.write(GET, 5)

    with FaultServer([reply(200)]) as server:
        asyncio.run(main(server))


def test_an_encrypted_async_stream() -> None:
    async def main(server: FaultServer) -> None:
        here, plain = await connected(server, 1)
        secure = await plain.start_tls(tls.trusting(), "127.0.0.1", 5)
        assert here.stream is secure
        await secure.write(GET, 5)
        assert (await secure.read(1000, 5)).startswith(b"HTTP/1.1 200")
        here.close()

    with TlsServer([reply(200, b"over TLS")]) as server:
        asyncio.run(main(server))


def test_the_timeout_of_an_async_handshake() -> None:
    async def main(server: FaultServer) -> None:
        here, stream = await connected(server)
        with pytest.raises(httpcore.ConnectTimeout):
            await stream.start_tls(tls.trusting(), "127.0.0.1", 0.1)
        here.close()

    with FaultServer([hang]) as server:
        asyncio.run(main(server))


def test_a_cancelled_handshake_closes_its_socket() -> None:
    async def main(server: FaultServer) -> bool:
        here, stream = await connected(server)
        task = asyncio.create_task(stream.start_tls(tls.trusting()))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        here.close()
        await asyncio.sleep(0)
        return stream.get_extra_info("socket").fileno() == -1

    with FaultServer([hang]) as server:
        assert asyncio.run(main(server))


def test_reading_ahead_is_bounded() -> None:
    async def main(server: FaultServer) -> int:
        here, stream = await connected(server)
        await stream.write(GET, 5)
        await asyncio.sleep(0.2)
        held = len(stream._received)
        taken = 0
        while chunk := await stream.read(65536, 5):
            taken += len(chunk)
        here.close()
        assert taken == 2**24
        return held

    with FaultServer([raw(bytes(2**24))]) as server:
        assert asyncio.run(main(server)) < 2**20
