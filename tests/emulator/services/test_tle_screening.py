"""Screening with filters against a search of every pair at every time, for orbits of all kinds."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from okapi_sdk.emulator.bodies.tle import read_tle
from okapi_sdk.emulator.engines.screening import closest_approaches
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion
from okapi_sdk.emulator.services.tle_screening import ScreenedOrbit, screen

from .. import samples

START = samples.epoch(samples.ISS)


def orbit(number: int, motion: float, eccentricity: float, inclination: float, *angles: float) -> samples.Tle:
    """A TLE of the day of START: revolutions per day, degrees; `angles` are node, argument of perigee, anomaly."""
    node, argument, anomaly = angles
    line1 = f"1 {number:05d}U 98067A   18218.76369510  .00000200  00000-0  20000-4 0  9990"
    line2 = f"2 {number:05d} {inclination:8.4f} {node:8.4f} {int(eccentricity * 1e7):07d} {argument:8.4f} "
    return samples.with_checksums((line1, f"{line2}{anomaly:8.4f} {motion:11.8f}    10"))


def crowd(kind: str, count: int) -> list[samples.Tle]:
    random = np.random.default_rng(7)
    kinds = {
        "low": lambda: (15.0 + random.normal(0, 0.01), 0.002, random.uniform(30, 150)),
        "navigation": lambda: (2.0057 + random.normal(0, 0.0005), 0.002, random.choice((20.0, 55.0, 90.0))),
        "eccentric": lambda: (2.0057 + random.normal(0, 0.001), 0.7, random.uniform(55, 72)),
        "geostationary": lambda: (1.0027 + random.normal(0, 0.002), 0.0003, abs(random.normal(0, 3))),
    }
    turn = 36 if kind in ("eccentric", "geostationary") else 360
    return [orbit(40_000 + index, *kinds[kind](), *random.uniform(0, turn, 3).tolist()) for index in range(count)]


@pytest.mark.parametrize(
    ("kind", "limit", "least"),
    [("low", 200.0, 10), ("navigation", 4000.0, 4), ("eccentric", 2000.0, 4), ("geostationary", 5000.0, 4)],
)
def test_nothing_is_missed(kind: str, limit: float, least: int) -> None:
    own, *others = crowd(kind, 16)
    end = START + timedelta(days=1)
    expected = [
        (int(tle[0][2:7]), one.encounter.miss_distance)
        for tle in others
        for one in closest_approaches(Sgp4Motion(*own), Sgp4Motion(*tle), START, end, limit)
    ]
    found, failed, _ = screen(
        ScreenedOrbit(40_000, Sgp4Motion(*own), START, end), [read_tle("\n".join(tle)) for tle in others], limit
    )
    ours = [(one.norad_id, one.approach.encounter.miss_distance) for one in found]
    assert failed == 0
    assert len(ours) == len(expected) >= least
    for one, other in zip(sorted(ours), sorted(expected), strict=True):
        assert one == (other[0], pytest.approx(other[1], abs=1e-3))


def test_a_short_period_of_slow_orbits_is_searched() -> None:
    """Two crossings of navigation orbits: the periods around them are shorter than a step of the search."""
    own = orbit(1, 2.0057, 0.0, 55.0, 0.0, 0.0, 0.0)
    other = orbit(2, 2.0057, 0.0, 125.0, 0.0, 0.0, 0.0)
    end = START + timedelta(days=1)
    found, _, _ = screen(ScreenedOrbit(1, Sgp4Motion(*own), START, end), [read_tle("\n".join(other))], 60.0)
    expected = list(closest_approaches(Sgp4Motion(*own), Sgp4Motion(*other), START, end, 60.0))
    assert len(found) == len(expected)
    assert len(expected) > 2


def test_an_object_that_decays_within_the_span_fails_alone() -> None:
    """It flies through the Earth at the third of the times at which mean elements are taken, and at no other."""
    start = START.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    falling = orbit(3, 6.0, 0.52, 30.0, 0.0, 0.0, 30.0)
    own = orbit(1, 6.0, 0.01, 30.0, 0.0, 0.0, 30.0)
    twin = orbit(4, 6.0, 0.01, 30.0, 0.0, 0.0, 30.0)
    found, failed, _ = screen(
        ScreenedOrbit(1, Sgp4Motion(*own), start, start + timedelta(hours=10)),
        [read_tle("\n".join(tle)) for tle in (falling, twin)],
        5.0,
    )
    assert ([one.norad_id for one in found], failed) == ([4], 1)
