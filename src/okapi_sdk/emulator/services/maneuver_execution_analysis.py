"""maneuver-execution-analysis: how a planned maneuver was executed, from the orbit after it.

No source shows the body or the result of this service, so both are the emulator's own. The orbit of the OPM is
propagated with its maneuvers to the epoch of the orbit after them; see `engines.executed_maneuver` for the thrust that
explains the difference. The result, under `execution`, has:

* `planned_delta_v`, `executed_delta_v`: along R, T, N in m/s, the sum over all maneuvers;
* `performance`: the part of the executed change along the planned one, as a share of it; `pointing_error`: the angle
  between both in degrees;
* `standard_deviation`: that of the executed change in m/s, if one of the orbits has a covariance, otherwise null;
* `distance_from_plan`, `distance_explained`: in km, between the orbit after the maneuver and the planned one, and the
  one with the executed maneuver.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from ..bodies.cartesian import CartesianState
from ..bodies.force_settings import ForceSettings
from ..bodies.maneuver_execution_analysis import ExecutionRequest
from ..engines.arrays import Array
from ..engines.executed_maneuver import Execution, executed_maneuver
from ..engines.instants import Instants
from ..engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft, Thrust
from .numerical_motion import initial_state, numerical_motion, status_words
from .outcome import Context, Document, NoResultError, Outcome, Status

_FORCES = ForceSettings(covariance=True)
_LONGEST = timedelta(days=7)


def maneuver_execution_analysis(request: ExecutionRequest, _: Context) -> Outcome:
    """Analyse the execution of the maneuvers of an OPM."""
    plan, orbit = request.plan, request.orbit
    if orbit.epoch - plan.epoch > _LONGEST:
        raise NoResultError(
            f"The orbit is more than {_LONGEST.days} days after the OPM. Send an earlier one.", input_problem=True
        )
    thrusts = [Thrust(one.start, one.duration, one.acceleration) for one in plan.maneuvers]
    planned = _delta_v(thrusts)
    if not np.linalg.norm(planned) > 0:
        raise NoResultError(
            "The changes of velocity by the planned maneuvers add up to zero. The execution is measured against their "
            "sum, so send maneuvers that have one.",
            input_problem=True,
        )
    observed = initial_state(orbit, with_covariance=True)
    state = np.concatenate((observed.position, observed.velocity))
    first = numerical_motion(plan, _FORCES, plan.epoch, orbit.epoch)
    covariance = _sum(first.covariance(orbit.epoch, *_state_at(first, orbit)), observed.covariance)
    properties = Spacecraft(plan.mass, plan.area, plan.drag_coefficient, plan.radiation_coefficient)
    backward = NumericalMotion(
        InitialState(orbit.epoch, observed.position, observed.velocity, np.eye(6)), properties, Forces(),
        thrusts[0].start, orbit.epoch,
    )  # fmt: skip

    def state_with(phases: Sequence[Thrust]) -> Array:
        motion = NumericalMotion(
            initial_state(plan, with_covariance=False), properties, Forces(), plan.epoch, orbit.epoch, phases
        )
        return np.concatenate(_state_at(motion, orbit))

    found = executed_maneuver(thrusts, state, orbit.epoch, state_with, backward, covariance)
    words = status_words(replace(plan, maneuvers=()), ForceSettings(), first, orbit.epoch)
    text = (
        "The request and the result are the okapi-sdk emulator's own, because the platform's are undocumented. All "
        "maneuvers of the plan are taken to differ from it by the same acceleration."
    )
    doubts = [] if covariance is not None else ["Neither orbit has a covariance, so the accuracy is unknown."]
    kind = "REMARK" if doubts else "NONE"
    executed = _delta_v(found.thrusts)
    if np.linalg.norm(executed - planned) > np.linalg.norm(planned):
        kind = "WARNING"
        doubts.append(
            "What was executed differs from the plan by more than the plan itself. Check that the orbits match."
        )
    return Outcome(
        Status(kind, " ".join((text, *doubts, *words))),
        {"simple": Document("execution", _document(planned, found, thrusts))},
    )


def _document(planned: Array, found: Execution, plan: Sequence[Thrust]) -> dict[str, object]:
    executed = _delta_v(found.thrusts)
    size = float(np.linalg.norm(planned))
    along = float(executed @ planned) / size
    angle = math.atan2(float(np.linalg.norm(np.cross(planned, executed))), float(planned @ executed))
    seconds = sum(thrust.duration for thrust in plan)
    deviations = None if found.deviations is None else (found.deviations * seconds * 1000).tolist()
    return {
        "planned_delta_v": (planned * 1000).tolist(),
        "executed_delta_v": (executed * 1000).tolist(),
        "performance": along / size,
        "pointing_error": math.degrees(angle),
        "standard_deviation": deviations,
        "distance_from_plan": float(np.linalg.norm(found.before[:3])),
        "distance_explained": float(np.linalg.norm(found.after[:3])),
    }


def _delta_v(thrusts: Sequence[Thrust]) -> Array:
    """Return the change of velocity in km/s along R, T, N."""
    total: Array = np.sum([np.array(thrust.acceleration) * thrust.duration for thrust in thrusts], axis=0)
    return total


def _state_at(motion: NumericalMotion, orbit: CartesianState) -> tuple[Array, Array]:
    positions, velocities = motion.gcrf(Instants(orbit.epoch, np.zeros(1)))
    return positions[:, 0], velocities[:, 0]


def _sum(first: Array | None, second: Array | None) -> Array | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second
