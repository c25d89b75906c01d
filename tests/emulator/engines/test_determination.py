"""Orbit determination: recovery of known orbits, a published pass, an independent solver, and what has no solution."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares
from scipy.stats import chi2, kstest

from okapi_sdk.emulator.engines.determination import Determination, determine, mean_elements_along
from okapi_sdk.emulator.engines.encounter import rtn
from okapi_sdk.emulator.engines.errors import PropagationError, UnusableInputError
from okapi_sdk.emulator.engines.first_orbit import first_orbit
from okapi_sdk.emulator.engines.frames import teme_axes
from okapi_sdk.emulator.engines.initial_orbit import velocity_from_positions
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.kepler import GRAVITY
from okapi_sdk.emulator.engines.least_squares import Linearised, Rules, estimate
from okapi_sdk.emulator.engines.motion import Motion
from okapi_sdk.emulator.engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft
from okapi_sdk.emulator.engines.observations import Observation, Observations
from okapi_sdk.emulator.engines.orbit_models import KeplerOrbit, MeanOrbit, NumericalOrbit, State
from okapi_sdk.emulator.engines.sgp4_motion import MeanElements, Sgp4Motion

from .. import samples, trackings

EPOCH = samples.epoch(samples.ISS).replace(microsecond=0)
# without drag, so that six parameters describe the orbit
ELEMENTS = MeanElements(EPOCH, 0.0, 0.0, 0.0, 0.0005481, 33.3092, 51.6423, 62.9075, 15.53806849, 126.6422, "0")
TRUTH = Sgp4Motion.of_elements(ELEMENTS)
POSITIONS, RADAR, TELESCOPE = "xyz", ("range", "azimuth", "elevation"), ("right_ascension", "declination")
TWO_PASSES = (*range(0, 400, 40), *range(5900, 6300, 40))


def squared_distance(fit: Determination, observations: Observations, truth: Motion) -> float:
    """The squared Mahalanobis distance of the truth at the last observation, from the fit's own covariance."""
    error = trackings.state_at(truth, observations.end) - np.concatenate((fit.positions, fit.velocities))[:, -1]
    axes = np.kron(np.eye(2), rtn(fit.positions[:, -1], fit.velocities[:, -1]))
    return float(axes @ error @ np.linalg.solve(fit.covariances[-1], axes @ error))


def mean_fit(observations: Observations, rules: Rules | None = None) -> Determination:
    orbit = MeanOrbit(first_orbit(observations).mean_elements(observations.end))
    return determine(orbit, observations, rules or Rules())


class Ellipse:
    """Two-body motion from a state of the true orbit."""

    def __init__(self) -> None:
        state = trackings.state_at(TRUTH, EPOCH)
        self.orbit = KeplerOrbit(State(EPOCH, state[:3], state[3:]))

    def gcrf(self, instants: Instants) -> Any:
        path = self.orbit.path(self.orbit.first, instants)
        return path.positions, path.velocities


def test_a_known_orbit_is_recovered_within_its_covariance() -> None:
    truth: Any = Ellipse()
    state = trackings.state_at(truth, EPOCH)
    distances = []
    for seed in range(100):
        observations = trackings.simulated(truth, EPOCH, range(0, 4000, 400), POSITIONS, seed)
        fit = determine(KeplerOrbit(State(EPOCH, state[:3] + 5.0, state[3:] - 0.005)), observations, Rules())
        distances.append(squared_distance(fit, observations, truth))
    # the ellipsoid that holds 99 % of the errors if the covariance is right, and the whole distribution
    assert sum(distance < chi2.ppf(0.99, 6) for distance in distances) >= 95
    assert kstest(distances, chi2(6).cdf).pvalue > 0.01


