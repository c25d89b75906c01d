"""The usage test of the plane methods: an encounter must be so short that motion is straight and covariance constant.

D. T. Hall, L. G. Baars, S. J. Casali, "A Multistep Probability of Collision Computational Algorithm", AAS 23-398, 2023;
the assumptions are those of D. T. Hall, "Implementation Recommendations and Usage Boundaries for the Two-Dimensional
Probability of Collision Calculation", AAS 19-632, 2019. Its three indicators and its limits on them:

* duration: the time that holds all but 1e-16 of the collision rate, as a share of the shorter period, up to 0.02;
* offset: the farthest of that time from the closest approach, as the same share, up to 0.01;
* inaccuracy: how much the plane integral changes if both objects follow their ellipses, up to 0.02.

The third one needs the collision rate on curved orbits. Each object is a normal distribution in equinoctial elements,
in which its motion is linear. At a time, the rate for small radii is that of two normal distributions that are
linearised at the place where both objects most likely meet (D. T. Hall, "Expected Collision Rates for Tracked
Satellites", Journal of Spacecraft and Rockets 58 (3), 2021). Its logarithm is a parabola near its peak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .encounter import Encounter, rtn
from .kepler import GRAVITY, derivatives_of, elements_of, states_of

_LONGEST_DURATION, _LARGEST_OFFSET, _LARGEST_INACCURACY = 0.02, 0.01, 0.02
# Standard deviations on either side that hold all but 1e-16 of a normal distribution.
_REACH = 8.292
# Deviations are at least this share of the radius, so that every covariance can be inverted.
_SMALLEST_DEVIATION = 1e-4
_MOST_ITERATIONS, _MOST_REFINEMENTS = 100, 20


@dataclass(frozen=True)
class Linearity:
    """The three indicators. `factor`: the probability on curved orbits divided by that in the plane, for small radii.

    `factor` is None if the search for the peak of the collision rate fails, and `inaccuracy` is then 1.
    """

    duration: float
    offset: float
    factor: float | None

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
        _Cloud(encounter.position1, encounter.velocity1, covariance1),
        _Cloud(encounter.position2, encounter.velocity2, covariance2),
    )
    floor = (_SMALLEST_DEVIATION * radius) ** 2 * np.eye(3)
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
    )


@dataclass(frozen=True)
class _Peak:
    """The collision rate near its peak: seconds from the closest approach, standard deviation, log of the integral."""

    time: float
    width: float
    log_rate: float


class _Cloud:
    """One object as a normal distribution in equinoctial elements."""

    def __init__(self, position: Array, velocity: Array, covariance: Array) -> None:
        self._axes = rtn(position, velocity)
        self.position_covariance: Array = self._axes.T @ covariance[:3, :3] @ self._axes
        radial_speed, transverse_speed, _ = self._axes @ velocity
        with np.errstate(all="ignore"):
            self._elements = elements_of(np.asarray(float(np.linalg.norm(position))), radial_speed, transverse_speed)
            jacobian = np.concatenate(derivatives_of(self._elements, 0.0))
        self.is_on_ellipse = bool(np.isfinite(jacobian).all())
        self.period = 2 * math.pi * math.sqrt(abs(float(self._elements[0])) ** 3 / GRAVITY)
        to_elements = np.linalg.inv(jacobian) if self.is_on_ellipse else np.full((6, 6), np.nan)
        self.covariance: Array = to_elements @ covariance @ to_elements.T

    def displaced(self, shifts: Array, seconds: Array) -> tuple[Array, Array, Array]:
        """Positions, velocities and derivatives of positions, for one set of shifted elements per time."""
        elements = self._elements + shifts
        positions, velocities = states_of(elements, seconds)
        derivatives, _ = derivatives_of(elements, seconds)
        return positions @ self._axes, velocities @ self._axes, self._axes.T @ derivatives


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


def _curved_peak(clouds: tuple[_Cloud, _Cloud], straight: _Peak, floor: Array) -> _Peak | None:
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


def _exponents(clouds: tuple[_Cloud, _Cloud], seconds: Array, floor: Array) -> tuple[Array, Array] | None:
    """The exponent and the relative speed at each time, or None without convergence.

    The collision rate is the speed times exp(-exponent / 2), up to a constant.

    At each time, find the pair of elements, most likely in both distributions, whose positions are the same.
    """
    shifts = [np.zeros((seconds.size, 6)) for _ in clouds]
    for _ in range(_MOST_ITERATIONS):
        states = [cloud.displaced(shift, seconds) for cloud, shift in zip(clouds, shifts, strict=True)]
        gap = states[1][0] - states[0][0]
        means = [r - np.einsum("tij,tj->ti", j, shift) for (r, _, j), shift in zip(states, shifts, strict=True)]
        spreads = [cloud.covariance @ np.swapaxes(j, 1, 2) for cloud, (_, _, j) in zip(clouds, states, strict=True)]
        covariance = floor + sum(j @ spread for (_, _, j), spread in zip(states, spreads, strict=True))
        if not np.isfinite(covariance).all():
            return None
        try:
            pull = np.linalg.solve(covariance, np.stack((means[1] - means[0], gap), axis=-1))
        except np.linalg.LinAlgError:
            return None
        if np.einsum("ti,ti->t", gap, pull[:, :, 1]).max() < 1e-8:
            distances = np.einsum("ti,ti->t", means[1] - means[0], pull[:, :, 0])
            speeds = np.linalg.norm(states[1][1] - states[0][1], axis=1)
            return distances + np.linalg.slogdet(covariance)[1], speeds
        shifts = [
            sign * np.einsum("tij,tj->ti", spread, pull[:, :, 0]) for sign, spread in zip((1, -1), spreads, strict=True)
        ]
    return None
