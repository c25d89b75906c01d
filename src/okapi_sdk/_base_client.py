"""What both clients do without any I/O: set up, start an emulator, resume, copy, close."""

from __future__ import annotations

import logging
import ssl
import warnings
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict, TypeVar

from . import calculations
from ._engine.flows import Session
from ._engine.job import Job
from .calculations.base import Calculation, Dialect
from .errors import ConfigurationError, InputError, InputProblem
from .models.base import checked_id, is_path_step, short
from .objects.base import Stored, unfit
from .reference import RequestRef, split_word
from .settings import Clock, Credentials, Environment, Options, PollPolicy, RetryPolicy

if TYPE_CHECKING:
    from .emulator import Emulator

R = TypeVar("R")
N = TypeVar("N")
log = logging.getLogger("okapi_sdk")


class BaseClient:
    """What both clients do without any I/O."""

    _session: Session
    _closed: bool = True  # until it has connections to close
    _emulator: Emulator | None = None
    _owner: BaseClient | None = None

    def _set_up(
        self,
        environment: Environment,
        credentials: Credentials,
        options: Options,
        max_connections: int,
        ssl_context: ssl.SSLContext | None,
        clock: Clock,
    ) -> None:
        if (
            isinstance(max_connections, bool)
            or not isinstance(max_connections, int)
            or not 1 <= max_connections <= 1000
        ):
            rule = InputProblem("max_connections", short(max_connections), "a whole number from 1 to 1000", "")
            raise InputError("OkapiClient", (rule,))
        if ssl_context is not None and not _verifies(ssl_context):
            raise ConfigurationError(
                "ssl_context must be an ssl.SSLContext that verifies certificates; make it with "
                "ssl.create_default_context()."
            )
        if not all(callable(getattr(clock, name, None)) for name in ("monotonic", "wall", "sleep", "sleep_async")):
            problem = InputProblem("clock", short(clock), "a Clock", "leave it out, or pass an InstantClock in tests")
            raise InputError("OkapiClient", (problem,))
        self._session = Session.of(environment, credentials, clock, options)

    def _open(self) -> None:
        if self._closed or (self._owner is not None and self._owner._closed):
            raise ConfigurationError("This client is closed. Make a new one.")

    def _job(self, ref: RequestRef[R] | str, calculation: type[Calculation[R]] | None) -> Job[R]:
        self._open()
        if isinstance(ref, RequestRef) and not all(isinstance(text, str) for text in vars(ref).values()):
            problem = InputProblem(
                "", short(ref), "a reference whose fields are texts", "RequestRef.from_json reads one"
            )
            raise InputError("resume", (problem,))
        if isinstance(ref, RequestRef) and calculation is None:
            return self._resumed(ref)
        endpoint, id = (ref.path, ref.id) if isinstance(ref, RequestRef) else split_word(ref)
        if not (isinstance(calculation, type) and issubclass(calculation, Calculation)):
            problem = InputProblem(
                "calculation", short(calculation), "the class that was submitted", "resume(word, PredictPasses)"
            )
            raise InputError("resume", (problem,))
        if not calculation.fits(endpoint):
            problem = InputProblem("calculation", calculation.__name__, f"the class whose endpoint is {endpoint}", "")
            raise InputError("resume", (problem,))
        if isinstance(ref, RequestRef):
            return self._resumed(ref)
        session = self._session
        format = next(iter(calculation.formats(endpoint).values()))
        return self._resumed(
            RequestRef(
                endpoint, id, calculation.__name__, format, session.options.dialect, session.environment.base_url
            )
        )

    def _resumed(self, ref: RequestRef[R]) -> Job[R]:
        checked_id("id", ref.id)
        if not all(is_path_step(step) for step in (*ref.path.split("/"), ref.format)):
            raise InputError(
                "resume", (InputProblem("path", short(ref.path), "an endpoint such as predict-passes/sgp4", ""),)
            )
        if ref.base_url != self._session.environment.base_url:
            raise ConfigurationError(
                f"{ref} was submitted to {ref.base_url}, and this client calls {self._session.environment.base_url}."
            )
        return Job(self._session.with_options(dialect=ref.dialect), ref)

    def _fitting(self, verb: str, noun: N, kind: type[N]) -> N:
        self._open()
        if isinstance(noun, kind):
            return noun
        raise InputError(verb, (unfit(verb, noun, kind),))

    def _stored(self, verb: str, model: type[Any], kind: type[Any]) -> type[Stored]:
        self._open()
        if isinstance(model, type) and issubclass(model, kind) and issubclass(model, Stored):
            return model
        raise InputError(verb, (unfit(verb, model, kind),))

    def _copy(self, **changes: Any) -> Self:
        self._open()
        session = self._session.with_options(**changes)
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__, _session=session, _owner=self._owner or self, _emulator=None)
        return copied

    def _shut(self) -> bool:
        # A copy shares the pool; only the client it was made from closes it.
        first = not self._closed and self._owner is None
        self._closed = True
        return first

    def __repr__(self) -> str:
        session = getattr(self, "_session", None)  # the frames of a refused constructor show it half made
        where = "not set up" if session is None else session.environment.base_url
        return f"<{type(self).__name__} {where}{', closed' if self._closed and session else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("clients do not pickle or copy; pass request.ref on and make a client where it is used")

    def __del__(self) -> None:
        if not self._closed and self._owner is None:
            warnings.warn(
                f"{self!r} was not closed; use it in a with block", ResourceWarning, stacklevel=2, source=self
            )


