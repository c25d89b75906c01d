"""A client's lock, and edge cases of both drivers."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    ConfigurationError,
    Oems,
    ResponseFormatError,
    TransportTimeoutError,
)
from okapi_sdk._engine.effects import (
    Failure,
    Flow,
    HttpRequest,
    exclusive,
    send,
    sleep,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, hang, reply

FAR = 1e9


def test_a_client_whose_event_loop_has_ended_can_be_closed() -> None:
    with FaultServer([reply(200, b"[]")]) as server:
        client = AsyncOkapiClient(**server.client)
        asyncio.run(use(client))
        asyncio.run(client.close())
        asyncio.run(client.close())
        with pytest.raises(ConfigurationError, match="closed"):
            asyncio.run(use(client))
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", ResourceWarning
            )  # from asyncio, about the connections that the loop left open
            del client
            gc.collect()


def test_a_client_cannot_be_closed_in_another_event_loop() -> None:
    with FaultServer([reply(200, b"[]")]) as server, asyncio.Runner() as own, asyncio.Runner() as other:
        client = AsyncOkapiClient(**server.client)
        own.run(use(client))
        with pytest.raises(ConfigurationError, match="another loop is running"):
            other.run(client.close())
        own.run(use(client))
        own.run(client.close())


async def use(client: AsyncOkapiClient) -> None:
    await client.send("GET", "satellites")


def no_effects(done: list[str]) -> Flow[None]:
    done.append("ran")
    return
    yield


def run(both: Both, client: Client, flow: Flow[Any]) -> Any:
    return both.wait(client.inner._driver.run(flow))


@contextmanager
def another_thread_holds_the_lock(client: Client) -> Iterator[None]:
    held, free = threading.Event(), threading.Event()

    def holding() -> Flow[None]:
        held.set()
        free.wait(10)
        return
        yield

    other = threading.Thread(target=client.inner._driver.run, args=(exclusive(holding(), FAR),))
    other.start()
    held.wait(10)
    try:
        yield
    finally:
        free.set()
        other.join()


def while_another_holds_the_lock(both: Both, client: Client, flow: Flow[Any]) -> Any:
    """Run a flow while another caller holds the client's lock, and return its result."""

    def collect(results: list[Any]) -> Flow[None]:
        results.append((yield from flow))

    if both.kind == "async":
        results: list[Any] = []
        run(both, client, exclusive(collect(results), FAR))
        return results[0]
    with another_thread_holds_the_lock(client):
        return run(both, client, flow)


def test_a_flow_that_does_not_block_is_skipped_while_another_caller_holds_the_lock(both: Both, client: Client) -> None:
    done: list[str] = []
    assert while_another_holds_the_lock(both, client, exclusive(no_effects(done), FAR, blocking=False)) is False
    assert done == []
    assert run(both, client, exclusive(no_effects(done), FAR, blocking=False)) is True
    assert done == ["ran"]


def test_waiting_for_the_lock_ends_at_the_deadline(both: Both, client: Client) -> None:
    done: list[str] = []
    for seconds in (-1.0, 0.2):
        began = time.monotonic()
        with pytest.raises(TransportTimeoutError) as caught:
            while_another_holds_the_lock(both, client, exclusive(no_effects(done), seconds))
        assert seconds <= time.monotonic() - began < 0.9
        assert str(caught.value) == ("The call timed out while another call of this client was signing in.")
    assert done == []
    assert run(both, client, exclusive(no_effects(done), FAR)) is True


@pytest.mark.parametrize(
    ("seconds", "deadline", "slept"), [(3.0, 150.0, 3.0), (3.0, 101.5, 1.5), (0.5, FAR, 0.5), (3.0, 99.0, 0.0)]
)
def test_a_pause_ends_by_the_deadline(
    both: Both, client: Client, clock: InstantClock, seconds: float, deadline: float, slept: float
) -> None:
    clock.advance(100)
    run(both, client, sleep(seconds, deadline))
    assert clock.sleeps == [slept]


def test_deadlines_are_times_of_the_clients_clock(both: Both, clock: InstantClock) -> None:
    clock.advance(1000)
    with FaultServer([reply(200, b"here"), hang]) as server, both.client(**server.client, clock=clock) as client:
        request = HttpRequest("GET", f"{server.url}/x", {})
        for deadline in (999.9, 1000.0):
            late = run(both, client, send(request, deadline))
            assert late == Failure("timeout", "no time was left to send the request", sent=False)
        assert server.connections == 0
        assert run(both, client, send(request, 1005.0)).content == b"here"
        began = time.monotonic()
        assert run(both, client, send(request, 1000.2)) == Failure("timeout", "the call timed out", sent=True)
        assert 0.2 <= time.monotonic() - began < 2


def test_a_forked_process_has_its_own_lock(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    both, done = Both("sync"), ["nothing"]
    with both.emulated(emulator) as client:
        with another_thread_holds_the_lock(client):
            monkeypatch.setattr(os, "getpid", lambda: -1)  # in a real fork, no thread would release the lock
            assert run(both, client, exclusive(no_effects(done), FAR, blocking=False)) is True
        assert while_another_holds_the_lock(both, client, exclusive(no_effects(done), FAR, blocking=False)) is False
    assert done == ["nothing", "ran"]


def test_a_call_without_an_event_loop_says_what_is_missing() -> None:
    client = AsyncOkapiClient("user@example.com", "password")
    call = client.sign_in()
    with pytest.raises(ConfigurationError) as caught:
        call.send(None)
    assert str(caught.value) == (
        "AsyncOkapiClient needs a running asyncio event loop; other async libraries are not supported."
    )
    asyncio.run(client.close())


def test_all_calls_must_run_in_the_loop_of_the_first() -> None:
    client = AsyncOkapiClient("user@example.com", "password", clock=InstantClock())
    with asyncio.Runner() as runner:
        for _ in range(2):
            runner.run(client._driver.run(sleep(1, FAR)))
        with pytest.raises(ConfigurationError) as caught:
            asyncio.run(client._driver.run(sleep(1, FAR)))
        runner.run(client.close())
    assert str(caught.value) == (
        "This AsyncOkapiClient belongs to the event loop of its first call, but another loop is running. "
        "Create a separate client in each asyncio.run()."
    )


def test_a_borrowed_client_is_usable_after_a_cancelled_call() -> None:
    async def main(server: FaultServer) -> None:
        async with httpx.AsyncClient(trust_env=False) as borrowed:
            async with AsyncOkapiClient(**server.client, http_client=borrowed) as client:
                await client.sign_in()
                task = asyncio.create_task(client.send("GET", "satellites"))
                while not server.requests:
                    await asyncio.sleep(0.001)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert (await client.send("GET", "satellites")).status_code == 200

    with FaultServer([hang, reply(200, {"elements": []})]) as server:
        asyncio.run(main(server))


def test_a_finished_request_is_not_polled_again(client: Client) -> None:
    request = client.submit(iss_passes()).wait()
    assert request.wait(timeout=0.001).done()


def test_records_are_rejected_if_text_was_requested(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(200, {"elements": [{"OEM_HEADER": {}}]})]) as server:
        with both.client(**server.client, clock=clock) as client:
            with pytest.raises(ResponseFormatError, match="Expected text"):
                list(client.list(Oems().texts("kvn")))
