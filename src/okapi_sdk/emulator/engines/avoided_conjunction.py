"""A maneuver flown: the orbit propagated with its thrust, and the closest approach that it leads to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from .arrays import Array
from .avoidance import Avoidance, Burn
from .conjunction import Conjunction, ConjunctionObject
from .encounter import Encounter, rtn
from .errors import UnusableInputError
from .instants import Instants, whole_milliseconds
from .kepler import GRAVITY
from .motion import Motion
from .numerical import Forces, InitialState, NumericalMotion, Spacecraft, Thrust

# The state of the result is this long before the first ignition.
_LEAD = timedelta(seconds=60)
_MOST_STEPS = 20


@dataclass(frozen=True)
class Flown:
    """A maneuver: the state before it, its phases of thrust, the closest approach after it, and its other effects.

    `axis_change`: change of the osculating semi-major axis by the thrust in km. `speed_change`: total change of the
    velocity in km/s.
    """

    epoch: datetime
    position: Array
    velocity: Array
    thrusts: tuple[Thrust, ...]
    tca: datetime
    conjunction: Conjunction
    axis_change: float
    speed_change: float


@dataclass(frozen=True)
class FreeFlight:
    """The first object of a conjunction without a maneuver: its motion until the TCA, and its properties."""

    conjunction: Conjunction
    tca: datetime
    motion: NumericalMotion
    spacecraft: Spacecraft
    forces: Forces

    def flown(self, avoidance: Avoidance, burn: Burn) -> Flown:
        """Propagate the first object with a maneuver, and find the new closest approach.

        Raises:
            UnusableInputError: if there is no closest approach near the former one.
            PropagationError: if the object re-enters or leaves the Earth.
        """
        acceleration = avoidance.acceleration(burn)
        starts = [whole_milliseconds(self.tca + timedelta(seconds=start)) for start in burn.starts]
        duration = round(burn.duration, 3)
        thrusts = tuple(Thrust(start, duration, acceleration) for start in starts)
        epoch = starts[0] - _LEAD
        position, velocity = _state(self.motion, epoch)
        position, velocity = position.round(9), velocity.round(12)
        stop = starts[-1] + timedelta(seconds=duration)
        speed = self.conjunction.encounter.relative_speed
        margin = timedelta(seconds=1 + 3 * float(np.linalg.norm(avoidance.change(burn)[:3])) / speed)
        initial = InitialState(epoch, position, velocity)
        motion = NumericalMotion(initial, self.spacecraft, self.forces, epoch, self.tca + margin, thrusts)
        second = self.conjunction.second
        other = NumericalMotion(
            InitialState(self.tca, second.position, second.velocity), Spacecraft(), replace(self.forces, drag=False),
            self.tca - margin, self.tca + margin,
        )  # fmt: skip
        tca, encounter = _closest(motion, other, self.tca, margin.total_seconds())
        first = _with_errors(self.conjunction.first, encounter, avoidance.execution_covariance(burn))
        return Flown(
            epoch=epoch,
            position=position,
            velocity=velocity,
            thrusts=thrusts,
            tca=tca,
            conjunction=Conjunction(first, replace(second, position=encounter.position2, velocity=encounter.velocity2)),
            axis_change=_axis(*_state(motion, stop)) - _axis(*_state(self.motion, stop)),
            speed_change=math.hypot(*acceleration) * duration * len(thrusts),
        )


def _state(motion: Motion, moment: datetime) -> tuple[Array, Array]:
    positions, velocities = motion.gcrf(Instants(moment, np.zeros(1)))
    return positions[:, 0], velocities[:, 0]


def _axis(position: Array, velocity: Array) -> float:
    return 1 / (2 / float(np.linalg.norm(position)) - float(velocity @ velocity) / GRAVITY)


def _closest(motion: Motion, other: Motion, near: datetime, margin: float) -> tuple[datetime, Encounter]:
    """Return the closest approach, to the millisecond to which its time is printed."""
    second = 0.0
    for _ in range(_MOST_STEPS):
        step = _encounter(motion, other, near + timedelta(seconds=second)).seconds_to_closest
        second += step
        if not abs(second) <= margin:
            break
        if abs(step) < 1e-4:
            tca = whole_milliseconds(near + timedelta(seconds=second))
            return tca, _encounter(motion, other, tca)
    raise UnusableInputError("The maneuver leads to no closest approach near the former one.")


def _encounter(motion: Motion, other: Motion, moment: datetime) -> Encounter:
    return Encounter(*_state(motion, moment), *_state(other, moment))


def _with_errors(before: ConjunctionObject, encounter: Encounter, errors: Array) -> ConjunctionObject:
    """Return the object after the maneuver, with the errors of the thrust (6 by 6 in GCRF) in its covariance."""
    turn = np.kron(np.eye(2), rtn(encounter.position1, encounter.velocity1))
    added = turn @ errors @ turn.T
    return replace(
        before,
        position=encounter.position1,
        velocity=encounter.velocity1,
        covariance=before.covariance + added[:3, :3],
        velocity_covariance=None if before.velocity_covariance is None else before.velocity_covariance + added[3:, 3:],
        state_covariance=None if before.state_covariance is None else before.state_covariance + added,
    )
