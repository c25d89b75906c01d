"""propagate-orbit with a numerical method: states from the epoch of a state to an end epoch.

The method is a stand-in: the library brahe takes the place of NEPTUNE and of Orekit; see `engines.numerical`. Apart
from that of `oem`, no published source shows the results, so the emulator does the following:

* `simple`: a list `states`, as from SGP4; see `propagate_orbit`.
* `oem`: an ephemeris under `orbit`, in the platform's format.
* `opm`: one message under `orbit`, at the end epoch, with the properties of the object and without its maneuvers.

If the settings ask for it and the OPM has a covariance, it is propagated with the full force model. Each state then has
the lower triangle along R, T, N: in upper case in `oem` and `opm`, in lower case in `simple`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.cartesian import COVARIANCE, STATE, CartesianState
from ..bodies.propagate_state import StatePropagationRequest
from ..engines.encounter import both_axes
from ..engines.instants import Instants, chunks, iso, output_times, whole_milliseconds
from ..engines.numerical import NumericalMotion
from .numerical_motion import ignored_settings, numerical_motion, status_words
from .outcome import Context, Document, Listing, Outcome, Status

_ROWS, _COLUMNS = np.tril_indices(6)
_Row = dict[str, Any]


def propagate_state(request: StatePropagationRequest, context: Context) -> Outcome:
    """Propagate the orbit. The states are computed during serialisation."""
    state, forces = request.state, request.forces
    # In whole milliseconds, so that a state matches its printed time.
    origin, end = whole_milliseconds(state.epoch), whole_milliseconds(request.end)
    seconds = output_times(0.0, (end - origin).total_seconds(), forces.step)
    motion = numerical_motion(state, forces, origin, end)
    doubts = [*motion.doubts(origin, end), *ignored_settings(state, forces)]
    text = " ".join((f"{seconds.size:,} states in GCRF.", *status_words(state, forces, motion, end), *doubts))
    instants = Instants(origin, seconds)
    last = next(_states(motion, Instants(origin, seconds[-1:])))
    return Outcome(
        Status("WARNING" if doubts else "NONE", text),
        {
            "simple": Listing("states", ({key.lower(): row[key] for key in row} for row in _states(motion, instants))),
            "oem": Document("orbit", _oem(state, context.created, instants, _states(motion, instants))),
            "opm": Document("orbit", _opm(state, context.created, last)),
        },
    )


def _states(motion: NumericalMotion, instants: Instants) -> Iterator[_Row]:
    for seconds in chunks(instants.seconds):
        positions, velocities = motion.gcrf(Instants(instants.origin, seconds))
        rows = np.concatenate((np.round(positions, 9), np.round(velocities, 12))).T.tolist()
        for index, (second, row) in enumerate(zip(seconds.tolist(), rows, strict=True)):
            moment = instants.origin + timedelta(seconds=second)
            covariance = motion.covariance(moment, positions[:, index], velocities[:, index])
            found: dict[str, float] = dict(zip(STATE, row, strict=True))
            if covariance is not None:
                axes = both_axes(positions[:, index], velocities[:, index])
                lower = (axes @ covariance @ axes.T)[_ROWS, _COLUMNS].tolist()
                found |= dict(zip(COVARIANCE, lower, strict=True))
            yield {"EPOCH": iso(moment), **found}


def _metadata(state: CartesianState) -> dict[str, str]:
    return {
        "OBJECT_NAME": state.name,
        "OBJECT_ID": state.object_id,
        "CENTER_NAME": "EARTH",
        "REF_FRAME": "GCRF",
        "TIME_SYSTEM": "UTC",
    }


def _header(message: str, created: datetime) -> dict[str, object]:
    return {f"CCSDS_{message}_VERS": 2.0, "CREATION_DATE": iso(created), "ORIGINATOR": "okapi-sdk emulator"}


def _with_frame(row: _Row) -> _Row:
    return {**row, "COV_REF_FRAME": "RTN"} if COVARIANCE[0] in row else row


def _oem(state: CartesianState, created: datetime, instants: Instants, rows: Iterator[_Row]) -> dict[str, Any]:
    first, last = (instants.origin + timedelta(seconds=float(instants.seconds[index])) for index in (0, -1))
    return {
        "OEM_HEADER": {**_header("OEM", created), "COMMENTS": []},
        "OEM_META_DATA_DATA": [
            {
                **_metadata(state),
                "START_TIME": iso(first),
                "STOP_TIME": iso(last),
                "DATA": (_with_frame(row) for row in rows),
            }
        ],
    }


def _opm(state: CartesianState, created: datetime, row: _Row) -> dict[str, Any]:
    return {
        "OPM_HEADER": _header("OPM", created),
        "OPM_META_DATA": _metadata(state),
        "OPM_DATA": {
            **_with_frame(row),
            "MASS": state.mass,
            "SOLAR_RAD_COEFF": state.radiation_coefficient,
            "DRAG_AREA": state.area,
            "DRAG_COEFF": state.drag_coefficient,
        },
    }
