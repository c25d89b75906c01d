"""`map`, `as_completed` and `wait_all` of both clients: what is yielded, and what an early end leaves behind."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    CalculationFailedError,
    ConfigurationError,
    GroundLocation,
    InputError,
    MapProgress,
    OkapiClient,
    PollEvent,
    PredictPasses,
    RawCalculation,
    RetryPolicy,
    SubmissionUncertainError,
    WaitTimeoutError,
    as_completed,
    wait_all,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.load.fleets import limited
from tests.load.server import platform
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, answer, hang, reply
from tests.support.leaks import leaks

PENDING = {"status": {"type": "NONE", "text": "running"}}


def passes(count: int, first: int = 0) -> list[PredictPasses]:
    """Different calculations."""
    base = iss_passes()
    return [
        base.model_copy(
            update={"ground_location": GroundLocation.at(latitude=number / 10, longitude=10.0, height_m=48)}
        )
        for number in range(first, first + count)
    ]


class Mapping:
    """The iterator of a `map`, each step in the same event loop."""

    def __init__(self, both: Both, client: Client, calculations: Iterable[Any], **options: Any) -> None:
        self._both, self.inner = both, client.inner.map(calculations, **options)

    def __iter__(self) -> Iterator[Any]:
        while True:
            try:
                yield next(self)
            except (StopIteration, StopAsyncIteration):
                return

    def __next__(self) -> Any:
        if self._both.kind == "sync":
            return next(self.inner)
        return self._both.wait(anext(self.inner))

    def close(self) -> None:
        if self._both.kind == "sync":
            self.inner.close()
        else:
            self._both.wait(self.inner.aclose())


def mapped(both: Both, client: Client, calculations: Iterable[Any], **options: Any) -> list[Any]:
    return list(Mapping(both, client, calculations, **options))


class SlowPlatform:
    """Accepts submits at once, and answers polls by a script."""

    def __init__(self, polls: Any = None, submit: Any = None) -> None:
        self._count, self._polls, self._submit = 0, polls or reply(202, PENDING), submit
        self.server = FaultServer([self._respond])

    def _respond(self, connection: Any) -> None:
        if self.server.received.method == "POST":
            self._count += 1
            if self._submit is not None and self._count > 1:
                self._submit(connection)
            else:
                connection.sendall(answer(202, {"request_id": f"r{self._count}", **PENDING}))
        else:
            self._polls(connection)


def no_threads_but(before: set[threading.Thread]) -> None:
    """Fail if threads of the SDK are left."""
    left = {thread for thread in threading.enumerate() if thread not in before and thread.name == "okapi-map"}
    assert not left, left


# Outcomes


def test_every_calculation_has_an_outcome(both: Both, client: Client) -> None:
    calculations = passes(25)
    outcomes = mapped(both, client, calculations)
    assert sorted(outcome.position for outcome in outcomes) == list(range(25))
    for outcome in outcomes:
        assert outcome.calculation is calculations[outcome.position]
        assert outcome.error is None
        assert outcome.request.calculation is outcome.calculation
        assert outcome.request.submitted_at is not None
        assert outcome.ref == outcome.request.ref
        assert outcome.result().calculation is outcome.calculation


def test_outcomes_come_in_the_order_in_which_they_end(both: Both) -> None:
    slow_polls = 4

    def poll(connection: Any) -> None:
        nonlocal slow_polls
        is_slow = slow.server.received.path.split("/")[-2] == "r1"
        slow_polls -= is_slow
        connection.sendall(answer(202, PENDING) if is_slow and slow_polls > 0 else answer(200, {"passes": []}))

    slow = SlowPlatform(poll)
    with slow.server as server, both.client(**server.client) as client:
        ids = [outcome.ref.id for outcome in Mapping(both, client, passes(4))]
    assert ids[-1] == "r1"
    assert sorted(ids) == ["r1", "r2", "r3", "r4"]


@pytest.mark.parametrize("connections", [1, 2, 20])
def test_any_number_of_connections_suffices(both: Both, emulator: Emulator, connections: int) -> None:
    emulator.processing_time = 3.0
    with both.emulated(emulator, max_connections=connections) as client:
        assert len(mapped(both, client, passes(15))) == 15


def test_waits_take_no_time_on_an_instant_clock(both: Both, client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 600.0
    began = time.monotonic()
    outcomes = mapped(both, client, passes(10))
    assert all(outcome.error is None for outcome in outcomes)
    assert time.monotonic() - began < 20.0


def test_one_failure_is_one_outcome(both: Both, client: Client) -> None:
    good = passes(3)
    bad = RawCalculation("predict-passes/sgp4", {"orbit": "none"})
    outcomes = {outcome.position: outcome for outcome in mapped(both, client, [good[0], bad, *good[1:]])}
    assert [position for position, outcome in outcomes.items() if outcome.error] == [1]
    with pytest.raises(type(outcomes[1].error)):
        outcomes[1].result()
    assert "sgp4" in repr(outcomes[1])


def test_a_fatal_calculation_is_an_outcome_with_its_reference(both: Both) -> None:
    fatal = reply(200, {"status": {"type": "FATAL", "text": "it decayed"}})
    with SlowPlatform(fatal).server as server, both.client(**server.client) as client:
        (outcome,) = mapped(both, client, passes(1))
    assert isinstance(outcome.error, CalculationFailedError)
    assert outcome.error.ref == outcome.ref
    assert outcome.error.__traceback__ is None


def test_a_calculation_that_takes_too_long_has_its_reference(both: Both, client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 1e5
    (outcome,) = mapped(both, client, passes(1), timeout=30)
    assert isinstance(outcome.error, WaitTimeoutError)
    assert outcome.error.ref == outcome.request.ref


def test_an_empty_input_has_no_outcomes(both: Both, client: Client) -> None:
    assert mapped(both, client, []) == []
    assert mapped(both, client, iter(())) == []


def test_outcomes_pickle_small(both: Both, client: Client) -> None:
    fine, failed = mapped(both, client, [passes(1)[0], RawCalculation("predict-passes/sgp4", {"orbit": "none"})])
    for outcome in (fine, failed):
        copy = pickle.loads(pickle.dumps(outcome))
        assert copy.calculation == outcome.calculation
        assert copy.ref == outcome.ref
        assert copy.request is None
        assert str(copy.error) == str(outcome.error)
    fine, failed = sorted((fine, failed), key=lambda outcome: outcome.position)
    assert pickle.loads(pickle.dumps(fine)).result().to_dicts() == fine.result().to_dicts()
    assert len(pickle.dumps(fine)) < 10_000


# Input


@pytest.mark.parametrize("bad", [None, 5, "text", iss_passes()])
def test_an_input_that_is_no_list_is_refused(both: Both, client: Client, emulator: Emulator, bad: Any) -> None:
    with pytest.raises(InputError, match="pass a list"):
        client.inner.map(bad)
    assert not emulator.calls


@pytest.mark.parametrize("kind", [list, tuple, lambda items: dict.fromkeys(items).keys()])
def test_a_bad_item_is_told_before_anything_is_submitted(
    both: Both, client: Client, emulator: Emulator, kind: Any
) -> None:
    with pytest.raises(InputError, match="RawCalculation"):
        client.inner.map(kind([*passes(1), PredictPasses]))
    assert not emulator.calls


@pytest.mark.parametrize(
    "options",
    [
        {"max_in_flight": 0},
        {"max_in_flight": True},
        {"timeout": -1},
        {"journal": 5},
        {"journal": ""},
        {"on_progress": 5},
        {"on_progress": asyncio.sleep},
    ],
)
def test_bad_arguments_are_told_at_once(both: Both, client: Client, options: Any) -> None:
    with pytest.raises(InputError):
        client.inner.map([], **options)


def test_a_callback_that_turns_out_asynchronous_is_refused(both: Both, client: Client) -> None:
    with pytest.raises(InputError, match="def, not async def"):
        mapped(both, client, passes(1), on_progress=lambda _: asyncio.sleep(0))


@pytest.mark.parametrize("bad", [ZeroDivisionError(), "not a calculation"])
def test_an_input_that_goes_wrong_loses_nothing(both: Both, bad: Any) -> None:
    def calculations() -> Iterator[Any]:
        yield from passes(5)
        if isinstance(bad, Exception):
            raise bad
        yield bad

    def poll(connection: Any) -> None:
        is_quick = slow.server.received.path.split("/")[-2] in ("r1", "r2", "r3")
        connection.sendall(answer(200, {"passes": []}) if is_quick else answer(202, PENDING))

    slow, yielded = SlowPlatform(poll), []
    with slow.server as server, both.client(**server.client) as client:
        with pytest.raises(ZeroDivisionError if isinstance(bad, Exception) else InputError) as caught:
            for outcome in Mapping(both, client, calculations(), max_in_flight=3):
                yielded.append(outcome.ref.id)
        client.sign_in()  # the client can be used
    assert sorted(yielded) == ["r1", "r2", "r3"]
    notes = " ".join(getattr(caught.value, "__notes__", ()))
    keys = [request.headers["idempotency-key"] for request in server.requests if request.method == "POST"]
    told = [id for id in (f"r{number}" for number in range(1, len(keys) + 1)) if id in yielded or f"/{id}" in notes]
    assert len(told) + sum(key in notes for key in keys) == len(keys)


def test_the_input_is_read_no_faster_than_outcomes_are_taken(both: Both, client: Client) -> None:
    read = 0

    def endless() -> Iterator[PredictPasses]:
        nonlocal read
        calculation = iss_passes()
        while True:
            read += 1
            yield calculation

    outcomes = Mapping(both, client, endless(), max_in_flight=5)
    for taken in range(1, 30):
        next(outcomes)
        assert read <= taken + 5
    outcomes.close()


# Progress


def test_progress_counts(both: Both, client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 5.0
    events: list[MapProgress] = []
    bad = RawCalculation("predict-passes/sgp4", {"orbit": "none"})
    mapped(both, client, [*passes(4), bad], on_progress=events.append)
    last = events[-1]
    assert (last.running, last.succeeded, last.failed, last.total) == (0, 4, 1, 5)
    assert all(event.running == event.submitted - event.succeeded - (event.failed and 0) for event in events[:4])
    for before, after in pairwise(events):
        assert after.submitted >= before.submitted
        assert after.succeeded + after.failed >= before.succeeded + before.failed
        assert after.elapsed >= before.elapsed


def test_the_total_of_an_iterator_is_unknown(both: Both, client: Client) -> None:
    events: list[MapProgress] = []
    mapped(both, client, iter(passes(2)), on_progress=events.append)
    assert {event.total for event in events} == {None}


def test_a_callback_that_raises_ends_the_run_and_loses_nothing(both: Both, client: Client, emulator: Emulator) -> None:
    def raise_at_third(progress: MapProgress) -> None:
        if progress.submitted == 3:
            raise ZeroDivisionError

    emulator.processing_time = 1e5
    with pytest.raises(ZeroDivisionError) as caught:
        mapped(both, client, passes(3), on_progress=raise_at_third)
    assert "3 calculations were submitted" in caught.value.__notes__[0]


def test_polls_of_a_run_are_reported(both: Both, client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 10.0
    events: list[PollEvent] = []
    client.run(iss_passes(), on_poll=events.append)
    assert [event.polls for event in events] == list(range(1, len(events) + 1))
    assert events[0].ref.path == "predict-passes/sgp4"


# Early ends


def test_closing_early_tells_what_is_left(both: Both, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    before = set(threading.enumerate())
    outcomes = Mapping(both, client, passes(30))
    first = next(outcomes)
    with caplog.at_level(logging.WARNING, "okapi_sdk"):
        outcomes.close()
    no_threads_but(before)
    assert "calculations were submitted, and their outcomes were not taken" in caplog.text
    assert str(first.ref) not in caplog.text
    assert len(client.run(iss_passes())) == 2


def test_a_silent_platform_does_not_delay_the_end(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    before = set(threading.enumerate())
    with SlowPlatform(hang).server as server, both.client(**server.client) as client:

        def interrupted(progress: MapProgress) -> None:
            if progress.submitted == 8:
                raise KeyboardInterrupt

        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt) as caught:
            mapped(both, client, passes(8), on_progress=interrupted)
        assert time.monotonic() - began < 10.0
        no_threads_but(before)
    assert all(f"/r{number}" in caught.value.__notes__[0] for number in range(1, 9))


def test_submits_under_way_end_properly(both: Both) -> None:
    def slow(connection: Any) -> None:
        time.sleep(0.4)
        connection.sendall(answer(202, {"request_id": "late", **PENDING}))

    before = set(threading.enumerate())
    with SlowPlatform(submit=slow).server as server, both.client(**server.client) as client:

        def interrupted(progress: MapProgress) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt) as caught:
            mapped(both, client, passes(2), on_progress=interrupted)
    no_threads_but(before)
    if sum(request.method == "POST" for request in server.requests) == 2:
        assert "/late" in caught.value.__notes__[0]
    assert "/r1" in caught.value.__notes__[0]


def test_submits_that_stay_unanswered_are_told_with_their_keys(both: Both) -> None:
    arrived = threading.Event()

    def silent(connection: Any) -> None:
        arrived.set()
        hang(connection)

    before = set(threading.enumerate())
    with SlowPlatform(submit=silent).server as server, both.client(**server.client) as client:

        def wait_and_interrupt(progress: MapProgress) -> None:
            if arrived.is_set():
                raise KeyboardInterrupt

        def calculations() -> Iterator[PredictPasses]:
            yield passes(1)[0]
            yield passes(1)[0]
            raise KeyboardInterrupt

        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt) as caught:
            mapped(both, client, calculations(), on_progress=wait_and_interrupt)
        assert time.monotonic() - began < 10.0
        no_threads_but(before)
        notes = " ".join(getattr(caught.value, "__notes__", []))
        keys = [request.headers["idempotency-key"] for request in server.requests if request.method == "POST"]
        for number, key in enumerate(keys):
            assert key in notes or f"/r{number + 1}" in notes


def test_a_cancelled_task_leaves_nothing() -> None:
    async def main(server: FaultServer) -> None:
        async with AsyncOkapiClient(**server.client) as client:

            async def use() -> None:
                async for _ in client.map(passes(5)):
                    pass

            task = asyncio.ensure_future(use())
            while sum(request.method == "GET" for request in server.requests) < 5:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert all(f"/r{number}" in caught.value.__notes__[0] for number in range(1, 6))
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    with SlowPlatform(hang).server as server:
        asyncio.run(main(server))


def test_an_iterator_that_is_dropped_leaves_no_thread(client: Client, both: Both) -> None:
    if both.kind == "async":
        pytest.skip("asyncio closes dropped iterators")
    before = set(threading.enumerate())
    outcomes = client.inner.map(passes(10))
    next(outcomes)
    del outcomes
    gc.collect()
    no_threads_but(before)


def test_a_client_that_is_closed_meanwhile_ends_the_run_with_typed_errors(both: Both) -> None:
    with SlowPlatform().server as server:
        client = both.client(**server.client)

        def close_at_last(progress: MapProgress) -> None:
            if progress.submitted == 3:
                client.inner._driver.http._close_all_lanes()
                client.inner._closed = True

        outcomes = mapped(both, client, passes(3), on_progress=close_at_last)
        assert [type(outcome.error) for outcome in outcomes] == [ConfigurationError] * 3
        assert all(outcome.error.ref == outcome.ref for outcome in outcomes)
        with pytest.raises(ConfigurationError, match="closed"):
            client.inner.map([])


def test_neither_errors_nor_notes_hold_a_secret(both: Both) -> None:
    with SlowPlatform(hang).server as server, both.client(**server.client) as client:

        def interrupt(progress: MapProgress) -> None:
            if progress.submitted == 2:
                raise ZeroDivisionError

        secrets = {"token": "token-of-the-fault-server", "password": "password-of-the-test"}
        with pytest.raises(ZeroDivisionError) as caught:
            mapped(both, client, passes(2), on_progress=interrupt)
        assert not leaks(caught.value, secrets)


# Sharing


def test_two_runs_at_once_share_a_client(emulator: Emulator) -> None:
    emulator.processing_time = 1.0
    with OkapiClient.emulated(emulator, max_connections=3) as client, ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda first: list(client.map(passes(10, first))), (0, 100)))
    assert [len(outcomes) for outcomes in found] == [10, 10]
    assert all(outcome.error is None for outcomes in found for outcome in outcomes)
    assert emulator.sign_ins == 1


def test_two_runs_at_once_in_one_loop(emulator: Emulator) -> None:
    async def main() -> None:
        async with AsyncOkapiClient.emulated(emulator, max_connections=3) as client:

            async def use(first: int) -> int:
                return sum([outcome.error is None async for outcome in client.map(passes(10, first))])

            assert await asyncio.gather(use(0), use(100)) == [10, 10]

    asyncio.run(main())


def test_a_rate_limit_holds_for_copies_and_threads() -> None:
    with FaultServer([reply(200, {})]) as server:
        times: list[float] = []
        with OkapiClient(**server.client, max_requests_per_second=50) as client:
            client.sign_in()
            copies = [client, client.with_options(timeout=5), client.with_options(timeout=6)]

            def use(copy: OkapiClient) -> None:
                for _ in range(10):
                    copy.send("GET", "satellites")
                    times.append(time.monotonic())

            began = time.monotonic()
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(use, copies))
        assert max(times) - began >= 29 / 50 * 0.9


def test_a_rate_limit_holds_for_a_run(both: Both, emulator: Emulator, clock: InstantClock) -> None:
    with both.emulated(emulator, max_requests_per_second=2.0) as client:
        outcomes = mapped(both, client, passes(10))
    assert all(outcome.error is None for outcome in outcomes)
    assert 9.0 <= clock.monotonic() <= 15.0


def test_429_slows_a_run_and_fails_nothing(both: Both) -> None:
    count = 0

    def respond(connection: Any) -> None:
        nonlocal count
        count += 1
        if count % 10 == 5:
            connection.sendall(answer(429, {}, {"retry-after": "0.1"}))
        elif server.received.method == "POST":
            connection.sendall(answer(202, {"request_id": f"r{count}", **PENDING}))
        else:
            connection.sendall(answer(200, {"passes": []}))

    with (
        FaultServer([respond]) as server,
        both.client(**server.client, retry=RetryPolicy(attempts=1, base=0.01)) as client,
    ):
        outcomes = mapped(both, client, passes(40))
    assert [outcome.error for outcome in outcomes if outcome.error] == []


@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_a_platform_that_limits_calls_costs_no_outcome(kind: str) -> None:
    with platform(limit=60) as options:
        found = limited(kind, options, count=60)
    assert found.errors == 0
    assert found.refused > 0
    assert found.accepted >= 120
    assert found.seconds < 20.0


SCRIPT = """
import os, sys
from okapi_sdk import ConfigurationError, OkapiClient
from okapi_sdk.emulator import Emulator
from tests.client.test_map import passes

