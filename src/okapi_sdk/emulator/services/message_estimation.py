"""The risk estimation that belongs to a stored CDM."""

from __future__ import annotations

import uuid
from typing import Any

from .cdm_conjunction import CdmConjunction
from .risk_record import risk_records

METHOD = "foster-1992"
# The same for the same CDM_ID, so that a repeated upload replaces it.
_NAMESPACE = uuid.UUID("f3ab7d0c-4a5e-5b0e-9a3b-2f6c1d0e8b47")


def estimation_id(cdm_id: object) -> str:
    """Return the ID of the estimation of a CDM."""
    return str(uuid.uuid5(_NAMESPACE, str(cdm_id)))


def message_estimation(conjunction: CdmConjunction, cdm_id: object) -> dict[str, Any]:
    """Return the estimation of a CDM. Without a hard-body radius, it has no probability.

    Raises:
        NoResultError: if the combined covariance is not positive definite.
    """
    (record,) = risk_records(conjunction, (METHOD,))
    content = {**record.content, "risk_estimation_id": estimation_id(cdm_id)}
    if not conjunction.geometry.radius_m:
        content |= without_probability("the CDM states no hard-body radius")
    return content


def without_probability(reason: str) -> dict[str, Any]:
    """Return the values of an estimation that has no probability for a reason."""
    return {"collision_probability": None, "criticality": None, "comment": f"No probability: {reason}."}
