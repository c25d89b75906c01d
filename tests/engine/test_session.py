"""One call from its description to its response or error, without a socket: every header, message and second."""

from __future__ import annotations

import email.utils
import logging
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr

from okapi_sdk import (
    APIError,
    AuthenticationError,
    NotFoundError,
    OkapiError,
    RetryPolicy,
    ServerError,
    SubmissionUncertainError,
    TransportError,
    TransportTimeoutError,
)
from okapi_sdk._engine.effects import Failure, HttpRequest
from okapi_sdk._engine.protocol import RESULT_LIMIT
from okapi_sdk._engine.session import Call
from okapi_sdk.results.response import RawResponse
from tests.support.scripted import LOST, ROOT, Scripted, answered

READ = Call("read", "GET", "things/7", query="?a=b")

WRITE = Call("write", "POST", "things", SecretBytes(b"{}"), {"idempotency-key": "the key"})

UNSENT = Failure("connection", "nobody answers", sent=False)

LATE = Failure("timeout", "no answer in time", sent=True)

REJECTED = RawResponse(401, {}, b"")


def call(platform: Scripted, call: Call, timeout: float | None = None) -> Any:
    session = platform.session
    return platform.run(session.call(call, session.deadline(timeout)))


# What a session is made of


def test_a_deadline_is_an_instant_of_the_clients_clock() -> None:
    session = Scripted(retry=RetryPolicy(total=40)).session
    session.clock.sleep(1000)
    assert (session.deadline(), session.deadline(7), session.deadline(0)) == (1040, 1007, 1000)


def test_changed_options_leave_the_rest_unchanged() -> None:
    session = Scripted(timeout=5).session
    other = session.with_options(dialect="typed", timeout=None)
    assert (other.options.dialect, other.options.timeout) == ("typed", 5)
    assert session.options.dialect == "generic"
    assert (other.tokens, other.retries, other.clock) == (session.tokens, session.retries, session.clock)
    assert other.environment is session.environment


# Attempts


def test_an_attempt_has_the_timeout_and_all_of_them_the_total() -> None:
    platform = Scripted(LOST, timeout=20, retry=RetryPolicy(attempts=9, base=1e-9, total=45))
    platform.takes = 10
    assert call(platform, READ) == LOST
    assert platform.signing == [10]
    assert platform.lefts == pytest.approx([10, 20, 15, 5], abs=1e-6)  # the sign-in took a part of the first


def test_a_call_has_its_deadline_too() -> None:
    platform = Scripted(LOST, {"a": 1}, retry=RetryPolicy(base=1e-9))
    assert call(platform, READ, 9).json() == {"a": 1}
    assert platform.lefts == pytest.approx([9, 9], abs=1e-6)


def test_a_write_is_not_sent_again_when_a_read_is() -> None:
    platform = Scripted(LOST)
    assert call(platform, WRITE) == LOST
    assert len(platform.requests) == 1
    assert call(platform, READ) == LOST
    assert len(platform.requests) == 4


def test_a_sign_in_is_tried_as_often_as_the_policy_says_and_no_longer_than_its_call() -> None:
    platform = Scripted({}, timeout=50, retry=RetryPolicy(attempts=4, base=1e-9))
    platform.sign_ins = [LOST, LOST, LOST]
    platform.takes = 2
    assert call(platform, READ).json() == {}
    assert platform.signing == pytest.approx([10, 8, 6, 4], abs=1e-6)
    assert platform.lefts == pytest.approx([42], abs=1e-6)


def test_a_sign_in_that_fails_leaves_the_call_unsent() -> None:
    platform = Scripted({}, retry=RetryPolicy(attempts=2, base=1e-9))
    platform.sign_ins = [UNSENT, UNSENT]
    with pytest.raises(TransportError, match="nobody answers"):
        call(platform, READ)
    assert (len(platform.signing), platform.requests) == (2, [])


def test_a_rejected_token_is_replaced_once() -> None:
    platform = Scripted(REJECTED, {"a": 1}, timeout=30)
    platform.takes = 2
    assert call(platform, READ).json() == {"a": 1}
    assert [request.headers["authorization"] for request in platform.requests] == ["Bearer token1", "Bearer token2"]
    assert (platform.signing, platform.lefts) == ([10, 10], [28, 24])


