"""The calls that a user of `send` describes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from pydantic import SecretBytes

from okapi_sdk import (
    InputError,
    InputProblem,
)
from okapi_sdk._engine.custom_calls import custom_call
from okapi_sdk._engine.session import Call


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("GET", "a/b", None, None), Call("read", "GET", "a/b")),
        (("get", "/a/b/", None, {"x": [1, 2], "y": None}), Call("read", "GET", "a/b", query="?x=1%2C2")),
        (("Patch", "a.b-c_d", {"x": 1}, None), Call("write", "PATCH", "a.b-c_d", SecretBytes(b'{"x":1}'))),
        (("PUT", "a", [], {}), Call("write", "PUT", "a", SecretBytes(b"[]"))),
        (("DELETE", "X/a", None, None), Call("write", "DELETE", "X/a")),
    ],
)
def test_a_custom_call(given: tuple[str, str, Any, Any], found: Call) -> None:
    assert custom_call(*given) == found


def test_each_custom_post_has_its_own_key() -> None:
    first, second = (custom_call("post", "a", {}, None) for _ in range(2))
    for made in (first, second):
        assert set(made.headers or ()) == {"idempotency-key"}
        assert uuid.UUID((made.headers or {})["idempotency-key"]).version == 4
        assert (made.kind, made.method, made.content) == ("write", "POST", SecretBytes(b"{}"))
    assert first.headers != second.headers


METHOD_RULE = "one of GET, POST, PATCH, PUT, DELETE"

PATH_RULE = "a path below the base URL: letters, digits, '.', '_', '-' and '/'"


@pytest.mark.parametrize(
    ("method", "path", "problem"),
    [
        ("HEAD", "a", InputProblem("method", "'HEAD'", METHOD_RULE, "")),
        ("", "a", InputProblem("method", "''", METHOD_RULE, "")),
        (None, "a", InputProblem("method", "None", METHOD_RULE, "")),
        ("GET", "", InputProblem("path", "''", PATH_RULE, "pass the query as params=")),
        ("GET", "/", InputProblem("path", "'/'", PATH_RULE, "pass the query as params=")),
        ("GET", "a//b", InputProblem("path", "'a//b'", PATH_RULE, "pass the query as params=")),
        ("GET", "a/../b", InputProblem("path", "'a/../b'", PATH_RULE, "pass the query as params=")),
        ("GET", "a?b=c", InputProblem("path", "'a?b=c'", PATH_RULE, "pass the query as params=")),
        ("GET", None, InputProblem("path", "None", PATH_RULE, "pass the query as params=")),
    ],
)
def test_an_invalid_custom_call_is_refused(method: Any, path: Any, problem: InputProblem) -> None:
    with pytest.raises(InputError, match=r"^Invalid argument of send\(\)\. ") as caught:
        custom_call(method, path, None, None)
    assert caught.value.problems == (problem,)
