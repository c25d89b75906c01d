"""What is written to the platform and what its answers mean, as tables."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from typing import Any

import pytest
from pydantic import SecretStr

from okapi_sdk import (
    APIError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    InputError,
    NotFoundError,
    OkapiError,
    PermissionDeniedError,
    RateLimitError,
    RawCalculation,
    RedirectError,
    ResponseFormatError,
    ServerError,
    SubmissionUncertainError,
    TransportError,
    TransportTimeoutError,
    UnprocessableError,
)
from okapi_sdk._engine.bodies import checked_json, control, excerpt, is_json, query_string
from okapi_sdk._engine.effects import Failure
from okapi_sdk._engine.protocol import is_token, platform_request, result_path, retry_after
from okapi_sdk._engine.secrets import scrubbed
from okapi_sdk._engine.status_errors import explains_itself, said, status_error, transport_error, uncertain
from okapi_sdk.results.response import RawResponse
from okapi_sdk.settings.policies import Dialect

TOKEN = SecretStr("the-token")
BOM = b"\xef\xbb\xbf"
NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def answer(content: object = b"", code: int = 200, **headers: str) -> RawResponse:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return RawResponse(code, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


# Requests


@pytest.mark.parametrize(
    ("dialect", "part", "path"),
    [
        ("generic", None, "passes/results/an%20id/summary%3F"),
        ("generic", 0, "passes/results/an%20id/summary%3F/0"),
        ("typed", None, "passes/summary?/results/an%20id"),
        ("typed", 2, "passes/summary?/results/an%20id/2"),
    ],
)
def test_the_path_of_a_result_has_the_format_where_the_dialect_wants_it(
    dialect: Dialect, part: int | None, path: str
) -> None:
    assert result_path("passes", dialect, "an id", "summary?", part) == path


@pytest.mark.parametrize(
    ("dialect", "header", "value"),
    [("generic", "authorization", "Bearer the-token"), ("typed", "access_token", "the-token")],
)
def test_a_request_carries_the_token_in_the_header_of_its_dialect(dialect: Dialect, header: str, value: str) -> None:
    made = platform_request("GET", "https://host/path", token=TOKEN, dialect=dialect)
    assert (made.method, made.url, made.content, made.limit) == ("GET", "https://host/path", None, 64 * 2**20)
    assert made.headers == {"accept": "application/json", header: value}


def test_a_request_with_a_body_says_that_it_is_json_and_headers_of_a_call_go_before() -> None:
    made = platform_request(
        "PUT", "u", token=TOKEN, dialect="typed", content=b"", headers={"accept": "text/csv"}, limit=7
    )
    assert (made.content, made.limit) == (b"", 7)
    assert made.headers == {"accept": "text/csv", "content-type": "application/json", "access_token": "the-token"}


@pytest.mark.parametrize(
    ("params", "query"),
    [
        (None, ""),
        ({}, ""),
        ({"a": 1, "b": 2.5, "c": "x y&z"}, "?a=1&b=2.5&c=x+y%26z"),
        ({"a": True, "b": False}, "?a=true&b=false"),
        ({"a": [1, True, "x"], "b": (2, False), "c": []}, "?a=1%2Ctrue%2Cx&b=2%2Cfalse&c="),
        ({"a": None, "b": 0, "c": ""}, "?b=0&c="),
    ],
)
def test_a_query(params: dict[str, Any] | None, query: str) -> None:
    assert query_string(params) == query


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("params", "field", "shown"),
    [
        ([("a", 1)], "params", "[('a', 1)]"),
        ("a=1", "params", "'a=1'"),
        ({5: object}, "params.5", "<class 'object'>"),
        ({"a": b"x"}, "params.a", "b'x'"),
        ({"a": {1}}, "params.a", "{1}"),
        ({"a": [None]}, "params.a", "None"),
        ({"a": CYCLE}, "params.a", "[" * 20 + "'**********'" + "]" * 20),
        ({"a": "\ud800"}, "params.a", "'\\ud800'"),
        ({"\ud800": 1}, "params", "'\\ud800'"),
        ({"a": math.nan}, "params.a", "nan"),
        ({"a": 1e300}, "params.a", "1e+300"),
        ({"a": 10**400}, "params.a", "1" + "0" * 76 + "..."),
        ({"api_key": b"hidden"}, "params.api_key", "'**********'"),
        ({"a": SecretStr("hidden")}, "params.a", "SecretStr('**********')"),
    ],
)
def test_a_query_that_cannot_be_written(params: Any, field: str, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        query_string(params)
    assert (caught.value.field, caught.value.value) == (field, shown)
    assert str(caught.value) == (
        f"send refused. {field}: a dictionary of texts, finite numbers, booleans, and lists of them (given: {shown}); "
        "write other values as text"
    )


def test_a_body_that_is_refused_shows_no_secret() -> None:
    with pytest.raises(InputError, match="space_track_password") as caught:
        checked_json(OrderedDict(a=math.inf, space_track_password="hunter2"))
    assert "hunter2" not in str(caught.value)
    with pytest.raises(InputError, match=r"body\.password") as caught:
        RawCalculation("x", {"password": b"hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (None, None),
        ({}, b"{}"),
        ([], b"[]"),
        (0, b"0"),
        ({"b": [1, 2.5, None, True], "a": "ü"}, '{"b":[1,2.5,null,true],"a":"ü"}'.encode()),
    ],
)
def test_a_body_is_compact_json_in_utf8(body: object, content: bytes | None) -> None:
    assert checked_json(body) == content


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("body", "kind", "shown"),
    [
        ({"a": {1, 2}}, "TypeError", "{'a': {1, 2}}"),
        ([float("nan")], "ValueError", "[nan]"),
        ([float("inf")], "ValueError", "[inf]"),
        (LOOP, "ValueError", "[" * 20 + "'**********'" + "]" * 20),
        ("\ud800", "UnicodeEncodeError", r"'\ud800'"),
    ],
)
def test_a_body_that_is_no_json_is_refused(body: object, kind: str, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_json(body)
    error = caught.value
    assert (error.field, error.value, error.rule, error.remedy) == ("json", shown, f"finite JSON values ({kind})", "")
    assert str(error) == f"Body refused. json: finite JSON values ({kind}) (given: {shown})"
    assert error.__context__ is None


# Secrets

SECRET = "%abpä\"s's/w&d<>` +"
FORMS = {
    "as it is": SECRET,
    "JSON in ASCII": r"""%abp\u00e4\"s's/w&d<>` +""",
    "JSON in UTF-8": r"""%abpä\"s's/w&d<>` +""",
    "JSON with the slash escaped": r"""%abp\u00e4\"s's\/w&d<>` +""",
    "JSON in UTF-8 with the slash escaped": r"""%abpä\"s's\/w&d<>` +""",
    "JSON for HTML": r"""%abp\u00e4\"s's/w\u0026d\u003c\u003e` +""",
    "JSON in UTF-8 for HTML": r"""%abpä\"s's/w\u0026d\u003c\u003e` +""",
    "JSON for scripts": r"%abp\u00e4\u0022s\u0027s/w\u0026d\u003c\u003e\u0060 \u002b",
    "JSON for scripts in upper case": r"%abp\u00E4\u0022s\u0027s/w\u0026d\u003C\u003E\u0060 \u002B",
    "HTML": "%abpä&quot;s&#x27;s/w&amp;d&lt;&gt;` +",
    "HTML by numbers": "%abpä&#34;s&#39;s/w&amp;d&lt;&gt;` +",
    "URL": "%25abp%C3%A4%22s%27s%2Fw%26d%3C%3E%60%20%2B",
    "URL in lower case": "%25abp%c3%a4%22s%27s%2fw%26d%3c%3e%60%20%2b",
    "form": "%25abp%C3%A4%22s%27s%2Fw%26d%3C%3E%60+%2B",
    "form in lower case": "%25abp%c3%a4%22s%27s%2fw%26d%3c%3e%60+%2b",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_taken_out_in_every_form_that_a_server_may_quote(form: str) -> None:
    told = RawResponse(403, {"www-authenticate": f"<{form}>", "age": "1"}, f"<{form}> <{form}>".encode())
    found = scrubbed(told, SecretStr("another"), SecretStr(SECRET))
    assert found == RawResponse(403, {"www-authenticate": "<***>", "age": "1"}, b"<***> <***>")


