"""Two uncertain objects on their orbits: where they most likely meet at a time.

Each object is a normal distribution in equinoctial elements, in which its motion is linear. For a time, both
distributions are linearised at the place where the objects most likely meet (D. T. Hall, "Expected Collision Rates for
Tracked Satellites", Journal of Spacecraft and Rockets 58 (3), 2021). The difference of two normal distributions is
normal, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Array, Mask
from .encounter import rtn
from .kepler import GRAVITY, derivatives_of, elements_of, states_of

_MOST_ITERATIONS = 100
_SMALLEST_DEVIATION = 1e-4
# After some rounds, a time is given up at which the objects do not meet within this many standard deviations.
_PATIENCE, _FARTHEST = 10, 40.0


def smallest_covariance(radius: float) -> Array:
    """Return a covariance with deviations of a small share of a radius. With it, every covariance can be inverted."""
    floor: Array = (_SMALLEST_DEVIATION * radius) ** 2 * np.eye(3)
    return floor


class Cloud:
    """One object as a normal distribution in equinoctial elements.

    `covariance` is that of position and velocity (6 by 6) along the object's own R, T, N.
    """

    def __init__(self, position: Array, velocity: Array, covariance: Array) -> None:
        self._axes = rtn(position, velocity)
        self.position_covariance: Array = self._axes.T @ covariance[:3, :3] @ self._axes
        radial_speed, transverse_speed, _ = self._axes @ velocity
        with np.errstate(all="ignore"):
            self._elements = elements_of(np.asarray(float(np.linalg.norm(position))), radial_speed, transverse_speed)
            jacobian = np.concatenate(derivatives_of(self._elements, 0.0))
        self.is_on_ellipse: bool = bool(np.isfinite(jacobian).all())
        self.period: float = 2 * math.pi * math.sqrt(abs(float(self._elements[0])) ** 3 / GRAVITY)
        to_elements = np.linalg.inv(jacobian) if self.is_on_ellipse else np.full((6, 6), np.nan)
        self.covariance: Array = to_elements @ covariance @ to_elements.T

    def displaced(self, shifts: Array, seconds: Array) -> tuple[Array, Array, Array, Array]:
        """Positions, velocities and the derivatives of both, for one set of shifted elements per time."""
        elements = self._elements + shifts
        positions, velocities = states_of(elements, seconds)
        of_positions, of_velocities = derivatives_of(elements, seconds)
        return (
            positions @ self._axes,
            velocities @ self._axes,
            self._axes.T @ of_positions,
            self._axes.T @ of_velocities,
        )


@dataclass(frozen=True)
class Meetings:
    """The relative state at each time, as a normal distribution, and the relative speed where both objects meet.

    `mean`: position and velocity, one row per time; `covariance`: 6 by 6 per time. `is_found` is false at times for
    which the search for the place did not converge; there, the other values mean nothing.
    """

    mean: Array
    covariance: Array
    speed: Array
    is_found: Mask

    def only(self, chosen: Mask) -> Meetings:
        """Return those at the chosen times."""
        return Meetings(self.mean[chosen], self.covariance[chosen], self.speed[chosen], self.is_found[chosen])

    @property
    def exponent(self) -> Array:
        """Minus twice the logarithm of the density at a relative position of zero, up to a constant."""
        position, covariance = self.mean[:, :3], self.covariance[:, :3, :3]
        pull = np.linalg.solve(covariance, position[:, :, np.newaxis])[:, :, 0]
        exponent: Array = np.einsum("ti,ti->t", position, pull) + np.linalg.slogdet(covariance)[1]
        return exponent


def meetings(clouds: tuple[Cloud, Cloud], seconds: Array, floor: Array) -> Meetings | None:
    """Return the distribution of the relative state at each time, or None if a covariance is singular.

    At each time, find the pair of elements, most likely in both distributions, whose positions are the same.
    `floor` is added to the covariance of the position.
    """
    shifts = [np.zeros((seconds.size, 6)) for _ in clouds]
    round_ = 0
    while True:
        round_ += 1
        states = [cloud.displaced(shift, seconds) for cloud, shift in zip(clouds, shifts, strict=True)]
        means = [r - np.einsum("tij,tj->ti", j, shift) for (r, _, j, _), shift in zip(states, shifts, strict=True)]
        spreads = [cloud.covariance @ np.swapaxes(j, 1, 2) for cloud, (_, _, j, _) in zip(clouds, states, strict=True)]
        covariance = np.asarray(floor + sum(j @ spread for (_, _, j, _), spread in zip(states, spreads, strict=True)))
        is_lost: Mask = np.asarray(~np.isfinite(covariance).all(axis=(1, 2)))
        covariance[is_lost] = np.eye(3)
        gap = states[1][0] - states[0][0]
        try:
            pull = np.linalg.solve(covariance, np.stack((means[1] - means[0], gap), axis=-1))
        except np.linalg.LinAlgError:
            return None
        is_found: Mask = np.einsum("ti,ti->t", gap, pull[:, :, 1]) < 1e-8
        if round_ > _PATIENCE:
            is_lost |= np.einsum("ti,ti->t", means[1] - means[0], pull[:, :, 0]) > _FARTHEST**2
        if (is_found | is_lost).all() or round_ == _MOST_ITERATIONS:
            break
        shifts = [
            np.where(is_found[:, None], shift, sign * np.einsum("tij,tj->ti", spread, pull[:, :, 0]))
            for sign, shift, spread in zip((1, -1), shifts, spreads, strict=True)
        ]
    jacobians = [np.concatenate((j, k), axis=1) for _, _, j, k in states]
    full = sum(j @ cloud.covariance @ np.swapaxes(j, 1, 2) for cloud, j in zip(clouds, jacobians, strict=True))
    full = np.asarray(full)
    full[:, :3, :3] += floor
    rates = [v - np.einsum("tij,tj->ti", k, shift) for (_, v, _, k), shift in zip(states, shifts, strict=True)]
    mean = np.concatenate((means[1] - means[0], rates[1] - rates[0]), axis=1)
    return Meetings(mean, full, np.linalg.norm(states[1][1] - states[0][1], axis=1), is_found & ~is_lost)
