"""A full outage: the client does not add to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from okapi_sdk import OkapiError
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, Script, hang_up, reply

from .outcomes import outcome

CALLS = 500
Record = Callable[[str, object], None]


@pytest.mark.fault("P4")
@pytest.mark.parametrize("script", [reply(500), hang_up, reply(429)], ids=["500", "hangs up", "429"])
def test_retries_run_out_in_an_outage(both: Both, clock: InstantClock, record_property: Record, script: Script) -> None:
    with FaultServer([script]) as server, both.client(**server.client, clock=clock) as client:
        client.sign_in()
        for _ in range(CALLS):
            assert isinstance(outcome(client.send, "GET", "satellites"), OkapiError)
        first = len(server.requests)
        for _ in range(CALLS):
            outcome(client.send, "GET", "satellites")
        spent = (len(server.requests) - first) / CALLS
    assert first <= CALLS + 20
    assert spent <= 1.05
    record_property(f"requests per call in an outage, {both.kind}", f"{first / CALLS:.2f}, then {spent:.2f}")


@pytest.mark.fault("L8")
def test_sign_ins_run_out_too(both: Both, clock: InstantClock, record_property: Record) -> None:
    with FaultServer([reply()], sign_in=reply(500)) as server, both.client(**server.client, clock=clock) as client:
        for _ in range(CALLS):
            assert isinstance(outcome(client.submit, iss_passes()), OkapiError)
        assert server.sign_ins <= CALLS + 20
        assert server.requests == []
    record_property(f"sign-ins per call while none succeeds, {both.kind}", f"{server.sign_ins / CALLS:.2f}")


@pytest.mark.fault("P4")
def test_successes_pay_for_retries(client: Client, emulator: Emulator) -> None:
    client.sign_in()
    emulator.fail_next(500, times=60, path="/satellites")
    for _ in range(60):
        outcome(client.send, "GET", "satellites")
    for _ in range(10):
        client.send("GET", "satellites")
    before = len(emulator.calls)
    emulator.fail_next(500, times=1, path="/satellites")
    assert client.send("GET", "satellites").status_code == 200
    assert len(emulator.calls) - before == 2
