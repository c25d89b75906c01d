# Written by `nox -s catalogue` from catalogue.py; do not edit.

from ._version import __version__
from .async_client import AsyncOkapiClient as AsyncOkapiClient
from .calculations.add_ephemerides import AddEphemerides as AddEphemerides
from .calculations.analyze_geo_slot import AnalyzeGeoSlot as AnalyzeGeoSlot
from .calculations.analyze_geo_slot import GeoSlotAnalysis as GeoSlotAnalysis
from .calculations.analyze_maneuver_execution import AnalyzeManeuverExecution as AnalyzeManeuverExecution
from .calculations.base import Calculation as Calculation
from .calculations.check_orbit import CheckOrbit as CheckOrbit
from .calculations.check_orbit import OrbitCheck as OrbitCheck
from .calculations.check_orbit import OrbitViolation as OrbitViolation
from .calculations.conjunction_risk import RiskMethod as RiskMethod
from .calculations.correlate_observation import CorrelateObservation as CorrelateObservation
from .calculations.determine_orbit import DeterminationResult as DeterminationResult
from .calculations.determine_orbit import DetermineOrbit as DetermineOrbit
from .calculations.determine_orbit import DeterminedState as DeterminedState
from .calculations.determine_orbit import ExcludedMeasurement as ExcludedMeasurement
from .calculations.determine_orbit import OrbitDetermination as OrbitDetermination
from .calculations.determine_orbit import WlsFit as WlsFit
from .calculations.estimate_covariance import EstimateCovariance as EstimateCovariance
from .calculations.estimate_risk import EstimateRisk as EstimateRisk
from .calculations.estimate_risk import RiskEstimations as RiskEstimations
from .calculations.generate_maneuver import GenerateManeuver as GenerateManeuver
from .calculations.generate_maneuver import GeneratedManeuvers as GeneratedManeuvers
from .calculations.generate_maneuver import ManeuverConstraints as ManeuverConstraints
from .calculations.generate_maneuver import ManeuverWindow as ManeuverWindow
from .calculations.predict_passes import Pass as Pass
from .calculations.predict_passes import PassSummary as PassSummary
from .calculations.predict_passes import Passes as Passes
from .calculations.predict_passes import PredictPasses as PredictPasses
from .calculations.predict_passes import TrackPoint as TrackPoint
from .calculations.predict_risk import PredictRisk as PredictRisk
from .calculations.predict_risk import RiskPredictions as RiskPredictions
from .calculations.propagate_orbit import Ephemeris as Ephemeris
from .calculations.propagate_orbit import PropagateOrbit as PropagateOrbit
from .calculations.propagate_orbit import State as State
from .calculations.raw_calculation import RawCalculation as RawCalculation
from .calculations.upload_cdm import UploadCdm as UploadCdm
from .client import OkapiClient as OkapiClient
from .completion import as_completed as as_completed
from .completion import wait_all as wait_all
from .errors import APIError as APIError
from .errors import AuthenticationError as AuthenticationError
from .errors import BadRequestError as BadRequestError
from .errors import CalculationError as CalculationError
from .errors import CalculationFailedError as CalculationFailedError
from .errors import ConfigurationError as ConfigurationError
from .errors import ConflictError as ConflictError
from .errors import InputError as InputError
from .errors import InputProblem as InputProblem
from .errors import NotFoundError as NotFoundError
from .errors import OkapiError as OkapiError
from .errors import OkapiWarning as OkapiWarning
from .errors import PermissionDeniedError as PermissionDeniedError
from .errors import RateLimitError as RateLimitError
from .errors import RedirectError as RedirectError
from .errors import RequestRef as RequestRef
from .errors import ResponseFormatError as ResponseFormatError
from .errors import ResultExpiredError as ResultExpiredError
from .errors import ServerError as ServerError
from .errors import SubmissionUncertainError as SubmissionUncertainError
from .errors import TransportError as TransportError
from .errors import TransportTimeoutError as TransportTimeoutError
from .errors import UnprocessableError as UnprocessableError
from .errors import WaitTimeoutError as WaitTimeoutError
from .journal import JournalEntry as JournalEntry
from .journal import read_journal as read_journal
from .messages.cdm import Cdm as Cdm
from .messages.cdm_object import CdmObject as CdmObject
from .messages.oem import Oem as Oem
from .messages.oem_blocks import OemCovariance as OemCovariance
from .messages.oem_blocks import OemHeader as OemHeader
from .messages.oem_blocks import OemSegment as OemSegment
from .messages.oem_blocks import OemState as OemState
from .messages.omm import Omm as Omm
from .messages.omm_blocks import OmmData as OmmData
from .messages.omm_blocks import OmmHeader as OmmHeader
from .messages.omm_blocks import OmmMetadata as OmmMetadata
from .messages.opm import Opm as Opm
from .messages.opm_blocks import OpmData as OpmData
from .messages.opm_blocks import OpmHeader as OpmHeader
from .messages.opm_blocks import OpmManeuver as OpmManeuver
from .messages.opm_blocks import OpmMetadata as OpmMetadata
from .messages.tdm import Tdm as Tdm
from .messages.tdm_blocks import TdmHeader as TdmHeader
from .messages.tdm_blocks import TdmObservation as TdmObservation
from .messages.tdm_blocks import TdmSegment as TdmSegment
from .messages.tle import Tle as Tle
from .objects.base import Changes as Changes
from .objects.base import Deletable as Deletable
from .objects.base import Gettable as Gettable
from .objects.base import New as New
from .objects.base import PagedQuery as PagedQuery
from .objects.base import Query as Query
from .objects.base import Stored as Stored
from .objects.cdms import Cdms as Cdms
from .objects.cdms import ConjunctionCdms as ConjunctionCdms
from .objects.conjunctions import Conjunction as Conjunction
from .objects.conjunctions import ConjunctionManeuverEvaluations as ConjunctionManeuverEvaluations
from .objects.conjunctions import ConjunctionRiskEstimations as ConjunctionRiskEstimations
from .objects.conjunctions import ConjunctionRiskPredictions as ConjunctionRiskPredictions
from .objects.conjunctions import Conjunctions as Conjunctions
from .objects.filters import FieldOfView as FieldOfView
from .objects.filters import Range as Range
from .objects.gnss import DragManeuverSettings as DragManeuverSettings
from .objects.gnss import GnssSensor as GnssSensor
from .objects.ground_station_passes import AddedGroundStationPasses as AddedGroundStationPasses
from .objects.ground_station_passes import ContactWindow as ContactWindow
from .objects.ground_station_passes import GroundStationPasses as GroundStationPasses
from .objects.ground_station_passes import NewGroundStationPasses as NewGroundStationPasses
from .objects.ground_station_passes import SpacecraftPasses as SpacecraftPasses
from .objects.maneuver_plans import ManeuverPlan as ManeuverPlan
from .objects.maneuver_plans import ManeuverPlans as ManeuverPlans
from .objects.maneuver_plans import NewManeuverPlan as NewManeuverPlan
from .objects.neighborhoods import Neighborhood as Neighborhood
from .objects.neighborhoods import SatelliteNeighborhoods as SatelliteNeighborhoods
from .objects.oems import OemKvn as OemKvn
from .objects.oems import OemRecord as OemRecord
from .objects.oems import OemXml as OemXml
from .objects.oems import Oems as Oems
from .objects.oems import ResidualPlot as ResidualPlot
from .objects.oems import SatelliteOems as SatelliteOems
from .objects.omms import OmmRecord as OmmRecord
from .objects.omms import Omms as Omms
from .objects.raw_query import RawQuery as RawQuery
from .objects.satellites import NewSatellite as NewSatellite
from .objects.satellites import Satellite as Satellite
from .objects.satellites import SatelliteChanges as SatelliteChanges
from .objects.satellites import Satellites as Satellites
from .objects.sensor_systems import NewSensorSystem as NewSensorSystem
from .objects.sensor_systems import SensorSystem as SensorSystem
from .objects.sensor_systems import SensorSystems as SensorSystems
from .objects.tdms import NewTdm as NewTdm
from .objects.tdms import TdmRecord as TdmRecord
from .objects.tdms import Tdms as Tdms
from .objects.text_forms import Texts as Texts
from .objects.tles import TleRecord as TleRecord
from .objects.tles import Tles as Tles
from .objects.uncertainties import Uncertainties as Uncertainties
from .objects.uncertainties import Uncertainty as Uncertainty
from .objects.uncertainties import UncertaintyRtn as UncertaintyRtn
from .outcome import AsyncOutcome as AsyncOutcome
from .outcome import MapProgress as MapProgress
from .outcome import Outcome as Outcome
from .pages import AsyncPages as AsyncPages
from .pages import Pages as Pages
from .progress import Progress as Progress
from .request import AsyncRequest as AsyncRequest
from .request import Request as Request
from .results.ground_track import GroundPoint as GroundPoint
from .results.ground_track import GroundTrack as GroundTrack
from .results.maneuver_evaluation import ManeuverEvaluation as ManeuverEvaluation
from .results.page import Page as Page
from .results.poll_event import PollEvent as PollEvent
from .results.response import RawResponse as RawResponse
from .results.risk import RiskAtTca as RiskAtTca
from .results.risk import RiskEstimation as RiskEstimation
from .results.risk import RiskPrediction as RiskPrediction
from .results.rows import Rows as Rows
from .results.status import Severity as Severity
from .results.status import Status as Status
from .settings.clock import Clock as Clock
from .settings.environments import Environment as Environment
from .settings.policies import Dialect as Dialect
from .settings.policies import PollPolicy as PollPolicy
from .settings.policies import RetryPolicy as RetryPolicy
from .values.elevation_mask import ElevationMask as ElevationMask
from .values.ground_location import GroundLocation as GroundLocation
from .values.orbit_determination_settings import OrbitDeterminationSettings as OrbitDeterminationSettings
from .values.propagation_settings import PropagationSettings as PropagationSettings
from .values.risk_overrides import RiskOverrides as RiskOverrides
from .values.risk_overrides import ScalingRange as ScalingRange
from .values.state_vector import StateVector as StateVector
from .values.tagged import Tagged as Tagged
from .values.time_window import TimeWindow as TimeWindow
from .watch.comparison import ConjunctionChange as ConjunctionChange
from .watch.comparison import ConjunctionReport as ConjunctionReport
from .watch.conjunctions import ConjunctionWatch as ConjunctionWatch
from .watch.sighting import ConjunctionSighting as ConjunctionSighting

