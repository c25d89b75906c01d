"""Paths, headers and limits of the platform's protocol."""

from __future__ import annotations

import email.utils
import re
import uuid
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import SecretStr

from .. import dialect_2019
from ..results.response import RawResponse
from ..settings.policies import Dialect
from .effects import HttpRequest

RESULT_LIMIT = 64 * 2**20
CONTROL_LIMIT = 2**20
TOKEN_LIMIT = 64 * 2**10


def result_path(endpoint: str, dialect: Dialect, id: str, format: str, part: int | None) -> str:
    """Return the path of a result, or of one part of it, below the base URL."""
    suffix = "" if part is None else f"/{part}"
    if dialect == "typed":
        return dialect_2019.result_path(endpoint, id, format, suffix)
    return f"{endpoint}/results/{quote(id)}/{quote(format)}{suffix}"


def platform_request(
    method: str,
    url: str,
    *,
    token: SecretStr,
    dialect: Dialect,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limit: int = RESULT_LIMIT,
) -> HttpRequest:
    """Return the HTTP request of a platform call, with the token in the dialect's header."""
    content_type = {} if content is None else {"content-type": "application/json"}
    return HttpRequest(
        method,
        url,
        {"accept": "application/json", **content_type, **_token_header(token, dialect), **(headers or {})},
        content,
        limit,
    )


def _token_header(token: SecretStr, dialect: Dialect) -> dict[str, str]:
    if dialect == "typed":
        return {dialect_2019.TOKEN_HEADER: token.get_secret_value()}
    return {"authorization": f"Bearer {token.get_secret_value()}"}


def is_token(text: str) -> bool:
    """Return True if the text can be sent as a token: visible ASCII without spaces, at most 16 KiB."""
    return re.fullmatch(r"[\x21-\x7e]{1,16384}", text) is not None


def new_idempotency_key() -> str:
    """Return a fresh ``Idempotency-Key``."""
    return str(uuid.uuid4())


def retry_after(response: RawResponse, now: float) -> float | None:
    """Return the seconds requested by ``Retry-After`` in either format, or None if it is absent or invalid.

    A date is compared with the response's own ``Date``, so a wrong local clock does no harm.
    """
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), 999999999.0)
    until = _http_date(text)
    if until is None:
        return None
    sent = _http_date(response.headers.get("date", ""))
    return max(0.0, until - (now if sent is None else sent))


def _http_date(text: str) -> float | None:
    if not text.endswith("GMT") or len(text) > 40:
        return None
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
