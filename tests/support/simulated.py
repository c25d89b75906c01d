"""Flows without sockets: clocks that can be set and put to sleep, a platform, and drivers in one thread."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import SecretStr

from okapi_sdk import OkapiError
from okapi_sdk._engine.effects import (
    Exclusive,
    Flow,
    HttpRequest,
    Send,
    Sleep,
)
from okapi_sdk.results.response import RawResponse
from okapi_sdk.settings.credentials import Credentials
from okapi_sdk.settings.environments import Environment
from okapi_sdk.testing import InstantClock

T = TypeVar("T")
DAY = 86_400.0
ENVIRONMENT = Environment("https://api.okapi.example", "https://auth.okapi.example/t", "audience", "client")
CREDENTIALS = Credentials("user@example.com", SecretStr("password-of-the-test"))


class TwoClocks(InstantClock):
    """A machine's clocks, and the time that passes whatever they say."""

    def __init__(self) -> None:
        super().__init__()
        self.truth = 0.0

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self.truth += seconds

    def suspend(self, seconds: float) -> None:
        """The machine sleeps: its monotonic clock stands still."""
        self._began += seconds
        self.truth += seconds

    def step(self, seconds: float) -> None:
        """The wall clock is set."""
        self._began += seconds


class Platform:
    """Gives out tokens, and knows by the true time which are good."""

    def __init__(self, clock: TwoClocks) -> None:
        self.clock = clock
        self.sign_in_status = 200
        self.signed_in: list[float] = []
        """True time of each POST to the token endpoint."""
        self.unauthorized = 0
        self._expiry: dict[str, float] = {}

    def answer(self, request: HttpRequest) -> RawResponse:
        if request.url == ENVIRONMENT.token_url:
            return self._sign_in()
        if self.accepts(request.headers["authorization"].removeprefix("Bearer ")):
            return RawResponse(200, {}, b"[]")
        self.unauthorized += 1
        return RawResponse(401, {}, b"")

    def accepts(self, token: str) -> bool:
        return self.clock.truth < self._expiry.get(token, float("-inf"))

    def revoke(self) -> None:
        self._expiry.clear()

    def _sign_in(self) -> RawResponse:
        self.signed_in.append(self.clock.truth)
        if self.sign_in_status != 200:
            return RawResponse(self.sign_in_status, {}, b"{}")
        token = f"token-{len(self.signed_in)}"
        self._expiry[token] = self.clock.truth + DAY
        return RawResponse(200, {}, json.dumps({"access_token": token, "expires_in": DAY}).encode())


def drive(flow: Flow[T], platform: Platform) -> T:
    """Carry out a flow alone."""
    value: Any = None
    failure: OkapiError | None = None
    while True:
        try:
            effect = flow.send(value) if failure is None else flow.throw(failure)
        except StopIteration as stop:
            result: T = stop.value
            return result
        value = failure = None
        if isinstance(effect, Send):
            value = platform.answer(effect.request)
        elif isinstance(effect, Sleep):
            platform.clock.sleep(effect.seconds)
        else:
            try:
                drive(effect.flow, platform)
            except OkapiError as error:
                failure = error
            else:
                value = True


class Caller:
    """One of several callers whose flows take turns; `lock` holds who has it."""

    def __init__(self, flow: Flow[Any], lock: list[Caller]) -> None:
        self._stack: list[Flow[Any]] = [flow]
        self._lock = lock
        self._effect: Any = None
        self.result: Any = None
        self.done = False
        self._resume(None, None)

    @property
    def sends(self) -> HttpRequest | None:
        """The request that it is about to send, if it is."""
        return self._effect.request if not self.done and isinstance(self._effect, Send) else None

    def step(self, platform: Platform) -> None:
        """Carry out its effect, or go on waiting for the lock."""
        effect = self._effect
        if isinstance(effect, Send):
            self._resume(platform.answer(effect.request), None)
        elif isinstance(effect, Sleep):
            platform.clock.sleep(effect.seconds)
            self._resume(None, None)
        elif isinstance(effect, Exclusive):
            if not self._lock:
                self._lock.append(self)
                self._stack.append(effect.flow)
                self._resume(None, None)
            elif not effect.blocking:
                effect.flow.close()
                self._resume(False, None)

    def cancel(self) -> None:
        """Cut it off, as Ctrl-C and cancellation do."""
        while self._stack:
            self._stack.pop().close()
        self._finish(None)

    def _resume(self, value: Any, failure: OkapiError | None) -> None:
        while True:
            flow = self._stack[-1]
            try:
                self._effect = flow.send(value) if failure is None else flow.throw(failure)
            except StopIteration as stop:
                value, failure = stop.value, None
            except OkapiError as error:
                value, failure = None, error
            else:
                return
            self._stack.pop()
            if not self._stack:
                self._finish(value if failure is None else failure)
                return
            self._lock.clear()
            value = True

    def _finish(self, result: Any) -> None:
        self.done, self.result = True, result
        if self._lock == [self]:
            self._lock.clear()
