"""The values, messages and records that calculations take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import export

if TYPE_CHECKING:
    from .cdm import Cdm as Cdm
    from .cdm_object import CdmObject as CdmObject
    from .maneuvers import ManeuverEvaluation as ManeuverEvaluation
    from .oem import Oem as Oem
    from .oem import OemHeader as OemHeader
    from .oem import OemSegment as OemSegment
    from .oem import OemState as OemState
    from .omm import Omm as Omm
    from .omm import OmmData as OmmData
    from .omm import OmmHeader as OmmHeader
    from .omm import OmmMetadata as OmmMetadata
    from .opm import Opm as Opm
    from .opm import OpmData as OpmData
    from .opm import OpmHeader as OpmHeader
    from .opm import OpmManeuver as OpmManeuver
    from .opm import OpmMetadata as OpmMetadata
    from .risk import RiskAtTca as RiskAtTca
    from .risk import RiskEstimation as RiskEstimation
    from .risk import RiskPrediction as RiskPrediction
    from .risk_overrides import RiskOverrides as RiskOverrides
    from .risk_overrides import ScalingRange as ScalingRange
    from .rows import Rows as Rows
    from .settings import PropagationSettings as PropagationSettings
    from .status import Severity as Severity
    from .status import Status as Status
    from .tagged import Tagged as Tagged
    from .tdm import Tdm as Tdm
    from .tdm import TdmHeader as TdmHeader
    from .tdm import TdmObservation as TdmObservation
    from .tdm import TdmSegment as TdmSegment
    from .tle import Tle as Tle
    from .values import GroundLocation as GroundLocation
    from .values import StateVector as StateVector
    from .values import TimeWindow as TimeWindow

export(
    __name__,
    {
        ".cdm": "Cdm",
        ".cdm_object": "CdmObject",
        ".maneuvers": "ManeuverEvaluation",
        ".oem": "Oem OemHeader OemSegment OemState",
        ".omm": "Omm OmmData OmmHeader OmmMetadata",
        ".opm": "Opm OpmData OpmHeader OpmManeuver OpmMetadata",
        ".risk": "RiskAtTca RiskEstimation RiskPrediction",
        ".risk_overrides": "RiskOverrides ScalingRange",
        ".rows": "Rows",
        ".settings": "PropagationSettings",
        ".status": "Severity Status",
        ".tagged": "Tagged",
        ".tdm": "Tdm TdmHeader TdmObservation TdmSegment",
        ".tle": "Tle",
        ".values": "GroundLocation StateVector TimeWindow",
    },
)
