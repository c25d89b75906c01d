"""The covariance of an orbit between two times at which it is known.

Both covariances are moved to the time along R, T, N with the state transition matrices of two-body motion. Their mean
has the smoothstep of the time's place between them as its weight, so it is positive definite if both are. The method is
that of S. Tanygin, "Efficient Covariance Interpolation Using Blending of Approximate State Error Transitions"; the
documentation of Orekit's `StateCovarianceBlender` states errors below 0.25 % in the standard deviations of the position
over 40 minutes, even for a poorly tracked low orbit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from .arrays import Array
from .encounter import both_axes
from .instants import Instants
from .numerical import InitialState
from .orbit_models import KeplerOrbit, State

LONGEST_GAP = timedelta(minutes=40)
"""The longest time between two covariances for which the accuracy of the method is published."""


def blended(before: InitialState, after: InitialState, moment: datetime) -> Array:
    """Return the covariance at a time between two states with covariances: along R, T, N, 6 by 6, km and km/s.

    Raises:
        UnusableInputError: if a state is not on an ellipse.
    """
    first, second = (_moved(state, moment) for state in (before, after))
    if before.epoch == after.epoch:
        return first
    share = (moment - before.epoch) / (after.epoch - before.epoch)
    weight = share * share * (3 - 2 * share)
    covariance: Array = (1 - weight) * first + weight * second
    return covariance


def _moved(state: InitialState, moment: datetime) -> Array:
    """Return the covariance of a state along R, T, N at another time, by two-body motion."""
    orbit = KeplerOrbit(State(state.epoch, state.position, state.velocity))
    path = orbit.path(orbit.first, Instants(state.epoch, np.array((0.0, (moment - state.epoch).total_seconds()))))
    transition = path.slopes[1] @ np.linalg.inv(path.slopes[0])
    turned = both_axes(path.positions[:, 1], path.velocities[:, 1]) @ transition
    covariance: Array = turned @ state.covariance @ turned.T
    return (covariance + covariance.T) / 2
