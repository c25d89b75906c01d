"""The asyncio client: like `client`, but every call that does I/O is awaited."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, overload

import httpx
from pydantic import SecretStr

from . import catalogue
from ._base_client import BaseClient, ClientOptions, SharedOptions, emulated_options, start_emulator
from ._drivers.async_driver import AsyncDriver
from ._engine import stored_objects
from ._engine.custom_calls import custom_call
from ._engine.interruption import note_interrupted_submit
from ._engine.protocol import new_idempotency_key
from ._engine.submitting import prepare
from ._transport.async_http import AsyncHttp
from ._transport.lanes import LibraryName
from .async_fleet import Tasks
from .calculations.base import Calculation
from .errors import OkapiError, RequestRef
from .fleet import Run
from .objects.base import Changes, Deletable, Gettable, New, Query
from .outcome import AsyncOutcome, OnProgress
from .pages import AsyncPages
from .request import AsyncRequest, Timeout, checked_callback, checked_timeout
from .results.poll_event import OnPoll
from .results.response import RawResponse
from .settings.clock import Clock, SystemClock
from .settings.credentials import credentials_from, hidden
from .settings.environments import Environment, EnvironmentName, environment_for
from .settings.policies import Dialect, Options, PollPolicy, RetryPolicy, whole_number

if TYPE_CHECKING:
    from .emulator import Emulator
else:
    Emulator = Any  # its extra may be missing, and annotations must resolve at run time

R = TypeVar("R")
T = TypeVar("T")


class AsyncOkapiClient(BaseClient):
    """Asyncio client for the OKAPI platform. Any number of tasks may share one client; it owns the token.

    Credentials come from the arguments, or from ``OKAPI_USERNAME`` with ``OKAPI_PASSWORD`` or ``OKAPI_PASSWORD_FILE``.
    The server comes from ``environment``, ``base_url`` and ``token_url`` or, if none of them is given, from
    ``OKAPI_ENVIRONMENT``, ``OKAPI_BASE_URL`` and ``OKAPI_TOKEN_URL``.
    Nothing is sent before the first call, and the client belongs to the event loop of that call. Await every method
    that does I/O; `list`, `resume`, `emulated` and `with_options` are not awaited.

    Args:
        username: e-mail address of the account.
        password: password of the account.
        environment: ``production`` (the default), ``staging``, ``test``, ``demo``, ``sandbox``, ``legacy``, or an
            `Environment`.
        base_url: root of the API, to replace the environment's. For any other host, pass ``token_url`` as well.
        token_url: token endpoint, to replace the environment's.
        dialect: ``generic`` is current; ``typed`` is the format of 2019 to 2020, for passes, propagation and risk only.
        timeout: seconds that one HTTP call may take in total, including sign-in.
        retry: policy for retrying failed calls.
        polling: policy for polling running calculations.
        max_connections: largest number of open connections, besides the one that signs in.
        max_requests_per_second: largest number of HTTP calls per second, evenly spaced; None for no limit. Like
            the connections, it is shared with the copies that `with_options` returns.
        ssl_context: a verifying context, for a company's CA; ``SSL_CERT_FILE`` does the same.
        headers: extra headers for all calls to the API, such as a gateway's key. They are not sent to the token
            endpoint, and cannot replace the headers that the SDK sets.
        http_client: an ``httpx.AsyncClient``, or one of httpx2, to use instead of creating one. The SDK never closes
            it and does not enforce deadlines on its connections.
        http_library: ``httpx``, or ``httpx2``, which requires the ``httpx2`` extra.
        clock: another `Clock`, for tests.

    Raises:
        ConfigurationError: if credentials are missing, or must not be sent to these URLs.
        InputError: if a policy or number is out of range.
    """

    def __init__(
        self,
        username: str | None = None,
        password: str | SecretStr | None = None,
        *,
        environment: EnvironmentName | str | Environment | None = None,
        base_url: str | None = None,
        token_url: str | None = None,
        dialect: Dialect = "generic",
        timeout: float = 30.0,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        polling: PollPolicy = PollPolicy(),  # noqa: B008 - frozen
        max_connections: int = 20,
        max_requests_per_second: float | None = None,
        ssl_context: ssl.SSLContext | None = None,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | None = None,
        http_library: LibraryName = "httpx",
        clock: Clock | None = None,
    ) -> None:
        password = hidden(password)
        target = environment_for(environment, base_url, token_url)
        options = Options(timeout, retry, polling, dialect)
        max_connections = whole_number("OkapiClient", "max_connections", max_connections, 1000)
        clock = clock or SystemClock()
        shared: SharedOptions = {
            "max_connections": max_connections,
            "max_requests_per_second": max_requests_per_second,
            "http_library": http_library,
        }
        self._set_up(
            target, credentials_from(username, password), options, clock, shared,
            ssl_context=ssl_context, http_client=http_client, headers=headers,
        )  # fmt: skip
        self._driver = AsyncDriver(AsyncHttp(target, max_connections, ssl_context, http_client, http_library), clock)
        self._closed = False

    @classmethod
    def emulated(cls, emulator: Emulator | None = None, **options: Unpack[ClientOptions]) -> Self:
        """Return a client of a local emulator. If none is given, one is started and closes with the client.

        Requires the ``emulator`` extra. ``options`` are the same as for the constructor.
        """
        running = start_emulator(emulator)
        try:
            client = cls(**emulated_options(running, options))
        except BaseException:
            if emulator is None:
                running.close()
            raise
        client._emulator = running if emulator is None else None
        return client

    async def sign_in(self) -> None:
        """Sign in now rather than at the first call.

        Raises:
            AuthenticationError: if sign-in is refused; the same credentials are not sent again.
            TransportError: if the token endpoint cannot be reached.
        """
        self._require_open()
        await self._driver.run(self._session.tokens.sign_in(self._session.deadline(self._session.options.timeout)))

    @catalogue.takes("submit")
    async def submit(self, calculation: Calculation[R]) -> AsyncRequest[R]:
        """Submit a calculation and return its handle. Retried only if the platform provably did not process the call.

        Suspicious but valid input, such as a TLE far from its epoch, is logged as a warning.

        Raises:
            InputError: if the input is invalid; raised before any network access.
            SubmissionUncertainError: if the calculation may or may not have arrived.
            CalculationFailedError: if the platform rejected it immediately with status FATAL.
            OkapiError: if it could not be started for another reason.
        """
        self._require_calculation(calculation)
        return await self._submit(calculation, new_idempotency_key())

    async def _submit(self, calculation: Calculation[R], key: str) -> AsyncRequest[R]:
        flow = prepare(self._session, calculation, key).send()
        try:
            ref, status = await self._driver.run(flow)
            return AsyncRequest(self._driver, self._new_job(ref, status, calculation))
        except OkapiError:
            raise
        except BaseException as interruption:
            note_interrupted_submit(interruption, calculation.endpoint(), key)
            raise

    @catalogue.takes("submit")
    async def run(self, calculation: Calculation[R], *, timeout: Timeout = 900.0, on_poll: OnPoll | None = None) -> R:
        """Submit a calculation and return its result. Raises the errors of `submit` and `Request.result`.

        Args:
            calculation: the calculation.
            timeout: seconds or a timedelta for the wait; None waits forever.
            on_poll: function called with a `PollEvent` after each poll, as long as the calculation has not ended.
        """
        checked_timeout(timeout)
        checked_callback(on_poll)
        self._require_calculation(calculation)
        key = new_idempotency_key()
        try:
            return await (await self._submit(calculation, key))._result(timeout, on_poll)
        except OkapiError:
            raise
        except BaseException as interruption:
            note_interrupted_submit(interruption, calculation.endpoint(), key)
            raise

    def map(
        self,
        calculations: Iterable[Calculation[R]],
        *,
        max_in_flight: int = 100,
        timeout: Timeout = 900.0,
        journal: str | os.PathLike[str] | None = None,
        on_progress: OnProgress | None = None,
    ) -> AsyncIterator[AsyncOutcome[R]]:
        """Run many calculations at once. Yield their outcomes in the order in which they end.

        The input is read by the caller's thread or task, and no faster than outcomes are taken, so it may be endless.
        All work is done while the caller asks for the next outcome. If the iterator is closed early, the calculations
        already submitted continue on the platform; a log line lists their references.

        HTTP 429 pauses the whole client. It ends a calculation only if the platform asks for a pause of more than
        `RetryPolicy.max_retry_after`.

        Args:
            calculations: the calculations, of one kind or of several.
            max_in_flight: largest number of calculations that were taken from the input and whose outcomes were not
                taken.
            timeout: seconds or a timedelta for each calculation, from its submit to its result; None waits forever.
                Time in which no outcome is asked for does not count.
            journal: path of an SQLite file that records the run. If a program ends early, the same program resumes its
                calculations from the file, submits the rest, and yields every outcome once.
            on_progress: function called with a `MapProgress` when a calculation was submitted or has ended.

        Raises:
            InputError: if an argument is invalid. Before anything is submitted, unless the input is an iterator.
        """
        return self._outcomes(self._map(calculations, max_in_flight, timeout, journal, on_progress))

    async def _outcomes(self, run: Run[R]) -> AsyncIterator[AsyncOutcome[R]]:
        async with aclosing(Tasks(run, self._driver).ended()) as members:
            async for member in members:
                request = None if member.job is None else AsyncRequest(self._driver, member.job)
                yield AsyncOutcome(member.calculation, request, member.error, member.position)

    @overload
    def resume(self, ref: RequestRef[R], /) -> AsyncRequest[R]: ...
    @overload
    def resume(self, ref: RequestRef[Any] | str, calculation: type[Calculation[R]]) -> AsyncRequest[R]: ...
    @overload
    def resume(self, ref: str, /) -> AsyncRequest[Any]: ...
    def resume(self, ref: RequestRef[R] | str, calculation: type[Calculation[R]] | None = None) -> AsyncRequest[R]:
        """Return a handle for a calculation that was submitted earlier, in this or another process. Does no I/O.

        Args:
            ref: a `RequestRef`, or the text that ``str(ref)`` prints.
            calculation: the class that was submitted, such as ``PredictPasses``. Passing it tells type checkers the
                type of the result. If omitted, the class is taken from the reference.

        Raises:
            InputError: if the reference is invalid or does not belong to the class.
            ConfigurationError: if the calculation was submitted to a different base URL.
        """
        return AsyncRequest(self._driver, self._resumed_job(ref, calculation))

    async def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RawResponse:
        """Call any path of the platform's API, with the SDK's sign-in, retries and typed errors.

        Args:
            method: GET, POST, PATCH, PUT or DELETE. Only a GET is retried if it may already have arrived.
            path: path below the base URL, such as ``satellites``.
            json: body of the request.
            params: query parameters; lists are joined with commas.
            headers: extra headers. They replace the client's, but not those of the token, the body and the connection.

        Raises:
            OkapiError: if the response status is not 2xx.
        """
        self._require_open()
        call = custom_call(method, path, json, params, headers)
        session = self._session
        return session.require_success(call, await self._driver.run(session.call(call, session.deadline())))

    @catalogue.takes("list")
    def list(self, query: Query[T]) -> AsyncPages[T]:
        """Return the stored objects that match a query. Pages are read lazily, during iteration.

        Raises:
            InputError: if ``query`` is not a query. If you passed a record class, the message names the query to use.
        """
        return AsyncPages(self._driver, self._session, self._require_model("list", query, Query))

    @catalogue.takes("get")
    async def get(self, model: type[Gettable[T]], id: str) -> T:
        """Return one stored object by its ID.

        Raises:
            InputError: if objects of that class cannot be fetched, or the ID is invalid.
            NotFoundError: if there is no object with that ID.
            OkapiError: if the object could not be read.
        """
        flow = stored_objects.get(self._session, self._require_class("get", model, Gettable), id)
        stored_object: T = await self._driver.run(flow)
        return stored_object

    @catalogue.takes("add")
    async def add(self, new: New[T]) -> T:
        """Store a new object and return it as stored. Retried only if the platform provably did not process the call.

        Raises:
            InputError: if ``new`` is not one of the ``New…`` models.
            SubmissionUncertainError: if it may or may not have been added.
            OkapiError: if it was not added.
        """
        flow = stored_objects.add(self._session, self._require_model("add", new, New))
        added: T = await self._driver.run(flow)
        return added

    @catalogue.takes("update")
    async def update(self, id: str, changes: Changes[T]) -> T:
        """Change a stored object and return it. Only fields set in ``changes`` are sent and changed.

        Raises:
            InputError: if ``changes`` is not one of the ``…Changes`` models, or the ID is invalid.
            SubmissionUncertainError: if it may or may not have been changed.
            OkapiError: if it was not changed.
        """
        flow = stored_objects.update(self._session, id, self._require_model("update", changes, Changes))
        changed: T = await self._driver.run(flow)
        return changed

    @catalogue.takes("delete")
    async def delete(self, model: type[Deletable[T]], id: str) -> T:
        """Delete a stored object and return its last state.

        Raises:
            InputError: if objects of that class cannot be deleted, or the ID is invalid.
            SubmissionUncertainError: if it may or may not have been deleted.
            OkapiError: if it was not deleted.
        """
        flow = stored_objects.delete(self._session, self._require_class("delete", model, Deletable), id)
        deleted: T = await self._driver.run(flow)
        return deleted

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        polling: PollPolicy | None = None,
        dialect: Dialect | None = None,
    ) -> Self:
        """Return a client with other options that shares connections and token. Omitted options stay the same."""
        return self._copy(timeout=timeout, retry=retry, polling=polling, dialect=dialect)

    async def close(self) -> None:
        """Close the connections, and the emulator if `emulated` started it. Closing twice is allowed.

        Raises:
            ConfigurationError: if called from a different event loop than the client's other calls; nothing is closed.
        """
        if not self._closed:
            self._driver.may_close()
        if self._mark_closed():
            await self._driver.close()
            if self._emulator is not None:
                await asyncio.to_thread(self._emulator.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
