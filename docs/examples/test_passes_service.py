"""Tests of the service, with the emulator. The fixtures come with okapi-sdk."""

import asyncio

import httpx
from passes_service import app, okapi

BODY = {
    "orbit": {
        "line1": "1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993",
        "line2": "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382",
    },
    "ground_location": {"latitude": 52.3283, "longitude": 10.645, "altitude": 0.048},
    "time_window": {"start": "2018-08-07T18:00:00Z", "end": "2018-08-08T00:00:00Z"},
}


def post(client, body):
    async def call():
        app.dependency_overrides[okapi] = lambda: client
        transport = httpx.ASGITransport(app=app)
        async with client, httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            return await http.post("/passes", json=body)

    return asyncio.run(call())


def test_passes_are_returned(async_okapi_client):
    response = post(async_okapi_client, BODY)
    assert [round(row["max_elevation"]) for row in response.json()] == [21, 3]


def test_bad_input_is_refused(async_okapi_client, okapi_emulator):
    response = post(async_okapi_client, {**BODY, "ground_location": {"latitude": 95, "longitude": 10, "altitude": 0}})
    assert response.status_code == 422
    assert not okapi_emulator.calls


def test_a_failed_calculation_is_explained(async_okapi_client, okapi_emulator):
    okapi_emulator.next_calculation(status="FATAL", text="TLE too old")
    response = post(async_okapi_client, BODY)
    assert (response.status_code, "TLE too old" in response.text) == (502, True)
