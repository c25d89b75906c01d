"""propagate-orbit/sgp4: states from the epoch of a TLE to an end epoch, and its mean elements as an OMM.

No published source shows these results, so their keys are the emulator's own, in the style of the known formats:

* `simple`: a list `states` of `x`, `y`, `z` (km), `x_dot`, `y_dot`, `z_dot` (km/s) in GCRF and `epoch`, as in the
  platform's state.json. The last state is at the end epoch.
* `omm`: under `orbit`, the mean elements of the TLE. Mean elements belong to their epoch, so there is one message, not
  one for each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from ..bodies.propagate_orbit import PropagationRequest
from ..engines.instants import Instants, chunks, iso, output_times, whole_milliseconds
from ..engines.motion import Motion
from .motions import motion_of
from .omm import omm_of
from .outcome import Context, Document, Listing, Outcome, Status


def propagate_orbit(request: PropagationRequest, context: Context) -> Outcome:
    """Propagate the orbit. The states are computed during serialisation."""
    # The epoch of a TLE may fall between milliseconds, and a satellite moves up to 4 m in half a millisecond. With an
    # origin in whole milliseconds, a state matches its printed time.
    origin = whole_milliseconds(request.tle.epoch)
    end = (whole_milliseconds(request.end) - origin).total_seconds()
    seconds = output_times(0.0, end, request.step)
    motion = motion_of(request.tle)
    # Fail before the first state is sent if the last one does not exist.
    motion.gcrf(Instants(origin, seconds[-1:]))
    text = f"{seconds.size:,} states in GCRF. Computed by the okapi-sdk emulator with SGP4 (WGS 72)."
    return Outcome(
        Status("NONE", text),
        {
            "simple": Listing("states", _states(motion, Instants(origin, seconds))),
            "omm": Document("orbit", omm_of(request.tle, context.created)),
        },
    )


def _states(motion: Motion, instants: Instants) -> Iterator[dict[str, object]]:
    names = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
    for seconds in chunks(instants.seconds):
        positions, velocities = motion.gcrf(Instants(instants.origin, seconds))
        rows = np.concatenate((np.round(positions, 9), np.round(velocities, 12))).T.tolist()
        for second, row in zip(seconds.tolist(), rows, strict=True):
            yield {**dict(zip(names, row, strict=True)), "epoch": iso(instants.origin + timedelta(seconds=second))}
