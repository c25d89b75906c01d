"""The calculations of the platform, one class each, and what their results are read as."""

from __future__ import annotations

from .base import Calculation, Dialect
from .predict_passes import Pass, Passes, PassSummary, PredictPasses, TrackPoint
from .propagate_orbit import Ephemeris, PropagateOrbit, State
from .raw import RawCalculation

__all__ = [
    "Calculation",
    "Dialect",
    "Ephemeris",
    "Pass",
    "PassSummary",
    "Passes",
    "PredictPasses",
    "PropagateOrbit",
    "RawCalculation",
    "State",
    "TrackPoint",
]
