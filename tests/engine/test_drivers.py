"""The lock of a client, and the edges of both drivers."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from okapi_sdk import AsyncOkapiClient, ConfigurationError, ResponseFormatError, TransportTimeoutError
from okapi_sdk._engine.effects import Flow, exclusive
from okapi_sdk._engine.tokens import Token
from okapi_sdk.objects import Oems
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, hang, reply

FAR, PAST = 1e9, -1.0


def nothing(done: list[str]) -> Flow[None]:
    done.append("ran")
    return
    yield


def run(both: Both, client: Client, flow: Flow[Any]) -> Any:
    return both.wait(client.inner._driver.run(flow))


def while_another_has_the_lock(both: Both, client: Client, flow: Flow[Any]) -> Any:
    """What a flow comes to while another caller of the client has its lock."""
    held, free = threading.Event(), threading.Event()

    def holding() -> Flow[None]:
        held.set()
        free.wait(10)
        return
        yield

    def around(found: list[Any]) -> Flow[None]:
        found.append((yield from flow))

    if both.kind == "async":
        found: list[Any] = []
        run(both, client, exclusive(around(found), FAR))
        return found[0]
    other = threading.Thread(target=run, args=(both, client, exclusive(holding(), FAR)))
    other.start()
    held.wait(10)
    try:
        return run(both, client, flow)
    finally:
        free.set()
        other.join()


def test_a_flow_that_need_not_run_is_left_out_while_another_has_the_lock(both: Both, client: Client) -> None:
    done: list[str] = []
    assert while_another_has_the_lock(both, client, exclusive(nothing(done), FAR, blocking=False)) is False
    assert done == []
    assert run(both, client, exclusive(nothing(done), FAR, blocking=False)) is True
    assert done == ["ran"]


def test_a_wait_for_the_lock_ends_at_the_deadline(both: Both, client: Client) -> None:
    done: list[str] = []
    with pytest.raises(TransportTimeoutError, match="another call of this client was signing in"):
        while_another_has_the_lock(both, client, exclusive(nothing(done), PAST))
    assert done == []
    assert run(both, client, exclusive(nothing(done), FAR)) is True


def test_without_an_event_loop_it_says_what_is_missing() -> None:
    client = AsyncOkapiClient("user@example.com", "password")
    call = client.sign_in()
    with pytest.raises(ConfigurationError, match="asyncio event loop"):
        call.send(None)
    asyncio.run(client.close())


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
            with pytest.raises(ResponseFormatError, match="A text was due"):
                list(client.list(Oems().texts("kvn")))


def test_tokens_stay_where_they_are() -> None:
    token = Token(SecretStr("t"), 86400.0, 0.0, 0.0)
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="do not pickle or copy"):
            leave(token)
