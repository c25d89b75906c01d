"""TLS, redirects and broken answers: what is no good is refused, and nothing is sent where it does not belong."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from okapi_sdk import (
    APIError,
    AsyncOkapiClient,
    OkapiClient,
    OkapiError,
    RedirectError,
    ResponseFormatError,
    RetryPolicy,
    ServerError,
    SubmissionUncertainError,
    TransportError,
    TransportTimeoutError,
)
from okapi_sdk.testing import InstantClock
from tests.support import tls
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import TOKEN, FaultServer, Script, answer, cut, drip, hang, hang_up, raw, reply, reset
from tests.support.tls import TlsServer

from .outcomes import Record, error_of, in_time, outcome

BODY = {"elements": [{"id": "s1"}]}
ONCE = RetryPolicy(attempts=1)


# TLS


def refused(both: Both, server: TlsServer, clock: InstantClock, message: str = "SSL_CERT_FILE") -> TransportError:
    """What sign-in at a server with a bad certificate comes to: no byte of HTTP was sent, and nothing was repeated."""
    with both.client(**server.client, clock=clock, ssl_context=tls.trusting()) as client:
        error: TransportError = error_of(TransportError, client.sign_in)
    assert message in str(error)
    assert server.application_bytes == 0
    assert server.connections == 1
    return error


def test_a_good_certificate_is_taken(both: Both) -> None:
    with TlsServer([reply(200, BODY)]) as server:
        with both.client(**server.client, ssl_context=tls.trusting()) as client:
            assert client.send("GET", "satellites").json() == BODY


@pytest.mark.fault("X1")
def test_expired(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.expired()) as server:
        assert "expired" in str(refused(both, server, clock))


@pytest.mark.fault("X2")
def test_not_yet_valid(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.not_yet_valid()) as server:
        assert "not yet valid" in str(refused(both, server, clock))


@pytest.mark.fault("X3", "X9")
@pytest.mark.parametrize("names", [("api.okapi.example",), ("127.0.0.2",)])
def test_for_another_host(both: Both, clock: InstantClock, names: tuple[str, ...]) -> None:
    with TlsServer([hang], context=tls.good(*names)) as server:
        assert "not valid for '127.0.0.1'" in str(refused(both, server, clock))


@pytest.mark.fault("X4")
def test_self_signed(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.self_signed()) as server:
        assert "self-signed" in str(refused(both, server, clock)).replace("self signed", "self-signed")


@pytest.mark.fault("X5")
def test_of_an_unknown_root(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.of_an_unknown_root()) as server:
        refused(both, server, clock)


@pytest.mark.fault("X6")
def test_without_its_intermediate(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.without_intermediate()) as server:
        refused(both, server, clock)


@pytest.mark.fault("X7")
def test_with_a_weak_key(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.with_weak_key()) as server:
        refused(both, server, clock)


@pytest.mark.fault("X8")
def test_of_an_old_version(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.of_old_version()) as server:
        refused(both, server, clock)


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every name resolves to this machine."""
    real = socket.getaddrinfo

    def lookup(host: Any, *arguments: Any, **options: Any) -> Any:
        named = isinstance(host, str | bytes) and (host if isinstance(host, str) else host.decode()).endswith("example")
        return real("127.0.0.1" if named else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return


def named(server: TlsServer, host: str) -> dict[str, str]:
    url = server.url.replace("127.0.0.1", host)
    return {**server.client, "base_url": url, "token_url": f"{url}/oauth/token"}


@pytest.mark.fault("X9", "X10", "X23")
@pytest.mark.usefixtures("resolved")
@pytest.mark.parametrize(
    ("names", "host"),
    [
        (("127.0.0.1",), "api.okapi.example"),
        (("*.okapi.example",), "deep.api.okapi.example"),
        (("*.okapi.example",), "okapi.example"),
        (("api.okapi.example",), "api-okapi.example"),
    ],
)
def test_a_certificate_that_does_not_reach_the_name(
    both: Both, clock: InstantClock, names: tuple[str, ...], host: str
) -> None:
    # The names resolve to a private address here, as a rebound one would: only the certificate tells.
    with TlsServer([hang], context=tls.good(*names)) as server:
        with both.client(**named(server, host), clock=clock, ssl_context=tls.trusting()) as client:
            assert "SSL_CERT_FILE" in str(error_of(TransportError, client.sign_in))
        assert (server.application_bytes, server.connections) == (0, 1)


@pytest.mark.fault("X9", "X10")
@pytest.mark.usefixtures("resolved")
def test_a_name_that_the_certificate_reaches(both: Both, clock: InstantClock) -> None:
    with TlsServer([reply(200, BODY)], context=tls.good("*.okapi.example")) as server:
        with both.client(**named(server, "api.okapi.example"), clock=clock, ssl_context=tls.trusting()) as client:
            client.sign_in()


@pytest.mark.fault("X9")
@pytest.mark.usefixtures("resolved")
def test_a_server_that_does_not_know_the_name(both: Both, clock: InstantClock) -> None:
    with TlsServer([hang], context=tls.refusing_the_name()) as server:
        with both.client(**named(server, "api.okapi.example"), clock=clock, ssl_context=tls.trusting()) as client:
            error_of(TransportError, client.sign_in)
        assert (server.application_bytes, server.connections) == (0, 1)


@pytest.mark.fault("X11")
@pytest.mark.parametrize("script", [answer(200, BODY), b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n"])
def test_plain_http_on_the_tls_port(both: Both, clock: InstantClock, script: bytes) -> None:
    hellos: list[bytes] = []

    def talk(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            hellos.append(connection.recv(65536))
            connection.sendall(script)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=talk, args=(listener,), daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with both.client(username="u", password="secret-7", base_url=url, token_url=f"{url}/t", clock=clock) as client:
            error_of(TransportError, client.sign_in)
        listener.shutdown(socket.SHUT_RDWR)
    assert len(hellos) == 1
    assert all(hello[:1] == b"\x16" and b"secret-7" not in hello and b"HTTP" not in hello for hello in hellos)


@pytest.mark.fault("X12")
def test_a_handshake_that_stalls(both: Both, record_property: Record) -> None:
    with FaultServer([hang]) as server:
        where = {name: text.replace("http:", "https:") for name, text in server.client.items()}
        with both.client(**where, timeout=0.3, retry=RetryPolicy(attempts=2, base=0)) as client:
            with in_time(0.3, record_property):
                error_of(TransportTimeoutError, client.sign_in)


@pytest.mark.fault("S1")
def test_a_handshake_that_breaks_off_is_tried_again(both: Both, clock: InstantClock) -> None:
    with FaultServer([hang]) as server:
        server._serve = lambda connection: (connection.recv(1), connection.close())  # type: ignore[method-assign,assignment,return-value]
        where = {name: text.replace("http:", "https:") for name, text in server.client.items()}
        with both.client(**where, clock=clock) as client:
            error_of(TransportError, client.sign_in)
        assert server.connections == 3


@pytest.mark.fault("X20")
def test_a_connection_that_is_never_made(both: Both, record_property: Record) -> None:
    # A listener whose queue is full answers no further connection.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as stack:
        for filler in [stack.enter_context(socket.socket()) for _ in range(4)]:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with both.client(
            username="u", password="p", base_url=url, token_url=f"{url}/t", timeout=0.4, retry=ONCE
        ) as client:
            with in_time(0.4, record_property):
                error_of(TransportTimeoutError, client.sign_in)


@pytest.mark.parametrize("kind", [OkapiClient, AsyncOkapiClient])
def test_no_argument_turns_verification_off(kind: type[Any]) -> None:
    words = ("verif", "insecure", "unsafe", "trust", "cert", "hostname", "redirect")
    for name, member in inspect.getmembers(kind, callable):
        if name == "__init__" or not name.startswith("_"):
            names = inspect.signature(member).parameters
            assert [found for found in names if any(word in found for word in words)] == []


# Redirects


def locations(server: FaultServer, other: FaultServer) -> dict[str, str]:
    return {
        "same origin": f"{server.url}/satellites/2",
        "relative": "/satellites/2",
        "loop": "/satellites",
        "other origin": f"{other.url}/steal",
        "scheme-relative": other.url.removeprefix("http:") + "/steal",
        "name of this machine": other.url.replace("127.0.0.1", "localhost"),
        "file": "file:///etc/passwd",
        "long": f"{other.url}/" + "a" * 10_000,
        "user info": other.url.replace("//", "//user:pass@"),
        "nothing": "",
        "no URL": "http://[",
    }


KINDS = [
    "same origin", "relative", "loop", "other origin", "scheme-relative", "name of this machine", "file", "long",
    "user info", "nothing", "no URL",
]  # fmt: skip


@pytest.mark.fault("X13", "X14")
@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("kind", KINDS)
def test_no_redirect_is_followed(both: Both, clock: InstantClock, status: int, kind: str) -> None:
    with FaultServer([hang]) as other, FaultServer([hang]) as server:
        assert list(locations(server, other)) == KINDS
        target = reply(status, b"", {"location": locations(server, other)[kind]})
        server.scripts[0] = target
        with both.client(**server.client, clock=clock) as client:
            assert error_of(RedirectError, client.send, "GET", "satellites").status_code == status
            assert error_of(RedirectError, client.submit, iss_passes()).status_code == status
            assert [request.method for request in server.requests] == ["GET", "POST"]
        server.sign_in = target
        with both.client(**server.client, clock=clock) as client:
            error_of(RedirectError, client.sign_in)
            assert server.sign_ins == 2
        assert other.connections == 0


@pytest.mark.fault("X14")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_down_to_plain_http_is_followed(both: Both, clock: InstantClock, status: int) -> None:
    with FaultServer([hang]) as plain, TlsServer([reply(status, b"", {"location": plain.url})]) as server:
        with both.client(**server.client, clock=clock, ssl_context=tls.trusting()) as client:
            error_of(RedirectError, client.send, "GET", "satellites")
            error_of(RedirectError, client.submit, iss_passes())
        assert plain.connections == 0


@pytest.mark.fault("X14")
@pytest.mark.parametrize("location", ["http://a/\r\nX-Injected: 1", "http://\x00", "http://\xff"])
def test_a_location_of_any_bytes_ends_in_a_typed_error(both: Both, clock: InstantClock, location: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    with FaultServer([raw(head)]) as server, both.client(**server.client, clock=clock) as client:
        assert isinstance(outcome(client.send, "GET", "satellites"), RedirectError | TransportError)


# Answers that break the rules of HTTP


def lead(script: Script, content: bytes) -> Script:
    """A script that sends these bytes first."""

    def run(connection: socket.socket) -> None:
        connection.sendall(content)
        script(connection)

    return run


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LIES: dict[str, bytes] = {
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n[]",
    "negative length": OK + b"Content-Length: -2\r\n\r\n[]",
    "length of text": OK + b"Content-Length: two\r\n\r\n[]",
    "length too long": OK + b"Content-Length: 20\r\n\r\n[]",
    "bad chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n",
    "chunk too short": OK + b"Transfer-Encoding: chunked\r\n\r\n20\r\n[]\r\n0\r\n\r\n",
    "no last chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n",
    "huge chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 64 + b"\r\n[]",
    "unknown coding": OK + b"Transfer-Encoding: gzip\r\n\r\n[]",
    "huge header": OK + b"X-Padding: " + b"a" * 200_000 + b"\r\nContent-Length: 2\r\n\r\n[]",
    "many headers": OK + b"X-P: a\r\n" * 20_000 + b"Content-Length: 2\r\n\r\n[]",
    "bad header": OK + b"no colon\r\n\r\n[]",
    "NUL in a header": OK + b"X: a\x00b\r\nContent-Length: 2\r\n\r\n[]",
    "no status": b"HTTP/1.1\r\n\r\n[]",
    "status of text": b"HTTP/1.1 OK 200\r\n\r\n[]",
    "status 99": b"HTTP/1.1 99 X\r\nContent-Length: 2\r\n\r\n[]",
}


@pytest.mark.fault("X15")
@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_contradicts_itself(both: Both, clock: InstantClock, lie: str) -> None:
    with FaultServer([raw(LIES[lie]), reply(200, BODY)]) as server:
        with both.client(**server.client, clock=clock, retry=ONCE) as client:
            assert isinstance(outcome(client.send, "GET", "satellites"), TransportError | ResponseFormatError)
            # The next call has a connection of its own, and its own answer.
            assert client.send("GET", "satellites").json() == BODY
    with FaultServer([raw(LIES[lie])]) as server, both.client(**server.client, clock=clock) as client:
        error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert len(server.requests) == 1
    with FaultServer([hang], sign_in=raw(LIES[lie])) as server, both.client(**server.client, clock=clock) as client:
        assert isinstance(outcome(client.sign_in), TransportError | ResponseFormatError)


@pytest.mark.fault("X15")
def test_a_length_beside_chunks_does_not_count(both: Both, clock: InstantClock) -> None:
    # RFC 9112, 6.3: the chunks overrule it.
    both_said = OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"
    with FaultServer([raw(both_said)]) as server, both.client(**server.client, clock=clock) as client:
        found = outcome(client.send, "GET", "satellites")
        assert isinstance(found, TransportError | ResponseFormatError) or found.content == b"[]"


@pytest.mark.fault("X16")
@pytest.mark.parametrize(
    "garbage",
    [b"SSH-2.0-OpenSSH_9\r\n", b"<html>hello</html>", b"\x00" * 100, b"\x16\x03\x01\x00\xff" * 40, b"\r\n\r\n", b"H"],
)
def test_garbage(both: Both, clock: InstantClock, garbage: bytes) -> None:
    with FaultServer([raw(garbage)]) as server, both.client(**server.client, clock=clock) as client:
        error_of(TransportError, client.send, "GET", "satellites")
        assert len(server.requests) == 3
        error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert len(server.requests) == 4


@pytest.mark.fault("X17")
@pytest.mark.parametrize("end", ["close", "reset"])
def test_an_answer_that_ends_after_every_k_bytes(both: Both, clock: InstantClock, end: str) -> None:
    whole = answer(200, BODY)

    def broken(count: int) -> Callable[[socket.socket], None]:
        def run(connection: socket.socket) -> None:
            connection.sendall(whole[:count])
            (hang_up if end == "close" else reset)(connection)

        return run

    accepted = answer(202, {"request_id": "r1"})
    with FaultServer([hang]) as server, both.client(**server.client, clock=clock) as client:
        for count in range(len(whole)):
            server.scripts[:] = [broken(count), reply(200, BODY)]
            client.inner._session.retries.budget.credit = 100.0
            assert client.send("GET", "satellites").json() == BODY
        reads = len(server.requests)
        assert reads == 2 * len(whole)
        for count in range(len(accepted)):
            server.scripts[:] = [cut(accepted, count), hang]
            error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert len(server.requests) - reads == len(accepted)


@pytest.mark.fault("X18")
def test_what_was_left_on_a_connection_answers_no_other_call(both: Both) -> None:
    # A late answer to a call that ran out of time, and an answer nobody asked for after a good one.
    def late(connection: socket.socket) -> None:
        time.sleep(0.3)
        connection.sendall(answer(200, {"for": "the first"}))

    twice = answer(200, {"for": "the first"}) + answer(200, {"for": "nobody"})
    for script in (late, lambda connection: connection.sendall(twice)):
        with FaultServer([script, reply(200, {"for": "the second"})]) as server:
            with both.client(**server.client, retry=ONCE) as client:
                outcome(client.with_options(timeout=0.15).send, "GET", "satellites/1")
                time.sleep(0.25)
                found = outcome(client.send, "GET", "satellites/2")
                assert isinstance(found, TransportError) or found.json() == {"for": "the second"}


SLOW = {
    "headers": drip(answer(200, BODY), 0.03),
    "body": lead(drip(b"x" * 500, 0.01), b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
    "chunks": lead(drip(b"1\r\nx\r\n" * 100, 0.01), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "1xx": drip(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500, 0.01),
    "silence": hang,
}


@pytest.mark.fault("X19")
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
def test_the_deadline_holds(both: Both, record_property: Record, script: Script, secure: bool) -> None:
    with TlsServer([script]) if secure else FaultServer([script]) as server:
        context = tls.trusting() if secure else None
        with both.client(**server.client, ssl_context=context, timeout=5, retry=ONCE) as client:
            client.sign_in()
            hasty = client.with_options(timeout=0.2)
            with in_time(0.2, record_property):
                error_of(TransportTimeoutError, hasty.send, "GET", "satellites")
            with in_time(0.2, record_property):
                error_of(SubmissionUncertainError, hasty.submit, iss_passes())


@pytest.mark.fault("X19", "L16")
@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
def test_the_deadline_holds_over_a_sign_in_inside_a_call(both: Both, record_property: Record, script: Script) -> None:
    with FaultServer([reply(200, BODY)], sign_in=script) as server:
        with both.client(**server.client, timeout=0.2, retry=ONCE) as client:
            with in_time(0.2, record_property):
                error_of(TransportTimeoutError, client.send, "GET", "satellites")
        assert server.requests == []


@pytest.mark.fault("X22")
def test_cookies_are_neither_kept_nor_sent(both: Both, clock: InstantClock) -> None:
    kept = {"set-cookie": "session=cookie-7; Path=/; Max-Age=99999"}
    token = reply(200, {"access_token": TOKEN, "expires_in": 86400}, kept)
    with FaultServer([reply(200, BODY, kept)], sign_in=token) as server:
        with both.client(**server.client, clock=clock) as client:
            for _ in range(3):
                client.send("GET", "satellites")
        assert not any("cookie" in request.headers for request in server.requests)


@pytest.mark.fault("X24", "X25")
@pytest.mark.parametrize(
    ("status", "kind"),
    [(414, APIError), (431, APIError), (494, APIError), (418, APIError), (499, APIError), (599, ServerError)],
)
def test_a_rare_status_has_the_error_of_its_hundred(
    both: Both, clock: InstantClock, status: int, kind: type[APIError]
) -> None:
    with FaultServer([reply(status, {"message": "no"})]) as server, both.client(**server.client, clock=clock) as client:
        assert error_of(kind, client.send, "GET", "satellites").status_code == status
        assert len(server.requests) == (3 if status >= 500 else 1)
        if status < 500:
            assert error_of(kind, client.submit, iss_passes()).status_code == status
            assert len(server.requests) == 2


@pytest.mark.fault("X25")
@pytest.mark.parametrize("status", [201, 204, 206, 226, 299])
def test_an_unknown_2xx_is_no_result(both: Both, clock: InstantClock, status: int) -> None:
    body: object = b"" if status == 204 else {"passes": []}
    with FaultServer([reply(202, {"request_id": "r1"}), reply(status, body)]) as server:
        with both.client(**server.client, clock=clock) as client:
            error_of(ResponseFormatError, client.submit(iss_passes()).result)


@pytest.mark.fault("X25")
@pytest.mark.parametrize("status", [100, 101, 199])
def test_a_1xx_is_no_answer(both: Both, clock: InstantClock, status: int) -> None:
    with FaultServer([raw(f"HTTP/1.1 {status} X\r\n\r\n".encode())]) as server:
        with both.client(**server.client, clock=clock) as client:
            assert isinstance(outcome(client.send, "GET", "satellites"), OkapiError)


@pytest.mark.fault("S1", "X12", "X20")
def test_a_submit_that_could_not_be_sent_is_not_uncertain(both: Both, record_property: Record) -> None:
    # The connection is not made, or its handshake stalls, as the time for the call runs out.
    with FaultServer([reply(202, {"request_id": "r1"})]) as server, contextlib.ExitStack() as stack:
        options = {"timeout": 0.3, "retry": ONCE}
        where = {**server.client, "base_url": server.url.replace("http:", "https:")}
        with both.client(**where, **options) as client:
            client.sign_in()
            with in_time(0.3, record_property):
                error_of(TransportTimeoutError, client.submit, iss_passes())
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for filler in [stack.enter_context(socket.socket()) for _ in range(4)]:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        full = {**server.client, "base_url": f"http://127.0.0.1:{listener.getsockname()[1]}"}
        with both.client(**full, **options) as client:
            client.sign_in()
            with in_time(0.3, record_property):
                error_of(TransportTimeoutError, client.submit, iss_passes())
        with both.client(**server.client, max_connections=1, **options) as client:
            client.sign_in()
            busy = hold(both, client, server)
            with in_time(0.3, record_property):
                error_of(TransportTimeoutError, client.submit, iss_passes())
            busy()


def hold(both: Both, client: Client, server: FaultServer) -> Callable[[], None]:
    """Keeps the one connection of a client busy; what is returned waits for the end of that."""
    server.scripts[:] = [hang]
    before = len(server.requests)
    longer = client.with_options(timeout=1)
    if both.kind == "sync":
        caller = threading.Thread(target=outcome, args=(longer.send, "GET", "busy"))
        caller.start()
        end: Callable[[], Any] = caller.join
    else:

        async def begin() -> asyncio.Task[Any]:
            return asyncio.ensure_future(longer.inner.send("GET", "busy"))

        task = both.wait(begin())

        def end() -> None:
            task.cancel()

            async def ended() -> None:
                await asyncio.gather(task, return_exceptions=True)

            both.wait(ended())

    while len(server.requests) == before:
        if both.kind == "async":
            both.wait(asyncio.sleep(0.01))
        else:
            time.sleep(0.01)
    return end


@pytest.mark.fault("X19")
def test_a_sign_in_that_leaves_no_time_for_the_call(both: Both, clock: InstantClock) -> None:
    with FaultServer([hang]) as server:

        def late(connection: socket.socket) -> None:
            clock.advance(40)
            reply(200, {"access_token": TOKEN, "expires_in": 86400})(connection)

        server.sign_in = late
        with both.client(**server.client, clock=clock, retry=ONCE) as client:
            # Nothing of the submit was sent, so that nothing about it is uncertain.
            assert "no time was left" in str(error_of(TransportTimeoutError, client.submit, iss_passes()))
            assert server.requests == []
