"""Evaluated collision avoidance manoeuvres, both stored and newly calculated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from ..models.base import Record
from ..models.envelope import unwrap
from .nested import StoredOpm
from .risk import RiskEstimation, RiskPrediction


class ManeuverEvaluation(Record):
    """A manoeuvre that the platform evaluated for a conjunction; the platform calls it ``ManeuverEval``."""

    _units: ClassVar[Mapping[str, str]] = {"delta_sma": "km"}

    id: str | None = None
    """The platform's ID."""
    strategy_number: int | None = None
    """Number of the strategy."""
    strategy_name: Literal["short_term", "long_term"] | str | None = None
    """Name of the strategy."""
    maneuver_file: StoredOpm = None
    """State and thrust phases: an `Opm` with manoeuvres; raw data if it is incomplete."""
    new_risk_estimation: Annotated[RiskEstimation | None, BeforeValidator(unwrap)] = None
    """Risk of the conjunction after the manoeuvre."""
    new_risk_prediction: Annotated[RiskPrediction | None, BeforeValidator(unwrap)] = None
    """Predicted risk after the manoeuvre."""
    thrust_total: float | None = None
    """Total change of velocity in **m/s**; an OPM uses km/s."""
    delta_sma: float | None = None
    """Change in semi-major axis in km."""
    suggested: bool | None = None
    """True if the platform suggests this manoeuvre."""
    dismissed: bool | None = None
    """True if the manoeuvre was dismissed."""
    comment: str | None = None
    """Comment."""
    candidates_checked: int | None = None
    """Number of other objects against which the resulting orbit was checked."""

    @property
    def thrust_total_km_s(self) -> float | None:
        """`thrust_total` in km/s."""
        return None if self.thrust_total is None else self.thrust_total / 1000
