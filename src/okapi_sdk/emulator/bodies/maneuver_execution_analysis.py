"""Bodies of maneuver-execution-analysis.

No source shows a body, so this one is the emulator's own: `maneuver`, an OPM with the planned maneuvers, and `orbit`, a
state or an OPM after them, as an orbit determination gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .cartesian import FORMS, CartesianState, read_cartesian
from .fields import Fields, InputProblemError


@dataclass(frozen=True)
class ExecutionRequest:
    """The plan, which has at least one maneuver, and the orbit after it."""

    plan: CartesianState
    orbit: CartesianState


def read_maneuver_execution_analysis(body: object) -> ExecutionRequest:
    """Read a body of maneuver-execution-analysis."""
    fields = Fields(body)
    plan = read_cartesian("opm.json", fields.tagged("maneuver", "opm.json"), "maneuver.content")
    orbit = read_cartesian(*fields.tagged_one_of("orbit", FORMS), "orbit.content")
    fields.finish()
    path = "maneuver.content.OPM_DATA.MANEUVERS"
    if not plan.maneuvers:
        raise InputProblemError(f"{path} must have at least one maneuver")
    if orbit.maneuvers:
        raise InputProblemError("orbit must not have maneuvers; it is the orbit after those of the plan")
    if plan.maneuvers[0].start < plan.epoch:
        raise InputProblemError(f"{path}[0] begins before the epoch of the OPM")
    if max(one.start + timedelta(seconds=one.duration) for one in plan.maneuvers) > orbit.epoch:
        raise InputProblemError("the epoch of orbit must be after the end of the last maneuver")
    return ExecutionRequest(plan, orbit)
