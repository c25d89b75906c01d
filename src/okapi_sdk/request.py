"""Handles of submitted calculations."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, Generic, NoReturn, Self, TypeVar, overload

from ._drivers import AsyncDriver, SyncDriver
from ._engine.job import Job, OnPoll, PollEvent
from .calculations.base import R
from .errors import InputError, InputProblem, OkapiWarning
from .models.base import short
from .models.response import RawResponse
from .models.status import Status
from .reference import RequestRef
from .settings import seconds

__all__ = ["AsyncRequest", "PollEvent", "Request", "RequestRef"]

F = TypeVar("F")

Timeout = float | timedelta | None

WAIT_SECONDS = 900.0
"""How long a wait lasts where nothing else is said."""


class _Handle(Generic[R]):
    """What both handles know without any I/O."""

    _job: Job[R]

    @property
    def id(self) -> str:
        """The platform's request id."""
        return self._job.ref.id

    @property
    def ref(self) -> RequestRef[R]:
        """Plain data to resume by, in another process too; ``str(ref)`` is one word to paste."""
        return self._job.ref

    @property
    def status(self) -> Status:
        """What the platform last said of the calculation; no I/O."""
        return self._job.status

    @property
    def ended(self) -> bool:
        """Whether it was seen to have ended, FATAL too; no I/O."""
        return self._job.ended

    def raw(self) -> RawResponse | None:
        """The last answer to a look, None before the first; no I/O."""
        return self._job.response

    def _warn(self) -> None:
        # After the result is kept, so that a warning turned into an error loses nothing.
        status = self._job.status
        if self._job.ended and status.warned and not self._job.warned:
            self._job.warned = True
            warnings.warn(f"{self.ref}: {status.line}", OkapiWarning, stacklevel=3)

    def __reduce__(self) -> NoReturn:
        raise TypeError("requests do not pickle or copy; pass request.ref on and resume it where it is used")

    def __repr__(self) -> str:
        state = "ended" if self._job.ended else "running"
        return f"<{type(self).__name__} {self.ref} {state}, status {self.status.type}>"


class Request(_Handle[R]):
    """A submitted calculation. Attributes do no I/O; the verbs look at the platform.

    `OkapiClient.submit` and `OkapiClient.resume` make them. Any number of threads may use one.
    """

    def __init__(self, driver: SyncDriver, job: Job[R]) -> None:
        self._driver = driver
        self._job = job

    def done(self) -> bool:
        """Whether it has ended, FATAL too. At most one GET; none once it has ended.

        Raises:
            OkapiError: the look failed; the error's ``ref`` names the calculation.
        """
        with self._job.bound():
            return self._driver.run(self._job.done())

    def wait(self, timeout: Timeout = WAIT_SECONDS, *, on_poll: OnPoll | None = None) -> Self:
        """Wait until it has ended, FATAL too; `result` tells how.

        What cuts the wait short (Ctrl-C, a signal handler, an error of ``on_poll``) leaves the calculation running: the
        exception's note and a log line have the word to resume it by.

        Args:
            timeout: seconds, or a timedelta; None waits without end.
            on_poll: called with a `PollEvent` after each look that found it still running.

        Raises:
            WaitTimeoutError: the time ran out while it still runs.
            ResultExpiredError: the platform has it no longer.
            OkapiError: looks failed for longer than `PollPolicy.outage`, or in a way that waiting cannot mend.
        """
        with self._job.bound():
            self._driver.run(self._job.wait(_timeout(timeout), _listener(on_poll)))
        return self

    @overload
    def result(self, *, timeout: Timeout = WAIT_SECONDS) -> R: ...
    @overload
    def result(self, format: type[F], *, timeout: Timeout = WAIT_SECONDS) -> F: ...
    def result(self, format: type[Any] | None = None, *, timeout: Timeout = WAIT_SECONDS) -> Any:
        """Wait for the result and return it, all parts joined. Kept: a second call does no I/O.

        Args:
            format: another type to read it as, such as ``request.result(Oem)``.
            timeout: seconds, or a timedelta; None waits without end.

        Raises:
            CalculationFailedError: it ended FATAL.
            InputError: it has no such format; the message names those that it has.
            ResponseFormatError: the answer cannot be read; it stays at `raw`.
            OkapiError: as `wait` does.
        """
        with self._job.bound():
            found = self._driver.run(self._job.result(format, _timeout(timeout)))
        self._warn()
        return found

    def parts(self, *, timeout: Timeout = WAIT_SECONDS) -> Iterator[R]:
        """One result part at a time, for long results. ``timeout`` is for each. Raises as `result` does."""
        number = 0
        while True:
            with self._job.bound():
                part = self._driver.run(self._job.part(number, _timeout(timeout)))
            if part is None:
                return
            if number == 0:
                self._warn()
            yield part
            number += 1


class AsyncRequest(_Handle[R]):
    """A submitted calculation, for asyncio. As `Request`; what does I/O is awaited."""

    def __init__(self, driver: AsyncDriver, job: Job[R]) -> None:
        self._driver = driver
        self._job = job

    async def done(self) -> bool:
        """As `Request.done`."""
        with self._job.bound():
            return await self._driver.run(self._job.done())

    async def wait(self, timeout: Timeout = WAIT_SECONDS, *, on_poll: OnPoll | None = None) -> Self:
        """As `Request.wait`; a cancelled task leaves the calculation running, and the word in the exception's note."""
        with self._job.bound():
            await self._driver.run(self._job.wait(_timeout(timeout), _listener(on_poll)))
        return self

    @overload
    async def result(self, *, timeout: Timeout = WAIT_SECONDS) -> R: ...
    @overload
    async def result(self, format: type[F], *, timeout: Timeout = WAIT_SECONDS) -> F: ...
    async def result(self, format: type[Any] | None = None, *, timeout: Timeout = WAIT_SECONDS) -> Any:
        """As `Request.result`."""
        with self._job.bound():
            found = await self._driver.run(self._job.result(format, _timeout(timeout)))
        self._warn()
        return found

    async def parts(self, *, timeout: Timeout = WAIT_SECONDS) -> AsyncIterator[R]:
        """As `Request.parts`, an async iterator."""
        number = 0
        while True:
            with self._job.bound():
                part = await self._driver.run(self._job.part(number, _timeout(timeout)))
            if part is None:
                return
            if number == 0:
                self._warn()
            yield part
            number += 1


def _listener(on_poll: OnPoll | None) -> OnPoll | None:
    if on_poll is None or (callable(on_poll) and not inspect.iscoroutinefunction(on_poll)):
        return on_poll
    problem = InputProblem(
        "on_poll", short(on_poll), "a function of a PollEvent, not a coroutine", "pass def, not async def"
    )
    raise InputError("wait", (problem,))


def _timeout(given: Timeout) -> float:
    if given is None:
        return float("inf")
    return seconds("timeout", given.total_seconds() if isinstance(given, timedelta) else given, most=366 * 86400.0)