def test_a_fresh_token_that_is_rejected_is_an_error() -> None:
    platform = Scripted(REJECTED)
    with pytest.raises(AuthenticationError, match=r"^The platform rejected a token that it had just issued") as caught:
        call(platform, READ)
    assert caught.value.reason == "token_rejected"
    assert len(platform.requests) == 2


@pytest.mark.parametrize("failure", [LATE, Failure("truncated", "cut", sent=True, status_code=401)])
def test_a_replay_that_fails_is_an_outcome(failure: Failure) -> None:
    platform = Scripted(REJECTED, failure)
    assert call(platform, WRITE) == failure
    assert len(platform.requests) == 2


# What is sent


@pytest.mark.parametrize(
    ("call_", "dialect", "request_"),
    [
        (
            READ,
            "generic",
            HttpRequest(
                "GET",
                f"{ROOT}/things/7?a=b",
                {"accept": "application/json", "authorization": "Bearer token1"},
                None,
                RESULT_LIMIT,
            ),
        ),
        (
            READ,
            "typed",
            HttpRequest(
                "GET",
                f"{ROOT}/things/7?a=b",
                {"accept": "application/json", "access_token": "token1"},
                None,
                RESULT_LIMIT,
            ),
        ),
        (
            Call("write", "PUT", "x", SecretBytes(b"[1]"), {"accept": "text/html", "etag": "e"}, limit=77),
            "generic",
            HttpRequest(
                "PUT",
                f"{ROOT}/x",
                {
                    "accept": "text/html",
                    "content-type": "application/json",
                    "authorization": "Bearer token1",
                    "etag": "e",
                },
                b"[1]",
                77,
            ),
        ),
    ],
)
def test_a_call_as_a_request(call_: Call, dialect: str, request_: HttpRequest) -> None:
    platform = Scripted({}, dialect=dialect)
    call(platform, call_)
    assert platform.requests == [request_]


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (answered(200, {}), "GET things/7: 200 after 2500 ms"),
        (answered(404, b""), "GET things/7: 404 after 2500 ms"),
        (LATE, "GET things/7: timeout after 2500 ms"),
    ],
)
def test_every_exchange_is_one_log_line(outcome: object, line: str, caplog: pytest.LogCaptureFixture) -> None:
    platform = Scripted(outcome, retry=RetryPolicy(attempts=1))
    platform.clock.advance(50)
    platform.takes = 2.5
    with caplog.at_level(logging.DEBUG, "okapi_sdk"):
        call(platform, READ)
    assert [(record.name, record.getMessage()) for record in caplog.records if "things" in record.getMessage()] == [
        ("okapi_sdk", line)
    ]


# What must not be quoted

HOOK = SecretStr("https://hooks/T0")

ADD = Call("write", "POST", "things", SecretBytes(b"{}"), secrets=(HOOK,))


@pytest.mark.parametrize(
    ("call_", "answer", "content"),
    [
        (READ, answered(200, b'"token1"'), b'"token1"'),  # a short token may be an ordinary word
        (READ, answered(404, b"token1"), b"***"),
        (READ, answered(200, b'"https://hooks/T0"'), b'"https://hooks/T0"'),
        (ADD, answered(200, b'"token1 https://hooks/T0"'), b'"token1 https://hooks/T0"'),
        (ADD, answered(299, b'"https://hooks/T0"'), b'"https://hooks/T0"'),
        (ADD, answered(300, b'"https://hooks/T0"'), b'"***"'),
        (ADD, answered(422, b'"https://hooks/T0"'), b'"***"'),
        (ADD, answered(200, b"<p>token1 https://hooks/T0</p>"), b"<p>token1 ***</p>"),
    ],
)
def test_a_response_loses_secrets_but_a_record_keeps_its_own(call_: Call, answer: RawResponse, content: bytes) -> None:
    assert call(Scripted(answer), call_).content == content


def test_the_content_of_a_call_is_not_shown() -> None:
    assert "1234" not in repr(Call("write", "POST", "x", SecretBytes(b"1234"), secrets=(SecretStr("1234"),)))


# What an outcome means


def good(call_: Call, outcome: RawResponse | Failure, **retry: Any) -> Any:
    session = Scripted(retry=RetryPolicy(**retry)).session
    return session.require_success(call_, outcome)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_success_is_handed_on(status: int) -> None:
    answer = answered(status)
    assert good(READ, answer) is answer


