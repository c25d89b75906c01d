"""The probability that two objects touch while they follow their orbits: no plane, no straight line.

* HALL-2021: D. T. Hall, "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets 58 (3),
  2021, as the three-dimensional step of D. T. Hall, L. G. Baars, S. J. Casali, AAS 23-398, 2023. The rate at which the
  relative position enters the sphere with the combined radius, integrated over the sphere and over time. The relative
  state at each time is that of `clouds`. The result is the expected number of collisions, which is the probability as
  long as it is small or the objects meet once.
* PATERA-2003: R. P. Patera, "Satellite Collision Probability for Nonlinear Relative Motion", Journal of Guidance,
  Control, and Dynamics 26 (5), 2003. The tube that the sphere sweeps along the relative path is cut into short straight
  pieces. Each contributes the integral across the piece times the share of the distribution along it. Patera takes the
  path and covariance of the nominal states. Here, those of `clouds` take their place, because the nominal ones fail if
  the objects most likely meet seconds before or after the closest approach.

Both integrate over the encounter: between the maxima of the nominal distance before and after the peak of the collision
rate, and at most half of the shorter period on either side of the closest approach.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .clouds import Cloud, Meetings, meetings, smallest_covariance
from .encounter import Encounter
from .errors import EngineError
from .linearity import Linearity
from .probability import disc_in_plane, foster

_COARSE, _FINE = 101, 61
# Standard deviations of the collision rate in time that the fine grid covers, on either side of its peak.
_REACH = 9.0
# Of each interval, as a share of the whole. The error of the better of both sums is a fifteenth of it.
_TOLERANCE = 1e-5
_MOST_ROUNDS, _MOST_TIMES = 12, 4_000
# Standard deviations. A larger sphere would need more nodes.
_LARGEST_RADIUS = 30.0
# Standard deviations beyond which a sign is certain, to the last digit.
_CERTAIN = 9.0
# The sphere: nodes along the polar angle, and twice as many around. A narrow distribution needs more of them.
_FEWEST_NODES, _MOST_NODES = 12, 64
# Standard deviations along a tube, beyond which it gathers nothing.
_FARTHEST = 9.0


class NoCurvedProbabilityError(EngineError):
    """Raised when the motion has no probability: a state is not on an ellipse, or a search does not converge."""


@dataclass(frozen=True)
class CurvedEncounter:
    """Two objects at their closest approach, in km and km/s.

    The covariances are those of position and velocity (6 by 6) along each object's own R, T, N. `radius` is the sum of
    both radii in km.
    """

    encounter: Encounter
    covariance1: Array
    covariance2: Array
    radius: float

    @property
    def _clouds(self) -> tuple[Cloud, Cloud]:
        one = self.encounter
        clouds = (
            Cloud(one.position1, one.velocity1, self.covariance1),
            Cloud(one.position2, one.velocity2, self.covariance2),
        )
        if not all(cloud.is_on_ellipse for cloud in clouds):
            raise NoCurvedProbabilityError("One of the states is not on an ellipse, so its motion is unknown.")
        return clouds

    def hall(self, around: Linearity) -> float:
        """Return the probability of HALL-2021. `around` gives the times to look at most closely.

        Raises:
            NoCurvedProbabilityError: if there is none.
        """
        return self._integral(lambda found: _rates_into_sphere(found.mean, found.covariance, self.radius), around)

    def patera(self, around: Linearity) -> float:
        """Return the probability of PATERA-2003. `around` gives the times to look at most closely.

        Raises:
            NoCurvedProbabilityError: if there is none.
        """
        return self._integral(lambda found: _rates_along_tube(found.mean, found.covariance, self.radius), around)

    def _integral(self, rates: Callable[[Meetings], Array], around: Linearity) -> float:
        clouds, floor = self._clouds, smallest_covariance(self.radius)
        evaluated = 0

        def rate(seconds: Array) -> Array:
            nonlocal evaluated
            evaluated += seconds.size
            if evaluated > _MOST_TIMES:
                raise NoCurvedProbabilityError(f"The integral over time needs more than {_MOST_TIMES:,} points.")
            found = meetings(clouds, seconds, floor)
            if found is None or not found.is_found[np.abs(seconds - around.peak).argmin()]:
                raise NoCurvedProbabilityError("The search for the place where both objects meet does not converge.")
            values = np.zeros(seconds.size)
            values[found.is_found] = rates(found.only(found.is_found))
            return values

        with np.errstate(all="ignore"):
            first, last = _span(clouds, _highest(rate, clouds, around.peak))
            return min(1.0, _integral(rate, first, last, around))


def _highest(rate: Callable[[Array], Array], clouds: tuple[Cloud, Cloud], peak: float) -> float:
    """Return the time of the highest rate on a coarse grid, or a known peak if that is higher."""
    half = min(cloud.period for cloud in clouds) / 2
    seconds = np.append(np.linspace(-half, half, _COARSE), peak)
    return float(seconds[rate(seconds).argmax()])


def _span(clouds: tuple[Cloud, Cloud], peak: float) -> tuple[float, float]:
    """Return the times around the peak of the collision rate between which the nominal distance has no maximum."""
    half = min(cloud.period for cloud in clouds) / 2
    seconds = np.linspace(-half, half, _COARSE)
    still = np.zeros((_COARSE, 6))
    paths = [cloud.displaced(still, seconds)[0] for cloud in clouds]
    distance = np.linalg.norm(paths[1] - paths[0], axis=1)
    peaks = 1 + np.flatnonzero((distance[1:-1] >= distance[:-2]) & (distance[1:-1] > distance[2:]))
    before, after = seconds[peaks][seconds[peaks] < peak], seconds[peaks][seconds[peaks] > peak]
    return float(before[-1]) if before.size else -half, float(after[0]) if after.size else half


def _integral(rate: Callable[[Array], Array], first: float, last: float, around: Linearity) -> float:
    """Integrate a rate between two times, with new points where Simpson's rule needs them."""
    fine = around.peak + around.width * np.linspace(-_REACH, _REACH, _FINE)
    times = np.unique(np.concatenate((np.linspace(first, last, _COARSE), fine[(fine > first) & (fine < last)])))
    values = rate(times)
    left, right, at_left, at_right = times[:-1], times[1:], values[:-1], values[1:]
    middle = (left + right) / 2
    at_middle = rate(middle)
    total = 0.0
    for round_ in range(_MOST_ROUNDS):
        whole = (right - left) / 6 * (at_left + 4 * at_middle + at_right)
        quarters = np.concatenate(((left + middle) / 2, (middle + right) / 2))
        at_first, at_third = np.split(rate(quarters), 2)
        halves = (right - left) / 12 * (at_left + 4 * at_first + 2 * at_middle + 4 * at_third + at_right)
        if not np.isfinite(halves).all():
            raise NoCurvedProbabilityError("The collision rate is not a finite number.")
        errors = np.abs(halves - whole)
        rough = errors > _TOLERANCE * (total + float(halves.sum()))
        total += float(halves[~rough].sum())
        if not rough.any() or round_ == _MOST_ROUNDS - 1:
            return total + float(halves[rough].sum())
        left, right = np.concatenate((left[rough], middle[rough])), np.concatenate((middle[rough], right[rough]))
        at_left, at_right = (
            np.concatenate((at_left[rough], at_middle[rough])),
            np.concatenate((at_middle[rough], at_right[rough])),
        )
        middle, at_middle = (left + right) / 2, np.concatenate((at_first[rough], at_third[rough]))
    return total


