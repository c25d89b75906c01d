"""The clients: verbs, nothing else."""

from __future__ import annotations

import asyncio
import logging
import ssl
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict, TypeVar, Unpack, overload

from pydantic import SecretStr

from . import calculations  # resuming by reference finds their classes by name
from ._engine import wire
from ._engine.drivers import AsyncDriver, SyncDriver
from ._engine.flows import Session, free_call, new_key, submit
from ._engine.http import AsyncHttp, SyncHttp
from ._engine.job import Job
from .calculations.base import Calculation, Dialect
from .errors import ConfigurationError, InputError, InputProblem, OkapiError
from .models.base import short
from .models.response import RawResponse
from .reference import RequestRef, split_word
from .request import WAIT_SECONDS, AsyncRequest, Request, Timeout
from .settings import (
    Clock,
    Credentials,
    Environment,
    Options,
    PollPolicy,
    RetryPolicy,
    SystemClock,
    credentials_from,
    environment_for,
)

if TYPE_CHECKING:
    import httpx

    from .emulator import Emulator

__all__ = ["AsyncOkapiClient", "OkapiClient"]

R = TypeVar("R")
log = logging.getLogger("okapi_sdk")

MAX_CONNECTIONS = 20


class _Client:
    """What both clients do without any I/O."""

    _session: Session
    _closed: bool
    _emulator: Emulator | None
    _owner: _Client | None

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
        self._session = Session.of(environment, credentials, clock, options)
        self._closed = False
        self._emulator = None
        self._owner = None

    def _open(self) -> None:
        if self._closed or (self._owner is not None and self._owner._closed):
            raise ConfigurationError("This client is closed. Make a new one.")

    def _job(self, ref: RequestRef[R] | str, calculation: type[Calculation[R]] | None) -> Job[R]:
        self._open()
        if isinstance(ref, RequestRef):
            return self._resumed(ref)
        endpoint, id = split_word(ref)
        if not (isinstance(calculation, type) and issubclass(calculation, Calculation)):
            problem = InputProblem(
                "calculation", short(calculation), "the class that was submitted", "resume(word, PredictPasses)"
            )
            raise InputError("resume", (problem,))
        if not calculation.fits(endpoint):
            problem = InputProblem("calculation", calculation.__name__, f"the class whose endpoint is {endpoint}", "")
            raise InputError("resume", (problem,))
        session = self._session
        format = next(iter(calculation.formats(endpoint).values()))
        return self._resumed(
            RequestRef(
                endpoint, id, calculation.__name__, format, session.options.dialect, session.environment.base_url
            )
        )

    def _resumed(self, ref: RequestRef[R]) -> Job[R]:
        wire.checked_id(ref.id)
        if not all(wire.is_path_step(step) for step in (*ref.path.split("/"), ref.format)):
            raise InputError(
                "resume", (InputProblem("path", short(ref.path), "an endpoint such as predict-passes/sgp4", ""),)
            )
        if ref.base_url != self._session.environment.base_url:
            raise ConfigurationError(
                f"{ref} was submitted to {ref.base_url}, and this client calls {self._session.environment.base_url}."
            )
        return Job(self._session.with_options(dialect=ref.dialect), ref)

    def _copy(self, **changes: Any) -> Self:
        self._open()
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        copied._session = self._session.with_options(**changes)
        copied._owner = self._owner or self
        copied._emulator = None
        return copied

    def _shut(self) -> bool:
        # A copy shares the pool; only the client it was made from closes it.
        first = not self._closed and self._owner is None
        self._closed = True
        return first

    def __repr__(self) -> str:
        state = ", closed" if self._closed else ""
        return f"<{type(self).__name__} {self._session.environment.base_url}{state}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("clients do not pickle or copy; pass request.ref on and make a client where it is used")

    def __del__(self) -> None:
        if getattr(self, "_closed", True) is False and self._owner is None:
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


@contextmanager
def _submitting(endpoint: str, key: str) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError) as cut:
        note = f"Interrupted while submitting to {endpoint}: it may or may not have arrived (Idempotency-Key {key})"
        cut.add_note(note)
        log.warning("%s", note)
        raise


def _started(emulator: Emulator | None) -> Emulator:
    if emulator is not None:
        return emulator
    try:
        from .emulator import Emulator
    except ImportError as error:
        missing = error.name
    else:
        return Emulator().start()
    raise ConfigurationError(f'The emulator needs its extra ({missing} is missing): pip install "okapi-sdk[emulator]"')


class _EmulatedOptions(ClientOptions, total=False):
    username: str
    password: str
    base_url: str
    token_url: str


