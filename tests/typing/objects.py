"""What an editor infers for each verb of stored objects. Type-checked by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import assert_type

from okapi_sdk import (
    AddedGroundStationPasses,
    AsyncOkapiClient,
    AsyncPages,
    Cdm,
    Cdms,
    Conjunction,
    Conjunctions,
    FieldOfView,
    NewGroundStationPasses,
    NewManeuverPlan,
    NewSatellite,
    NewSensorSystem,
    NewTdm,
    OemKvn,
    OemRecord,
    Oems,
    OkapiClient,
    Page,
    Pages,
    Range,
    ResidualPlot,
    Satellite,
    SatelliteChanges,
    SatelliteOems,
    Satellites,
    SensorSystem,
    TdmRecord,
    Tle,
)

new = NewSatellite(name="A", norad_ids=[25544], space_track_status="dont_know", mass=4)
changes = SatelliteChanges(area=0.02)


def sync(client: OkapiClient) -> None:
    assert_type(client.list(Satellites()), Pages[Satellite])
    assert_type(client.list(Cdms()), Pages[Cdm])
    assert_type(client.list(Oems(fov=FieldOfView(sensor_id="s"))), Pages[OemRecord])
    assert_type(client.list(Conjunctions(collision_probability=Range(gte=1e-5))), Pages[Conjunction])
    assert_type(client.list(SatelliteOems(satellite_id="s")), Pages[OemRecord])
    assert_type(client.list(Oems().texts("kvn")), Pages[str])
    for satellite in client.list(Satellites()):
        assert_type(satellite, Satellite)
        assert_type(satellite.mass, float | None)
        assert_type(satellite.thrust_pointing_uncertainty_deg, float | None)
    for page in client.list(Satellites()).pages():
        assert_type(page, Page[Satellite])
        assert_type(page[0], Satellite)
        assert_type(page.total_count, int | None)
    assert_type(client.list(Satellites()).first(), Satellite | None)
    assert_type(client.list(Oems().texts("kvn")).first(), str | None)
    assert_type(client.get(Satellite, "s"), Satellite)
    assert_type(client.get(Conjunction, "c"), Conjunction)
    assert_type(client.get(OemKvn, "o").text, str)
    assert_type(client.get(ResidualPlot, "o").html, str)
    assert_type(client.get(TdmRecord, "t"), TdmRecord)
    assert_type(client.add(new), Satellite)
    assert_type(client.add(NewTdm(tdm="…")), TdmRecord)
    assert_type(client.add(NewSensorSystem(fields={})), SensorSystem)
    assert_type(client.add(NewGroundStationPasses(passes={})), AddedGroundStationPasses)
    NewManeuverPlan(plan={"a": 1}, force=True)
    assert_type(client.update("s", changes), Satellite)
    assert_type(client.delete(Satellite, "s"), Satellite)


async def asynchronous(client: AsyncOkapiClient) -> None:
    assert_type(client.list(Satellites()), AsyncPages[Satellite])
    assert_type(client.list(Satellites()).pages(), AsyncIterator[Page[Satellite]])
    async for satellite in client.list(Satellites()):
        assert_type(satellite, Satellite)
    assert_type(await client.list(Satellites()).first(), Satellite | None)
    assert_type(await client.get(Satellite, "s"), Satellite)
    assert_type(await client.add(new), Satellite)
    assert_type(await client.update("s", changes), Satellite)
    assert_type(await client.delete(Satellite, "s"), Satellite)


def refused(client: OkapiClient, satellite: Satellite, tle: Tle) -> None:
    client.list(Satellite)  # type: ignore[arg-type]  # pyright: ignore
    client.list(Satellites)  # type: ignore[arg-type]  # pyright: ignore
    client.get(Cdms, "c")  # type: ignore[arg-type]  # pyright: ignore
    client.get(satellite, "s")  # type: ignore[arg-type]  # pyright: ignore
    client.add(satellite)  # type: ignore[arg-type]  # pyright: ignore
    client.add(changes)  # type: ignore[arg-type]  # pyright: ignore
    client.update("s", new)  # type: ignore[arg-type]  # pyright: ignore
    client.update(changes, "s")  # type: ignore[arg-type]  # pyright: ignore
    client.delete(Conjunction, "c")  # type: ignore[arg-type]  # pyright: ignore
    client.delete(satellite, "s")  # type: ignore[arg-type]  # pyright: ignore
    NewSatellite(name="A", norad_ids=[25544])  # type: ignore[call-arg]  # pyright: ignore
    SatelliteChanges(satellite_id="s")  # type: ignore[call-arg]  # pyright: ignore
    Satellites(tca=1)  # type: ignore[call-arg]  # pyright: ignore
    SatelliteOems("s")  # type: ignore[call-arg]  # pyright: ignore
    SatelliteOems()  # type: ignore[call-arg]  # pyright: ignore


async def refused_asynchronous(client: AsyncOkapiClient, satellite: Satellite) -> None:
    client.list(Satellite)  # type: ignore[arg-type]  # pyright: ignore
    await client.get(Cdms, "c")  # type: ignore[arg-type]  # pyright: ignore
    await client.add(satellite)  # type: ignore[arg-type]  # pyright: ignore
    await client.update("s", new)  # type: ignore[arg-type]  # pyright: ignore
    await client.delete(Conjunction, "c")  # type: ignore[arg-type]  # pyright: ignore
