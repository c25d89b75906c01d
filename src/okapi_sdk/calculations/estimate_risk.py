"""Collision risk of a conjunction at its closest approach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.base import Record
from ..results.risk import RiskEstimation
from ..results.rows import Rows
from .conjunction_risk import ConjunctionRisk


class RiskEstimations(Rows[RiskEstimation]):
    """Risk estimations: one of a method and a combination of scaling factors each. The platform's format ``simple``.

    Mind the units of `RiskEstimation`: the miss distance is in km, and only the hard-body radii are in metres.
    """

    __slots__ = ()

    _element: ClassVar[type[Record]] = RiskEstimation
    _first_of: ClassVar[str] = "tca"

    @property
    def highest(self) -> RiskEstimation | None:
        """The estimation with the highest collision probability; None where none states one.

        Of ``all-methods`` that is mostly the one of ``maximum-probability``: a bound over all scales of the covariance.
        """
        found = [one for one in self if one.collision_probability is not None]
        return max(found, key=lambda one: one.collision_probability or 0.0, default=None)


class EstimateRisk(ConjunctionRisk[RiskEstimations]):
    """The collision risk of a conjunction at its time of closest approach (TCA).

    Result: `RiskEstimations`. A single record, as a rule; ``all-methods`` gives one for each method.

    Units change on the way: a CDM states its miss distance in metres, a `RiskEstimation` in km (`miss_distance_m` has
    metres); hard-body radii are in metres in both.

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
        """`RiskEstimations` is the platform's ``simple``."""
        return {RiskEstimations: "simple"}
