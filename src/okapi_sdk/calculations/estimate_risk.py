"""Collision risk of a conjunction at closest approach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.base import Record
from ..results.risk import RiskEstimation
from ..results.rows import Rows
from .conjunction_risk import ConjunctionRisk


class RiskEstimations(Rows[RiskEstimation]):
    """Risk estimates in the platform's ``simple`` format, one per method and combination of scaling factors.

    Note the units of `RiskEstimation`: the miss distance is in km; only the hard-body radii are in metres.
    """

    __slots__ = ()

    _element: ClassVar[type[Record]] = RiskEstimation

    @property
    def highest(self) -> RiskEstimation | None:
        """The estimate with the highest collision probability; None if no estimate has a probability.

        With ``all-methods`` this is usually the ``maximum-probability`` estimate, an upper bound over all covariance
        scales.
        """
        rated = [estimation for estimation in self if estimation.collision_probability is not None]
        return max(rated, key=lambda estimation: estimation.collision_probability or 0.0, default=None)


class EstimateRisk(ConjunctionRisk[RiskEstimations]):
    """Calculation of the collision risk of a conjunction at the time of closest approach (TCA).

    Result: `RiskEstimations`, usually a single record; ``all-methods`` returns one record for each method.

    The units differ between input and result: a CDM gives the miss distance in metres, a `RiskEstimation` in km (its
    property `miss_distance_m` converts to metres). Both give hard-body radii in metres.

    >>> from okapi_sdk import Cdm, RiskOverrides
    >>> calculation = EstimateRisk(
    ...     conjunction=Cdm.model_validate({
    ...         "CONSTELLATION": "OKAPI", "CDM_ID": "1234", "INSERT_EPOCH": "2020-01-09 12:00:00", "GID": "79",
    ...         "CCSDS_CDM_VERS": "1.0", "TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "00",
    ...         "MISS_DISTANCE": "800", "MISS_DISTANCE_UNIT": "m",
    ...     }),
    ...     overrides=RiskOverrides(sat1_hard_body_radius=2.0, sat2_hard_body_radius=0.5),
    ... )
    >>> calculation.endpoint()
    'estimate-risk/foster-1992'
    """

    service: ClassVar[str] = "estimate-risk"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return `RiskEstimations` for the platform's ``simple`` format."""
        return {RiskEstimations: "simple"}
