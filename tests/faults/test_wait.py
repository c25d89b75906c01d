"""Poll and wait (rows P): a running calculation is not lost, and a pending body is never a result."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okapi_sdk import (
    AsyncOkapiClient,
    CalculationFailedError,
    InputError,
    OkapiClient,
    OkapiError,
    PollPolicy,
    RateLimitError,
    ResultExpiredError,
    WaitTimeoutError,
)
from okapi_sdk._engine.protocol import retry_after
from okapi_sdk.emulator import Emulator
from okapi_sdk.results.response import RawResponse
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_orbit, iss_passes
from tests.support.faults import FaultServer, answer, cut, hang_up, raw, reply, reset

from .outcomes import error_of, outcome

PENDING = {"request_id": "r1", "status": {"type": "NONE", "text": "running"}}
FINISHED = {"status": {"type": "NONE", "text": "No messages"}, "passes": [{"start": "2018-08-07T18:00:00Z"}]}
ACCEPTED = reply(202, PENDING)


@pytest.mark.fault("P2")
def test_after_the_last_answer_there_is_no_pause(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED, reply(202, PENDING), reply(200, FINISHED)]) as server:
        with both.client(**server.client, clock=clock) as client:
            client.run(iss_passes())
    assert clock.sleeps == [0.25]


@pytest.mark.fault("P4")
def test_lost_connections_and_damaged_answers_do_not_end_a_wait(both: Both, clock: InstantClock) -> None:
    whole = answer(200, FINISHED)
    faults = [reset, hang_up, cut(whole, 9), cut(whole, len(whole) - 1), raw(b"SSH-2.0\r\n"), reply(504, b"<html>")]
    with FaultServer([ACCEPTED, *faults, reply(200, FINISHED)]) as server:
        with both.client(**server.client, clock=clock) as client:
            assert len(client.run(iss_passes())) == 1
        assert len(server.requests) == 2 + len(faults)


@pytest.mark.fault("P5")
@pytest.mark.parametrize("alive", [True, False])
def test_410_says_that_it_has_expired(both: Both, clock: InstantClock, alive: bool) -> None:
    with FaultServer([ACCEPTED, *([reply(202, PENDING)] if alive else []), reply(410)]) as server:
        with both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes())
            error = error_of(ResultExpiredError, request.result)
            assert error.ref == request.ref
            assert "Submit the calculation again" in str(error)


@pytest.mark.fault("P6")
def test_a_pause_that_is_asked_for_never_passes_the_deadline(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    request = client.submit(iss_passes())
    emulator.fail_next(429, path="/results/", times=100, headers={"Retry-After": "50"})
    began = clock.monotonic()
    error = error_of(WaitTimeoutError, request.wait, timeout=20)
    assert error.ref == request.ref
    assert 18 <= clock.monotonic() - began <= 20
    assert max(clock.sleeps) <= 20


DATES = ["Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]
ODD = [
    "", "-5", "+5", "nan", "inf", "-inf", "1e9", "1_000", "0x10", "5.5", "5s", " 5 ", "9" * 5000, "\uff15", "٣", "²",
    "soon", "Thu, 99 Foo 2099 00:00:00 GMT", "Mon, 32 Jan 2024 25:61:61 GMT", "GMT", " GMT", "0000 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "\x00", "5\x00", "5, 6", *DATES,
]  # fmt: skip
headers_said = (
    st.sampled_from(ODD)
    | st.integers(-(10**30), 10**30).map(str)
    | st.floats().map(str)
    | st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    | st.text(max_size=60)
)


@pytest.mark.fault("P7")
@settings(max_examples=500)
@given(text=headers_said, date=headers_said | st.none(), now=st.floats(-1e12, 1e12))
def test_any_retry_after_is_a_pause_or_nothing(text: str, date: str | None, now: float) -> None:
    headers = {"retry-after": text} if date is None else {"retry-after": text, "date": date}
    asked = retry_after(RawResponse(429, headers, b""), now)
    assert asked is None or (math.isfinite(asked) and asked >= 0)


def latin(text: str) -> bool:
    """Whether a text can travel as a header's value."""
    return all(char >= " " and char != "\x7f" for char in text) and text.isascii()


