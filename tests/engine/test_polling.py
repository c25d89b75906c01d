"""The pauses of a wait, at their exact instants: what a socket cannot show."""

from __future__ import annotations

import pytest

from okapi_sdk import PollPolicy
from okapi_sdk._engine.polling import Pace

START, DEADLINE = 1000.0, 1600.0


def pace(**policy: float) -> Pace:
    return Pace(PollPolicy(**policy), START, DEADLINE, longest_hint=60.0)


@pytest.mark.parametrize(
    ("elapsed", "pause"),
    [(0.0, 0.25), (2.0, 0.25), (2.5, 0.25), (10.0, 1.0), (30.0, 3.0), (50.0, 5.0), (500.0, 5.0)],
)
def test_a_pause_is_a_tenth_of_the_time_run_within_floor_and_ceiling(elapsed: float, pause: float) -> None:
    assert pace().pause(START + elapsed, None) == pause


@pytest.mark.parametrize(("hint", "pause"), [(0.0, 0.25), (0.1, 0.1), (7.0, 7.0), (60.0, 60.0), (61.0, 60.0)])
def test_a_hint_of_the_server_is_obeyed_up_to_the_longest(hint: float, pause: float) -> None:
    assert pace().pause(START + 30, hint) == pause


def test_no_pause_goes_past_the_last_poll() -> None:
    wait = pace()
    last = DEADLINE - 0.1  # twice the shortest poll
    assert wait.pause(last - 1, 60.0) == pytest.approx(1.0)
    assert wait.pause(last - 1, None) == pytest.approx(1.0)
    assert wait.pause(last + 0.05, 60.0) == 0.0
    assert not wait.is_over(last - 1e-6)
    assert wait.is_over(last)


@pytest.mark.parametrize(("took", "before"), [(0.001, 0.1), (0.05, 0.1), (3.0, 6.0), (29.0, 58.0), (200.0, 60.0)])
def test_the_last_poll_leaves_room_for_two_polls_but_at_most_a_tenth_of_the_wait(took: float, before: float) -> None:
    wait = pace()
    wait.record_poll(START, START + took, succeeded=True)
    assert not wait.is_over(DEADLINE - before - 1e-6)
    assert wait.is_over(DEADLINE - before + 1e-6)


def test_an_outage_begins_with_the_first_failed_poll_and_ends_with_a_good_one() -> None:
    wait = pace(outage=300.0)
    assert not wait.is_outage(START + 1e6)
    wait.record_poll(START + 10, START + 12, succeeded=False)
    wait.record_poll(START + 200, START + 201, succeeded=False)
    assert not wait.is_outage(START + 309.9)
    assert wait.is_outage(START + 310)
    wait.record_poll(START + 310, START + 311, succeeded=True)
    assert not wait.is_outage(START + 1e6)
    wait.record_poll(START + 400, START + 401, succeeded=False)
    assert not wait.is_outage(START + 699.9)
    assert wait.is_outage(START + 700)


def test_a_reminder_is_due_at_once_and_then_each_minute() -> None:
    wait = pace()
    assert wait.takes_reminder(START)
    assert not wait.takes_reminder(START + 59.9)
    assert wait.takes_reminder(START + 60)
    assert not wait.takes_reminder(START + 119.9)
    assert wait.takes_reminder(START + 120)