def _rates_along_tube(mean: Array, covariance: Array, radius: float) -> Array:
    """Return the rate at which a tube around a path gathers probability, one for each row."""
    rates = np.zeros(len(mean))
    for index, (row, matrix) in enumerate(zip(mean, covariance[:, :3, :3], strict=True)):
        position, velocity = row[:3], row[3:]
        precise = np.linalg.solve(matrix, np.stack((position, velocity), axis=-1))
        pace = math.sqrt(max(float(velocity @ precise[:, 1]), 0.0))
        along = float(position @ precise[:, 1]) / pace if pace else math.inf
        if not abs(along) < _FARTHEST:
            continue
        plane = _across(velocity)
        disc = disc_in_plane(plane @ position, plane @ matrix @ plane.T, radius)
        rates[index] = foster(disc) * pace * math.exp(-(along**2) / 2) / math.sqrt(2 * math.pi)
    return rates


def _rates_into_sphere(mean: Array, covariance: Array, radius: float) -> Array:
    """Return the rate at which a relative state enters the sphere around the origin, one for each row."""
    rates = np.zeros(len(mean))
    variances = np.linalg.eigvalsh(covariance[:, :3, :3])
    distance = np.linalg.norm(mean[:, :3], axis=1)
    # Nothing to do where even the widest deviation does not reach.
    pull = np.linalg.solve(covariance[:, :3, :3], mean[:, :3, None])[:, :, 0]
    mahalanobis = np.sqrt(np.maximum(np.einsum("ti,ti->t", mean[:, :3], pull), 0.0))
    near = mahalanobis - radius / np.sqrt(variances[:, 0]) < 40.0
    near &= distance - radius < 40.0 * np.sqrt(variances[:, 2])
    if near.any() and radius > _LARGEST_RADIUS * math.sqrt(variances[near, 0].min()):
        raise NoCurvedProbabilityError(f"The radius is more than {_LARGEST_RADIUS:g} standard deviations.")
    for index in np.flatnonzero(near):
        rates[index] = _rate_into_sphere(mean[index], covariance[index], radius, math.sqrt(variances[index, 0]))
    return rates


