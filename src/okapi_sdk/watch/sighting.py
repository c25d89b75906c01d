"""The values of a conjunction that a watch compares and stores."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from ..models.base import RequestModel
from ..models.types import Epoch
from ..objects.conjunctions import Conjunction


class ConjunctionSighting(RequestModel):
    """A conjunction as seen at one time."""

    conjunction_id: Annotated[str, Field(min_length=1)]
    """The platform's ID."""
    sat1_norad_id: int | None = None
    """NORAD catalogue number of the first object."""
    sat1_name: str | None = None
    """Name of the first object."""
    sat2_norad_id: int | None = None
    """NORAD catalogue number of the second object."""
    sat2_name: str | None = None
    """Name of the second object."""
    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    collision_probability: float | None = None
    """Collision probability, 0 to 1; None if it could not be computed."""
    miss_distance_km: float | None = None
    """Distance at closest approach in km."""
    criticality: str | None = None
    """Criticality: ``non_critical``, ``observe`` or ``critical``."""

    @classmethod
    def of(cls, conjunction: Conjunction) -> Self:
        """Return the values of a conjunction, from its newest risk estimate or else its newest prediction.

        Raises:
            ResponseFormatError: if the conjunction has no ID.
        """
        risk = conjunction.newest_risk_estimation or conjunction.newest_risk_prediction
        return cls(
            conjunction_id=conjunction.id,
            sat1_norad_id=conjunction.sat1_norad_id,
            sat1_name=conjunction.sat1_name,
            sat2_norad_id=conjunction.sat2_norad_id,
            sat2_name=conjunction.sat2_name,
            tca=risk.tca if risk else None,
            collision_probability=risk.collision_probability if risk else None,
            miss_distance_km=risk.miss_distance if risk else None,
            criticality=conjunction.criticality or (risk.criticality if risk else None),
        )
