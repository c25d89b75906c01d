"""The retry table cell by cell, and the instants at which a call is sent again."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from okapi_sdk import RetryPolicy
from okapi_sdk._engine.effects import (
    Failure,
    Flow,
    HttpRequest,
    Send,
    Sleep,
    send,
)
from okapi_sdk._engine.retrying import (
    Budget,
    CallKind,
    Outcome,
    Retries,
    classify,
    verdict,
)
from okapi_sdk.results.response import RawResponse
from okapi_sdk.testing import InstantClock

REQUEST = HttpRequest("GET", "http://127.0.0.1:9/x", {})


def status(code: int, **headers: str) -> RawResponse:
    return RawResponse(code, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


def failed(reason: Any = "connection", *, sent: bool = True, code: int | None = None) -> Failure:
    return Failure(reason, "why", sent, code)


ROWS: list[tuple[Outcome, str, str]] = [
    (failed(sent=False), "unsent", "again again again"),
    (failed("timeout", sent=False), "unsent", "again again again"),
    (failed(), "lost", "again uncertain again"),
    (failed("timeout"), "lost", "again uncertain again"),
    (failed(code=200), "lost", "again uncertain again"),
    (failed(code=299), "lost", "again uncertain again"),
    (failed(code=300), "error", "error error error"),
    (failed(code=499), "error", "error error error"),
    (failed(code=500), "server", "again uncertain again"),
    (failed("truncated", code=200), "damaged", "again uncertain again"),
    (failed("truncated", code=404), "error", "error error error"),
    (failed("too_large", code=200), "damaged", "error uncertain error"),
    (failed("encoding", code=200), "damaged", "error uncertain error"),
    (failed("tls", sent=False), "refused", "error error error"),
    (failed("tls", code=500), "refused", "error error error"),
    (failed("closed", sent=False), "refused", "error error error"),
    (status(200), "ok", "done done done"),
    (status(299), "ok", "done done done"),
    (status(300), "error", "error error error"),
    (status(400), "error", "error error error"),
    (status(401), "error", "error error error"),
    (status(408), "not now", "again again again"),
    (status(425), "not now", "again again again"),
    (status(429), "limited", "again again error"),
    (status(429, retry_after="1"), "limited", "again again error"),
    (status(499), "error", "error error error"),
    (status(500), "server", "again uncertain again"),
    (status(500, retry_after="1"), "server", "again uncertain again"),
    (status(503), "server", "again uncertain again"),
    (status(503, retry_after="1"), "not now", "again again again"),
]
KINDS: tuple[CallKind, ...] = ("read", "write", "sign-in")


@pytest.mark.parametrize(("outcome", "named", "verdicts"), ROWS)
def test_each_cell_of_the_table(outcome: Outcome, named: str, verdicts: str) -> None:
    assert classify(outcome) == named
    assert [verdict(kind, outcome, RetryPolicy()) for kind in KINDS] == verdicts.split()


@pytest.mark.parametrize(("outcome", "named", "verdicts"), ROWS)
def test_the_policy_on_submits_changes_writes_only(outcome: Outcome, named: str, verdicts: str) -> None:
    read, write, sign_in = verdicts.split()
    for submit, change in (("never", {"again": "error"}), ("same-key", {"uncertain": "again"})):
        policy = RetryPolicy(submit=submit)  # type: ignore[arg-type]
        assert [verdict(kind, outcome, policy) for kind in KINDS] == [read, change.get(write, write), sign_in]


@pytest.mark.parametrize("submit", ["safe", "never", "same-key"])
def test_a_5xx_that_says_what_it_disliked_is_an_error_for_writes_only(submit: Any) -> None:
    said = RawResponse(500, {}, b'{"status": {"type": "FATAL", "text": "the epoch is in the future"}}')
    assert [verdict(kind, said, RetryPolicy(submit=submit)) for kind in KINDS] == ["again", "error", "again"]


def drive(
    outcomes: Sequence[Outcome],
    *,
    policy: RetryPolicy | None = None,
    kind: CallKind = "read",
    budget: Budget | None = None,
    timeout: float = 30.0,
    deadline: float = 1000.0,
    takes: float = 0.0,
    seed: int = 1,
    began: float = 1_700_000_000.0,
) -> tuple[Outcome, list[float], list[float]]:
    """Return a call's last outcome, the instants at which it was sent, and each attempt's deadline."""
    clock = InstantClock()
    clock._began = began
    retries = Retries(clock, budget or Budget(), random.Random(seed))
    sent_at, ends, left = [], [], iter(outcomes)

    def try_once(end: float) -> Flow[Outcome]:
        return send(REQUEST, min(end, clock.monotonic() + timeout))

    flow = retries.run(kind, try_once, policy or RetryPolicy(), deadline)
    answer: Outcome | None = None
    while True:
        try:
            effect = flow.send(answer)
        except StopIteration as end:
            return end.value, sent_at, ends
        answer = None
        if isinstance(effect, Send):
            sent_at.append(clock.monotonic())
            ends.append(effect.deadline)
            clock.advance(takes)
            answer = next(left)
        elif isinstance(effect, Sleep):
            assert effect.deadline <= deadline
            clock.sleep(effect.seconds)


def test_attempts_are_counted_and_the_last_outcome_stands() -> None:
    last = status(502)
    end, sent_at, _ = drive([status(500), status(501), last, status(200)])
    assert end is last
    assert len(sent_at) == 3
    end, sent_at, _ = drive([status(500), status(200), status(500)])
    assert (end.status_code, len(sent_at)) == (200, 2)
    assert len(drive([status(500)], policy=RetryPolicy(attempts=1))[1]) == 1


def test_drawn_delays_double_up_to_the_cap() -> None:
    policy = RetryPolicy(attempts=8, base=0.5, cap=8.0, total=600_000.0)
    longest = [0.0] * 7
    for seed in range(300):
        sent_at = drive([status(500)] * 8, policy=policy, seed=seed, deadline=1e6)[1]
        for place, (before, after) in enumerate(itertools.pairwise(sent_at)):
            longest[place] = max(longest[place], after - before)
            assert 0.0 <= after - before <= min(8.0, 0.5 * 2**place) + 1e-9
    for found, bound in zip(longest, (0.5, 1, 2, 4, 8, 8, 8), strict=True):
        assert found > 0.9 * bound


def test_retry_after_is_the_least_pause() -> None:
    _, sent_at, _ = drive([status(503, retry_after="20"), status(503, retry_after="0"), status(200)])
    assert sent_at[1] == 20.0
    assert sent_at[2] < 21.0


def test_a_retry_after_date_counts_from_the_responses_date_or_else_the_wall_clock() -> None:
    asked = "Tue, 14 Nov 2023 22:13:40 GMT"  # 20 s after the clock's beginning
    assert drive([status(503, retry_after=asked), status(200)])[1][1] == 20.0
    assert drive([status(503, retry_after=asked, date="Tue, 14 Nov 2023 22:13:10 GMT"), status(200)])[1][1] == 30.0


@pytest.mark.parametrize(("asked", "sends"), [("60", 2), ("61", 1)])
def test_a_retry_after_beyond_the_largest_is_not_waited_for(asked: str, sends: int) -> None:
    policy = RetryPolicy(total=1000.0)
    assert len(drive([status(503, retry_after=asked), status(200)], policy=policy)[1]) == sends


def test_if_no_retry_after_is_obeyed_calls_without_one_are_still_sent_again() -> None:
    policy = RetryPolicy(max_retry_after=0.0)
    assert len(drive([status(500), status(200)], policy=policy)[1]) == 2
    assert len(drive([status(503, retry_after="1"), status(200)], policy=policy)[1]) == 1


@pytest.mark.parametrize(("asked", "sends"), [("59", 2), ("60", 1)])
def test_a_pause_that_would_reach_the_end_of_the_call_is_not_begun(asked: str, sends: int) -> None:
    outcomes = [status(503, retry_after=asked), status(200)]
    assert len(drive(outcomes)[1]) == sends  # the policy's total of 60 s
    assert len(drive(outcomes, policy=RetryPolicy(total=900.0), deadline=60.0)[1]) == sends  # the call's deadline
    late = [status(503, retry_after=str(int(asked) - 20)), status(200)]
    assert len(drive(late, takes=20.0)[1]) == sends  # an attempt's own time counts


def test_an_attempt_ends_by_its_timeout_and_by_the_end_of_the_call() -> None:
    outcomes = [status(503, retry_after="40"), status(200)]
    _, sent_at, ends = drive(outcomes, timeout=30.0)
    assert (sent_at, ends) == ([0.0, 40.0], [30.0, 60.0])
    _, sent_at, ends = drive(outcomes, timeout=30.0, deadline=50.0)
    assert (sent_at, ends) == ([0.0, 40.0], [30.0, 50.0])


def test_the_budget_pays_5_for_a_retry_and_10_for_one_after_a_timeout() -> None:
    for outcome, price in ((status(500), 5.0), (failed(), 5.0), (failed("timeout"), 10.0)):
        budget = Budget(price)
        assert budget.spend(outcome)
        assert budget.credit == 0.0
        short = Budget(price - 0.1)
        assert not short.spend(outcome)
        assert short.credit == price - 0.1


def test_the_budget_starts_full_and_earns_one_back_for_each_success() -> None:
    budget = Budget()
    assert budget.credit == 100.0
    budget.earn()
    assert budget.credit == 100.0
    budget.credit = 98.5
    budget.earn()
    assert budget.credit == 99.5
    budget.earn()
    assert budget.credit == 100.0


def test_retries_spend_credit_and_successes_earn_it() -> None:
    budget = Budget(50.0)
    drive([status(500), status(500), status(200)], budget=budget)
    assert budget.credit == 41.0
    drive([status(200)], budget=budget)
    assert budget.credit == 42.0
    drive([status(404)], budget=budget)
    assert budget.credit == 42.0
    drive([status(500)] * 3, budget=budget)  # the last attempt is no retry that was not made
    assert budget.credit == 32.0
    drive([failed("timeout"), status(404)], budget=budget)
    assert budget.credit == 22.0
    assert len(drive([status(500), status(200)], budget=Budget(4.0))[1]) == 1


@pytest.mark.parametrize("make", [lambda: status(404), lambda: status(200), lambda: failed("tls", sent=False)])
def test_other_outcomes_are_not_repeated(make: Callable[[], Outcome]) -> None:
    outcome = make()
    assert drive([outcome])[:2] == (outcome, [0.0])
