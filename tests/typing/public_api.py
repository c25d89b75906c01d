"""What an editor infers at each public call. Type-checked by mypy and pyright, never run.

A line that must be refused ends in an ignore comment; an ignore that is not needed is an error of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

from okapi_sdk import (
    AsyncOkapiClient,
    AsyncRequest,
    Calculation,
    Environment,
    Ephemeris,
    GroundLocation,
    InputError,
    Oem,
    OkapiClient,
    OkapiError,
    Omm,
    Pass,
    Passes,
    PassSummary,
    PredictPasses,
    PropagateOrbit,
    PropagationSettings,
    RawCalculation,
    RawResponse,
    Request,
    RequestRef,
    RetryPolicy,
    State,
    StateVector,
    Status,
    TimeWindow,
    Tle,
)

orbit = Tle.parse("…")
assert_type(orbit, Tle)
assert_type(orbit.epoch, datetime)
assert_type(orbit.norad_id, int)
place = GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48)
assert_type(place, GroundLocation)
window = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
assert_type(window, TimeWindow)
assert_type(window.duration, timedelta)
assert_type(TimeWindow(start=datetime.now(UTC), end=datetime.now(UTC)), TimeWindow)

passes = PredictPasses(
    orbit=orbit,
    ground_location=place,
    time_window=window,
    settings=PropagationSettings(output_step_size=30, atmospheric_drag=True, geopotential_degree_order=20),
)
method: str = passes.method
propagation = PropagateOrbit(orbit=orbit, end=datetime.now(UTC), method="sgp4")
free = RawCalculation("estimate-covariance", {"a": 1})


def sync(client: OkapiClient) -> None:
    request = client.submit(passes)
    assert_type(request, Request[Passes])
    assert_type(request.id, str)
    assert_type(request.ref, RequestRef[Passes])
    assert_type(request.status, Status)
    assert_type(request.done(), bool)
    assert_type(request.wait(timeout=60), Request[Passes])
    assert_type(request.wait(timeout=timedelta(minutes=1)).result(), Passes)
    assert_type(request.result(timeout=None), Passes)
    assert_type(request.result(PassSummary), PassSummary)
    assert_type(request.parts(), Iterator[Passes])
    assert_type(request.raw(), RawResponse | None)
    assert_type(request.result()[0], Pass)
    assert_type(request.result()[:1], Passes)
    assert_type(request.result().above(10), Passes)
    for one in request.result():
        assert_type(one, Pass)
        assert_type(one.max_elevation, float | None)
        assert_type(one.start, datetime | None)
    assert_type(client.run(passes), Passes)
    assert_type(client.run(propagation), Ephemeris)
    assert_type(client.run(propagation)[0], State)
    assert_type(client.submit(propagation).result(Oem), Oem)
    assert_type(client.submit(propagation).result(Omm), Omm)
    assert_type(client.submit(free), Request[dict[str, Any]])
    assert_type(client.run(free), dict[str, Any])
    assert_type(client.resume(request.ref), Request[Passes])
    assert_type(client.resume("predict-passes/sgp4/1", PredictPasses), Request[Passes])
    assert_type(client.resume("predict-passes/sgp4/1"), Request[Any])
    assert_type(client.resume(RequestRef.from_json("…"), PredictPasses), Request[Passes])
    assert_type(client.send("GET", "satellites"), RawResponse)
    assert_type(client.with_options(timeout=5), OkapiClient)
    with client as opened:
        assert_type(opened, OkapiClient)


async def asynchronous(client: AsyncOkapiClient) -> None:
    request = await client.submit(passes)
    assert_type(request, AsyncRequest[Passes])
    assert_type(await request.done(), bool)
    assert_type(await request.wait(), AsyncRequest[Passes])
    assert_type(await request.result(), Passes)
    assert_type(await request.result(PassSummary), PassSummary)
    assert_type(request.parts(), AsyncIterator[Passes])
    assert_type(await client.run(propagation), Ephemeris)
    assert_type(client.resume(request.ref), AsyncRequest[Passes])
    assert_type(client.resume("predict-passes/sgp4/1", PredictPasses), AsyncRequest[Passes])
    assert_type(client.resume("predict-passes/sgp4/1"), AsyncRequest[Any])
    assert_type(client.resume(RequestRef.from_json("…"), PredictPasses), AsyncRequest[Passes])
    assert_type(await client.send("GET", "satellites"), RawResponse)
    assert_type(client.with_options(timeout=5), AsyncOkapiClient)
    async with client as opened:
        assert_type(opened, AsyncOkapiClient)


def generic(client: OkapiClient, calculations: list[Calculation[Passes]]) -> list[Passes]:
    return [client.run(calculation) for calculation in calculations]


def construction() -> None:
    assert_type(OkapiClient("user@example.com", "secret", environment="staging"), OkapiClient)
    assert_type(OkapiClient.emulated(timeout=5, retry=RetryPolicy(attempts=1)), OkapiClient)
    Environment(base_url="https://a", token_url="https://b", audience="c", client_id="d")


def errors(error: OkapiError) -> None:
    assert_type(error.request_id, str | None)
    assert_type(error.ref, RequestRef[Any] | None)
    if isinstance(error, InputError):
        assert_type(error.field, str)


def refused(client: OkapiClient) -> None:
    client.submit(orbit)  # type: ignore[arg-type]  # pyright: ignore
    client.run(PredictPasses)  # type: ignore[arg-type]  # pyright: ignore
    client.resume("predict-passes/sgp4/1", Tle)  # type: ignore[arg-type]  # pyright: ignore
    client.submit(passes).result("simple")  # type: ignore[call-overload]  # pyright: ignore
    client.with_options(username="x")  # type: ignore[call-arg]  # pyright: ignore
    PredictPasses(orbit=orbit, ground_location=place)  # type: ignore[call-arg]  # pyright: ignore
    PredictPasses(orbit=place, ground_location=place, time_window=window)  # type: ignore[arg-type]  # pyright: ignore
    PropagateOrbit(orbit=orbit, end="2018-08-07")  # type: ignore[arg-type]  # pyright: ignore
    GroundLocation.at(latitude="52", longitude=10)  # type: ignore[arg-type]  # pyright: ignore
    TimeWindow(start=0, end=1)  # type: ignore[arg-type]  # pyright: ignore
    Tle("…", "…")  # type: ignore[call-arg]  # pyright: ignore
    StateVector(x=1, y=2)  # type: ignore[call-arg]  # pyright: ignore
    OkapiClient.emulated(nonsense=1)  # type: ignore[call-arg]  # pyright: ignore
