"""The driver of tasks."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from .._engine.effects import Ended, Exclusive, Flow, Send, Sleep
from .._transport.async_http import AsyncHttp
from ..errors import ConfigurationError, OkapiError, TransportTimeoutError
from ..settings.clock import Clock
from . import SIGN_IN_TIMED_OUT

T = TypeVar("T")


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
            raise TransportTimeoutError(SIGN_IN_TIMED_OUT)
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
