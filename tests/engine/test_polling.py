"""The pauses of a wait, at their exact instants: what a socket cannot show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import PollPolicy
from okapi_sdk._engine.polling import Durations, Pace

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


def learned(*spans: tuple[float, float]) -> Durations:
    durations = Durations()
    for running, ended in spans:
        durations.record("predict-passes/sgp4", running, ended)
    return durations


def test_a_duration_is_learned_from_five_calculations_of_the_endpoint() -> None:
    durations = learned(*[(9.0, 11.0)] * 4)
    assert durations.short("predict-passes/sgp4") is None
    durations.record("predict-passes/sgp4", 9.0, 11.0)
    assert durations.short("predict-passes/sgp4") == 10.0
    assert durations.short("propagate-orbit/sgp4") is None


def test_the_duration_is_that_of_short_calculations_and_old_ones_are_forgotten() -> None:
    durations = learned(*[(2.0, 2.0)] * 2, *[(100.0, 100.0)] * 18)
    assert durations.short("predict-passes/sgp4") == 100.0
    assert learned(*[(2.0, 2.0)] * 3, *[(100.0, 100.0)] * 17).short("predict-passes/sgp4") == 2.0
    for _ in range(32):
        durations.record("predict-passes/sgp4", 1.0, 1.0)
    assert durations.short("predict-passes/sgp4") == 1.0


def test_polls_that_come_late_do_not_shorten_the_duration() -> None:
    durations = learned(*[(9.0, 11.0)] * 5)
    for _ in range(32):
        durations.record("predict-passes/sgp4", 0.0, 12.0)  # the first poll, at a time when many were due
    assert durations.short("predict-passes/sgp4") == 10.0
    for _ in range(32):
        durations.record("predict-passes/sgp4", 0.0, 7.0)
    assert durations.short("predict-passes/sgp4") == 3.5


def first_poll(short: float | None, *, spared: bool) -> float:
    wait = Pace(PollPolicy(), START, DEADLINE, 60.0, submitted=START, short=short, is_spared=spared)
    return wait.delay(START)


def test_a_first_poll_waits_for_most_of_a_short_calculation() -> None:
    assert first_poll(None, spared=False) == 0.0
    assert first_poll(10.0, spared=False) == pytest.approx(7.0)


def test_a_spared_calculation_waits_until_it_should_have_ended() -> None:
    assert first_poll(None, spared=True) == pytest.approx(1.0)
    assert first_poll(0.5, spared=True) == pytest.approx(0.5 + 0.25 / 2)
    assert first_poll(10.0, spared=True) == pytest.approx(10.0 + 1.0 / 2)


@pytest.mark.parametrize(("elapsed", "pause"), [(1.0, 1.0), (2.5, 1.0), (5.0, 2.0), (12.5, 5.0), (500.0, 5.0)])
def test_a_spared_calculation_is_polled_a_quarter_as_often(elapsed: float, pause: float) -> None:
    wait = Pace(PollPolicy(), START, DEADLINE, 60.0, submitted=START, is_spared=True)
    assert wait.pause(START + elapsed, None) == pytest.approx(pause)
    wait.short = 12.0  # once the duration is known, it is polled like the others
    other = Pace(PollPolicy(), START, DEADLINE, 60.0, submitted=START, short=12.0)
    assert wait.pause(START + 20.0, None) == other.pause(START + 20.0, None)


class Simulation:
    """Waits for calculations of one endpoint, one after the other, without a socket."""

    def __init__(self, *, round_trip: float = 0.02) -> None:
        self.durations, self._round_trip, self._now = Durations(), round_trip, START

    def wait(self, duration: float) -> tuple[int, float]:
        """Return the number of polls, and the seconds lost after the result was ready."""
        submitted = self._now
        wait = Pace(PollPolicy(), submitted, submitted + 600, 60.0, submitted, self.durations.short("x"))
        self._now += wait.delay(self._now)
        polls, last_running = 0, 0.0
        while True:
            began = self._now
            self._now += self._round_trip
            polls += 1
            wait.record_poll(began, self._now, succeeded=True)
            if began + self._round_trip / 2.0 >= submitted + duration:
                self.durations.record("x", last_running, self._now - submitted)
                return polls, self._now - submitted - duration
            last_running = self._now - submitted
            self._now += wait.pause(self._now, None)


@given(st.floats(0.01, 120.0), st.floats(0.001, 0.1))
def test_a_lone_first_request_loses_at_most_a_tenth(duration: float, round_trip: float) -> None:
    _, lost = Simulation(round_trip=round_trip).wait(duration)
    assert lost <= max(0.1 * duration, 0.25) + 2.0 * round_trip


@given(st.floats(0.01, 90.0), st.floats(0.001, 0.1))
def test_a_learned_request_loses_at_most_a_twentieth(duration: float, round_trip: float) -> None:
    simulation = Simulation(round_trip=round_trip)
    for _ in range(10):
        simulation.wait(duration)
    _, lost = simulation.wait(duration)
    assert lost <= max(0.05 * duration, 0.25) + 2.0 * round_trip


def test_twelve_seconds_take_at_most_eleven_polls_once_learned() -> None:
    simulation = Simulation()
    for _ in range(10):
        simulation.wait(12.0)
    for _ in range(100):
        polls, lost = simulation.wait(12.0)
        assert polls <= 11
        assert lost <= 0.05 * 12.0


def test_a_first_poll_that_comes_too_late_comes_sooner_each_time() -> None:
    simulation = Simulation()
    for _ in range(40):
        simulation.wait(60.0)
    late = simulation.durations.short("x") or 0.0
    assert late > 50.0
    for _ in range(60):  # the same endpoint with small input
        simulation.wait(1.0)
    assert (simulation.durations.short("x") or 99.0) <= 1.0 / 0.7
    _, lost = simulation.wait(1.0)
    assert lost <= 0.25 + 0.04


def test_durations_do_not_grow_without_longer_calculations() -> None:
    simulation, seen = Simulation(), []
    for _ in range(200):
        simulation.wait(12.0)
        seen.append(simulation.durations.short("x") or 0.0)
    assert max(seen) <= 13.2  # what the first polls, without experience, let it seem to be
    assert max(seen[50:]) <= 12.6
