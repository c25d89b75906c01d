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


class ThrustEffect:
    """The change of the state at the epoch of a motion by thrust before it. Times are in seconds after the epoch.

    `motion` must have been propagated backward, with a covariance.
    """

    def __init__(self, motion: NumericalMotion, epoch: datetime) -> None:
        self.seconds: Array
        self.seconds, transitions = motion.transitions
        positions, velocities = motion.gcrf(Instants(epoch, self.seconds))
        axes = np.array([rtn(*state) for state in zip(positions.T, velocities.T, strict=True)])
        self._rates: Array = np.linalg.inv(transitions)[:, :, 3:] @ np.swapaxes(axes, 1, 2)
        steps = np.diff(self.seconds)[:, np.newaxis, np.newaxis]
        pieces = (self._rates[:-1] + self._rates[1:]) / 2 * steps
        self._sums: Array = np.concatenate((np.zeros((1, 6, 3)), np.cumsum(pieces, axis=0)))

    def between(self, starts: Array, ends: Array) -> Array:
        """Return the change of position and velocity in GCRF by a unit of acceleration along each of R, T, N.

        The result has the shape of `starts`, with 6 rows and 3 columns for each.
        """
        difference: Array = self._until(ends) - self._until(starts)
        return difference

    def _until(self, seconds: Array) -> Array:
        before = np.clip(np.searchsorted(self.seconds, seconds, "right") - 1, 0, self.seconds.size - 2)
        since = (seconds - self.seconds[before])[..., np.newaxis, np.newaxis]
        step = (self.seconds[before + 1] - self.seconds[before])[..., np.newaxis, np.newaxis]
        slope = (self._rates[before + 1] - self._rates[before]) / step
        until: Array = self._sums[before] + self._rates[before] * since + slope * since**2 / 2
        return until
