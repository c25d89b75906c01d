"""Bodies of predict-passes."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cartesian import FORMS as STATE_FORMS
from .cartesian import CartesianState, read_cartesian, read_typed_cartesian
from .fields import Fields, InputProblemError, is_typed
from .force_settings import ForceSettings, read_force_settings
from .inputs import (
    DEFAULT_STEP,
    SHARED_SETTINGS,
    GroundLocation,
    TimeWindow,
    check_extent,
    read_location,
    read_step,
    read_tle_text,
    read_window,
)
from .oem import FORMS as OEM_FORMS
from .oem import Oem, read_oem
from .omm import read_mean_elements
from .tle import Tle


@dataclass(frozen=True)
class PassesRequest:
    """A request for a satellite's passes over a ground location, with a track point every `step` seconds.

    `forces` belongs to a state.
    """

    orbit: Tle | Oem | CartesianState
    location: GroundLocation
    window: TimeWindow
    step: float
    forces: ForceSettings = field(default_factory=ForceSettings)


def read_predict_passes(body: object) -> PassesRequest:
    """Read a body of predict-passes/sgp4."""
    fields = Fields(body)
    if not is_typed(body):
        tle = read_mean_elements(fields)
        return PassesRequest(tle, *_read_generic_inputs(fields))
    tle = read_tle_text(fields.take("tle"), "tle")
    location = read_location(fields.fields("simple_ground_location"))
    window = read_window(fields.fields("time_window"))
    step = DEFAULT_STEP
    if "predict_passes_settings" in fields:
        settings = fields.fields("predict_passes_settings")
        step = read_step(settings, "output_time_step")
        settings.finish()
    fields.finish(tolerated=frozenset({"neptune_config"}))
    check_extent(window.start, window.end, step)
    return PassesRequest(tle, location, window, step)


def read_predict_passes_of_oem(body: object) -> PassesRequest:
    """Read a body of predict-passes/oems, which does not exist in the typed dialect."""
    fields = Fields(body)
    oem = read_oem(*fields.tagged_one_of("orbit", OEM_FORMS), "orbit.content")
    location, window, step = _read_generic_inputs(fields)
    if gap := oem.gap(window.start, window.end):
        raise InputProblemError(f"time_window.content is not covered by the orbit: {gap}")
    return PassesRequest(oem, location, window, step)


def read_predict_passes_of_state(body: object) -> PassesRequest:
    """Read a body of predict-passes/neptune or predict-passes/orekit-numerical."""
    fields = Fields(body)
    if is_typed(body):
        state = read_typed_cartesian(fields)
        location = read_location(fields.fields("simple_ground_location"))
        window = read_window(fields.fields("time_window"))
        output = fields.fields("predict_passes_settings") if "predict_passes_settings" in fields else None
        model = fields.fields("neptune_config") if "neptune_config" in fields else None
        forces = read_force_settings(model, output, "output_time_step")
        if output is not None:
            output.finish()
    else:
        state = read_cartesian(*fields.tagged_one_of("orbit", STATE_FORMS), "orbit.content")
        location = read_location(Fields(fields.tagged("ground_location", "ground_loc.json"), "ground_location.content"))
        window = read_window(Fields(fields.tagged("time_window", "tw.json"), "time_window.content"))
        content = fields.tagged("settings", "shared_prop_settings.json") if "settings" in fields else None
        forces = read_force_settings(None if content is None else Fields(content, "settings.content"))
    fields.finish()
    check_extent(window.start, window.end, forces.step)
    return PassesRequest(state, location, window, forces.step, forces)


def _read_generic_inputs(fields: Fields) -> tuple[GroundLocation, TimeWindow, float]:
    location = read_location(Fields(fields.tagged("ground_location", "ground_loc.json"), "ground_location.content"))
    window = read_window(Fields(fields.tagged("time_window", "tw.json"), "time_window.content"))
    step = DEFAULT_STEP
    if "settings" in fields:
        settings = Fields(fields.tagged("settings", "shared_prop_settings.json"), "settings.content")
        step = read_step(settings, "output_step_size")
        settings.finish(tolerated=SHARED_SETTINGS)
    fields.finish()
    check_extent(window.start, window.end, step)
    return location, window, step
