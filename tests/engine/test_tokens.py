"""The life of a token: one sign-in for any number of callers, remembered refusals, unnoticed renewals."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    AuthenticationError,
    OkapiClient,
    OkapiError,
    RetryPolicy,
    TransportError,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Client
from tests.support.cases import iss_passes

DAY = 86400.0


def crowd(count: int, act: Callable[[], object]) -> list[BaseException | None]:
    """Return what ``act`` raised in each of ``count`` threads that start together."""
    barrier = threading.Barrier(count)

    def one(_: int) -> BaseException | None:
        barrier.wait()
        try:
            act()
        except OkapiError as error:
            return error
        return None

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_signs_in_at_the_first_call_only(client: Client, emulator: Emulator) -> None:
    assert emulator.sign_ins == 0
    client.submit(iss_passes())
    client.submit(iss_passes())
    assert emulator.sign_ins == 1


def test_explicit_sign_in_fails_early(client: Client, emulator: Emulator) -> None:
    client.sign_in()
    client.submit(iss_passes())
    assert emulator.sign_ins == 1


def test_fifty_threads_make_one_sign_in(emulator: Emulator) -> None:
    with OkapiClient.emulated(emulator, max_connections=50) as client:
        assert crowd(50, lambda: client.submit(iss_passes())) == [None] * 50
    assert emulator.sign_ins == 1


def test_fifty_tasks_make_one_sign_in(emulator: Emulator) -> None:
    async def main() -> None:
        async with AsyncOkapiClient.emulated(emulator) as client:
            await asyncio.gather(*(client.submit(iss_passes()) for _ in range(50)))

    asyncio.run(main())
    assert emulator.sign_ins == 1


def wrong(emulator: Emulator) -> dict[str, str]:
    return {
        "username": emulator.username,
        "password": "not the password",
        "base_url": emulator.base_url,
        "token_url": emulator.token_url,
    }


@pytest.mark.fault("L1", only="sync")
def test_a_refused_password_is_sent_once_by_200_calculations_over_20_threads(emulator: Emulator) -> None:
    errors: Counter[str] = Counter()
    with OkapiClient(**wrong(emulator)) as client, ThreadPoolExecutor(20) as pool:
        for future in [pool.submit(client.submit, iss_passes()) for _ in range(200)]:
            error = future.exception()
            assert isinstance(error, AuthenticationError)
            errors[error.reason] += 1
    assert errors == {"refused": 200}
    assert emulator.sign_ins == 1


@pytest.mark.fault("L1", only="async")
def test_a_refused_password_is_sent_once_by_200_tasks(emulator: Emulator) -> None:
    async def main() -> list[BaseException | object]:
        async with AsyncOkapiClient(**wrong(emulator)) as client:
            return await asyncio.gather(*(client.submit(iss_passes()) for _ in range(200)), return_exceptions=True)

    assert all(isinstance(error, AuthenticationError) for error in asyncio.run(main()))
    assert emulator.sign_ins == 1


def test_those_who_waited_get_errors_of_their_own(emulator: Emulator) -> None:
    with OkapiClient(**wrong(emulator)) as client:
        errors = crowd(20, lambda: client.submit(iss_passes()))
    assert len({id(error) for error in errors}) == 20
    assert len({str(error) for error in errors}) == 1


def test_a_copy_shares_the_token_and_the_refusal(client: Client, emulator: Emulator) -> None:
    client.sign_in()
    client.with_options(timeout=5).submit(iss_passes())
    assert emulator.sign_ins == 1
    with OkapiClient(**wrong(emulator)) as refused:
        for one in (refused, refused.with_options(timeout=5)):
            with pytest.raises(AuthenticationError, match="will not send them again"):
                one.sign_in()
    assert emulator.sign_ins == 2


def test_a_token_that_ends_in_mid_wait_is_renewed_unseen(client: Client, emulator: Emulator) -> None:
    emulator.token_lifetime = 60
    emulator.processing_time = 300
    assert len(client.run(iss_passes())) == 2
    assert emulator.sign_ins > 3
    assert 401 not in {call.status_code for call in emulator.calls}


def test_a_day_later_the_token_is_renewed_before_it_ends(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    client.sign_in()
    clock.advance(DAY - 1000)
    client.submit(iss_passes())
    assert emulator.sign_ins == 1
    clock.advance(200)  # the advisory window
    client.submit(iss_passes())
    assert emulator.sign_ins == 2
    assert 401 not in {call.status_code for call in emulator.calls}


@pytest.mark.fault("T7")
def test_in_the_advisory_window_a_failing_sign_in_raises_nothing(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    client.sign_in()
    clock.advance(DAY - 800)
    emulator.fail_next(500, times=100, path="/oauth/token")
    client.submit(iss_passes())
    before = emulator.sign_ins
    client.submit(iss_passes())
    assert emulator.sign_ins == before  # it is not tried again at once
    clock.advance(61)
    client.submit(iss_passes())
    assert emulator.sign_ins > before


@pytest.mark.fault("T8")
def test_in_the_mandatory_window_a_failing_sign_in_raises(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    client.sign_in()
    clock.advance(DAY - 30)
    emulator.fail_next(500, times=100, path="/oauth/token")
    with pytest.raises(OkapiError):
        client.submit(iss_passes())


@pytest.mark.fault("T9", "T20", "S9")
def test_a_revoked_token_is_replaced_and_the_call_replayed(client: Client, emulator: Emulator) -> None:
    client.sign_in()
    emulator.revoke_tokens()
    client.submit(iss_passes())
    assert emulator.sign_ins == 2
    assert [call.status_code for call in emulator.calls if call.path.endswith("/requests")] == [401, 202]
    assert len(emulator.calculations) == 1


@pytest.mark.fault("T9", "T10")
def test_a_token_refused_again_is_an_error_and_no_storm(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    emulator.fail_next(401, times=100, path="/predict-passes")
    for _ in range(5):
        with pytest.raises(AuthenticationError) as caught:
            client.submit(iss_passes())
        assert caught.value.reason == "token_rejected"
    assert emulator.sign_ins == 2
    clock.advance(61)
    with pytest.raises(AuthenticationError):
        client.submit(iss_passes())
    assert emulator.sign_ins == 3


def test_fifty_refused_tokens_make_one_renewal(emulator: Emulator) -> None:
    with OkapiClient.emulated(emulator, max_connections=50) as client:
        client.sign_in()
        emulator.revoke_tokens()
        assert crowd(50, lambda: client.submit(iss_passes())) == [None] * 50
    assert emulator.sign_ins == 2


@pytest.mark.fault("L2")
def test_a_blocked_account_is_left_alone_until_it_may_be_tried(
    client: Client, emulator: Emulator, clock: InstantClock
) -> None:
    emulator.fail_next(429, times=1, path="/oauth/token", headers={"Retry-After": "120"})
    for _ in range(3):
        with pytest.raises(AuthenticationError) as caught:
            client.sign_in()
        assert (caught.value.reason, caught.value.retry_after) == ("blocked", 120.0)
    assert emulator.sign_ins == 1
    clock.advance(121)
    client.sign_in()
    assert emulator.sign_ins == 2


@pytest.mark.fault("L8")
def test_a_failing_token_endpoint_is_tried_three_times(client: Client, emulator: Emulator) -> None:
    emulator.fail_next(503, times=100, path="/oauth/token")
    with pytest.raises(OkapiError):
        client.sign_in()
    assert emulator.sign_ins == 3


@pytest.mark.fault("L5")
@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"access_token": null}',
        b'{"access_token": "a b\\r\\nc"}',
        b'{"access_token": "x", "expires_in": 0}',
    ],
)
def test_a_sign_in_without_usable_token_is_an_error_that_shows_none_of_it(
    client: Client, emulator: Emulator, body: bytes
) -> None:
    emulator.fail_next(200, path="/oauth/token", body=body)
    with pytest.raises(OkapiError) as caught:
        client.sign_in()
    assert body.decode() not in str(caught.value)


@pytest.mark.fault("T12")
def test_the_wall_clock_may_jump(both: object, emulator: Emulator, clock: InstantClock) -> None:
    with both.emulated(emulator) as client:  # type: ignore[attr-defined]
        client.sign_in()
        clock._began += 2 * DAY  # set forward: one early renewal
        client.submit(iss_passes())
        client.submit(iss_passes())
        assert emulator.sign_ins == 2
        clock._began -= 4 * DAY  # set back: the other clock knows
        client.submit(iss_passes())
        assert emulator.sign_ins == 2


@pytest.mark.fault("L9")
def test_an_unreachable_token_endpoint(both: object) -> None:
    client = both.client(  # type: ignore[attr-defined]
        username="user@example.com", password="secret", base_url="http://127.0.0.1:9", token_url="http://127.0.0.1:9/t",
        clock=InstantClock(), retry=RetryPolicy(),
    )  # fmt: skip
    with client, pytest.raises(TransportError, match=r"127\.0\.0\.1:9"):
        client.sign_in()
