"""geo-slot-analysis: longitudes against astropy, drifts against published figures, and the report."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import GCRS, ITRS, TEME, CartesianRepresentation
from astropy.time import Time, TimeDelta
from astropy.utils import iers
from sgp4.api import Satrec

from okapi_sdk import AnalyzeGeoSlot, OkapiClient
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft
from okapi_sdk.emulator.engines.slot import SIDEREAL_DAY, track
from okapi_sdk.testing import InstantClock

from .. import samples
from ..conftest import Platform

iers.conf.auto_download = False
iers.conf.auto_max_age = None

NOW = datetime(2026, 11, 28, 6, tzinfo=UTC)
PATH = "geo-slot-analysis"
GEOSTATIONARY = 42_164.17
GRAVITY = 398_600.4415


@pytest.fixture(scope="module")
def fleet() -> Iterator[Emulator]:
    with Emulator(fleet=True, clock=InstantClock(NOW)) as emulator:
        yield emulator


def ring_state(longitude: float, radius: float = GEOSTATIONARY) -> np.ndarray[Any, Any]:
    """The state in GCRF of a circular orbit above the equator."""
    place = CartesianRepresentation(
        *(radius * np.array((math.cos(math.radians(longitude)), math.sin(math.radians(longitude)), 0.0))), unit=u.km
    )
    time = Time(NOW.replace(tzinfo=None), scale="utc")
    position = ITRS(place, obstime=time).transform_to(GCRS(obstime=time)).cartesian.xyz.to_value(u.km)
    pole = ITRS(CartesianRepresentation(0, 0, 1, unit=u.km), obstime=time).transform_to(GCRS(obstime=time))
    axis = pole.cartesian.xyz.to_value(u.km)
    axis = axis / np.linalg.norm(axis)
    direction = np.cross(axis, position / radius)
    return np.concatenate((position, math.sqrt(GRAVITY / radius) * direction / np.linalg.norm(direction)))


def state_body(state: np.ndarray[Any, Any]) -> dict[str, Any]:
    names = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
    content = dict(zip(names, state.tolist(), strict=True)) | {"epoch": "2026-11-28T06:00:00.000Z"}
    return {"type": "state.json", "content": {**content, "mass": 2000.0, "area": 20.0}}


def test_a_stored_satellite_is_found_where_astropy_sees_it(fleet: Emulator) -> None:
    with Platform(fleet) as platform:
        tles = platform.http.get("/tles?limit=100").json()["elements"]
        (tle, *_) = [one for one in tles if float(one["MEAN_MOTION"]) < 2]
        satellite = Satrec.twoline2rv(tle["TLE_LINE1"], tle["TLE_LINE2"])
        times = Time(NOW.replace(tzinfo=None), scale="utc") + TimeDelta(np.arange(0, 7 * 86_400 + 1, 600), format="sec")
        _, positions, _ = satellite.sgp4_array(times.jd1, times.jd2)
        places = TEME(CartesianRepresentation(positions.T, unit=u.km), obstime=times).transform_to(ITRS(obstime=times))
        x, y, z = places.cartesian.xyz.to_value(u.km)
        longitudes = np.degrees(np.unwrap(np.arctan2(y, x)))
        middle = float(longitudes.mean())
        latitudes = np.degrees(np.arcsin(z / np.linalg.norm((x, y, z), axis=0)))
        answer = platform.calculate(PATH, {"longitude": (middle + 180) % 360 - 180, "half_width": 0.5}, "simple")
        assert "1 of 20 stored objects" in answer["status"]["text"]
        (row,) = answer["objects"]
        assert (row["norad_id"], row["origin"]) == (int(tle["NORAD_CAT_ID"]), "stored")
        shift = middle - ((middle + 180) % 360 - 180)
        assert row["longitude_min"] + shift == pytest.approx(longitudes.min(), abs=1e-3)
        assert row["longitude_max"] + shift == pytest.approx(longitudes.max(), abs=1e-3)
        assert row["latitude_min"] == pytest.approx(latitudes.min(), abs=1e-3)
        assert row["latitude_max"] == pytest.approx(latitudes.max(), abs=1e-3)
        inside = np.abs(longitudes - middle) <= 0.5
        assert row["share_inside"] == pytest.approx(inside.mean(), abs=0.01)
        elsewhere = platform.calculate(PATH, {"longitude": (middle + 90) % 360}, "simple")
        assert elsewhere["objects"] == []
        assert "No object." in elsewhere["html_report"]


def test_an_orbit_that_is_too_high_drifts_west_and_leaves_the_slot(platform: Platform) -> None:
    state = ring_state(75.1, GEOSTATIONARY + 10)
    answer = platform.calculate(PATH, {"longitude": 75.1, "half_width": 0.1, "orbit": state_body(state)}, "simple")
    (row,) = answer["objects"]
    # The orbit is that much larger than one without the oblateness, the Sun and the Moon, which add 1 to 2 km.
    assert row["drift_per_day"] == pytest.approx(-0.0128 * 10, abs=0.03)
    assert row["longitude_max"] < 75.3
    assert row["first_exit"] is not None
    assert 0 < row["share_inside"] < 1
    assert "brahe" in answer["status"]["text"]


def test_the_ellipse_of_the_equator_accelerates_as_published() -> None:
    """E. M. Soop, "Handbook of Geostationary Orbits", Kluwer 1994: 18 n² J22 (R/a)² sin 2 (75.07° - longitude).

    J22 is 1.8155e-6, so the largest acceleration is 0.0017 degrees/day².
    """
    state = ring_state(110.0)
    forces = Forces(2, drag=False, sun=False, moon=False, radiation_pressure=False, solid_tides=False)
    days = (0, 8)
    end = NOW + timedelta(days=days[1] + 3)
    motion = NumericalMotion(InitialState(NOW, state[:3], state[3:]), Spacecraft(), forces, NOW, end)
    seconds = np.arange(0, 3 * SIDEREAL_DAY, 1200.0)
    drifts = [
        track(motion.earth_fixed(Instants(NOW + timedelta(days=day), seconds)), seconds, 110.0).drift for day in days
    ]
    assert drifts[0] is not None
    assert drifts[1] is not None
    rate = 360 / (SIDEREAL_DAY / 86_400)
    largest = 18 * math.radians(rate) ** 2 * 1.8155e-6 * (6378.137 / GEOSTATIONARY) ** 2
    expected = math.degrees(largest) * math.sin(2 * math.radians(75.07 - 110.0))
    assert (drifts[1] - drifts[0]) / (days[1] - days[0]) == pytest.approx(expected, rel=0.02)


def test_the_sdk_shows_the_report(fleet: Emulator) -> None:
    orbit = state_body(ring_state(19.2))
    with OkapiClient.emulated(fleet) as client:
        result = client.run(AnalyzeGeoSlot(body={"longitude": 19.2, "orbit": orbit}))
    assert result.html_report is not None
    assert result.html_report.startswith("<!DOCTYPE html>")
    assert "<polyline" in result.html_report
    assert "Slot at 19.2° E" in result.html_report


def test_names_in_the_report_are_text(platform: Platform) -> None:
    state = ring_state(19.2)
    data = dict(zip(("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"), state.tolist(), strict=True))
    opm = {
        "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0},
        "OPM_META_DATA": {"OBJECT_NAME": "<script>alert(1)</script>", "OBJECT_ID": "7"},
        "OPM_DATA": {"EPOCH": "2026-11-28T06:00:00Z", **data, "MASS": 2000.0, "DRAG_AREA": 20.0},
    }
    window = {"type": "tw.json", "content": {"start": "2026-11-28T06:00:00Z", "end": "2026-11-28T12:00:00Z"}}
    body = {"longitude": 19.2, "orbit": {"type": "opm.json", "content": opm}, "time_window": window}
    answer = platform.calculate(PATH, body, "simple")
    assert "<script" not in answer["html_report"]
    assert "&lt;script&gt;" in answer["html_report"]
    (row,) = answer["objects"]
    assert (row["norad_id"], row["drift_per_day"], row["first_exit"], row["share_inside"]) == (7, None, None, 1.0)


def test_a_low_orbit_has_no_slot(platform: Platform) -> None:
    body = {"longitude": 19.2, "orbit": {"type": "tle.txt", "content": "\n".join(samples.ISS)}}
    status = platform.calculate(PATH, body, "simple")["status"]
    assert (status["type"], status["input_problem"]) == ("FATAL", True)
    assert "sidereal days for a revolution" in status["text"]


@pytest.mark.parametrize(
    ("request_body", "text"),
    [
        ({"longitude": 400.0}, "longitude must be from -180 to 360"),
        ({"longitude": 19.2, "half_width": 0.0}, "half_width must be from"),
        ({"longitude": 19.2, "slot": 1}, "slot is not a field"),
        ({"longitude": 19.2, "orbit": {"type": "tdm.txt", "content": ""}}, "orbit.type must be"),
    ],
)
def test_other_bodies_are_refused(platform: Platform, request_body: dict[str, Any], text: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=request_body)
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]
