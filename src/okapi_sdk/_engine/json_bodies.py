"""Encoding of JSON bodies and query strings, and decoding of responses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from ..errors import InputError, InputProblem, ResponseFormatError
from ..redaction import masked, shown
from ..results.response import RawResponse
from ..scalars import python_scalar
from ..text import is_broken, short


def is_json(response: RawResponse) -> bool:
    """Return True if the body is JSON."""
    try:
        response.json()
    except ResponseFormatError:
        return False
    return True


def unambiguous_json(response: RawResponse) -> Any:
    """Return the JSON of a response on which a decision depends.

    Repeated keys are rejected, because parsers differ in which value they keep.

    Raises:
        ResponseFormatError: if the body is not JSON, or an object repeats a key.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            raise ValueError
        return fields

    body = response.json()
    try:
        json.loads(response.content, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        pass
    else:
        return body
    raise ResponseFormatError(f"HTTP {response.status_code} with a JSON body that repeats a key.", reason="schema")


def required_json(response: RawResponse, status_code: int) -> Any:
    """Return the JSON of a response that must have this status.

    Raises:
        ResponseFormatError: if the status differs, or the body is not JSON.
    """
    if response.status_code != status_code or not response.content or response.content.isspace():
        raise ResponseFormatError(
            f"Expected HTTP {status_code} with JSON, got HTTP {response.status_code} with {len(response.content)} "
            "bytes.",
            reason="not_json" if response.status_code == status_code else "schema",
            body=readable_body(response),
        )
    return response.json()


def readable_body(response: RawResponse) -> Any:
    """Return the parsed JSON, or the beginning of any other body, or None if it is empty."""
    try:
        return response.json()
    except ResponseFormatError as error:
        return error.body


def encode_json(body: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """Return compact JSON in UTF-8, the same for sync and async clients. ``default`` converts other types."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=default).encode()


def _json_scalar(value: Any) -> Any:
    scalar = python_scalar(value)
    if scalar is value:
        raise TypeError(type(value).__name__)
    return scalar


def encode_user_json(json_body: Any) -> bytes | None:
    """Return a user's body as JSON, or None if there is no body.

    Raises:
        InputError: if the body cannot be written as JSON.
    """
    if json_body is None:
        return None
    try:
        return encode_json(json_body, default=_json_scalar)
    except (TypeError, ValueError, RecursionError) as error:
        problem = InputProblem("json", short(masked(json_body)), f"finite JSON values ({type(error).__name__})", "")
    raise InputError("Body", (problem,))


def query_string(params: Mapping[str, Any] | None) -> str:
    """Return a query string: lists joined with commas, booleans in lower case, ``None`` omitted.

    Raises:
        InputError: if a value is not a string, finite number or boolean, or a list of these.
    """
    if not params:
        return ""
    if not isinstance(params, Mapping):
        raise _query_error("", params)
    return "?" + urlencode(
        {_query_text("", key): _query_value(key, value) for key, value in params.items() if value is not None}
    )


def _query_value(key: Any, value: Any) -> str:
    items = value if isinstance(value, list | tuple) else (value,)
    return ",".join(_query_text(key, item) for item in items)


def _query_text(key: Any, value: Any) -> str:
    value = python_scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and not is_broken(value):
        return value
    if isinstance(value, int | float) and abs(value) < 1e300:
        return str(value)
    raise _query_error(key, value)


def _query_error(key: Any, value: Any) -> InputError:
    rule = "a dictionary whose values are strings, finite numbers, booleans, or lists of these"
    field = f"params.{key}" if key else "params"
    return InputError("send", (InputProblem(field, short(shown(key, value)), rule, "convert other values to strings"),))
