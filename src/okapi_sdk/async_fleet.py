"""Runs the steps of many calculations with tasks; otherwise like `fleet`."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Generic

from ._drivers.async_driver import AsyncDriver
from ._engine.fleet import Member
from .errors import R
from .fleet import GRACE_SECONDS, Run, Step


class Tasks(Generic[R]):
    """Carries out the steps of a run with tasks, one for each connection in use."""

    def __init__(self, run: Run[R], driver: AsyncDriver) -> None:
        self._run, self._driver = run, driver
        self._most = driver.http.connections
        self._ends: list[tuple[Member[R], Step]] = []
        self._has_ends = asyncio.Event()
        self._tasks: dict[Member[R], asyncio.Task[None]] = {}

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
                    run.resume()
                elif is_fed:
                    await asyncio.sleep(0)  # let the steps begin
                elif not run.is_over:
                    await self._wait()
        except BaseException as interruption:
            try:
                await self._stop()
            finally:  # a second cancellation may interrupt the stop
                run.note_rest(interruption, self._pop_ends())
            raise
        finally:
            run.close()

    def _pop_ends(self) -> list[tuple[Member[R], Step]]:
        ends, self._ends = self._ends, []
        self._has_ends.clear()
        return ends

    def _collect(self) -> None:
        for member, step in self._pop_ends():
            self._run.settle(member, step)

    def _dispatch(self) -> None:
        while len(self._tasks) < self._most and (member := self._run.fleet.take()) is not None:
            self._tasks[member] = asyncio.create_task(self._advance(member))

    async def _wait(self) -> None:
        delay = self._run.fleet.delay()
        if not self._tasks:
            await self._driver.sleep(delay)
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(None if len(self._tasks) == self._most or delay == math.inf else delay):
                    await self._has_ends.wait()

    async def _advance(self, member: Member[R]) -> None:
        driver: AsyncDriver = self._driver if member.handle is None else member.handle._driver
        step: Step
        try:
            step = await driver.advance(member.flow)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's task
            step = error
        # Here, not in a callback of the task: the caller's task must never wait for a task that has ended.
        del self._tasks[member]
        self._ends.append((member, step))
        self._has_ends.set()

    async def _stop(self) -> None:
        """End the tasks: those that poll at once, those that submit soon."""
        self._run.fleet.stop()
        tasks = dict(self._tasks)
        try:
            for member, task in tasks.items():
                if not member.is_submitting:
                    task.cancel()
            if tasks:
                await asyncio.wait(tasks.values(), timeout=GRACE_SECONDS)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
