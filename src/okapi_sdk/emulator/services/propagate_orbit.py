"""propagate-orbit/sgp4: states from the epoch of a TLE to an end epoch, and its mean elements as an OMM.

No published source shows these results, so their keys are the emulator's own, in the style of what is known:

* `simple`: a list `states` of `x`, `y`, `z` (km), `x_dot`, `y_dot`, `z_dot` (km/s) in GCRF and `epoch`, as the
  platform's state.json has them; the last state is at the end epoch;
* `omm`: under `orbit`, the mean elements of the TLE in the keywords of CCSDS 502.0-B, in blocks named like those of the
  platform's OPM and OEM. Mean elements belong to their epoch, so there is one message, not one for each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from ..bodies.requests import PropagationRequest
from ..bodies.tle import Tle
from ..engines.instants import Instants, chunks, iso, steps, whole_milliseconds
from ..engines.sgp4_motion import Orbit
from ..protocol.envelopes import Document, Listing, Outcome, Status
from ..store.tables import Context


def propagate_orbit(request: PropagationRequest, context: Context) -> Outcome:
    """Propagate. The states are computed while they are written out."""
    # The epoch of a TLE falls between milliseconds, in which 4 m are flown: the states are for the times they bear.
    origin = whole_milliseconds(request.tle.epoch)
    end = (whole_milliseconds(request.end) - origin).total_seconds()
    seconds = steps(0.0, end, request.step)
    text = f"{seconds.size:,} states in GCRF. Computed by the okapi-sdk emulator with SGP4 (WGS 72)."
    return Outcome(
        Status("NONE", text),
        {
            "simple": Listing("states", _states(Orbit(request.tle), Instants(origin, seconds))),
            "omm": Document("orbit", mean_elements(request.tle, context.created)),
        },
    )


def _states(orbit: Orbit, at: Instants) -> Iterator[dict[str, object]]:
    names = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
    for seconds in chunks(at.seconds):
        positions, velocities = orbit.gcrf(Instants(at.origin, seconds))
        rows = np.concatenate((np.round(positions, 9), np.round(velocities, 12))).T.tolist()
        for second, row in zip(seconds.tolist(), rows, strict=True):
            yield {**dict(zip(names, row, strict=True)), "epoch": iso(at.origin + timedelta(seconds=second))}


def mean_elements(tle: Tle, created: datetime) -> dict[str, dict[str, object]]:
    """The elements of a TLE as an OMM."""
    return {
        "OMM_HEADER": {
            "CCSDS_OMM_VERS": 2.0,
            "CREATION_DATE": iso(created),
            "ORIGINATOR": "okapi-sdk emulator",
        },
        "OMM_META_DATA": {
            "OBJECT_NAME": tle.name or "Unspecified",
            "OBJECT_ID": tle.cospar_id or "Unspecified",
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "TEME",
            "TIME_SYSTEM": "UTC",
            "MEAN_ELEMENT_THEORY": "SGP4",
        },
        "OMM_DATA": {
            # Not cut to milliseconds: this epoch is part of the elements.
            "EPOCH": tle.epoch.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
            "MEAN_MOTION": tle.mean_motion,
            "ECCENTRICITY": tle.eccentricity,
            "INCLINATION": tle.inclination,
            "RA_OF_ASC_NODE": tle.right_ascension_of_node,
            "ARG_OF_PERICENTER": tle.argument_of_perigee,
            "MEAN_ANOMALY": tle.mean_anomaly,
            "EPHEMERIS_TYPE": tle.ephemeris_type,
            "CLASSIFICATION_TYPE": tle.classification,
            "NORAD_CAT_ID": tle.catalogue_number,
            "ELEMENT_SET_NO": tle.element_set,
            "REV_AT_EPOCH": tle.revolution,
            "BSTAR": tle.bstar,
            "MEAN_MOTION_DOT": tle.mean_motion_dot,
            "MEAN_MOTION_DDOT": tle.mean_motion_ddot,
        },
    }
