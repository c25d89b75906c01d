"""Ephemerides: interpolation against SGP4, frames against astropy, and passes over HTTP against those of the TLE."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import GCRS, ITRS, CartesianDifferential, CartesianRepresentation
from astropy.time import Time

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.bodies.oem import read_oem
from okapi_sdk.emulator.bodies.tle import read_tle
from okapi_sdk.emulator.engines.ephemeris import Ephemeris
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.sgp4_motion import Orbit
from okapi_sdk.emulator.protocol.envelopes import NoResultError

from . import bodies
from .conftest import Platform
from .reference import iers

PATH = "predict-passes/oems"
STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
TLES = {**bodies.verification_tles(), "ISS": bodies.ISS}
START = datetime.fromisoformat("2018-08-07T17:30:00Z")
assert not iers.conf.auto_download


def states(tle: bodies.Tle, start: datetime, seconds: Any, frame: str) -> Any:
    """Rows of six: SGP4 in TEME, or turned to GCRF or ITRF by astropy's tables."""
    orbit, at = Orbit(read_tle("\n".join(tle))), Instants(start, np.asarray(seconds, dtype=float))
    if frame == "TEME":
        return np.concatenate(orbit.teme(at)).T
    gcrf = np.concatenate(orbit.gcrf(at)).T
    if frame == "GCRF":
        return gcrf
    time = Time([(start + timedelta(seconds=float(s))).replace(tzinfo=None) for s in at.seconds], scale="utc")
    given = GCRS(
        CartesianRepresentation(gcrf[:, :3].T * u.km, differentials=CartesianDifferential(gcrf[:, 3:].T * u.km / u.s)),
        obstime=time,
    )
    turned = given.transform_to(ITRS(obstime=time)).cartesian
    return np.concatenate((turned.xyz.to_value(u.km), turned.differentials["s"].d_xyz.to_value(u.km / u.s))).T


def oem(
    tle: bodies.Tle = bodies.ISS,
    start: datetime = START,
    hours: float = 7.0,
    step: float = 60.0,
    frame: str = "GCRF",
    segments: int = 1,
) -> dict[str, Any]:
    total = np.arange(0, hours * 3600 + step / 2, step)
    blocks = []
    # The last state of a segment is the first of the next.
    edges = np.linspace(0, total.size - 1, segments + 1).astype(int)
    for first, last in pairwise(edges):
        seconds = total[first : last + 1]
        rows = states(tle, start, seconds, frame).round(9).tolist()
        blocks.append(
            {
                "OBJECT_NAME": "TEST",
                "OBJECT_ID": "25544",
                "CENTER_NAME": "EARTH",
                "REF_FRAME": "ITRF2000" if frame == "ITRF" else frame,
                "TIME_SYSTEM": "UTC",
                "DATA": [
                    {"EPOCH": bodies.iso(start + timedelta(seconds=second)), **dict(zip(STATE, row, strict=True))}
                    for second, row in zip(seconds.tolist(), rows, strict=True)
                ],
            }
        )
    header = {"CCSDS_OEM_VERS": 2.0, "CREATION_DATE": bodies.iso(start), "ORIGINATOR": "TEST"}
    return {"OEM_HEADER": header, "OEM_META_DATA_DATA": blocks}


def kvn(message: dict[str, Any]) -> str:
    lines = [f"{key} = {value}" for key, value in message["OEM_HEADER"].items()]
    for block in message["OEM_META_DATA_DATA"]:
        lines += ["", "META_START", "COMMENT made for a test"]
        lines += [f"{key:<12} = {value}" for key, value in block.items() if key != "DATA"]
        lines += ["META_STOP", ""]
        for row in block["DATA"]:
            lines.append(" ".join([row["EPOCH"].removesuffix("Z"), *(repr(row[name]) for name in STATE)]))
        lines += ["COVARIANCE_START", f"EPOCH = {block['DATA'][0]['EPOCH']}", "1.0", "COVARIANCE_STOP"]
    return "\n".join(lines)


