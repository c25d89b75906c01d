"""Interpolation of an ephemeris against Kepler's equation and against SGP4."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from okapi_sdk.emulator.engines.ephemeris import EphemerisMotion, StateTable
from okapi_sdk.emulator.engines.errors import UnusableInputError
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion

from .. import samples
from ..oems import START, states

TLES = {**samples.verification_tles(), "ISS": samples.ISS}


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


def table(start: datetime, seconds: Any, rows: Any, frame: str = "GCRF") -> StateTable:
    return StateTable(frame, [start + timedelta(seconds=float(second)) for second in seconds], rows)


def ephemeris(
    tle: samples.Tle = samples.ISS,
    start: datetime = START,
    hours: float = 7.0,
    step: float = 60.0,
    frame: str = "GCRF",
    tables: int = 1,
) -> EphemerisMotion:
    """SGP4 states. The last state of a table is the first of the next."""
    seconds = np.arange(0, hours * 3600 + step / 2, step)
    edges = np.linspace(0, seconds.size - 1, tables + 1).astype(int)
    parts = [seconds[first : last + 1] for first, last in pairwise(edges)]
    return EphemerisMotion([table(start, part, states(tle, start, part, frame), frame) for part in parts])


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
    seconds = np.arange(0, 13 * 3600 + step / 2, step)
    found = EphemerisMotion([table(START, seconds, kepler(seconds, axis, eccentricity))])
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
    start = samples.epoch(tle).replace(microsecond=0)
    found = ephemeris(tle, start, 26, step, frame)
    at = Instants(start, np.linspace(0, 26 * 3600, 5000))
    expected = Sgp4Motion(*tle).gcrf(at)
    positions, _ = found.gcrf(at)
    # In ITRF the pole's yearly circle, 0.1 arc seconds, lies between skyfield and astropy.
    pole = 0.0 if frame != "ITRF" else 6e-7 * np.abs(expected[0]).max() * 1000
    assert np.abs(positions - expected[0]).max() * 1000 < metres + pole
    assert found.period == pytest.approx(Sgp4Motion(*tle).period, rel=0.02)


def test_the_earth_fixed_position_is_the_same_from_every_frame() -> None:
    at = Instants(START, np.linspace(0, 3 * 3600, 200))
    expected = Sgp4Motion(*samples.ISS).earth_fixed(at)
    for frame, metres in (("TEME", 0.5), ("GCRF", 0.5), ("ITRF", 5.0)):
        found = ephemeris(hours=3, frame=frame).earth_fixed(at)
        assert np.abs(found - expected).max() * 1000 < metres


def test_segments_follow_one_another() -> None:
    at = Instants(START, np.linspace(0, 7 * 3600, 1000))
    one, three = (ephemeris(tables=count) for count in (1, 3))
    assert np.abs(one.gcrf(at)[0] - three.gcrf(at)[0]).max() < 0.001


def test_outside_of_the_states_there_is_nothing() -> None:
    found = ephemeris(hours=1)
    with pytest.raises(UnusableInputError, match=r"no states around 2018-08-07T18:30:00\.002Z"):
        found.gcrf(Instants(START, np.array([0.0, 3600.002])))


@pytest.mark.parametrize(
    ("axis", "eccentricity", "step"),
    [(6800.0, 0.001, 900.0), (6800.0, 0.001, 2400.0), (26_600.0, 0.7, 1800.0), (42_164.0, 0.0002, 14_400.0)],
)
def test_the_error_of_the_interpolation_is_foretold(axis: float, eccentricity: float, step: float) -> None:
    seconds = np.arange(0, 12 * 3600 + step / 2, step)
    coarse = EphemerisMotion([table(START, seconds, kepler(seconds, axis, eccentricity))])
    between = np.arange(0, seconds[-1], step / 8)
    right = kepler(between, axis, eccentricity).T[:3]
    actual = np.linalg.norm(coarse.gcrf(Instants(START, between))[0] - right, axis=0).max()
    (doubt,) = coarse.doubts(START, START + timedelta(seconds=float(seconds[-1])))
    assert f"over a step of {step:g} s" in doubt
    foretold = float(doubt.split("off by about ")[1].split(" km")[0].replace(",", ""))
    assert foretold == pytest.approx(actual, rel=0.3)


@pytest.mark.parametrize(("tle", "step"), [("ISS", 60), ("ISS", 300), ("ISS", 600), ("28626", 3600), ("08195", 60)])
@pytest.mark.parametrize("frame", ["GCRF", "TEME", "ITRF"])
def test_a_sound_step_is_not_doubted(tle: str, step: float, frame: str) -> None:
    # A minute or ten in a low orbit, an hour in a geosynchronous one, a minute in a Molniya orbit.
    start = samples.epoch(TLES[tle]).replace(microsecond=0)
    assert ephemeris(TLES[tle], start, 24, step, frame).doubts(start, start + timedelta(hours=24)) == []


@pytest.mark.parametrize(("tle", "step"), [("ISS", 2400), ("ISS", 3600), ("ISS", 5561), ("08195", 3600)])
@pytest.mark.parametrize("frame", ["GCRF", "ITRF"])
def test_a_coarse_step_is_doubted(tle: str, step: float, frame: str) -> None:
    start = samples.epoch(TLES[tle]).replace(microsecond=0)
    (doubt,) = ephemeris(TLES[tle], start, 24, step, frame).doubts(start, start + timedelta(hours=12))
    assert "too far apart to be interpolated" in doubt


def test_only_the_steps_of_the_span_are_judged() -> None:
    seconds = np.concatenate((np.arange(0, 7200, 60.0), np.arange(7200, 20_000, 2400.0)))
    found = EphemerisMotion([table(START, seconds, kepler(seconds, 6800.0, 0.001))])
    assert found.doubts(START, START + timedelta(seconds=7000)) == []
    assert found.doubts(START, START + timedelta(seconds=7300)) != []


def test_two_states_far_apart_are_doubted() -> None:
    seconds = np.array((0.0, 600.0))
    found = EphemerisMotion([table(START, seconds, kepler(seconds, 6800.0, 0.001))])
    assert found.doubts(START, START + timedelta(seconds=600)) != []


def test_states_that_are_no_orbit_are_not_judged() -> None:
    rows = np.array(
        ((7000.0, 0.0, 0.0, 0.0, 90.0, 0.0), (0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))
    )
    found = EphemerisMotion([table(START, np.array((0.0, 600.0, 1200.0)), rows)])
    assert found.doubts(START, START + timedelta(seconds=1200)) == []
