"""The lock of a client, and the edges of both drivers."""

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
        asyncio.run(used(client))
        asyncio.run(client.close())
        asyncio.run(client.close())
        with pytest.raises(ConfigurationError, match="closed"):
            asyncio.run(used(client))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, of the connections that the loop left
            del client
            gc.collect()


def test_another_event_loop_closes_nothing() -> None:
    with FaultServer([reply(200, b"[]")]) as server, asyncio.Runner() as own, asyncio.Runner() as other:
        client = AsyncOkapiClient(**server.client)
        own.run(used(client))
        with pytest.raises(ConfigurationError, match="another loop is running"):
            other.run(client.close())
        own.run(used(client))
        own.run(client.close())


async def used(client: AsyncOkapiClient) -> None:
    await client.send("GET", "satellites")


def nothing(done: list[str]) -> Flow[None]:
    done.append("ran")
    return
    yield


def run(both: Both, client: Client, flow: Flow[Any]) -> Any:
    return both.wait(client.inner._driver.run(flow))


@contextmanager
def another_thread_has_the_lock(client: Client) -> Iterator[None]:
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


def while_another_has_the_lock(both: Both, client: Client, flow: Flow[Any]) -> Any:
    """What a flow comes to while another caller of the client has its lock."""

    def around(found: list[Any]) -> Flow[None]:
        found.append((yield from flow))

    if both.kind == "async":
        found: list[Any] = []
        run(both, client, exclusive(around(found), FAR))
        return found[0]
    with another_thread_has_the_lock(client):
        return run(both, client, flow)


def test_a_flow_that_need_not_run_is_left_out_while_another_has_the_lock(both: Both, client: Client) -> None:
    done: list[str] = []
    assert while_another_has_the_lock(both, client, exclusive(nothing(done), FAR, blocking=False)) is False
    assert done == []
    assert run(both, client, exclusive(nothing(done), FAR, blocking=False)) is True
    assert done == ["ran"]


def test_a_wait_for_the_lock_ends_at_the_deadline(both: Both, client: Client) -> None:
    done: list[str] = []
    for seconds in (-1.0, 0.2):
        began = time.monotonic()
        with pytest.raises(TransportTimeoutError) as caught:
            while_another_has_the_lock(both, client, exclusive(nothing(done), seconds))
        assert seconds <= time.monotonic() - began < 0.9
        assert str(caught.value) == ("The time for the call ran out while another call of this client was signing in.")
    assert done == []
    assert run(both, client, exclusive(nothing(done), FAR)) is True


@pytest.mark.parametrize(
    ("seconds", "deadline", "slept"), [(3.0, 150.0, 3.0), (3.0, 101.5, 1.5), (0.5, FAR, 0.5), (3.0, 99.0, 0.0)]
)
def test_a_pause_ends_by_the_deadline(
    both: Both, client: Client, clock: InstantClock, seconds: float, deadline: float, slept: float
) -> None:
    clock.advance(100)
    run(both, client, sleep(seconds, deadline))
    assert clock.sleeps == [slept]


def test_a_deadline_is_an_instant_of_the_clock(both: Both, clock: InstantClock) -> None:
    clock.advance(1000)
    with FaultServer([reply(200, b"here"), hang]) as server, both.client(**server.client, clock=clock) as client:
        request = HttpRequest("GET", f"{server.url}/x", {})
        for deadline in (999.9, 1000.0):
            late = run(both, client, send(request, deadline))
            assert late == Failure("timeout", "no time was left to send it", sent=False)
        assert server.connections == 0
        assert run(both, client, send(request, 1005.0)).content == b"here"
        began = time.monotonic()
        assert run(both, client, send(request, 1000.2)) == Failure("timeout", "the time for it ran out", sent=True)
        assert 0.2 <= time.monotonic() - began < 2


def test_a_forked_process_has_a_lock_of_its_own(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    both, done = Both("sync"), ["nothing"]
    with both.emulated(emulator) as client:
        with another_thread_has_the_lock(client):
            monkeypatch.setattr(os, "getpid", lambda: -1)  # a real fork has no such thread to give the lock back
            assert run(both, client, exclusive(nothing(done), FAR, blocking=False)) is True
        assert while_another_has_the_lock(both, client, exclusive(nothing(done), FAR, blocking=False)) is False
    assert done == ["nothing", "ran"]


def test_without_an_event_loop_it_says_what_is_missing() -> None:
    client = AsyncOkapiClient("user@example.com", "password")
    call = client.sign_in()
    with pytest.raises(ConfigurationError) as caught:
        call.send(None)
    assert str(caught.value) == "AsyncOkapiClient needs a running asyncio event loop; other loops are not supported."
    asyncio.run(client.close())


def test_the_loop_of_the_first_call_is_that_of_all() -> None:
    client = AsyncOkapiClient("user@example.com", "password", clock=InstantClock())
    with asyncio.Runner() as runner:
        for _ in range(2):
            runner.run(client._driver.run(sleep(1, FAR)))
        with pytest.raises(ConfigurationError) as caught:
            asyncio.run(client._driver.run(sleep(1, FAR)))
        runner.run(client.close())
    assert str(caught.value) == (
        "This AsyncOkapiClient belongs to the event loop of its first call, and another loop is running. "
        "Make one client in each asyncio.run()."
    )


def test_a_borrowed_client_is_usable_after_a_cancelled_call() -> None:
    async def main(server: FaultServer) -> None:
        async with httpx.AsyncClient(trust_env=False) as lent:
            async with AsyncOkapiClient(**server.client, http_client=lent) as client:
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


def test_what_has_ended_is_not_looked_at_again(client: Client) -> None:
    request = client.submit(iss_passes()).wait()
    assert request.wait(timeout=0.001).done()


def test_where_texts_are_due_nothing_else_is_taken(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(200, {"elements": [{"OEM_HEADER": {}}]})]) as server:
        with both.client(**server.client, clock=clock) as client:
            with pytest.raises(ResponseFormatError, match="Expected text"):
                list(client.list(Oems().texts("kvn")))