@pytest.fixture(scope="module")
def limited() -> Any:
    with FaultServer([ACCEPTED]) as server:
        yield server


@pytest.mark.fault("P7")
@settings(max_examples=60)
@given(text=headers_said.filter(latin), status=st.sampled_from([202, 408, 429, 500, 503]))
@example(text="1e9", status=429)
@example(text="9" * 5000, status=202)
def test_no_retry_after_sleeps_past_the_deadline(limited: FaultServer, text: str, status: int) -> None:
    clock = InstantClock()
    limited.scripts[:] = [ACCEPTED, reply(status, PENDING, {"retry-after": text})]
    with OkapiClient(**limited.client, clock=clock) as client:
        request = client.submit(iss_passes())
        found = outcome(request.wait, timeout=30)
        assert isinstance(found, OkapiError)
        assert clock.monotonic() <= 30
        assert all(0 <= pause <= 30 for pause in clock.sleeps)
        slept = clock.monotonic()
        outcome(client.send, "GET", "satellites")
        assert clock.monotonic() - slept <= client._session.options.retry.total


@pytest.mark.fault("P8")
@pytest.mark.parametrize("wrong", [0, -31_536_000, 31_536_000], ids=["right", "slow", "fast"])
def test_a_date_is_taken_against_the_answers_own(both: Both, clock: InstantClock, wrong: float) -> None:
    clock._began += wrong
    said = {"date": "Sun, 06 Nov 1994 08:49:30 GMT", "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}
    with FaultServer([ACCEPTED, reply(429, b"", said), reply(202, PENDING, said), reply(200, FINISHED)]) as server:
        with both.client(**server.client, clock=clock) as client:
            client.run(iss_passes())
    assert clock.sleeps == [7.0, 7.0]


@pytest.mark.fault("P16")
def test_a_thousand_tasks_wait_over_a_few_connections() -> None:
    async def main(server: FaultServer, clock: InstantClock) -> list[Any]:
        # The pauses of all of them move the one clock: a limit in seconds means nothing here.
        async with AsyncOkapiClient(**server.client, clock=clock, max_connections=10, timeout=86_400) as client:
            requests = [client.resume(f"predict-passes/sgp4/{number}", kind) for number in range(1000)]
            return await asyncio.gather(*(request.wait(timeout=None) for request in requests))

    kind = type(iss_passes())
    # Each calculation is pending when first looked at.
    seen: set[str] = set()

    def look(connection: Any) -> None:
        path = server.received.path
        with lock:
            first = path not in seen
            seen.add(path)
        connection.sendall(answer(202, PENDING) if first else answer(200, FINISHED))

    lock, clock = threading.Lock(), InstantClock()
    with FaultServer([look]) as server:
        ended = asyncio.run(main(server, clock))
        assert all(request.ended for request in ended)
        assert server.connections <= 10
        assert server.sign_ins == 1
        assert 2000 <= len(server.requests) <= 2100


@pytest.mark.fault("P16")
def test_pauses_grow_with_the_time_that_it_runs(client: Client, emulator: Emulator, clock: InstantClock) -> None:
    emulator.processing_time = 3600
    client.submit(iss_passes()).wait(timeout=7200)
    assert clock.sleeps == sorted(clock.sleeps)
    assert (clock.sleeps[0], clock.sleeps[-1]) == (0.25, 5.0)
    assert len(clock.sleeps) < 760


@pytest.mark.fault("P17")
def test_the_wall_clock_does_not_move_a_wait(both: Both, emulator: Emulator, clock: InstantClock) -> None:
    emulator.processing_time = 100

    def jump(_: object) -> None:
        clock._began += 86_400 * (-1) ** len(clock.sleeps)

    with both.emulated(emulator) as client:
        request = client.submit(iss_passes())
        began = clock.monotonic()
        request.wait(timeout=120, on_poll=jump)
        assert 100 <= clock.monotonic() - began <= 106
        assert emulator.sign_ins <= 2


@pytest.mark.fault("P18")
@pytest.mark.parametrize(
    "policy",
    [
        {"floor": 0}, {"floor": -1}, {"floor": math.nan}, {"ceiling": math.inf}, {"ceiling": True}, {"outage": -1},
        {"grace": "10"}, {"floor": 6, "ceiling": 5},
    ],
    ids=str,
)  # fmt: skip
def test_senseless_pauses_are_refused(policy: Mapping[str, Any]) -> None:
    name = "floor" if len(policy) == 2 else next(iter(policy))
    assert error_of(InputError, PollPolicy, **policy).field == name


@pytest.mark.fault("P19")
def test_two_who_wait_on_one_handle_have_one_result(both: Both, emulator: Emulator) -> None:
    emulator.rows_per_part, emulator.processing_time = 100, 20
    with both.emulated(emulator) as client:
        request = client.submit(iss_orbit())
        inner = request._request
        if both.kind == "sync":
            with ThreadPoolExecutor(8) as pool:
                found = list(pool.map(lambda _: inner.result(), range(8)))
        else:

            async def gather() -> list[Any]:
                return list(await asyncio.gather(*(inner.result() for _ in range(8))))

            found = both.wait(gather())
        single = client.resume(request.ref).result()
    assert len(single) > 1000
    assert [list(result) for result in found] == [list(single)] * 8


@pytest.mark.fault("P19")
def test_a_slow_look_does_not_undo_an_end(both: Both, clock: InstantClock) -> None:
    # The first look is answered after the second one, which found the failure.
    overtaken = threading.Event()

    def slow(connection: Any) -> None:
        overtaken.wait(10)
        reply(202, PENDING)(connection)

    fatal = {"status": {"type": "FATAL", "text": "decayed"}}
    with (
        FaultServer([ACCEPTED, slow, reply(200, fatal)]) as server,
        both.client(**server.client, clock=clock) as client,
    ):
        request = client.submit(iss_passes())
        inner = request._request

        def others() -> None:
            while len(server.requests) < 2:
                pass
            assert isinstance(outcome(inner.result), CalculationFailedError)
            overtaken.set()

        async def tasks() -> bool:
            first = asyncio.ensure_future(inner.done())
            while len(server.requests) < 2:
                await asyncio.sleep(0)
            with pytest.raises(CalculationFailedError):
                await inner.result()
            overtaken.set()
            return bool(await first)

        if both.kind == "sync":
            with ThreadPoolExecutor(1) as pool:
                second = pool.submit(others)
                ended = inner.done()
                second.result()
        else:
            ended = both.wait(tasks())
        assert ended
        assert request.status.failed
        error_of(CalculationFailedError, request.result)


RESUMED = """
import sys
from okapi_sdk import OkapiClient, PredictPasses
user, password, base_url, token_url, word = sys.argv[1:]
with OkapiClient(user, password, base_url=base_url, token_url=token_url) as client:
    print(len(client.resume(word, PredictPasses).result()))
"""


@pytest.mark.fault("P20")
def test_another_process_resumes_by_the_word(both: Both) -> None:
    with Emulator() as emulator:
        with both.emulated(emulator) as client:
            word = str(client.submit(iss_passes()).ref)
        where = (emulator.username, emulator.password, emulator.base_url, emulator.token_url)
        done = subprocess.run(
            [sys.executable, "-c", RESUMED, *where, word], capture_output=True, timeout=60, check=True
        )
    assert done.stdout.strip() == b"2"


@pytest.mark.fault("P6")
def test_a_longer_pause_than_is_obeyed_ends_the_wait_at_once(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED, reply(429, b"", {"retry-after": "61"})]) as server:
        with both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes())
            error = error_of(RateLimitError, request.wait)
            assert (error.retry_after, error.ref) == (61.0, request.ref)
    assert clock.sleeps == []
