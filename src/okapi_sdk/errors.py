"""Every failure that the SDK raises, as one tree. Nothing else leaves it.

::

    OkapiError
    ├─ ConfigurationError            the client cannot work as it was set up
    ├─ InputError (ValueError)       refused before a socket opened: field, value, rule, remedy
    ├─ AuthenticationError           sign-in refused, account blocked, token rejected
    ├─ TransportError                no usable answer; the platform did nothing, or a read can be repeated
    │  └─ TransportTimeoutError (TimeoutError)
    ├─ SubmissionUncertainError      a POST may or may not have arrived; it was not repeated
    ├─ APIError                      the platform answered with an error status
    │  ├─ BadRequestError 400          ├─ NotFoundError 404         ├─ RateLimitError 429
    │  ├─ PermissionDeniedError 403    ├─ ConflictError 409         ├─ RedirectError 3xx
    │  └─ ServerError 5xx              └─ UnprocessableError 422
    ├─ ResponseFormatError           an answer that cannot be read
    └─ CalculationError              about one calculation; its reference is in ``ref``
       ├─ CalculationFailedError       it ended FATAL
       ├─ WaitTimeoutError (TimeoutError)   it still runs: resume it
       └─ ResultExpiredError           it was there and is gone

    OkapiWarning (UserWarning)       the result is usable, read the text

All of them are plain data: they pickle, copy and cross processes, and hold no secret.
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
    """The reference of a submitted calculation: plain data that can be stored, sent and resumed from.

    ``str(ref)`` is one token to paste, such as ``predict-passes/sgp4/f3c1…``; errors and log lines print it. A
    reference pickles and converts to JSON and back. It is defined here because every `OkapiError` can carry one.
    """

    path: str
    """Endpoint below the base URL, such as ``predict-passes/sgp4``."""
    id: str
    """The platform's request ID."""
    calculation: str
    """Name of the class that was submitted, such as ``PredictPasses``; with its module unless it is the SDK's."""
    format: str
    """The platform's name for the format that `Request.result` reads by default."""
    dialect: Literal["generic", "typed"]
    """Dialect of the paths and headers with which the calculation was submitted."""
    base_url: str
    """Root of the API that it was submitted to."""

    def __str__(self) -> str:
        return f"{self.path}/{self.id}"

    def to_json(self) -> str:
        """Return the reference as JSON text, for a file or a queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> RequestRef[Any]:
        """Return the reference that `to_json` wrote.

        Raises:
            InputError: if the text is anything else.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        names = cls.__dataclass_fields__
        if (
            not isinstance(data, dict)
            or data.keys() != names.keys()
            or not all(isinstance(value, str) for value in data.values())
        ):
            rule = f"the JSON text that RequestRef.to_json() wrote, with {', '.join(names)}"
            raise InputError("RequestRef", (InputProblem("", short(text), rule, "store the text unchanged"),))
        return RequestRef(**data)


class OkapiWarning(UserWarning):
    """A calculation ended with status WARNING: its result is usable, the text says what to mind."""


class OkapiError(Exception):
    """Base of every error that the SDK raises."""

    _ref: RequestRef[Any] | None = None

    @property
    def ref(self) -> RequestRef[Any] | None:
        """The calculation that the error is about, where one is known: ``client.resume(error.ref)`` goes on with it."""
        return self._ref

    @property
    def message(self) -> str:
        """What happened and what to do next, in one text."""
        return str(self.args[0]) if self.args else ""

    @property
    def request_id(self) -> str | None:
        """Id of the calculation on the platform, where one is known."""
        return None if self.ref is None else self.ref.id

    def __str__(self) -> str:
        word = None if self.ref is None else str(self.ref)
        if word is None or word in self.message:
            return self.message
        return f"{self.message} [calculation {word}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__.copy())


def attach(error: OkapiError, ref: RequestRef[Any]) -> None:
    """Say which calculation an error is about, unless it says so itself."""
    if error._ref is None:
        error._ref = ref


def _rebuild(kind: type[OkapiError], args: tuple[Any, ...], state: dict[str, Any]) -> OkapiError:
    # The constructors take keywords; unpickling must not call them.
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(OkapiError):
    """The client cannot work as it was set up: credentials, hosts, extras, a closed client."""


class InputProblem(NamedTuple):
    """One thing wrong with an input."""

    field: str
    """Dotted path of the field, such as ``time_window.start``; empty for the whole object."""
    value: str
    """What was given, as a short ``repr``."""
    rule: str
    """What is allowed."""
    remedy: str
    """What to do; may be empty where the rule says it all."""


