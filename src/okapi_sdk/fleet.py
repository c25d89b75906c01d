"""Runs the steps of many calculations, with threads or with tasks: `OkapiClient.map`, `as_completed` and `wait_all`.

The caller's thread decides everything, each time the caller asks for the next outcome: it reads the input, looks which
calculations are due and hands their steps to idle workers. The workers only send and receive.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from queue import Empty, SimpleQueue
from typing import Any, Generic

from ._drivers import AsyncDriver, SyncDriver
from ._engine.effects import Ended, Sleep
from ._engine.fleet import Fleet, Member
from .errors import OkapiError, R
from .outcome import MapProgress, OnProgress

log = logging.getLogger("okapi_sdk")

Step = Sleep | Ended[float | None] | BaseException
MOST_LISTED = 20


class ProgressReport:
    """Calls ``on_progress`` when the counts of a fleet have changed."""

    def __init__(self, fleet: Fleet[Any], total: int | None, on_progress: OnProgress) -> None:
        self._fleet, self._total, self._on_progress = fleet, total, on_progress
        self._began = fleet.now
        self._last: tuple[int, ...] = ()

    def __call__(self) -> None:
        """Report the counts, if they have changed."""
        fleet = self._fleet
        counts = (fleet.submitted, fleet.running, fleet.succeeded, fleet.failed)
        if counts != self._last:
            self._last = counts
            self._on_progress(MapProgress(*counts, self._total, fleet.now - self._began))


class Run(Generic[R]):
    """The input of a fleet and what it has in common for threads and tasks."""

    def __init__(
        self,
        fleet: Fleet[R],
        calculations: Iterable[Any] = (),
        *,
        most: int = 1,
        check: Callable[[Any], None] | None = None,
        report: ProgressReport | None = None,
    ) -> None:
        self.fleet = fleet
        self._input, self._most, self._check, self._report = iter(calculations), most, check, report
        self._taken = 0  # from the input, without an outcome that the caller has taken
        self._has_more = True

    def admit(self) -> bool:
        """Take a calculation from the input, if there is room for it."""
        if not self._has_more or self._taken >= self._most:
            return False
        for calculation in self._input:
            if self._check is not None:
                self._check(calculation)
            self.fleet.add(calculation)
            self._taken += 1
            return True
        self._has_more = False
        self.fleet.exhausted()
        return False

    def take_ended(self) -> Member[R]:
        """Return the calculation that ended first."""
        self._taken -= 1
        return self.fleet.ended.popleft()

    def settle(self, member: Member[R], step: Step) -> None:
        """Take note of a step. Raise an exception that came from the caller's clock, hooks or signal handlers."""
        if isinstance(step, Sleep | Ended | OkapiError):
            self.fleet.settle(member, step)
            if self._report is not None:
                self._report()
        else:
            raise step

    @property
    def is_over(self) -> bool:
        """True if all calculations have ended and their outcomes were taken."""
        return not self._has_more and not self.fleet.members and not self.fleet.ended

    def note_rest(self, interruption: BaseException) -> None:
        """Tell which calculations an early end has left on the platform: in the log, and in a note on the exception."""
        references, keys = list(self.fleet.references()), list(self.fleet.doubtful_keys())
        lines = []
        if references:
            listed = ", ".join(map(str, references[:MOST_LISTED])) + (", ..." if len(references) > MOST_LISTED else "")
            lines.append(f"{len(references)} calculations continue on the platform. Resume them with: {listed}")
        if keys:
            listed = ", ".join(keys[:MOST_LISTED])
            lines.append(f"{len(keys)} submits may or may not have arrived (Idempotency-Key {listed})")
        for line in lines:
            log.warning("%s", line)
            interruption.add_note(line)