@pytest.mark.parametrize(("components", "seconds"), [(RADAR, TWO_PASSES), (TELESCOPE, TWO_PASSES)])
def test_other_measurements_recover_it_too(components: Any, seconds: Any) -> None:
    distances = []
    for seed in range(4):
        observations = trackings.simulated(TRUTH, EPOCH, seconds, components, seed)
        distances.append(squared_distance(mean_fit(observations), observations, TRUTH))
    assert max(distances) < chi2.ppf(0.9999, 6)
    assert sum(distances) > chi2.ppf(1e-4, 24)


@pytest.mark.parametrize(("components", "seconds"), [(POSITIONS, range(0, 5400, 300)), (TELESCOPE, TWO_PASSES)])
def test_the_forces_recover_an_orbit_under_these_forces(components: Any, seconds: Any) -> None:
    state = trackings.state_at(TRUTH, EPOCH)
    truth = NumericalMotion(
        InitialState(EPOCH, state[:3], state[3:]), Spacecraft(100.0), Forces(), EPOCH, EPOCH + timedelta(hours=3)
    )
    observations = trackings.simulated(truth, EPOCH, seconds, components, 7)
    start = first_orbit(observations).state(observations.end)
    fit = determine(NumericalOrbit(start, Spacecraft(100.0), Forces()), observations, Rules())
    assert fit.solution.converged
    assert 0.7 < fit.solution.rms < 1.3
    assert squared_distance(fit, observations, truth) < chi2.ppf(0.999, 6)


def test_a_published_pass_gives_the_published_orbit() -> None:
    observations = trackings.geos3_observations()
    start = first_orbit(observations).state(observations.origin)
    fit = determine(NumericalOrbit(start, Spacecraft(100.0), Forces(drag=False)), observations, Rules())
    # The book's frame is that of date, which TEME is within the nutation.
    axes = np.kron(np.eye(2), teme_axes(Instants(observations.origin, np.zeros(1))))
    error = axes @ fit.solution.parameters - trackings.GEOS3_ESTIMATE
    assert np.linalg.norm(error[:3]) < 0.3
    assert np.linalg.norm(error[3:]) < 2e-3
    covariance = axes @ fit.solution.covariance @ axes.T
    assert error @ np.linalg.solve(covariance, error) < chi2.ppf(0.99, 6)
    assert fit.solution.rms < 1


def test_an_independent_solver_finds_the_same_orbit() -> None:
    observations = trackings.geos3_observations()
    state = first_orbit(observations).state(observations.origin)
    fit = determine(KeplerOrbit(state), observations, Rules(tolerance=1e-10))
    ours = fit.orbit.state(fit.solution.parameters)

    def residuals(values: Any) -> Any:
        path = solve_ivp(
            lambda _, y: np.concatenate((y[3:], -GRAVITY * y[:3] / np.linalg.norm(y[:3]) ** 3)),
            (0.0, observations.seconds[-1]), values, "DOP853", observations.seconds, rtol=1e-12, atol=1e-9,
        ).y  # fmt: skip
        return observations.predict(path[:3], path[3:]).residuals / observations.deviations

    start = np.concatenate((state.position, state.velocity))
    theirs = least_squares(residuals, start, x_scale=np.abs(start), xtol=1e-14, ftol=1e-14)
    assert np.abs(ours.position - theirs.x[:3]).max() < 1e-3
    assert np.abs(ours.velocity - theirs.x[3:]).max() < 1e-5
    covariance = np.linalg.inv(theirs.jac.T @ theirs.jac)
    path = fit.orbit.path(fit.solution.parameters, Instants(observations.origin, np.zeros(1)))
    mapped = path.slopes[0] @ fit.solution.covariance @ path.slopes[0].T
    assert np.sqrt(np.diag(mapped)) == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-3)


def test_outliers_are_left_out_and_taken_back() -> None:
    observations = trackings.simulated(TRUTH, EPOCH, range(0, 3600, 120), POSITIONS, 3)
    wrong = (10, 40)
    items = [
        Observation(one.epoch, one.component, one.value + 5.0 * (index in wrong), one.deviation)
        for index, one in enumerate(observations.items)
    ]
    fit = mean_fit(Observations(items), Rules(limit=5.0))
    assert np.flatnonzero(~fit.solution.kept).tolist() == list(wrong)
    assert squared_distance(fit, observations, TRUTH) < chi2.ppf(0.999, 6)


