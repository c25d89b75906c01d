"""The exception hierarchy of the SDK, which raises no other exceptions.

::

    OkapiError
    ├─ ConfigurationError            the client cannot work as configured
    ├─ InputError (ValueError)       rejected before any network access: field, value, rule, remedy
    ├─ AuthenticationError           sign-in refused, account blocked, token rejected
    ├─ TransportError                no usable response; nothing was started, so the call can be retried
    │  └─ TransportTimeoutError (TimeoutError)
    ├─ SubmissionUncertainError      a POST may or may not have been processed; it was not retried
    ├─ APIError                      the platform returned an error status
    │  ├─ BadRequestError 400          ├─ NotFoundError 404         ├─ RateLimitError 429
    │  ├─ PermissionDeniedError 403    ├─ ConflictError 409         ├─ RedirectError 3xx
    │  └─ ServerError 5xx              └─ UnprocessableError 422
    ├─ ResponseFormatError           a response that cannot be parsed
    └─ CalculationError              a problem with one calculation; its reference is in ``ref``
       ├─ CalculationFailedError       it ended with status FATAL
       ├─ WaitTimeoutError (TimeoutError)   it is still running: resume it
       └─ ResultExpiredError           it existed, but its result is gone

    OkapiWarning (UserWarning)       the result is usable, but read the text

All errors are plain data: they can be pickled, copied and sent between processes, and they contain no secrets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, Literal, NamedTuple, cast

from typing_extensions import TypeVar

from .text import short

__all__ = [
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "CalculationError",
    "CalculationFailedError",
    "ConfigurationError",
    "ConflictError",
    "InputError",
    "InputProblem",
    "NotFoundError",
    "OkapiError",
    "OkapiWarning",
    "PermissionDeniedError",
    "RateLimitError",
    "RedirectError",
    "RequestRef",
    "ResponseFormatError",
    "ResultExpiredError",
    "ServerError",
    "SubmissionUncertainError",
    "TransportError",
    "TransportTimeoutError",
    "UnprocessableError",
    "WaitTimeoutError",
]

R = TypeVar("R", covariant=True, default=Any)


@dataclass(frozen=True)
class RequestRef(Generic[R]):
    """The reference of a submitted calculation: plain data to store, send or resume from.

    ``str(ref)`` is a single token to copy and paste, such as ``predict-passes/sgp4/f3c1…``; errors and log lines
    print it. References can be pickled and converted to JSON and back. The class is defined here because any
    `OkapiError` can carry one.
    """

    path: str
    """Endpoint below the base URL, such as ``predict-passes/sgp4``."""
    id: str
    """The platform's ID for the request."""
    calculation: str
    """Name of the submitted class, such as ``PredictPasses``; includes the module if the class is not in the SDK."""
    format: str
    """The platform's name for the default format of `Request.result`."""
    dialect: Literal["generic", "typed"]
    """Dialect in which the calculation was submitted; it determines paths and headers."""
    base_url: str
    """Root URL of the API to which the calculation was submitted."""

    def __str__(self) -> str:
        return f"{self.path}/{self.id}"

    def to_json(self) -> str:
        """Return the reference as JSON text, for example for a file or a queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> RequestRef[Any]:
        """Return the reference stored in JSON text from `to_json`.

        Raises:
            InputError: if the text was not written by `to_json`.
        """
        try:
            data = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            data = None
        names = cls.__dataclass_fields__
        if (
            not isinstance(data, dict)
            or data.keys() != names.keys()
            or not all(isinstance(value, str) for value in data.values())
        ):
            rule = f"JSON text written by RequestRef.to_json(), with {', '.join(names)}"
            raise InputError("RequestRef", (InputProblem("", short(text), rule, "store the text unchanged"),))
        return RequestRef(**data)


class OkapiWarning(UserWarning):
    """Issued when a calculation ends with status WARNING: the result is usable, but the text describes a caveat."""


class OkapiError(Exception):
    """Base class of all errors that the SDK raises."""

    _ref: RequestRef[Any] | None = None

    @property
    def ref(self) -> RequestRef[Any] | None:
        """The reference of the affected calculation, if known; pass it to ``client.resume`` to continue."""
        return self._ref

    @property
    def message(self) -> str:
        """The complete message: what happened and what to do next."""
        return str(self.args[0]) if self.args else ""

    @property
    def request_id(self) -> str | None:
        """The platform's ID of the calculation, if known."""
        return None if self.ref is None else self.ref.id

    def __str__(self) -> str:
        reference = None if self.ref is None else str(self.ref)
        if reference is None or reference in self.message:
            return self.message
        return f"{self.message} [calculation {reference}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__.copy())


def attach(error: OkapiError, ref: RequestRef[Any]) -> None:
    """Attach the reference of a calculation to an error that does not carry one yet."""
    if error._ref is None:
        error._ref = ref


def _rebuild(kind: type[OkapiError], args: tuple[Any, ...], state: dict[str, Any]) -> OkapiError:
    # Unpickling must bypass the constructors: they take keyword arguments.
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(OkapiError):
    """The client cannot work as configured: credentials, hosts, missing extras, or a client that is already closed."""


class InputProblem(NamedTuple):
    """A single problem with an input."""

    field: str
    """Dotted path of the field, such as ``time_window.start``; empty for the whole object."""
    value: str
    """The rejected value, as a short ``repr``."""
    rule: str
    """The allowed values."""
    remedy: str
    """How to fix the problem; may be empty if the rule is self-explanatory."""


