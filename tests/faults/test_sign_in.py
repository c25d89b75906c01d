"""Sign-in (rows L): what the token endpoint can answer, and what may reach it."""

from __future__ import annotations

import json
import logging
import socket
import time
from typing import Any

import pytest

from okapi_sdk import (
    AuthenticationError,
    OkapiError,
    RedirectError,
    ResponseFormatError,
    RetryPolicy,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from okapi_sdk.testing import InstantClock
from tests.support.both import Both
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, Script, answer, drip, hang, in_turn, raw, reply, zipped

from .outcomes import error_of, outcome

PASSWORD = "password-of-the-test"
TOKEN = "token-of-this-test"
HTML = b"<html>\r\n<title>Log in\x1b[31m to the proxy</title>" + b"x" * 5000
ACCEPTED = reply(202, {"request_id": "r1"})


def sign_in_error(both: Both, clock: InstantClock, kind: type[OkapiError], script: Script) -> Any:
    """What sign-in comes to when the token endpoint answers so; it is asked once, though called for twice."""
    with FaultServer([ACCEPTED], sign_in=script) as server, both.client(**server.client, clock=clock) as client:
        error = error_of(kind, client.sign_in)
        assert server.sign_ins == 1
        if isinstance(error, AuthenticationError):
            error_of(kind, client.submit, iss_passes())
            assert server.sign_ins == 1
        assert server.requests == []
    return error


@pytest.mark.fault("L1")
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_password_is_posted_once(both: Both, clock: InstantClock, status: int) -> None:
    body = {"error": "invalid_grant", "error_description": "Wrong email or password."}
    error = sign_in_error(both, clock, AuthenticationError, reply(status, body))
    assert error.reason == "refused"
    assert ": Wrong email or password)" in str(error)


@pytest.mark.fault("L2")
def test_a_blocked_account_is_told_the_pause_that_is_left(both: Both, clock: InstantClock) -> None:
    body = {"error": "too_many_attempts"}
    for header, pause in (({"retry-after": "120"}, 120.0), ({}, None)):
        server = FaultServer([ACCEPTED], sign_in=reply(429, body, header))
        with server, both.client(**server.client, clock=clock) as client:
            error = error_of(AuthenticationError, client.sign_in)
            assert (error.reason, error.retry_after) == ("blocked", pause)
            clock.advance(50)
            left = error_of(AuthenticationError, client.sign_in).retry_after
            assert left == (None if pause is None else pytest.approx(pause - 50))
            assert server.sign_ins == 1
            clock.advance(80)
            error_of(AuthenticationError, client.sign_in)
            assert server.sign_ins == 2


@pytest.mark.fault("L3")
def test_a_second_factor(both: Both, clock: InstantClock) -> None:
    body = {"error": "mfa_required", "error_description": "Multifactor authentication required", "mfa_token": "m-1"}
    error = sign_in_error(both, clock, AuthenticationError, reply(403, body))
    assert error.reason == "mfa_required"
    assert "ask the platform for an account without one" in str(error)
    assert "m-1" not in str(error)


@pytest.mark.fault("L4")
@pytest.mark.parametrize("status", [401, 403])
def test_a_page_in_place_of_an_answer(both: Both, clock: InstantClock, status: int) -> None:
    error = sign_in_error(both, clock, AuthenticationError, reply(status, HTML, {"content-type": "text/html"}))
    assert f"HTTP {status}" in str(error)
    assert "Log in" in str(error)
    assert len(str(error)) < 600


@pytest.mark.fault("L5")
@pytest.mark.parametrize("value", [None, 7, "", [], {"token": TOKEN}, True], ids=repr)
def test_an_access_token_of_another_type(both: Both, clock: InstantClock, value: object) -> None:
    body = {"access_token": value, "id_token": TOKEN, "expires_in": 86400}
    error = sign_in_error(both, clock, ResponseFormatError, reply(200, body))
    assert error.reason == "schema"
    assert TOKEN not in f"{error} {error.body} {vars(error)}"


@pytest.mark.fault("L6")
@pytest.mark.parametrize(
    "granted",
    [
        {"access_token": TOKEN, "token_type": "mac"},
        {"access_token": TOKEN, "token_type": None},
        {"access_token": f"{TOKEN}\r\nX-Evil: 1"},
        {"access_token": f"{TOKEN}\n"},
        {"access_token": f" {TOKEN}"},
        {"access_token": f"{TOKEN} {TOKEN}"},
        {"access_token": f"{TOKEN}é"},
        {"access_token": TOKEN * 1000},
    ],
    ids=["mac", "null", "crlf", "lf", "blank", "two", "non-ascii", "long"],
)
def test_a_token_that_no_header_may_hold(both: Both, clock: InstantClock, granted: dict[str, Any]) -> None:
    error = sign_in_error(both, clock, ResponseFormatError, reply(200, {"expires_in": 60, **granted}))
    assert TOKEN not in f"{error} {error.body}"


@pytest.mark.fault("L6")
def test_the_type_of_a_token_is_read_in_any_case(both: Both, clock: InstantClock) -> None:
    granted = reply(200, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 86400})
    with FaultServer([ACCEPTED], sign_in=granted) as server, both.client(**server.client, clock=clock) as client:
        client.submit(iss_passes())
        assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.fault("L7")
