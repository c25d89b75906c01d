"""The maneuver that was executed, from the orbit after it: Gauss-Newton on the acceleration.

All phases of a plan are taken to differ from it by the same acceleration along R, T, N. Its effect on the later state
is linear; see `thrust_effect`. The planned orbit is propagated anew with the acceleration that was found, until it no
longer changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from .arrays import Array
from .errors import UnusableInputError
from .numerical import NumericalMotion, Thrust
from .thrust_effect import ThrustEffect

_MOST_ROUNDS = 10


@dataclass(frozen=True)
class Execution:
    """The phases of thrust that explain an orbit, and the difference that they leave.

    `acceleration` is the mean acceleration of the phases beyond the plan along R, T, N in km/s², and `deviations` are
    its standard deviations, if covariances are known. `before` and `after` are the differences of the observed state
    from the planned one and from the explained one (km and km/s in GCRF).
    """

    thrusts: tuple[Thrust, ...]
    acceleration: Array
    deviations: Array | None
    before: Array
    after: Array


def executed_maneuver(
    plan: Sequence[Thrust],
    observed: Array,
    epoch: datetime,
    state_with: Callable[[Sequence[Thrust]], Array],
    backward: NumericalMotion,
    covariance: Array | None,
) -> Execution:
    """Return the thrust that leads from the planned orbit to the observed state at `epoch`.

    `state_with` returns the state at the epoch after some phases of thrust; `backward` is the motion that leads to the
    observed state, with transition matrices; `covariance` is that of the difference of both states, in GCRF.

    Raises:
        UnusableInputError: if the state does not determine the thrust.
    """
    begin = min((thrust.start - epoch).total_seconds() for thrust in plan)
    effect = ThrustEffect(backward, epoch, begin)
    starts = np.array([(thrust.start - epoch).total_seconds() for thrust in plan])
    ends = starts + np.array([thrust.duration for thrust in plan])
    matrix = effect.between(starts, ends).sum(axis=0)
    weight = _weight(covariance, backward.period)
    scaled = weight @ matrix
    if not np.linalg.cond(scaled) < 1e8:
        raise UnusableInputError("The orbit does not determine the thrust along all of R, T, N.")
    extra, thrusts = np.zeros(3), tuple(plan)
    before = difference = observed - state_with(plan)
    for _ in range(_MOST_ROUNDS):
        step = np.linalg.lstsq(scaled, weight @ difference, rcond=None)[0]
        extra = extra + step
        thrusts = tuple(_changed(thrust, extra) for thrust in plan)
        difference = observed - state_with(thrusts)
        if np.linalg.norm(step) <= 1e-6 * np.linalg.norm(extra) or np.linalg.norm(step) < 1e-15:
            break
    deviations = None if covariance is None else np.sqrt(np.diag(np.linalg.inv(scaled.T @ scaled)))
    return Execution(thrusts, extra, deviations, before, difference)


def _weight(covariance: Array | None, period: float) -> Array:
    """Return a matrix that makes differences comparable: their deviations are one, or velocities become lengths."""
    if covariance is None:
        return np.diag([1.0] * 3 + [period / (2 * math.pi)] * 3)
    variances = np.linalg.eigvalsh(covariance)
    if not variances[0] > variances[-1] * 1e-18 > 0:
        raise UnusableInputError("The covariance of the orbits is not positive definite.")
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance)), dtype=np.float64)


def _changed(thrust: Thrust, extra: Array) -> Thrust:
    radial, transverse, normal = (np.array(thrust.acceleration) + extra).tolist()
    return replace(thrust, acceleration=(radial, transverse, normal))
