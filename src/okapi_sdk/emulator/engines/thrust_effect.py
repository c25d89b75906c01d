"""The effect of thrust on a later state, to first order.

The state transition matrix of the full force model takes a change of the velocity to the later state. Thrust of some
duration is the integral of its effect over time. For a circular orbit around a sphere, this is the solution of W. H.
Clohessy and R. S. Wiltshire, "Terminal Guidance System for Satellite Rendezvous", Journal of the Aerospace Sciences
27 (9), 1960.
"""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from .arrays import Array
from .encounter import rtn
from .instants import Instants
from .numerical import NumericalMotion

# Thrust effects are sums of trapezoids with this many per revolution.
_STEPS_PER_REVOLUTION = 180


class ThrustEffect:
    """The change of the state at an epoch by thrust after `begin`, with times in seconds after the epoch.

    `motion` begins with the state at the epoch and has a covariance, which gives it transition matrices.
    """

    def __init__(self, motion: NumericalMotion, epoch: datetime, begin: float) -> None:
        steps = max(1, math.ceil(-begin / motion.period * _STEPS_PER_REVOLUTION))
        self.seconds: Array = np.linspace(begin, 0.0, steps + 1)
        instants = Instants(epoch, self.seconds)
        positions, velocities = motion.gcrf(instants)
        axes = np.array([rtn(*state) for state in zip(positions.T, velocities.T, strict=True)])
        self._rates: Array = np.linalg.inv(motion.transitions(instants))[:, :, 3:] @ np.swapaxes(axes, 1, 2)
        pieces = (self._rates[:-1] + self._rates[1:]) / 2 * (-begin / steps)
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
