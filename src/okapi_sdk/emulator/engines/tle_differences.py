"""The covariance of predictions, from the differences between successive sets of mean elements of one object.

Each older set is propagated to the epoch of each newer one, and the difference between both states is taken along the
R, T, N of the newer one. Differences of about the same age form a sample. V. P. Osweiler, "Covariance Estimation and
Autocorrelation of NORAD Two-Line Element Sets", AFIT/GSS/ENY/06-M09, 2006.

The differences show how consistent the sets are, not how accurate: an error that all sets share does not show, and the
error of the newer set is part of the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from .arrays import Array
from .encounter import rtn
from .errors import PropagationError
from .instants import Instants
from .sgp4_motion import Sgp4Motion

FEWEST = 10
"""Differences in a sample. A covariance of six components needs at least seven."""


class Sample(NamedTuple):
    """Differences of about one age: older minus newer, along R, T, N.

    `days`: the mean age. `mean` (6,) and `covariance` (6, 6; about the mean) in km and km/s.
    """

    days: float
    size: int
    mean: Array
    covariance: Array


def differences(sets: Sequence[tuple[datetime, Sgp4Motion]], longest: timedelta) -> list[Sample]:
    """Return the samples for ages around whole days, the lowest first.

    `sets`: the epoch and the motion of each set, in order of their epochs. `longest`: the largest age.
    """
    ages: list[float] = []
    rows: list[Array] = []
    for newer, (epoch, motion) in enumerate(sets):
        state = _state(motion, epoch)
        axes = np.kron(np.eye(2), rtn(state[:3], state[3:]))
        for older_epoch, older in sets[:newer]:
            age = epoch - older_epoch
            if timedelta(0) < age <= longest:
                try:
                    rows.append(axes @ (_state(older, epoch) - state))
                except PropagationError:
                    continue
                ages.append(age / timedelta(days=1))
    return list(_samples(np.array(ages), np.array(rows)))


def _samples(ages: Array, rows: Array) -> list[Sample]:
    days = np.round(ages).astype(int)
    found = []
    for day in np.unique(days).tolist():
        sample = rows[days == day]
        if len(sample) >= FEWEST:
            covariance = np.cov(sample.T)
            found.append(Sample(float(ages[days == day].mean()), len(sample), sample.mean(axis=0), covariance))
    return found


def _state(motion: Sgp4Motion, epoch: datetime) -> Array:
    positions, velocities = motion.gcrf(Instants(epoch, np.zeros(1)))
    return np.concatenate((positions[:, 0], velocities[:, 0]))
