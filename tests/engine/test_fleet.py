"""A fleet as a state machine, on a simulated clock: which calculation takes its next step, and when."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from okapi_sdk import (
    CalculationFailedError,
    ConfigurationError,
    OkapiError,
    PollPolicy,
    PredictPasses,
    RateLimitError,
    RetryPolicy,
    SubmissionUncertainError,
    WaitTimeoutError,
)
from okapi_sdk._engine.effects import Ended, Sleep
from okapi_sdk._engine.fleet import Entry, Fleet, Member, Records
from okapi_sdk._engine.polling import Durations
from okapi_sdk._engine.submitting import Submission
from okapi_sdk.fleet import ProgressReport, Run
from okapi_sdk.outcome import MapProgress
from okapi_sdk.results.response import RawResponse
from tests.support.cases import iss_passes
from tests.support.scripted import LOST, Scripted, answered

RUNNING = {"status": {"type": "NONE", "text": "running"}}


class Diary(Records):
    """A journal that only notes what it is told."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, int]] = []
        self.known: dict[int, Entry] = {}

    def find(self, position: int, submission: Submission[Any]) -> Entry | None:
        return self.known.get(position)

    def submitting(self, position: int, submission: Submission[Any]) -> None:
        self.notes.append(("submitting", position))

    def postponed(self, position: int) -> None:
        self.notes.append(("postponed", position))

    def submitted(self, position: int, job: Any) -> None:
        self.notes.append(("submitted", position))

    def ended(self, position: int, error: OkapiError | None) -> None:
        self.notes.append((f"ended {type(error).__name__}" if error else "ended", position))

    def exhausted(self, count: int) -> None:
        self.notes.append(("exhausted", count))


class Simulated(Scripted):
    """A platform whose calculations take as long as it is told, in the order of their submits."""

    def __init__(self, *durations: float, **options: Any) -> None:
        super().__init__({}, **options)
        self._durations = itertools.cycle(durations or (0.0,))
        self._ready: dict[str, float] = {}
        self.polls: list[tuple[str, float]] = []
        self.submits: dict[int, list[object]] = {}
        """Outcomes of the first attempts to submit the calculation with this number."""
        self.first_polls: dict[int, list[object]] = {}

    def send(self, request: Any, left: float) -> Any:
        if request.url.endswith("/t"):
            return super().send(request, left)
        if left <= 0:
            return super().send(request, left)
        self.requests.append(request)
        if request.method == "POST":
            number = len(self._ready)
            if (special := _popped(self.submits, number)) is not None:
                return special
            self._ready[f"r{number}"] = self.clock.monotonic() + next(self._durations)
            return answered(202, {"request_id": f"r{number}", **RUNNING})
        id = request.url.split("/results/")[1].split("/")[0]
        self.polls.append((id, self.clock.monotonic()))
        if (special := _popped(self.first_polls, int(id[1:]))) is not None:
            return special
        is_running = self.clock.monotonic() < self._ready[id]
        return answered(202, RUNNING) if is_running else answered(200, {"passes": []})

    def fleet(self, timeout: float = 900.0, records: Records | None = None) -> Fleet[Any]:
        return Fleet(self.session._replace(patient=True), timeout, records)

    def carry_out(self, fleet: Fleet[Any], member: Member[Any]) -> None:
        """Carry out one step."""
        try:
            fleet.settle(member, self._driver.advance(member.flow))
        except OkapiError as error:
            fleet.settle(member, error)

    def ended(self, fleet: Fleet[Any]) -> Iterator[Member[Any]]:
        """Yield the calculations as they end, one step after the other."""
        while fleet.members or fleet.ended:
            while fleet.ended:
                yield fleet.ended.popleft()
            if (member := fleet.take()) is not None:
                self.carry_out(fleet, member)
            elif fleet.members:
                self.clock.sleep(fleet.delay())


def _popped(outcomes: dict[int, list[object]], number: int) -> Any:
    return outcomes[number].pop(0) if outcomes.get(number) else None


def taken(fleet: Fleet[Any]) -> Member[Any]:
    """The calculation that is due."""
    member = fleet.take()
    assert member is not None
    return member


