"""Conjunctions, and what is known of each: risks, their course, and maneuvers against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

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
    Id,
    Items,
    Names,
    OpenItem,
    Text,
)

_Part = Annotated[Literal["newest_risk_estimation", "newest_risk_prediction"] | str, OpenName, OpenItem]


class Conjunction(Stored, Gettable["Conjunction"]):
    """A close approach of two objects."""

    _collection: ClassVar[str] = "conjunctions"
    _id_field: ClassVar[str] = "conjunction_id"

    conjunction_id: str | None = None
    """The platform's id."""
    sat1_norad_id: int | None = None
    """NORAD catalogue number of the first object."""
    sat2_norad_id: int | None = None
    """NORAD catalogue number of the second object."""
    sat1_name: str | None = None
    """Name of the first object."""
    sat2_name: str | None = None
    """Name of the second object."""
    criticality: Criticality | str | None = None
    """How critical it is: ``non_critical``, ``observe`` or ``critical``. No source says where one ends and the next
    begins."""
    criticality_source: Literal["risk_estimation", "risk_prediction"] | str | None = None
    """What that follows from: ``risk_estimation`` or ``risk_prediction``."""
    newest_risk_estimation: Annotated[RiskEstimation | None, BeforeValidator(unwrap)] = None
    """The newest estimation of its risk: distances in km. Until 2021 the platform sent ``risk_estimations`` instead."""
    newest_risk_prediction: Annotated[RiskPrediction | None, BeforeValidator(unwrap)] = None
    """The newest prediction of its risk: distances in km. Until 2021 the platform sent ``risk_predictions`` instead."""


class Conjunctions(PagedQuery[Conjunction]):
    """Conjunctions of the account's satellites.

    >>> from okapi_sdk import Range
    >>> Conjunctions(criticality=["critical", "observe"], collision_probability=Range(gte=1e-5), limit=20)._params()
    {'page': '1', 'limit': '20', 'collision_probability[$gte]': '1e-05', 'criticality': 'critical,observe'}
    """

    _collection: ClassVar[str] = "conjunctions"
    _element: ClassVar[type[Conjunction]] = Conjunction

    tca: ClosedTimes = None
    """Time of closest approach, UTC: a `Range` with ``gte`` and ``lte``."""
    collision_probability: ClosedNumbers = None
    """Probability of collision, 0 to 1: a number, or a `Range` with ``gte`` and ``lte``."""
    miss_distance: ClosedNumbers = None
    """Distance at the closest approach: a number, or a `Range` with ``gte`` and ``lte``. Km most likely, as in the
    risk estimations; no source names the unit of the filter."""
    criticality: Annotated[
        Sequence[Annotated[Criticality | str, OpenName, OpenItem]],
        Field(min_length=1), AfterValidator(tuple),
    ] | None = None  # fmt: skip
    """How critical they are: any of these."""
    q: Text | None = None
    """Free text that is looked for."""
    sort: Names | None = None
    """Field to sort by, ``-`` before it for the reverse; or a list of such."""
    include: Items | None = None
    """Fields that are to come."""
    exclude: Annotated[Sequence[_Part], Field(min_length=1), AfterValidator(tuple)] | None = None
    """Fields that are not to come: smaller answers."""


class ConjunctionRiskEstimations(Query[RiskEstimation]):
    """All risk estimations of a conjunction."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/risk-estimations"
    _element: ClassVar[type[RiskEstimation]] = RiskEstimation

    conjunction_id: Id
    """The platform's id of the conjunction."""


class ConjunctionRiskPredictions(Query[RiskPrediction]):
    """All risk predictions of a conjunction."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/risk-predictions"
    _element: ClassVar[type[RiskPrediction]] = RiskPrediction

    conjunction_id: Id
    """The platform's id of the conjunction."""


class ConjunctionManeuverEvaluations(Query[ManeuverEvaluation]):
    """Maneuvers that were evaluated for a conjunction."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/maneuver-evals"
    _element: ClassVar[type[ManeuverEvaluation]] = ManeuverEvaluation

    conjunction_id: Id
    """The platform's id of the conjunction."""