emulator = Emulator(processing_time=0.2).start()
client = OkapiClient.emulated(emulator)
outcomes = client.map(passes(10))
next(outcomes)
if sys.argv[1] == "fork":
    child = os.fork()
    if child == 0:
        try:
            next(outcomes)
        except ConfigurationError as error:
            assert "forked" in str(error), error
            assert len(list(client.map(passes(2)))) == 2
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert len(list(outcomes)) == 9
    client.close()
    emulator.close()
print("end")
"""


@pytest.mark.parametrize("case", ["exit", "fork"])
def test_processes(case: str) -> None:
    if case == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork here")
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, case], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stdout == "end\n", ended.stderr
    assert ended.returncode == 0, ended.stderr


# as_completed and wait_all


def completed(both: Both, requests: Iterable[Any], **options: Any) -> list[Any]:
    found: Any = as_completed(requests, **options)
    if both.kind == "sync":
        return list(found)

    async def collect() -> list[Any]:
        return [request async for request in found]

    return list(both.wait(collect()))


def submitted(both: Both, client: Client, count: int) -> list[Any]:
    return [both.wait(client.inner.submit(calculation)) for calculation in passes(count)]


def test_requests_are_yielded_as_they_end(both: Both, client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 50.0
    slow = submitted(both, client, 1)
    emulator.processing_time = 5.0
    fast = submitted(both, client, 2)
    found = completed(both, [*slow, *fast])
    assert found[2] is slow[0]
    assert set(found[:2]) == set(fast)
    assert all(request.ended for request in found)


def test_all_requests_are_waited_for_in_their_order(both: Both, client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 5.0
    requests = submitted(both, client, 4)
    assert both.wait(wait_all(requests)) == requests
    assert all(request.ended for request in requests)
    calls = len(emulator.calls)
    assert completed(both, [*requests, requests[0]]) == requests
    assert both.wait(wait_all([requests[0], requests[0]])) == [requests[0], requests[0]]
    assert len(emulator.calls) == calls  # they had ended


def test_no_requests_end_at_once(both: Both) -> None:
    assert completed(both, []) == []
    assert list(wait_all([])) == []

    async def nothing() -> list[Any]:
        return list(await wait_all([]))  # type: ignore[call-overload]

    assert asyncio.run(nothing()) == []


def test_a_wait_that_takes_too_long_tells_the_reference(both: Both, client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 1e5
    requests = submitted(both, client, 2)
    with pytest.raises(WaitTimeoutError) as caught:
        completed(both, requests, timeout=20)
    assert caught.value.ref in [request.ref for request in requests]
    with pytest.raises(WaitTimeoutError):
        both.wait(wait_all(requests, timeout=20))


def test_a_request_whose_polls_fail_is_yielded(both: Both) -> None:
    with SlowPlatform(reply(400, {"message": "no"})).server as server, both.client(**server.client) as client:
        request = both.wait(client.inner.submit(iss_passes()))
        assert completed(both, [request]) == [request]
        with pytest.raises(Exception, match="400"):
            both.wait(request.result())


def test_requests_of_both_kinds_are_refused(emulator: Emulator) -> None:
    async def main() -> None:
        with OkapiClient.emulated(emulator) as client:
            async with AsyncOkapiClient.emulated(emulator) as other:
                mixed: list[Any] = [client.submit(iss_passes()), await other.submit(iss_passes())]
                for function in (as_completed, wait_all):
                    with pytest.raises(InputError):
                        function(mixed)

    asyncio.run(main())


@pytest.mark.parametrize("bad", [None, 5, ["predict-passes/sgp4/r1"], [None]])
def test_what_is_no_request_is_refused(bad: Any) -> None:
    for function in (as_completed, wait_all):
        with pytest.raises(InputError):
            function(bad)
    with suppress(SubmissionUncertainError):
        assert as_completed([]) is not None
