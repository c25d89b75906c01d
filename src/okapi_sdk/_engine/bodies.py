"""JSON bodies and query strings: written for the platform, and read from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ..errors import InputError, InputProblem, ResponseFormatError
from ..redaction import masked, shown
from ..results.response import RawResponse
from ..text import is_broken, short

EXCERPT = 4096


def is_json(response: RawResponse) -> bool:
    """Whether the body is JSON."""
    try:
        response.json()
    except ResponseFormatError:
        return False
    return True


def control(response: RawResponse) -> Any:
    """The JSON of an answer that decides something: a key that stands there twice is refused, since readers differ.

    Raises:
        ResponseFormatError: it is no such JSON.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError
        return found

    body = response.json()
    try:
        json.loads(response.content, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        pass
    else:
        return body
    raise ResponseFormatError(
        f"HTTP {response.status_code} with a JSON body in which a key stands twice.", reason="schema"
    )


def encoded(body: Any) -> bytes:
    """A body as JSON, in one form for every caller."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def checked_json(json_body: Any) -> bytes | None:
    """A user's body as JSON, None for none.

    Raises:
        InputError: it cannot be written as JSON.
    """
    if json_body is None:
        return None
    try:
        return encoded(json_body)
    except (TypeError, ValueError, RecursionError) as error:
        problem = InputProblem("json", short(masked(json_body)), f"finite JSON values ({type(error).__name__})", "")
    raise InputError("Body", (problem,))


def query_string(params: Mapping[str, Any] | None) -> str:
    """A query: lists joined by commas, booleans in lower case, ``None`` left out.

    Raises:
        InputError: anything but texts, finite numbers, booleans, and lists of them.
    """
    if not params:
        return ""
    if not isinstance(params, Mapping):
        raise _unasked("", params)
    return "?" + urlencode(
        {_query_text("", key): _query_value(key, it) for key, it in params.items() if it is not None}
    )


def _query_value(key: Any, value: Any) -> str:
    items = value if isinstance(value, list | tuple) else (value,)
    return ",".join(_query_text(key, item) for item in items)


def _query_text(key: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and not is_broken(value):
        return value
    if isinstance(value, int | float) and abs(value) < 1e300:
        return str(value)
    raise _unasked(key, value)


def _unasked(key: Any, value: Any) -> InputError:
    rule = "a dictionary of texts, finite numbers, booleans, and lists of them"
    field = f"params.{key}" if key else "params"
    return InputError("send", (InputProblem(field, short(shown(key, value)), rule, "write other values as text"),))


def excerpt(response: RawResponse) -> Any:
    """The body of an error: parsed where it is JSON, else its first characters, None where it is empty."""
    try:
        return response.json()
    except ResponseFormatError as error:
        return error.body
