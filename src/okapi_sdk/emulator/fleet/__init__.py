"""The seeded fleet: invented satellites, their element sets and ephemerides, and conjunctions of the next three days.

Everything follows from the number of satellites and a time. A later fleet therefore shows the same conjunctions with
newer CDMs, without those that have passed, and with new ones at its end.

Names and numbers belong to no real object. OMMs and OEMs (SGP4 states in GCRF) are computed from the element sets, and
so is the state of the satellite in each CDM. Invented are the time and angle of each encounter, the covariances and the
radii; the rest of a CDM is computed from both states. The risk estimates are those that estimate-risk/foster-1992
returns for these CDMs.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache

from ..store.tables import Store
from . import conjunctions, satellites


def seed(store: Store, satellites: int, at: datetime) -> None:
    """Store the fleet of the full hour before ``at``. Seeding twice with the same arguments has no further effect."""
    content = json.loads(_content(satellites, at.replace(minute=0, second=0, microsecond=0)))
    for satellite, oem in zip(content["satellites"], content["oems"], strict=True):
        store.put("satellites", "satellite_id", [satellite])
        store.put("oems", "oem_id", [oem], satellite["satellite_id"])
    store.put("tles", "tle_id", content["tles"])
    store.put("omms", "omm_id", content["omms"])
    for conjunction, cdms, risks in content["conjunctions"]:
        if datetime.fromisoformat(conjunction["newest_risk_estimation"]["tca"]) <= at:
            continue
        id_ = conjunction["conjunction_id"]
        store.put("conjunctions", "conjunction_id", [conjunction])
        store.put("cdms", "CDM_ID", cdms, id_)
        store.put("conjunctions/{conjunction_id}/risk-estimations", "risk_estimation_id", risks, id_)


@lru_cache(maxsize=4)
def _content(count: int, hour: datetime) -> str:
    """Return the whole fleet as JSON, computed once."""
    tles = satellites.element_sets(count, hour.replace(hour=0))
    return json.dumps(
        {
            "satellites": [satellites.satellite(tle) for tle in tles],
            "oems": [satellites.oem(tle) for tle in tles],
            "tles": [satellites.tle_record(tle) for tle in tles],
            "omms": [satellites.omm_record(tle) for tle in tles],
            "conjunctions": conjunctions.upcoming(tles, hour),
        },
        allow_nan=False,
    )
