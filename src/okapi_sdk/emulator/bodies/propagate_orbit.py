"""Bodies of propagate-orbit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .fields import Fields, InputProblemError, is_typed
from .inputs import DEFAULT_STEP, SHARED_SETTINGS, check_extent, read_step, read_tle_text
from .omm import read_mean_elements
from .tle import Tle


@dataclass(frozen=True)
class PropagationRequest:
    """A request for states from the epoch of the elements to `end`, every `step` seconds."""

    tle: Tle
    end: datetime
    step: float


def read_propagate_orbit(body: object) -> PropagationRequest:
    """Read the body of a propagate-orbit/sgp4 request."""
    fields = Fields(body)
    if is_typed(body):
        tle = read_tle_text(fields.take("tle"), "tle")
        settings = fields.fields("settings")
        end = settings.time("propagation_end_epoch")
        step = read_step(settings, "output_step_size")
        settings.finish(tolerated=frozenset({"neptune_config"}))
    else:
        tle = read_mean_elements(fields)
        settings = Fields(fields.tagged("settings", "prop_settings.json"), "settings.content")
        end = settings.time("propagation_end_epoch")
        step = DEFAULT_STEP
        if "more" in settings:
            more = settings.fields("more")
            step = read_step(more, "output_step_size")
            more.finish(tolerated=SHARED_SETTINGS)
        settings.finish()
    fields.finish()
    if end <= tle.epoch:
        raise InputProblemError(
            f"{settings.path('propagation_end_epoch')} is not after the epoch of the TLE, {tle.epoch.isoformat()}"
        )
    check_extent(tle.epoch, end, step)
    return PropagationRequest(tle, end, step)
