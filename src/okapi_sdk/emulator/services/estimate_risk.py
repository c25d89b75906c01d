"""estimate-risk: the collision risk of the conjunction that a CDM describes.

The result has the platform's format: `risk_estimations` with a list of records; see `risk_record`. Where no published
source describes the platform's behaviour, the emulator does the following:

* The tag of that list, `risk_estimations.json`, is the emulator's own, and so are the directions of the encounter plane
  (see `engines.encounter`) and the rule for `criticality`: critical from a probability of 1e-4, which is the platform's
  default for a satellite's accepted probability, and to be observed from a hundredth of that. There is no criticality
  if the methods of the encounter plane do not hold, see `doubts`; the status is then WARNING.
* A scaling range produces one record for each of its values, and several ranges produce one for each combination. A
  factor multiplies the variance along its axis, and its square root multiplies the covariances with that axis.
* `all-methods` has one more record than the platform has methods, HALL-2021, which holds where the methods of the
  encounter plane do not. If they do not hold, the status of any method states its probability.
* If only one object has a known radius, the other is treated as a point, with a WARNING.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ..bodies.cdm import RADIUS
from ..bodies.estimate_risk import Overrides, RiskRequest
from ..engines.conjunction import ALL_METHODS, CURVED_METHODS, Conjunction
from .cdm_conjunction import conjunction_of
from .doubts import input_objection, message_doubts
from .outcome import Context, Document, NoResultError, Outcome, Status
from .risk_record import Factors, risk_records

_MOST_REMARKS = 8
# Combinations of scaling factors for which a method of about a second is computed.
_MOST_CURVED = 20
_STRAIGHT = "straight relative motion"


def estimate_risk(request: RiskRequest, _: Context, method: str) -> Outcome:
    """Compute one record for each method and each combination of scaling factors."""
    overrides = request.overrides
    if overrides.unclear:
        raise NoResultError(
            f"overrides: no source states the unit that the platform expects for {overrides.unclear[0]}, so the "
            "emulator does not apply it. Omit it, or change the states of the CDM.",
            input_problem=True,
        )
    conjunction = conjunction_of(request.cdm, overrides.radii)
    geometry = conjunction.geometry
    if not geometry.radius_m:
        raise NoResultError(
            "Neither the CDM nor the overrides state a hard-body radius above zero. "
            + "".join(f"The remark {text[:80]!r} is not a hard-body radius. " for text in request.cdm.other_radii[:3])
            + "Send overrides with SAT1_HARD_BODY_RADIUS and SAT2_HARD_BODY_RADIUS in metres, or a CDM with "
            f"SAT1_{RADIUS}.",
            input_problem=True,
        )
    combinations = list(_combinations(overrides))
    methods = ALL_METHODS if method == "all-methods" else (method,)
    left_out: tuple[str, ...] = ()
    if len(combinations) > _MOST_CURVED and set(methods) & set(CURVED_METHODS):
        if method != "all-methods":
            raise NoResultError(
                f"overrides: {method} takes about a second for each of the {len(combinations):,} combinations of "
                f"scaling factors. Send up to {_MOST_CURVED}.",
                input_problem=True,
            )
        left_out, methods = CURVED_METHODS, tuple(one for one in methods if one not in CURVED_METHODS)
    records = [record for factors in combinations for record in risk_records(conjunction, methods, factors)]
    objections = list(dict.fromkeys(record.objection for record in records if record.objection))
    remarks = [
        f"{record.content['collision_probability_method']}: {record.estimate.remark}."
        for record in records
        if record.estimate.remark
    ]
    doubts = message_doubts(request.cdm, geometry)
    is_plausible = input_objection(geometry) is None
    text = [
        f"Computed by the okapi-sdk emulator for {'curved orbits' if method in CURVED_METHODS else _STRAIGHT}:",
        f"{len(records)} {'record' if len(records) == 1 else 'records'}, combined radius {geometry.radius_m:g} m.",
        *(
            [f"{' and '.join(left_out).upper()} are left out, because there are too many combinations."]
            if left_out
            else []
        ),
        *(
            ["Scaling factors multiply variances; no source says whether the platform's do."]
            if overrides.scales
            else []
        ),
        *doubts,
        *objections[:_MOST_REMARKS],
        *([_curved_words(geometry)] if objections and method not in CURVED_METHODS and is_plausible else []),
        *(["No criticality is derived from these probabilities."] if objections else []),
        *remarks[:_MOST_REMARKS],
        *(["See the comments in the records for more."] if max(len(remarks), len(objections)) > _MOST_REMARKS else []),
    ]
    doubtful = bool(doubts or objections) or any(record.estimate.doubtful for record in records)
    status = Status("WARNING" if doubtful else "NONE", " ".join(text))
    content = {"type": "risk_estimations.json", "content": [record.content for record in records]}
    return Outcome(status, {"simple": Document("risk_estimations", content)})


def _curved_words(geometry: Conjunction) -> str:
    """Return a sentence on the probability without a plane."""
    found = geometry.assess("hall-2021").estimate
    if found.probability is None:
        return f"Nor is there one on the curved orbits (HALL-2021): {found.remark}."
    return (
        f"On the curved orbits (HALL-2021), it is {found.probability:.3g}{f'; {found.remark}' if found.remark else ''}."
    )


def _combinations(overrides: Overrides) -> Iterator[Factors]:
    for values in itertools.product(*overrides.scales.values()):
        yield dict(zip(overrides.scales, values, strict=True))
