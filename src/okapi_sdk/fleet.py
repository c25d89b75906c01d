"""Runs the steps of many calculations: `OkapiClient.map`, `as_completed` and `wait_all`.

The caller's thread decides everything, each time the caller asks for the next outcome: it reads the input, looks which
calculations are due and hands their steps to idle workers. The workers only send and receive.
"""

from __future__ import annotations

import contextvars
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Generic

from ._drivers.sync_driver import SyncDriver
from ._engine.effects import Ended, Sleep
from ._engine.fleet import Fleet, Member
from ._transport.http import cut_call
from .errors import ConfigurationError, OkapiError, R
from .outcome import MapProgress, OnProgress

_log = logging.getLogger("okapi_sdk")

Step = Sleep | Ended[float | None] | BaseException
MOST_LISTED = 20
GRACE_SECONDS = 2.0
"""Time for submits under way to end properly after an early end of the run."""
STOP_SECONDS = 5.0
"""Time for threads to end after an early end of the run."""


class ProgressReport:
    """Calls ``on_progress`` when the counts of a fleet have changed."""

    def __init__(self, fleet: Fleet[Any], total: int | None, on_progress: OnProgress) -> None:
        self._fleet, self._total, self._on_progress = fleet, total, on_progress
        self._began: float | None = None
        self._last = (0, 0, 0, 0)

    def __call__(self) -> None:
        """Report the counts, if they have changed."""
        fleet = self._fleet
        self._began = fleet.now if self._began is None else self._began
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
        self._pid = os.getpid()
        self._left = 0.0

    def admit(self) -> bool:
        """Take a calculation from the input, if there is room for it."""
        if not self._has_more or self._taken >= self._most:
            return False
        for calculation in self._input:
            if self._check is not None:
                self._check(calculation)
            self.fleet.add(calculation)
            self._taken += 1
            self._report_progress()
            return True
        self._has_more = False
        self.fleet.exhausted()
        return False

    def take_ended(self) -> Member[R]:
        """Return the calculation that ended first, for the caller. Call `resume` when the caller is back."""
        self._taken -= 1
        self._left = self.fleet.now
        return self.fleet.ended.popleft()

    def resume(self) -> None:
        """Go on after the caller has worked on an outcome."""
        self.fleet.idle += self.fleet.now - self._left
        if self._pid != os.getpid():
            raise ConfigurationError(
                "This iterator of map() was started before the process forked. Its threads run in the parent process "
                "only: iterate there, or call map() in the child."
            )

    def settle(self, member: Member[R], step: Step) -> None:
        """Take note of a step. Raise an exception that came from the caller's clock, hooks or signal handlers."""
        if not isinstance(step, Sleep | Ended | OkapiError):
            raise step
        self.fleet.settle(member, step)
        self._report_progress()

    def _report_progress(self) -> None:
        if self._report is not None:
            self._report()

    @property
    def is_over(self) -> bool:
        """True if all calculations have ended and their outcomes were taken."""
        return not self._has_more and not self.fleet.members and not self.fleet.ended

    def note_rest(self, interruption: BaseException, ends: Iterable[tuple[Member[R], Step]]) -> None:
        """Tell which calculations an early end leaves on the platform: in the log, and in a note on the exception.

        ``ends`` are the steps that ended while the run was stopped.
        """
        fleet = self.fleet
        for member, step in ends:
            if isinstance(step, Sleep | Ended | OkapiError):
                with suppress(OkapiError):  # from the journal, which may be why the run ended
                    fleet.settle(member, step)
        references, keys = [str(ref) for ref in fleet.references()], fleet.doubtful_keys()
        if references:
            text = (
                f"{len(references)} calculations were submitted, and their outcomes were not taken. Resume them with: "
            )
            _tell(interruption, text, references)
        if keys:
            _tell(interruption, f"{len(keys)} submits may or may not have arrived, with Idempotency-Key: ", keys)

    def close(self) -> None:
        """Close the journal, and drop all calculations."""
        try:
            self.fleet.records.close()
        finally:
            self.fleet.close()


def _tell(interruption: BaseException, text: str, names: list[str]) -> None:
    _log.warning("%s%s", text, ", ".join(names))
    rest = len(names) - MOST_LISTED
    more = f" and {rest} more, which the log lists" if rest > 0 else ""
    interruption.add_note(f"{text}{', '.join(names[:MOST_LISTED])}{more}")


class Worker(Generic[R]):
    """A thread that carries out steps, and the calculation it works on."""

    def __init__(self, serve: Callable[[Worker[R]], None]) -> None:
        self.member: Member[R] | None = None
        # A copy of the caller's context, for what traces calls.
        self.context: contextvars.Context = contextvars.copy_context()
        # A daemon: it must not outlive the program.
        self.thread: threading.Thread = threading.Thread(
            name="okapi-map", target=self.context.run, args=(serve, self), daemon=True
        )
        self.thread.start()


class Threads(Generic[R]):
    """Carries out the steps of a run with threads, one for each connection in use."""

    def __init__(self, run: Run[R], driver: SyncDriver) -> None:
        self._run, self._driver = run, driver
        self._most = driver.http.connections
        self._steps: SimpleQueue[Member[R] | None] = SimpleQueue()
        self._ends: SimpleQueue[tuple[Member[R], Step]] = SimpleQueue()
        self._workers: list[Worker[R]] = []
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
                    run.resume()
                elif not is_fed and not run.is_over:
                    self._wait()
        except BaseException as interruption:
            try:
                self._stop()
            finally:  # a second Ctrl-C may interrupt the stop
                run.note_rest(interruption, self._pop_ends(0.0))
            raise
        else:
            self._stop()
        finally:
            run.close()

    def _pop_ends(self, timeout: float | None) -> Generator[tuple[Member[R], Step], None, None]:
        with suppress(Empty):
            while True:
                yield self._ends.get(timeout != 0, timeout)
                timeout = 0.0

    def _collect(self, timeout: float | None) -> None:
        for member, step in self._pop_ends(timeout):
            self._busy -= 1
            self._run.settle(member, step)

    def _dispatch(self) -> None:
        while self._busy < self._most and (member := self._run.fleet.take()) is not None:
            self._busy += 1
            if self._busy > len(self._workers):
                self._workers.append(Worker(self._serve))
            self._steps.put(member)

    def _wait(self) -> None:
        delay = self._run.fleet.delay()
        if not self._busy:
            self._driver.sleep(delay)
        else:
            self._collect(None if self._busy == self._most else min(delay, threading.TIMEOUT_MAX))

    def _serve(self, worker: Worker[R]) -> None:
        while (member := self._steps.get()) is not None:
            worker.member = member
            self._ends.put((member, self._advance(member)))

    def _advance(self, member: Member[R]) -> Step:
        driver: SyncDriver = self._driver if member.handle is None else member.handle._driver
        try:
            return driver.advance(member.flow)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            return error

    def _stop(self) -> None:
        """End the threads: those that poll at once, those that submit soon."""
        if sys.is_finalizing():
            return  # the threads are frozen
        self._run.fleet.stop()
        for _ in self._workers:
            self._steps.put(None)
        began = time.monotonic()
        for worker in self._workers:
            while worker.thread.is_alive() and (waited := time.monotonic() - began) < STOP_SECONDS:
                if waited >= GRACE_SECONDS or worker.member is None or not worker.member.is_submitting:
                    cut_call(worker.context)
                worker.thread.join(0.02)
