"""estimate-risk: the collision risk of the conjunction that a CDM describes.

The result has the platform's format: `risk_estimations` with a list of records; see `risk_record`. Where no published
source describes the platform's behaviour, the emulator does the following:

* The tag of that list, `risk_estimations.json`, is the emulator's own, and so are the directions of the encounter plane
  (see `engines.encounter`) and the rule for `criticality`: critical from a probability of 1e-4, which is the platform's
  default for a satellite's accepted probability, and to be observed from a hundredth of that.
* A scaling range produces one record for each of its values, and several ranges produce one for each combination. A
  factor multiplies the variance along its axis, and its square root multiplies the covariances with that axis.
* If only one object has a known radius, the other is treated as a point, with a WARNING.
"""

from __future__ import annotations

import itertools
import math
import uuid
from collections.abc import Iterator

from ..bodies.cdm import RADIUS, Cdm
from ..bodies.estimate_risk import Overrides, RiskRequest
from ..engines.conjunction import Conjunction
from ..engines.probability import METHODS
from .cdm_conjunction import conjunction_of
from .outcome import Context, Document, NoResultError, Outcome, Status
from .risk_record import Factors, risk_record

# Radians. From 0.5 upwards, published Monte Carlo results differ from the plane integral by 4 % or more; below 0.2, by
# less than 1 %.
_LONGEST_ARC = 0.3
_MOST_REMARKS = 8


def estimate_risk(request: RiskRequest, _: Context, method: str) -> Outcome:
    """Compute one record for each method and each combination of scaling factors."""
    overrides = request.overrides
    if overrides.unclear:
        raise NoResultError(
            f"overrides: no source says in which unit the platform takes {overrides.unclear[0]}, so the emulator does "
            "not apply it. Omit it, or change the states of the CDM.",
            input_problem=True,
        )
    conjunction = conjunction_of(request.cdm, overrides.radii)
    geometry = conjunction.geometry
    if not geometry.radius_m:
        raise NoResultError(
            "Neither the CDM nor the overrides state a hard-body radius above zero. Send overrides with "
            f"SAT1_HARD_BODY_RADIUS and SAT2_HARD_BODY_RADIUS in metres, or a CDM with SAT1_{RADIUS}.",
            input_problem=True,
        )
    methods = tuple(METHODS) if method == "all-methods" else (method,)
    records = [
        risk_record(conjunction, one, str(uuid.uuid4()), factors)
        for factors in _combinations(overrides)
        for one in methods
    ]
    remarks = [
        f"{record.content['collision_probability_method']}: {record.estimate.remark}."
        for record in records
        if record.estimate.remark
    ]
    doubts = _doubts(request.cdm, geometry)
    text = [
        "Computed by the okapi-sdk emulator for straight relative motion:",
        f"{len(records)} {'record' if len(records) == 1 else 'records'}, combined radius {geometry.radius_m:g} m.",
        *(["PATERA-2003 is not computed."] if method == "all-methods" else []),
        *(
            ["Scaling factors multiply variances; no source says whether the platform's do."]
            if overrides.scales
            else []
        ),
        *doubts,
        *remarks[:_MOST_REMARKS],
        *(["See the comments in the records for more."] if len(remarks) > _MOST_REMARKS else []),
    ]
    doubtful = bool(doubts) or any(record.estimate.doubtful for record in records)
    status = Status("WARNING" if doubtful else "NONE", " ".join(text))
    content = {"type": "risk_estimations.json", "content": [record.content for record in records]}
    return Outcome(status, {"simple": Document("risk_estimations", content)})


def _combinations(overrides: Overrides) -> Iterator[Factors]:
    for values in itertools.product(*overrides.scales.values()):
        yield dict(zip(overrides.scales, values, strict=True))


def _doubts(cdm: Cdm, geometry: Conjunction) -> list[str]:
    """Return sentences that cast doubt on the result."""
    doubts = []
    for number, one in enumerate(geometry.objects, 1):
        if one.radius_m is None:
            doubts.append(f"Object {number} has no radius and is treated as a point.")
        if not one.covariance_is_valid:
            doubts.append(f"The covariance of object {number} is not positive definite.")
    miss, stated = geometry.encounter.miss_distance * 1000, cdm.number("MISS_DISTANCE")
    if stated is not None and abs(miss - stated) > max(1.0, stated / 100):
        doubts.append(f"The CDM states a miss distance of {stated:g} m, but its states give {miss:.6g} m.")
    if (arc := geometry.arc) > _LONGEST_ARC:
        doubts.append(
            f"The encounter is slow: it lasts for {math.degrees(arc):.0f} degrees of an orbit, and relative motion is "
            "not straight for that long. The true probability can be several times as large."
        )
    return doubts
