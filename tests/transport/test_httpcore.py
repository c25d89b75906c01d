"""What is left where another httpcore has other insides than the transport looks at: a repair is lost, and no call."""

from __future__ import annotations

import asyncio

import httpcore
import pytest

from okapi_sdk import AsyncOkapiClient
from okapi_sdk._transport import http
from tests.support.both import Both
from tests.support.faults import FaultServer, hang, reply


def test_what_cannot_be_looked_into_counts_as_having_a_rest() -> None:
    assert http._has_rest(httpcore.Response(200, content=b"{}"))


def test_then_each_call_has_a_connection_of_its_own(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_has_rest", lambda answer: True)
    with FaultServer([reply(200, b"[]")]) as server, both.client(**server.client) as client:
        for calls in (1, 2, 3):
            assert client.send("GET", "satellites").status_code == 200
            assert server.connections == 1 + calls


def test_a_cancelled_call_ends_as_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(server: FaultServer) -> None:
        async with AsyncOkapiClient(**server.client) as client:
            await client.sign_in()
            task = asyncio.create_task(client.send("GET", "satellites"))
            while not server.requests:
                await asyncio.sleep(0.001)
            inside = vars(httpcore.AsyncConnectionPool)["connections"]
            monkeypatch.delattr(httpcore.AsyncConnectionPool, "connections")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            monkeypatch.setattr(httpcore.AsyncConnectionPool, "connections", inside, raising=False)
            assert (await client.send("GET", "satellites")).status_code == 200

    with FaultServer([hang, reply(200, b"[]")]) as server:
        asyncio.run(main(server))
