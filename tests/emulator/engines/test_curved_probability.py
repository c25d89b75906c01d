"""Probabilities on curved orbits against published Monte Carlo results and, for fast encounters, the plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from okapi_sdk.emulator.engines.conjunction import Conjunction

from ..encounters import PublishedEncounter, cara_encounters

CARA = cara_encounters()
SLOW = [one for one in CARA if not one.is_valid][::2]
FAST = [one for one in CARA if one.is_valid][::6]


@pytest.mark.parametrize("one", SLOW, ids=lambda one: one.name)
def test_it_agrees_with_monte_carlo_where_the_plane_does_not(one: PublishedEncounter) -> None:
    found = one.geometry.assess("hall-2021").estimate
    assert found.probability is not None
    # The smallest probabilities come from few hits.
    tolerance = 0.03 if one.monte_carlo > 1e-6 else 0.15
    assert found.probability == pytest.approx(one.monte_carlo, rel=tolerance)


@pytest.mark.parametrize("method", ["hall-2021", "patera-2003"])
@pytest.mark.parametrize("one", FAST, ids=lambda one: one.name)
def test_it_agrees_with_the_plane_where_that_holds(one: PublishedEncounter, method: str) -> None:
    found, plane = (one.geometry.assess(name).estimate.probability for name in (method, "foster-1992"))
    assert found == pytest.approx(plane, rel=0.02)


def test_patera_is_doubted_where_it_differs() -> None:
    doubted = 0
    for one in SLOW[::4]:
        found, hall = (one.geometry.assess(name).estimate for name in ("patera-2003", "hall-2021"))
        assert found.probability is not None
        assert hall.probability is not None
        far_off = abs(found.probability / hall.probability - 1) > 0.1
        assert found.doubtful is far_off
        doubted += far_off
    assert 0 < doubted < len(SLOW[::4])


def straight(radius_m: float) -> Conjunction:
    """A head-on encounter of two accurate orbits."""
    geometry = FAST[0].geometry
    small = np.diag((1e-2, 2e-2, 1.5e-2, 1e-8, 1e-8, 1e-8)) ** 2
    first, second = (
        replace(one, covariance=small[:3, :3], state_covariance=small, radius_m=radius_m) for one in geometry.objects
    )
    second = replace(second, position=first.position + 0.01 * np.cross(first.velocity, second.velocity) / 60)
    return Conjunction(first, second)


@pytest.mark.parametrize("radius", [0.5, 5.0, 20.0])
def test_small_clouds_give_the_plane_integral(radius: float) -> None:
    geometry = straight(radius)
    plane = geometry.assess("foster-1992").estimate.probability
    for method in ("hall-2021", "patera-2003"):
        assert geometry.assess(method).estimate.probability == pytest.approx(plane, rel=1e-3)


def test_a_state_that_is_not_on_an_ellipse_has_none() -> None:
    geometry = straight(5.0)
    fast = replace(geometry.second, velocity=geometry.second.velocity * 2)
    found = Conjunction(geometry.first, fast).assess("hall-2021").estimate
    assert found.probability is None
    assert found.doubtful
    assert "not on an ellipse" in found.remark