def _at(emulator: Emulator, options: ClientOptions) -> _EmulatedOptions:
    return {
        "username": emulator.username,
        "password": emulator.password,
        "base_url": emulator.base_url,
        "token_url": emulator.token_url,
        "clock": emulator.clock,
        "retry": RetryPolicy(submit="same-key"),  # the emulator is known to honour the key
        **options,
    }


class OkapiClient(_Client):
    """The platform, for code that waits. Any number of threads may share one client; it owns the token.

    Credentials come from the arguments, or from ``OKAPI_USERNAME`` with ``OKAPI_PASSWORD`` or ``OKAPI_PASSWORD_FILE``.
    Nothing is sent before the first call.

    Args:
        username: e-mail address of the account.
        password: its password.
        environment: ``production``, ``staging``, ``test``, ``demo``, ``sandbox``, ``legacy``, or an `Environment`.
        base_url: root of the API in place of the environment's; off the platform's hosts give ``token_url`` too.
        token_url: token endpoint in place of the environment's.
        dialect: ``generic`` is current; ``typed`` is the form of 2019 to 2020, for passes, propagation and risk.
        timeout: seconds for one HTTP call in all, sign-in included.
        retry: when a failed call is sent again.
        polling: how often a running calculation is looked at.
        max_connections: open connections at most.
        ssl_context: a verifying context, for a company CA; ``SSL_CERT_FILE`` does the same.
        http_client: an ``httpx.Client`` to use instead of an own one; it is never closed here, and its connections are
            not held to the deadlines.
        clock: another `Clock`, for tests.

    Raises:
        ConfigurationError: no credentials, or addresses that must not be given them.
        InputError: a policy or number out of range.
    """

    def __init__(
        self,
        username: str | None = None,
        password: str | SecretStr | None = None,
        *,
        environment: str | Environment = "production",
        base_url: str | None = None,
        token_url: str | None = None,
        dialect: Dialect = "generic",
        timeout: float = 30.0,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        polling: PollPolicy = PollPolicy(),  # noqa: B008 - frozen
        max_connections: int = MAX_CONNECTIONS,
        ssl_context: ssl.SSLContext | None = None,
        http_client: httpx.Client | None = None,
        clock: Clock | None = None,
    ) -> None:
        where = environment_for(environment, base_url, token_url)
        options = Options(timeout, retry, polling, dialect)
        clock = clock or SystemClock()
        self._set_up(where, credentials_from(username, password), options, max_connections, ssl_context, clock)
        self._driver = SyncDriver(SyncHttp(where, max_connections, ssl_context, http_client), clock)

    @classmethod
    def emulated(cls, emulator: Emulator | None = None, **options: Unpack[ClientOptions]) -> Self:
        """A client of the local emulator; with none given it starts one, and closes it with itself.

        Needs the extra ``okapi-sdk[emulator]``. ``options`` are those of the constructor.
        """
        running = _started(emulator)
        try:
            client = cls(**_at(running, options))
        except OkapiError:
            if emulator is None:
                running.close()
            raise
        client._emulator = running if emulator is None else None
        return client

    def sign_in(self) -> None:
        """Have a token now rather than at the first call.

        Raises:
            AuthenticationError: refused; the same credentials are not sent again.
            TransportError: the token endpoint cannot be reached.
        """
        self._open()
        self._driver.run(self._session.tokens.sign_in(self._session.deadline()))

    def submit(self, calculation: Calculation[R]) -> Request[R]:
        """Start a calculation and return its handle. It is sent again only where it was provably not carried out.

        Takes any noun of `okapi_sdk.calculations`.

        Raises:
            InputError: refused before a socket opened.
            SubmissionUncertainError: it may or may not have arrived.
            CalculationFailedError: the platform refused it at once, FATAL.
            OkapiError: it was not started.
        """
        self._open()
        _checked(calculation)
        key = new_key()
        with _submitting(calculation.endpoint(), key):
            ref, status = self._driver.run(submit(self._session, calculation, key))
        return Request(self._driver, Job(self._session, ref, status, own=True))

    def run(self, calculation: Calculation[R], *, timeout: Timeout = WAIT_SECONDS) -> R:
        """Submit a calculation and return its result. Raises as `submit` and `Request.result` do."""
        return self.submit(calculation).result(timeout=timeout)

    @overload
    def resume(self, ref: RequestRef[R], /) -> Request[R]: ...
    @overload
    def resume(self, ref: str, calculation: type[Calculation[R]]) -> Request[R]: ...
    def resume(self, ref: RequestRef[R] | str, calculation: type[Calculation[R]] | None = None) -> Request[R]:
        """A handle of a calculation submitted earlier, here or elsewhere. No I/O.

        Args:
            ref: a `RequestRef`, or the word that ``str(ref)`` prints.
            calculation: the class that was submitted; needed with a word, such as ``PredictPasses``.

        Raises:
            InputError: no such word, or not of that class.
            ConfigurationError: it was submitted to another address.
        """
        return Request(self._driver, self._job(ref, calculation))

    def send(self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None) -> RawResponse:
        """Any call of the platform, with token, retries and typed errors.

        Args:
            method: GET, POST, PATCH, PUT or DELETE. Only a GET is repeated after it may have arrived.
            path: below the base URL, such as ``satellites``.
            json: body.
            params: query; lists are joined by commas.

        Raises:
            OkapiError: anything but a 2xx answer.
        """
        self._open()
        call = free_call(method, path, json, params)
        session = self._session
        return session.good(call, self._driver.run(session.call(call, session.deadline())))

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        polling: PollPolicy | None = None,
        dialect: Dialect | None = None,
    ) -> Self:
        """A client with other options that shares connections and token; what is not given stays."""
        return self._copy(timeout=timeout, retry=retry, polling=polling, dialect=dialect)

    def close(self) -> None:
        """Close the connections, and the emulator if `emulated` started it. Twice does no harm."""
        if self._shut():
            self._driver.close()
            if self._emulator is not None:
                self._emulator.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncOkapiClient(_Client):
    """The platform, for asyncio. As `OkapiClient`; what does I/O is awaited.

    A client belongs to the event loop of its first call.
    """

    def __init__(
        self,
        username: str | None = None,
        password: str | SecretStr | None = None,
        *,
        environment: str | Environment = "production",
        base_url: str | None = None,
        token_url: str | None = None,
        dialect: Dialect = "generic",
        timeout: float = 30.0,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        polling: PollPolicy = PollPolicy(),  # noqa: B008 - frozen
        max_connections: int = MAX_CONNECTIONS,
        ssl_context: ssl.SSLContext | None = None,
        http_client: httpx.AsyncClient | None = None,
        clock: Clock | None = None,
    ) -> None:
        where = environment_for(environment, base_url, token_url)
        options = Options(timeout, retry, polling, dialect)
        clock = clock or SystemClock()
        self._set_up(where, credentials_from(username, password), options, max_connections, ssl_context, clock)
        self._driver = AsyncDriver(AsyncHttp(where, max_connections, ssl_context, http_client), clock)

    @classmethod
    def emulated(cls, emulator: Emulator | None = None, **options: Unpack[ClientOptions]) -> Self:
        """As `OkapiClient.emulated`."""
        running = _started(emulator)
        try:
            client = cls(**_at(running, options))
        except OkapiError:
            if emulator is None:
                running.close()
            raise
        client._emulator = running if emulator is None else None
        return client

    async def sign_in(self) -> None:
        """As `OkapiClient.sign_in`."""
        self._open()
        await self._driver.run(self._session.tokens.sign_in(self._session.deadline()))

    async def submit(self, calculation: Calculation[R]) -> AsyncRequest[R]:
        """As `OkapiClient.submit`."""
        self._open()
        _checked(calculation)
        key = new_key()
        with _submitting(calculation.endpoint(), key):
            ref, status = await self._driver.run(submit(self._session, calculation, key))
        return AsyncRequest(self._driver, Job(self._session, ref, status, own=True))

    async def run(self, calculation: Calculation[R], *, timeout: Timeout = WAIT_SECONDS) -> R:
        """As `OkapiClient.run`."""
        return await (await self.submit(calculation)).result(timeout=timeout)

    @overload
    def resume(self, ref: RequestRef[R], /) -> AsyncRequest[R]: ...
    @overload
    def resume(self, ref: str, calculation: type[Calculation[R]]) -> AsyncRequest[R]: ...
    def resume(self, ref: RequestRef[R] | str, calculation: type[Calculation[R]] | None = None) -> AsyncRequest[R]:
        """As `OkapiClient.resume`; not awaited."""
        return AsyncRequest(self._driver, self._job(ref, calculation))

    async def send(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None
    ) -> RawResponse:
        """As `OkapiClient.send`."""
        self._open()
        call = free_call(method, path, json, params)
        session = self._session
        return session.good(call, await self._driver.run(session.call(call, session.deadline())))

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        polling: PollPolicy | None = None,
        dialect: Dialect | None = None,
    ) -> Self:
        """As `OkapiClient.with_options`; not awaited."""
        return self._copy(timeout=timeout, retry=retry, polling=polling, dialect=dialect)

    async def close(self) -> None:
        """As `OkapiClient.close`."""
        if self._shut():
            await self._driver.close()
            if self._emulator is not None:
                await asyncio.to_thread(self._emulator.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _checked(calculation: object) -> None:
    if not isinstance(calculation, Calculation):
        rule = f"a calculation, one of {', '.join(calculations.__all__)}"
        remedy = "wrap a body of your own in RawCalculation(path, body)"
        raise InputError("submit", (InputProblem("calculation", short(calculation), rule, remedy),))