class InputError(OkapiError, ValueError):
    """An input was rejected before any network access.

    ``field``, ``value``, ``rule`` and ``remedy`` describe the first of the ``problems``.
    """

    problems: tuple[InputProblem, ...]
    """All problems found in the input, in field order."""

    def __init__(self, subject: str, problems: Sequence[InputProblem]) -> None:
        self.problems = tuple(problems)
        lines = [
            f"{problem.field or subject}: {problem.rule} (given: {problem.value})"
            + (f"; {problem.remedy}" if problem.remedy else "")
            for problem in self.problems
        ]
        headline = f"Invalid {subject}." if subject[:1].isupper() else f"Invalid argument of {subject}()."
        super().__init__(f"{headline} " + "\n".join(lines))

    @property
    def field(self) -> str:
        """Dotted path of the first rejected field."""
        return self.problems[0].field

    @property
    def value(self) -> str:
        """The value of the first rejected field, as a short ``repr``."""
        return self.problems[0].value

    @property
    def rule(self) -> str:
        """The allowed values of the first rejected field."""
        return self.problems[0].rule

    @property
    def remedy(self) -> str:
        """How to fix the first problem; may be empty."""
        return self.problems[0].remedy


class AuthenticationError(OkapiError):
    """Sign-in was refused, the account is blocked, or the platform rejected a new token.

    The client remembers a refused password and never sends it again, because the platform blocks an account after ten
    failed sign-ins. Create a new client to try other credentials.
    """

    reason: str
    """``refused``, ``blocked``, ``mfa_required`` or ``token_rejected``."""
    retry_after: float | None
    """Seconds until a blocked account can sign in again, if the platform specifies a delay."""

    def __init__(self, message: str, *, reason: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after


class TransportError(OkapiError):
    """No usable response was received, and the attempt started nothing on the platform."""


class TransportTimeoutError(TransportError, TimeoutError):
    """An HTTP call timed out while connecting, signing in, sending or reading."""


class SubmissionUncertainError(OkapiError):
    """A POST was sent but no readable response was received, so it may or may not have been processed.

    The SDK does not send it again, because that could start the same calculation twice. ``idempotency_key`` identifies
    the attempt to the platform's operators; the documentation explains what to do next.
    """

    status_code: int | None
    """HTTP status code, if a response arrived."""
    body: Any
    """The parsed JSON of that response; the first characters if it is not JSON; None if there is no body."""
    idempotency_key: str | None
    """The ``Idempotency-Key`` header of the request."""

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        body: Any = None,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.body = body
        self.idempotency_key = idempotency_key


class APIError(OkapiError):
    """The platform returned an HTTP error status."""

    status_code: int
    """HTTP status code."""
    body: Any
    """The parsed JSON of the response; the first characters if it is not JSON; None if there is no body."""
    retry_after: float | None
    """Seconds to wait before the next attempt, if the platform specifies a delay."""

    def __init__(self, message: str, *, status_code: int, body: Any = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.body = body
        self.retry_after = retry_after


class RedirectError(APIError):
    """3xx: the platform redirected the call. Redirects are not followed, to keep credentials on the configured host."""


class BadRequestError(APIError):
    """400: the platform could not parse the request."""


class PermissionDeniedError(APIError):
    """403: the account lacks permission for this call."""


class NotFoundError(APIError):
    """404: the path, object or result does not exist."""


class ConflictError(APIError):
    """409: the request conflicts with stored data."""


class UnprocessableError(APIError):
    """422: the platform parsed the request but rejected its content."""


class RateLimitError(APIError):
    """429: too many requests; ``retry_after`` gives the requested pause."""


class ServerError(APIError):
    """5xx: the platform failed. If the response has a readable status text, bad input is often the cause."""


class ResponseFormatError(OkapiError):
    """A response cannot be parsed: it is not JSON, too large, truncated, or has an unexpected structure."""

    reason: str
    """The problem: ``not_json``, ``too_large``, ``truncated``, ``encoding`` or ``schema``."""
    body: Any
    """The parsed JSON of the response; the first characters if it is not JSON; None if there is no body."""

    def __init__(self, message: str, *, reason: str, body: Any = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.body = body


class CalculationError(OkapiError):
    """Base class of errors about one calculation; its reference is in ``ref``."""

    def __init__(self, message: str, *, ref: RequestRef[Any]) -> None:
        super().__init__(message)
        attach(self, ref)

    @property
    def ref(self) -> RequestRef[Any]:
        """The reference of the calculation; pass it to ``client.resume`` to continue."""
        return cast("RequestRef[Any]", self._ref)


class CalculationFailedError(CalculationError):
    """The calculation ended with status FATAL; the message and ``status_text`` contain the platform's explanation."""

    status_text: str
    """The platform's explanation, verbatim."""
    input_problem: bool
    """True if the platform attributes the failure to the input."""
    body: Any
    """The complete response, parsed."""

    def __init__(
        self,
        message: str,
        *,
        ref: RequestRef[Any],
        status_text: str = "",
        input_problem: bool = False,
        body: Any = None,
    ) -> None:
        super().__init__(message, ref=ref)
        self.status_text = status_text
        self.input_problem = input_problem
        self.body = body


class WaitTimeoutError(CalculationError, TimeoutError):
    """The wait timed out while the calculation was still running; resume it by its reference."""


class ResultExpiredError(CalculationError):
    """The calculation existed on the platform, but its result is no longer available."""
