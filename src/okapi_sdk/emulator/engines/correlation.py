"""Correlation of observations with known orbits: by the Mahalanobis distance of their residuals.

The residuals of a short series are explained by the noise of the observations and by an offset of the orbit along its
R, T, N, which is the same for all of them. With the deviations of both, the squared distance has a chi-square
distribution if the observations belong to the orbit: S. S. Blackman, R. Popoli, "Design and Analysis of Modern Tracking
Systems", 1999, chapter 6.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .arrays import Array, Mask
from .encounter import rtn
from .lines_of_sight import sightings
from .observations import Observations


class Match(NamedTuple):
    """How well observations fit an orbit.

    `squared`: the squared Mahalanobis distance. `significance`: the probability that observations of this orbit are
    at least that far off. `log_likelihood`: of the observations, for this orbit. `offset`: the orbit's most likely
    offset along R, T, N in km.
    """

    squared: float
    significance: float
    log_likelihood: float
    offset: Array


def match(observations: Observations, positions: Array, velocities: Array, deviations: Array) -> Match:
    """Compare observations with an orbit.

    `positions`, `velocities`: GCRF, one column for each of the different times. `deviations`: of the orbit along R, T,
    N in km.
    """
    prediction = observations.predict(positions, velocities)
    axes = np.array([rtn(*state) for state in zip(positions.T, velocities.T, strict=True)])[observations.places]
    weights = 1 / observations.deviations
    residuals = prediction.residuals * weights
    # both the noise and the offset in units of their deviations
    slopes = np.einsum("nj,nkj->nk", prediction.slopes, axes) * deviations * weights[:, np.newaxis]
    inner = np.eye(3) + slopes.T @ slopes
    explained = np.linalg.solve(inner, slopes.T @ residuals)
    squared = max(0.0, float(residuals @ residuals - (slopes.T @ residuals) @ explained))
    spread = float(np.linalg.slogdet(inner)[1]) - 2 * float(np.log(weights).sum())
    count = len(observations)
    return Match(
        squared,
        chi_square_tail(squared, count),
        -(squared + spread + count * math.log(2 * math.pi)) / 2,
        explained * deviations,
    )


def chi_square_tail(value: float, degrees: int) -> float:
    """Return the probability that a chi-square variable with this many degrees of freedom exceeds a value."""
    if value <= 0:
        return 1.0
    half = value / 2
    start = 1 if degrees % 2 else 2
    tail = math.erfc(math.sqrt(half)) if start == 1 else math.exp(-half)
    for lower in range(start, degrees, 2):
        tail += math.exp(lower / 2 * math.log(half) - half - math.lgamma(lower / 2 + 1))
    return min(1.0, tail)


def near(observations: Observations, positions: Array, distance: Array) -> Mask:
    """Return True for each of some objects that may be what was observed.

    `positions`: in GCRF (3, objects, times), one for each of the different times. `distance`: how far off each object
    may be in km.
    """
    possible = np.zeros(positions.shape[1], dtype=bool)
    seen = sightings(observations)
    if not seen:  # ranges alone
        for index, one in enumerate(observations.items):
            away = np.linalg.norm(positions[:, :, observations.places[index]].T - observations.sites[index], axis=1)
            possible |= np.abs(away - one.value) < distance
        return possible
    for sighting in seen:
        place = int(np.abs(observations.seconds - sighting.second).argmin())
        here = positions[:, :, place].T
        if sighting.position is not None:
            possible |= np.linalg.norm(here - sighting.position, axis=1) < distance
        elif sighting.direction is not None:
            sight = here - sighting.site
            along = sight @ sighting.direction
            beside = np.linalg.norm(sight - along[:, np.newaxis] * sighting.direction, axis=1)
            possible |= (along > 0) & (beside < distance)
    return possible
