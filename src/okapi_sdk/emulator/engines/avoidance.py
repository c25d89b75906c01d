"""Search for the smallest maneuver that lowers a collision probability to a limit.

The method is that of R. P. Patera and G. E. Peterson, "Space Vehicle Maneuver Method to Lower Collision Risk to an
Acceptable Level", Journal of Guidance, Control, and Dynamics 26 (2), 2003: the displacement in the encounter plane is
linear in the change of the velocity, and the duration of the thrust is the root of a function of one variable. The
probability along a line through the plane has one maximum, as the distribution and the disc are log-concave, so the
first root is the smallest maneuver.

The best direction is that of the shortest change of velocity which leads to a given Mahalanobis distance. To each
place on that ellipse leads the pseudo-inverse of the linear map (C. Bombardelli, J. Hernando-Ayuso, "Optimal Impulsive
Collision Avoidance in Low Earth Orbit", Journal of Guidance, Control, and Dynamics 38 (2), 2015, for the same problem
as an eigenvalue problem).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .arrays import Array, Mask
from .conjunction import Conjunction
from .probability import disc_in_plane, foster
from .thrust_effect import ThrustEffect

AXES = {"radial": (1.0, 0.0, 0.0), "transverse": (0.0, 1.0, 0.0), "normal": (0.0, 0.0, 1.0)}
"""Directions along which a maneuver may be asked for, as R, T, N."""
MOST_PHASES = 5
"""The number of maneuvers that an OPM of the platform may have."""
_DURATIONS, _SHORTEST_SHARE = 40, 1e-4
_ANGLES = np.linspace(0, 2 * math.pi, 181)[:-1]
# Every second step of the thrust effects, 4 degrees, is tried as a midpoint; the best of these are refined.
_CANDIDATE_STEP, _CANDIDATES = 2, 3
# The ratio of durations that are tried one after another, and the relative precision of a probability.
_RATIO, _PRECISION, _MOST_STEPS = 1.2, 1e-4, 30
# Durations are printed in milliseconds.
_RESOLUTION = 1e-3


@dataclass(frozen=True)
class Thruster:
    """The acceleration in km/s², the limits on the duration of a phase in seconds, and the errors of a maneuver.

    `magnitude_error` is the standard deviation of the thrust as a share of it, `pointing_error` that of its direction,
    in radians, about each of two axes.
    """

    acceleration: float
    shortest: float
    longest: float
    magnitude_error: float = 0.0
    pointing_error: float = 0.0


@dataclass(frozen=True)
class Burn:
    """Thrust along `direction` (R, T, N) in one or more phases of equal duration, `interval` seconds apart.

    `midpoint` is the middle of the first phase, in seconds after the closest approach.
    """

    midpoint: float
    direction: Array
    duration: float
    phases: int
    interval: float

    @property
    def starts(self) -> list[float]:
        """The start of each phase."""
        return [self.midpoint + index * self.interval - self.duration / 2 for index in range(self.phases)]


@dataclass(frozen=True)
class Spans:
    """The times in which the thruster may fire: pairs of start and end in seconds after the closest approach."""

    pairs: Sequence[tuple[float, float]]

    def room(self, midpoints: Array) -> Array:
        """Return the longest duration of a phase around each time: zero outside the spans."""
        rooms = [2 * np.minimum(midpoints - start, end - midpoints) for start, end in self.pairs]
        return np.maximum(np.max(rooms, axis=0), 0.0) if rooms else np.zeros_like(midpoints)


class Avoidance:
    """A conjunction that is to be avoided by its first object."""

    def __init__(
        self, conjunction: Conjunction, effect: ThrustEffect, thruster: Thruster, spans: Spans, period: float
    ) -> None:
        self._effect, self._thruster, self._spans, self._period = effect, thruster, spans, period
        self._plane = conjunction.encounter.plane()
        self._miss, self._covariance = conjunction.encounter.projected(
            conjunction.first.inertial_covariance, conjunction.second.inertial_covariance
        )
        self._radius = conjunction.radius_m / 1000

    def acceleration(self, burn: Burn) -> tuple[float, float, float]:
        """Return the acceleration along R, T, N in km/s²."""
        radial, transverse, normal = (burn.direction * self._thruster.acceleration).tolist()
        return radial, transverse, normal

    def change(self, burn: Burn) -> Array:
        """Return the change of the state (km, km/s in GCRF) at the closest approach, without errors."""
        change: Array = self._matrix(burn) @ burn.direction * self._thruster.acceleration
        return change

    def execution_covariance(self, burn: Burn) -> Array:
        """Return the covariance of that change by the errors of the thruster (6 by 6)."""
        along = np.outer(burn.direction, burn.direction)
        errors = self._thruster.magnitude_error**2 * along + self._thruster.pointing_error**2 * (np.eye(3) - along)
        matrix = self._matrix(burn) * self._thruster.acceleration
        covariance: Array = matrix @ errors @ matrix.T
        return covariance

    def probability(self, burn: Burn) -> float:
        """Return the collision probability after a maneuver, to first order."""
        miss = self._miss - self._plane @ self.change(burn)[:3]
        errors = self._plane @ self.execution_covariance(burn)[:3, :3] @ self._plane.T
        return foster(disc_in_plane(miss, self._covariance + errors, self._radius))

    def smallest(self, limit: float, times: tuple[float, float], axis: str | None) -> Burn | None:
        """Return the smallest maneuver whose first phase is between two times, along an axis or in any direction.

        It has more than one phase, a revolution apart, only if one is not enough. None if there is none.
        """
        for phases in range(1, MOST_PHASES + 1):
            midpoints = self._midpoints(times, phases)
            if not midpoints.size:
                return None
            directions = self._free_directions(limit, midpoints, phases) if axis is None else _both_ways(axis)
            burns = [
                refined
                for direction in directions
                for burn in self._best(limit, midpoints, phases, np.asarray(direction))
                if (refined := self.refined(limit, burn))
            ]
            if burns:
                return min(burns, key=lambda burn: burn.duration)
        return None

    def refined(self, limit: float, burn: Burn) -> Burn | None:
        """Return a maneuver with the duration at which the probability falls to a limit, the nearest to that of `burn`.

        None if no longer duration is enough.
        """
        longest = float(self._longest(np.array([burn.midpoint]), burn.phases)[0])
        if not longest >= self._shortest:
            return None
        duration = min(max(burn.duration, self._shortest), longest)
        excess = self._excess(limit, burn, duration)
        enough = not_enough = (duration, excess)
        while excess > 0:
            if duration == longest:
                return None
            not_enough, duration = (duration, excess), min(duration * _RATIO, longest)
            excess = self._excess(limit, burn, duration)
            enough = (duration, excess)
        while not_enough[1] <= 0 and duration > self._shortest:
            enough, duration = (duration, not_enough[1]), max(duration / _RATIO, self._shortest)
            not_enough = (duration, self._excess(limit, burn, duration))
        if not_enough[1] <= 0:
            return replace(burn, duration=self._shortest)
        duration = self._root(limit, burn, not_enough, enough)
        return replace(burn, duration=min(math.ceil(duration / _RESOLUTION) * _RESOLUTION, longest))

    def _excess(self, limit: float, burn: Burn, duration: float) -> float:
        """Return the logarithm of the probability as a multiple of the limit."""
        probability = self.probability(replace(burn, duration=duration))
        return math.log(max(probability, 1e-300) / limit)

    def _root(self, limit: float, burn: Burn, left: tuple[float, float], right: tuple[float, float]) -> float:
        """Return a duration that is enough, from two durations with their excess: by false position (Illinois)."""
        enough = right[0]
        for _ in range(_MOST_STEPS):
            duration = (left[0] * right[1] - right[0] * left[1]) / (right[1] - left[1])
            excess = self._excess(limit, burn, duration)
            if excess > 0:
                left, right = (duration, excess), (right[0], right[1] / 2)
            else:
                enough = min(enough, duration)
                left, right = (left[0], left[1] / 2), (duration, excess)
                if excess > -_PRECISION:
                    break
        return enough

    @property
    def _shortest(self) -> float:
        return max(self._thruster.shortest, _RESOLUTION)

    def _matrix(self, burn: Burn) -> Array:
        starts = np.array(burn.starts)
        matrix: Array = self._effect.between(starts, starts + burn.duration).sum(axis=0)
        return matrix

    def _midpoints(self, times: tuple[float, float], phases: int) -> Array:
        """Return times at which a maneuver may have its first midpoint."""
        of_spans = [
            point
            for start, end in self._spans.pairs
            for half in (min(end - start, self._thruster.longest) / 2, min(end - start, self._shortest) / 2)
            for point in (start + half, end - half)
        ]
        midpoints = np.unique(np.concatenate((self._effect.seconds[::_CANDIDATE_STEP], of_spans)))
        is_allowed: Mask = (midpoints >= times[0]) & (midpoints < times[1])
        midpoints = midpoints[is_allowed]
        return midpoints[self._longest(midpoints, phases) >= self._shortest]

    def _longest(self, midpoints: Array, phases: int) -> Array:
        rooms = [self._spans.room(midpoints + index * self._period) for index in range(phases)]
        longest: Array = np.minimum(np.min(rooms, axis=0), self._thruster.longest)
        return longest

    def _shifts(self, midpoints: Array, durations: Array, phases: int) -> Array:
        """Return the shift in the plane by full thrust along each of R, T, N: 2 by 3 for each midpoint and duration."""
        middles = midpoints[:, np.newaxis]
        total = sum(
            self._effect.between(middles + index * self._period - durations / 2,
                                 middles + index * self._period + durations / 2)
            for index in range(phases)
        )  # fmt: skip
        shifts: Array = self._plane @ np.asarray(total)[..., :3, :] * self._thruster.acceleration
        return shifts

    def _squared_distance(self, limit: float) -> float:
        """Return the Mahalanobis distance at which a small disc has this probability, squared."""
        density = self._radius**2 / (2 * math.sqrt(float(np.linalg.det(self._covariance))))
        return max(2 * math.log(density / limit), 1e-6)

    def _best(self, limit: float, midpoints: Array, phases: int, direction: Array) -> list[Burn]:
        """Return the maneuvers with the shortest durations, for small discs."""
        durations = _durations(self._shortest, self._longest(midpoints, phases))
        misses = self._miss - self._shifts(midpoints, durations, phases) @ direction
        squares = np.einsum("mki,ij,mkj->mk", misses, np.linalg.inv(self._covariance), misses)
        enough = squares >= self._squared_distance(limit)
        # A larger disc may need less than a small one, so the farthest is tried even if it is too near for a small one.
        first = np.where(enough.any(axis=1), enough.argmax(axis=1), _DURATIONS - 1)
        rows, before = np.arange(midpoints.size), np.maximum(first - 1, 0)
        rise = squares[rows, first] - squares[rows, before]
        share = np.clip((self._squared_distance(limit) - squares[rows, before]) / np.maximum(rise, 1e-300), 0, 1)
        needed = durations[rows, before] + share * (durations[rows, first] - durations[rows, before])
        order = np.lexsort((needed, ~enough[rows, first]))[:_CANDIDATES]
        return [Burn(float(midpoints[index]), direction, float(needed[index]), phases, self._period) for index in order]

    def _free_directions(self, limit: float, midpoints: Array, phases: int) -> list[Array]:
        """Return the best directions at the times at which the change of the velocity is smallest."""
        durations = np.full((midpoints.size, 1), self._shortest)
        maps = self._shifts(midpoints, durations, phases)[:, 0] / (self._shortest * self._thruster.acceleration)
        root = np.linalg.cholesky(self._covariance) * math.sqrt(self._squared_distance(limit))
        places = (root @ np.array((np.cos(_ANGLES), np.sin(_ANGLES)))).T
        changes = np.einsum("mij,aj->mai", np.linalg.pinv(maps), self._miss - places)
        sizes = np.linalg.norm(changes, axis=2)
        angles = sizes.argmin(axis=1)
        smallest = sizes[np.arange(midpoints.size), angles]
        order = smallest.argsort()[:_CANDIDATES]
        return [changes[index, angles[index]] / smallest[index] for index in order]


def _both_ways(axis: str) -> list[Array]:
    direction = np.array(AXES[axis])
    return [direction, -direction]


def _durations(shortest: float, longest: Array) -> Array:
    """Return durations in equal ratios up to the longest, one row for each."""
    first = np.maximum(shortest, longest * _SHORTEST_SHARE)
    shares = np.linspace(0, 1, _DURATIONS)
    durations: Array = first[:, np.newaxis] * (longest / first)[:, np.newaxis] ** shares
    return durations
