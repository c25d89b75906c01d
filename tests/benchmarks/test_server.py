"""The server of the benchmarks speaks the protocol and counts; nothing here is timed."""

from __future__ import annotations

import pytest

from okapi_sdk import OkapiClient

from .clients import Bare, BareAsync, BareRequests, Client, Sdk, SdkAsync
from .server import BenchServer


@pytest.mark.parametrize("kind", [Bare, BareRequests, BareAsync, Sdk, SdkAsync])
def test_calculations_one_after_the_other_are_counted(kind: type[Client]) -> None:
    if kind is BareRequests:
        pytest.importorskip("requests")  # only `nox -s bench` installs it
    with BenchServer() as server:
        client = kind(server.base_url("one", 0))
        client.calculate(3)
        client.close()
        counts = server.counts("one")
        assert (counts.submits, counts.polls, counts.connections) == (3, 3, 1)
        assert counts.sign_ins == (0 if kind in (Bare, BareRequests, BareAsync) else 1)


def test_a_calculation_is_pending_until_it_is_ready() -> None:
    with BenchServer() as server:
        at = server.base_url("two", 0.2)
        with OkapiClient("user@example.com", "a password", base_url=at, token_url=f"{at}/oauth/token") as client:
            answer = client.send("POST", "predict-passes/sgp4/requests", json={})
            path = f"predict-passes/sgp4/results/{answer.json()['request_id']}/simple"
            assert client.send("GET", path).status_code == 202
            while (answer := client.send("GET", path)).status_code == 202:
                pass
            assert len(answer.json()["passes"]) == 2
        assert server.counts("two").submits == 1
