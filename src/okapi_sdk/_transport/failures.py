"""What an error of httpx means for an exchange. Errors from elsewhere are not caught: they are the caller's."""

from __future__ import annotations

import contextlib
import importlib
import ssl
from typing import Any

from .._engine.effects import Failure
from ..models.response import RawResponse
from .body import BadBodyError

# What httpcore lets through of the package under its SOCKS proxies, which is an extra of httpx.
_SOCKS: tuple[type[Exception], ...] = ()
with contextlib.suppress(ImportError):
    _SOCKS = (importlib.import_module("socksio.exceptions").SOCKSError,)


def caught(httpx: Any) -> tuple[type[Exception], ...]:
    """The errors that an exchange can end in."""
    return (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, BadBodyError, *_SOCKS)


def outcome(httpx: Any, error: Exception, answer: Any, sent: bool) -> RawResponse | Failure:
    """What such an error says of the request."""
    if isinstance(error, BadBodyError):
        return error.failure
    if isinstance(error, httpx.HTTPStatusError):
        return _refused(httpx, error)
    unsent = httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol
    is_unsent = isinstance(error, (*unsent, httpx.InvalidURL, *_SOCKS))
    sent = sent and not is_unsent
    if isinstance(error, httpx.TimeoutException):
        return late(answer, sent)
    cause = _tls_cause(error)
    if cause is not None and not sent:
        return Failure("tls", str(cause)[:200], sent)
    if is_unsent:
        return Failure("connection", str(error)[:200] or type(error).__name__, sent)
    # Texts of exchange errors can quote header values; the class says enough.
    if answer is None:
        return Failure("connection", f"the connection was lost ({type(error).__name__})", sent)
    return Failure("truncated", "the answer broke off", sent, answer.status_code)


def late(answer: Any, sent: bool) -> Failure:
    """The failure of an exchange whose time has run out."""
    detail = "the time for it ran out" if sent else "the time for a connection ran out"
    return Failure("timeout", detail, sent, None if answer is None else answer.status_code)


def _refused(httpx: Any, error: Any) -> RawResponse:
    # A hook of a lent client raised it; whether it read the body is its business.
    content = b""
    with contextlib.suppress(httpx.ResponseNotRead):
        content = error.response.content
    return RawResponse(error.response.status_code, dict(error.response.headers), content)


def _tls_cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error