def run(platform: Simulated, count: int, **options: Any) -> list[Member[Any]]:
    fleet = platform.fleet(**options)
    for _ in range(count):
        fleet.add(iss_passes())
    return list(platform.ended(fleet))


def test_calculations_end_in_the_order_of_their_ends() -> None:
    members = run(Simulated(30.0, 1.0, 10.0), 3)
    assert [member.position for member in members] == [1, 2, 0]
    assert all(member.error is None for member in members)


def test_no_time_passes_but_that_of_the_calculations() -> None:
    platform = Simulated(20.0)
    run(platform, 200)
    assert 20.0 <= platform.clock.monotonic() <= 22.0


def test_those_due_at_the_same_time_take_turns() -> None:
    platform = Simulated(0.4)
    run(platform, 5)
    assert [id for id, _ in platform.polls[:5]] == [f"r{number}" for number in range(5)]
    assert [id for id, _ in platform.polls[5:10]] == [f"r{number}" for number in range(5)]


def test_each_is_polled_as_the_policy_says() -> None:
    platform = Simulated(30.0, polling=PollPolicy(floor=10.0, ceiling=10.0))
    run(platform, 5)
    assert len(platform.polls) == 5 * 4  # at once, and after 10, 20 and 30 s


def test_five_find_out_the_duration_for_the_others() -> None:
    platform = Simulated(0.6)
    run(platform, 500)
    assert len(platform.polls) == 5 * 4 + 495  # the five: at once, and after 0.25, 0.5 and 0.75 s
    assert platform.clock.monotonic() <= 0.6 + 0.25


def test_others_do_not_wait_for_five_that_take_long() -> None:
    platform = Simulated(*[1000.0] * 5, *[1.5] * 95)
    fleet, ends = platform.fleet(timeout=2000.0), []
    for _ in range(100):
        fleet.add(iss_passes())
    for member in platform.ended(fleet):
        ends.append((member.position, platform.clock.monotonic()))
    assert [position for position, _ in ends[:95]] == list(range(5, 100))
    assert ends[94][1] <= 2.0  # polled after 1 s, and after 1 s more


def test_each_endpoint_has_its_own_five() -> None:
    platform = Simulated(0.6)
    fleet = platform.fleet()
    for number in range(100):
        fleet.add(iss_passes() if number % 2 else PredictPasses(**dict(iss_passes()) | {"method": "own"}))
    list(platform.ended(fleet))
    assert len(platform.polls) == 2 * 5 * 4 + 90


def test_calculations_of_an_earlier_run_find_out_nothing() -> None:
    platform, diary = Simulated(0.6), Diary()
    for member in run(platform, 20):
        assert member.job is not None
        diary.known[member.position] = Entry(member.job.ref, "key", None)
    platform.polls.clear()
    platform.session = platform.session._replace(durations=Durations())  # of another process
    again = platform.fleet(records=diary)
    for _ in range(30):
        again.add(iss_passes())
    assert len(list(platform.ended(again))) == 30
    assert len(platform.polls) == 20 + 5 * 4 + 5


def test_the_next_ones_find_out_what_failed_ones_do_not_tell() -> None:
    platform = Simulated(0.6)
    platform.first_polls = {n: [answered(202, {"status": {"type": "FATAL", "text": "no"}})] for n in range(8)}
    fleet = platform.fleet()
    for _ in range(8):
        fleet.add(iss_passes())
    assert all(isinstance(member.error, CalculationFailedError) for member in platform.ended(fleet))
    for _ in range(8):
        fleet.add(iss_passes())
    before, platform.polls = platform.clock.monotonic(), []
    assert all(member.error is None for member in platform.ended(fleet))
    assert [id for id, instant in platform.polls if instant == before] == [f"r{number}" for number in range(8, 13)]
    assert len(platform.polls) == 5 * 4 + 3


