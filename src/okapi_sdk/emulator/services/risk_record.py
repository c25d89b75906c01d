"""The platform's record of a risk estimate. Lengths are in km, but radii are in metres."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ..bodies.cdm import PREFIXES, STATE
from ..engines.conjunction import CURVED_METHODS, Assessment, ConjunctionObject
from ..engines.instants import iso
from ..engines.probability import Estimate
from .cdm_conjunction import CdmConjunction
from .doubts import input_objection, plane_objection
from .outcome import engine_errors_as_fatal

ACCEPTED_PROBABILITY = 1e-4
"""The platform's default for a satellite's accepted collision probability."""

Factors = Mapping[tuple[str, str], float]
"""Factors on variances by object and axis, such as `("SAT1_", "R")`."""

_AXES = ("r", "t", "n")
_RATES = ("r_dot", "t_dot", "n_dot")
_COMMENTS = {
    "maximum-probability": "The largest value of ALFRIEND-1999 over all scales of the covariance (Alfriend et al., "
    "Space Debris 1, 1999). No source says which definition the platform uses.",
    "hall-2021": "Expected collisions on the curved orbits (Hall, Journal of Spacecraft and Rockets 58 (3), 2021). The "
    "platform has no method of this name.",
    "patera-2003": "Patera's tube along the path on which both objects most likely meet, not along the nominal one.",
}


@dataclass(frozen=True)
class RiskRecord:
    """A record as JSON, the estimate in it, and the reason why its method does not hold, if there is one."""

    content: dict[str, Any]
    estimate: Estimate
    objection: str | None


def risk_records(
    conjunction: CdmConjunction, methods: Sequence[str], factors: Factors = MappingProxyType({})
) -> list[RiskRecord]:
    """Return the records of one or more methods.

    Raises:
        NoResultError: if the combined covariance is not positive definite.
    """
    by_object = [[factors.get((prefix, axis.upper()), 1.0) for axis in _AXES] for prefix in PREFIXES]
    geometry = conjunction.geometry.scaled(*by_object)
    scaling = {
        f"{prefix.lower()}covariance_{axis}_scaling_factor": factor
        for prefix, of_object in zip(PREFIXES, by_object, strict=True)
        for axis, factor in zip(_AXES, of_object, strict=True)
    }
    with engine_errors_as_fatal():
        assessments = [geometry.assess(method) for method in methods]
    objection = input_objection(geometry)
    of_plane = objection or plane_objection(geometry)
    return [
        _record(
            replace(conjunction, geometry=geometry),
            method,
            assessment,
            scaling,
            objection if method in CURVED_METHODS else of_plane,
        )
        for method, assessment in zip(methods, assessments, strict=True)
    ]


def _record(
    conjunction: CdmConjunction,
    method: str,
    assessment: Assessment,
    scaling: Mapping[str, float],
    objection: str | None,
) -> RiskRecord:
    geometry, encounter = conjunction.geometry, conjunction.geometry.encounter
    estimate, miss, covariance = assessment.estimate, assessment.miss, assessment.covariance
    content = {
        "risk_estimation_id": str(uuid.uuid4()),
        **({} if conjunction.created is None else {"creation_date": iso(conjunction.created)}),
        "originator": conjunction.originator,
        "tca": iso(conjunction.tca),
        "collision_probability": estimate.probability,
        "collision_probability_method": method.upper(),
        "mahalanobis_distance": math.sqrt(assessment.disc.squared_distance),
        "miss_distance": encounter.miss_distance,
        "relative_speed": encounter.relative_speed,
        "sat1_hard_body_radius": geometry.first.radius_m,
        "sat2_hard_body_radius": geometry.second.radius_m,
        **dict(zip(_AXES, encounter.relative_position.tolist(), strict=True)),
        **dict(zip(_RATES, encounter.relative_velocity.tolist(), strict=True)),
        **dict(zip((f"{axis}_std" for axis in _AXES), geometry.position_deviations(), strict=True)),
        **dict(zip((f"{axis}_std" for axis in _RATES), geometry.velocity_deviations(), strict=True)),
        **scaling,
        "b_plane_x": float(miss[0]),
        "b_plane_y": float(miss[1]),
        "b_plane_xx": float(covariance[0, 0]),
        "b_plane_xy": float(covariance[0, 1]),
        "b_plane_yy": float(covariance[1, 1]),
        "b_plane_yx": float(covariance[1, 0]),
        "sat1_state_at_tca": _opm(conjunction, 0, geometry.first, conjunction.tca),
        "sat2_state_at_tca": _opm(conjunction, 1, geometry.second, conjunction.tca),
        "criticality": None if objection or estimate.doubtful else _criticality(estimate.probability),
        "suggested": True,
        "comment": " ".join(
            filter(None, (_COMMENTS.get(method), estimate.remark and f"{estimate.remark}.", objection))
        ),
        "based_on": "UNKNOWN",
    }
    return RiskRecord(content, estimate, objection)


def _criticality(probability: float | None) -> str | None:
    if probability is None:
        return None
    if probability >= ACCEPTED_PROBABILITY:
        return "critical"
    return "observe" if probability >= ACCEPTED_PROBABILITY / 100 else "non_critical"


def _opm(conjunction: CdmConjunction, index: int, state: ConjunctionObject, epoch: datetime) -> dict[str, Any]:
    return {
        "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0, "ORIGINATOR": "okapi-sdk emulator"},
        "OPM_META_DATA": {
            "OBJECT_NAME": conjunction.names[index],
            "OBJECT_ID": conjunction.designators[index],
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "GCRF",
            "TIME_SYSTEM": "UTC",
        },
        "OPM_DATA": {
            "EPOCH": iso(epoch),
            **dict(zip(STATE, (*state.position.tolist(), *state.velocity.tolist()), strict=True)),
        },
    }
