"""predict-risk: the probability of a collision until the closest approach, as later messages will state it.

The record has the platform's keys. No published source says how the platform predicts, nor shows the structure of
`risk_trend_increase`, `risk_trend_decrease` and `risk_quartiles`. The emulator does the following:

* The messages are the CDM of the request and the stored CDMs (`cdms`) of the same two objects with a TCA up to an hour
  from its own and an earlier creation date.
* `engines.risk_trend` states the assumptions. The deviations in the encounter plane shrink with the power of the time
  to the TCA that fits the messages, or in proportion to it if there is only one.
* `risk_trend` has the probability of each message and, after the newest, the median of what later ones may state, until
  a tenth of the time is left. `risk_quartiles` has the quartiles at those times. `risk_trend_increase` and
  `risk_trend_decrease` have the mean of the probabilities above and below the present one.
* `approx_peak_risk` is the highest value of the trend from now on, at `time_of_peak_risk`.
* `probability_of_increase` is the share of all later messages that state more than the present probability,
  `probability_of_critical` that of those that state 1e-4 or more.
* Later probabilities are those of the method where it has a closed form or a series, otherwise the integral over the
  encounter plane.
* If the CDM of the request is stored with a conjunction, the predictions are stored with it too.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np

from ..bodies.cdm import PREFIXES, Cdm, read_cdm
from ..bodies.estimate_risk import RiskRequest
from ..bodies.fields import InputProblemError
from ..engines.conjunction import Assessment
from ..engines.instants import iso
from ..engines.probability import METHODS, Disc, estimate
from ..engines.risk_trend import USUAL_EXPONENT, Later, later_probabilities, shrinking_exponent
from ..store.tables import Store
from .cdm_conjunction import CdmConjunction, conjunction_of
from .doubts import input_objection, message_doubts, plane_objection
from .new_encounter import SAME_TCA
from .outcome import Context, Document, NewElement, NoResultError, Outcome, Status, engine_errors_as_fatal
from .risk_record import ACCEPTED_PROBABILITY, RiskRecord, risk_records
from .stored_conjunction import owner_of

_PREDICTIONS = "conjunctions/{conjunction_id}/risk-predictions"
_OWN_FORMULA = ("alfriend-1999", "chan-1997", "maximum-probability")
_COPIED = (
    "originator", "tca", "collision_probability", "collision_probability_method", "miss_distance", "relative_speed",
    "r", "t", "n", "r_dot", "t_dot", "n_dot", "criticality", "based_on",
    *(f"sat{number}_covariance_{axis}_scaling_factor" for number in (1, 2) for axis in "rtn"),
)  # fmt: skip


def predict_risk(request: RiskRequest, context: Context, method: str) -> Outcome:
    """Predict the probability by one or all methods."""
    overrides = request.overrides
    if overrides.unclear or overrides.scales:
        raise NoResultError(
            "overrides: a prediction takes hard-body radii only, no positions or scaling ranges. Omit the others.",
            input_problem=True,
        )
    messages = [*_earlier(context.store, request.cdm), request.cdm]
    conjunctions = [conjunction_of(cdm, overrides.radii) for cdm in messages]
    newest = conjunctions[-1]
    if newest.created is None or newest.created >= newest.tca:
        raise NoResultError(
            "A prediction needs a CREATION_DATE before the TCA of the CDM. Send a CDM that states one.",
            input_problem=True,
        )
    if not newest.geometry.radius_m:
        raise NoResultError(
            "Neither the CDM nor the overrides state a hard-body radius above zero. Send overrides with "
            "SAT1_HARD_BODY_RADIUS and SAT2_HARD_BODY_RADIUS in metres.",
            input_problem=True,
        )
    times = [_seconds_to_tca(one) for one in conjunctions]
    with engine_errors_as_fatal():
        sizes = [_size(one.geometry.assess("alfriend-1999")) for one in conjunctions]
    fitted = shrinking_exponent(times, sizes)
    exponent = USUAL_EXPONENT if fitted is None else fitted
    methods = tuple(METHODS) if method == "all-methods" else (method,)
    objection = input_objection(newest.geometry) or plane_objection(newest.geometry)
    predictions = []
    for one in methods:
        records = [risk_records(conjunction, (one,))[0] for conjunction in conjunctions]
        predictions.append(_prediction(newest, one, records, times, exponent))
    doubts = [*message_doubts(request.cdm, newest.geometry), *([objection] if objection else [])]
    text = [
        f"Predicted by the okapi-sdk emulator from {len(messages)} {'message' if len(messages) == 1 else 'messages'}, "
        "under its own assumptions: later means are drawn from the present distribution, and the deviations in the "
        f"encounter plane shrink with the time to the TCA to the power {exponent:.2g}"
        f"{', which a single message does not show' if fitted is None else ''}. No source says how the platform "
        "predicts.",
        *doubts,
        *(["No criticality is derived from these probabilities."] if objection else []),
    ]
    content = {"type": "risk_predictions.json", "content": predictions}
    status = Status("WARNING" if doubts else "NONE", " ".join(text))
    return Outcome(
        status, {"simple": Document("risk_predictions", content)}, _stored(predictions, context.store, request.cdm)
    )


def _stored(predictions: list[Mapping[str, Any]], store: Store, cdm: Cdm) -> tuple[NewElement, ...]:
    """Return the predictions as elements of the conjunction to which a stored message belongs."""
    conjunction_id = owner_of(store, cdm)
    if conjunction_id is None:
        return ()
    return tuple(
        NewElement(_PREDICTIONS, "risk_prediction_id", one, ("conjunctions", conjunction_id)) for one in predictions
    )


def _earlier(store: Store, newest: Cdm) -> list[Cdm]:
    """Return the stored messages on the conjunction of a message, the oldest first."""
    names, tca, created = _designators(newest), newest.time("TCA"), newest.time("CREATION_DATE")
    if None in names or tca is None or created is None:
        return []
    found = []
    for element in store.elements("cdms"):
        try:
            cdm = read_cdm("cdm.json", element, "cdm")
        except InputProblemError:
            continue
        other, before = cdm.time("TCA"), cdm.time("CREATION_DATE")
        if other is None or before is None or _designators(cdm) != names:
            continue
        if abs(other - tca) <= SAME_TCA and before < created:
            found.append((before, cdm))
    return [cdm for _, cdm in sorted(found, key=lambda pair: pair[0])]


def _designators(cdm: Cdm) -> tuple[str | None, ...]:
    return tuple(cdm.text(f"{prefix}OBJECT_DESIGNATOR") for prefix in PREFIXES)


def _seconds_to_tca(conjunction: CdmConjunction) -> float:
    created = conjunction.created or conjunction.tca
    return (conjunction.tca - created).total_seconds()


def _size(assessment: Assessment) -> float:
    return math.sqrt(assessment.disc.narrow * assessment.disc.wide)


def _probability(method: str, disc: Disc) -> float | None:
    return estimate(method, disc).probability


def _prediction(
    conjunction: CdmConjunction, method: str, records: list[RiskRecord], times: list[float], exponent: float
) -> Mapping[str, Any]:
    present = records[-1].content
    formula = method if method in _OWN_FORMULA else "foster-1992"
    disc = conjunction.geometry.assess("alfriend-1999").disc
    later = later_probabilities(disc, times[-1], exponent, partial(_probability, formula))
    later = [one for one in later if one.probabilities.size]
    past = [
        _point(second, record.content["collision_probability"]) for second, record in zip(times, records, strict=True)
    ]
    trend = [*past, *(_point(one.seconds, one.quantile(0.5)) for one in later)]
    known = [point for point in trend[len(past) - 1 :] if point["collision_probability"] is not None]
    peak = max(known, key=lambda point: float(point["collision_probability"] or 0.0), default=past[-1])
    return {
        "risk_prediction_id": str(uuid.uuid4()),
        "creation_date": present.get("creation_date"),
        **{name: present[name] for name in _COPIED},
        "time_of_peak_risk": iso(conjunction.tca - timedelta(seconds=peak["time_to_tca"] or 0.0)),
        "approx_peak_risk": peak["collision_probability"],
        "risk_trend": trend,
        **_sides(later, present["collision_probability"]),
        "risk_quartiles": [
            {
                "time_to_tca": one.seconds,
                **{name: one.quantile(share) for name, share in (("lower", 0.25), ("median", 0.5), ("upper", 0.75))},
            }
            for one in later
        ],
        "suggested": True,
        "comment": present["comment"],
    }


def _sides(later: list[Later], present: float | None) -> dict[str, Any]:
    """Return the trends above and below the present probability, and the shares of all later messages."""
    if present is None or not later:
        return {}
    every = np.concatenate([one.probabilities for one in later])
    above = [_point(one.seconds, _mean(one.probabilities[one.probabilities > present].tolist())) for one in later]
    below = [_point(one.seconds, _mean(one.probabilities[one.probabilities <= present].tolist())) for one in later]
    return {
        "risk_trend_increase": above,
        "risk_trend_decrease": below,
        "probability_of_increase": float((every > present).mean()),
        "probability_of_critical": float((every >= ACCEPTED_PROBABILITY).mean()),
    }


def _point(seconds: float, probability: float | None) -> dict[str, float | None]:
    return {"time_to_tca": seconds, "collision_probability": probability}


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
