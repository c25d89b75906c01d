"""The rate of a client's calls, and the pauses after HTTP 429, at their exact instants."""

from __future__ import annotations

import pytest

from okapi_sdk import RateLimitError, RetryPolicy, TransportTimeoutError
from okapi_sdk._engine.session import Call
from okapi_sdk._engine.throttle import Throttle
from okapi_sdk.testing import InstantClock
from tests.support.scripted import Scripted, answered

GET = Call("read", "GET", "satellites")
LIMITED = answered(429, b"", retry_after="5")


def send(platform: Scripted, deadline: float = 1000.0) -> object:
    return platform.run(platform.session.call(GET, deadline))


def instants(platform: Scripted, calls: int) -> list[float]:
    found = []
    for _ in range(calls):
        send(platform)
        found.append(platform.clock.monotonic())
    return found


def limited(platform: Scripted, per_second: float) -> Scripted:
    platform.session.throttle.__init__(platform.clock, per_second)  # type: ignore[misc]
    return platform


def test_calls_leave_evenly_spaced() -> None:
    assert instants(limited(Scripted({}), 4.0), 5) == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])


def test_time_without_calls_is_not_saved_for_a_burst() -> None:
    platform = limited(Scripted({}), 4.0)
    send(platform)
    platform.clock.advance(100.0)
    assert instants(platform, 3) == pytest.approx([100.0, 100.25, 100.5])


def test_without_a_limit_nothing_waits() -> None:
    platform = Scripted({})
    instants(platform, 20)
    assert platform.clock.sleeps == []


def test_after_429_every_call_waits() -> None:
    platform = Scripted(LIMITED, {}, retry=RetryPolicy(attempts=1))
    assert getattr(send(platform), "status_code", None) == 429
    send(platform)
    assert platform.clock.monotonic() == 5.0
    send(platform)
    assert platform.clock.monotonic() == 5.0


def test_a_pause_without_retry_after_is_that_of_the_policy() -> None:
    platform = Scripted(answered(429), {}, retry=RetryPolicy(attempts=1, base=0.75))
    send(platform)
    send(platform)
    assert platform.clock.monotonic() == 0.75


def test_no_pause_is_longer_than_the_policy_permits() -> None:
    platform = Scripted(answered(429, b"", retry_after="3600"), {}, retry=RetryPolicy(max_retry_after=20.0))
    assert getattr(send(platform), "status_code", None) == 429  # at once: 3600 s is too long
    assert platform.clock.monotonic() == 0.0
    send(platform)
    assert platform.clock.monotonic() == 20.0


def test_the_longest_of_several_pauses_counts() -> None:
    throttle = Throttle(clock := InstantClock(), None)
    throttle.hold(5.0)
    throttle.hold(1.0)
    assert throttle.delay() == 5.0
    clock.advance(4.0)
    throttle.hold(3.0)
    assert throttle.delay() == 3.0
    clock.advance(3.0)
    assert throttle.delay() == 0.0


@pytest.mark.parametrize(("hold", "cause"), [(50.0, "HTTP 429"), (0.0, "rate limit")])
def test_a_turn_that_comes_too_late_fails_at_once_and_says_why(hold: float, cause: str) -> None:
    platform = limited(Scripted({}, retry=RetryPolicy(attempts=1)), 0.02)
    send(platform)
    platform.session.throttle.hold(hold + 0.1)
    outcome = platform.run(platform.session.attempt(GET, platform.clock.monotonic() + 10.0))
    assert cause in outcome.detail
    assert not outcome.sent
    assert len(platform.requests) == 1
    error = platform.session.error_of(GET, outcome)
    assert isinstance(error, TransportTimeoutError)


def test_copies_share_the_throttle() -> None:
    session = Scripted({}).session
    assert session.with_options(timeout=1.0).throttle is session.throttle


def test_patient_calls_wait_as_long_as_the_platform_asks() -> None:
    platform = Scripted(*[LIMITED] * 30, {"id": 1})
    patient = platform.session._replace(patient=True)
    assert platform.run(patient.call(GET, 1000.0)).status_code == 200
    assert len(platform.requests) == 31
    assert platform.clock.monotonic() == 150.0


def test_patient_calls_wait_also_without_retry_after() -> None:
    platform = Scripted(*[answered(429)] * 8, {"id": 1})
    assert platform.run(platform.session._replace(patient=True).call(GET, 1000.0)).status_code == 200


def test_patience_ends_with_the_deadline() -> None:
    platform = Scripted(LIMITED)
    outcome = platform.run(platform.session._replace(patient=True).call(GET, 100.0))
    assert isinstance(platform.session.error_of(GET, outcome), RateLimitError | TransportTimeoutError)
    assert platform.clock.monotonic() <= 100.0


def test_patience_is_for_requested_pauses_only() -> None:
    platform = Scripted(LIMITED, answered(500), LIMITED, answered(500), answered(500), {})
    outcome = platform.run(platform.session._replace(patient=True).call(GET, 1000.0))
    assert outcome.status_code == 500  # the third of the attempts that count
    assert len(platform.requests) == 5


def test_other_calls_give_up_after_three_attempts() -> None:
    platform = Scripted(LIMITED)
    assert getattr(send(platform), "status_code", None) == 429
    assert len(platform.requests) == 3
