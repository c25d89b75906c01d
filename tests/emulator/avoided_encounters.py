"""Maneuvers that avoid CARA's published encounters, flown a second time.

`python -m tests.emulator.avoided_encounters` prints the table of docs/methods/maneuvers.md; it takes some minutes. The
satellite is the same for all: 1000 kg, 20 N, an accepted probability of 1e-5, six hours before the closest approach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from okapi_sdk.emulator.bodies.cdm import read_cdm
from okapi_sdk.emulator.services.catalogue import SERVICES
from okapi_sdk.emulator.services.outcome import Context, Listing
from okapi_sdk.emulator.store.tables import Store

from .encounters import PublishedEncounter, cara_encounters
from .flights import risk_after

ACCEPTED = 1e-5
_SATELLITE = {
    "norad_ids": [1], "mass": 1000.0, "area": 10.0, "thrust_output": 20.0, "max_thrust_duration": 1200.0,
    "accepted_collision_probability": ACCEPTED, "use_offset_cdm_and_earliest_maneuver": False,
}  # fmt: skip


@dataclass(frozen=True)
class Avoided:
    """The claimed probability of a maneuver and that of the second flight, and both miss distances in km."""

    strategy: str
    claimed: float
    again: float
    claimed_miss: float
    miss_again: float


def avoided(encounter: PublishedEncounter, hours: float) -> Iterator[Avoided]:
    """Yield the maneuvers for an encounter, planned some hours before it."""
    tca = encounter.message["TCA"].rstrip("Z") + "Z"
    cdm = {**encounter.message, "TCA": tca, "SAT1_OBJECT_DESIGNATOR": "1"}
    store = Store()
    store.put("satellites", "satellite_id", [_SATELLITE])
    radii = {"SAT1_HARD_BODY_RADIUS": encounter.radius_m, "SAT2_HARD_BODY_RADIUS": 0.0}
    body = {
        "conjunction": {"type": "cdm.json", "content": cdm},
        "overrides": {"type": "cdm_overrides.json", "content": radii},
    }
    service = SERVICES["generate-maneuver"]
    moment = read_cdm("cdm.json", cdm, "cdm").time("TCA")
    assert moment is not None
    outcome = service.compute(service.read(body), Context(moment - timedelta(hours=hours), store))
    result = outcome.formats["simple"]
    assert isinstance(result, Listing)
    for row in result.rows:
        opm, claimed = row["maneuver_file"], row["new_risk_estimation"]
        assert isinstance(opm, dict)
        assert isinstance(claimed, dict)
        again, miss = risk_after(opm, cdm, encounter.radius_m)
        probability, distance = claimed["collision_probability"], claimed["miss_distance"]
        yield Avoided(str(row["strategy_name"]), probability, again, distance, miss)


def table() -> str:
    """Return the differences between the claims and the second flights as a table in Markdown."""
    encounters = [one for one in cara_encounters() if not one.is_doubted]
    found = [one for encounter in encounters for one in avoided(encounter, 6.0)]
    lines = [
        f"| maneuvers for {len(encounters)} encounters | number | probability, median | worst | miss distance, worst |",
        "|---|---|---|---|---|",
    ]
    for strategy in ("short_term", "long_term"):
        chosen = [one for one in found if one.strategy == strategy]
        risks = [abs(one.again / one.claimed - 1) for one in chosen]
        misses = [abs(one.miss_again / one.claimed_miss - 1) for one in chosen]
        lines.append(
            f"| `{strategy}` | {len(chosen)} | {np.median(risks):.2%} | {max(risks):.1%} | {max(misses):.2%} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