@pytest.mark.parametrize("where", ["header", "content"])
@pytest.mark.parametrize("secret", ["plain-0._~Z", "with blank", "Zoë"])
def test_a_secret_in_one_place_leaves_the_other_as_it_was(secret: str, where: str) -> None:
    told = RawResponse(
        400, {"x": secret if where == "header" else "y"}, (secret if where != "header" else "y").encode()
    )
    cleaned = {"header": RawResponse(400, {"x": "***"}, b"y"), "content": RawResponse(400, {"x": "y"}, b"***")}
    assert scrubbed(told, SecretStr(secret), SecretStr("unused")) == cleaned[where]


def test_an_answer_without_secrets_is_the_same_object() -> None:
    told = answer({"a": "b"}, etag="c")
    assert scrubbed(told, TOKEN, SecretStr(SECRET)) is told
    assert scrubbed(told) is told


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("a", True),
        ("!~", True),
        ("a" * 16384, True),
        ("a" * 16385, False),
        ("", False),
        ("a b", False),
        ("a\n", False),
        ("ä", False),
        ("\x7f", False),
    ],
)
def test_a_token_is_visible_ascii_of_bounded_length(text: str, usable: bool) -> None:
    assert is_token(text) is usable


# Reading answers


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"{}", True), (b" 1 ", True), (BOM + b"[]", True), (b"", False), (b"NaN", False), (b"<p>", False)],
)
def test_whether_a_body_is_json(content: bytes, found: bool) -> None:
    assert is_json(answer(content)) is found


