"""Orbit determination: from observations and a first orbit to an orbit and its covariance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from .arrays import Array
from .encounter import rtn
from .errors import UnusableInputError
from .instants import Instants
from .least_squares import Rules, Solution, estimate
from .motion import Motion
from .observations import Observation, Observations
from .orbit_models import MeanOrbit, OrbitModel, State, fitted_to, mean_elements_of
from .sgp4_motion import MeanElements

# The largest deviation of a determined position, as a share of its distance.
_LARGEST_DEVIATION = 0.1
# Mean elements are fitted to this many positions: at first within this share of a revolution from the epoch.
_SAMPLES, _NEAR = 200, 0.5
_SHORTEST_WITH_DRAG = 43_200.0


@dataclass(frozen=True)
class Determination:
    """A determined orbit: the model with the estimated parameters, how well they fit, and the states.

    The states are in GCRF (km, km/s; 3 by n) at the different times of the observations, their covariances along
    R, T, N (n, 6, 6).
    """

    orbit: OrbitModel
    solution: Solution
    positions: Array
    velocities: Array
    covariances: Array


def determine(orbit: OrbitModel, observations: Observations, rules: Rules) -> Determination:
    """Fit an orbit to observations, beginning with its first parameters.

    Raises:
        UnusableInputError: if the observations do not determine the orbit, or the fit diverges.
    """
    solution = estimate(fitted_to(orbit, observations), orbit.first, rules)
    path = orbit.path(solution.parameters, observations.instants)
    covariances = np.einsum("nip,pq,njq->nij", path.slopes, solution.covariance, path.slopes)
    deviation, distance = np.sqrt(np.trace(covariances[-1, :3, :3])), np.linalg.norm(path.positions[:, -1])
    if not deviation < _LARGEST_DEVIATION * distance:
        raise UnusableInputError(
            f"The observations do not determine the orbit: the last position would have a standard deviation of "
            f"{deviation:,.0f} km. Send observations over a longer arc, from more places, or of more kinds."
        )
    for index, state in enumerate(zip(path.positions.T, path.velocities.T, strict=True)):
        axes = np.kron(np.eye(2), rtn(*state))
        covariances[index] = axes @ covariances[index] @ axes.T
    return Determination(orbit, solution, path.positions, path.velocities, covariances)


def mean_elements_along(motion: Motion, start: datetime, end: datetime, epoch: datetime) -> tuple[MeanElements, float]:
    """Fit mean elements of SGP4 to the positions of a motion. Return them and the root mean square distance in km.

    `epoch`: that of the elements, between the two times. B* is estimated if they are at least half a day apart.

    Raises:
        EngineError: if SGP4 cannot follow the motion.
    """
    middle = motion.gcrf(Instants(epoch, np.zeros(1)))
    first = mean_elements_of(State(epoch, middle[0][:, 0], middle[1][:, 0]))
    near = timedelta(seconds=_NEAR * motion.period)
    rms = 0.0
    for begin, until, drag in (
        (max(start, epoch - near), min(end, epoch + near), False),
        (start, end, (end - start).total_seconds() >= _SHORTEST_WITH_DRAG),
    ):
        orbit = MeanOrbit(first, drag=drag)
        solution = estimate(fitted_to(orbit, _sampled(motion, begin, until)), orbit.first, Rules())
        first, rms = orbit.elements(solution.parameters), solution.rms * 3**0.5
    return first, rms


def _sampled(motion: Motion, start: datetime, end: datetime) -> Observations:
    """Return positions of a motion as observations with deviations of 1 km."""
    instants = Instants(start, np.linspace(0.0, (end - start).total_seconds(), _SAMPLES))
    positions, _ = motion.gcrf(instants)
    return Observations(
        [
            Observation(start + timedelta(seconds=second), name, value, 1.0)
            for second, position in zip(instants.seconds.tolist(), positions.T.tolist(), strict=True)
            for name, value in zip("xyz", position, strict=True)
        ]
    )
