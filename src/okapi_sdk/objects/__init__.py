"""Stored objects of the platform: records, and the nouns that list, add and change them."""

from __future__ import annotations

from ..models.cdm import Cdm
from ..models.determination import OrbitDeterminationSettings
from ..models.maneuvers import ManeuverEvaluation
from ..models.risk import RiskAtTca, RiskEstimation, RiskPrediction
from .base import Changes, Deletable, Gettable, New, PagedQuery, Query, Stored
from .cdms import Cdms, ConjunctionCdms
from .conjunctions import (
    Conjunction,
    ConjunctionManeuverEvaluations,
    ConjunctionRiskEstimations,
    ConjunctionRiskPredictions,
    Conjunctions,
)
from .filters import FieldOfView, Range
from .gnss import DragManeuverSettings, GnssSensor
from .ground_station_passes import (
    AddedGroundStationPasses,
    ContactWindow,
    GroundStationPasses,
    NewGroundStationPasses,
    SpacecraftPasses,
)
from .maneuver_plans import ManeuverPlan, ManeuverPlans, NewManeuverPlan
from .neighborhoods import Neighborhood, SatelliteNeighborhoods
from .oems import OemKvn, OemRecord, Oems, OemXml, ResidualPlot, SatelliteOems
from .omms import OmmRecord, Omms
from .satellites import NewSatellite, Satellite, SatelliteChanges, Satellites
from .sensor_systems import NewSensorSystem, SensorSystem, SensorSystems
from .tdms import NewTdm, TdmRecord, Tdms
from .texts import Texts
from .tles import TleRecord, Tles
from .uncertainties import Uncertainties, Uncertainty, UncertaintyRtn

__all__ = [
    "AddedGroundStationPasses",
    "Cdm",
    "Cdms",
    "Changes",
    "Conjunction",
    "ConjunctionCdms",
    "ConjunctionManeuverEvaluations",
    "ConjunctionRiskEstimations",
    "ConjunctionRiskPredictions",
    "Conjunctions",
    "ContactWindow",
    "Deletable",
    "DragManeuverSettings",
    "FieldOfView",
    "Gettable",
    "GnssSensor",
    "GroundStationPasses",
    "ManeuverEvaluation",
    "ManeuverPlan",
    "ManeuverPlans",
    "Neighborhood",
    "New",
    "NewGroundStationPasses",
    "NewManeuverPlan",
    "NewSatellite",
    "NewSensorSystem",
    "NewTdm",
    "OemKvn",
    "OemRecord",
    "OemXml",
    "Oems",
    "OmmRecord",
    "Omms",
    "OrbitDeterminationSettings",
    "PagedQuery",
    "Query",
    "Range",
    "ResidualPlot",
    "RiskAtTca",
    "RiskEstimation",
    "RiskPrediction",
    "Satellite",
    "SatelliteChanges",
    "SatelliteNeighborhoods",
    "SatelliteOems",
    "Satellites",
    "SensorSystem",
    "SensorSystems",
    "SpacecraftPasses",
    "Stored",
    "TdmRecord",
    "Tdms",
    "Texts",
    "TleRecord",
    "Tles",
    "Uncertainties",
    "Uncertainty",
    "UncertaintyRtn",
]
