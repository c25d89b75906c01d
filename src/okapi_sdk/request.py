"""Handles of submitted calculations."""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, overload

from ._drivers.sync_driver import SyncDriver
from ._engine.job import Job
from .calculations.base import Calculation
from .errors import InputError, InputProblem, OkapiWarning, R, RequestRef
from .models.display import fields_html
from .results.poll_event import OnPoll
from .results.response import RawResponse
from .results.status import Status
from .settings.policies import seconds
from .text import short

if TYPE_CHECKING:
    from ._drivers.async_driver import AsyncDriver
else:
    AsyncDriver = Any  # it needs asyncio, which only async programs load, and annotations must resolve at run time

F = TypeVar("F")
T = TypeVar("T")

Timeout = float | timedelta | None


class _Handle(Generic[R]):
    """Base class of both handles: everything that does no I/O."""

    _job: Job[R]

    @property
    def id(self) -> str:
        """ID of the calculation on the platform."""
        return self._job.ref.id

    @property
    def ref(self) -> RequestRef[R]:
        """The reference: plain data to resume from in any process. ``str(ref)`` is a single token to copy and paste."""
        return self._job.ref

    @property
    def calculation(self) -> Calculation[R] | None:
        """The calculation that was submitted, or None if the request was resumed."""
        return self._job.calculation

    @property
    def submitted_at(self) -> datetime | None:
        """Time at which the platform accepted the submit (UTC), or None if the request was resumed."""
        return self._job.submitted_at

    @property
    def status(self) -> Status:
        """The latest status from the platform. Does no I/O."""
        return self._job.status

    @property
    def ended(self) -> bool:
        """True if the calculation is known to have ended, even with status FATAL. Does no I/O."""
        return self._job.ended

    def raw(self) -> RawResponse | None:
        """Return the response to the last poll, or None before the first poll. Does no I/O."""
        return self._job.response

    def _known_result(self) -> R:
        value: R = self._job.known_result()
        self._warn()
        return value

    def _warn(self) -> None:
        # Called after the result has been stored, so that it is not lost if warnings are errors.
        status = self._job.status
        if self._job.ended and status.warned and not self._job.warned:
            self._job.warned = True
            warnings.warn(f"{self.ref}: {status.line}", OkapiWarning, stacklevel=_callers_level())

    def __reduce__(self) -> NoReturn:
        raise TypeError("requests cannot be pickled or copied; pass request.ref instead, and resume it there")

    def __repr__(self) -> str:
        state = "ended" if self._job.ended else "running"
        return f"<{type(self).__name__} {self.ref} {state}, status {self.status.type}>"

    def _repr_html_(self) -> str:
        state = "ended" if self._job.ended else "running"
        pairs = [("reference", str(self.ref)), ("state", state), ("status", self.status.type), ("", self.status.line)]
        return fields_html(type(self).__name__, pairs)


class Request(_Handle[R]):
    """Handle of a submitted calculation, returned by `OkapiClient.submit` and `OkapiClient.resume`.

    Attributes and `raw` do no I/O; the other methods poll the platform. Any number of threads may share one handle.
    """

    def __init__(self, driver: SyncDriver, job: Job[R]) -> None:
        self._driver = driver
        self._job = job

    def done(self) -> bool:
        """Return True if the calculation has ended, even with status FATAL. Polls once, or not at all after the end.

        Raises:
            OkapiError: if the poll failed; the error's ``ref`` identifies the calculation.
        """
        with self._job.reference_attached():
            return self._driver.run(self._job.done())

    def wait(self, timeout: Timeout = 900.0, *, on_poll: OnPoll | None = None) -> Self:
        """Wait until the calculation has ended, even with status FATAL. Call `result` to get the result or the error.

        If the wait is interrupted (Ctrl-C, a cancelled task, a signal handler, an exception in ``on_poll``), the
        calculation continues. A note on the exception and a log line contain the reference, so you can resume the
        calculation.

        Args:
            timeout: seconds or a timedelta; None waits forever.
            on_poll: function called with a `PollEvent` after each poll, as long as the calculation has not ended.

        Raises:
            WaitTimeoutError: if the calculation has not ended within ``timeout``.
            ResultExpiredError: if the platform no longer has the calculation.
            OkapiError: if polls failed for longer than `PollPolicy.outage`, or in a way that waiting cannot resolve.
        """
        with self._job.reference_attached():
            self._driver.run(self._job.wait(checked_timeout(timeout), checked_callback(on_poll)))
        return self

    @overload
    def result(self, *, timeout: Timeout = 900.0) -> R: ...
    @overload
    def result(self, format: type[F], *, timeout: Timeout = 900.0) -> F: ...
    def result(self, format: type[Any] | None = None, *, timeout: Timeout = 900.0) -> Any:
        """Return the result, with all parts joined; waits if necessary. The result is kept: a second call does no I/O.

        Args:
            format: type of the result, to choose a format other than the default: ``request.result(Oem)``.
            timeout: seconds or a timedelta; None waits forever.

        Raises:
            CalculationFailedError: if the calculation ended with status FATAL.
            InputError: if the calculation has no such format; the message names the formats it has.
            ResponseFormatError: if the response cannot be parsed; `raw` keeps it.
            OkapiError: if the wait fails; see `wait`.
        """
        with self._job.reference_attached():
            value = self._driver.run(self._job.result(format, checked_timeout(timeout)))
        self._warn()
        return value

    def _result(self, timeout: Timeout, on_poll: OnPoll | None) -> R:
        with self._job.reference_attached():
            flow = self._job.result(None, checked_timeout(timeout), checked_callback(on_poll))
            value: R = self._driver.run(flow)
        self._warn()
        return value

    def parts(self, *, timeout: Timeout = 900.0) -> Iterator[R]:
        """Yield the result part by part, for long results. ``timeout`` applies to each part.

        Raises:
            OkapiError: if a part cannot be read; see `result`.
        """
        index = 0
        while True:
            with self._job.reference_attached():
                part = self._driver.run(self._job.part(index, checked_timeout(timeout)))
            if part is None:
                return
            if index == 0:
                self._warn()
            yield part
            index += 1


