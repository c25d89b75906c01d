"""Stored objects of the platform: records, and the nouns that list, add and change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import export

if TYPE_CHECKING:
    from ..models.cdm import Cdm as Cdm
    from ..models.determination import OrbitDeterminationSettings as OrbitDeterminationSettings
    from ..models.maneuvers import ManeuverEvaluation as ManeuverEvaluation
    from ..models.risk import RiskAtTca as RiskAtTca
    from ..models.risk import RiskEstimation as RiskEstimation
    from ..models.risk import RiskPrediction as RiskPrediction
    from .base import Changes as Changes
    from .base import Deletable as Deletable
    from .base import Gettable as Gettable
    from .base import New as New
    from .base import PagedQuery as PagedQuery
    from .base import Query as Query
    from .base import Stored as Stored
    from .cdms import Cdms as Cdms
    from .cdms import ConjunctionCdms as ConjunctionCdms
    from .conjunctions import Conjunction as Conjunction
    from .conjunctions import ConjunctionManeuverEvaluations as ConjunctionManeuverEvaluations
    from .conjunctions import ConjunctionRiskEstimations as ConjunctionRiskEstimations
    from .conjunctions import ConjunctionRiskPredictions as ConjunctionRiskPredictions
    from .conjunctions import Conjunctions as Conjunctions
    from .filters import FieldOfView as FieldOfView
    from .filters import Range as Range
    from .gnss import DragManeuverSettings as DragManeuverSettings
    from .gnss import GnssSensor as GnssSensor
    from .ground_station_passes import AddedGroundStationPasses as AddedGroundStationPasses
    from .ground_station_passes import ContactWindow as ContactWindow
    from .ground_station_passes import GroundStationPasses as GroundStationPasses
    from .ground_station_passes import NewGroundStationPasses as NewGroundStationPasses
    from .ground_station_passes import SpacecraftPasses as SpacecraftPasses
    from .maneuver_plans import ManeuverPlan as ManeuverPlan
    from .maneuver_plans import ManeuverPlans as ManeuverPlans
    from .maneuver_plans import NewManeuverPlan as NewManeuverPlan
    from .neighborhoods import Neighborhood as Neighborhood
    from .neighborhoods import SatelliteNeighborhoods as SatelliteNeighborhoods
    from .oems import OemKvn as OemKvn
    from .oems import OemRecord as OemRecord
    from .oems import Oems as Oems
    from .oems import OemXml as OemXml
    from .oems import ResidualPlot as ResidualPlot
    from .oems import SatelliteOems as SatelliteOems
    from .omms import OmmRecord as OmmRecord
    from .omms import Omms as Omms
    from .satellites import NewSatellite as NewSatellite
    from .satellites import Satellite as Satellite
    from .satellites import SatelliteChanges as SatelliteChanges
    from .satellites import Satellites as Satellites
    from .sensor_systems import NewSensorSystem as NewSensorSystem
    from .sensor_systems import SensorSystem as SensorSystem
    from .sensor_systems import SensorSystems as SensorSystems
    from .tdms import NewTdm as NewTdm
    from .tdms import TdmRecord as TdmRecord
    from .tdms import Tdms as Tdms
    from .texts import Texts as Texts
    from .tles import TleRecord as TleRecord
    from .tles import Tles as Tles
    from .uncertainties import Uncertainties as Uncertainties
    from .uncertainties import Uncertainty as Uncertainty
    from .uncertainties import UncertaintyRtn as UncertaintyRtn

export(
    __name__,
    {
        "..models.cdm": "Cdm",
        "..models.determination": "OrbitDeterminationSettings",
        "..models.maneuvers": "ManeuverEvaluation",
        "..models.risk": "RiskAtTca RiskEstimation RiskPrediction",
        ".base": "Changes Deletable Gettable New PagedQuery Query Stored",
        ".cdms": "Cdms ConjunctionCdms",
        ".conjunctions": "Conjunction ConjunctionManeuverEvaluations ConjunctionRiskEstimations"
        " ConjunctionRiskPredictions Conjunctions",
        ".filters": "FieldOfView Range",
        ".gnss": "DragManeuverSettings GnssSensor",
        ".ground_station_passes": "AddedGroundStationPasses ContactWindow GroundStationPasses NewGroundStationPasses"
        " SpacecraftPasses",
        ".maneuver_plans": "ManeuverPlan ManeuverPlans NewManeuverPlan",
        ".neighborhoods": "Neighborhood SatelliteNeighborhoods",
        ".oems": "OemKvn OemRecord Oems OemXml ResidualPlot SatelliteOems",
        ".omms": "OmmRecord Omms",
        ".satellites": "NewSatellite Satellite SatelliteChanges Satellites",
        ".sensor_systems": "NewSensorSystem SensorSystem SensorSystems",
        ".tdms": "NewTdm TdmRecord Tdms",
        ".texts": "Texts",
        ".tles": "TleRecord Tles",
        ".uncertainties": "Uncertainties Uncertainty UncertaintyRtn",
    },
)
