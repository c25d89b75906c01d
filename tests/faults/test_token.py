"""The token (rows T): one sign-in for any number of callers, under any clock."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    AuthenticationError,
    OkapiClient,
    OkapiError,
    PermissionDeniedError,
    PollPolicy,
    RetryPolicy,
    ServerError,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, Script, reply

from .outcomes import error_of, outcome

DAY = 86_400.0
THREADS = 500
TASKS = 10_000
GRANTED = reply(200, {"access_token": "token-of-this-test", "expires_in": 86400})
ACCEPTED = reply(202, {"request_id": "r1"})
REFUSED = reply(403, {"error": "invalid_grant"})
ONCE = RetryPolicy(attempts=1)


class CountingClock(InstantClock):
    """An instant clock that knows how often each thread has read it, and can interrupt one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: Counter[int] = Counter()
        self.interrupt_at: int | None = None

    def monotonic(self) -> float:
        with self._lock:
            self.reads[threading.get_ident()] += 1
            interrupted = self.interrupt_at is not None and self.reads.total() == self.interrupt_at
        if interrupted:
            raise KeyboardInterrupt
        return self._now


def crowd(count: int, act: Callable[[], object]) -> list[Any]:
    """What became of ``act`` in each of so many threads that start together."""
    barrier = threading.Barrier(count)

    def one(_: int) -> Any:
        barrier.wait()
        try:
            return outcome(act)
        except KeyboardInterrupt as cut:
            return cut

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def when_all_wait(clock: CountingClock, then: Script) -> Script:
    """Answer a sign-in when every thread has come to the lock: it reads the clock for its deadline, for the token's
    age, and before it waits.
    """

    def run(connection: Any) -> None:
        while sum(reads >= 3 for reads in list(clock.reads.values())) < THREADS:
            pass
        then(connection)

    return run


@pytest.mark.fault("T1")
def test_500_threads_at_expiry_make_one_sign_in(record_property: Callable[[str, object], None]) -> None:
    clock = InstantClock()
    with FaultServer([ACCEPTED]) as server, OkapiClient(**server.client, clock=clock) as client:
        client.sign_in()
        clock.advance(DAY)
        requests = crowd(THREADS, lambda: client.submit(iss_passes()).id)
        assert requests == ["r1"] * THREADS
        assert server.sign_ins == 2
    record_property("sign-ins of 500 threads at expiry", server.sign_ins - 1)


@pytest.mark.fault("T2", "T8", only="sync")
@pytest.mark.parametrize(("fails", "kind"), [(reply(500), ServerError), (REFUSED, AuthenticationError)])
def test_500_threads_share_a_failed_sign_in(
    record_property: Callable[[str, object], None], fails: Script, kind: type[OkapiError]
) -> None:
    clock = CountingClock()
    with FaultServer([ACCEPTED]) as server, OkapiClient(**server.client, clock=clock, retry=ONCE) as client:
        client.sign_in()
        clock.advance(DAY)
        clock.reads.clear()
        server.sign_in = when_all_wait(clock, fails)
        errors = crowd(THREADS, client.sign_in)
        assert {type(error) for error in errors} == {kind}
        assert len({str(error) for error in errors}) == 1
        assert len({id(error) for error in errors}) == THREADS
        assert server.sign_ins == 2
    record_property(f"sign-ins of 500 threads that share a {kind.__name__}", server.sign_ins - 1)


@pytest.mark.fault("T3")
def test_10_000_tasks_at_expiry_make_one_sign_in(record_property: Callable[[str, object], None]) -> None:
    async def main(server: FaultServer) -> None:
        clock = InstantClock()
        async with AsyncOkapiClient(**server.client, clock=clock) as client:
            await client.sign_in()
            clock.advance(DAY)
            await asyncio.gather(*(client.sign_in() for _ in range(TASKS)))
            await asyncio.gather(*(client.submit(iss_passes()) for _ in range(100)))

    with FaultServer([ACCEPTED]) as server:
        asyncio.run(main(server))
        assert server.sign_ins == 2
    record_property("sign-ins of 10,000 tasks at expiry", server.sign_ins - 1)


@pytest.mark.fault("T8", only="async")
@pytest.mark.parametrize(("fails", "kind"), [(reply(500), ServerError), (REFUSED, AuthenticationError)])
def test_10_000_tasks_share_a_failed_sign_in(
    record_property: Callable[[str, object], None], fails: Script, kind: type[OkapiError]
) -> None:
    async def main(server: FaultServer) -> list[Any]:
        async with AsyncOkapiClient(**server.client, clock=InstantClock(), retry=ONCE) as client:
            return await asyncio.gather(*(client.sign_in() for _ in range(TASKS)), return_exceptions=True)

    with FaultServer([ACCEPTED], sign_in=fails) as server:
        errors = asyncio.run(main(server))
        assert {type(error) for error in errors} == {kind}
        assert len({id(error) for error in errors}) == TASKS
        assert server.sign_ins == 1
    record_property(f"sign-ins of 10,000 tasks that share a {kind.__name__}", server.sign_ins)


@pytest.mark.fault("T6")
def test_wherever_the_leading_thread_is_interrupted_another_takes_over() -> None:
    # Interrupted at each reading of the clock, which lie before, within and after the sign-in.
    count = 4
    for at in range(1, 60):
        clock = CountingClock()
        with FaultServer([ACCEPTED]) as server, OkapiClient(**server.client, clock=clock) as client:
            clock.interrupt_at = at
            outcomes = crowd(count, client.sign_in)
            clock.interrupt_at = None
            cut = [found for found in outcomes if found is not None]
            assert [type(found) for found in cut] == [KeyboardInterrupt] * len(cut)
            assert len(cut) <= 1
            client.submit(iss_passes())
            assert server.sign_ins <= 2
        if not cut:
            break
    assert at > 8


