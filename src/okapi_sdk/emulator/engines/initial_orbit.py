"""First orbits, from positions or directions close to one another.

Positions: the methods of Gibbs and of Herrick and Gibbs. Directions: the method of Gauss, with all real roots of its
polynomial. Formulas: D. A. Vallado, "Fundamentals of Astrodynamics and Applications", 4th edition, chapter 7.
"""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .errors import UnusableInputError
from .kepler import GRAVITY

# Radians between the first and the last position from which Gibbs' method is more accurate than that of Herrick.
_SMALLEST_GIBBS_ANGLE = 0.1
_NEAREST, _FARTHEST = 6_378.0, 1e6
_POLISHING_STEPS = 20


def velocity_from_positions(positions: Array, seconds: Array) -> Array:
    """Return the velocity (km/s) at the second of three positions (km, one row each) at three times.

    Raises:
        UnusableInputError: if the positions lie on a line.
    """
    first, second, third = positions
    distances = np.linalg.norm(positions, axis=1)
    angle = np.arccos(np.clip(first @ third / distances[0] / distances[2], -1, 1))
    if angle >= _SMALLEST_GIBBS_ANGLE:
        plane = np.cross(first, second) + np.cross(second, third) + np.cross(third, first)
        weighted = (
            distances[0] * np.cross(second, third)
            + distances[1] * np.cross(third, first)
            + distances[2] * np.cross(first, second)
        )
        sides = (
            (distances[1] - distances[2]) * first
            + (distances[2] - distances[0]) * second
            + (distances[0] - distances[1]) * third
        )
        scale = np.linalg.norm(weighted) * np.linalg.norm(plane)
        if not scale > 0:
            raise UnusableInputError("The positions lie on a line through the centre of the Earth.")
        velocity: Array = np.sqrt(GRAVITY / scale) * (np.cross(plane, second) / distances[1] + sides)
        # Gibbs' method does not know the order of the positions.
        return velocity if velocity @ (third - first) > 0 else -velocity
    before, after, whole = seconds[1] - seconds[0], seconds[2] - seconds[1], seconds[2] - seconds[0]
    pulls = GRAVITY / (12 * distances**3)
    herrick: Array = (
        -after * (1 / (before * whole) + pulls[0]) * first
        + (after - before) * (1 / (before * after) + pulls[1]) * second
        + before * (1 / (after * whole) + pulls[2]) * third
    )
    return herrick


def orbits_from_directions(directions: Array, sites: Array, seconds: Array) -> list[tuple[Array, Array]]:
    """Return the possible positions and velocities at the second of three directions.

    `directions`: unit vectors from `sites` (km), one row each, in an inertial frame.

    Raises:
        UnusableInputError: if the directions lie in a plane, or if there is no orbit around the Earth.
    """
    before, after = seconds[0] - seconds[1], seconds[2] - seconds[1]
    whole = after - before
    volume = float(directions[0] @ np.cross(directions[1], directions[2]))
    if not abs(volume) > 1e-12:
        raise UnusableInputError("The directions lie in a plane, so Gauss's method finds no first orbit.")
    constant, pulled = (
        np.array((-after / whole, 1.0, before / whole)),
        np.array((-after * (whole**2 - after**2), 0.0, before * (whole**2 - before**2))) / (6 * whole),
    )
    # the range at the second time is `base + slope * GRAVITY / distance**3`
    base, slope = (float(_ranges(directions, sites, weights)[1]) for weights in (constant, pulled))
    along, square = float(directions[1] @ sites[1]), float(sites[1] @ sites[1])
    polynomial = np.zeros(9)
    polynomial[[0, 2, 5, 8]] = (
        1.0,
        -(base**2 + 2 * base * along + square),
        -2 * GRAVITY * slope * (base + along),
        -((GRAVITY * slope) ** 2),
    )
    # in units of the Earth's radius, so that the coefficients are of one size
    scaled = polynomial * _NEAREST ** -np.arange(9.0)
    roots = np.roots(scaled) * _NEAREST
    found = []
    for root in roots[np.abs(roots.imag) < 1e-6 * np.abs(roots)].real:
        if _NEAREST < root < _FARTHEST:
            orbit = _polished(directions, sites, seconds, constant + pulled * GRAVITY / root**3)
            if orbit is not None:
                found.append(orbit)
    if not found:
        raise UnusableInputError("Gauss's method finds no orbit around the Earth in the directions.")
    return found


def _ranges(directions: Array, sites: Array, weights: Array) -> Array:
    """Return the ranges, each times its weight, for which the weighted sum of the three positions is zero."""
    return np.asarray(np.linalg.solve(directions.T, -weights @ sites), dtype=np.float64)


def _polished(directions: Array, sites: Array, seconds: Array, weights: Array) -> tuple[Array, Array] | None:
    """Improve a root by the series of f and g, and return the state, or None if it leaves the range of orbits."""
    before, after = seconds[0] - seconds[1], seconds[2] - seconds[1]
    state: tuple[Array, Array] | None = None
    for _ in range(_POLISHING_STEPS):
        ranges = _ranges(directions, sites, weights) / weights
        positions = sites + ranges[:, np.newaxis] * directions
        if not np.all(np.isfinite(positions)) or not _NEAREST / 2 < np.linalg.norm(positions[1]) < _FARTHEST:
            return None
        velocity = velocity_from_positions(positions, seconds)
        state = positions[1], velocity
        distance = float(np.linalg.norm(positions[1]))
        radial = float(positions[1] @ velocity) / distance**2
        pull = GRAVITY / distance**3
        f, g = [], []
        for time in (before, after):
            f.append(1 - pull * time**2 / 2 + pull * radial * time**3 / 2)
            g.append(time - pull * time**3 / 6 + pull * radial * time**4 / 4)
        determinant = f[0] * g[1] - f[1] * g[0]
        new = np.array((-g[1] / determinant, 1.0, g[0] / determinant))
        if np.abs(new - weights).max() < 1e-12:
            break
        weights = (weights + new) / 2
    return state