def test_a_pause_that_the_platform_asked_for_is_kept() -> None:
    platform = Simulated(1.2)
    platform.first_polls[5] = [answered(202, RUNNING, retry_after="30")]
    fleet = platform.fleet()
    for _ in range(7):
        fleet.add(iss_passes())
    *_, last = platform.ended(fleet)
    assert last.position == 5
    assert [instant for id, instant in platform.polls if id == "r5"] == pytest.approx([1.0, 31.0])


def test_a_step_that_sleeps_is_left_alone() -> None:
    platform = Simulated(1.2)
    fleet = platform.fleet()
    for _ in range(6):
        fleet.add(iss_passes())
    while fleet.members:
        platform.clock.sleep(fleet.delay())
        member = taken(fleet)
        if member.position == 5 and platform.clock.monotonic() == 1.0:
            fleet.settle(member, Sleep(30.0, 1000.0))
        else:
            platform.carry_out(fleet, member)
    assert fleet.ended[-1] is member
    assert platform.clock.monotonic() == 31.0


def test_later_calculations_are_polled_as_the_earlier_ones_have_taught() -> None:
    platform = Simulated(20.0)
    run(platform, 10)
    before, platform.polls = platform.clock.monotonic(), []
    run(platform, 1)
    assert platform.polls[0][1] - before == pytest.approx(14.0, abs=0.8)


def test_calculations_that_nobody_waited_for_teach_nothing() -> None:
    platform = Simulated(2.0)
    fleet = platform.fleet()
    for _ in range(10):
        fleet.add(iss_passes())
    for _ in range(10):
        platform.carry_out(fleet, taken(fleet))
    jobs = [member.job for member in fleet.members]
    platform.clock.advance(600.0)  # the caller was busy
    later = platform.fleet()
    for job in jobs:
        assert job is not None
        later.follow(job, None)
    assert len(list(platform.ended(later))) == 10
    assert platform.session.durations.short("predict-passes/sgp4") is None


def test_calculations_that_a_wait_left_running_teach_little() -> None:
    platform = Simulated(300.0)
    first = run(platform, 5, timeout=100.0)
    platform.clock.advance(600.0)
    later = platform.fleet()
    for member in first:
        assert member.job is not None
        later.follow(member.job, None)
    assert all(member.error is None for member in platform.ended(later))
    assert platform.session.durations.short("predict-passes/sgp4") is None


def test_a_calculation_that_takes_too_long_ends_with_its_reference() -> None:
    platform = Simulated(1e6, 1.0)
    fast, slow = run(platform, 2, timeout=60.0)
    assert fast.error is None
    assert isinstance(slow.error, WaitTimeoutError)
    assert str(slow.error.ref) == "predict-passes/sgp4/r0"
    assert platform.clock.monotonic() <= 60.0


def test_the_timeout_begins_with_the_submit() -> None:
    platform = Simulated(50.0)
    platform.session.throttle.interval = 1.0
    members = run(platform, 100, timeout=150.0)
    assert platform.clock.monotonic() > 150.0
    assert all(member.error is None for member in members)


def test_time_that_the_caller_takes_does_not_count() -> None:
    platform = Simulated(1.0, 30.0)
    fleet = platform.fleet(timeout=60.0)
    run = Run(fleet, [iss_passes(), iss_passes()], most=2)
    assert run.admit()
    assert run.admit()
    while not fleet.ended:
        member = fleet.take()
        if member is None:
            platform.clock.sleep(fleet.delay())
        else:
            platform.carry_out(fleet, member)
    run.take_ended()
    platform.clock.advance(10_000.0)  # the caller works on the first outcome
    run.resume()
    (slow,) = platform.ended(fleet)
    assert slow.error is None


def test_an_error_holds_no_frames() -> None:
    platform = Simulated()
    platform.submits[0] = [answered(400, {"message": "no"})]
    (member,) = run(platform, 1)
    assert member.error is not None
    assert member.error.__traceback__ is None


def test_a_fatal_calculation_fails_alone() -> None:
    platform = Simulated()
    platform.first_polls[1] = [answered(200, {"status": {"type": "FATAL", "text": "it decayed"}})]
    members = sorted(run(platform, 3), key=lambda member: member.position)
    assert [type(member.error) for member in members] == [type(None), CalculationFailedError, type(None)]
    assert str(members[1].error.ref) == "predict-passes/sgp4/r1"  # type: ignore[union-attr]


