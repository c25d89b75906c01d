"""The values, messages and records that calculations take and give."""

from __future__ import annotations

from .cdm import Cdm
from .cdm_object import CdmObject
from .oem import Oem, OemHeader, OemSegment, OemState
from .omm import Omm, OmmData, OmmHeader, OmmMetadata
from .opm import Opm, OpmData, OpmHeader, OpmManeuver, OpmMetadata
from .rows import Rows
from .settings import PropagationSettings
from .status import Severity, Status
from .tagged import Tagged
from .tle import Tle
from .values import GroundLocation, StateVector, TimeWindow

__all__ = [
    "Cdm",
    "CdmObject",
    "GroundLocation",
    "Oem",
    "OemHeader",
    "OemSegment",
    "OemState",
    "Omm",
    "OmmData",
    "OmmHeader",
    "OmmMetadata",
    "Opm",
    "OpmData",
    "OpmHeader",
    "OpmManeuver",
    "OpmMetadata",
    "PropagationSettings",
    "Rows",
    "Severity",
    "StateVector",
    "Status",
    "Tagged",
    "TimeWindow",
    "Tle",
]
