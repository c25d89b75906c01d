"""Two objects at their closest approach: relative motion, the encounter plane, and the probability of collision.

The probability is that of J. L. Foster and H. S. Estes, "A Parametric Analysis of Orbital Debris Collision Probability
and Maneuver Rate for Space Vehicles", NASA JSC-25898, 1992: for a fast encounter the relative motion is straight, and
the combined covariance, projected on the plane across it, is integrated over the disc of both bodies' radii. Foster
sums over a polar grid; here one of the two integrals is closed (error function) and the other a Gauss-Legendre sum,
which is the same number to more digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_REACH = 12.0
_PANELS = 96
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True)
class Encounter:
    """The motion of a second object relative to a first, from their positions and velocities in one inertial frame.

    Lengths are in the unit of the positions, speeds in that of the velocities. `relative_position` and
    `relative_velocity` are components along the first object's radial, transverse and normal directions.
    """

    position1: Array
    velocity1: Array
    position2: Array
    velocity2: Array

    @property
    def miss_distance(self) -> float:
        """Distance."""
        return float(np.linalg.norm(self.position2 - self.position1))

    @property
    def relative_speed(self) -> float:
        """Speed of one as seen from the other."""
        return float(np.linalg.norm(self.velocity2 - self.velocity1))

    @property
    def relative_position(self) -> Array:
        """Second minus first, along R, T, N of the first."""
        return rtn(self.position1, self.velocity1) @ (self.position2 - self.position1)

    @property
    def relative_velocity(self) -> Array:
        """Second minus first, along R, T, N of the first."""
        return rtn(self.position1, self.velocity1) @ (self.velocity2 - self.velocity1)

    def plane(self) -> Array:
        """Two unit vectors, as rows: the first object's radial direction as seen across the relative velocity, and the
        direction that completes it and the relative velocity to a right-handed frame.
        """
        along = _unit(self.velocity2 - self.velocity1)
        radial = _unit(self.position1)
        first = _unit(radial - (radial @ along) * along)
        return np.array((first, np.cross(along, first)))

    def projected(self, covariance1: Array, covariance2: Array) -> tuple[Array, Array]:
        """Relative position and combined covariance in the encounter plane, from position covariances in the frame of
        the positions.
        """
        plane = self.plane()
        return plane @ (self.position2 - self.position1), plane @ (covariance1 + covariance2) @ plane.T


def rtn(position: Array, velocity: Array) -> Array:
    """The radial, transverse and normal directions of an object, as rows."""
    radial = _unit(position)
    normal = _unit(np.cross(position, velocity))
    return np.array((radial, np.cross(normal, radial), normal))


def collision_probability(miss: Array, covariance: Array, radius: float) -> float:
    """The probability that a plane normal distribution around `miss` gives to the disc of `radius` around 0."""
    variances, axes = np.linalg.eigh(covariance)
    narrow, wide = np.sqrt(np.maximum(variances, np.finfo(float).tiny))
    x, y = axes.T @ miss
    return _over_disc(float(x), float(y), float(narrow), float(wide), radius)


def squared_mahalanobis(miss: Array, covariance: Array) -> float:
    """The squared distance of `miss` from 0 in units of the covariance."""
    return float(miss @ np.linalg.solve(covariance, miss))


def _over_disc(x: float, y: float, narrow: float, wide: float, radius: float) -> float:
    # Along the wide axis the density is smooth; where it is nothing, or outside the disc, is not looked at.
    low, high = max(-radius, y - _REACH * wide), min(radius, y + _REACH * wide)
    if low >= high:
        return 0.0
    # In equal steps of the angle at the centre, for the chord has a vertical tangent at both ends.
    edges = np.linspace(math.asin(low / radius), math.asin(high / radius), _PANELS + 1)
    half = np.diff(edges)[:, None] / 2
    angles = (edges[:-1, None] + half * (1 + _NODES)).ravel()
    weights = (half * _WEIGHTS).ravel() * radius * np.cos(angles)
    chords = radius * np.cos(angles)
    density = np.exp(-(((radius * np.sin(angles) - y) / wide) ** 2) / 2) / (wide * math.sqrt(2 * math.pi))
    scale = narrow * math.sqrt(2)
    inside = np.array([_between((-chord - x) / scale, (chord - x) / scale) for chord in chords.tolist()])
    return float(weights @ (density * inside))


def _between(low: float, high: float) -> float:
    """Half the error function's difference, also far out, where both of its values are nearly one."""
    if low > 0:
        return (math.erfc(low) - math.erfc(high)) / 2
    if high < 0:
        return (math.erfc(-high) - math.erfc(-low)) / 2
    return (math.erf(high) - math.erf(low)) / 2


def _unit(vector: Array) -> Array:
    found: Array = vector / np.linalg.norm(vector)
    return found
