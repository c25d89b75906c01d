"""The calculations of the platform, one class each, and what their results are read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import export

if TYPE_CHECKING:
    from .analyze_geo_slot import AnalyzeGeoSlot as AnalyzeGeoSlot
    from .analyze_geo_slot import GeoSlotAnalysis as GeoSlotAnalysis
    from .analyze_maneuver_execution import AnalyzeManeuverExecution as AnalyzeManeuverExecution
    from .base import Calculation as Calculation
    from .base import Dialect as Dialect
    from .check_orbit import CheckOrbit as CheckOrbit
    from .check_orbit import OrbitCheck as OrbitCheck
    from .check_orbit import OrbitViolation as OrbitViolation
    from .correlate_observation import CorrelateObservation as CorrelateObservation
    from .determine_orbit import DeterminationResult as DeterminationResult
    from .determine_orbit import DeterminedState as DeterminedState
    from .determine_orbit import DetermineOrbit as DetermineOrbit
    from .determine_orbit import ExcludedMeasurement as ExcludedMeasurement
    from .determine_orbit import OrbitDetermination as OrbitDetermination
    from .determine_orbit import WlsFit as WlsFit
    from .estimate_covariance import EstimateCovariance as EstimateCovariance
    from .generate_maneuver import GeneratedManeuvers as GeneratedManeuvers
    from .generate_maneuver import GenerateManeuver as GenerateManeuver
    from .generate_maneuver import ManeuverConstraints as ManeuverConstraints
    from .generate_maneuver import ManeuverWindow as ManeuverWindow
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
        ".analyze_geo_slot": "AnalyzeGeoSlot GeoSlotAnalysis",
        ".check_orbit": "CheckOrbit OrbitCheck OrbitViolation",
        ".determine_orbit": (
            "DeterminationResult DetermineOrbit DeterminedState ExcludedMeasurement OrbitDetermination WlsFit"
        ),
        ".generate_maneuver": "GeneratedManeuvers GenerateManeuver ManeuverConstraints ManeuverWindow",
        ".estimate_covariance": "EstimateCovariance",
        ".correlate_observation": "CorrelateObservation",
        ".analyze_maneuver_execution": "AnalyzeManeuverExecution",
        ".base": "Calculation Dialect",
        ".predict_passes": "Pass Passes PassSummary PredictPasses TrackPoint",
        ".propagate_orbit": "Ephemeris PropagateOrbit State",
        ".raw": "RawCalculation",
    },
)
