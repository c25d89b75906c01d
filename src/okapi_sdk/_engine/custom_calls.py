"""Calls to any path of the platform, for `OkapiClient.send`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import SecretBytes

from ..errors import InputError, InputProblem
from ..models.types import is_path_step
from ..settings.headers import checked_headers
from ..text import short
from .json_bodies import encode_user_json, query_string
from .protocol import new_idempotency_key
from .retrying import CallKind
from .session import Call

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def custom_call(
    method: str, path: str, json: Any, params: Mapping[str, Any] | None, headers: Mapping[str, str] | None = None
) -> Call:
    """Return the call that a user describes.

    Raises:
        InputError: if the method is unknown, the path leaves the base URL, or the body is not JSON.
    """
    name = method.upper() if isinstance(method, str) else ""
    if name not in METHODS:
        raise InputError("send", (InputProblem("method", short(method), f"one of {', '.join(METHODS)}", ""),))
    trimmed = path.strip("/") if isinstance(path, str) else ""
    if not trimmed or not all(is_path_step(step) for step in trimmed.split("/")):
        rule = "a path below the base URL: letters, digits, '.', '_', '-' and '/'"
        raise InputError("send", (InputProblem("path", short(path), rule, "pass the query as params="),))
    extra = checked_headers("send", headers)
    fields = {"idempotency-key": new_idempotency_key()} if name == "POST" else {}
    fields |= {header: value.get_secret_value() for header, value in extra.items()}
    kind: CallKind = "read" if name == "GET" else "write"
    content = encode_user_json(json)
    body, query = None if content is None else SecretBytes(content), query_string(params)
    return Call(kind, name, trimmed, body, fields or None, query, secrets=tuple(extra.values()))