class Threads(Generic[R]):
    """Carries out the steps of a run with threads, one for each connection in use."""

    def __init__(self, run: Run[R], driver: SyncDriver) -> None:
        self._run, self._driver = run, driver
        self._most = driver.http.connections
        self._steps: SimpleQueue[Member[R] | None] = SimpleQueue()
        self._ends: SimpleQueue[tuple[Member[R], Step]] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._busy = 0

    def ended(self) -> Generator[Member[R], None, None]:
        """Yield the calculations in the order in which they end."""
        run = self._run
        try:
            run.fleet.records.open()
            while not run.is_over:
                self._collect(0.0)
                is_fed = run.admit()
                self._dispatch()
                if run.fleet.ended:
                    yield run.take_ended()
                elif not is_fed and not run.is_over:
                    self._wait()
        except BaseException as interruption:
            self._stop()
            run.note_rest(interruption)
            raise
        else:
            self._stop()
        finally:
            run.fleet.records.close()

    def _collect(self, timeout: float | None) -> None:
        try:
            while True:
                member, step = self._ends.get(timeout != 0, timeout)
                self._busy -= 1
                timeout = 0.0
                self._run.settle(member, step)
        except Empty:
            return

    def _dispatch(self) -> None:
        while self._busy < self._most and (member := self._run.fleet.take()) is not None:
            self._busy += 1
            if self._busy > len(self._threads):
                # In a copy of the caller's context, for what traces calls. A daemon: it must not outlive the program.
                serve = contextvars.copy_context().run
                self._threads.append(threading.Thread(target=serve, args=(self._serve,), daemon=True))
                self._threads[-1].start()
            self._steps.put(member)

    def _wait(self) -> None:
        delay = self._run.fleet.delay()
        if not self._busy:
            self._driver.sleep(delay)
        else:
            self._collect(None if self._busy == self._most else min(delay, threading.TIMEOUT_MAX))

    def _serve(self) -> None:
        while (member := self._steps.get()) is not None:
            self._ends.put((member, self._advance(member)))

    def _advance(self, member: Member[R]) -> Step:
        driver: SyncDriver = self._driver if member.handle is None else member.handle._driver
        try:
            return driver.advance(member.flow)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            return error

    def _stop(self) -> None:
        """End the threads, each after the call that it is making."""
        for _ in self._threads:
            self._steps.put(None)
        for thread in self._threads:
            thread.join()


class Tasks(Generic[R]):
    """Carries out the steps of a run with tasks, one for each connection in use."""

    def __init__(self, run: Run[R], driver: AsyncDriver) -> None:
        self._run, self._driver = run, driver
        self._most = driver.http.connections
        self._ends: list[tuple[Member[R], Step]] = []
        self._has_ends = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def ended(self) -> AsyncGenerator[Member[R], None]:
        """Yield the calculations in the order in which they end."""
        run = self._run
        try:
            run.fleet.records.open()
            while not run.is_over:
                self._collect()
                is_fed = run.admit()
                self._dispatch()
                if run.fleet.ended:
                    yield run.take_ended()
                elif is_fed:
                    await asyncio.sleep(0)  # let the steps begin
                elif not run.is_over:
                    await self._wait()
        except BaseException as interruption:
            run.note_rest(interruption)
            raise
        finally:
            await self._stop()
            run.fleet.records.close()

    def _collect(self) -> None:
        ends, self._ends = self._ends, []
        for member, step in ends:
            self._run.settle(member, step)
        self._has_ends.clear()

    def _dispatch(self) -> None:
        while len(self._tasks) < self._most and (member := self._run.fleet.take()) is not None:
            task = asyncio.create_task(self._advance(member))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _wait(self) -> None:
        delay = self._run.fleet.delay()
        if not self._tasks:
            await self._driver.sleep(delay)
        elif len(self._tasks) == self._most or delay == float("inf"):
            await self._has_ends.wait()
        else:
            try:
                async with asyncio.timeout(delay):
                    await self._has_ends.wait()
            except TimeoutError:
                return

    async def _advance(self, member: Member[R]) -> None:
        driver: AsyncDriver = self._driver if member.handle is None else member.handle._driver
        step: Step
        try:
            step = await driver.advance(member.flow)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's task
            step = error
        self._ends.append((member, step))
        self._has_ends.set()

    async def _stop(self) -> None:
        """Cancel the calls that are being made."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
