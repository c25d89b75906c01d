"""Bodies of propagate-orbit with a numerical method."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .cartesian import FORMS, CartesianState, read_cartesian, read_typed_cartesian
from .fields import Fields, InputProblemError, is_typed
from .force_settings import ForceSettings, read_force_settings
from .inputs import check_extent


@dataclass(frozen=True)
class StatePropagationRequest:
    """A request for states from the epoch of a state to `end`."""

    state: CartesianState
    end: datetime
    forces: ForceSettings


def read_propagate_state(body: object) -> StatePropagationRequest:
    """Read the body of a propagate-orbit/neptune or propagate-orbit/orekit-numerical request."""
    fields = Fields(body)
    if is_typed(body):
        state = read_typed_cartesian(fields)
        settings = fields.fields("settings")
        model = settings.fields("neptune_config") if "neptune_config" in settings else None
        forces = read_force_settings(model, settings, "output_step_size")
    else:
        state = read_cartesian(*fields.tagged_one_of("orbit", FORMS), "orbit.content")
        settings = Fields(fields.tagged("settings", "prop_settings.json"), "settings.content")
        forces = read_force_settings(settings.fields("more") if "more" in settings else None)
    end = settings.time("propagation_end_epoch")
    settings.finish()
    fields.finish()
    if end <= state.epoch:
        raise InputProblemError(
            f"{settings.path('propagation_end_epoch')} is not after the epoch of the state, {state.epoch.isoformat()}"
        )
    for maneuver in state.maneuvers:
        if maneuver.start < state.epoch or maneuver.start + timedelta(seconds=maneuver.duration) > end:
            raise InputProblemError(
                f"the maneuver of {maneuver.start.isoformat()} is not within the propagation, from "
                f"{state.epoch.isoformat()} to {end.isoformat()}"
            )
    check_extent(state.epoch, end, forces.step)
    return StatePropagationRequest(state, end, forces)
