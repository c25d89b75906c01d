"""The usage test of the plane methods: an encounter must be so short that motion is straight and covariance constant.

D. T. Hall, L. G. Baars, S. J. Casali, "A Multistep Probability of Collision Computational Algorithm", AAS 23-398, 2023;
the assumptions are those of D. T. Hall, "Implementation Recommendations and Usage Boundaries for the Two-Dimensional
Probability of Collision Calculation", AAS 19-632, 2019. Its three indicators and its limits on them:

* duration: the time that holds all but 1e-16 of the collision rate, as a share of the shorter period, up to 0.02;
* offset: the farthest of that time from the closest approach, as the same share, up to 0.01;
* inaccuracy: how much the plane integral changes if both objects follow their ellipses, up to 0.02.

The third one needs the collision rate on curved orbits, which `clouds` describes, for small radii. Its logarithm is a
parabola near its peak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .clouds import Cloud, meetings, smallest_covariance
from .encounter import Encounter

_LONGEST_DURATION, _LARGEST_OFFSET, _LARGEST_INACCURACY = 0.02, 0.01, 0.02
# Standard deviations on either side that hold all but 1e-16 of a normal distribution.
_REACH = 8.292
_MOST_REFINEMENTS = 20


@dataclass(frozen=True)
class Linearity:
    """The three indicators. `factor`: the probability on curved orbits divided by that in the plane, for small radii.

    `factor` is None if the search for the peak of the collision rate fails, and `inaccuracy` is then 1. `peak` and
    `width`: time and standard deviation of the collision rate near its peak, in seconds from the closest approach.
    """

    duration: float
    offset: float
    factor: float | None
    peak: float
    width: float

    @property
    def inaccuracy(self) -> float:
        """The share by which one of the two probabilities is smaller than the other."""
        return 1 - min(self.factor, 1 / self.factor) if self.factor else 1.0

    @property
    def reason(self) -> str | None:
        """The reason why the plane methods do not hold, as a clause, or None if they do."""
        if not self.duration <= _LONGEST_DURATION:
            return f"the encounter lasts for {self.duration:.1%} of an orbit, and the limit is {_LONGEST_DURATION:.0%}"
        if not self.offset <= _LARGEST_OFFSET:
            return (
                f"the encounter reaches {self.offset:.1%} of an orbit from the closest approach, and the limit is "
                f"{_LARGEST_OFFSET:.0%}"
            )
        if self.factor is None:
            return "the collision rate on the ellipses of both states has no single peak near the closest approach"
        if not self.inaccuracy <= _LARGEST_INACCURACY:
            return (
                "motion and covariance are not straight and constant for as long as the encounter lasts; a rough "
                f"estimate on the curved orbits is {self.factor:.2g} times the probability in the plane"
            )
        return None


def linearity(encounter: Encounter, covariance1: Array, covariance2: Array, radius: float) -> Linearity:
    """The indicators of an encounter in km and km/s.

    The covariances are those of position and velocity (6 by 6) along each object's own R, T, N. `radius` is the sum of
    both radii in km. For a state that is not on an ellipse there is no factor.
    """
    clouds = (
        Cloud(encounter.position1, encounter.velocity1, covariance1),
        Cloud(encounter.position2, encounter.velocity2, covariance2),
    )
    floor = smallest_covariance(radius)
    straight = _straight_peak(encounter, clouds[0].position_covariance + clouds[1].position_covariance + floor)
    with np.errstate(all="ignore"):
        curved = _curved_peak(clouds, straight, floor)
    peak = curved or straight
    period = min(cloud.period for cloud in clouds)
    reach = _REACH * peak.width
    return Linearity(
        duration=2 * reach / period,
        offset=(abs(peak.time) + reach) / period,
        factor=math.exp(min(curved.log_rate - straight.log_rate, 700.0)) if curved else None,
        peak=peak.time,
        width=peak.width,
    )


@dataclass(frozen=True)
class _Peak:
    """The collision rate near its peak: seconds from the closest approach, standard deviation, log of the integral."""

    time: float
    width: float
    log_rate: float


def _straight_peak(encounter: Encounter, covariance: Array) -> _Peak:
    position, velocity = encounter.position2 - encounter.position1, encounter.velocity2 - encounter.velocity1
    variances, axes = np.linalg.eigh(covariance)
    variances = np.maximum(variances, max(variances[-1] * 1e-14, 1e-24))
    precision = axes / variances @ axes.T
    narrowness = float(velocity @ precision @ velocity)
    time = -float(position @ precision @ velocity) / narrowness
    nearest = position + time * velocity
    exponent = float(nearest @ precision @ nearest) + float(np.log(variances).sum())
    width = 1 / math.sqrt(narrowness)
    return _Peak(time, width, math.log(width * encounter.relative_speed) - exponent / 2)


def _curved_peak(clouds: tuple[Cloud, Cloud], straight: _Peak, floor: Array) -> _Peak | None:
    """The peak on the ellipses, or None if the search does not find one."""
    if not all(cloud.is_on_ellipse for cloud in clouds):
        return None
    time, width = straight.time, straight.width
    for _ in range(_MOST_REFINEMENTS):
        around = _exponents(clouds, time + width * np.array((-1.0, 0.0, 1.0)), floor)
        if around is None:
            return None
        before, here, after = around[0].tolist()
        curvature = before - 2 * here + after
        if not curvature > 0:
            return None
        step, stretch = (before - after) / (2 * curvature), math.sqrt(2 / curvature)
        time, width, settled = time + step * width, width * stretch, abs(step) < 0.1 * stretch and 0.9 < stretch < 1.1
        if settled:
            at_peak = _exponents(clouds, np.array((time,)), floor)
            if at_peak is None:
                return None
            exponent, speed = at_peak[0].item(), at_peak[1].item()
            log_rate = math.log(width * speed) - exponent / 2 if speed > 0 else math.nan
            return _Peak(time, width, log_rate) if math.isfinite(log_rate) else None
    return None


def _exponents(clouds: tuple[Cloud, Cloud], seconds: Array, floor: Array) -> tuple[Array, Array] | None:
    """The exponent and the relative speed at each time, or None without convergence.

    The collision rate is the speed times exp(-exponent / 2), up to a constant.
    """
    found = meetings(clouds, seconds, floor)
    return None if found is None or not found.is_found.all() else (found.exponent, found.speed)
