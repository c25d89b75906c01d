"""The parts of both clients that do no I/O: setup, argument checks, copies and the emulator."""

from __future__ import annotations

import logging
import os
import ssl
import warnings
from collections.abc import Collection, Iterable, Mapping, Sized
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict, TypeVar

from . import catalogue
from ._engine.fleet import Fleet, Records
from ._engine.job import Job
from ._engine.session import Session
from ._transport.lanes import LibraryName
from .calculations.base import Calculation
from .errors import ConfigurationError, InputError, InputProblem, RequestRef
from .fleet import ProgressReport, Run
from .objects.base import Stored, unsuitable
from .outcome import OnProgress
from .packages import culprit, unusable
from .reference import resolve
from .request import Timeout, checked_timeout, synchronous
from .results.status import Status
from .settings.clock import Clock
from .settings.credentials import Credentials
from .settings.environments import Environment, EnvironmentName
from .settings.headers import checked_headers
from .settings.policies import Dialect, Options, PollPolicy, RetryPolicy, positive, whole_number
from .text import short

if TYPE_CHECKING:
    from .emulator import Emulator
else:
    Emulator = Any  # its extra may be missing, and annotations must resolve at run time

R = TypeVar("R")
M = TypeVar("M")
log = logging.getLogger("okapi_sdk")


class BaseClient:
    """Base class of both clients: everything that does no I/O."""

    _session: Session
    _closed: bool = True  # until the client has connections to close
    _emulator: Emulator | None = None
    _owner: BaseClient | None = None

    def _set_up(
        self,
        environment: Environment,
        credentials: Credentials,
        options: Options,
        clock: Clock,
        shared: SharedOptions,
        *,
        ssl_context: ssl.SSLContext | None,
        http_client: object,
        headers: Mapping[str, str] | None,
    ) -> None:
        if ssl_context is not None and not _verifies(ssl_context):
            raise ConfigurationError(
                "ssl_context must be an ssl.SSLContext that verifies certificates; create it with "
                "ssl.create_default_context()."
            )
        if not all(callable(getattr(clock, name, None)) for name in ("monotonic", "wall", "sleep", "sleep_async")):
            problem = InputProblem("clock", short(clock), "a Clock", "omit it, or pass an InstantClock in tests")
            raise InputError("OkapiClient", (problem,))
        per_second = shared["max_requests_per_second"]
        if per_second is not None:
            per_second = positive("OkapiClient", "max_requests_per_second", per_second)
        extra = checked_headers("OkapiClient", headers, "idempotency-key")
        self._session = Session.create(environment, credentials, clock, options, per_second, extra)
        self._shared = shared
        objects = {"ssl_context": ssl_context, "http_client": http_client, "headers": headers}
        self._unpicklable = [name for name, given in objects.items() if given is not None]

    @property
    def base_url(self) -> str:
        """Root URL of the API that the client calls."""
        return self._session.environment.base_url

    @property
    def username(self) -> str:
        """User name of the account. It is not in the client's ``repr``."""
        return self._session.tokens.username

    def _require_open(self) -> None:
        if self._closed or (self._owner is not None and self._owner._closed):
            raise ConfigurationError("This client is closed. Create a new one.")

    def _require_calculation(self, calculation: Calculation[Any], method: str = "submit") -> None:
        self._require_open()
        require_calculation(calculation, method)
        for doubt in calculation._doubts():
            log.warning("%s", doubt)

    def _map(
        self,
        calculations: Iterable[Calculation[R]],
        max_in_flight: int,
        timeout: Timeout,
        journal: str | os.PathLike[str] | None,
        on_progress: OnProgress | None,
    ) -> Run[R]:
        """Return the run of a `map`, after checking all its arguments."""
        most = whole_number("map", "max_in_flight", max_in_flight, 1_000_000)
        seconds = checked_timeout(timeout)
        if on_progress is not None:
            rule = "a function that takes a MapProgress, not a coroutine"
            on_progress = synchronous("map", "on_progress", on_progress, rule)
        if not isinstance(calculations, Iterable) or isinstance(calculations, Calculation | str):
            problem = InputProblem("calculations", short(calculations), "an iterable of calculations", "pass a list")
            raise InputError("map", (problem,))
        if isinstance(calculations, Collection):  # an iterator is checked as it is read
            for calculation in calculations:
                require_calculation(calculation, "map")
        self._require_open()
        records = None if journal is None else new_journal(journal, self._session.environment.base_url)
        fleet: Fleet[R] = Fleet(self._session._replace(patient=True), seconds, records)
        total = len(calculations) if isinstance(calculations, Sized) else None
        report = None if on_progress is None else ProgressReport(fleet, total, on_progress)
        check = partial(self._require_calculation, method="map")
        return Run(fleet, calculations, most=most, check=check, report=report)

    def _require_model(self, verb: catalogue.Verb, model: M, kind: type[M]) -> M:
        self._require_open()
        if isinstance(model, kind):
            return model
        raise InputError(verb, (unsuitable(verb, model, kind),))

    def _require_class(self, verb: catalogue.Verb, model: type[Any], kind: type[Any]) -> type[Stored]:
        self._require_open()
        if isinstance(model, type) and issubclass(model, kind) and issubclass(model, Stored):
            return model
        raise InputError(verb, (unsuitable(verb, model, kind),))

    def _new_job(self, ref: RequestRef[R], status: Status, calculation: Calculation[R]) -> Job[R]:
        return Job(self._session, ref, type(calculation), status, calculation=calculation, just_submitted=True)

    def _resumed_job(self, ref: RequestRef[R] | str, calculation: type[Calculation[R]] | None) -> Job[R]:
        self._require_open()
        session = self._session
        resolved, kind = resolve(ref, calculation, session.environment, session.options.dialect)
        return Job(session.with_options(dialect=resolved.dialect), resolved, kind)

    def _copy(self, **changes: Any) -> Self:
        self._require_open()
        session = self._session.with_options(**changes)
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__, _session=session, _owner=self._owner or self, _emulator=None)
        return copied

    def _mark_closed(self) -> bool:
        """Return True if there are connections to close. A copy has none of its own: it uses the original client's."""
        owns_connections = not self._closed and self._owner is None
        self._closed = True
        return owns_connections

    def __repr__(self) -> str:
        session = getattr(self, "_session", None)  # a failed constructor leaves an incomplete client in its frames
        address = "not set up" if session is None else session.environment.base_url
        return f"<{type(self).__name__} {address}{', closed' if self._closed and session else ''}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Without credentials: they come from the environment variables of the process in which the client arrives.
        if self._unpicklable:
            raise TypeError(f"a client with {self._unpicklable[0]}= cannot be pickled; create it where it is used")
        options = {entry.name: getattr(self._session.options, entry.name) for entry in fields(self._session.options)}
        return _new_client, (type(self), {"environment": self._session.environment, **options, **self._shared})

    def __copy__(self) -> NoReturn:
        raise TypeError("clients cannot be copied; share the client, or use with_options()")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()

    def __del__(self) -> None:
        if not self._closed and self._owner is None:
            warnings.warn(
                f"{self!r} was not closed; use it in a with block", ResourceWarning, stacklevel=2, source=self
            )


