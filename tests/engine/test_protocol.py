"""Paths, headers, tokens and Retry-After of the protocol, as tables."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from okapi_sdk._engine.protocol import is_token, platform_request, result_path, retry_after
from okapi_sdk.settings.policies import Dialect
from tests.support.scripted import answered

TOKEN = SecretStr("the-token")

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


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
def test_the_pause_that_a_response_requests(asked: str, seconds: float | None) -> None:
    assert retry_after(answered(200, retry_after=asked), NOW) == seconds


@pytest.mark.parametrize(
    ("date", "seconds"),
    [("Tue, 14 Nov 2023 22:13:30 GMT", 10.0), ("Thu, 01 Jan 1970 00:00:00 GMT", NOW + 20), ("today", 20.0)],
)
def test_a_date_counts_from_the_responses_date_if_there_is_one(date: str, seconds: float) -> None:
    assert retry_after(answered(200, retry_after="Tue, 14 Nov 2023 22:13:40 GMT", date=date), NOW) == seconds


def test_a_response_that_requests_no_pause() -> None:
    assert retry_after(answered(200, date="Tue, 14 Nov 2023 22:13:20 GMT"), NOW) is None
