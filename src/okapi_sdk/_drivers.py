"""The sync and async drivers, which carry out the effects that flows yield.

Only the SDK's own errors are thrown into a flow. KeyboardInterrupt and cancellation bypass it; the driver closes the
flow, so that its ``finally`` blocks run.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, TypeVar

from ._engine.effects import Ended, Exclusive, Flow, Send, Sleep
from ._transport.http import AsyncHttp, SyncHttp
from ._transport.turns import Turns
from .errors import ConfigurationError, OkapiError, TransportTimeoutError
from .settings.clock import Clock

T = TypeVar("T")

_TIMED_OUT = "The call timed out while another call of this client was signing in."


class SyncDriver:
    """Runs flows in the calling thread. Any number of threads can share one driver."""

    def __init__(self, http: SyncHttp, clock: Clock) -> None:
        self.http = http
        self._clock = clock
        self._turns = Turns(1)
        self._pid = os.getpid()

    def run(self, flow: Flow[T]) -> T:
        """Run a flow and return its result."""
        try:
            while isinstance(step := self.advance(flow), Sleep):
                self.sleep(step.pause(self._clock.monotonic()))
            return step.value
        finally:
            flow.close()

    def advance(self, flow: Flow[T]) -> Sleep | Ended[T]:
        """Run a flow until it ends or has to sleep. After the sleep, call this again."""
        self._after_fork()
        outcomes: list[Any] = [None]
        failure: OkapiError | None = None
        while True:
            # Keep no outcome in a local variable: an error's frames must not hold the last request or response.
            try:
                effect = flow.send(outcomes.pop()) if failure is None else flow.throw(failure)
            except StopIteration as stop:
                return Ended(stop.value)
            if isinstance(effect, Sleep):
                return effect
            failure = None
            try:
                outcomes.append(self._perform(effect))
            except OkapiError as error:
                failure = error
            except StopIteration as stop:
                # Raised by the caller's clock or transport. It would end any iterator that calls the SDK.
                raise RuntimeError("StopIteration was raised outside okapi_sdk") from stop
            del effect

    def sleep(self, seconds: float) -> None:
        """Pause."""
        try:
            self._clock.sleep(seconds)
        except StopIteration as stop:
            # Raised by the caller's clock. It would end any iterator that calls the SDK.
            raise RuntimeError("StopIteration was raised outside okapi_sdk") from stop

    def _perform(self, effect: Send | Exclusive) -> Any:
        remaining = effect.deadline - self._clock.monotonic()
        if isinstance(effect, Send):
            return self.http.send(effect.request, remaining)
        return self._exclusive(effect, remaining)

    def _exclusive(self, effect: Exclusive, remaining: float) -> bool:
        turn: list[None] = []
        turns = self._turns
        try:
            try:
                if turns.take(turn, remaining if effect.blocking else 0):
                    self.run(effect.flow)
                    return True
            finally:
                turns.give_back(turn)
        finally:  # again, because Ctrl-C may have interrupted the first time
            turns.give_back(turn)
        effect.flow.close()
        if effect.blocking:
            raise TransportTimeoutError(_TIMED_OUT)
        return False

    def _after_fork(self) -> None:
        if self._pid != os.getpid():
            # When the process forked, another thread of the parent may have held the turn.
            self._turns = Turns(1)
            self._pid = os.getpid()
            self.http.after_fork()

    def close(self) -> None:
        """Close the connections. In a forked process, the parent's connections stay open."""
        self._after_fork()
        self.http.close()


class AsyncDriver:
    """Runs flows in the tasks of one event loop, the one in which it was first used."""

    def __init__(self, http: AsyncHttp, clock: Clock) -> None:
        self.http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow and return its result."""
        try:
            while isinstance(step := await self.advance(flow), Sleep):
                await self.sleep(step.pause(self._clock.monotonic()))
            return step.value
        finally:
            flow.close()

    async def advance(self, flow: Flow[T]) -> Sleep | Ended[T]:
        """Run a flow until it ends or has to sleep. After the sleep, call this again."""
        self._bind()
        outcomes: list[Any] = [None]
        failure: OkapiError | None = None
        while True:
            # Keep no outcome in a local variable: an error's frames must not hold the last request or response.
            try:
                effect = flow.send(outcomes.pop()) if failure is None else flow.throw(failure)
            except StopIteration as stop:
                return Ended(stop.value)
            if isinstance(effect, Sleep):
                return effect
            failure = None
            try:
                outcomes.append(await self._perform(effect))
            except OkapiError as error:
                failure = error
            del effect

    async def sleep(self, seconds: float) -> None:
        """Pause."""
        await self._clock.sleep_async(seconds)

    async def _perform(self, effect: Send | Exclusive) -> Any:
        remaining = effect.deadline - self._clock.monotonic()
        if isinstance(effect, Send):
            return await self.http.send(effect.request, remaining)
        return await self._exclusive(effect, remaining)

    async def _exclusive(self, effect: Exclusive, remaining: float) -> bool:
        if not effect.blocking and self._lock.locked():
            effect.flow.close()
            return False
        acquired = False
        try:
            async with asyncio.timeout(max(0.0, remaining)):
                acquired = await self._lock.acquire()
        except TimeoutError:
            effect.flow.close()
        if not acquired:
            raise TransportTimeoutError(_TIMED_OUT)
        try:
            await self.run(effect.flow)
        finally:
            self._lock.release()
        return True

    def _bind(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None:
            raise ConfigurationError(
                "AsyncOkapiClient needs a running asyncio event loop; other async libraries are not supported."
            )
        self._loop = self._loop or loop
        if loop is not self._loop:
            raise ConfigurationError(
                "This AsyncOkapiClient belongs to the event loop of its first call, but another loop is running. "
                "Create a separate client in each asyncio.run()."
            )

    async def close(self) -> None:
        """Close the connections."""
        await self.http.close(abandoned=not self.may_close())

    def may_close(self) -> bool:
        """Return False if the driver's event loop is closed, and its connections with it.

        Raises:
            ConfigurationError: if a different event loop is running.
        """
        if self._loop is not None and self._loop.is_closed():
            return False
        self._bind()
        return True