def test_light_time_shifts_the_object_along_its_path() -> None:
    seconds, later = [100.0], trackings.simulated(TRUTH, EPOCH, [100.0], ("range",), None)
    delay = later.values[0] / 299_792.458
    received = trackings.simulated(TRUTH, EPOCH, seconds, ("range",), None, light=-1)
    at_reception = trackings.simulated(TRUTH, EPOCH, [100.0 - delay], ("range",), None)
    # apart from the motion of the station, up to 0.4 km/s
    assert received.values[0] == pytest.approx(at_reception.values[0], abs=0.5 * delay)
    assert abs(received.values[0] - later.values[0]) > 2 * abs(received.values[0] - at_reception.values[0])


@pytest.mark.parametrize("gap", [20.0, 300.0, 900.0])
def test_the_methods_of_gibbs_and_herrick_find_the_velocity(gap: float) -> None:
    ellipse = KeplerOrbit(State(EPOCH, np.array((7000.0, 0.0, 0.0)), np.array((0.5, 6.0, 4.8))))
    seconds = np.array((-gap, 0.0, gap))
    path = ellipse.path(ellipse.first, Instants(EPOCH, seconds))
    found = velocity_from_positions(path.positions.T, seconds)
    assert np.abs(found - path.velocities[:, 1]).max() < 1e-5


def test_mean_elements_follow_an_orbit() -> None:
    end = EPOCH + timedelta(hours=3)
    elements, rms = mean_elements_along(TRUTH, EPOCH, end, end)
    assert rms < 1e-4
    assert elements.mean_motion == pytest.approx(ELEMENTS.mean_motion, abs=1e-6)
    assert elements.inclination == pytest.approx(ELEMENTS.inclination, abs=1e-4)


@pytest.mark.parametrize(
    ("seconds", "components", "reason"),
    [
        ((0, 60), POSITIONS, "No three complete sightings"),
        ((0, 0, 0), POSITIONS, "No three complete sightings"),
        (range(0, 300, 30), ("range",), "No three complete sightings"),
        (range(0, 300, 30), ("azimuth",), "No three complete sightings"),
        (range(0, 3, 1), TELESCOPE, r"plane|too few|first orbit"),
    ],
)
def test_too_little_gives_no_first_orbit(seconds: Any, components: Any, reason: str) -> None:
    with pytest.raises(UnusableInputError, match=reason):
        first_orbit(trackings.simulated(TRUTH, EPOCH, seconds, components, 1))


def test_ranges_of_one_pass_do_not_determine_an_orbit() -> None:
    observations = trackings.simulated(TRUTH, EPOCH, range(0, 200, 20), ("range",), 1)
    orbit = MeanOrbit(ELEMENTS)
    with pytest.raises(UnusableInputError, match=r"do not determine the orbit|diverges"):
        determine(orbit, observations, Rules())


def test_a_singular_normal_matrix_is_named() -> None:
    slopes = np.arange(12.0).reshape(6, 2)
    slopes[:, 1] = 2 * slopes[:, 0]
    with pytest.raises(UnusableInputError, match="the normal matrix is singular"):
        estimate(lambda _: Linearised(np.ones(6), slopes), np.zeros(2), Rules())


def test_an_undamped_fit_that_runs_away_says_so() -> None:
    def model(parameters: Any) -> Linearised:
        x = float(parameters[0])
        if abs(x) > 100:
            raise PropagationError("no orbit")
        return Linearised(np.array((-np.arctan(x), -np.arctan(x))), np.full((2, 1), 1 / (1 + x * x)))

    assert abs(estimate(model, np.array((3.0,)), Rules()).parameters[0]) < 1e-3
    with pytest.raises(UnusableInputError, match="diverges"):
        estimate(model, np.array((3.0,)), Rules(damped=False))
