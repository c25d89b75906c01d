"""Retries: which failures of which calls are sent again, and when.

====================================  ======  ========  ========
what happened                         read    write     sign-in
====================================  ======  ========  ========
nothing was sent                      again   again     again
sent, then lost or timed out          again   uncertain again
response body damaged                 again   uncertain again
408, 425, 503 with Retry-After        again   again     again
429                                   again   again     error
another 5xx                           again   uncertain again
any other error status                error   error     error
certificate refused, client closed    error   error     error
body too large, unrequested encoding  error   uncertain error
a part (206), a length and chunks     error   uncertain error
====================================  ======  ========  ========

*Write* is every POST, PUT, PATCH and DELETE of a platform call. *Uncertain* is `SubmissionUncertainError`, except for a
5xx that explains what is wrong with the input: that is a `ServerError`. With ``RetryPolicy(submit="same-key")``,
uncertain writes are sent again. This table does not handle 401: `Session.attempt` replays it once with a fresh token.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, cast

import tenacity

from ..results.response import RawResponse
from ..settings.clock import Clock
from ..settings.policies import RetryPolicy
from .call_errors import explains_itself
from .effects import Failure, Flow, sleep
from .protocol import retry_after

CallKind = Literal["read", "write", "sign-in"]
Event = Literal["ok", "unsent", "lost", "damaged", "not now", "limited", "server", "error", "refused"]
Verdict = Literal["done", "again", "uncertain", "error"]
Outcome: TypeAlias = RawResponse | Failure

TABLE: Mapping[Event, Mapping[CallKind, Verdict]] = {
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


def classify(outcome: Outcome) -> Event:
    """Return the row of the table for an outcome."""
    if isinstance(outcome, Failure):
        if outcome.reason in ("tls", "closed"):
            return "refused"
        if not outcome.sent:
            return "unsent"
        if outcome.status_code is not None and outcome.status_code >= 300:
            # The status is known and decides; the body does not matter.
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


def verdict(kind: CallKind, outcome: Outcome, policy: RetryPolicy) -> Verdict:
    """Return the table's verdict, adjusted by the policy for submits."""
    by_table = TABLE[classify(outcome)][kind]
    if isinstance(outcome, Failure) and outcome.reason in ("too_large", "partial", "encoding") and by_table == "again":
        return "error"  # the next response would be the same
    if by_table == "uncertain" and isinstance(outcome, RawResponse) and explains_itself(outcome):
        return "error"
    if kind == "write" and policy.submit == "never" and by_table == "again":
        return "error"
    if kind == "write" and policy.submit == "same-key" and by_table == "uncertain":
        return "again"
    return by_table


class Budget:
    """Credit for a client's retries. It runs out during an outage, so retries do not add to the load."""

    def __init__(self, credit: float = 100.0) -> None:
        self.credit: float = credit

    def spend(self, outcome: Outcome) -> bool:
        """Pay for one retry. Return False if the credit is too low."""
        price = 10.0 if isinstance(outcome, Failure) and outcome.reason == "timeout" else 5.0
        if self.credit < price:
            return False
        self.credit -= price
        return True

    def earn(self) -> None:
        """Add the credit for one successful call."""
        self.credit = min(100.0, self.credit + 1.0)


class Retries:
    """Retries calls according to the table."""

    def __init__(self, clock: Clock, budget: Budget | None = None, rng: random.Random | None = None) -> None:
        self.clock: Clock = clock
        self.budget: Budget = budget or Budget()
        self.rng: random.Random = rng or random.SystemRandom()

    def run(
        self,
        kind: CallKind,
        try_once: Callable[[float], Flow[Outcome]],
        policy: RetryPolicy,
        deadline: float,
        *,
        patient: bool = False,
    ) -> Flow[Outcome]:
        """Call ``try_once`` with the end of the call until its outcome is final. Return the last outcome.

        If ``patient``, attempts that the platform asked to repeat later do not count.
        """
        end = deadline if patient else min(deadline, self.clock.monotonic() + policy.total)
        postponed = 0

        def should_repeat(outcome: Outcome) -> bool:
            return verdict(kind, outcome, policy) == "again"

        def wait(state: tenacity.RetryCallState) -> float:
            backoff = self.rng.uniform(
                0.0, min(policy.cap, policy.base * 2.0 ** (state.attempt_number - postponed - 1))
            )
            return max(backoff, self._requested_pause(state) or 0.0)

        def stop(state: tenacity.RetryCallState) -> bool:
            nonlocal postponed
            pause = self._requested_pause(state)
            if (pause or 0.0) > policy.max_retry_after or self.clock.monotonic() + state.upcoming_sleep >= end:
                return True
            if patient and (pause is not None or classify(last_outcome(state)) == "limited"):
                postponed += 1
                return False
            return state.attempt_number - postponed >= policy.attempts or not self.budget.spend(last_outcome(state))

        outcome: Outcome = yield from repeat(
            should_repeat,
            lambda retry: tenacity.Retrying(retry=retry, wait=wait, stop=stop, retry_error_callback=last_outcome),
            lambda: try_once(end),
            end,
        )
        if classify(outcome) == "ok":
            self.budget.earn()
        return outcome

    def _requested_pause(self, state: tenacity.RetryCallState) -> float | None:
        outcome = last_outcome(state)
        return retry_after(outcome, self.clock.wall()) if isinstance(outcome, RawResponse) else None


def repeat(
    should_repeat: Callable[[Any], bool],
    make_policy: Callable[[tenacity.retry_if_result], tenacity.Retrying],
    step: Callable[[], Flow[Any]],
    deadline: float,
) -> Flow[Any]:
    """Run a tenacity policy inside a flow: tenacity decides, the driver sleeps.

    Failures are values here, so the policy judges results and never swallows an exception. The policy is created only
    if the first attempt has to be repeated, because most calls succeed the first time.
    """
    outcome = yield from step()
    if not should_repeat(outcome):
        return outcome
    policy = make_policy(tenacity.retry_if_result(should_repeat))
    state = tenacity.RetryCallState(policy, None, (), {})
    state.set_result(outcome)
    while True:
        policy.begin()  # each time: tenacity keeps statistics per thread, and the flow may go on in another one
        action = policy.iter(state)
        if isinstance(action, tenacity.DoAttempt):
            state.set_result((yield from step()))
        elif isinstance(action, tenacity.DoSleep):
            state.prepare_for_next_attempt()
            yield from sleep(float(action), deadline)
        else:
            return action


def last_outcome(state: tenacity.RetryCallState) -> Any:
    """Return the outcome of the last step of `repeat`."""
    return cast("Any", state.outcome).result()
