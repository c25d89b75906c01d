"""States as arrays, on the ground, and in other astronomy libraries, which confirm them."""

from __future__ import annotations

import io
import json
import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import ITRS
from astropy.utils import iers
from hypothesis import given
from hypothesis import strategies as st
from skyfield.api import wgs84

from okapi_sdk import Ephemeris, InputError, Oem, OkapiClient, PropagateOrbit, PropagationSettings, State, Tle
from okapi_sdk.emulator import Emulator
from okapi_sdk.errors import ResponseFormatError
from okapi_sdk.results.columns import Column
from okapi_sdk.results.maps import geojson, lines
from tests.results.test_display import HOSTILE, ISS

STATE = {"epoch": "2016-07-21T00:31:50.000Z", "x": 615.119526, "y": -7095.644839, "z": -678.668352,
         "x_dot": 0.390367, "y_dot": 0.741902, "z_dot": -7.39698}  # fmt: skip
KM_PER_DEGREE = 111.32


@pytest.fixture(scope="module")
def ephemeris() -> Ephemeris:
    calculation = PropagateOrbit(
        orbit=Tle.parse(ISS),
        end=datetime(2018, 8, 7, 6, tzinfo=UTC),
        settings=PropagationSettings(output_step_size=20),
    )
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        return client.run(calculation)


def test_to_numpy(ephemeris: Ephemeris) -> None:
    epochs, states = ephemeris.to_numpy()
    assert (epochs.dtype, epochs.shape) == (np.dtype("datetime64[us]"), (len(ephemeris),))
    assert (states.dtype, states.shape) == (np.dtype("float64"), (len(ephemeris), 6))
    for index in (0, 7, -1):
        state = ephemeris[index]
        assert state.epoch is not None
        assert epochs[index] == np.datetime64(state.epoch.replace(tzinfo=None), "us")
        assert states[index].tolist() == [state.x, state.y, state.z, state.x_dot, state.y_dot, state.z_dot]


def test_gaps() -> None:
    gap = {**STATE, "x": None}
    _, states = Ephemeris.from_answer({"states": [STATE, gap]}).to_numpy()
    assert np.isnan(states).sum() == 1
    for method in ("ground_track", "to_astropy", "to_skyfield"):
        with pytest.raises(ResponseFormatError, match=r"Ephemeris\[1\] lacks"):
            getattr(Ephemeris.from_answer({"states": [STATE, gap]}), method)()
    with pytest.raises(ResponseFormatError, match="X_KM"):
        Ephemeris.from_answer({"states": [{"X_KM": 1.0}]}).to_numpy()
    empty = Ephemeris.from_answer({"states": []})
    assert [array.shape for array in empty.to_numpy()] == [(0,), (0, 6)]
    assert len(empty.ground_track()) == 0
    assert empty.to_skyfield().position.km.shape == (3, 0)
    assert empty.to_astropy().shape == (0,)
    track = io.StringIO()
    empty.ground_track().to_geojson(track)
    assert json.loads(track.getvalue())["features"][0]["geometry"] is None
    empty.ground_track().to_kml(io.StringIO())
    empty.to_czml(io.StringIO())


def test_ground_track_against_skyfield(ephemeris: Ephemeris) -> None:
    position = wgs84.geographic_position_of(ephemeris.to_skyfield())
    found = ephemeris.ground_track().to_pandas()
    assert list(found.columns) == ["satellite", "epoch", "latitude", "longitude", "height_km"]
    assert found["epoch"].tolist() == ephemeris.to_pandas()["epoch"].tolist()
    np.testing.assert_allclose(found["latitude"], position.latitude.degrees, atol=1e-8)
    np.testing.assert_allclose(found["longitude"], position.longitude.degrees, atol=1e-8)
    np.testing.assert_allclose(found["height_km"], position.elevation.km, atol=1e-6)


def test_ground_track_against_astropy(ephemeris: Ephemeris) -> None:
    part = ephemeris[::60]
    with iers.conf.set_temp("auto_download", False):
        there = part.to_astropy().transform_to(ITRS(obstime=part.to_astropy().obstime)).earth_location
    track = part.ground_track().to_pandas()
    north = (track["latitude"] - there.lat.deg) * KM_PER_DEGREE
    east = (track["longitude"] - there.lon.deg) * KM_PER_DEGREE * np.cos(np.radians(track["latitude"]))
    # Polar motion, and the UT1 of two tables.
    assert np.hypot(north, east).max() < 0.03
    assert np.abs(track["height_km"] - there.height.to_value(units.km)).max() < 0.001


