"""Prediction of a conjunction's collision risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.base import Record
from ..results.risk import RiskPrediction
from ..results.rows import Rows
from .conjunction_risk import ConjunctionRisk


class RiskPredictions(Rows[RiskPrediction]):
    """Risk predictions in the order of the response, from the platform's ``simple`` format.

    Note the units of `RiskPrediction`: the miss distance is in km, and the times to TCA in the trend are in seconds.
    """

    __slots__ = ()

    _element: ClassVar[type[Record]] = RiskPrediction


class PredictRisk(ConjunctionRisk[RiskPredictions]):
    """Prediction of a conjunction's collision risk up to the time of closest approach (TCA).

    Result: `RiskPredictions`, each with a risk trend. The input is the same as for `EstimateRisk`.

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
        """Return `RiskPredictions` for the platform's ``simple`` format."""
        return {RiskPredictions: "simple"}