@pytest.mark.parametrize("content", [b'{"a": 1, "b": {"a": 2}}', BOM + b'{"a": 1, "b": {"a": 2}}'])
def test_what_decides_is_json_with_each_key_once(content: bytes) -> None:
    assert control(answer(content)) == {"a": 1, "b": {"a": 2}}


@pytest.mark.parametrize(
    "content", [b'{"a": 1, "a": 1}', b'[{"b": {"a": 1, "c": 2, "a": 3}}]', BOM + b'{"a": 1, "a": 2}']
)
def test_a_key_that_stands_twice_where_something_is_decided_is_an_error(content: bytes) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        control(answer(content, 202))
    assert str(caught.value) == "HTTP 202 with a JSON body in which a key stands twice."
    assert (caught.value.reason, caught.value.body, caught.value.__context__) == ("schema", None, None)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0000000000120", 120.0),
        ("999999998", 999999998.0),
        ("999999999", 999999999.0),
        ("1000000000", 999999999.0),
        ("9" * 5000, 999999999.0),
        ("Tue, 14 Nov 2023 22:13:40 GMT", 20.0),
        (" Tue, 14 Nov 2023 22:13:40 GMT ", 20.0),
        ("Tuesday, 14-Nov-23 22:13:40 GMT", 20.0),
        ("Tue, 14 Nov 2023 22:13:20 GMT", 0.0),
        ("Tue, 14 Nov 2023 22:13:19 GMT", 0.0),
        ("Tue, 14 Nov 2023" + " " * 12 + "22:13:40 GMT", 20.0),
        ("Tue, 14 Nov 2023" + " " * 13 + "22:13:40 GMT", None),
        ("Tue, 14 Nov 2023 22:13:40 +0000", None),
        ("Tue, 14 Nov 2023 22:13:40", None),
        ("Tue, 99 Nov 2023 22:13:40 GMT", None),
        ("GMT", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
    ],
)
def test_seconds_that_an_answer_asks_for(asked: str, seconds: float | None) -> None:
    assert retry_after(answer(retry_after=asked), NOW) == seconds


@pytest.mark.parametrize(
    ("date", "seconds"),
    [("Tue, 14 Nov 2023 22:13:30 GMT", 10.0), ("Thu, 01 Jan 1970 00:00:00 GMT", NOW + 20), ("today", 20.0)],
)
def test_a_date_counts_from_that_of_the_answer_where_it_has_one(date: str, seconds: float) -> None:
    assert retry_after(answer(retry_after="Tue, 14 Nov 2023 22:13:40 GMT", date=date), NOW) == seconds


def test_an_answer_that_asks_for_no_pause() -> None:
    assert retry_after(answer(date="Tue, 14 Nov 2023 22:13:20 GMT"), NOW) is None


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b"", None),
        (b'{"a": 1}', {"a": 1}),
        (b"<p>\xff", "<p>�"),
        (b"x" * 5000, "x" * 4096),
        (b'"' + b"x" * 2**20 + b'"', "x" * 2**20),
    ],
)
def test_the_body_of_an_error_is_parsed_or_begun(content: bytes, body: object) -> None:
    assert excerpt(answer(content)) == body


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
def test_what_an_error_body_says(body: object, line: str) -> None:
    assert said(body) == line


