"""The clients: verbs, nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, overload

from pydantic import SecretStr

from ._base_client import BaseClient, ClientOptions, at, checked, leave_note, started
from ._drivers import AsyncDriver, SyncDriver
from ._engine import stored
from ._engine.flows import free_call, new_key, submit
from ._engine.job import Job
from ._transport.http import AsyncHttp, SyncHttp
from ._transport.lanes import LibraryName
from .calculations.base import Calculation, Dialect
from .errors import OkapiError
from .models.response import RawResponse
from .objects.base import Changes, Deletable, Gettable, New, Query
from .pages import AsyncPages, Pages
from .reference import RequestRef
from .request import WAIT_SECONDS, AsyncRequest, Request, Timeout
from .settings import (
    Clock,
    Environment,
    Options,
    PollPolicy,
    RetryPolicy,
    SystemClock,
    credentials_from,
    environment_for,
    hidden,
)

if TYPE_CHECKING:
    import httpx

    from .emulator import Emulator

__all__ = ["AsyncOkapiClient", "OkapiClient"]

R = TypeVar("R")
T = TypeVar("T")
MAX_CONNECTIONS = 20


class OkapiClient(BaseClient):
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
        max_connections: open connections at most, beside the one that signs in.
        ssl_context: a verifying context, for a company CA; ``SSL_CERT_FILE`` does the same.
        http_client: an ``httpx.Client``, or one of httpx2, to use instead of an own one; it is never closed here, and
            its connections are not held to the deadlines.
        http_library: ``httpx``, or ``httpx2``, which needs the extra ``okapi-sdk[httpx2]``.
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
        http_library: LibraryName = "httpx",
        clock: Clock | None = None,
    ) -> None:
        password = hidden(password)
        where = environment_for(environment, base_url, token_url)
        options = Options(timeout, retry, polling, dialect)
        clock = clock or SystemClock()
        self._set_up(where, credentials_from(username, password), options, max_connections, ssl_context, clock)
        self._driver = SyncDriver(SyncHttp(where, max_connections, ssl_context, http_client, http_library), clock)
        self._closed = False

    @classmethod
    def emulated(cls, emulator: Emulator | None = None, **options: Unpack[ClientOptions]) -> Self:
        """A client of the local emulator; with none given it starts one, and closes it with itself.

        Needs the extra ``okapi-sdk[emulator]``. ``options`` are those of the constructor.
        """
        running = started(emulator)
        try:
            client = cls(**at(running, options))
        except BaseException:
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
        self._driver.run(self._session.tokens.sign_in(self._session.deadline(self._session.options.timeout)))

    def submit(self, calculation: Calculation[R]) -> Request[R]:
        """Start a calculation and return its handle. It is sent again only where it was provably not carried out.

        Takes `AddEphemerides`, `AnalyzeGeoSlot`, `AnalyzeManeuverExecution`, `CheckOrbit`, `CorrelateObservation`,
        `DetermineOrbit`, `EstimateCovariance`, `EstimateRisk`, `GenerateManeuver`, `PredictPasses`, `PredictRisk`,
        `PropagateOrbit`, `RawCalculation` or `UploadCdm`.

        What is allowed and yet most likely not meant, such as a TLE used far from its epoch, goes to the log as a
        warning.

        Raises:
            InputError: refused before a socket opened.
            SubmissionUncertainError: it may or may not have arrived.
            CalculationFailedError: the platform refused it at once, FATAL.
            OkapiError: it was not started.
        """
        return self._submitted(calculation, new_key())

    def _submitted(self, calculation: Calculation[R], key: str) -> Request[R]:
        self._open()
        checked(calculation)
        flow = submit(self._session, calculation, key)
        try:
            ref, status = self._driver.run(flow)
            return Request(self._driver, Job(self._session, ref, status, own=True))
        except OkapiError:
            raise
        except BaseException as cut:
            leave_note(cut, calculation.endpoint(), key)
            raise

    def run(self, calculation: Calculation[R], *, timeout: Timeout = WAIT_SECONDS) -> R:
        """Submit a calculation and return its result. Raises as `submit` and `Request.result` do.

        Takes `AddEphemerides`, `AnalyzeGeoSlot`, `AnalyzeManeuverExecution`, `CheckOrbit`, `CorrelateObservation`,
        `DetermineOrbit`, `EstimateCovariance`, `EstimateRisk`, `GenerateManeuver`, `PredictPasses`, `PredictRisk`,
        `PropagateOrbit`, `RawCalculation` or `UploadCdm`.
        """
        key = new_key()
        try:
            return self._submitted(calculation, key).result(timeout=timeout)
        except OkapiError:
            raise
        except BaseException as cut:
            if isinstance(calculation, Calculation):
                leave_note(cut, calculation.endpoint(), key)
            raise

    @overload
    def resume(self, ref: RequestRef[R], /) -> Request[R]: ...
    @overload
    def resume(self, ref: RequestRef[Any] | str, calculation: type[Calculation[R]]) -> Request[R]: ...
    def resume(self, ref: RequestRef[R] | str, calculation: type[Calculation[R]] | None = None) -> Request[R]:
        """A handle of a calculation submitted earlier, here or elsewhere. No I/O.

        Args:
            ref: a `RequestRef`, or the word that ``str(ref)`` prints.
            calculation: the class that was submitted, such as ``PredictPasses``. A word needs it; with a `RequestRef`
                it is checked, and tells editors the type of the result.

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

    def list(self, query: Query[T]) -> Pages[T]:
        """Stored objects that fit a query: lazy over all pages.

        Takes `Cdms`, `ConjunctionCdms`, `ConjunctionManeuverEvaluations`, `ConjunctionRiskEstimations`,
        `ConjunctionRiskPredictions`, `Conjunctions`, `GroundStationPasses`, `ManeuverPlans`, `Oems`, `Omms`,
        `SatelliteNeighborhoods`, `SatelliteOems`, `Satellites`, `SensorSystems`, `Tdms`, `Texts`, `Tles` or
        `Uncertainties`.

        Raises:
            InputError: no query; a singular where a plural was due says so.
        """
        return Pages(self._driver, self._session, self._fitting("list", query, Query))

    def get(self, model: type[Gettable[T]], id: str) -> T:
        """One stored object by its id.

        Takes `Conjunction`, `OemKvn`, `OemRecord`, `OemXml`, `ResidualPlot`, `Satellite`, `SensorSystem` or
        `TdmRecord`.

        Raises:
            InputError: no such class, or no usable id.
            NotFoundError: there is none of that id.
            OkapiError: it could not be read.
        """
        found: T = self._driver.run(stored.get(self._session, self._stored("get", model, Gettable), id))
        return found

    def add(self, new: New[T]) -> T:
        """Store a new object and return it as the platform keeps it. Sent once: an error may leave it added or not.

        Takes `NewGroundStationPasses`, `NewManeuverPlan`, `NewSatellite`, `NewSensorSystem` or `NewTdm`.

        Raises:
            InputError: not one of the ``New…`` of `okapi_sdk.objects`.
            SubmissionUncertainError: it may or may not have been added.
            OkapiError: it was not added.
        """
        found: T = self._driver.run(stored.add(self._session, self._fitting("add", new, New)))
        return found

    def update(self, id: str, changes: Changes[T]) -> T:
        """Change a stored object and return it. Only what is set in ``changes`` travels and changes.

        Takes `SatelliteChanges`.

        Raises:
            InputError: not one of the ``…Changes`` of `okapi_sdk.objects`, or no usable id.
            SubmissionUncertainError: it may or may not have been changed.
            OkapiError: it was not changed.
        """
        found: T = self._driver.run(stored.update(self._session, id, self._fitting("update", changes, Changes)))
        return found

    def delete(self, model: type[Deletable[T]], id: str) -> T:
        """Delete a stored object and return it as it was.

        Takes `Satellite`.

        Raises:
            InputError: objects of that class cannot be deleted, or no usable id.
            SubmissionUncertainError: it may or may not have been deleted.
            OkapiError: it was not deleted.
        """
        found: T = self._driver.run(stored.delete(self._session, self._stored("delete", model, Deletable), id))
        return found

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


