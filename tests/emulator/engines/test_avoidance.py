"""Maneuvers against a search over all directions and times, and against a propagation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from okapi_sdk.emulator.bodies.cdm import read_cdm
from okapi_sdk.emulator.engines.avoidance import Avoidance, Burn, Spans, Thruster
from okapi_sdk.emulator.engines.avoided_conjunction import FreeFlight
from okapi_sdk.emulator.engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft
from okapi_sdk.emulator.engines.thrust_effect import ThrustEffect
from okapi_sdk.emulator.services.cdm_conjunction import conjunction_of

from ..cdms import plain_cdm

LIMIT = 1e-5
HOURS = 4.0
EARLY, LATE = (-np.inf, -6000.0), (-6000.0, 0.0)
THRUSTER = Thruster(acceleration=1e-6, shortest=0.0, longest=1200.0)
MESSAGE = conjunction_of(read_cdm("cdm.json", plain_cdm(), "cdm"), (5.0, 2.5))
CONJUNCTION, TCA = MESSAGE.geometry, MESSAGE.tca


@cache
def flight() -> FreeFlight:
    state = InitialState(TCA, CONJUNCTION.first.position, CONJUNCTION.first.velocity, np.eye(6))
    motion = NumericalMotion(state, Spacecraft(100.0), Forces(), TCA - timedelta(hours=HOURS), TCA)
    return FreeFlight(CONJUNCTION, TCA, motion, Spacecraft(100.0), Forces())


@cache
def effect() -> ThrustEffect:
    return ThrustEffect(flight().motion, TCA, -HOURS * 3600)


def avoidance(thruster: Thruster = THRUSTER, *spans: tuple[float, float]) -> Avoidance:
    spans = spans or ((120 - HOURS * 3600, 0.0),)
    return Avoidance(CONJUNCTION, effect(), thruster, Spans(spans), flight().motion.period)


def found(problem: Avoidance, times: tuple[float, float], axis: str | None) -> Burn:
    burn = problem.smallest(LIMIT, times, axis)
    assert burn is not None
    return burn


@pytest.mark.parametrize("times", [EARLY, LATE])
@pytest.mark.parametrize("axis", ["transverse", "normal", "radial", None])
def test_the_risk_after_a_maneuver_is_that_of_the_propagated_orbit(
    times: tuple[float, float], axis: str | None
) -> None:
    problem = avoidance()
    burn = found(problem, times, axis)
    assert times[0] <= burn.midpoint < times[1]
    designed = problem.probability(burn)
    assert 0.99 * LIMIT < designed <= LIMIT
    flown = flight().flown(problem, burn)
    assert flown.conjunction.assess("foster-1992").estimate.probability == pytest.approx(designed, rel=0.03)
    assert flown.speed_change == pytest.approx(1e-6 * burn.duration, abs=1e-9)
    assert abs(flown.conjunction.encounter.seconds_to_closest) < 1e-3


@pytest.mark.parametrize("axis", ["transverse", "normal", "radial"])
def test_no_other_time_needs_a_shorter_maneuver(axis: str) -> None:
    problem = avoidance()
    best = found(problem, EARLY, axis)
    for midpoint in np.linspace(-13_000, -6100, 24):
        for sign in (1, -1):
            shorter = replace(best, midpoint=midpoint, direction=sign * best.direction, duration=best.duration * 0.98)
            assert problem.probability(shorter) > LIMIT


def test_no_other_direction_needs_a_shorter_maneuver() -> None:
    problem = avoidance()
    best = found(problem, LATE, None)
    directions = np.random.default_rng(1).standard_normal((300, 3))
    for direction in directions / np.linalg.norm(directions, axis=1)[:, np.newaxis]:
        shorter = replace(best, direction=direction, duration=best.duration * 0.99)
        assert problem.probability(shorter) > LIMIT
    axes = [found(problem, LATE, axis).duration for axis in ("transverse", "normal", "radial")]
    assert best.duration <= min(axes) * 1.001


def test_phases_a_revolution_apart_add_up() -> None:
    single = found(avoidance(), LATE, "normal")
    short = Thruster(THRUSTER.acceleration, 0.0, single.duration / 1.8)
    burn = found(avoidance(short), EARLY, "normal")
    assert burn.phases == 2
    assert burn.duration <= short.longest
    first, second = burn.starts
    assert second - first == pytest.approx(flight().motion.period)
    assert 2 * burn.duration == pytest.approx(single.duration, rel=0.05)


@pytest.mark.parametrize("changes", [{"acceleration": 1e-12}, {"longest": 1e-3}, {"shortest": 2e4}])
def test_too_little_thrust_finds_nothing(changes: dict[str, float]) -> None:
    assert avoidance(replace(THRUSTER, **changes)).smallest(LIMIT, LATE, "transverse") is None


def test_phases_lie_in_the_spans_and_last_for_the_shortest_duration() -> None:
    spans = ((-9000.0, -8600.0), (-3000.0, -2950.0))
    burn = found(avoidance(replace(THRUSTER, shortest=45.0), *spans), LATE, "transverse")
    assert burn.duration >= 45
    assert burn.starts[0] >= -3000
    assert burn.starts[0] + burn.duration <= -2950


def test_errors_of_the_thrust_make_the_covariance_larger() -> None:
    exact, rough = avoidance(), avoidance(replace(THRUSTER, magnitude_error=0.1, pointing_error=0.05))
    burn = found(exact, EARLY, "transverse")
    assert not exact.execution_covariance(burn).any()
    along = rough.change(burn)[:3]
    covariance = rough.execution_covariance(burn)[:3, :3]
    unit = along / np.linalg.norm(along)
    assert unit @ covariance @ unit == pytest.approx((0.1 * np.linalg.norm(along)) ** 2, rel=0.1)
    flown = flight().flown(rough, burn)
    added = flown.conjunction.first.covariance - CONJUNCTION.first.covariance
    assert np.trace(added) == pytest.approx(np.trace(covariance), rel=1e-6)
    assert flown.conjunction.first.state_covariance is not None
