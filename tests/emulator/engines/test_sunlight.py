"""The Sun and the shadow of the Earth, against brahe."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from astropy.coordinates import get_sun
from astropy.time import Time, TimeDelta

from okapi_sdk.emulator.engines.brahe_library import brahe
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.sunlight import is_sunlit, sun_positions

DAYS = Instants(datetime(2024, 1, 1, tzinfo=UTC), np.arange(0, 3 * 366) * 86_400.0)


def test_the_sun_is_where_astropy_sees_it() -> None:
    times = Time(DAYS.origin.replace(tzinfo=None), scale="utc") + TimeDelta(DAYS.seconds[::50], format="sec")
    expected = get_sun(times).cartesian.xyz.to_value("km")
    found = sun_positions(Instants(DAYS.origin, DAYS.seconds[::50]))
    ranges, distances = np.linalg.norm(expected, axis=0), np.linalg.norm(found, axis=0)
    assert distances == pytest.approx(ranges, rel=0.002)
    assert np.degrees(np.linalg.norm(found / distances - expected / ranges, axis=0)).max() < 0.02


def test_sunlight_is_that_of_brahe() -> None:
    library = brahe()
    instants = Instants(DAYS.origin, np.linspace(0, 86_400 * 20, 4000))
    angles = np.linspace(0, 2 * np.pi * 300, 4000)
    positions = 7000.0 * np.array((np.cos(angles), np.sin(angles) * 0.8, np.sin(angles) * 0.6))
    suns = sun_positions(instants)
    lit = is_sunlit(positions, instants)
    expected = [
        library.eclipse_conical(position * 1e3, sun * 1e3) for position, sun in zip(positions.T, suns.T, strict=True)
    ]
    assert 0.5 < lit.mean() < 0.9
    assert (lit == (np.array(expected) >= 1.0)).mean() == pytest.approx(1.0, abs=0.003)