def _rate_into_sphere(mean: Array, covariance: Array, radius: float, narrow: float) -> float:
    nodes, weights = _sphere(min(_MOST_NODES, _FEWEST_NODES + 2 * int(2 * radius / narrow)))
    # Half of the sphere is not entered. Its edge is where the nodes are split.
    normals = nodes @ np.concatenate((_across(mean[3:]), mean[np.newaxis, 3:] / np.linalg.norm(mean[3:])))
    of_position, mixed, of_velocity = covariance[:3, :3], covariance[3:, :3], covariance[3:, 3:]
    precision = np.linalg.inv(of_position)
    gaps = radius * normals - mean[:3]
    exponents = np.einsum("ni,ni->n", gaps @ precision, gaps) / 2
    density = np.exp(-exponents) / math.sqrt((2 * math.pi) ** 3 * max(float(np.linalg.det(of_position)), 1e-300))
    # The velocity, given that the position is at this point of the sphere.
    velocities = mean[3:] + gaps @ (mixed @ precision).T
    rest = of_velocity - mixed @ precision @ mixed.T
    speeds = np.einsum("ni,ni->n", velocities, normals)
    deviations = np.sqrt(np.maximum(np.einsum("ni,ni->n", normals @ rest, normals), 1e-24))
    ratio = speeds / deviations
    inward = deviations * np.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi) - speeds * _half_erfc(ratio)
    return float(radius**2 * (weights * density) @ inward)


def _half_erfc(ratio: Array) -> Array:
    """Return the probability that a standard normal variable is above each number."""
    shares = (ratio < 0).astype(float)
    is_between = np.abs(ratio) < _CERTAIN
    shares[is_between] = [math.erfc(value) / 2 for value in (ratio[is_between] / math.sqrt(2)).tolist()]
    return shares


_SPHERES: dict[int, tuple[Array, Array]] = {}


def _sphere(count: int) -> tuple[Array, Array]:
    """Return the nodes of a unit sphere and their weights: Gauss along each half of z, equal steps around it."""
    if count not in _SPHERES:
        places, shares = np.polynomial.legendre.leggauss(count // 2)
        heights, shares = np.concatenate((places - 1, places + 1)) / 2, np.tile(shares, 2) / 2
        angles = np.arange(2 * count) * (math.pi / count)
        z, angle = (one.ravel() for one in np.meshgrid(heights, angles, indexing="ij"))
        width = np.sqrt(1 - z**2)
        weights = np.repeat(shares, 2 * count) * (math.pi / count)
        nodes = np.stack((width * np.cos(angle), width * np.sin(angle), z), axis=-1)
        _SPHERES[count] = np.asarray(nodes, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    return _SPHERES[count]


def _across(direction: Array) -> Array:
    """Return two unit vectors across a direction, as rows."""
    unit: Array = direction / np.linalg.norm(direction)
    first = np.asarray(np.cross(unit, np.eye(3)[int(np.abs(unit).argmin())]), dtype=np.float64)
    first = first / np.linalg.norm(first)
    return np.array((first, np.cross(unit, first)))