@pytest.mark.parametrize(
    ("stated", "lifetime"),
    [
        (None, 3600), ("86400", 3600), (True, 3600), ([], 3600),
        (1, 1), (7200.5, 7200.5), (86400, 86400), (1e18, 86400), (10**400, 86400),
    ],
    ids=str,
)  # fmt: skip
def test_how_long_a_token_is_used(
    both: Both, clock: InstantClock, caplog: pytest.LogCaptureFixture, stated: object, lifetime: float
) -> None:
    granted = reply(200, {"access_token": TOKEN, **({} if stated is None else {"expires_in": stated})})
    server = FaultServer([reply(200, b"[]")], sign_in=granted)
    with server, both.client(**server.client, clock=clock) as client, caplog.at_level(logging.WARNING, "okapi_sdk"):
        client.send("GET", "satellites")
        clock.advance(0.7 * lifetime)
        client.send("GET", "satellites")
        assert server.sign_ins == 1
        clock.advance(0.3 * lifetime)
        client.send("GET", "satellites")
        assert server.sign_ins == 2
    assert ("gives no token lifetime" in caplog.text) == (not isinstance(stated, int | float) or stated is True)


@pytest.mark.fault("L7")
@pytest.mark.parametrize("stated", [0, -1, -1e18])
def test_a_token_that_has_ended_already(both: Both, clock: InstantClock, stated: float) -> None:
    error = sign_in_error(both, clock, ResponseFormatError, reply(200, {"access_token": TOKEN, "expires_in": stated}))
    assert "an expired token" in str(error)


@pytest.mark.fault("L8")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_token_endpoint(both: Both, clock: InstantClock, status: int) -> None:
    granted = reply(200, {"access_token": TOKEN, "expires_in": 86400})
    fails = reply(status, HTML)
    with FaultServer([ACCEPTED], sign_in=in_turn(fails, fails, granted)) as server:
        with both.client(**server.client, clock=clock) as client:
            client.submit(iss_passes())
            assert server.sign_ins == 3
    with FaultServer([ACCEPTED], sign_in=reply(status, HTML, {"retry-after": "9"})) as server:
        with both.client(**server.client, clock=clock) as client:
            began = clock.monotonic()
            error = error_of(ServerError, client.submit, iss_passes())
            assert error.status_code == status
            # Two pauses of nine seconds do not fit into the ten that a sign-in may take.
            assert server.sign_ins == 2
            assert clock.monotonic() - began < 10
            assert server.requests == []


@pytest.mark.fault("L9")
def test_a_token_endpoint_that_refuses_the_connection(both: Both, clock: InstantClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    where = {"base_url": f"http://{address}", "token_url": f"http://{address}/t"}
    with both.client(username="user", password=PASSWORD, clock=clock, **where) as client:
        error = error_of(TransportError, client.sign_in)
    assert address in str(error)
    assert len(clock.sleeps) == 2


@pytest.mark.fault("L9")
def test_a_token_endpoint_without_an_address(both: Both, clock: InstantClock, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def lookup(host: Any, *arguments: Any, **options: Any) -> Any:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    where = {"base_url": "https://okapi.example", "token_url": "https://auth.okapi.example/t"}
    with both.client(username="user", password=PASSWORD, clock=clock, **where) as client:
        error = error_of(TransportError, client.sign_in)
    assert "auth.okapi.example" in str(error)
    assert len(asked) == 3


@pytest.mark.fault("L10")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_password_is_not_followed(both: Both, clock: InstantClock, status: int) -> None:
    with FaultServer([ACCEPTED]) as other:
        sign_in_error(both, clock, RedirectError, reply(status, b"", {"location": f"{other.url}/oauth/token"}))
        assert other.connections == 0


@pytest.mark.fault("L14")
@pytest.mark.parametrize("password", ["100%&\"'\\/ü=+?#", "🛰️ in orbit", "a\u00a0b", "{}%s", "<b>&amp;"])
def test_a_password_arrives_as_it_is_and_is_not_quoted_back(both: Both, clock: InstantClock, password: str) -> None:
    with FaultServer([ACCEPTED]) as server:
        with both.client(**{**server.client, "password": password}, clock=clock) as client:
            client.sign_in()
        assert server.signed_in[0].json()["password"] == password
        assert password.encode() == json.loads(server.signed_in[0].body)["password"].encode()
        # A server may repeat it in any of the ways in which texts are written.
        for body in (password, json.dumps(password), {"error_description": f"Wrong password {password}"}):
            for status in (403, 500):
                server.sign_in = reply(status, body if isinstance(body, dict) else body.encode())
                with both.client(**{**server.client, "password": password}, clock=clock) as client:
                    assert password not in str(outcome(client.sign_in))


@pytest.mark.fault("L15")
def test_an_endless_or_exploding_token_answer(both: Both, clock: InstantClock) -> None:
    head = b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\n\r\n"
    endless = raw(head + b'{"access_token": "' + b"x" * 2**20)
    bomb = reply(200, zipped(b" " * 2**20), {"content-encoding": "gzip"})
    for script in (endless, bomb):
        error = sign_in_error(both, clock, ResponseFormatError, script)
        assert error.reason == "too_large"
        assert "65536" in str(error)


@pytest.mark.fault("L16")
@pytest.mark.parametrize("script", [hang, drip(answer(200, {"access_token": TOKEN}), 0.05)], ids=["hang", "drip"])
def test_a_slow_sign_in_takes_from_the_call_that_needs_it(both: Both, script: Script) -> None:
    with FaultServer([ACCEPTED], sign_in=script) as server:
        with both.client(**server.client, timeout=0.4, retry=RetryPolicy(attempts=1)) as client:
            began = time.monotonic()
            error_of(TransportTimeoutError, client.submit, iss_passes())
            assert time.monotonic() - began < 1.0
        assert server.requests == []
