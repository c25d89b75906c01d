"""The driver of threads."""

from __future__ import annotations

import os
from typing import Any, TypeVar

from .._engine.effects import Ended, Exclusive, Flow, Send, Sleep
from .._transport.sync_http import SyncHttp
from .._transport.turns import Turns
from ..errors import OkapiError, TransportTimeoutError
from ..settings.clock import Clock
from . import SIGN_IN_TIMED_OUT

T = TypeVar("T")


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
            raise TransportTimeoutError(SIGN_IN_TIMED_OUT)
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
