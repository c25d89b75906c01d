"""Extra headers that a caller adds to the SDK's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import SecretStr

from ..errors import InputError, InputProblem
from ..text import short

_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}\Z"  # a token of RFC 9110
_VALUE = r"[\x21-\x7e](?:[\x20-\x7e\t]{0,8000}[\x21-\x7e])?\Z"
_RESERVED = frozenset(
    (
        "accept-encoding", "access-token", "authorization", "connection", "content-encoding", "content-length",
        "content-type", "expect", "host", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding",
        "upgrade",
    )
)  # fmt: skip
"""Headers of the connection, the body and the token, which the SDK sets."""


def checked_headers(subject: str, headers: Mapping[str, str] | None, *reserved: str) -> Mapping[str, SecretStr]:
    """Return extra headers by lower-case name. Their values may be secret, such as a gateway's key.

    Raises:
        InputError: if a name or value is not valid in HTTP, or the SDK sets that header.
    """
    if headers is None:
        return {}
    if not isinstance(headers, Mapping):
        rule = InputProblem("headers", short(headers), "a mapping of names to values", 'for example {"x-api-key": key}')
        raise InputError(subject, (rule,))
    return {str(name).lower(): _checked(subject, name, headers[name], reserved) for name in headers}


def _checked(subject: str, name: object, value: object, reserved: tuple[str, ...]) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(name, str) or not re.match(_NAME, name):
        problem = InputProblem("headers", short(name), "the name of an HTTP header", "use letters, digits and hyphens")
    elif name.lower() in _RESERVED or name.lower() in reserved:
        problem = InputProblem(f"headers.{name}", "***", "a header that the SDK does not set", "remove it")
    elif not isinstance(text, str) or not re.match(_VALUE, text):
        rule = "1 to 8,000 characters of ASCII, without line breaks or spaces at either end"
        problem = InputProblem(f"headers.{name}", "***", rule, "check for a trailing line break")
    else:
        return SecretStr(text)
    raise InputError(subject, (problem,))