def body(content: object, tag: str = "oem.json", **options: Any) -> dict[str, Any]:
    return {**bodies.passes(**options), "orbit": {"type": tag, "content": content}}


def kepler(seconds: Any, axis: float, eccentricity: float) -> Any:
    """Rows of six of an undisturbed orbit in the plane of x and z: by Newton's method from Kepler's equation."""
    motion = np.sqrt(398_600.4418 / axis**3)
    mean = motion * np.asarray(seconds)
    anomaly = mean.copy()
    for _ in range(50):
        anomaly -= (anomaly - eccentricity * np.sin(anomaly) - mean) / (1 - eccentricity * np.cos(anomaly))
    rate = motion / (1 - eccentricity * np.cos(anomaly))
    narrow = axis * np.sqrt(1 - eccentricity**2)
    zero = np.zeros_like(mean)
    x, z = axis * (np.cos(anomaly) - eccentricity), narrow * np.sin(anomaly)
    return np.array((x, zero, z, -axis * np.sin(anomaly) * rate, zero, narrow * np.cos(anomaly) * rate)).T


@pytest.mark.parametrize(
    ("axis", "eccentricity", "step", "metres"),
    [
        (6800.0, 0.001, 60.0, 1e-5),
        (6800.0, 0.001, 300.0, 0.05),
        (42_164.0, 0.0002, 900.0, 1e-4),
        (26_600.0, 0.7, 60.0, 0.001),
    ],
)
def test_an_undisturbed_orbit_is_met(axis: float, eccentricity: float, step: float, metres: float) -> None:
    message = oem(hours=13, step=step)
    seconds = np.arange(0, 13 * 3600 + step / 2, step)
    for row, state in zip(message["OEM_META_DATA_DATA"][0]["DATA"], kepler(seconds, axis, eccentricity), strict=True):
        row.update(zip(STATE, state.tolist(), strict=True))
    found = Ephemeris(read_oem("oem.json", message, "orbit"))
    between = np.linspace(0, 13 * 3600, 7919)
    positions, velocities = found.gcrf(Instants(START, between))
    expected = kepler(between, axis, eccentricity).T
    # The first and the last interval have their neighbours on one side only, where the error is some ten times larger.
    inner = slice(int(7919 * step / 46_800) + 1, -int(7919 * step / 46_800) - 1)
    assert np.abs(positions - expected[:3])[:, inner].max() * 1000 < metres
    assert np.abs(velocities - expected[3:])[:, inner].max() * 1000 < metres / 10
    assert np.abs(positions - expected[:3]).max() * 1000 < 30 * metres


@pytest.mark.parametrize(
    ("satellite", "step", "metres"),
    [("ISS", 30, 0.3), ("ISS", 60, 0.5), ("ISS", 300, 2.5), ("28626", 600, 15.0), ("08195", 60, 15.0)],
)
@pytest.mark.parametrize("frame", ["GCRF", "TEME", "ITRF"])
def test_between_states_of_sgp4_the_ephemeris_is_near_it(
    satellite: str, step: float, metres: float, frame: str
) -> None:
    # The velocity of SGP4 is not quite the derivative of its position: 2 cm/s off for the ISS, 1 m/s for a Molniya.
    tle = TLES[satellite]
    start = bodies.epoch(tle).replace(microsecond=0)
    found = Ephemeris(read_oem("oem.json", oem(tle, start, 26, step, frame), "orbit"))
    at = Instants(start, np.linspace(0, 26 * 3600, 5000))
    expected = Orbit(read_tle("\n".join(tle))).gcrf(at)
    positions, _ = found.gcrf(at)
    # In ITRF the pole's yearly circle, 0.1 arc seconds, lies between skyfield and astropy.
    pole = 0.0 if frame != "ITRF" else 6e-7 * np.abs(expected[0]).max() * 1000
    assert np.abs(positions - expected[0]).max() * 1000 < metres + pole
    assert found.period == pytest.approx(Orbit(read_tle("\n".join(tle))).period, rel=0.02)


