"""Extra headers: a gateway's key with each call to the API, and never with the sign-in."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import pytest

from okapi_sdk import BadRequestError, InputError, OkapiClient
from tests.support.both import Both
from tests.support.faults import FaultServer, reply

KEY = "gateway-key-0123456789"
FINISHED = reply(200, {"elements": []})


def test_they_go_with_each_call_but_not_with_the_sign_in(both: Both) -> None:
    with FaultServer([FINISHED, FINISHED]) as server:
        with both.client(**server.client, headers={"X-Api-Key": KEY}) as client:
            client.send("GET", "satellites")
            client.with_options(timeout=5).send("GET", "satellites")
        assert [request.headers["x-api-key"] for request in server.requests] == [KEY, KEY]
        assert all("x-api-key" not in request.headers for request in server.signed_in)


def test_those_of_one_call_replace_the_clients(both: Both) -> None:
    with FaultServer([FINISHED, FINISHED]) as server:
        with both.client(**server.client, headers={"x-team": "ops"}) as client:
            client.send("GET", "satellites", headers={"X-Team": "dev", "accept": "text/csv"})
            client.send("POST", "satellites", json={}, headers={"Idempotency-Key": "mine"})
        first, second = (request.headers for request in server.requests)
        assert (first["x-team"], first["accept"]) == ("dev", "text/csv")
        assert (second["x-team"], second["idempotency-key"]) == ("ops", "mine")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"}, {"host": "x"}, {"content-type": "text/plain"}, {"Idempotency-Key": "x"},
        {"a b": "x"}, {"": "x"}, {1: "x"}, {"x": "a\r\nb: c"}, {"x": " a"}, {"x": ""}, {"x": 5}, {"x": "ä"}, ["x"], "x",
    ],
)  # fmt: skip
def test_a_header_that_is_invalid_or_the_sdks_own_is_refused(headers: Any) -> None:
    with pytest.raises(InputError) as caught:
        OkapiClient("u@example.com", "pass-7f3a", headers=headers)
    assert caught.value.field.startswith("headers")
    assert "Bearer" not in str(caught.value)


def test_their_values_appear_nowhere(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FaultServer([reply(400, {"detail": f"bad key {KEY}"})]) as server:
        with both.client(**server.client, headers={"x-api-key": KEY}) as client:
            with pytest.raises(BadRequestError) as caught:
                client.send("GET", "satellites")
            assert KEY not in repr(client.inner) + str(vars(client.inner)) + caplog.text
            assert KEY not in str(caught.value) + str(caught.value.body)
            with pytest.raises(TypeError, match="headers= cannot be pickled"):
                pickle.dumps(client.inner)