class InputError(OkapiError, ValueError):
    """An input was refused, before any socket opened.

    ``field``, ``value``, ``rule`` and ``remedy`` are those of the first of ``problems``.
    """

    problems: tuple[InputProblem, ...]
    """Everything that is wrong with the input, in the order of its fields."""

    def __init__(self, subject: str, problems: Sequence[InputProblem]) -> None:
        self.problems = tuple(problems)
        lines = [
            f"{problem.field or subject}: {problem.rule} (given: {problem.value})"
            + (f"; {problem.remedy}" if problem.remedy else "")
            for problem in self.problems
        ]
        super().__init__(f"{subject} refused. " + "\n".join(lines))

    @property
    def field(self) -> str:
        """Dotted path of the first refused field."""
        return self.problems[0].field

    @property
    def value(self) -> str:
        """What was given for it, as a short ``repr``."""
        return self.problems[0].value

    @property
    def rule(self) -> str:
        """What is allowed there."""
        return self.problems[0].rule

    @property
    def remedy(self) -> str:
        """What to do."""
        return self.problems[0].remedy


class AuthenticationError(OkapiError):
    """Sign-in was refused, the account is blocked, or the platform rejects a fresh token.

    A refused password is remembered by the client and never sent again: after ten refusals the platform blocks the
    account. Make a new client to try other credentials.
    """

    reason: str
    """``refused``, ``blocked``, ``mfa_required`` or ``token_rejected``."""
    retry_after: float | None
    """Seconds after which a blocked account may be tried again, where the platform says so."""

    def __init__(self, message: str, *, reason: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after


class TransportError(OkapiError):
    """No usable answer came back, and nothing was started by the attempt."""


class TransportTimeoutError(TransportError, TimeoutError):
    """The time for one HTTP call ran out, in connecting, signing in, sending or reading."""


class SubmissionUncertainError(OkapiError):
    """A POST left this machine and no readable answer came back: it may or may not have been carried out.

    The SDK does not send it again, since that could start the same calculation twice. ``idempotency_key`` names the
    attempt to the platform's operators; see the documentation for what to do.
    """

    status_code: int | None
    """HTTP status, if an answer arrived."""
    body: Any
    """Parsed JSON of that answer, else its first characters, else None."""
    idempotency_key: str | None
    """Value of the ``Idempotency-Key`` header that travelled with it."""

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
    """The platform answered with an error status."""

    status_code: int
    """HTTP status."""
    body: Any
    """Parsed JSON of the answer, else its first characters, else None."""
    retry_after: float | None
    """Seconds to wait that the platform asks for, if it does."""

    def __init__(self, message: str, *, status_code: int, body: Any = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.body = body
        self.retry_after = retry_after


class RedirectError(APIError):
    """3xx: redirects are not followed, so that credentials go nowhere else."""


class BadRequestError(APIError):
    """400: the platform could not read the request."""


class PermissionDeniedError(APIError):
    """403: the account may not do this."""


class NotFoundError(APIError):
    """404: no such path or object, or no result of that id."""


class ConflictError(APIError):
    """409: the request contradicts what is stored."""


class UnprocessableError(APIError):
    """422: the request was read and its content refused."""


class RateLimitError(APIError):
    """429: too many requests; ``retry_after`` says for how long to pause."""


class ServerError(APIError):
    """5xx: the platform failed. A readable status text in it often means bad input."""


class ResponseFormatError(OkapiError):
    """An answer arrived that cannot be read: not JSON, too large, cut short, or of another shape."""

    reason: str
    """What is wrong with it: ``not_json``, ``too_large``, ``truncated``, ``encoding`` or ``schema``."""
    body: Any
    """Parsed JSON of the answer, else its first characters, else None."""

    def __init__(self, message: str, *, reason: str, body: Any = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.body = body


class CalculationError(OkapiError):
    """About one calculation, whose reference is in ``ref``."""

    def __init__(self, message: str, *, ref: RequestRef[Any]) -> None:
        super().__init__(message)
        attach(self, ref)

    @property
    def ref(self) -> RequestRef[Any]:
        """The calculation: ``client.resume(error.ref)`` goes on with it."""
        return cast("RequestRef[Any]", self._ref)


class CalculationFailedError(CalculationError):
    """The calculation ended FATAL; the platform's text is in the message and in ``status_text``."""

    status_text: str
    """The platform's own words."""
    input_problem: bool
    """True where the platform says that the input is at fault."""
    body: Any
    """The whole answer, parsed."""

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
    """The wait ran out while the calculation still runs: resume it by its reference."""


class ResultExpiredError(CalculationError):
    """The calculation was seen alive, and its result is gone."""