def test_the_earth_fixed_position_is_the_same_from_every_frame() -> None:
    at = Instants(START, np.linspace(0, 3 * 3600, 200))
    expected = Orbit(read_tle("\n".join(bodies.ISS))).earth_fixed(at)
    for frame, metres in (("TEME", 0.5), ("GCRF", 0.5), ("ITRF", 5.0)):
        found = Ephemeris(read_oem("oem.json", oem(hours=3, frame=frame), "orbit")).earth_fixed(at)
        assert np.abs(found - expected).max() * 1000 < metres


def test_segments_follow_one_another() -> None:
    at = Instants(START, np.linspace(0, 7 * 3600, 1000))
    one, three = (Ephemeris(read_oem("oem.json", oem(segments=count), "orbit")) for count in (1, 3))
    assert np.abs(one.gcrf(at)[0] - three.gcrf(at)[0]).max() < 0.001


def test_outside_of_the_states_there_is_nothing() -> None:
    found = Ephemeris(read_oem("oem.json", oem(hours=1), "orbit"))
    with pytest.raises(NoResultError, match=r"no states around 2018-08-07T18:30:00\.002Z"):
        found.gcrf(Instants(START, np.array([0.0, 3600.002])))


@pytest.mark.parametrize("frame", ["GCRF", "TEME"])
@pytest.mark.parametrize("step", [30, 60, 180])
def test_passes_of_an_ephemeris_are_those_of_its_tle(platform: Platform, frame: str, step: int) -> None:
    expected = platform.calculate("predict-passes/sgp4", bodies.passes(step=30), "simple")["passes"]
    answer = platform.calculate(PATH, body(oem(frame=frame, step=step), step=30), "simple")
    assert answer["status"]["type"] == "NONE"
    assert "Hermite interpolation" in answer["status"]["text"]
    assert len(answer["passes"]) == len(expected) == 2
    for ours, theirs in zip(answer["passes"], expected, strict=True):
        for name in ("aos", "los"):
            late = datetime.fromisoformat(ours[name]) - datetime.fromisoformat(theirs[name])
            assert abs(late.total_seconds()) <= 0.002
        for name, limit in (("max_elevation", 1e-4), ("aos_azimuth", 1e-4), ("los_azimuth", 1e-4), ("min_range", 1e-3)):
            assert ours[name] == pytest.approx(theirs[name], abs=limit)
        for here, there in zip(ours["track"][:-1], theirs["track"][:-1], strict=True):
            assert here["elevation"] == pytest.approx(there["elevation"], abs=1e-3)


def test_passes_of_an_ephemeris_in_itrf_are_within_the_poles_circle(platform: Platform) -> None:
    expected = platform.calculate("predict-passes/sgp4", bodies.passes(), "summary")["passes"]
    found = platform.calculate(PATH, body(oem(frame="ITRF")), "summary")["passes"]
    for ours, theirs in zip(found, expected, strict=True):
        late = datetime.fromisoformat(ours["aos"]) - datetime.fromisoformat(theirs["aos"])
        assert abs(late.total_seconds()) < 0.02
        assert ours["max_elevation"] == pytest.approx(theirs["max_elevation"], abs=0.002)


def test_kvn_is_the_same_ephemeris(platform: Platform) -> None:
    message = oem(segments=2)
    expected, found = (
        platform.calculate(PATH, body(content, tag), "simple")["passes"]
        for content, tag in ((message, "oem.json"), (kvn(message), "oem.kvn"))
    )
    assert found == expected


def test_the_emulators_own_ephemeris_can_be_sent_back(emulator: Emulator, platform: Platform) -> None:
    emulator.seed_fleet()
    stored = platform.http.get("/oems").json()["elements"][0]
    text = platform.http.get("/oems?format=kvn").json()["elements"][0]
    first, last = (stored["OEM_META_DATA_DATA"][0]["DATA"][index]["EPOCH"] for index in (0, -1))
    for content, tag in ((stored, "oem.json"), (text, "oem.kvn")):
        answer = platform.calculate(PATH, body(content, tag, start=first, end=last), "summary")
        assert len(answer["passes"]) == 2


