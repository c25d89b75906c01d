"""The platform's protocol: addresses, headers, envelopes, and the error that an answer means."""

from __future__ import annotations

import email.utils
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from pydantic import SecretStr

from ..calculations.base import Dialect
from ..errors import (
    APIError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    InputError,
    InputProblem,
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
    is_broken,
)
from ..models.base import one_line, short
from ..models.masking import masked, shown
from ..models.response import RawResponse
from ..models.status import Status
from .effects import Failure, HttpRequest

RESULT_LIMIT = 64 * 2**20
CONTROL_LIMIT = 2**20
TOKEN_LIMIT = 64 * 2**10
EXCERPT = 4096
EXCERPT_LINE = 200

_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}\Z")


def result_path(endpoint: str, dialect: Dialect, id: str, format: str, part: int | None) -> str:
    """Path of a result; the typed dialect has the format before the id."""
    suffix = "" if part is None else f"/{part}"
    if dialect == "typed":
        return f"{endpoint}/{format}/results/{quote(id)}{suffix}"
    return f"{endpoint}/results/{quote(id)}/{quote(format)}{suffix}"


def request(
    method: str,
    url: str,
    *,
    token: SecretStr,
    dialect: Dialect,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limit: int = RESULT_LIMIT,
) -> HttpRequest:
    """A platform call with the dialect's token header."""
    content_type = {} if content is None else {"content-type": "application/json"}
    return HttpRequest(
        method,
        url,
        {"accept": "application/json", **content_type, **_credentials(token, dialect), **(headers or {})},
        content,
        limit,
    )


def _credentials(token: SecretStr, dialect: Dialect) -> dict[str, str]:
    if dialect == "typed":
        return {"access_token": token.get_secret_value()}
    return {"authorization": f"Bearer {token.get_secret_value()}"}


_PLAIN = re.compile(r"[A-Za-z0-9._~-]*\Z")
_PERCENT = re.compile("%..")
_ESCAPE = re.compile(r"\\u....")
# Some JSON writers escape more than they must, so that a body is safe within HTML.
_FOR_HTML = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&"})
_FOR_SCRIPTS = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\"'`+"})


def scrubbed(response: RawResponse, *secrets: SecretStr) -> RawResponse:
    """An answer without the secrets that a server may quote: as they are, or as JSON, HTML and URLs write them."""
    content, headers = response.content, response.headers
    for form in (form for secret in secrets for form in _forms(secret.get_secret_value())):
        content = content.replace(form.encode(), b"***")  # the same object where there is nothing to replace
        if any(form in value for value in headers.values()):
            headers = {name: value.replace(form, "***") for name, value in headers.items()}
    if content is response.content and headers is response.headers:
        return response
    return replace(response, content=content, headers=headers)


def _forms(text: str) -> Iterable[str]:
    if _PLAIN.match(text):
        return (text,)
    in_ascii, in_utf8 = (json.dumps(text, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
    in_html = html.escape(text)
    in_urls = (quote(text, safe=""), quote_plus(text))
    in_scripts = in_ascii.replace(r"\"", '"').translate(_FOR_SCRIPTS)
    return (
        text,
        *(form.replace("/", slash) for form in (in_ascii, in_utf8) for slash in ("/", r"\/")),
        *(form.translate(_FOR_HTML) for form in (in_ascii, in_utf8)),
        in_scripts,
        _ESCAPE.sub(lambda code: r"\u" + code[0][2:].upper(), in_scripts),
        in_html,
        in_html.replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
        *in_urls,
        *(_PERCENT.sub(lambda code: code[0].lower(), form) for form in in_urls),
    )


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


def is_token(text: str) -> bool:
    """Whether a text can stand in a header as a token: visible ASCII without blanks, at most 16 KiB."""
    return _TOKEN.match(text) is not None


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


def retry_after(response: RawResponse, now: float) -> float | None:
    """Seconds that ``Retry-After`` asks for, in either form; None where it is absent or makes no sense.

    A date is taken against the answer's own ``Date``, so that a wrong clock on this side does no harm.
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


def excerpt(response: RawResponse) -> Any:
    """The body of an error: parsed where it is JSON, else its first characters, None where it is empty."""
    try:
        return response.json()
    except ResponseFormatError as error:
        return error.body


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
    if failure.reason in ("too_large", "partial", "encoding") or (
        failure.reason == "truncated" and failure.status_code
    ):
        return ResponseFormatError(
            f"{method} {path}: the body of the answer (HTTP {failure.status_code}) cannot be used: {failure.detail}.",
            reason="truncated" if failure.reason == "partial" else failure.reason,
        )
    if failure.reason == "tls":
        return TransportError(
            f"{method} {path}: no trusted TLS connection to {host}: {failure.detail}. For a company CA set "
            "SSL_CERT_FILE or pass ssl_context=."
        )
    return TransportError(f"{method} {path}: no connection to {host}, or it was lost: {failure.detail}.")