# Errors


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        (301, RedirectError, "a redirect, which is not followed so that credentials go nowhere else; check base_url."),
        (400, BadRequestError, "Why."),
        (403, PermissionDeniedError, "Why. The account may not do this; ask the platform's operators."),
        (404, NotFoundError, "Why. Check path and id."),
        (409, ConflictError, "Why."),
        (413, APIError, "Why. Send less in one request."),
        (418, APIError, "Why."),
        (422, UnprocessableError, "Why."),
        (429, RateLimitError, "Why. Pause before the next call."),
        (500, ServerError, "Why."),
        (503, ServerError, "Why."),
    ],
)
def test_an_error_status_has_a_type_a_reason_and_where_there_is_one_a_remedy(
    code: int, kind: type[APIError], told: str
) -> None:
    error = status_error("GET", "satellites", answer({"message": "Why."}, code, retry_after="5"), NOW)
    assert type(error) is kind
    assert str(error) == f"GET satellites was answered with HTTP {code}: {told}"
    assert (error.status_code, error.body, error.retry_after) == (code, {"message": "Why."}, 5.0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(299, APIError), (300, RedirectError), (399, RedirectError), (401, APIError), (499, APIError), (500, ServerError)],
)
def test_the_families_of_statuses_end_where_they_end(code: int, kind: type[APIError]) -> None:
    assert type(status_error("GET", "p", answer(b"", code), NOW)) is kind


def test_an_error_status_that_says_nothing() -> None:
    late = "Tue, 14 Nov 2023 22:13:40 GMT"
    error = status_error("PUT", "tles/1", answer(b"", 503, retry_after=late), NOW)
    assert str(error) == "PUT tles/1 was answered with HTTP 503: no readable message."
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
def test_whether_a_5xx_says_that_the_input_was_read(body: object, does: bool) -> None:
    assert explains_itself(answer(body, 500)) is does


MAYBE = "POST requests left this machine and no usable answer came back: "
ONCE = ". It may or may not have been carried out, and was not sent again. "
AGAIN = ". It may or may not have been carried out, and was sent again with the same key only. "
ANEW = "Submit anew only if running it twice does no harm."


@pytest.mark.parametrize(
    ("outcome", "why", "code", "body"),
    [
        (Failure("timeout", "no answer in 5 s", True), "no answer in 5 s", None, None),
        (Failure("truncated", "it broke off", True, 202), "it broke off", 202, None),
        (answer({"message": "Out of order."}, 502), "HTTP 502 Out of order", 502, {"message": "Out of order."}),
        (answer(b"", 504), "HTTP 504", 504, None),
    ],
)
def test_a_post_that_may_have_been_carried_out(
    outcome: RawResponse | Failure, why: str, code: int | None, body: object
) -> None:
    error = uncertain("POST", "requests", outcome, "key-1")
    assert type(error) is SubmissionUncertainError
    assert str(error) == MAYBE + why + ONCE + ANEW
    assert (error.status_code, error.body, error.idempotency_key) == (code, body, "key-1")
    assert str(uncertain("POST", "requests", outcome, None, again=True)) == MAYBE + why + AGAIN + ANEW


@pytest.mark.parametrize(
    ("failure", "kind", "told"),
    [
        (Failure("closed", "it is closed", False), ConfigurationError, "GET p: it is closed. Make a new one."),
        (
            Failure("timeout", "no answer in 5 s", True),
            TransportTimeoutError,
            "GET p on host: no answer in 5 s. Check the network, or raise timeout=.",
        ),
        (
            Failure("tls", "self-signed certificate", False),
            TransportError,
            "GET p: no trusted TLS connection to host: self-signed certificate. For a company CA set SSL_CERT_FILE or "
            "pass ssl_context=.",
        ),
        (
            Failure("connection", "refused", False),
            TransportError,
            "GET p: no connection to host, or it was lost: refused.",
        ),
        (
            Failure("truncated", "cut short", True),
            TransportError,
            "GET p: no connection to host, or it was lost: cut short.",
        ),
    ],
)
def test_a_call_without_an_answer(failure: Failure, kind: type[OkapiError], told: str) -> None:
    error = transport_error("GET", "p", "host", failure)
    assert (type(error), str(error)) == (kind, told)


@pytest.mark.parametrize("reason", ["too_large", "encoding", "truncated"])
def test_a_body_that_cannot_be_used(reason: Any) -> None:
    error = transport_error("GET", "p", "host", Failure(reason, "the detail", True, 206))
    assert type(error) is ResponseFormatError
    assert str(error) == "GET p: the body of the answer (HTTP 206) cannot be used: the detail."
    assert (error.reason, error.body) == (reason, None)
