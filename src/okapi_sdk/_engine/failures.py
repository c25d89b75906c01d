"""What an error of an exchange says of its request.

httpx and httpx2 name their errors alike, and those of a mock are subclasses: names decide.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ..results.response import RawResponse
from .effects import Failure
from .response_body import BadBodyError

_UNSENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL"}
# What httpcore lets through of the package under its SOCKS proxies.
_UNSENT |= {"SOCKSError"}


def outcome(error: Any, sent: bool, status_code: int | None) -> RawResponse | Failure:
    """The outcome of an exchange that ended in an error.

    Args:
        error: one of httpx, or of the reader of bodies.
        sent: whether any byte of the request may have been sent, unless the error says that none was.
        status_code: HTTP status, if the response had begun.
    """
    if isinstance(error, BadBodyError):
        return error.failure
    names = {kind.__name__ for kind in type(error).__mro__}
    if "HTTPStatusError" in names:
        return _of_hook(error.response)
    unsent = bool(names & _UNSENT)
    sent = sent and not unsent
    if "TimeoutException" in names:
        return late(sent, status_code)
    if not sent and (refused := _tls_cause(error)):
        return Failure("tls", str(refused)[:200], sent)
    if unsent:
        return Failure("connection", str(error)[:200] or type(error).__name__, sent)
    # Texts of exchange errors can quote header values; the class says enough.
    if status_code is None:
        return Failure("connection", f"the connection was lost ({type(error).__name__})", sent)
    return Failure("truncated", "the answer broke off", sent, status_code)


def late(sent: bool, status_code: int | None) -> Failure:
    """The failure of an exchange whose time has run out."""
    detail = "the time for it ran out" if sent else "the time for a connection ran out"
    return Failure("timeout", detail, sent, status_code)


def _of_hook(response: Any) -> RawResponse:
    # A hook of a lent client raised for this status; whether it has read the body is its business.
    content = b""
    with contextlib.suppress(Exception):
        content = response.content
    return RawResponse(response.status_code, dict(response.headers), content)


def _tls_cause(error: BaseException | None) -> BaseException | None:
    while error is not None and "SSLError" not in {kind.__name__ for kind in type(error).__mro__}:
        error = error.__cause__ or error.__context__
    return error