class ClientOptions(TypedDict, total=False):
    """What `OkapiClient.emulated` takes beside the emulator; as in the constructor."""

    dialect: Dialect
    timeout: float
    retry: RetryPolicy
    polling: PollPolicy
    max_connections: int
    clock: Clock


def _verifies(context: object) -> bool:
    return isinstance(context, ssl.SSLContext) and context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname


def leave_note(cut: BaseException, endpoint: str, key: str) -> None:
    """Say on an interrupt of a submit (Ctrl-C, a cancelled task, SIGTERM) how to find what became of it."""
    if getattr(cut, "__notes__", ()):
        return  # the note of an interrupted wait, which has the reference
    note = f"Interrupted while submitting to {endpoint}: it may or may not have arrived (Idempotency-Key {key})"
    cut.add_note(note)
    log.warning("%s", note)


def started(emulator: Emulator | None) -> Emulator:
    if emulator is not None:
        if isinstance(getattr(emulator, "token_url", None), str):
            return emulator
        remedy = "for one of another process: OkapiClient(username, password, base_url=..., token_url=...)"
        raise InputError("emulated", (InputProblem("emulator", short(emulator), "a started Emulator", remedy),))
    try:
        from .emulator import Emulator
    except ImportError as error:
        missing = error.name
    else:
        return Emulator().start()
    raise ConfigurationError(f'The emulator needs its extra ({missing} is missing): pip install "okapi-sdk[emulator]"')


class EmulatedOptions(ClientOptions, total=False):
    username: str
    password: str
    base_url: str
    token_url: str


def at(emulator: Emulator, options: ClientOptions) -> EmulatedOptions:
    return {
        "username": emulator.username,
        "password": emulator.password,
        "base_url": emulator.base_url,
        "token_url": emulator.token_url,
        "clock": emulator.clock,
        "retry": RetryPolicy(submit="same-key"),  # the emulator is known to honour the key
        **options,
    }


def checked(calculation: object) -> None:
    if not isinstance(calculation, Calculation):
        rule = f"a calculation, one of {', '.join(_names())}"
        remedy = "wrap a body of your own in RawCalculation(path, body)"
        if isinstance(calculation, type) and issubclass(calculation, Calculation):
            remedy = f"make one: {calculation.__name__}(...)"
        raise InputError("submit", (InputProblem("calculation", short(calculation), rule, remedy),))
    for doubt in calculation.doubts():
        log.warning("%s", doubt)


def _names() -> list[str]:
    found = (getattr(calculations, name) for name in dir(calculations))
    kinds = (it for it in found if isinstance(it, type) and issubclass(it, Calculation))
    return [kind.__name__ for kind in kinds if kind is not Calculation]