NO_REPEAT = "It may or may not have been carried out, and was not sent again."

REPEATED = "It may or may not have been carried out, and was sent again only with the same key."


@pytest.mark.parametrize(
    ("call_", "outcome", "kind", "words"),
    [
        (READ, answered(300), APIError, "GET things/7 returned HTTP 300: a redirect"),
        (READ, answered(404), NotFoundError, "GET things/7 returned HTTP 404: no readable message."),
        (READ, answered(500), ServerError, "GET things/7 returned HTTP 500: no readable message."),
        (
            READ,
            LOST,
            TransportError,
            "GET things/7: could not connect to 127.0.0.1:9, or the connection was lost: the line is cut.",
        ),
        (READ, LATE, TransportTimeoutError, "GET things/7 on 127.0.0.1:9: no answer in time."),
        (
            WRITE,
            UNSENT,
            TransportError,
            "POST things: could not connect to 127.0.0.1:9, or the connection was lost: nobody answers.",
        ),
        (WRITE, answered(429), APIError, "POST things returned HTTP 429"),
        (WRITE, LOST, SubmissionUncertainError, "POST things was sent, but no usable response arrived: the li"),
        (WRITE, answered(502), SubmissionUncertainError, "POST things was sent, but no usable response arrived"),
    ],
)
def test_the_error_for_an_outcome(
    call_: Call, outcome: RawResponse | Failure, kind: type[OkapiError], words: str
) -> None:
    with pytest.raises(kind) as caught:
        good(call_, outcome)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("call_", "submit", "key", "words"),
    [
        (WRITE, "safe", "the key", NO_REPEAT),
        (WRITE, "never", "the key", NO_REPEAT),
        (WRITE, "same-key", "the key", REPEATED),
        (Call("write", "PATCH", "things/7"), "safe", None, NO_REPEAT),
        (Call("write", "PUT", "things/7", headers={"accept": "text/html"}), "safe", None, NO_REPEAT),
    ],
)
def test_an_uncertain_write_has_its_key(call_: Call, submit: str, key: str | None, words: str) -> None:
    with pytest.raises(SubmissionUncertainError) as caught:
        good(call_, answered(502, {"message": "bad gateway"}), submit=submit)
    assert caught.value.idempotency_key == key
    assert (caught.value.status_code, caught.value.body) == (502, {"message": "bad gateway"})
    assert words in str(caught.value)


def test_a_retry_after_date_follows_the_clients_clock() -> None:
    session = Scripted().session
    date = email.utils.formatdate(session.clock.wall() + 120, usegmt=True)
    error = session.error_of(READ, answered(503, retry_after=date))
    assert isinstance(error, ServerError)
    assert error.retry_after == pytest.approx(120, abs=1.1)


# Sent again under one key

SAME = RetryPolicy(attempts=3, base=1e-9, submit="same-key")


@pytest.mark.parametrize("doubt", [LOST, LATE, answered(502)])
@pytest.mark.parametrize(
    "after",
    [answered(300), answered(400), answered(409), answered(429), answered(503, retry_after="999"), REJECTED, UNSENT],
)
def test_an_uncertain_write_stays_uncertain_whatever_follows(doubt: Any, after: Any) -> None:
    platform = Scripted(doubt, after, retry=SAME)
    with pytest.raises(SubmissionUncertainError) as caught:
        platform.session.require_success(WRITE, call(platform, WRITE))
    assert caught.value.idempotency_key == "the key"
    assert caught.value.status_code == (502 if isinstance(doubt, RawResponse) else None)
    assert REPEATED in str(caught.value)


def test_a_failed_sign_in_does_not_hide_that_it_may_have_been_carried_out() -> None:
    platform = Scripted(LOST, REJECTED, retry=SAME)
    platform.run(platform.session.tokens.sign_in(100))
    platform.sign_ins = [answered(403, {"error": "invalid_grant"})]
    with pytest.raises(SubmissionUncertainError):
        platform.session.require_success(WRITE, call(platform, WRITE))


def test_a_later_success_ends_the_uncertainty() -> None:
    assert call(Scripted(LOST, answered(502), {"request_id": "r1"}, retry=SAME), WRITE).json() == {"request_id": "r1"}