__all__ = [
    "APIError",
    "AddEphemerides",
    "AddedGroundStationPasses",
    "AnalyzeGeoSlot",
    "AnalyzeManeuverExecution",
    "AsyncOkapiClient",
    "AsyncOutcome",
    "AsyncPages",
    "AsyncRequest",
    "AuthenticationError",
    "BadRequestError",
    "Calculation",
    "CalculationError",
    "CalculationFailedError",
    "Cdm",
    "CdmObject",
    "Cdms",
    "Changes",
    "CheckOrbit",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "Conjunction",
    "ConjunctionCdms",
    "ConjunctionChange",
    "ConjunctionManeuverEvaluations",
    "ConjunctionReport",
    "ConjunctionRiskEstimations",
    "ConjunctionRiskPredictions",
    "ConjunctionSighting",
    "ConjunctionWatch",
    "Conjunctions",
    "ContactWindow",
    "CorrelateObservation",
    "Deletable",
    "DeterminationResult",
    "DetermineOrbit",
    "DeterminedState",
    "Dialect",
    "DragManeuverSettings",
    "ElevationMask",
    "Environment",
    "Ephemeris",
    "EstimateCovariance",
    "EstimateRisk",
    "ExcludedMeasurement",
    "FieldOfView",
    "GenerateManeuver",
    "GeneratedManeuvers",
    "GeoSlotAnalysis",
    "Gettable",
    "GnssSensor",
    "GroundLocation",
    "GroundPoint",
    "GroundStationPasses",
    "GroundTrack",
    "InputError",
    "InputProblem",
    "JournalEntry",
    "ManeuverConstraints",
    "ManeuverEvaluation",
    "ManeuverPlan",
    "ManeuverPlans",
    "ManeuverWindow",
    "MapProgress",
    "Neighborhood",
    "New",
    "NewGroundStationPasses",
    "NewManeuverPlan",
    "NewSatellite",
    "NewSensorSystem",
    "NewTdm",
    "NotFoundError",
    "Oem",
    "OemCovariance",
    "OemHeader",
    "OemKvn",
    "OemRecord",
    "OemSegment",
    "OemState",
    "OemXml",
    "Oems",
    "OkapiClient",
    "OkapiError",
    "OkapiWarning",
    "Omm",
    "OmmData",
    "OmmHeader",
    "OmmMetadata",
    "OmmRecord",
    "Omms",
    "Opm",
    "OpmData",
    "OpmHeader",
    "OpmManeuver",
    "OpmMetadata",
    "OrbitCheck",
    "OrbitDetermination",
    "OrbitDeterminationSettings",
    "OrbitViolation",
    "Outcome",
    "Page",
    "PagedQuery",
    "Pages",
    "Pass",
    "PassSummary",
    "Passes",
    "PermissionDeniedError",
    "PollEvent",
    "PollPolicy",
    "PredictPasses",
    "PredictRisk",
    "Progress",
    "PropagateOrbit",
    "PropagationSettings",
    "Query",
    "Range",
    "RateLimitError",
    "RawCalculation",
    "RawQuery",
    "RawResponse",
    "RedirectError",
    "Request",
    "RequestRef",
    "ResidualPlot",
    "ResponseFormatError",
    "ResultExpiredError",
    "RetryPolicy",
    "RiskAtTca",
    "RiskEstimation",
    "RiskEstimations",
    "RiskMethod",
    "RiskOverrides",
    "RiskPrediction",
    "RiskPredictions",
    "Rows",
    "Satellite",
    "SatelliteChanges",
    "SatelliteNeighborhoods",
    "SatelliteOems",
    "Satellites",
    "ScalingRange",
    "SensorSystem",
    "SensorSystems",
    "ServerError",
    "Severity",
    "SpacecraftPasses",
    "State",
    "StateVector",
    "Status",
    "Stored",
    "SubmissionUncertainError",
    "Tagged",
    "Tdm",
    "TdmHeader",
    "TdmObservation",
    "TdmRecord",
    "TdmSegment",
    "Tdms",
    "Texts",
    "TimeWindow",
    "Tle",
    "TleRecord",
    "Tles",
    "TrackPoint",
    "TransportError",
    "TransportTimeoutError",
    "Uncertainties",
    "Uncertainty",
    "UncertaintyRtn",
    "UnprocessableError",
    "UploadCdm",
    "WaitTimeoutError",
    "WlsFit",
    "as_completed",
    "read_journal",
    "wait_all",
    "__version__",
]
