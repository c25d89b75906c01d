"""Filters as they travel, each query string typed by hand; and nouns that a verb does not take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from okapi_sdk import (
    Cdms,
    Conjunction,
    Conjunctions,
    FieldOfView,
    GroundStationPasses,
    InputError,
    NewSatellite,
    Oems,
    Omms,
    Query,
    Range,
    Satellite,
    SatelliteChanges,
    SatelliteNeighborhoods,
    Satellites,
    SensorSystems,
    Tdms,
    Tle,
    Tles,
    Uncertainties,
)
from okapi_sdk.emulator import Emulator
from tests.support.both import Client

from .conftest import Wire

NOON = datetime(2018, 8, 7, 12, tzinfo=UTC)
QUERIES: list[tuple[Query[Any], str]] = [
    (Satellites(), "/satellites?page=1&limit=20"),
    (Satellites(page=3, limit=10_000), "/satellites?page=3&limit=10000"),
    (SensorSystems(limit=1), "/sensor-systems?page=1&limit=1"),
    (Conjunctions(), "/conjunctions?page=1&limit=100"),
    (
        Conjunctions(tca=Range(gte=NOON, lte="2018-08-08T00:00+02:00"), criticality=["critical", "observe"]),
        "/conjunctions?page=1&limit=100&tca[$gte]=2018-08-07T12:00:00.000Z&tca[$lte]=2018-08-07T22:00:00.000Z"
        "&criticality=critical,observe",
    ),
    (
        Conjunctions(collision_probability=1e-5, miss_distance=Range(lte=0.5), q="ISS & debris", sort="-tca"),
        "/conjunctions?page=1&limit=100&collision_probability=1e-05&miss_distance[$lte]=0.5&q=ISS & debris&sort=-tca",
    ),
    (
        Conjunctions(sort=["tca", "-miss_distance"], include=["tca"], exclude=["newest_risk_estimation"]),
        "/conjunctions?page=1&limit=100&sort=tca,-miss_distance&include=tca&exclude=newest_risk_estimation",
    ),
    (
        Cdms(
            sat1_object_designator=25544, sat2_object_designator=99_901, inserted=Range(gt=NOON), sort="TCA",
            relative_position_r=Range(gte=-500.0, lt=500), relative_position_t=Range(eq=0), time_to_tca=Range(lt=86400),
            relative_position_n=Range(lte=1), include=["CDM_ID", "TCA"], exclude=["GID"],
        ),
        "/cdms?page=1&limit=20&sat1_object_designator=25544&sat2_object_designator=99901"
        "&inserted[$gt]=2018-08-07T12:00:00.000Z&relative_position_r[$gte]=-500.0&relative_position_r[$lt]=500.0"
        "&relative_position_t[$eq]=0.0&relative_position_n[$lte]=1.0&time_to_tca[$lt]=86400"
        "&sort=TCA&include=CDM_ID,TCA&exclude=GID",
    ),
    (
        Oems(
            fov=FieldOfView(
                sensor_id="s1", start_epoch=NOON, stop_epoch="2018-08-07T13:00Z", radius=1.5, angle_1=180, angle_2=45,
                angle_type="AZEL",
            ),
            epoch=Range(gte=NOON), tracklet_id="t1", is_predicted=True, norad_id=25544, orbit_type="LEO",
            inclination=Range(gte=51, lt=52),
        ),
        "/oems?page=1&limit=20&orbit_type=LEO&inclination[$gte]=51.0&inclination[$lt]=52.0&fov[sensor_id]=s1"
        "&fov[start_epoch]=2018-08-07T12:00:00.000Z&fov[stop_epoch]=2018-08-07T13:00:00.000Z&fov[radius]=1.5"
        "&fov[angle_1]=180.0&fov[angle_2]=45.0&fov[angle_type]=AZEL&epoch[$gte]=2018-08-07T12:00:00.000Z"
        "&tracklet_id=t1&is_predicted=true&norad_id=25544",
    ),
    (
        Omms(
            originator="18 SPCS", latest=True, start=NOON, stop=NOON, norad_id=25544, cospar_id="1998-067A",
            orbit_type="leo", period=Range(gt=90), eccentricity=Range(lt=0.01), periapsis=Range(gte=400),
            apoapsis=Range(lte=450), semimajoraxis=Range(lte=7000),
        ),
        "/omms?page=1&limit=100&orbit_type=leo&period[$gt]=90.0&eccentricity[$lt]=0.01&periapsis[$gte]=400.0"
        "&apoapsis[$lte]=450.0&originator=18 SPCS&latest=true&start=2018-08-07T12:00:00.000Z"
        "&stop=2018-08-07T12:00:00.000Z&norad_id=25544&cospar_id=1998-067A&semimajoraxis[$lte]=7000.0",
    ),
    (Tles(latest=False, norad_id=5, limit=50), "/tles?page=1&limit=50&latest=false&norad_id=5"),
    (
        Uncertainties(epoch=NOON, norad_id=[25544, 5], cospar_id=["1998-067A"], sort=["-sum", "rtn.r"]),
        "/uncertainties?page=1&limit=1000&epoch=2018-08-07T12:00:00.000Z&norad_id=25544,5&cospar_id=1998-067A"
        "&sort=-sum,rtn.r",
    ),
    (
        Tdms(insert_epoch=Range(lt=NOON), epoch=Range(eq=NOON), norad_id="25544", cospar_id="1998-067A"),
        "/tdms?page=1&limit=20&insert_epoch[$lt]=2018-08-07T12:00:00.000Z&epoch[$eq]=2018-08-07T12:00:00.000Z"
        "&norad_id=25544&cospar_id=1998-067A",
    ),
    (
        GroundStationPasses(start=NOON, stop=NOON, object_id="25544", name="SALSAT"),
        "/multi-ground-station-passes-info?page=1&limit=20&start=2018-08-07T12:00:00.000Z"
        "&stop=2018-08-07T12:00:00.000Z&objectId=25544&name=SALSAT",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "written"), QUERIES, ids=lambda value: value if isinstance(value, str) else "")
def test_filters_travel_as_the_platform_writes_them(
    client: Client, emulator: Emulator, wire: Wire, query: Query[Any], written: str
) -> None:
    # The emulator knows each of them: it refuses keys and values that it does not.
    assert list(client.list(query)) == []
    assert wire.last == ("GET", written)


def test_each_filter_of_neighborhoods(client: Client, emulator: Emulator, wire: Wire) -> None:
    (id,) = emulator.put("satellites", [{"name": "A"}])
    near = Range(gte=-1, lte=1)
    query = SatelliteNeighborhoods(
        satellite_id=id, tca=NOON, miss_distance=2, miss_distance_r=near, miss_distance_t=0.5, miss_distance_n=near
    )
    assert list(client.list(query)) == []
    assert wire.last[1] == (
        f"/satellites/{id}/neighborhoods?tca=2018-08-07T12:00:00.000Z&miss_distance=2.0&miss_distance_r[$gte]=-1.0"
        "&miss_distance_r[$lte]=1.0&miss_distance_t=0.5&miss_distance_n[$gte]=-1.0&miss_distance_n[$lte]=1.0"
    )


def test_filters_choose(client: Client, emulator: Emulator) -> None:
    emulator.seed_fleet()
    both = list(client.list(Conjunctions(sort="-collision_probability", exclude=["newest_risk_estimation"])))
    assert len(both) > 3
    assert all(one.newest_risk_estimation is None for one in both)
    risky = list(client.list(Conjunctions(collision_probability=Range(gte=1e-5))))
    assert 0 < len(risky) < len(both)
    assert [oem.model_extra["name"] if oem.model_extra and "name" in oem.model_extra else oem.id
            for oem in client.list(Oems(orbit_type="GEO"))]  # fmt: skip
    assert len(list(client.list(Tles(inclination=Range(gt=50, lt=60))))) == 6


def test_an_ephemeris_in_an_earth_fixed_frame_is_found_by_its_elements(client: Client, emulator: Emulator) -> None:
    # A geostationary satellite stands still there: taken as it is, its speed of zero is that of no orbit.
    state = {"EPOCH": "2020-01-01T00:00:00Z", "X": 42164.17, "Y": 0, "Z": 0, "X_DOT": 0, "Y_DOT": 0, "Z_DOT": 0}
    emulator.put("oems", [{"oem_id": "geo", "OEM_META_DATA_DATA": [{"REF_FRAME": "ITRF", "DATA": [state]}]}])
    query = Oems(orbit_type="GEO", eccentricity=Range(lt=1e-4), inclination=Range(lt=0.01), period=Range(gt=1436.0))
    assert [one.id for one in client.list(query)] == ["geo"]


NEW = NewSatellite(name="A", norad_ids=[1], space_track_status="other")
WRONG: list[tuple[str, tuple[Any, ...], str]] = [
    ("list", (Satellite,), "use Satellites(...)"),
    ("list", (Satellites,), "create an instance: Satellites(...)"),
    ("list", (Conjunction,), "use Conjunctions(...)"),
    ("list", (Tle,), "a query"),
    ("list", ("satellites",), "a query"),
    ("get", (Satellites, "s"), "a class of stored objects"),
    ("get", (Satellites(), "s"), "use Satellite"),
    ("get", (Satellite(), "s"), "pass the class, Satellite"),
    ("get", (Tle, "s"), "a class of stored objects"),
    ("add", (Satellite(),), "a new object for add(): NewGroundStationPasses"),
    ("add", (NewSatellite,), "create an instance: NewSatellite(...)"),
    ("add", (SatelliteChanges(area=1),), "a new object"),
    ("update", ("s", NEW), "changes for update(): SatelliteChanges"),
    ("update", ("s", SatelliteChanges), "create an instance: SatelliteChanges(...)"),
    ("update", ("s", {"area": 1}), "changes for update(): SatelliteChanges"),
    ("delete", (Conjunction, "c"), "a class of stored objects for delete(): Satellite"),
    ("delete", (Satellite(), "s"), "pass the class, Satellite"),
    ("delete", (Satellites(), "s"), "use Satellite"),
]


@pytest.mark.parametrize(("verb", "given", "words"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_other_nouns_are_refused(client: Client, wire: Wire, verb: str, given: tuple[Any, ...], words: str) -> None:
    with pytest.raises(InputError) as caught:
        outcome = getattr(client, verb)(*given)
        list(outcome)
    assert words in str(caught.value)
    assert caught.value.field == "argument"
    assert caught.value.__context__ is None
    assert wire.calls == []
