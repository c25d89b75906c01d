"""Submitting, polling, waiting, resuming: a pending body is never a result, and nothing is lost."""

from __future__ import annotations

import logging
import pickle
import warnings
from datetime import timedelta
from typing import Any

import pytest

from okapi_sdk import (
    CalculationFailedError,
    ConfigurationError,
    Ephemeris,
    InputError,
    NotFoundError,
    OkapiError,
    OkapiWarning,
    Passes,
    PassSummary,
    PollEvent,
    PollPolicy,
    PredictPasses,
    PropagateOrbit,
    RateLimitError,
    RequestRef,
    ResponseFormatError,
    ResultExpiredError,
    RetryPolicy,
    ServerError,
    WaitTimeoutError,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_orbit, iss_passes
from tests.support.faults import FaultServer, reply

FINISHED = {"status": {"type": "NONE", "text": "No messages"}, "passes": [{"start": "2018-08-07T18:00:00Z"}]}
PENDING = {"request_id": "r1", "status": {"type": "NONE", "text": "running"}}
ACCEPTED = reply(202, PENDING)


def test_the_first_calculation(client: Client) -> None:
    passes = client.run(iss_passes())
    assert isinstance(passes, Passes)
    assert len(passes) == 2
    assert [round(p.max_elevation or 0) for p in passes] == [21, 3]
    assert len(passes.above(10)) == 1


@pytest.mark.fault("P2")
def test_202_is_pending_and_200_finished(client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 100
    request = client.submit(iss_passes())
    assert not request.done()
    assert "running" in repr(request)
    assert request.wait().done()
    assert "ended" in repr(request)
    polls = len(emulator.calls)
    assert request.done()
    assert len(request.result()) == 2
    assert len(request.result()) == 2
    assert len(emulator.calls) == polls  # none of that polled again


def test_pauses_are_a_tenth_of_the_time_it_runs(client: Client, emulator: Emulator, clock: InstantClock) -> None:
    emulator.processing_time = 100
    client.submit(iss_passes()).wait()
    assert clock.sleeps[0] == 0.25
    assert max(clock.sleeps) <= 5.0
    assert 100 <= sum(clock.sleeps) <= 105.1
    assert len(clock.sleeps) < 60


@pytest.mark.fault("P1")
def test_a_wait_that_runs_out_ends_at_its_deadline_and_says_how_to_resume(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    emulator.processing_time = 1000
    request = client.submit(iss_passes())
    began = clock.monotonic()
    with pytest.raises(WaitTimeoutError) as caught:
        request.wait(timeout=60)
    assert 59 <= clock.monotonic() - began <= 60
    assert str(request.ref) in str(caught.value)
    assert caught.value.request_id == request.id
    assert isinstance(caught.value, TimeoutError)
    assert len(client.resume(pickle.loads(pickle.dumps(caught.value)).ref).result(timeout=timedelta(hours=1))) == 2


@pytest.mark.fault("P20")
def test_resuming_by_reference_in_another_client(both: Both, client: Client, emulator: Emulator) -> None:
    reference = str(client.submit(iss_passes()).ref)
    with both.emulated(emulator) as other:
        assert len(other.resume(reference, PredictPasses).result()) == 2
        with pytest.raises(InputError, match="predict-passes"):
            other.resume(reference, PropagateOrbit)
        with pytest.raises(InputError):
            other.resume("nonsense", PredictPasses)
        with pytest.raises(InputError):
            other.resume("predict-passes/sgp4/..", PredictPasses)


def test_a_reference_goes_through_json_and_keeps_its_dialect(client: Client, emulator: Emulator) -> None:
    request = client.with_options(dialect="typed").submit(iss_passes())
    ref = RequestRef.from_json(request.ref.to_json())
    assert ref == request.ref
    assert len(client.resume(ref).result()) == 2
    assert emulator.calls[-1].path.startswith("/predict-passes/sgp4/simple/results/")


def test_a_reference_to_another_address_is_refused(client: Client) -> None:
    ref = client.submit(iss_passes()).ref
    with pytest.raises(ConfigurationError, match="submitted to"):
        client.resume(RequestRef(ref.path, ref.id, ref.calculation, ref.format, ref.dialect, "http://127.0.0.1:1"))


def test_another_format(client: Client) -> None:
    request = client.submit(iss_passes())
    assert isinstance(request.result(PassSummary), PassSummary)
    assert isinstance(request.result(), Passes)
    with pytest.raises(InputError, match="Passes, PassSummary"):
        request.result(Ephemeris)


def test_parts_are_joined_and_come_one_by_one(client: Client, emulator: Emulator) -> None:
    emulator.rows_per_part = 100
    request = client.submit(iss_orbit())
    states = request.result()
    assert isinstance(states, Ephemeris)
    assert len(states) > 1000
    sizes = [len(part) for part in client.resume(request.ref).parts()]
    assert sum(sizes) == len(states)
    assert set(sizes[:-1]) == {100}


def test_parts_that_were_read_are_kept_when_a_later_one_fails(client: Client, emulator: Emulator) -> None:
    emulator.rows_per_part = 500
    request = client.submit(iss_orbit()).wait()
    emulator.fail_next(403, path="simple/2")
    with pytest.raises(OkapiError) as caught:
        request.result()
    assert caught.value.request_id == request.id
    before = len(emulator.calls)
    assert len(request.result()) > 1000
    assert not any(call.path.endswith("/simple") for call in emulator.calls[before:])


@pytest.mark.fault("P13")
def test_fatal_ends_the_wait_and_fails_the_result(client: Client, emulator: Emulator) -> None:
    emulator.next_calculation(status="FATAL", text="the orbit has decayed")
    request = client.submit(iss_passes()).wait()
    assert request.status.failed
    with pytest.raises(CalculationFailedError, match="the orbit has decayed") as caught:
        request.result()
    assert caught.value.ref == request.ref
    assert pickle.loads(pickle.dumps(caught.value)).status_text == "the orbit has decayed"


def test_a_warning_is_given_once_and_after_the_result_is_kept(client: Client, emulator: Emulator) -> None:
    emulator.next_calculation(status="WARNING", text="old elements")
    request = client.submit(iss_passes())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(OkapiWarning, match="old elements"):
            request.result()
        assert len(request.result()) == 2


def test_a_remark_goes_to_the_log(client: Client, emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    emulator.next_calculation(status="REMARK", text="by the way")
    with caplog.at_level(logging.INFO, "okapi_sdk"):
        assert client.submit(iss_passes()).wait().status.type == "REMARK"
    assert "by the way" in caplog.text


def test_the_wait_logs_the_reference_at_once_and_every_minute(
    client: Client, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.processing_time = 150
    request = client.submit(iss_passes())
    with caplog.at_level(logging.INFO, "okapi_sdk"):
        request.wait()
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 3
    assert all(str(request.ref) in line for line in lines)


def test_on_poll_is_called_after_every_pending_poll(client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 10
    seen: list[PollEvent] = []
    request = client.submit(iss_passes()).wait(on_poll=seen.append)
    assert [event.polls for event in seen] == list(range(1, len(seen) + 1))
    assert {event.ref for event in seen} == {request.ref}
    assert 8 < seen[-1].elapsed < 10


async def never_awaited(event: PollEvent) -> None:
    raise AssertionError


@pytest.mark.parametrize("listener", [5, "print", never_awaited])
def test_an_on_poll_that_cannot_be_called_is_refused(client: Client, emulator: Emulator, listener: Any) -> None:
    emulator.processing_time = 10
    request = client.submit(iss_passes())
    with pytest.raises(InputError, match=r"on_poll: a function that takes a PollEvent, not a coroutine \(given: "):
        request.wait(on_poll=listener)


def test_an_error_of_on_poll_is_the_callers_and_loses_nothing(client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 10
    request = client.submit(iss_passes())

    def stop(_: PollEvent) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        request.wait(on_poll=stop)
    assert len(request.result()) == 2


@pytest.mark.fault("P4")
@pytest.mark.parametrize("status", [404, 500, 502, 503, 429])
def test_failing_polls_do_not_end_a_wait(client: Client, emulator: Emulator, status: int) -> None:
    request = client.submit(iss_passes())
    emulator.fail_next(status, times=5, path="/results/")
    assert len(request.result()) == 2


def test_an_outage_ends_the_wait_with_its_error(client: Client, emulator: Emulator, clock: InstantClock) -> None:
    request = client.submit(iss_passes())
    emulator.fail_next(502, times=1000, path="/results/")
    began = clock.monotonic()
    with pytest.raises(ServerError) as caught:
        request.wait(timeout=3600)
    assert 300 <= clock.monotonic() - began <= 306
    assert caught.value.ref == request.ref


def test_a_failing_platform_at_the_deadline_is_a_wait_that_ran_out(client: Client, emulator: Emulator) -> None:
    request = client.submit(iss_passes())
    emulator.fail_next(502, times=1000, path="/results/")
    with pytest.raises(WaitTimeoutError):
        request.wait(timeout=100)


@pytest.mark.fault("P3")
def test_an_unknown_id_is_pending_for_ten_seconds_after_its_own_submit_only(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    request = client.submit(iss_passes())
    emulator.fail_next(404, times=1000, path="/results/")
    assert not request.done()
    began = clock.monotonic()
    with pytest.raises(NotFoundError):
        request.wait()
    assert 10 <= clock.monotonic() - began <= 12
    with pytest.raises(NotFoundError):
        client.resume(request.ref).wait()


@pytest.mark.fault("P5")
def test_a_result_that_was_seen_alive_and_is_gone_has_expired(client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 100
    request = client.submit(iss_passes())
    assert not request.done()
    emulator.fail_next(404, times=1000, path="/results/")
    with pytest.raises(ResultExpiredError) as caught:
        request.wait()
    assert caught.value.ref == request.ref


@pytest.mark.fault("P6")
def test_a_retry_after_on_a_poll_is_obeyed_within_bounds(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    request = client.submit(iss_passes())
    emulator.fail_next(429, path="/results/", headers={"Retry-After": "30"})
    request.wait()
    assert clock.sleeps == [30.0]
    request = client.submit(iss_passes())
    emulator.fail_next(429, path="/results/", headers={"Retry-After": "3600"})
    with pytest.raises(RateLimitError) as caught:
        request.wait()
    assert caught.value.retry_after == 3600
    assert caught.value.ref == request.ref


def test_polling_can_be_changed(client: Client, emulator: Emulator, clock: InstantClock) -> None:
    emulator.processing_time = 10
    client.with_options(polling=PollPolicy(floor=1, ceiling=1)).submit(iss_passes()).wait()
    assert set(clock.sleeps) == {1.0}


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), True, "60"])
def test_a_senseless_timeout_is_refused(client: Client, timeout: object) -> None:
    request = client.submit(iss_passes())
    with pytest.raises(InputError, match="timeout"):
        request.wait(timeout=timeout)


def test_none_waits_without_end(client: Client, emulator: Emulator, clock: InstantClock) -> None:
    emulator.processing_time = 7200  # beyond the default of 900 s
    assert len(client.submit(iss_passes()).result(timeout=None)) == 2
    assert clock.monotonic() >= 7200


def test_a_202_that_says_fatal_ends_the_wait(both: Both, clock: InstantClock) -> None:
    fatal = {"request_id": "r1", "status": {"type": "FATAL", "text": "no such satellite", "input_problem": True}}
    with FaultServer([ACCEPTED, reply(202, PENDING), reply(202, fatal)]) as server:
        with both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes()).wait()
            with pytest.raises(CalculationFailedError, match="input is at fault"):
                request.result()


@pytest.mark.fault("P10")
@pytest.mark.parametrize("pending", [b"", b"<html>", [1, 2], {"status": "odd"}, {"status": None}, FINISHED])
def test_a_202_is_pending_whatever_it_holds(both: Both, clock: InstantClock, pending: object) -> None:
    with FaultServer([ACCEPTED, reply(202, pending), reply(200, FINISHED)]) as server:
        with both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes())
            assert not request.done()
            assert len(request.result()) == 1


@pytest.mark.fault("P9", "P12")
@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, b"<html>sign in</html>"), (204, b"")])
def test_a_finished_response_that_cannot_be_read(both: Both, clock: InstantClock, status: int, body: object) -> None:
    with FaultServer([ACCEPTED, reply(status, body)]) as server:
        with both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes())
            with pytest.raises(ResponseFormatError) as caught:
                request.result()
            assert caught.value.ref == request.ref
            assert request.raw() is not None


@pytest.mark.fault("P9")
def test_a_part_is_not_taken_for_the_whole(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED, reply(206, FINISHED, {"content-range": "bytes 0-99/500"})]) as server:
        with both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes())
            with pytest.raises(ResponseFormatError, match=r"HTTP 206.*partial") as caught:
                request.result()
            assert (caught.value.ref, caught.value.reason) == (request.ref, "truncated")
            with pytest.raises(ResponseFormatError, match="HTTP 206"):
                client.send("GET", "satellites")
            assert len(server.requests) == 3