def changed(change: Any) -> dict[str, Any]:
    message = oem(hours=7, step=600)
    change(message, message["OEM_META_DATA_DATA"][0], message["OEM_META_DATA_DATA"][0]["DATA"])
    return message


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([], "orbit.content must be an OEM as a JSON object"),
        ({}, "orbit.content.OEM_META_DATA_DATA must be a list of segments"),
        (changed(lambda m, s, d: m.update(OEM_META_DATA_DATA=[])), "must be a list of segments"),
        (changed(lambda m, s, d: m.update(OEM_META_DATA_DATA=[1])), "OEM_META_DATA_DATA[0] must be a JSON object"),
        (changed(lambda m, s, d: s.pop("REF_FRAME")), "OEM_META_DATA_DATA[0].REF_FRAME is missing"),
        (changed(lambda m, s, d: s.update(REF_FRAME="MOON_ME")), "REF_FRAME must be GCRF, ICRF, EME2000"),
        (changed(lambda m, s, d: s.update(TIME_SYSTEM="GPS")), "TIME_SYSTEM must be UTC"),
        (changed(lambda m, s, d: s.update(CENTER_NAME="MOON")), "CENTER_NAME must be EARTH"),
        (changed(lambda m, s, d: d.clear()), "DATA must be a list of states"),
        (changed(lambda m, s, d: d.insert(0, 1)), "DATA[0] must be a JSON object"),
        (changed(lambda m, s, d: d[2].update(EPOCH="later")), "DATA[2].EPOCH must be a UTC time"),
        (changed(lambda m, s, d: d.reverse()), "DATA[1].EPOCH is not after the epoch before it"),
        (changed(lambda m, s, d: d[3].update(X="1.0")), "DATA[3].X must be a number"),
        (changed(lambda m, s, d: d[3].pop("Z_DOT")), "DATA[3].Z_DOT must be a number"),
        (changed(lambda m, s, d: d[3].update(X=6.8e9)), "DATA[3].X is 6.8e+09, too much for an orbit"),
        (changed(lambda m, s, d: m["OEM_META_DATA_DATA"].append(s)), "[1] begins before the segment before it ends"),
        (changed(lambda m, s, d: d.pop()), "time_window.content is not covered by the orbit: the ephemeris reaches"),
        (
            changed(
                lambda m, s, d: (m["OEM_META_DATA_DATA"].append({**s, "DATA": d[20:]}), d.__delitem__(slice(10, None)))
            ),
            "the ephemeris has no states between 2018-08-07T19:00:00",
        ),
    ],
)
def test_a_faulty_ephemeris_is_refused_by_field(platform: Platform, content: object, text: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=body(content, end="2018-08-08T00:25:00Z"))
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (1, "must be the text of an OEM in KVN"),
        ("", "must be an OEM in KVN, which begins with CCSDS_OEM_VERS"),
        ("<oem/>", "line 1, has no place in the header"),
        ("CCSDS_OEM_VERS = 2.0", "must be a list of segments"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nnothing", "line 3, has no place in the metadata"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nMETA_STOP\n2018-08-07T18:00:00 1 2 3", "line 4, must have an epoch and 6"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nMETA_STOP\nnow 1 2 3 4 5 6", "line 4, must begin with a UTC time"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nMETA_STOP\n2018-08-07T18:00:00 1 2 3 4 5 x", "line 4, must have numbers"),
    ],
)
def test_faulty_kvn_is_refused_by_line(platform: Platform, text: object, problem: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=body(text, "oem.kvn"))
    assert answer.status_code == 422
    assert problem in answer.json()["status"]["text"]


def test_other_orbits_are_refused(platform: Platform) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=bodies.passes())
    assert answer.status_code == 422
    assert "orbit.type must be 'oem.json' or 'oem.kvn'" in answer.json()["status"]["text"]
