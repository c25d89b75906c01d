"""Which failure of which kind of call is sent again.

====================================  ======  ========  ========
what happened                         read    write     sign-in
====================================  ======  ========  ========
nothing was sent                      again   again     again
sent, then lost or out of time        again   uncertain again
the answer's body is damaged          again   uncertain again
408, 425, 503 with Retry-After        again   again     again
429                                   again   again     error
another 5xx                           again   uncertain again
any other error status                error   error     error
certificate refused, client closed    error   error     error
body too large, encoding not asked    error   uncertain error
a part (206), a length and chunks     error   uncertain error
====================================  ======  ========  ========

*Write* is every POST, PATCH and DELETE of a platform call. *Uncertain* is `SubmissionUncertainError`; a 5xx that says
what it disliked is a `ServerError` instead. With ``RetryPolicy(submit="same-key")`` uncertain becomes again. A 401 is
no business of this table: `flows.Session.attempt` replays it once with a fresh token.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

import tenacity

from ..models.response import RawResponse
from ..settings import Clock, RetryPolicy
from . import wire
from .effects import Failure, Flow, sleep

Verb = Literal["read", "write", "sign-in"]
Event = Literal["ok", "unsent", "lost", "damaged", "not now", "limited", "server", "error", "refused"]
Verdict = Literal["done", "again", "uncertain", "error"]
Outcome: TypeAlias = RawResponse | Failure

TABLE: Mapping[Event, Mapping[Verb, Verdict]] = {
    "ok": {"read": "done", "write": "done", "sign-in": "done"},
    "unsent": {"read": "again", "write": "again", "sign-in": "again"},
    "lost": {"read": "again", "write": "uncertain", "sign-in": "again"},
    "damaged": {"read": "again", "write": "uncertain", "sign-in": "again"},
    "not now": {"read": "again", "write": "again", "sign-in": "again"},
    "limited": {"read": "again", "write": "again", "sign-in": "error"},
    "server": {"read": "again", "write": "uncertain", "sign-in": "again"},
    "error": {"read": "error", "write": "error", "sign-in": "error"},
    "refused": {"read": "error", "write": "error", "sign-in": "error"},
}


def event(outcome: Outcome) -> Event:
    """What happened, in the table's words."""
    if isinstance(outcome, Failure):
        if outcome.reason in ("tls", "closed"):
            return "refused"
        if not outcome.sent:
            return "unsent"
        if outcome.status_code is not None and outcome.status_code >= 300:
            # The status is known and decides; its body does not matter.
            return "server" if outcome.status_code >= 500 else "error"
        if outcome.reason in ("too_large", "truncated", "partial", "encoding"):
            return "damaged"
        return "lost"
    code = outcome.status_code
    if code < 300:
        return "ok"
    if code == 429:
        return "limited"
    if code in (408, 425) or (code == 503 and "retry-after" in outcome.headers):
        return "not now"
    return "server" if code >= 500 else "error"


def verdict(verb: Verb, outcome: Outcome, policy: RetryPolicy) -> Verdict:
    """What the table says, with the policy's word on submits."""
    found = TABLE[event(outcome)][verb]
    if isinstance(outcome, Failure) and outcome.reason in ("too_large", "partial", "encoding") and found == "again":
        return "error"  # it would come the same way again
    if found == "uncertain" and isinstance(outcome, RawResponse) and wire.explains_itself(outcome):
        return "error"
    if verb == "write" and policy.submit == "never" and found == "again":
        return "error"
    if verb == "write" and policy.submit == "same-key" and found == "uncertain":
        return "again"
    return found


@dataclass
class Budget:
    """Retries that a client may still make: in an outage of the platform they run out instead of adding to it."""

    tokens: float = 100.0

    def spend(self, outcome: Outcome) -> bool:
        """Take the price of one retry; False if there is not enough."""
        price = 10.0 if isinstance(outcome, Failure) and outcome.reason == "timeout" else 5.0
        if self.tokens < price:
            return False
        self.tokens -= price
        return True

    def earn(self) -> None:
        """A success pays one back."""
        self.tokens = min(100.0, self.tokens + 1.0)


@dataclass
class Retries:
    """Sends calls again as the table says."""

    clock: Clock
    budget: Budget = field(default_factory=Budget)
    chance: random.Random = field(default_factory=random.SystemRandom)

    def run(
        self,
        verb: Verb,
        attempt: Callable[[float], Flow[Outcome]],
        policy: RetryPolicy,
        timeout: float,
        deadline: float,
    ) -> Flow[Outcome]:
        """Attempts of at most ``timeout`` seconds each, until one is done or the last one stands."""
        end = min(deadline, self.clock.monotonic() + policy.total)

        def again(outcome: Outcome) -> bool:
            return verdict(verb, outcome, policy) == "again"

        def wait(state: tenacity.RetryCallState) -> float:
            drawn = self.chance.uniform(0.0, min(policy.cap, policy.base * 2.0 ** (state.attempt_number - 1)))
            return max(drawn, self._asked(state) or 0.0)

        def stop(state: tenacity.RetryCallState) -> bool:
            return (
                state.attempt_number >= policy.attempts
                or (self._asked(state) or 0.0) > policy.max_retry_after
                or self.clock.monotonic() + state.upcoming_sleep >= end
                or not self.budget.spend(result_of(state))
            )

        outcome: Outcome = yield from loop(
            again,
            lambda retry: tenacity.Retrying(retry=retry, wait=wait, stop=stop, retry_error_callback=result_of),
            lambda: attempt(min(end, self.clock.monotonic() + timeout)),
            end,
        )
        if event(outcome) == "ok":
            self.budget.earn()
        return outcome

    def _asked(self, state: tenacity.RetryCallState) -> float | None:
        outcome = result_of(state)
        return wire.retry_after(outcome, self.clock.wall()) if isinstance(outcome, RawResponse) else None


def loop(
    again: Callable[[Any], bool],
    policy: Callable[[tenacity.retry_if_result], tenacity.Retrying],
    step: Callable[[], Flow[Any]],
    deadline: float,
) -> Flow[Any]:
    """Run a tenacity policy inside a flow: tenacity decides, the driver sleeps.

    Failures are values here, so that the policy judges results and never swallows an exception. The policy is made only
    where the first outcome is to be followed by another: most calls need none.
    """
    outcome = yield from step()
    if not again(outcome):
        return outcome
    retrying = policy(tenacity.retry_if_result(again))
    retrying.begin()
    state = tenacity.RetryCallState(retrying, None, (), {})
    state.set_result(outcome)
    while True:
        do = retrying.iter(state)
        if isinstance(do, tenacity.DoAttempt):
            state.set_result((yield from step()))
        elif isinstance(do, tenacity.DoSleep):
            state.prepare_for_next_attempt()
            yield from sleep(float(do), deadline)
        else:
            return do


def result_of(state: tenacity.RetryCallState) -> Any:
    """What the last attempt of a `loop` brought."""
    return cast("Any", state.outcome).result()
