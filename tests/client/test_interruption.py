"""Ctrl-C and cancellation: they end a call at once and leave the reference to resume it with."""

from __future__ import annotations

import asyncio
import logging
import signal
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
from tests.support.faults import FaultServer, hang, reply


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
