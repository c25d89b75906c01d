"""The effect of thrust on a later state, to first order.

The state transition matrix of the full force model takes a change of the velocity to the later state. Thrust of some
duration is the integral of its effect over time. For a circular orbit around a sphere, this is the solution of W. H.
Clohessy and R. S. Wiltshire, "Terminal Guidance System for Satellite Rendezvous", Journal of the Aerospace Sciences
27 (9), 1960.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from .arrays import Array
from .encounter import rtn
from .instants import Instants
from .numerical import NumericalMotion

# Each step of a motion, a few degrees of its orbit, is divided into this number of parts.
_PARTS = 4


class ThrustEffect:
    """The change of the state at the epoch of a motion by thrust before it. Times are in seconds after the epoch.

    `motion` must have been propagated backward, with a covariance. `nodes` are the times of its steps.
    """

    def __init__(self, motion: NumericalMotion, epoch: datetime) -> None:
        self.nodes: Array
        self.nodes, transitions = motion.transitions
        positions, velocities = motion.gcrf(Instants(epoch, self.nodes))
        axes = np.array([rtn(*state) for state in zip(positions.T, velocities.T, strict=True)])
        rates = np.linalg.inv(transitions)[:, :, 3:] @ np.swapaxes(axes, 1, 2)
        self._seconds, self._rates = _denser(self.nodes, rates)
        steps = np.diff(self._seconds)[:, np.newaxis, np.newaxis]
        pieces = (self._rates[:-1] + self._rates[1:]) / 2 * steps
        self._sums: Array = np.concatenate((np.zeros((1, 6, 3)), np.cumsum(pieces, axis=0)))

    def between(self, starts: Array, ends: Array) -> Array:
        """Return the change of position and velocity in GCRF by a unit of acceleration along each of R, T, N.

        The result has the shape of `starts`, with 6 rows and 3 columns for each.
        """
        difference: Array = self._until(ends) - self._until(starts)
        return difference

    def _until(self, seconds: Array) -> Array:
        before = np.clip(np.searchsorted(self._seconds, seconds, "right") - 1, 0, self._seconds.size - 2)
        since = (seconds - self._seconds[before])[..., np.newaxis, np.newaxis]
        step = (self._seconds[before + 1] - self._seconds[before])[..., np.newaxis, np.newaxis]
        slope = (self._rates[before + 1] - self._rates[before]) / step
        until: Array = self._sums[before] + self._rates[before] * since + slope * since**2 / 2
        return until


def _denser(nodes: Array, rates: Array) -> tuple[Array, Array]:
    """Return rates at more times, by cubic interpolation."""
    slopes = np.gradient(rates, nodes, axis=0)
    shares = (np.arange(_PARTS) / _PARTS)[:, np.newaxis, np.newaxis]
    steps = np.diff(nodes)[:, np.newaxis, np.newaxis, np.newaxis]
    left, right = rates[:-1, np.newaxis], rates[1:, np.newaxis]
    dense = (
        (1 + 2 * shares) * (1 - shares) ** 2 * left
        + shares * (1 - shares) ** 2 * steps * slopes[:-1, np.newaxis]
        + shares**2 * (3 - 2 * shares) * right
        - shares**2 * (1 - shares) * steps * slopes[1:, np.newaxis]
    )
    seconds = nodes[:-1, np.newaxis] + shares[:, 0, 0] * np.diff(nodes)[:, np.newaxis]
    return np.append(seconds, nodes[-1]), np.concatenate((dense.reshape(-1, 6, 3), rates[-1:]))
