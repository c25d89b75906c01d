"""The sync and the async client send the same requests for the same script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from okapi_sdk import OkapiError, Omm, PassSummary
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_orbit, iss_passes

Script = Callable[[Client, Emulator], Any]


def plain(client: Client, emulator: Emulator) -> None:
    request = client.submit(iss_passes())
    request.result()
    request.result(PassSummary)


def typed(client: Client, emulator: Emulator) -> None:
    client.with_options(dialect="typed").run(iss_passes())


def long(client: Client, emulator: Emulator) -> None:
    emulator.rows_per_part, emulator.processing_time = 300, 40
    request = client.submit(iss_orbit())
    list(request.parts())
    request.result(Omm)


def troubled(client: Client, emulator: Emulator) -> None:
    client.sign_in()
    emulator.revoke_tokens()
    emulator.fail_next(429, path="/requests", headers={"Retry-After": "3"})
    emulator.fail_next(502, times=3, path="/results/")
    emulator.fail_next(401, path="/results/")
    client.run(iss_passes())


def failing(client: Client, emulator: Emulator) -> None:
    emulator.next_calculation(status="FATAL")
    client.run(iss_passes())


def timed_out(client: Client, emulator: Emulator) -> None:
    emulator.processing_time = 100
    client.run(iss_passes(), timeout=30)


@pytest.mark.parametrize("script", [plain, typed, long, troubled, failing, timed_out])
def test_both_clients_send_the_same(emulator: Emulator, script: Script) -> None:
    traces = []
    for kind in ("sync", "async"):
        both, clock = Both(kind), InstantClock()
        emulator.clock = clock
        emulator.reset()
        with both.emulated(emulator) as client:
            outcome = None
            try:
                script(client, emulator)
            except OkapiError as error:
                outcome = type(error)
            ids = {calculation.id: str(n) for n, calculation in enumerate(emulator.calculations)}
            calls = []
            for call in emulator.calls:
                path = call.path
                for id, number in ids.items():
                    path = path.replace(id, number)
                headers = {
                    name: value for name, value in call.headers.items() if name not in ("host", "idempotency-key")
                }
                calls.append((call.method, path, call.status_code, headers))
            # Backoff is drawn; the pauses of polling are not.
            traces.append((outcome, calls, len(clock.sleeps)))
        both.close()
    assert traces[0] == traces[1]
