"""Translation of exchange errors into outcomes.

httpx and httpx2 use the same names for their errors, and the errors of mocks are subclasses. Class names therefore
identify an error.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ..results.response import RawResponse
from .effects import Failure
from .response_body import BadBodyError

_UNSENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL"}
# httpcore does not wrap the errors of socksio, the package behind its SOCKS proxies.
_UNSENT |= {"SOCKSError"}


def outcome(error: Any, sent: bool, status_code: int | None) -> RawResponse | Failure:
    """Return the outcome of an exchange that raised an error.

    Args:
        error: an error from httpx or httpx2, or a `BadBodyError`.
        sent: True if any byte of the request may have been sent. An error that proves the opposite overrides this.
        status_code: HTTP status, if the response had begun.
    """
    if isinstance(error, BadBodyError):
        return error.failure
    names = {kind.__name__ for kind in type(error).__mro__}
    if "HTTPStatusError" in names:
        return _rejected_response(error.response)
    unsent = bool(names & _UNSENT)
    sent = sent and not unsent
    if "TimeoutException" in names:
        return late(sent, status_code)
    if not sent and (tls_error := _tls_cause(error)):
        return Failure("tls", str(tls_error)[:200], sent)
    if unsent:
        return Failure("connection", str(error)[:200] or type(error).__name__, sent)
    # The error's text may quote header values, so name only its class.
    if status_code is None:
        return Failure("connection", f"the connection was lost ({type(error).__name__})", sent)
    return Failure("truncated", "the response was cut short", sent, status_code)


def late(sent: bool, status_code: int | None) -> Failure:
    """Return the failure of an exchange that timed out."""
    detail = "the call timed out" if sent else "the call timed out while connecting"
    return Failure("timeout", detail, sent, status_code)


def _rejected_response(response: Any) -> RawResponse:
    # A hook of a borrowed client raised HTTPStatusError, perhaps before it read the body.
    content = b""
    with contextlib.suppress(Exception):
        content = response.content
    return RawResponse(response.status_code, dict(response.headers), content)


def _tls_cause(error: BaseException | None) -> BaseException | None:
    while error is not None and "SSLError" not in {kind.__name__ for kind in type(error).__mro__}:
        error = error.__cause__ or error.__context__
    return error
