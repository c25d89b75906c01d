"""Evaluated collision avoidance maneuvers, as they are stored and as they are calculated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator

from ..models.base import Record
from ..models.envelope import unwrap
from .nested import StoredOpm
from .risk import RiskEstimation, RiskPrediction


class ManeuverEvaluation(Record):
    """A maneuver that the platform evaluated for a conjunction. On the wire it is called ManeuverEval."""

    id: str | None = None
    """The platform's id."""
    strategy_number: int | None = None
    """Number of the strategy."""
    strategy_name: Literal["short_term", "long_term"] | str | None = None
    """Name of the strategy."""
    maneuver_file: StoredOpm = None
    """State and thrust phases: an `Opm` with maneuvers; where it is incomplete, the data as they came."""
    new_risk_estimation: Annotated[RiskEstimation | None, BeforeValidator(unwrap)] = None
    """Risk of the conjunction after the maneuver."""
    new_risk_prediction: Annotated[RiskPrediction | None, BeforeValidator(unwrap)] = None
    """Expected course of the risk after the maneuver."""
    thrust_total: float | None = None
    """Change of velocity in all, in **m/s**; an OPM has km/s."""
    delta_sma: float | None = None
    """Change of the semi-major axis in km."""
    suggested: bool | None = None
    """Whether the platform suggests this maneuver."""
    dismissed: bool | None = None
    """Whether it was dismissed."""
    comment: str | None = None
    """Remark."""
    candidates_checked: int | None = None
    """Other objects that the maneuvered orbit was checked against."""

    @property
    def thrust_total_km_s(self) -> float | None:
        """`thrust_total` in km/s."""
        return None if self.thrust_total is None else self.thrust_total / 1000
