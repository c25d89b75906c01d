"""The calculations of the platform, one class each, and what their results are read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import export

if TYPE_CHECKING:
    from .base import Calculation as Calculation
    from .base import Dialect as Dialect
    from .predict_passes import Pass as Pass
    from .predict_passes import Passes as Passes
    from .predict_passes import PassSummary as PassSummary
    from .predict_passes import PredictPasses as PredictPasses
    from .predict_passes import TrackPoint as TrackPoint
    from .propagate_orbit import Ephemeris as Ephemeris
    from .propagate_orbit import PropagateOrbit as PropagateOrbit
    from .propagate_orbit import State as State
    from .raw import RawCalculation as RawCalculation

export(
    __name__,
    {
        ".base": "Calculation Dialect",
        ".predict_passes": "Pass Passes PassSummary PredictPasses TrackPoint",
        ".propagate_orbit": "Ephemeris PropagateOrbit State",
        ".raw": "RawCalculation",
    },
)
