"""The error that a response or a failed exchange means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import (
    APIError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    OkapiError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    ResponseFormatError,
    ServerError,
    SubmissionUncertainError,
    TransportError,
    TransportTimeoutError,
    UnprocessableError,
)
from ..results.response import RawResponse
from ..results.status import Status
from ..text import one_line
from .bodies import excerpt
from .effects import Failure
from .protocol import retry_after

EXCERPT_LINE = 200


def said(body: Any) -> str:
    """What an error body says: its message, or the beginning of a text; empty where it says nothing.

    One line, without a full stop at its end, so that it can stand within a sentence.
    """
    return _message(body).rstrip(". ")


def _message(body: Any) -> str:
    status = Status.of(body)
    if status.rank >= 200 or status.text != "No messages":
        return status.line
    if isinstance(body, Mapping):
        for key in ("error_description", "message", "detail", "error", "title"):
            if isinstance(body.get(key), str):
                return one_line(body[key])
    return one_line(body[:EXCERPT_LINE]) if isinstance(body, str) else ""


_FAMILIES: Mapping[int, type[APIError]] = {
    400: BadRequestError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
    429: RateLimitError,
}
_ADVICE: Mapping[int, str] = {
    403: "The account may not do this; ask the platform's operators.",
    404: "Check path and id.",
    413: "Send less in one request.",
    429: "Pause before the next call.",
}


def status_error(method: str, path: str, response: RawResponse, now: float) -> APIError:
    """The error that an answer's status means."""
    code = response.status_code
    body = excerpt(response)
    if 300 <= code < 400:
        kind: type[APIError] = RedirectError
        text = "a redirect, which is not followed so that credentials go nowhere else; check base_url"
    else:
        kind = _FAMILIES.get(code, ServerError if code >= 500 else APIError)
        text = said(body) or "no readable message"
    advice = _ADVICE.get(code, "")
    message = f"{method} {path} was answered with HTTP {code}: {text}. {advice}".rstrip()
    return kind(message, status_code=code, body=body, retry_after=retry_after(response, now))


def explains_itself(response: RawResponse) -> bool:
    """Whether a 5xx carries a FATAL status with a text, or calls the input wrong: it was read, and nothing started."""
    status = Status.of(excerpt(response))
    return status.input_problem or (status.failed and status.text != "No messages")


def uncertain(
    method: str, path: str, outcome: RawResponse | Failure, key: str | None, *, again: bool = False
) -> SubmissionUncertainError:
    """The error of a POST that may have been carried out; ``again``: it was sent several times, under one key."""
    if isinstance(outcome, Failure):
        why, code, body = outcome.detail, outcome.status_code, None
    else:
        code, body = outcome.status_code, excerpt(outcome)
        why = f"HTTP {code} {said(body)}".rstrip()
    return SubmissionUncertainError(
        f"{method} {path} left this machine and no usable answer came back: {why}. It may or may not have been carried "
        f"out, and was {'sent again with the same key only' if again else 'not sent again'}. Submit anew only if "
        "running it twice does no harm.",
        status_code=code,
        body=body,
        idempotency_key=key,
    )


def transport_error(method: str, path: str, host: str, failure: Failure) -> OkapiError:
    """The error of a call that brought no usable answer."""
    if failure.reason == "closed":
        return ConfigurationError(f"{method} {path}: {failure.detail}. Make a new one.")
    if failure.reason == "timeout":
        return TransportTimeoutError(
            f"{method} {path} on {host}: {failure.detail}. Check the network, or raise timeout=."
        )
    if failure.reason in ("too_large", "encoding") or (failure.reason == "truncated" and failure.status_code):
        return ResponseFormatError(
            f"{method} {path}: the body of the answer (HTTP {failure.status_code}) cannot be used: {failure.detail}.",
            reason=failure.reason,
        )
    if failure.reason == "tls":
        return TransportError(
            f"{method} {path}: no trusted TLS connection to {host}: {failure.detail}. For a company CA set "
            "SSL_CERT_FILE or pass ssl_context=."
        )
    return TransportError(f"{method} {path}: no connection to {host}, or it was lost: {failure.detail}.")