class AsyncOkapiClient(BaseClient):
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
        http_library: LibraryName = "httpx",
        clock: Clock | None = None,
    ) -> None:
        password = hidden(password)
        where = environment_for(environment, base_url, token_url)
        options = Options(timeout, retry, polling, dialect)
        clock = clock or SystemClock()
        self._set_up(where, credentials_from(username, password), options, max_connections, ssl_context, clock)
        self._driver = AsyncDriver(AsyncHttp(where, max_connections, ssl_context, http_client, http_library), clock)
        self._closed = False

    @classmethod
    def emulated(cls, emulator: Emulator | None = None, **options: Unpack[ClientOptions]) -> Self:
        """As `OkapiClient.emulated`."""
        running = started(emulator)
        try:
            client = cls(**at(running, options))
        except BaseException:
            if emulator is None:
                running.close()
            raise
        client._emulator = running if emulator is None else None
        return client

    async def sign_in(self) -> None:
        """As `OkapiClient.sign_in`."""
        self._open()
        await self._driver.run(self._session.tokens.sign_in(self._session.deadline(self._session.options.timeout)))

    async def submit(self, calculation: Calculation[R]) -> AsyncRequest[R]:
        """As `OkapiClient.submit`."""
        return await self._submitted(calculation, new_key())

    async def _submitted(self, calculation: Calculation[R], key: str) -> AsyncRequest[R]:
        self._open()
        checked(calculation)
        flow = submit(self._session, calculation, key)
        try:
            ref, status = await self._driver.run(flow)
            return AsyncRequest(self._driver, Job(self._session, ref, status, own=True))
        except OkapiError:
            raise
        except BaseException as cut:
            leave_note(cut, calculation.endpoint(), key)
            raise

    async def run(self, calculation: Calculation[R], *, timeout: Timeout = WAIT_SECONDS) -> R:
        """As `OkapiClient.run`."""
        key = new_key()
        try:
            return await (await self._submitted(calculation, key)).result(timeout=timeout)
        except OkapiError:
            raise
        except BaseException as cut:
            if isinstance(calculation, Calculation):
                leave_note(cut, calculation.endpoint(), key)
            raise

    @overload
    def resume(self, ref: RequestRef[R], /) -> AsyncRequest[R]: ...
    @overload
    def resume(self, ref: RequestRef[Any] | str, calculation: type[Calculation[R]]) -> AsyncRequest[R]: ...
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

    def list(self, query: Query[T]) -> AsyncPages[T]:
        """As `OkapiClient.list`; not awaited, read by ``async for``."""
        return AsyncPages(self._driver, self._session, self._fitting("list", query, Query))

    async def get(self, model: type[Gettable[T]], id: str) -> T:
        """As `OkapiClient.get`."""
        found: T = await self._driver.run(stored.get(self._session, self._stored("get", model, Gettable), id))
        return found

    async def add(self, new: New[T]) -> T:
        """As `OkapiClient.add`."""
        return await self._driver.run(stored.add(self._session, self._fitting("add", new, New)))

    async def update(self, id: str, changes: Changes[T]) -> T:
        """As `OkapiClient.update`."""
        return await self._driver.run(stored.update(self._session, id, self._fitting("update", changes, Changes)))

    async def delete(self, model: type[Deletable[T]], id: str) -> T:
        """As `OkapiClient.delete`."""
        found: T = await self._driver.run(stored.delete(self._session, self._stored("delete", model, Deletable), id))
        return found

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
        """As `OkapiClient.close`.

        Raises:
            ConfigurationError: another event loop runs than that of its calls; nothing is closed.
        """
        if not self._closed:
            self._driver.may_close()
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
