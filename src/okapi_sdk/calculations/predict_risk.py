"""How the collision risk of a conjunction is expected to develop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.base import Record
from ..results.risk import RiskPrediction
from ..results.rows import Rows
from .conjunction_risk import ConjunctionRisk


class RiskPredictions(Rows[RiskPrediction]):
    """Risk predictions, in the order of the answer. The platform's format ``simple``.

    Mind the units of `RiskPrediction`: the miss distance is in km, the times to TCA of the trend are in seconds.
    """

    __slots__ = ()

    _element: ClassVar[type[Record]] = RiskPrediction
    _first_of: ClassVar[str] = "tca"


class PredictRisk(ConjunctionRisk[RiskPredictions]):
    """How the collision risk of a conjunction is expected to develop until its time of closest approach (TCA).

    Result: `RiskPredictions`, each with its trend. The body is that of `EstimateRisk`.

    >>> from okapi_sdk import Cdm
    >>> calculation = PredictRisk(
    ...     conjunction=Cdm.model_validate({"CCSDS_CDM_VERS": 1.0, "TCA": "2020-01-10T09:00:00.000Z"}),
    ...     method="alfano-2005",
    ... )
    >>> calculation.endpoint()
    'predict-risk/alfano-2005'
    """

    service: ClassVar[str] = "predict-risk"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """`RiskPredictions` is the platform's ``simple``."""
        return {RiskPredictions: "simple"}
