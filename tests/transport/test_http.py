"""Exchanges: requests and connections, timeouts, and failures."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import signal
import socket
import ssl
import threading
import time
from contextlib import ExitStack, suppress
from types import SimpleNamespace
from typing import Any

import httpcore
import httpx
import pytest

from okapi_sdk import InputError, __version__
from okapi_sdk._engine import failures
from okapi_sdk._engine.effects import Failure, HttpRequest
from okapi_sdk._engine.response_body import BadBodyError
from okapi_sdk._transport import lanes
from okapi_sdk._transport.async_http import AsyncHttp
from okapi_sdk._transport.sync_http import SyncHttp
from okapi_sdk.results.response import RawResponse
from okapi_sdk.settings.environments import Environment
from tests.support import tls
from tests.support.both import Both
from tests.support.faults import FaultServer, Script, answer, cut, drip, hang, hang_up, raw, reply, reset, zipped
from tests.support.tls import TlsServer

OURS = {"user-agent": f"okapi-sdk/{__version__}", "accept-encoding": "gzip"}
CLOSED = Failure("closed", "the client is closed", sent=False)
BUSY = Failure("timeout", "no connection was free in time (max_connections=1)", sent=False)
LATE = Failure("timeout", "no time was left to send the request", sent=False)


class Line:
    """Sync or async connections to one server."""

    def __init__(self, both: Both, url: str, *, connections: int = 4, context: Any = None, client: Any = None) -> None:
        self.url = url
        self._both = both
        kind: Any = SyncHttp if both.kind == "sync" else AsyncHttp
        self.http = kind(Environment(url, f"{url}/t", "audience", "client"), connections, context, client)

    def send(self, path: str = "/x", left: float = 5.0, limit: int = 2**20, **more: Any) -> Any:
        request = HttpRequest(more.pop("method", "GET"), self.url + path, more.pop("headers", {}), limit=limit, **more)
        return self._both.wait(self.http.send(request, left))

    def close(self) -> None:
        self._both.wait(self.http.close())

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def borrowed(both: Both, **options: Any) -> Any:
    return (httpx.Client if both.kind == "sync" else httpx.AsyncClient)(trust_env=False, **options)


def give_back(both: Both, client: Any) -> None:
    both.wait(client.close() if both.kind == "sync" else client.aclose())


# Requests and connections


def test_a_request_arrives_unchanged(both: Both) -> None:
    with FaultServer([reply(201, b"made", {"x-a": "1", "X-B": "2"})]) as server, Line(both, server.url) as line:
        headers = {"accept": "text/plain", "user-agent": "another"}
        response = line.send("/a/b?c=d&e=%20", method="PATCH", headers=headers, content=b"body")
        assert isinstance(response, RawResponse)
        assert (response.status_code, response.content, response.headers["x-a"], response.headers["x-b"]) == (
            201,
            b"made",
            "1",
            "2",
        )
        line.send(method="POST", content=b"")
        line.send()
    patch, post, get = server.requests
    assert (patch.method, patch.path, patch.body) == ("PATCH", "/a/b?c=d&e=%20", b"body")
    host = {"host": server.url.removeprefix("http://")}
    assert patch.headers == {**host, **OURS, **headers, "content-length": "4"}
    assert post.headers == {**host, **OURS, "content-length": "0"}
    assert get.headers == {**host, **OURS}


def test_a_connection_is_reused(both: Both) -> None:
    with FaultServer([reply(200, zipped(b"a" * 9), {"content-encoding": "gzip"})]) as server:
        with Line(both, server.url) as line:
            assert [line.send(f"/{number}").content for number in range(3)] == [b"a" * 9] * 3
            assert server.connections == 1


def test_a_connection_with_bytes_after_a_response_is_closed(both: Both) -> None:
    scripts = [raw_open(answer(200, b"one") + b"HTTP/1.1 200 more"), reply(200, b"two")]
    with FaultServer(scripts) as server, Line(both, server.url) as line:
        assert [line.send().content for _ in range(2)] == [b"one", b"two"]
        assert server.connections == 2


def twice(secure: bool, size: int) -> Script:
    """Send each response twice, in two pieces or two TLS records. It contains the number of its request."""

    def run(connection: Any) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = 0
        while True:
            number += 1
            content = answer(200, (str(number) + " " * size)[:size].encode())
            connection.sendall(content)
            connection.sendall(content)
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                if not (byte := connection.recv(1)):
                    return
                request += byte

    return run


@pytest.mark.fault("X18")
@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("size", [5, 2**17])
def test_a_repeated_response_does_not_answer_the_next_request(both: Both, secure: bool, size: int) -> None:
    kind = TlsServer if secure else FaultServer
    with kind([twice(secure, size)]) as server, Line(both, server.url, context=tls.trusting()) as line:
        numbers = []
        for _ in range(4):
            numbers.append(int(line.send().content))
            time.sleep(0.02)  # once the next request is sent, stray bytes look like its response
    assert numbers == [1] * 4, "each is the first response on its connection"
    assert server.connections == 4


def raw_open(content: bytes) -> Script:
    return lambda connection: connection.sendall(content)


@pytest.mark.parametrize("both", ["async"], indirect=True)  # threads: tests/faults/test_wire.py
def test_no_more_connections_than_allowed(both: Both) -> None:
    async def together(line: Line) -> list[Any]:
        request = HttpRequest("GET", f"{line.url}/x", {})
        first = asyncio.ensure_future(line.http.send(request, 0.4))
        await asyncio.sleep(0.1)
        return [await line.http.send(request, 0.1), await first]

    with FaultServer([hang]) as server, Line(both, server.url, connections=1) as line:
        assert both._runner is not None
        assert both._runner.run(together(line)) == [
            BUSY,
            Failure("timeout", "the call timed out", sent=True),
        ]
        assert server.connections == 1


def test_nothing_is_sent_without_time_or_by_a_closed_client(both: Both) -> None:
    with FaultServer([reply(200)]) as server:
        with Line(both, server.url) as line:
            assert [line.send(left=left) for left in (0.0, -1.0)] == [LATE, LATE]
            assert isinstance(line.send(left=0.9), RawResponse)
        assert [line.send(), line.send(left=0.0)] == [CLOSED, CLOSED]
        line.close()
        assert server.connections == 1


def test_a_call_by_a_signal_handler_does_not_affect_the_call_that_it_interrupts() -> None:
    both = Both("sync")
    with FaultServer([hang]) as server, Line(both, server.url, connections=1) as line:

        def handler(*_: object) -> None:
            inner.append(line.send(left=0.05))

        inner: list[Any] = []
        former = signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            began = time.monotonic()
            outer = line.send(left=0.4, method="POST", content=b"{}")
        finally:
            signal.signal(signal.SIGALRM, former)
        assert 0.3 < time.monotonic() - began < 1
        assert inner == [BUSY]
        assert outer == Failure("timeout", "the call timed out", sent=True)


@pytest.mark.parametrize("both", ["async"], indirect=True)
def test_two_tasks_in_one_context_have_separate_calls(both: Both) -> None:
    async def main(line: Line) -> list[Any]:
        shared = contextvars.copy_context()
        request = HttpRequest("POST", f"{line.url}/x", {}, b"{}")
        first = asyncio.create_task(line.http.send(request, 0.4), context=shared)
        await asyncio.sleep(0.1)
        second = asyncio.create_task(line.http.send(request, 0.1), context=shared)
        return [await first, await second]

    with FaultServer([hang]) as server, Line(both, server.url, connections=1) as line:
        assert both._runner is not None
        assert [failure.sent for failure in both._runner.run(main(line))] == [True, False]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("script", [hang_up, raw(b"nonsense\r\n\r\n"), hang])
def test_a_failed_tunnel_counts_as_an_unsent_request(
    both: Both, monkeypatch: pytest.MonkeyPatch, scheme: str, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    # A raw socket responds to whatever opens the tunnel.
    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(1)
                    connection.recv(1000)
                    script(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener, caplog.at_level(logging.DEBUG):
        threading.Thread(target=serve, daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:secret-0815@127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        with Line(both, "https://api.okapi.example") as line:
            failure = line.send(left=0.3, method="POST", content=b"{}")
        listener.close()
    assert isinstance(failure, Failure)
    assert (failure.sent, failure.reason in ("connection", "timeout")) == (False, True)
    assert "secret-0815" not in caplog.text


def test_a_fork_opens_new_connections_but_a_closed_client_stays_closed() -> None:
    both = Both("sync")
    with FaultServer([reply(200)]) as server:
        with Line(both, server.url) as line:
            line.send()
            parent_lanes = [lane for route in line.http._routes.values() for lane in route.idle]
            line.http.after_fork()
            assert isinstance(line.send(), RawResponse)
            assert server.connections == 2
            for lane in parent_lanes:
                lane.network.close()
        line.http.after_fork()
        assert line.send() == CLOSED
        with httpx.Client(trust_env=False) as client:
            line = Line(both, server.url, client=client)
            line.send()
            line.http.after_fork()
            line.send()
        assert server.connections == 3


def test_a_borrowed_client_keeps_its_connections_but_adds_nothing_to_the_request(both: Both) -> None:
    scripts = [reply(302, b"", {"location": "/elsewhere"}), reply(200, b"[]"), hang]
    with FaultServer(scripts) as server:
        client = borrowed(both, auth=("user", "pass"), follow_redirects=True, headers={"x-own": "1"})
        with Line(both, server.url, client=client) as line:
            redirect = line.send(method="POST", content=b"{}", headers={"accept": "a/b"})
            assert isinstance(redirect, RawResponse)
            assert (redirect.status_code, redirect.headers["location"]) == (302, "/elsewhere")
            assert line.send(left=0.0) == LATE
        assert line.send().content == b"[]"
        began = time.monotonic()
        assert line.send(left=0.15) == Failure("timeout", "the call timed out", sent=True)
        assert time.monotonic() - began < 2
        give_back(both, client)
        assert line.send() == CLOSED
        posted = server.requests[0]
        host = {"host": server.url.removeprefix("http://")}
        assert posted.headers == {**host, **OURS, "accept": "a/b", "content-length": "2"}
        assert (posted.method, posted.path, posted.body) == ("POST", "/x", b"{}")


@pytest.mark.parametrize(("kind", "wanted"), [(SyncHttp, "Client"), (AsyncHttp, "AsyncClient")])
def test_only_an_httpx_client_can_be_borrowed(kind: Any, wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        kind(Environment("http://127.0.0.1:9", "http://127.0.0.1:9/t", "a", "c"), 4, None, "a text")
    assert str(caught.value) == (
        f"Invalid OkapiClient. http_client: an httpx.{wanted} (given: 'a text'); omit it to let the SDK create one"
    )
    assert caught.value.field == "http_client"


def test_a_borrowed_client_uses_its_own_transport_within_the_timeout(both: Both) -> None:
    times: list[Any] = []

    def handler(request: httpx.Request) -> httpx.Response:
        times.append(request.extensions["timeout"])
        return httpx.Response(200, content=b"from elsewhere")

    client = borrowed(both, transport=httpx.MockTransport(handler))
    with Line(both, "http://127.0.0.1:9", client=client) as line:
        assert line.send(left=7.0).content == b"from elsewhere"
    assert times == [pytest.approx({"connect": 5.0, "read": 7.0, "write": 7.0, "pool": 7.0}, abs=0.5)]
    give_back(both, client)


@pytest.mark.parametrize("kind", ["own", "borrowed"])
def test_httpx_and_httpcore_are_silent_only_during_calls_of_the_sdk(
    both: Both, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    names = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")
    client = borrowed(both) if kind == "borrowed" else None
    with FaultServer([reply(200), hang]) as server, Line(both, server.url, client=client) as line, ExitStack() as stack:
        for name in names:
            stack.enter_context(caplog.at_level(logging.DEBUG, name))
        line.send()
        line.send(left=0.1)
        assert [record.name for record in caplog.records if record.name in names] == []
        for name in names:
            logging.getLogger(name).debug("another call")
        assert [record.name for record in caplog.records if record.name in names] == list(names)
    if client is not None:
        give_back(both, client)


# Failures


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        (hang_up, Failure("connection", "the connection was lost (RemoteProtocolError)", True)),
        (reset, Failure("connection", "the connection was lost (ReadError)", True)),
        (raw(b"SSH-2.0\r\n\r\n"), Failure("connection", "the connection was lost (RemoteProtocolError)", True)),
        (cut(answer(207, b"x" * 99), 120), Failure("truncated", "the response was cut short", True, 207)),
        (reply(200, b"x" * 101), Failure("too_large", "it is larger than 100 bytes", True, 200)),
        (
            reply(203, b"", {"content-encoding": "br"}),
            Failure("encoding", "its content encoding 'br' was not requested", True, 203),
        ),
    ],
)
def test_an_unusable_response(both: Both, script: Script, failure: Failure) -> None:
    with FaultServer([script]) as server, Line(both, server.url) as line:
        assert line.send(limit=100) == failure
        assert line.send(limit=100) == failure  # the connection was closed, or is still usable


@pytest.mark.parametrize(
    ("script", "status_code"),
    [(hang, None), (drip(answer(200, b"x" * 500), 0.01), None), (lambda it: it.sendall(answer(202, b"xx")[:-1]), 202)],
)
def test_a_late_response(both: Both, script: Script, status_code: int | None) -> None:
    with FaultServer([script]) as server, Line(both, server.url) as line:
        began = time.monotonic()
        assert line.send(left=0.2) == Failure("timeout", "the call timed out", True, status_code)
        assert 0.2 <= time.monotonic() - began < 2


@pytest.mark.parametrize("kind", ["own", "borrowed"])
def test_a_request_to_a_closed_port_counts_as_unsent(both: Both, kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client = borrowed(both) if kind == "borrowed" else None
    with Line(both, url, client=client) as line:
        failure = line.send()
        assert isinstance(failure, Failure)
        assert (failure.reason, failure.sent, failure.status_code) == ("connection", False, None)
        assert failure.detail
    if client is not None:
        give_back(both, client)


def test_an_untrusted_certificate(both: Both) -> None:
    with TlsServer([reply(200)]) as server:
        with Line(both, server.url) as line:
            failure = line.send()
        assert isinstance(failure, Failure)
        assert (failure.reason, failure.sent) == ("tls", False)
        assert "CERTIFICATE_VERIFY_FAILED" in failure.detail
        with Line(both, server.url, context=tls.trusting()) as line:
            assert isinstance(line.send(), RawResponse)


def chain(error: Exception, cause: Exception | None = None, context: Exception | None = None) -> Exception:
    error.__cause__, error.__context__ = cause, context
    return error


REFUSED = ssl.SSLError(1, "no such certificate " + "x" * 300)
BEGUN = SimpleNamespace(status_code=299)


@pytest.mark.parametrize(
    ("error", "answer", "sent", "failure"),
    [
        (BadBodyError(LATE), BEGUN, True, LATE),
        # Timeouts
        (httpx.ReadTimeout(""), BEGUN, True, Failure("timeout", "the call timed out", True, 299)),
        (httpx.WriteTimeout(""), None, True, Failure("timeout", "the call timed out", True)),
        (httpx.ReadTimeout(""), None, False, Failure("timeout", "the call timed out while connecting", False)),
        (httpx.ConnectTimeout(""), None, True, Failure("timeout", "the call timed out while connecting", False)),
        (httpx.PoolTimeout(""), None, True, Failure("timeout", "the call timed out while connecting", False)),
        # Certificates, only before anything was sent
        (chain(httpx.ConnectError(""), cause=REFUSED), None, True, Failure("tls", str(REFUSED)[:200], False)),
        (chain(httpx.ConnectError(""), context=REFUSED), None, True, Failure("tls", str(REFUSED)[:200], False)),
        (
            chain(httpx.ConnectError(""), chain(httpcore.ConnectError(), context=REFUSED), OSError()),
            None,
            True,
            Failure("tls", str(REFUSED)[:200], False),
        ),
        (
            chain(httpx.ReadError(""), cause=REFUSED),
            None,
            True,
            Failure("connection", "the connection was lost (ReadError)", True),
        ),
        # No connection
        (httpx.ConnectError("why " * 99), None, True, Failure("connection", ("why " * 99)[:200], False)),
        (httpx.ConnectError(""), None, True, Failure("connection", "ConnectError", False)),
        (httpx.ProxyError("407 no"), None, True, Failure("connection", "407 no", False)),
        (httpx.UnsupportedProtocol("ftp"), None, True, Failure("connection", "ftp", False)),
        (httpx.InvalidURL("long"), None, True, Failure("connection", "long", False)),
        # Lost
        (httpx.ReadError("x"), None, True, Failure("connection", "the connection was lost (ReadError)", True)),
        (httpx.ReadError("x"), None, False, Failure("connection", "the connection was lost (ReadError)", False)),
        (httpx.ReadError("x"), BEGUN, True, Failure("truncated", "the response was cut short", True, 299)),
    ],
)
def test_failures_for_errors_of_httpx(error: Exception, answer: Any, sent: bool, failure: Failure) -> None:
    assert failures.outcome(error, sent, answer and answer.status_code) == failure


def test_all_errors_of_httpx_are_caught_but_no_others() -> None:
    with httpx.Client(trust_env=False) as client:
        here = SyncHttp(Environment("http://127.0.0.1:9", "http://127.0.0.1:9/t", "a", "c"), 4, None, client)
    base = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL)
    kinds = [kind for kind in vars(httpx).values() if isinstance(kind, type) and issubclass(kind, base)]
    assert len(kinds) > 10
    assert [kind for kind in kinds if not issubclass(kind, here._caught)] == []
    for kind in (OSError, TimeoutError, ssl.SSLError, ValueError, StopIteration, httpcore.ReadError):
        assert not issubclass(kind, here._caught)


@pytest.mark.parametrize("reads", [True, False])
def test_a_status_error_from_a_borrowed_clients_hook_becomes_the_response(both: Both, reads: bool) -> None:
    def hook(response: httpx.Response) -> None:
        if reads:
            response.read()
        response.raise_for_status()

    async def async_hook(response: httpx.Response) -> None:
        if reads:
            await response.aread()
        response.raise_for_status()

    client = borrowed(both, event_hooks={"response": [hook if both.kind == "sync" else async_hook]})
    with FaultServer([reply(422, b"why", {"x-a": "1"})]) as server, Line(both, server.url, client=client) as line:
        response = line.send()
        assert (response.status_code, response.content, response.headers["x-a"]) == (422, b"why" if reads else b"", "1")
    give_back(both, client)


@pytest.mark.parametrize("error", [TimeoutError, OSError, ssl.SSLError, StopIteration, KeyError])
def test_other_errors_from_a_borrowed_clients_hook_are_not_caught(both: Both, error: type[Exception]) -> None:
    def hook(_: object) -> None:
        raise error("from the hook")

    async def async_hook(_: object) -> None:
        raise error("from the hook")

    client = borrowed(both, event_hooks={"request": [hook if both.kind == "sync" else async_hook]})
    with Line(both, "http://127.0.0.1:9", client=client) as line:
        with pytest.raises((error, RuntimeError)) as caught:
            line.send()
        assert "from the hook" in f"{caught.value!r} {caught.value.__cause__!r}"
    give_back(both, client)


def test_the_sign_in_has_its_own_connection() -> None:
    both = Both("sync")
    with FaultServer([hang], sign_in=reply(200, b"signed in")) as server, Line(both, server.url, connections=1) as line:
        line.http._token_url = f"{server.url}/oauth/token"
        busy = threading.Thread(target=line.send, kwargs={"left": 2.0})
        busy.start()
        while not server.requests:
            time.sleep(0.001)
        assert line.send(left=0.1) == BUSY
        assert line.send("/oauth/token", left=1.0).content == b"signed in"
        busy.join()


def test_closing_ends_calls_in_other_threads() -> None:
    both = Both("sync")
    with FaultServer([hang]) as server:
        with Line(both, server.url) as line:
            outcomes: list[Any] = []
            busy = threading.Thread(target=lambda: outcomes.append(line.send(left=20)))
            busy.start()
            while not server.requests:
                time.sleep(0.001)
        busy.join(5)
        assert [outcome.reason for outcome in outcomes] == ["connection"]


def test_later_calls_close_connections_that_were_idle_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Both("sync")
    monkeypatch.setattr(lanes, "KEEPALIVE_SECONDS", 0.3)
    with FaultServer([lambda it: (time.sleep(0.05), it.sendall(answer(200, b"here")))]) as server:
        with Line(both, server.url) as line:
            together = [threading.Thread(target=line.send) for _ in range(4)]
            for thread in together:
                thread.start()
            for thread in together:
                thread.join()
            (route,) = line.http._routes.values()
            assert len(route.idle) == 4
            time.sleep(0.31)
            for _ in range(4):
                line.send()
            assert len(route.idle) == 1


def test_an_early_response_to_a_large_body_is_read(both: Both) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer(413, b"too large"))

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    with listener.accept()[0] as connection:
                        refuse(connection)

        threading.Thread(target=serve, daemon=True).start()
        with Line(both, f"http://127.0.0.1:{listener.getsockname()[1]}") as line:
            for _ in range(20):
                assert line.send(method="POST", content=bytes(2**24)).status_code == 413