def test_a_single_state_and_the_poles() -> None:
    (point,) = Ephemeris.from_answer({"states": [STATE]}).ground_track()
    assert point.height_km == pytest.approx(7154.5 - 6378.137, abs=5)
    polar = {**STATE, "x": 0.0, "y": 0.0, "z": 7000.0}
    (point,) = Ephemeris.from_answer({"states": [polar]}).ground_track()
    assert point.latitude == pytest.approx(90, abs=0.2)  # precession since 2000
    assert point.height_km == pytest.approx(7000 - 6356.752, abs=0.01)


def test_astropy_and_skyfield_hold_the_states(ephemeris: Ephemeris) -> None:
    _, states = ephemeris.to_numpy()
    geocentric, gcrs = ephemeris.to_skyfield(), ephemeris.to_astropy()
    np.testing.assert_allclose(geocentric.position.km.T, states[:, :3], rtol=1e-12)
    np.testing.assert_allclose(geocentric.velocity.km_per_s.T, states[:, 3:], rtol=1e-12)
    np.testing.assert_allclose(gcrs.cartesian.xyz.to_value("km").T, states[:, :3], rtol=1e-12)
    velocity = gcrs.cartesian.differentials["s"].d_xyz.to_value("km/s").T
    np.testing.assert_allclose(velocity, states[:, 3:], rtol=1e-12)
    first = ephemeris[0].epoch
    assert first is not None
    assert abs(gcrs.obstime[0].to_datetime(UTC) - first) < timedelta(microseconds=2)
    assert abs(geocentric.t[0].utc_datetime() - first) < timedelta(microseconds=100)


def track_columns(points: list[tuple[float, float]], name: str | None = None) -> dict[str, Column]:
    epochs = [datetime(2018, 8, 7, tzinfo=UTC) + timedelta(minutes=index) for index in range(len(points))]
    named = {} if name is None else {"satellite": Column("text", [name] * len(points))}
    return named | {
        "epoch": Column("time", epochs),
        "longitude": Column("number", [longitude for longitude, _ in points]),
        "latitude": Column("number", [latitude for _, latitude in points]),
    }


def test_a_track_is_cut_at_the_antimeridian() -> None:
    assert lines(track_columns([(170.0, 0.0), (-170.0, 10.0), (-160.0, 20.0)])) == [
        [(170.0, 0.0), (180.0, 5.0)],
        [(-180.0, 5.0), (-170.0, 10.0), (-160.0, 20.0)],
    ]
    assert lines(track_columns([(-170.0, 0.0), (170.0, 10.0)])) == [
        [(-170.0, 0.0), (-180.0, 5.0)],
        [(180.0, 5.0), (170.0, 10.0)],
    ]


@given(points=st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=20))
def test_no_line_crosses_the_map(points: list[tuple[float, float]]) -> None:
    parts = lines(track_columns(points))
    for part in parts:
        for (before, _), (longitude, latitude) in pairwise(part):
            assert abs(longitude - before) <= 180
            assert -180 <= longitude <= 180
            assert -90 <= latitude <= 90
    assert {point for part in parts for point in part} >= set(points) or len(points) < 2
    json.loads(json.dumps(geojson(track_columns(points)), allow_nan=False))


def test_geojson_and_kml(ephemeris: Ephemeris) -> None:
    track = ephemeris.ground_track()
    text = io.StringIO()
    track.to_geojson(text)
    found = json.loads(text.getvalue())
    assert found == track.__geo_interface__
    (feature,) = found["features"]
    assert feature["properties"]["satellite"] == "ISS (ZARYA)"
    assert feature["geometry"]["type"] == "MultiLineString"
    points = [tuple(point) for part in feature["geometry"]["coordinates"] for point in part]
    assert (track[0].longitude, track[0].latitude) == points[0]
    assert len(points) == len(track) + 2 * (len(feature["geometry"]["coordinates"]) - 1)

    kml = io.BytesIO()
    track.to_kml(kml)
    root = ElementTree.fromstring(kml.getvalue())
    names = {"k": "http://www.opengis.net/kml/2.2"}
    assert root.findtext(".//k:name", namespaces=names) == "ISS (ZARYA)"
    written = root.findall(".//k:coordinates", names)
    assert len(written) == len(feature["geometry"]["coordinates"])
    longitude, latitude = map(float, str(written[0].text).split()[0].split(","))
    assert (longitude, latitude) == pytest.approx(points[0], abs=1e-6)


