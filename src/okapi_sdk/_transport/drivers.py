"""The two drivers: they carry out the effects of flows, and do nothing else.

Only `Exception`s of ours travel into a flow. KeyboardInterrupt and cancellation cut straight through; closing the flow
lets its ``finally`` blocks run.
"""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Any, TypeVar

from .._engine.effects import (
    Effect,
    Exclusive,
    Flow,
    Send,
    Sleep,
)
from ..errors import ConfigurationError, OkapiError, TransportTimeoutError
from ..settings.clock import Clock
from .http import AsyncHttp, SyncHttp

T = TypeVar("T")


class SyncDriver:
    """Runs flows in the calling thread. Any number of threads may use one."""

    def __init__(self, http: SyncHttp, clock: Clock) -> None:
        self.http = http
        self._clock = clock
        self._lock = threading.RLock()
        self._pid = os.getpid()

    def run(self, flow: Flow[T]) -> T:
        """Carry out a flow and return what it returns."""
        self._after_fork()
        outcomes: list[Any] = [None]
        failure: OkapiError | None = None
        try:
            while True:
                # Handed on and not kept: an error's frames hold neither the request before it nor the answer.
                try:
                    effect = flow.send(outcomes.pop()) if failure is None else flow.throw(failure)
                except StopIteration as stop:
                    result: T = stop.value
                    return result
                failure = None
                try:
                    outcomes.append(self._perform(effect))
                except OkapiError as error:
                    failure = error
                except StopIteration as error:  # of a user's transport or clock; it would end the caller's iteration
                    raise RuntimeError("a transport or clock raised StopIteration") from error
                del effect
        finally:
            flow.close()

    def _perform(self, effect: Effect) -> Any:
        left = effect.deadline - self._clock.monotonic()
        if isinstance(effect, Send):
            return self.http.send(effect.request, left)
        if isinstance(effect, Sleep):
            return self._clock.sleep(max(0.0, min(effect.seconds, left)))
        return self._exclusive(effect, left)

    def _exclusive(self, effect: Exclusive, left: float) -> bool:
        # `with` knows no time-out. Ctrl-C can strike between the lock's being taken and this thread's knowing of it, so
        # that only the lock itself can say whose it is: an RLock refuses to be released by any other thread.
        timeout = min(max(0.0, left), threading.TIMEOUT_MAX) if effect.blocking else -1
        try:
            if self._lock.acquire(effect.blocking, timeout):
                self.run(effect.flow)
                return True
        finally:
            try:  # noqa: SIM105 - a call to suppress() would be one more place for Ctrl-C
                self._lock.release()
            except RuntimeError:
                pass
        effect.flow.close()
        if effect.blocking:
            raise TransportTimeoutError(WAITED)
        return False

    def _after_fork(self) -> None:
        if self._pid != os.getpid():
            # Another thread of the parent may have held the lock when the process was forked.
            self._lock = threading.RLock()
            self._pid = os.getpid()
            self.http.after_fork()

    def close(self) -> None:
        """Close the connections; in a forked process not those of its parent."""
        self._after_fork()
        self.http.close()


class AsyncDriver:
    """Runs flows in tasks of one event loop: that of its first call."""

    def __init__(self, http: AsyncHttp, clock: Clock) -> None:
        self.http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, flow: Flow[T]) -> T:
        """Carry out a flow and return what it returns."""
        self._bind()
        outcomes: list[Any] = [None]
        failure: OkapiError | None = None
        try:
            while True:
                try:
                    effect = flow.send(outcomes.pop()) if failure is None else flow.throw(failure)
                except StopIteration as stop:
                    result: T = stop.value
                    return result
                failure = None
                try:
                    outcomes.append(await self._perform(effect))
                except OkapiError as error:
                    failure = error
                del effect
        finally:
            flow.close()

    async def _perform(self, effect: Effect) -> Any:
        left = effect.deadline - self._clock.monotonic()
        if isinstance(effect, Send):
            return await self.http.send(effect.request, left)
        if isinstance(effect, Sleep):
            return await self._clock.sleep_async(max(0.0, min(effect.seconds, left)))
        return await self._exclusive(effect, left)

    async def _exclusive(self, effect: Exclusive, left: float) -> bool:
        if not effect.blocking and self._lock.locked():
            effect.flow.close()
            return False
        acquired = False
        try:
            async with asyncio.timeout(max(0.0, left)):
                acquired = await self._lock.acquire()
        except TimeoutError:
            effect.flow.close()
        if not acquired:
            raise TransportTimeoutError(WAITED)
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
                "AsyncOkapiClient needs a running asyncio event loop; other loops are not supported."
            )
        self._loop = self._loop or loop
        if loop is not self._loop:
            raise ConfigurationError(
                "This AsyncOkapiClient belongs to the event loop of its first call, and another loop is running. "
                "Make one client in each asyncio.run()."
            )

    async def close(self) -> None:
        """Close the connections."""
        await self.http.close(abandoned=not self.may_close())

    def may_close(self) -> bool:
        """Whether there are connections to close; those of an event loop that has ended went with it.

        Raises:
            ConfigurationError: another event loop runs.
        """
        if self._loop is not None and self._loop.is_closed():
            return False
        self._bind()
        return True


WAITED = "The time for the call ran out while another call of this client was signing in."
