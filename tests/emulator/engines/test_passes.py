"""Passes of a made-up motion, whose rise and set follow from geometry."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from okapi_sdk.emulator.engines.arrays import Array
from okapi_sdk.emulator.engines.errors import PropagationError
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.local_sky import LocalSky
from okapi_sdk.emulator.engines.passes import find_passes

ORIGIN = datetime(2024, 1, 1, tzinfo=UTC)
EARTH_RADIUS = 6378.137


class EquatorialCircle:
    """A circle above the equator of an Earth that stands still, over longitude 0 at the origin."""

    method = "by hand"

    def __init__(self, radius: float, period: float, ends: float = math.inf) -> None:
        self.radius = radius
        self.period = period
        self.ends = ends

    def earth_fixed(self, instants: Instants) -> Array:
        if (instants.seconds > self.ends).any():
            raise PropagationError("it has decayed")
        angle = 2 * math.pi * instants.seconds / self.period
        return self.radius * np.array((np.cos(angle), np.sin(angle), np.zeros_like(angle)))

    def gcrf(self, instants: Instants) -> tuple[Array, Array]:
        raise NotImplementedError


def sky(motion: EquatorialCircle, latitude: float = 0.0, longitude: float = 0.0) -> LocalSky:
    return LocalSky(motion, ORIGIN, latitude=latitude, longitude=longitude, altitude=0.0)


def test_a_pass_over_the_zenith() -> None:
    motion = EquatorialCircle(7000.0, 6000.0)
    half = math.acos(EARTH_RADIUS / 7000.0) / (2 * math.pi) * 6000
    (one,) = find_passes(sky(motion), -3000.0, 3000.0)
    assert (one.start, one.end) == pytest.approx((-half, half), abs=1e-4)
    assert (one.rises, one.sets) == (True, True)
    assert one.culmination == pytest.approx(0.0, abs=0.01)
    assert one.max_elevation == pytest.approx(90.0, abs=1e-3)
    assert (one.start_azimuth, one.end_azimuth) == pytest.approx((270.0, 90.0), abs=1e-6)
    assert one.min_range == pytest.approx(7000.0 - EARTH_RADIUS, abs=1e-6)


def test_every_revolution_has_its_pass_and_the_window_cuts_the_ends() -> None:
    passes = find_passes(sky(EquatorialCircle(7000.0, 6000.0)), 0.0, 12_000.0)
    assert [(one.rises, one.sets) for one in passes] == [(False, True), (True, True), (True, False)]
    assert (passes[0].start, passes[-1].end) == (0.0, 12_000.0)
    assert [one.culmination for one in passes] == pytest.approx([0.0, 6000.0, 12_000.0], abs=0.01)


def test_a_place_from_which_it_cannot_be_seen() -> None:
    assert find_passes(sky(EquatorialCircle(7000.0, 6000.0), latitude=60.0), 0.0, 12_000.0) == []


def test_the_failure_of_a_motion_is_not_hidden() -> None:
    with pytest.raises(PropagationError, match="decayed"):
        find_passes(sky(EquatorialCircle(7000.0, 6000.0, ends=5000.0)), 0.0, 6000.0)
