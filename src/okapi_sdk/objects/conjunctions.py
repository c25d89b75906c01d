"""Conjunctions, with their risk estimates, risk predictions and manoeuvre evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ..models.envelope import unwrap
from ..models.types import OpenName
from ..results.maneuver_evaluation import ManeuverEvaluation
from ..results.risk import Criticality, RiskEstimation, RiskPrediction
from .base import (
    Gettable,
    PagedQuery,
    Query,
    Stored,
)
from .filters import (
    ClosedNumbers,
    ClosedTimes,
    FieldNames,
    Id,
    OpenItem,
    Text,
)

_SortKey = (
    Literal[
        "tca", "collision_probability", "miss_distance", "criticality",
        "-tca", "-collision_probability", "-miss_distance", "-criticality",
    ]
    | str
)  # fmt: skip
_FieldName = Annotated[
    Literal[
        "conjunction_id", "tca", "sat1_norad_id", "sat2_norad_id", "sat1_name", "sat2_name",
        "criticality", "criticality_source", "newest_risk_estimation", "newest_risk_prediction",
    ]
    | str,
    OpenItem,
]  # fmt: skip
_Part = Annotated[Literal["newest_risk_estimation", "newest_risk_prediction"] | str, OpenName, OpenItem]


class Conjunction(Stored, Gettable["Conjunction"]):
    """A close approach between two objects."""

    _collection: ClassVar[str] = "conjunctions"
    _id_field: ClassVar[str] = "conjunction_id"

    _first_shown: ClassVar[tuple[str, ...]] = (
        "tca", "miss_distance_km", "collision_probability", "criticality", "sat1_name", "sat2_name",
    )  # fmt: skip

    conjunction_id: str | None = None
    """The platform's ID."""
    sat1_norad_id: int | None = None
    """NORAD catalogue number of the first object."""
    sat2_norad_id: int | None = None
    """NORAD catalogue number of the second object."""
    sat1_name: str | None = None
    """Name of the first object."""
    sat2_name: str | None = None
    """Name of the second object."""
    criticality: Criticality | str | None = None
    """Criticality: ``non_critical``, ``observe`` or ``critical``. If the platform does not rate the conjunction itself,
    that of the newest risk estimate. The thresholds are undocumented."""
    criticality_source: Literal["risk_estimation", "risk_prediction"] | str | None = None
    """Basis of the criticality: ``risk_estimation`` or ``risk_prediction``."""
    newest_risk_estimation: Annotated[RiskEstimation | None, BeforeValidator(unwrap)] = None
    """The newest risk estimate, with distances in km. Until 2021 the platform sent ``risk_estimations`` instead."""
    newest_risk_prediction: Annotated[RiskPrediction | None, BeforeValidator(unwrap)] = None
    """The newest risk prediction, with distances in km. Until 2021 the platform sent ``risk_predictions`` instead."""

    @property
    def tca(self) -> datetime | None:
        """Time of closest approach of the newest risk estimate, UTC; None if unknown."""
        return None if self.newest_risk_estimation is None else self.newest_risk_estimation.tca

    @property
    def miss_distance_km(self) -> float | None:
        """Distance at `tca` in km, of the newest risk estimate; None if unknown."""
        return None if self.newest_risk_estimation is None else self.newest_risk_estimation.miss_distance

    @property
    def collision_probability(self) -> float | None:
        """Collision probability of the newest risk estimate, 0 to 1; None if unknown or if it could not be computed."""
        return None if self.newest_risk_estimation is None else self.newest_risk_estimation.collision_probability

    @model_validator(mode="after")
    def _rate_by_estimation(self) -> Self:
        if self.criticality is None and self.newest_risk_estimation is not None:
            # Not one of the fields that were set: a dump of those contains what the platform sent.
            vars(self).update(criticality=self.newest_risk_estimation.criticality)
        return self


class Conjunctions(PagedQuery[Conjunction]):
    """Query for conjunctions of the account's satellites.

    >>> from okapi_sdk import Range
    >>> Conjunctions(criticality=["critical", "observe"], collision_probability=Range(gte=1e-5), limit=20)._params()
    {'page': '1', 'limit': '20', 'collision_probability[$gte]': '1e-05', 'criticality': 'critical,observe'}
    """

    _collection: ClassVar[str] = "conjunctions"
    _element: ClassVar[type[Conjunction]] = Conjunction

    tca: ClosedTimes = None
    """Time of closest approach, UTC: a `Range` with ``gte`` and ``lte``."""
    collision_probability: ClosedNumbers = None
    """Collision probability, 0 to 1: a number, or a `Range` with ``gte`` and ``lte``."""
    miss_distance: ClosedNumbers = None
    """Distance at closest approach: a number, or a `Range` with ``gte`` and ``lte``. The unit of this filter is
    undocumented; most likely km, as in risk estimates."""
    criticality: Annotated[Sequence[Criticality], Field(min_length=1), AfterValidator(tuple)] | None = None
    """Criticalities to include. Others are rejected, because the empty list they return would read as all clear."""
    q: Text | None = None
    """Text to search for."""
    sort: Annotated[_SortKey | Sequence[_SortKey], FieldNames] | None = None
    """Field to sort by, or a list of fields; a leading ``-`` reverses the order."""
    include: Annotated[Sequence[_FieldName], Field(min_length=1), AfterValidator(tuple)] | None = None
    """Fields to include in the response."""
    exclude: Annotated[Sequence[_Part], Field(min_length=1), AfterValidator(tuple)] | None = None
    """Fields to exclude from the response, which makes it smaller."""


class ConjunctionRiskEstimations(Query[RiskEstimation]):
    """Query for all risk estimates of a conjunction."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/risk-estimations"
    _element: ClassVar[type[RiskEstimation]] = RiskEstimation

    conjunction_id: Id
    """The platform's ID of the conjunction."""


class ConjunctionRiskPredictions(Query[RiskPrediction]):
    """Query for all risk predictions of a conjunction."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/risk-predictions"
    _element: ClassVar[type[RiskPrediction]] = RiskPrediction

    conjunction_id: Id
    """The platform's ID of the conjunction."""


class ConjunctionManeuverEvaluations(Query[ManeuverEvaluation]):
    """Query for the manoeuvres evaluated for a conjunction."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/maneuver-evals"
    _element: ClassVar[type[ManeuverEvaluation]] = ManeuverEvaluation

    conjunction_id: Id
    """The platform's ID of the conjunction."""