@pytest.mark.fault("T7")
def test_in_the_advisory_window_one_try_a_minute(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED]) as server, both.client(**server.client, clock=clock, retry=ONCE) as client:
        client.sign_in()
        clock.advance(DAY - 899)
        server.sign_in = reply(500)
        for _ in range(80):  # thirteen minutes
            client.submit(iss_passes())
            clock.advance(10)
        assert 1 + 13 <= server.sign_ins <= 1 + 14


@pytest.mark.fault("T7")
def test_in_the_advisory_window_a_refusal_is_remembered_and_the_old_token_serves(
    both: Both, clock: InstantClock
) -> None:
    with FaultServer([ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:
        client.sign_in()
        clock.advance(DAY - 899)
        server.sign_in = REFUSED
        for _ in range(10):
            client.submit(iss_passes())
            clock.advance(61)
        assert server.sign_ins == 2
        clock.advance(600)
        for _ in range(3):
            assert error_of(AuthenticationError, client.submit, iss_passes()).reason == "refused"
        assert server.sign_ins == 2


@pytest.mark.fault("T10")
def test_401_for_every_token_costs_one_sign_in_a_minute(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(401)]) as server, both.client(**server.client, clock=clock) as client:
        for _ in range(60):  # ten minutes
            assert error_of(AuthenticationError, client.submit, iss_passes()).reason == "token_rejected"
            clock.advance(10)
        assert server.sign_ins <= 1 + 10


@pytest.mark.fault("T11")
def test_403_is_no_matter_of_the_token(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(403, {"message": "not for this account"})]) as server:
        with both.client(**server.client, clock=clock) as client:
            for call in (lambda: client.submit(iss_passes()), lambda: client.send("GET", "satellites")):
                assert "not for this account" in str(error_of(PermissionDeniedError, call))
        assert server.sign_ins == 1
        assert len(server.requests) == 2


@pytest.mark.fault("T13")
def test_a_day_asleep_is_seen_by_the_wall_clock(client: Client, emulator: Emulator, clock: InstantClock) -> None:
    client.sign_in()
    emulator.revoke_tokens()  # it has ended, though this machine's monotonic clock stood still
    clock._began += 25 * 3600
    client.submit(iss_passes())
    assert emulator.sign_ins == 2
    assert 401 not in {call.status_code for call in emulator.calls}


@pytest.mark.fault("T14")
@pytest.mark.parametrize("years", [-1, 1, -50, 50])
def test_a_clock_that_is_wrong_from_the_start(
    client: Client, emulator: Emulator, clock: InstantClock, years: int
) -> None:
    clock._began += years * 365 * DAY
    for _ in range(8):
        client.submit(iss_passes())
        clock.advance(DAY / 4)
    assert emulator.sign_ins == 2
    assert 401 not in {call.status_code for call in emulator.calls}


@pytest.mark.fault("T15")
def test_a_wait_of_three_days(both: Both, emulator: Emulator) -> None:
    emulator.processing_time = 3 * DAY
    with both.emulated(emulator, polling=PollPolicy(ceiling=300)) as client:
        assert len(client.run(iss_passes(), timeout=4 * DAY)) == 2
    assert 4 <= emulator.sign_ins <= 5
    assert 401 not in {call.status_code for call in emulator.calls}


@pytest.mark.fault("T16")
def test_a_password_that_was_changed(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED]) as server:
        with both.client(**server.client, clock=clock) as client:
            client.sign_in()
            clock.advance(DAY)
            server.sign_in = REFUSED
            for _ in range(20):
                assert "create a new client" in str(error_of(AuthenticationError, client.submit, iss_passes()))
            assert server.sign_ins == 2
        server.sign_in = GRANTED
        with both.client(**{**server.client, "password": "the new one"}, clock=clock) as client:
            client.submit(iss_passes())
        assert server.signed_in[-1].json()["password"] == "the new one"


@pytest.mark.fault("T18")
def test_many_short_programs(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED]) as server:
        for _ in range(20):
            with both.client(**server.client, clock=clock) as client:
                client.submit(iss_passes())
        assert server.sign_ins == 20
        server.sign_in = reply(429, {"error": "too_many_requests"}, {"retry-after": "60"})
        with both.client(**server.client, clock=clock) as client:
            error = error_of(AuthenticationError, client.submit, iss_passes())
    assert (error.reason, error.retry_after) == ("blocked", 60.0)


@pytest.mark.fault("T5")
def test_wherever_the_leading_task_is_cancelled_another_takes_over(
    record_property: Callable[[str, object], None],
) -> None:
    async def main(server: FaultServer, at: int) -> bool:
        async with AsyncOkapiClient(**server.client) as client:
            tasks = [asyncio.ensure_future(client.sign_in()) for _ in range(100)]
            for _ in range(at):
                await asyncio.sleep(0)
            early = not tasks[0].done()
            tasks[0].cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(found) for found in done[1:]] == [type(None)] * 99
            return early

    worst = 0
    for at in range(1000):
        with FaultServer([ACCEPTED]) as server:
            early = asyncio.run(main(server, at))
            assert server.sign_ins <= 2
            worst = max(worst, server.sign_ins)
        if not early:
            break
    record_property("sign-ins of 100 tasks whose leader is cancelled, worst", worst)