def test_hostile_names_in_maps() -> None:
    from okapi_sdk.results.maps import czml_text, geojson_text, kml_text

    columns = track_columns([(1.0, 2.0), (3.0, 4.0)], HOSTILE)
    columns |= {name: Column("number", [1.0, 2.0]) for name in ("x_km", "y_km", "z_km")}
    root = ElementTree.fromstring(kml_text(columns).encode())
    name = root.findtext(".//{http://www.opengis.net/kml/2.2}name")
    assert name == "<script>alert('x')</script>&\" [31m[red]"
    assert json.loads(geojson_text(columns))["features"][0]["properties"]["satellite"] == name
    assert json.loads(czml_text(columns))[1]["name"] == name


def test_czml(ephemeris: Ephemeris) -> None:
    text = io.StringIO()
    ephemeris.to_czml(text)
    document, packet = json.loads(text.getvalue())
    assert (document["id"], document["version"]) == ("document", "1.0")
    samples = np.array(packet["position"]["cartesian"]).reshape(-1, 4)
    epochs, states = ephemeris.to_numpy()
    np.testing.assert_allclose(samples[:, 1:], states[:, :3] * 1000, rtol=1e-15)
    np.testing.assert_allclose(samples[:, 0], (epochs - epochs[0]) / np.timedelta64(1, "s"), atol=1e-9)
    assert packet["position"]["referenceFrame"] == "INERTIAL"
    assert packet["availability"].startswith(packet["position"]["epoch"] + "/")


def test_a_long_ephemeris_builds_no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2018, 8, 7, tzinfo=UTC)
    states: list[dict[str, Any]] = []
    for index in range(20_000):
        angle = index * 1e-3
        states.append(
            STATE | {"epoch": (start + timedelta(seconds=index)).isoformat(), "x": 7000 * math.cos(angle),
                     "y": 7000 * math.sin(angle), "z": 0.0}
        )  # fmt: skip
    found = Ephemeris.from_answer({"states": states})
    monkeypatch.setattr(State, "model_validate", lambda *_, **__: pytest.fail("a model per row"))
    assert found.to_numpy()[1].shape == (20_000, 6)
    heights = [row["height_km"] for row in found.ground_track().to_dicts()]
    assert max(heights) - min(heights) < 0.1


def test_to_oem_has_the_same_states_under_the_name_of_the_orbit(ephemeris: Ephemeris) -> None:
    created = datetime(2026, 11, 28, tzinfo=UTC)
    message = ephemeris.to_oem(originator="OPERATOR", creation_date=created)
    (segment,) = Oem.parse(message.to_kvn()).segments
    assert (segment.object_name, segment.object_id, segment.ref_frame) == ("ISS (ZARYA)", "25544", "GCRF")
    assert (message.header.originator, message.header.creation_date) == ("OPERATOR", created)
    for state, own in zip(segment.data, ephemeris, strict=True):
        for name in ("epoch", "x", "y", "z", "x_dot", "y_dot", "z_dot"):
            assert getattr(state, name) == getattr(own, name)
    other = ephemeris.to_oem(object_name="STATION", object_id="1998-067A").segments[0]
    assert (other.object_name, other.object_id) == ("STATION", "1998-067A")


def test_to_oem_without_what_it_needs() -> None:
    unknown = Ephemeris.from_answer({"states": [STATE]}).to_oem().segments[0]
    assert (unknown.object_name, unknown.object_id) == ("Unspecified", "Unspecified")
    for states in ([], [{**STATE, "x": None}]):
        with pytest.raises(ResponseFormatError):
            Ephemeris.from_answer({"states": states}).to_oem()
    two = Ephemeris.from_answer({"states": [{**STATE, "satellite": "A"}, {**STATE, "satellite": "B"}]})
    with pytest.raises(InputError, match="the states of one satellite"):
        two.to_oem()
    foreign = Ephemeris.from_answer({"states": [{**STATE, "satellite": "SATÉLLITE"}]})
    assert foreign.to_oem(object_id="25544").segments[0].object_name == "25544"
    assert Oem.parse(foreign.to_oem().to_kvn()).states[0].x == STATE["x"]