class AsyncRequest(_Handle[R]):
    """Handle of a submitted calculation, returned by `AsyncOkapiClient.submit` and `AsyncOkapiClient.resume`.

    Attributes and `raw` do no I/O; the other methods poll the platform and are awaited, or iterated with ``async for``.
    Any number of tasks may share one handle.
    """

    def __init__(self, driver: AsyncDriver, job: Job[R]) -> None:
        self._driver = driver
        self._job = job

    async def done(self) -> bool:
        """Return True if the calculation has ended, even with status FATAL. Polls once, or not at all after the end.

        Raises:
            OkapiError: if the poll failed; the error's ``ref`` identifies the calculation.
        """
        with self._job.reference_attached():
            return await self._driver.run(self._job.done())

    async def wait(self, timeout: Timeout = 900.0, *, on_poll: OnPoll | None = None) -> Self:
        """Wait until the calculation has ended, even with status FATAL. Call `result` to get the result or the error.

        If the wait is interrupted (Ctrl-C, a cancelled task, a signal handler, an exception in ``on_poll``), the
        calculation continues. A note on the exception and a log line contain the reference, so you can resume the
        calculation.

        Args:
            timeout: seconds or a timedelta; None waits forever.
            on_poll: function called with a `PollEvent` after each poll, as long as the calculation has not ended.

        Raises:
            WaitTimeoutError: if the calculation has not ended within ``timeout``.
            ResultExpiredError: if the platform no longer has the calculation.
            OkapiError: if polls failed for longer than `PollPolicy.outage`, or in a way that waiting cannot resolve.
        """
        with self._job.reference_attached():
            await self._driver.run(self._job.wait(checked_timeout(timeout), checked_callback(on_poll)))
        return self

    @overload
    async def result(self, *, timeout: Timeout = 900.0) -> R: ...
    @overload
    async def result(self, format: type[F], *, timeout: Timeout = 900.0) -> F: ...
    async def result(self, format: type[Any] | None = None, *, timeout: Timeout = 900.0) -> Any:
        """Return the result, with all parts joined; waits if necessary. The result is kept: a second call does no I/O.

        Args:
            format: type of the result, to choose a format other than the default: ``request.result(Oem)``.
            timeout: seconds or a timedelta; None waits forever.

        Raises:
            CalculationFailedError: if the calculation ended with status FATAL.
            InputError: if the calculation has no such format; the message names the formats it has.
            ResponseFormatError: if the response cannot be parsed; `raw` keeps it.
            OkapiError: if the wait fails; see `wait`.
        """
        with self._job.reference_attached():
            value = await self._driver.run(self._job.result(format, checked_timeout(timeout)))
        self._warn()
        return value

    async def _result(self, timeout: Timeout, on_poll: OnPoll | None) -> R:
        with self._job.reference_attached():
            flow = self._job.result(None, checked_timeout(timeout), checked_callback(on_poll))
            value: R = await self._driver.run(flow)
        self._warn()
        return value

    async def parts(self, *, timeout: Timeout = 900.0) -> AsyncIterator[R]:
        """Yield the result part by part, for long results. ``timeout`` applies to each part.

        Raises:
            OkapiError: if a part cannot be read; see `result`.
        """
        index = 0
        while True:
            with self._job.reference_attached():
                part = await self._driver.run(self._job.part(index, checked_timeout(timeout)))
            if part is None:
                return
            if index == 0:
                self._warn()
            yield part
            index += 1


_PACKAGE = str(Path(__file__).parent) + os.sep


def _callers_level() -> int:
    """Return the ``stacklevel`` that makes a warning point at the line that called the SDK."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    return level


def checked_callback(on_poll: OnPoll | None) -> OnPoll | None:
    """Return the callback in a form that refuses to be asynchronous.

    Raises:
        InputError: if it is not a function, or is asynchronous.
    """
    if on_poll is None:
        return None
    return synchronous("wait", "on_poll", on_poll, "a function that takes a PollEvent, not a coroutine")


def synchronous(method: str, name: str, callback: Callable[[T], object], rule: str) -> Callable[[T], None]:
    """Return a callback in a form that refuses to be asynchronous.

    Raises:
        InputError: if it is not a function, or is asynchronous.
    """
    if not callable(callback) or _is_coroutine_function(callback):
        raise _callback_error(method, name, callback, rule)

    def call(argument: T) -> None:
        # Some callbacks turn out to be asynchronous only when they are called, such as a lambda.
        returned: Any = callback(argument)
        if inspect.isawaitable(returned) or inspect.isasyncgen(returned):
            if inspect.iscoroutine(returned):
                returned.close()
            raise _callback_error(method, name, callback, rule)

    return call


def _is_coroutine_function(callback: Any) -> bool:
    return any(
        inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        for function in (callback, getattr(callback, "__call__", None))  # noqa: B004 - to inspect it, not to test for it
    )


def _callback_error(method: str, name: str, callback: object, rule: str) -> InputError:
    return InputError(method, (InputProblem(name, short(callback), rule, "use def, not async def"),))


def checked_timeout(timeout: Timeout) -> float:
    """Return a timeout in seconds; infinity for None.

    Raises:
        InputError: if it is not a positive duration of at most 366 days.
    """
    if timeout is None:
        return float("inf")
    value = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    return seconds("timeout", value, most=366 * 86400.0)
