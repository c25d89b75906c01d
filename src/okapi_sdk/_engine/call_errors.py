"""Conversion of error responses and failed exchanges to exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import (
    APIError,
    BadRequestError,
    CalculationFailedError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    OkapiError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    RequestRef,
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
from .effects import Failure
from .json_bodies import readable_body
from .problem_lists import problem_texts
from .protocol import retry_after

LONGEST_QUOTE = 200


def error_text(body: Any) -> str:
    """Return the message in an error body, or the beginning of a text body, or an empty string if there is neither.

    A list of problems follows the message. The text is one line without a final full stop, so it fits into a sentence.
    """
    message = _message(body).rstrip(". ")
    problems = [problem for problem in problem_texts(body) if problem not in message]
    return ": ".join(filter(None, (message, "; ".join(problems))))


def _message(body: Any) -> str:
    status = Status.of(body)
    if status.rank >= 200 or status.text != "No messages":
        return status.line
    if isinstance(body, Mapping):
        for key in ("error_description", "message", "detail", "error", "title"):
            if isinstance(body.get(key), str):
                return one_line(body[key])
    return one_line(body[:LONGEST_QUOTE]) if isinstance(body, str) else ""


_FAMILIES: Mapping[int, type[APIError]] = {
    400: BadRequestError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
    429: RateLimitError,
}
_ADVICE: Mapping[int, str] = {
    403: "This account lacks permission; ask the platform's operators for it.",
    404: "Check the path and the ID.",
    413: "Send less in one request.",
    429: "Wait before the next call.",
}


def status_error(method: str, path: str, response: RawResponse, now: float) -> APIError:
    """Return the error for a response with an error status."""
    code = response.status_code
    body = readable_body(response)
    if 300 <= code < 400:
        kind: type[APIError] = RedirectError
        text = "a redirect, which is not followed, to keep credentials on this host; check base_url"
    else:
        kind = _FAMILIES.get(code, ServerError if code >= 500 else APIError)
        text = error_text(body) or "no readable message"
    advice = _ADVICE.get(code, "")
    message = f"{method} {path} returned HTTP {code}: {text}. {advice}".rstrip()
    return kind(message, status_code=code, body=body, retry_after=retry_after(response, now))


def explains_itself(response: RawResponse) -> bool:
    """Return True if a 5xx blames the input, or has a FATAL status with a message.

    The platform then processed the request and started nothing.
    """
    status = Status.of(readable_body(response))
    return status.input_problem or (status.failed and status.text != "No messages")


def uncertain_error(
    method: str, path: str, outcome: RawResponse | Failure, key: str | None, *, repeated: bool = False
) -> SubmissionUncertainError:
    """Return the error for a write that the platform may have processed.

    Args:
        method: HTTP method.
        path: path below the base URL.
        outcome: the response, or the failed exchange.
        key: the ``Idempotency-Key`` of the write, if any.
        repeated: True if the write was sent several times with that key.
    """
    if isinstance(outcome, Failure):
        why, code, body = outcome.detail, outcome.status_code, None
    else:
        code, body = outcome.status_code, readable_body(outcome)
        why = f"HTTP {code} {error_text(body)}".rstrip()
    return SubmissionUncertainError(
        f"{method} {path} was sent, but no usable response arrived: {why}. It may or may not have been carried out, "
        f"and was {'sent again only with the same key' if repeated else 'not sent again'}. Submit it again only if "
        "running it twice does no harm.",
        status_code=code,
        body=body,
        idempotency_key=key,
    )


def transport_error(method: str, path: str, host: str, failure: Failure) -> OkapiError:
    """Return the error for a call without a usable response."""
    if failure.reason == "closed":
        return ConfigurationError(f"{method} {path}: {failure.detail}. Create a new one.")
    if failure.reason == "timeout":
        return TransportTimeoutError(
            f"{method} {path} on {host}: {failure.detail}. Check the network, or increase timeout=."
        )
    if failure.reason in ("too_large", "partial", "encoding") or (
        failure.reason == "truncated" and failure.status_code
    ):
        return ResponseFormatError(
            f"{method} {path}: the response body (HTTP {failure.status_code}) is unusable: {failure.detail}.",
            reason="truncated" if failure.reason == "partial" else failure.reason,
        )
    if failure.reason == "tls":
        return TransportError(
            f"{method} {path}: no trusted TLS connection to {host}: {failure.detail}. For a company CA, set "
            "SSL_CERT_FILE or pass ssl_context=."
        )
    return TransportError(
        f"{method} {path}: could not connect to {host}, or the connection was lost: {failure.detail}."
    )


def calculation_failed_error(ref: RequestRef[Any], status: Status, body: Any) -> CalculationFailedError:
    """Return the error for a calculation that ended with status FATAL."""
    advice = " The platform says the input is at fault." if status.input_problem else ""
    return CalculationFailedError(
        f"{ref} ended with status FATAL: {error_text(body) or status.line}.{advice}",
        ref=ref,
        status_text=status.text,
        input_problem=status.input_problem,
        body=body,
    )
