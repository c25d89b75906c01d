"""The errors that responses and failed exchanges mean, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk import (
    APIError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    OkapiError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    ResponseFormatError,
    ServerError,
    SubmissionUncertainError,
    TransportError,
    TransportTimeoutError,
    UnprocessableError,
)
from okapi_sdk._engine.call_errors import error_text, explains_itself, status_error, transport_error, uncertain_error
from okapi_sdk._engine.effects import Failure
from okapi_sdk.results.response import RawResponse
from tests.support.scripted import answered

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def status(kind: str, **more: object) -> dict[str, Any]:
    return {"status": {"type": kind, **more}}


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (None, ""),
        ({}, ""),
        (["text"], ""),
        (7, ""),
        ("", ""),
        ("Bad\r\n  gateway.", "Bad gateway"),
        ("x" * 201, "x" * 200),
        (status("FATAL", text="The orbit\ndecays."), "The orbit decays"),
        (status("FATAL"), "No messages"),
        (status("REMARK") | {"message": "other"}, "No messages"),
        (status("NORMAL") | {"message": "other"}, "other"),
        (status("NORMAL", text="fine") | {"message": "other"}, "fine"),
        ({"message": "Range is 0..360..."}, "Range is 0..360"),
        ({"message": "Unknown axis: X. "}, "Unknown axis: X"),
        ({"message": "..."}, ""),
        ({"title": "t", "error": "e", "detail": "d", "message": "m", "error_description": "x"}, "x"),
        ({"title": "t", "error": "e", "detail": "d", "message": "m"}, "m"),
        ({"title": "t", "error": "e", "detail": "d"}, "d"),
        ({"title": "t", "error": "e"}, "e"),
        ({"title": "t", "error": {"code": 1}}, "t"),
        ({"title": 7}, ""),
        ({"other": "text"}, ""),
    ],
)
def test_the_message_in_an_error_body(body: object, line: str) -> None:
    assert error_text(body) == line


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        (301, RedirectError, "a redirect, which is not followed, to keep credentials on this host; check base_url."),
        (400, BadRequestError, "Why."),
        (403, PermissionDeniedError, "Why. This account lacks permission; ask the platform's operators for it."),
        (404, NotFoundError, "Why. Check the path and the ID."),
        (409, ConflictError, "Why."),
        (413, APIError, "Why. Send less in one request."),
        (418, APIError, "Why."),
        (422, UnprocessableError, "Why."),
        (429, RateLimitError, "Why. Wait before the next call."),
        (500, ServerError, "Why."),
        (503, ServerError, "Why."),
    ],
)
def test_an_error_status_has_a_type_a_reason_and_where_there_is_one_a_remedy(
    code: int, kind: type[APIError], told: str
) -> None:
    error = status_error("GET", "satellites", answered(code, {"message": "Why."}, retry_after="5"), NOW)
    assert type(error) is kind
    assert str(error) == f"GET satellites returned HTTP {code}: {told}"
    assert (error.status_code, error.body, error.retry_after) == (code, {"message": "Why."}, 5.0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(299, APIError), (300, RedirectError), (399, RedirectError), (401, APIError), (499, APIError), (500, ServerError)],
)
def test_the_families_of_statuses_end_where_they_end(code: int, kind: type[APIError]) -> None:
    assert type(status_error("GET", "p", answered(code), NOW)) is kind


def test_an_error_status_that_says_nothing() -> None:
    late = "Tue, 14 Nov 2023 22:13:40 GMT"
    error = status_error("PUT", "tles/1", answered(503, retry_after=late), NOW)
    assert str(error) == "PUT tles/1 returned HTTP 503: no readable message."
    assert (error.body, error.retry_after) == (None, 20.0)


@pytest.mark.parametrize(
    ("body", "does"),
    [
        (status("FATAL", text="The orbit decays."), True),
        (status("FATAL"), False),
        (status("WARNING", text="Mind the gap."), False),
        (status("NONE", input_problem=True), True),
        ({"message": "Why."}, False),
        ([], False),
    ],
)
def test_a_5xx_explains_itself_by_a_fatal_status_or_an_input_problem(body: object, does: bool) -> None:
    assert explains_itself(answered(500, body)) is does


MAYBE = "POST requests was sent, but no usable response arrived: "

ONCE = ". It may or may not have been carried out, and was not sent again. "

AGAIN = ". It may or may not have been carried out, and was sent again only with the same key. "

ANEW = "Submit it again only if running it twice does no harm."


@pytest.mark.parametrize(
    ("outcome", "why", "code", "body"),
    [
        (Failure("timeout", "no answer in 5 s", True), "no answer in 5 s", None, None),
        (Failure("truncated", "it broke off", True, 202), "it broke off", 202, None),
        (answered(502, {"message": "Out of order."}), "HTTP 502 Out of order", 502, {"message": "Out of order."}),
        (answered(504), "HTTP 504", 504, None),
    ],
)
def test_a_post_that_may_have_been_carried_out(
    outcome: RawResponse | Failure, why: str, code: int | None, body: object
) -> None:
    error = uncertain_error("POST", "requests", outcome, "key-1")
    assert type(error) is SubmissionUncertainError
    assert str(error) == MAYBE + why + ONCE + ANEW
    assert (error.status_code, error.body, error.idempotency_key) == (code, body, "key-1")
    assert str(uncertain_error("POST", "requests", outcome, None, repeated=True)) == MAYBE + why + AGAIN + ANEW


@pytest.mark.parametrize(
    ("failure", "kind", "told"),
    [
        (Failure("closed", "it is closed", False), ConfigurationError, "GET p: it is closed. Create a new one."),
        (
            Failure("timeout", "no answer in 5 s", True),
            TransportTimeoutError,
            "GET p on host: no answer in 5 s. Check the network, or increase timeout=.",
        ),
        (
            Failure("tls", "self-signed certificate", False),
            TransportError,
            "GET p: no trusted TLS connection to host: self-signed certificate. For a company CA, set SSL_CERT_FILE or "
            "pass ssl_context=.",
        ),
        (
            Failure("connection", "refused", False),
            TransportError,
            "GET p: could not connect to host, or the connection was lost: refused.",
        ),
        (
            Failure("truncated", "cut short", True),
            TransportError,
            "GET p: could not connect to host, or the connection was lost: cut short.",
        ),
    ],
)
def test_a_call_without_a_response(failure: Failure, kind: type[OkapiError], told: str) -> None:
    error = transport_error("GET", "p", "host", failure)
    assert (type(error), str(error)) == (kind, told)


@pytest.mark.parametrize("reason", ["too_large", "encoding", "truncated"])
def test_a_body_that_cannot_be_used(reason: Any) -> None:
    error = transport_error("GET", "p", "host", Failure(reason, "the detail", True, 206))
    assert type(error) is ResponseFormatError
    assert str(error) == "GET p: the response body (HTTP 206) is unusable: the detail."
    assert (error.reason, error.body) == (reason, None)
