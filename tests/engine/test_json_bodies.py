"""JSON bodies and query strings: what is written, and what is read from a response."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

import pytest
from pydantic import SecretStr

from okapi_sdk import (
    InputError,
    RawCalculation,
    ResponseFormatError,
)
from okapi_sdk._engine.json_bodies import (
    encode_user_json,
    is_json,
    query_string,
    readable_body,
    required_json,
    unambiguous_json,
)
from okapi_sdk.results.response import RawResponse
from tests.support.scripted import answered

BOM = b"\xef\xbb\xbf"


# Writing


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
        f"Invalid argument of send(). {field}: a dictionary whose values are strings, finite numbers, booleans, or "
        f"lists of these (given: {shown}); convert other values to strings"
    )


def test_a_body_that_is_refused_shows_no_secret() -> None:
    with pytest.raises(InputError, match="space_track_password") as caught:
        encode_user_json(OrderedDict(a=math.inf, space_track_password="hunter2"))
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
    assert encode_user_json(body) == content


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
def test_a_body_that_cannot_be_json_is_refused(body: object, kind: str, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        encode_user_json(body)
    error = caught.value
    assert (error.field, error.value, error.rule, error.remedy) == ("json", shown, f"finite JSON values ({kind})", "")
    assert str(error) == f"Invalid Body. json: finite JSON values ({kind}) (given: {shown})"
    assert error.__context__ is None


# Reading


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"{}", True), (b" 1 ", True), (BOM + b"[]", True), (b"", False), (b"NaN", False), (b"<p>", False)],
)
def test_whether_a_body_is_json(content: bytes, found: bool) -> None:
    assert is_json(answered(200, content)) is found


@pytest.mark.parametrize("content", [b'{"a": 1, "b": {"a": 2}}', BOM + b'{"a": 1, "b": {"a": 2}}'])
def test_json_without_repeated_keys_is_unambiguous(content: bytes) -> None:
    assert unambiguous_json(answered(200, content)) == {"a": 1, "b": {"a": 2}}


@pytest.mark.parametrize(
    "content", [b'{"a": 1, "a": 1}', b'[{"b": {"a": 1, "c": 2, "a": 3}}]', BOM + b'{"a": 1, "a": 2}']
)
def test_a_repeated_key_is_an_error_where_something_depends_on_it(content: bytes) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        unambiguous_json(answered(202, content))
    assert str(caught.value) == "HTTP 202 with a JSON body that repeats a key."
    assert (caught.value.reason, caught.value.body, caught.value.__context__) == ("schema", None, None)


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
def test_the_readable_body_is_json_or_the_beginning_of_other_text(content: bytes, body: object) -> None:
    assert readable_body(answered(200, content)) == body


def test_a_response_with_the_required_status_is_read() -> None:
    assert required_json(answered(200, b' {"a": 1} '), 200) == {"a": 1}


@pytest.mark.parametrize(
    ("answer", "words", "reason", "body"),
    [
        (answered(204), "Expected HTTP 200 with JSON, got HTTP 204 with 0 bytes.", "schema", None),
        (answered(201, {"a": 1}), "Expected HTTP 200 with JSON, got HTTP 201 with 8 bytes.", "schema", {"a": 1}),
        (answered(200, b" "), "Expected HTTP 200 with JSON, got HTTP 200 with 1 bytes.", "not_json", " "),
    ],
)
def test_a_response_with_another_status_or_no_body(answer: RawResponse, words: str, reason: str, body: Any) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        required_json(answer, 200)
    assert (str(caught.value), caught.value.reason, caught.value.body) == (words, reason, body)


def test_a_response_that_is_not_json() -> None:
    with pytest.raises(ResponseFormatError, match="not JSON"):
        required_json(answered(200, b"<html>"), 200)
