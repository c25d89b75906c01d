"""The messages of sign-in errors and log lines, verbatim, and the secrets they do not contain."""

from __future__ import annotations

import logging

import pytest

from okapi_sdk import (
    AuthenticationError,
    OkapiError,
    ResponseFormatError,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from okapi_sdk._engine.effects import Failure
from okapi_sdk.results.response import RawResponse
from tests.engine.test_token_windows import Desk

REFUSED = (
    "The user name and password came from arguments; this client will not send them again. Correct them and create "
    "a new client."
)
MESSAGES: list[tuple[RawResponse | Failure, type[OkapiError], str]] = [
    (
        Failure("connection", "why", False),
        TransportError,
        "POST oauth/token: could not connect to http://127.0.0.1:9/t, or the connection was lost: why.",
    ),
    (
        Failure("timeout", "why", True),
        TransportTimeoutError,
        "POST oauth/token on http://127.0.0.1:9/t: why. Check the network, or increase timeout=.",
    ),
    (
        RawResponse(500, {}, b'{"message": "Out of order"}'),
        ServerError,
        "POST http://127.0.0.1:9/t returned HTTP 500: Out of order.",
    ),
    (
        RawResponse(500, {}, b'{"access_token": "a-token'),
        ServerError,
        "POST http://127.0.0.1:9/t returned HTTP 500: no readable message.",
    ),
    (
        RawResponse(200, {}, b'["a-token"]'),
        ResponseFormatError,
        "http://127.0.0.1:9/t returned HTTP 200 without a usable access_token. Check token_url.",
    ),
    (
        RawResponse(200, {}, b'{"access_token": "a-token", "expires_in": 0}'),
        ResponseFormatError,
        "http://127.0.0.1:9/t returned HTTP 200 with an expired token (expires_in 0).",
    ),
    (
        RawResponse(403, {}, b'{"error": "invalid_grant", "error_description": "Wrong email."}'),
        AuthenticationError,
        f"Sign-in was refused at http://127.0.0.1:9/t (HTTP 403: Wrong email). {REFUSED}",
    ),
    (
        RawResponse(401, {}, b"access_token=a-token"),
        AuthenticationError,
        f"Sign-in was refused at http://127.0.0.1:9/t (HTTP 401: no readable message). {REFUSED}",
    ),
    (
        RawResponse(403, {}, b" \n<p>Log in</p>"),
        AuthenticationError,
        f"Sign-in was refused at http://127.0.0.1:9/t (HTTP 403: <p>Log in</p>). {REFUSED}",
    ),
    (
        RawResponse(403, {}, b'{"error": "mfa_required"}'),
        AuthenticationError,
        "Sign-in requires a second factor at http://127.0.0.1:9/t (HTTP 403: mfa_required). For programs, ask "
        "the platform for an account without one.",
    ),
    (
        RawResponse(429, {}, b'{"error": "too_many_attempts"}'),
        AuthenticationError,
        "Sign-in is blocked at http://127.0.0.1:9/t (HTTP 429: too_many_attempts). After ten refused passwords the "
        "platform blocks the account and e-mails its owner.",
    ),
]


@pytest.mark.parametrize(("answer", "kind", "message"), MESSAGES)
def test_the_messages_of_sign_in_errors(
    answer: RawResponse | Failure, kind: type[OkapiError], message: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    desk.answer = lambda: answer
    with caplog.at_level(logging.DEBUG, "okapi_sdk"), pytest.raises(kind) as caught:
        desk.current()
    assert str(caught.value) == message
    assert "a-token" not in repr(vars(caught.value))
    assert getattr(caught.value, "body", None) is None
    assert not caplog.messages


def test_the_log_lines_of_a_sign_in(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.answer = lambda: desk.granted(expires_in=None)
    with caplog.at_level(logging.DEBUG, "okapi_sdk"):
        desk.current()
        desk.clock.advance(3600.0 - 720.0)
        desk.answer = lambda: Failure("connection", "why", True)
        desk.current()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "The sign-in response gives no token lifetime; assuming one hour"),
        ("DEBUG", "Signed in at http://127.0.0.1:9/t"),
        (
            "WARNING",
            "Early renewal of the token failed; the current token stays in use: POST oauth/token: could not connect to "
            "http://127.0.0.1:9/t, or the connection was lost: why.",
        ),
    ]


def test_a_token_that_is_refused_again_says_what_to_check() -> None:
    desk = Desk()
    desk.replacing("none")
    desk.replacing("token1")
    with pytest.raises(AuthenticationError) as caught:
        desk.replacing("token2")
    assert str(caught.value) == (
        "The platform rejected a token that it had just issued (HTTP 401). Check that the environment's audience "
        "belongs to its base_url, and that this account may use it."
    )
