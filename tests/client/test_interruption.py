"""Ctrl-C and cancellation: they end a call at once and leave the reference to resume it with."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import subprocess
import sys
import time

import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    ConfigurationError,
    OkapiClient,
    PollEvent,
)
from okapi_sdk.emulator import Emulator
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, answer, hang, reply


@pytest.mark.fault("P14", only="sync")
def test_an_interrupted_wait_leaves_the_reference(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    emulator.processing_time = 100

    def interrupt(_: PollEvent) -> None:
        raise KeyboardInterrupt

    with OkapiClient.emulated(emulator) as client:
        request = client.submit(iss_passes())
        with pytest.raises(KeyboardInterrupt) as caught, caplog.at_level(logging.WARNING, "okapi_sdk"):
            request.wait(on_poll=interrupt)
        assert str(request.ref) in caught.value.__notes__[0]
        assert str(request.ref) in caplog.text
        assert len(request.result()) == 2


@pytest.mark.fault("P14", "P15", only="async")
def test_a_cancelled_wait_leaves_the_reference_and_a_usable_client() -> None:
    async def main(emulator: Emulator) -> None:
        async with AsyncOkapiClient.emulated(emulator) as client:
            request = await client.submit(iss_passes())
            task = asyncio.ensure_future(request.wait())
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert str(request.ref) in caught.value.__notes__[0]
            emulator.processing_time = 0
            assert len(await client.run(iss_passes())) == 2

    with Emulator(processing_time=100) as emulator:
        asyncio.run(main(emulator))


@pytest.mark.fault("S19", only="async")
def test_a_cancelled_submit_names_its_key() -> None:
    async def main(server: FaultServer) -> None:
        async with AsyncOkapiClient(**server.client) as client:
            task = asyncio.ensure_future(client.submit(iss_passes()))
            while not server.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert server.requests[0].headers["idempotency-key"] in caught.value.__notes__[0]

    with FaultServer([hang]) as server:
        asyncio.run(main(server))


@pytest.mark.fault("T5")
def test_a_leader_that_is_cancelled_hands_the_sign_in_over() -> None:
    async def main(emulator: Emulator) -> None:
        async with AsyncOkapiClient.emulated(emulator) as client:
            tasks = [asyncio.ensure_future(client.submit(iss_passes())) for _ in range(20)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            tasks[0].cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            assert sum(isinstance(outcome, BaseException) for outcome in done) == 1

    with Emulator() as emulator:
        asyncio.run(main(emulator))
        assert emulator.sign_ins <= 2


@pytest.mark.fault("E8")
def test_a_client_belongs_to_its_loop() -> None:
    # No connection is kept open, since its loop would be gone when it is closed.
    signed_in = reply(200, {"access_token": "t", "expires_in": 86400}, {"connection": "close"})
    with FaultServer([hang], sign_in=signed_in) as server:
        client = AsyncOkapiClient(**server.client)
        asyncio.run(client.sign_in())

        async def elsewhere() -> None:
            with pytest.raises(ConfigurationError, match="another loop"):
                await client.submit(iss_passes())
            await client.close()

        asyncio.run(elsewhere())


SCRIPT = """
import sys
from okapi_sdk import OkapiClient
from okapi_sdk.emulator import Emulator
from tests.support.cases import iss_passes
with Emulator(processing_time=100) as emulator, OkapiClient.emulated(emulator) as client:
    request = client.submit(iss_passes())
    print(request.ref, flush=True)
    request.wait()
"""


@pytest.mark.fault("P14", only="sync")
def test_ctrl_c_in_a_terminal() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    reference = process.stdout.readline().strip()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert "KeyboardInterrupt" in errors
    assert f"Resume it with: {reference}" in errors


FLEET = """
import sys
from okapi_sdk import OkapiClient
from tests.client.test_map import passes

options = dict(zip(("username", "password", "base_url", "token_url"), sys.argv[1:]))
with OkapiClient(**options) as client:
    for outcome in client.map(passes(6)):
        pass
"""


@pytest.mark.fault("P14", only="sync")
def test_ctrl_c_ends_a_fleet_at_once_though_the_platform_is_silent() -> None:
    count = 0

    def respond(connection: socket.socket) -> None:
        nonlocal count
        if server.received.method == "POST":
            count += 1
            connection.sendall(answer(202, {"request_id": f"r{count}", "status": {"type": "NONE"}}))
        else:
            hang(connection)

    with FaultServer([respond]) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", FLEET, *server.client.values()], stderr=subprocess.PIPE, text=True
        )
        while sum(request.method == "GET" for request in server.requests) < 6:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, errors = process.communicate(timeout=30)
    assert time.monotonic() - began < 10.0  # without an end of the calls, 30 s
    assert "KeyboardInterrupt" in errors
    assert "6 calculations were submitted, and their outcomes were not taken" in errors
    assert all(f"predict-passes/sgp4/r{number}" in errors for number in range(1, 7))
