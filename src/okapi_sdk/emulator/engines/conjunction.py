"""The collision risk of two objects with covariances.

The methods of `probability` take the relative motion as straight, those of `curved_probability` do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .arrays import Array
from .curved_probability import CurvedEncounter, NoCurvedProbabilityError
from .encounter import Encounter, rtn
from .linearity import Linearity, linearity
from .probability import METHODS, Disc, Estimate, disc_in_plane, estimate

CURVED_METHODS = ("patera-2003", "hall-2021")
ALL_METHODS = (*METHODS, *CURVED_METHODS)
# A larger difference between both curved methods means that the velocities are too uncertain for the first.
_LARGEST_DIFFERENCE = 0.1

# Covariances are printed with ten digits or fewer.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class ConjunctionObject:
    """One object at the time of closest approach.

    `position` and `velocity`: GCRF, km and km/s. `covariance`: position covariance along the object's own R, T, N, in
    km². `velocity_covariance`: the same for the velocity, in km²/s², and `state_covariance`: of both (6 by 6), if
    known. `radius_m`: hard-body radius in metres, if known.
    """

    position: Array
    velocity: Array
    covariance: Array
    velocity_covariance: Array | None
    state_covariance: Array | None
    radius_m: float | None

    @property
    def inertial_covariance(self) -> Array:
        """The covariance of the position in GCRF."""
        axes = rtn(self.position, self.velocity)
        return axes.T @ self.covariance @ axes

    @property
    def covariance_is_valid(self) -> bool:
        """Return True if no position variance is negative beyond rounding."""
        variances = np.linalg.eigvalsh(self.covariance)
        return not variances[0] < -_ROUNDING * abs(variances[-1])

    @property
    def deviations(self) -> Array:
        """The standard deviations of the position along R, T, N, in km. A negative variance counts as zero."""
        deviations: Array = np.sqrt(np.maximum(np.diag(self.covariance), 0.0))
        return deviations

    @property
    def full_covariance(self) -> Array:
        """The covariance of position and velocity along R, T, N.

        If it is unknown, a displaced object is taken to fly on a displaced circle: a displacement along T turns the
        velocity, one along R makes it smaller.
        """
        if self.state_covariance is not None:
            return self.state_covariance
        rate = float(np.linalg.norm(np.cross(self.position, self.velocity)) / (self.position @ self.position))
        turn = rate * np.array(((0.0, -1.0, 0.0), (-0.5, 0.0, 0.0), (0.0, 0.0, 0.0)))
        with_velocity = np.concatenate((np.eye(3), turn))
        covariance: Array = with_velocity @ self.covariance @ with_velocity.T
        return covariance

    def scaled(self, factors: Sequence[float]) -> ConjunctionObject:
        """Return this object with its position variances along R, T, N multiplied by `factors`.

        A covariance is multiplied by the square roots of the factors for its two axes. In `state_covariance`, the
        velocity along R scales with the position along T, and that along T with R, as they do along an orbit.
        """
        roots = np.sqrt(factors)
        both = np.concatenate((roots, roots[[1, 0, 2]]))
        return replace(
            self,
            covariance=self.covariance * np.outer(roots, roots),
            state_covariance=None if self.state_covariance is None else self.state_covariance * np.outer(both, both),
        )


@dataclass(frozen=True)
class Assessment:
    """The result of one method. `miss` and `covariance` are those of the encounter plane, in km and km²."""

    miss: Array
    covariance: Array
    disc: Disc
    estimate: Estimate


@dataclass(frozen=True)
class Conjunction:
    """Two objects at their closest approach."""

    first: ConjunctionObject
    second: ConjunctionObject

    @property
    def objects(self) -> tuple[ConjunctionObject, ConjunctionObject]:
        """Both objects, the first one first."""
        return self.first, self.second

    @property
    def encounter(self) -> Encounter:
        """Their relative motion."""
        return Encounter(self.first.position, self.first.velocity, self.second.position, self.second.velocity)

    @property
    def radius_m(self) -> float:
        """The sum of both radii in metres. An unknown radius counts as zero."""
        return sum(one.radius_m or 0.0 for one in self.objects)

    @cached_property
    def linearity(self) -> Linearity:
        """Return the indicators that show whether the plane methods hold."""
        return linearity(self.encounter, self.first.full_covariance, self.second.full_covariance, self.radius_m / 1000)

    def scaled(self, factors1: Sequence[float], factors2: Sequence[float]) -> Conjunction:
        """Return this conjunction with scaled covariances; see `ConjunctionObject.scaled`."""
        return Conjunction(self.first.scaled(factors1), self.second.scaled(factors2))

    def assess(self, method: str) -> Assessment:
        """Return the collision probability, computed by one of `ALL_METHODS`.

        Raises:
            UnusableInputError: if the combined covariance is not positive definite in the encounter plane.
        """
        miss, covariance = self.encounter.projected(self.first.inertial_covariance, self.second.inertial_covariance)
        disc = disc_in_plane(miss, covariance, self.radius_m / 1000)
        curved = method in CURVED_METHODS
        return Assessment(miss, covariance, disc, self._curved(method) if curved else estimate(method, disc))

    def _curved(self, method: str) -> Estimate:
        curved = CurvedEncounter(
            self.encounter, self.first.full_covariance, self.second.full_covariance, self.radius_m / 1000
        )
        around = self.linearity
        try:
            probability = curved.hall(around)
            if method == "hall-2021":
                return self._with_doubts(probability, around)
            other = curved.patera(around)
        except NoCurvedProbabilityError as reason:
            return Estimate(None, str(reason).rstrip("."), doubtful=True)
        if abs(other - probability) <= _LARGEST_DIFFERENCE * probability:
            return self._with_doubts(other, around)
        text = f"HALL-2021, which takes the uncertainty of the velocities into account, gives {probability:.3g}"
        return Estimate(other, text, doubtful=True)

    def _with_doubts(self, probability: float, around: Linearity) -> Estimate:
        if around.reason is None or all(one.state_covariance is not None for one in self.objects):
            return Estimate(probability)
        text = "without covariances of the velocities, a displaced object is taken to move on a displaced circle"
        return Estimate(probability, text, doubtful=True)

    def position_deviations(self) -> list[float | None]:
        """Return the standard deviations of the relative position along R, T, N of the first object, in km."""
        return self._deviations(self.first.covariance, self.second.covariance)

    def velocity_deviations(self) -> list[float | None]:
        """Return the standard deviations of the relative velocity along R, T, N of the first object, in km/s."""
        return self._deviations(self.first.velocity_covariance, self.second.velocity_covariance)

    def _deviations(self, *covariances: Array | None) -> list[float | None]:
        """Return the deviations, with None for those that are unknown or have a negative variance."""
        known = [covariance for covariance in covariances if covariance is not None]
        if len(known) < len(covariances):
            return [None] * 3
        axes = [rtn(one.position, one.velocity) for one in self.objects]
        turns = [axes[0] @ one.T for one in axes]
        parts = [turn @ covariance @ turn.T for turn, covariance in zip(turns, known, strict=True)]
        variances = np.diag(parts[0] + parts[1]).tolist()
        return [None if variance < 0 else math.sqrt(variance) for variance in variances]
