"""The calculations of the platform, one class each, and what their results are read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import export

if TYPE_CHECKING:
    from .add_ephemerides import AddEphemerides as AddEphemerides
    from .analyze_geo_slot import AnalyzeGeoSlot as AnalyzeGeoSlot
    from .analyze_geo_slot import GeoSlotAnalysis as GeoSlotAnalysis
    from .analyze_maneuver_execution import AnalyzeManeuverExecution as AnalyzeManeuverExecution
    from .base import Calculation as Calculation
    from .base import Dialect as Dialect
    from .check_orbit import CheckOrbit as CheckOrbit
    from .check_orbit import OrbitCheck as OrbitCheck
    from .check_orbit import OrbitViolation as OrbitViolation
    from .conjunctions import RiskMethod as RiskMethod
    from .correlate_observation import CorrelateObservation as CorrelateObservation
    from .determine_orbit import DeterminationResult as DeterminationResult
    from .determine_orbit import DeterminedState as DeterminedState
    from .determine_orbit import DetermineOrbit as DetermineOrbit
    from .determine_orbit import ExcludedMeasurement as ExcludedMeasurement
    from .determine_orbit import OrbitDetermination as OrbitDetermination
    from .determine_orbit import WlsFit as WlsFit
    from .estimate_covariance import EstimateCovariance as EstimateCovariance
    from .estimate_risk import EstimateRisk as EstimateRisk
    from .estimate_risk import RiskEstimations as RiskEstimations
    from .generate_maneuver import GeneratedManeuvers as GeneratedManeuvers
    from .generate_maneuver import GenerateManeuver as GenerateManeuver
    from .generate_maneuver import ManeuverConstraints as ManeuverConstraints
    from .generate_maneuver import ManeuverWindow as ManeuverWindow
    from .predict_passes import Pass as Pass
    from .predict_passes import Passes as Passes
    from .predict_passes import PassSummary as PassSummary
    from .predict_passes import PredictPasses as PredictPasses
    from .predict_passes import TrackPoint as TrackPoint
    from .predict_risk import PredictRisk as PredictRisk
    from .predict_risk import RiskPredictions as RiskPredictions
    from .propagate_orbit import Ephemeris as Ephemeris
    from .propagate_orbit import PropagateOrbit as PropagateOrbit
    from .propagate_orbit import State as State
    from .raw import RawCalculation as RawCalculation
    from .upload_cdm import UploadCdm as UploadCdm

export(
    __name__,
    {
        ".add_ephemerides": "AddEphemerides",
        ".analyze_geo_slot": "AnalyzeGeoSlot GeoSlotAnalysis",
        ".analyze_maneuver_execution": "AnalyzeManeuverExecution",
        ".base": "Calculation Dialect",
        ".check_orbit": "CheckOrbit OrbitCheck OrbitViolation",
        ".conjunctions": "RiskMethod",
        ".correlate_observation": "CorrelateObservation",
        ".determine_orbit": (
            "DeterminationResult DetermineOrbit DeterminedState ExcludedMeasurement OrbitDetermination WlsFit"
        ),
        ".estimate_covariance": "EstimateCovariance",
        ".estimate_risk": "EstimateRisk RiskEstimations",
        ".generate_maneuver": "GeneratedManeuvers GenerateManeuver ManeuverConstraints ManeuverWindow",
        ".predict_passes": "Pass Passes PassSummary PredictPasses TrackPoint",
        ".predict_risk": "PredictRisk RiskPredictions",
        ".propagate_orbit": "Ephemeris PropagateOrbit State",
        ".raw": "RawCalculation",
        ".upload_cdm": "UploadCdm",
    },
)