@pytest.mark.fault("P11")
def test_a_finished_body_with_a_request_id_is_the_result(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED, reply(200, {**FINISHED, "request_id": "r1"})]) as server:
        with both.client(**server.client, clock=clock) as client:
            assert len(client.run(iss_passes())) == 1
            assert len(server.requests) == 2


def test_a_part_that_comes_again_is_not_taken_for_the_next(both: Both, clock: InstantClock) -> None:
    part = {**FINISHED, "result_part_id": 1, "next_result_part_foreseen": True}
    with FaultServer([ACCEPTED, reply(200, part)]) as server:
        with both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes())
            with pytest.raises(ResponseFormatError, match=r"part 1 of .* instead of part 2") as caught:
                request.result()
            assert caught.value.ref == request.ref
            assert len(next(iter(request.parts()))) == 1
            assert [sent.path[-9:] for sent in server.requests[1:]] == ["r1/simple", "/simple/2"]


def test_a_closed_client_says_so(client: Client) -> None:
    request = client.submit(iss_passes())
    copy = client.with_options(timeout=5)
    client.close()
    client.close()
    for call in (lambda: client.submit(iss_passes()), lambda: copy.sign_in(), lambda: request.wait()):
        with pytest.raises(ConfigurationError, match="closed"):
            call()


def test_no_retry_where_it_was_turned_off(client: Client, emulator: Emulator) -> None:
    client.sign_in()
    emulator.fail_next(429)
    with pytest.raises(RateLimitError):
        client.with_options(retry=RetryPolicy(submit="never")).submit(iss_passes())
    assert len(emulator.calculations) == 0