def test_a_refused_submit_is_parked_and_pauses_the_others() -> None:
    platform, diary = Simulated(), Diary()
    platform.submits[0] = [answered(429, b"", retry_after="7")] * 9
    members = run(platform, 3, records=diary)
    assert all(member.error is None for member in members)
    assert platform.clock.monotonic() == 63.0
    assert diary.notes[:2] == [("submitting", 0), ("postponed", 0)]
    assert sum(note == "postponed" for note, _ in diary.notes) == 9


def test_a_pause_that_is_too_long_ends_the_calculation() -> None:
    platform = Simulated(retry=RetryPolicy(max_retry_after=10.0))
    platform.submits[0] = [answered(429, b"", retry_after="11")]
    errors = [type(member.error) for member in run(platform, 2)]
    assert sorted(errors, key=str) == sorted([RateLimitError, type(None)], key=str)


def test_a_lost_submit_is_uncertain_and_not_repeated() -> None:
    platform, diary = Simulated(), Diary()
    platform.submits[0] = [LOST]
    (member,) = run(platform, 1, records=diary)
    assert isinstance(member.error, SubmissionUncertainError)
    assert len(platform.requests) == 1
    assert diary.notes == [("submitting", 0), ("ended SubmissionUncertainError", 0)]


def test_the_record_of_a_good_calculation() -> None:
    platform, diary = Simulated(5.0), Diary()
    fleet = platform.fleet(records=diary)
    fleet.add(iss_passes())
    fleet.exhausted()
    list(platform.ended(fleet))
    assert diary.notes == [("exhausted", 1), ("submitting", 0), ("submitted", 0), ("ended", 0)]


def test_nothing_is_recorded_before_the_sign_in() -> None:
    platform, diary = Simulated(), Diary()
    platform.sign_ins = [answered(503)] * 9
    (member,) = run(platform, 1, records=diary)
    assert member.error is not None
    assert ("submitting", 0) not in diary.notes


def test_recorded_calculations_are_polled_and_uncertain_ones_told() -> None:
    platform, diary = Simulated(), Diary()
    fleet = platform.fleet(records=diary)
    fleet.add(iss_passes())
    (first,) = platform.ended(fleet)
    assert first.job is not None
    platform.requests.clear()
    diary.known = {0: Entry(first.job.ref, "key0", None), 1: Entry(None, "key1", None)}
    again = platform.fleet(records=diary)
    again.add(iss_passes())
    again.add(iss_passes())
    known, unknown = sorted(platform.ended(again), key=lambda member: member.position)
    assert known.error is None
    assert isinstance(unknown.error, SubmissionUncertainError)
    assert unknown.error.idempotency_key == "key1"
    assert [request.method for request in platform.requests] == ["GET"]
    assert (again.submitted, again.succeeded, again.failed) == (1, 1, 1)


def test_what_is_left_running_is_told() -> None:
    platform = Simulated(100.0)
    fleet = platform.fleet()
    for _ in range(3):
        fleet.add(iss_passes())
    first = taken(fleet)
    platform.carry_out(fleet, first)
    second = taken(fleet)
    second.is_sent = True  # its POST has left
    assert [str(ref) for ref in fleet.references()] == ["predict-passes/sgp4/r0"]
    assert fleet.doubtful_keys() == [second.submission.key]  # type: ignore[union-attr]
    interruption = KeyboardInterrupt()
    Run(fleet).note_rest(interruption, [])
    running, doubtful = interruption.__notes__
    assert "r0" in running
    assert second.submission.key in doubtful  # type: ignore[union-attr]
    fleet.close()
    assert not fleet.references()


def test_outcomes_that_were_not_taken_are_told() -> None:
    platform = Simulated()
    fleet = platform.fleet()
    fleet.add(iss_passes())
    while not fleet.ended:
        member = taken(fleet)
        platform.carry_out(fleet, member)
    assert [str(ref) for ref in fleet.references()] == ["predict-passes/sgp4/r0"]


