"""The token over long times and any order of events, with a driver that has neither threads nor sockets."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from okapi_sdk import AuthenticationError, OkapiError
from okapi_sdk._engine.session import Call, Session
from okapi_sdk._engine.tokens import MANDATORY
from okapi_sdk.settings.policies import Options
from tests.support.simulated import CREDENTIALS, DAY, ENVIRONMENT, Caller, Platform, TwoClocks, drive

CALL = Call("read", "GET", "satellites")
MONTH = 30 * DAY
EVERY = 10.0


def month(act: Callable[[TwoClocks, int], None]) -> Platform:
    """Thirty days with a call every ten seconds; ``act`` does something to the clocks before each."""
    clock = TwoClocks()
    platform = Platform(clock)
    session = Session.create(ENVIRONMENT, CREDENTIALS, clock, Options())
    number = 0
    while clock.truth < MONTH:
        act(clock, number)
        assert drive(session.call(CALL, session.deadline()), platform).status_code == 200
        clock.advance(EVERY)
        number += 1
    return platform


def undisturbed(clock: TwoClocks, number: int) -> None:
    """Nothing happens to the clocks."""


def steps(clock: TwoClocks, number: int) -> None:
    if number % 360 == 359:  # every hour
        clock.step(2 * DAY * (-1) ** (number // 360))


def suspends(clock: TwoClocks, number: int) -> None:
    if number % 4000 == 3999:  # after eleven hours of work
        clock.suspend(25 * 3600)


class Both:
    """Suspends of any length, and steps of any size, by a fixed seed."""

    def __init__(self) -> None:
        self.random = random.Random(20180807)
        self.events = 0

    def __call__(self, clock: TwoClocks, number: int) -> None:
        if self.random.random() < 0.001:
            self.events += 1
            clock.suspend(self.random.uniform(0, 2 * DAY))
            clock.step(self.random.uniform(-3 * DAY, 3 * DAY))


@pytest.mark.fault("T12", "T13", "T14", "T15")
@pytest.mark.parametrize(
    ("act", "sign_ins", "unauthorized"),
    [(undisturbed, 31, 0), (steps, 31 + 720, 0), (suspends, 40, 0), (Both(), 200, 40)],
    ids=["undisturbed", "steps of two days every hour", "suspends of 25 hours", "both at random"],
)
def test_thirty_days(
    record_property: Callable[[str, object], None],
    request: pytest.FixtureRequest,
    act: Any,
    sign_ins: int,
    unauthorized: int,
) -> None:
    platform = month(act)
    name = request.node.callspec.id
    record_property(f"sign-ins in thirty days, {name}", len(platform.signed_in))
    record_property(f"401 in thirty days, all replayed unseen, {name}", platform.unauthorized)
    assert len(platform.signed_in) <= sign_ins
    assert platform.unauthorized <= unauthorized


class TokenLife(RuleBasedStateMachine):
    """Callers whose flows take turns in any order, are cut off anywhere, and meet any answer under any clock."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = TwoClocks()
        self.platform = Platform(self.clock)
        self.session = Session.create(ENVIRONMENT, CREDENTIALS, self.clock, Options())
        self.tokens = self.session.tokens
        self.lock: list[Caller] = []
        self.callers: list[Caller] = []
        self.refused_after: int | None = None
        self.last: Any = None

    @initialize(age=st.sampled_from([None, 0.0, DAY - 800, DAY - 30]))
    def signed_in_before(self, age: float | None) -> None:
        if age is not None:
            drive(self.tokens.sign_in(self.session.deadline()), self.platform)
            self.clock.advance(age)

    def begin(self, flow: Any) -> None:
        token = self.tokens._token
        fresh = token is not None and token.left(self.clock) > 900
        caller = Caller(flow, self.lock)
        if caller.done:
            self.judge(caller, at_once=True)
        else:
            self.callers.append(caller)
        if fresh and flow.__name__ == "current":
            assert caller.done, "a fresh token needs no effect"

    def judge(self, caller: Caller, *, at_once: bool = False) -> None:
        found = caller.result
        if isinstance(found, AuthenticationError) and found.reason == "refused":
            assert self.refused_after is not None
        if found is None or isinstance(found, OkapiError):
            return
        self.last = found
        token = self.tokens._token
        assert token is not None
        if at_once:
            assert token.value == found
            mandatory = min(MANDATORY[0], MANDATORY[1] * token.lifetime)
            assert token.left(self.clock) > mandatory, "a token about to end was handed out"

    @precondition(lambda self: len(self.callers) < 6)
    @rule()
    def asks(self) -> None:
        self.begin(self.tokens.current(self.session.deadline()))

    @precondition(lambda self: not self.callers)
    @rule(after=st.sampled_from([0.0, 61.0]))
    def calls(self, after: float) -> None:
        self.clock.advance(after)
        self.begin(self.tokens.current(self.session.deadline()))
        if self.callers:
            self.run(self.callers[0], 20)

    @precondition(lambda self: self.last is not None and len(self.callers) < 6)
    @rule()
    def was_refused(self) -> None:
        self.begin(self.tokens.replacement(self.last, self.session.deadline()))

    @precondition(lambda self: self.callers)
    @rule(which=st.integers(0, 5), times=st.integers(1, 4))
    def goes_on(self, which: int, times: int) -> None:
        self.run(self.callers[which % len(self.callers)], times)

    def run(self, caller: Caller, times: int) -> None:
        for _ in range(times):
            posts = caller.sends is not None
            caller.step(self.platform)
            if posts and self.platform.sign_in_status in (400, 401, 403):
                self.refused_after = self.refused_after or len(self.platform.signed_in)
            if caller.done:
                self.callers.remove(caller)
                self.judge(caller)
                return

    @precondition(lambda self: self.callers)
    @rule(which=st.integers(0, 5))
    def is_cut_off(self, which: int) -> None:
        self.callers.pop(which % len(self.callers)).cancel()

    @rule(seconds=st.sampled_from([1.0, 30.0, 61.0, 61.0, 3600.0, DAY - 800, DAY]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(asleep=st.sampled_from([0.0, 60.0, 25 * 3600.0]), step=st.sampled_from([0.0, -2 * DAY, -60.0, 60.0, 2 * DAY]))
    def the_clocks_part(self, asleep: float, step: float) -> None:
        self.clock.suspend(asleep)
        self.clock.step(step)

    @rule(status=st.sampled_from([200, 403, 429, 500]))
    def the_platform_changes_its_mind(self, status: int) -> None:
        self.platform.sign_in_status = status

    @rule()
    def tokens_are_revoked(self) -> None:
        self.platform.revoke()

    @invariant()
    def at_most_one_signs_in(self) -> None:
        assert sum(caller.sends is not None for caller in self.callers) <= 1

    @invariant()
    def a_refused_password_is_never_sent_again(self) -> None:
        if self.refused_after is not None:
            assert len(self.platform.signed_in) == self.refused_after

    @invariant()
    def the_lock_is_held_by_one_who_lives(self) -> None:
        assert all(caller in self.callers for caller in self.lock)

    def teardown(self) -> None:
        # Whatever happened, all who wait come to an end.
        for _ in range(200):
            for caller in list(self.callers):
                caller.step(self.platform)
                if caller.done:
                    self.callers.remove(caller)
        assert not self.callers
        assert not self.lock


TokenLife.TestCase.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)
TestTokenLife = pytest.mark.fault("T5", "T6", "T8", "T9", "T10", "T12", "T13")(TokenLife.TestCase)