def _new_client(kind: type[BaseClient], options: dict[str, Any]) -> BaseClient:
    return kind(**options)


def new_journal(path: str | os.PathLike[str], base_url: str) -> Records:
    from .journal import Journal  # sqlite3, which most programs do not need

    return Journal(path, base_url)


def require_calculation(calculation: object, method: str) -> None:
    """Raise `InputError` if an argument is not a calculation."""
    if isinstance(calculation, Calculation):
        return
    rule = f"a calculation, one of {', '.join(catalogue.taken_by('submit'))}"
    remedy = "wrap your own body in RawCalculation(path, body)"
    if isinstance(calculation, type) and issubclass(calculation, Calculation):
        remedy = f"create an instance: {calculation.__name__}(...)"
    raise InputError(method, (InputProblem("calculation", short(calculation), rule, remedy),))


class SharedOptions(TypedDict):
    """Options that all copies of a client share."""

    max_connections: int
    max_requests_per_second: float | None
    http_library: LibraryName


class ClientOptions(TypedDict, total=False):
    """Options of `OkapiClient.emulated`, with the same meaning as in the constructor."""

    dialect: Dialect
    timeout: float
    retry: RetryPolicy
    polling: PollPolicy
    max_connections: int
    max_requests_per_second: float | None
    headers: Mapping[str, str] | None
    clock: Clock


class EmulatedOptions(ClientOptions, total=False):
    username: str
    password: str
    environment: EnvironmentName
    base_url: str
    token_url: str


def _verifies(context: object) -> bool:
    return isinstance(context, ssl.SSLContext) and context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname


def start_emulator(emulator: Emulator | None) -> Emulator:
    """Return the given emulator, or start one.

    Raises:
        InputError: if the argument is not an emulator running in this process.
        ConfigurationError: if a package of the ``emulator`` extra is not installed or cannot be used.
    """
    if emulator is not None:
        if getattr(emulator, "running", False):
            return emulator
        remedy = "for an emulator in another process: OkapiClient(username, password, base_url=..., token_url=...)"
        if hasattr(emulator, "running"):
            remedy = "start one: with Emulator() as emulator: ...; a closed emulator cannot be started again"
        raise InputError("emulated", (InputProblem("emulator", short(emulator), "a started Emulator", remedy),))
    try:
        from .emulator import Emulator
    except Exception as error:
        if (package := culprit(error)) is None:
            raise
        reason = unusable(package, error, "emulator")
    else:
        return Emulator().start()
    raise ConfigurationError(f"The emulator needs {reason}")


def emulated_options(emulator: Emulator, options: ClientOptions) -> EmulatedOptions:
    """Return the constructor arguments for a client of an emulator."""
    return {
        "username": emulator.username,
        "password": emulator.password,
        "environment": "production",  # not that of OKAPI_ENVIRONMENT
        "base_url": emulator.base_url,
        "token_url": emulator.token_url,
        "clock": emulator.clock,
        "retry": RetryPolicy(submit="same-key"),  # the emulator is known to honour the key
        **options,
    }