def test_a_long_list_is_shortened_in_the_note_and_complete_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    platform = Simulated(100.0)
    fleet = platform.fleet()
    for _ in range(30):
        fleet.add(iss_passes())
    for _ in range(30):
        member = taken(fleet)
        platform.carry_out(fleet, member)
    interruption = KeyboardInterrupt()
    Run(fleet).note_rest(interruption, [])
    assert interruption.__notes__[0].endswith("r19 and 10 more, which the log lists")
    assert "r29" in caplog.text


def test_after_a_stop_no_submit_leaves() -> None:
    platform = Simulated()
    fleet = platform.fleet()
    fleet.add(iss_passes())
    member = taken(fleet)
    fleet.stop()
    with pytest.raises(ConfigurationError):
        platform._driver.advance(member.flow)
    assert not platform.requests


def test_an_endless_input_is_read_only_as_outcomes_are_taken() -> None:
    platform, taken = Simulated(), 0

    def endless() -> Iterator[PredictPasses]:
        nonlocal taken
        while True:
            taken += 1
            yield iss_passes()

    fleet = platform.fleet()
    run: Run[Any] = Run(fleet, endless(), most=7)
    for yielded in range(50):
        while not fleet.ended:
            while run.admit():
                pass
            assert taken - yielded <= 7
            if (member := fleet.take()) is not None:
                platform.carry_out(fleet, member)
        run.take_ended()
        run.resume()
    assert not run.is_over
    assert len(fleet.members) + len(fleet.ended) <= 7


def test_a_rate_limit_is_taken_one_step_at_a_time() -> None:
    platform = Simulated(10.0)
    platform.session.throttle.interval = 0.5
    fleet = platform.fleet()
    for _ in range(4):
        fleet.add(iss_passes())
    assert fleet.take() is not None
    assert fleet.take() is None
    assert fleet.delay() == 0.5


def test_a_parked_step_goes_on_where_it_was() -> None:
    platform = Simulated()
    fleet = platform.fleet()
    fleet.add(iss_passes())
    member = taken(fleet)
    flow = member.flow
    fleet.settle(member, Sleep(3.0, 1000.0))
    assert fleet.take() is None
    platform.clock.advance(3.0)
    assert fleet.take() is member
    assert member.flow is flow
    fleet.settle(member, Ended(None))
    assert fleet.ended.popleft() is member


def test_pending_calculations_hold_no_responses() -> None:
    platform = Simulated(100.0)
    fleet = platform.fleet()
    fleet.add(iss_passes())
    for _ in range(5):
        while (member := fleet.take()) is None:
            platform.clock.sleep(fleet.delay())
        platform.carry_out(fleet, member)
        assert member.job is not None
        assert member.job.response is None
        assert member.submission is None


def test_progress_is_reported_when_it_changes() -> None:
    platform, seen = Simulated(5.0), list[MapProgress]()
    fleet = platform.fleet()
    run: Run[Any] = Run(fleet, [iss_passes()] * 2, report=ProgressReport(fleet, 2, seen.append), most=2)
    while run.admit():
        pass
    while fleet.members:
        if (member := fleet.take()) is None:
            platform.clock.sleep(fleet.delay())
            continue
        run.settle(member, platform._driver.advance(member.flow))
    counts = [(event.submitted, event.running, event.succeeded, event.failed) for event in seen]
    assert counts == [(1, 1, 0, 0), (2, 2, 0, 0), (2, 1, 1, 0), (2, 0, 2, 0)]
    assert seen[-1].total == 2
    assert seen[-1].elapsed == platform.clock.monotonic()


def test_what_a_hook_raises_is_raised_in_the_callers_thread() -> None:
    platform = Simulated()
    fleet = platform.fleet()
    fleet.add(iss_passes())
    member = taken(fleet)
    with pytest.raises(ZeroDivisionError):
        Run(fleet).settle(member, ZeroDivisionError())


def test_the_response_of_the_last_poll_stays() -> None:
    (member,) = run(Simulated(), 1)
    assert member.job is not None
    assert isinstance(member.job.response, RawResponse)
