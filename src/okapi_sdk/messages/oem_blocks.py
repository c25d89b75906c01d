"""The blocks of an orbit ephemeris message: header, segments and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
)

from ..models.ccsds import CcsdsMessage, Comments
from ..models.types import (
    ANSWER,
    Count,
    Epoch,
    Number,
    OpenName,
)
from .opm import OpmData

STATE = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
ACCELERATION = ("x_ddot", "y_ddot", "z_ddot")
"""Names of the position, velocity and acceleration components, as everywhere in the SDK."""


class OemHeader(CcsdsMessage):
    """Header of an OEM. The platform's schema has all but the comments as required."""

    ccsds_oem_vers: Number = 2.0
    """Version of the standard."""
    creation_date: Epoch | None = None
    """When the message was made, UTC."""
    originator: str | None = None
    """Who made it."""
    comments: Comments = ()
    """Remarks, one a line."""
    classification: str | None = None
    """Classification of the message. Version 3.0 of the standard has it, and the message id; no source shows whether
    the platform takes them."""
    message_id: str | None = None
    """Id that the originator gave the message."""


class OemState(OpmData):
    """A state with accelerations, as KVN text may have it. In JSON they are left out: no source shows keys for them."""

    x_ddot: Number
    """Acceleration in km/s²."""
    y_ddot: Number
    """Acceleration in km/s²."""
    z_ddot: Number
    """Acceleration in km/s²."""


def _state(value: Any, info: ValidationInfo) -> Any:
    if (
        isinstance(value, Mapping)
        and info.context is not ANSWER
        and any(name in value or name.upper() in value for name in ACCELERATION)
    ):
        return OemState.model_validate(value)
    return value


class OemSegment(CcsdsMessage):
    """States of one object in one frame, in the order of time."""

    object_name: str = "Unspecified"
    """Name of the object."""
    object_id: str = "Unspecified"
    """Id of the object, its NORAD catalogue number where the platform shall correlate it."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] = "EARTH"
    """Central body."""
    ref_frame: Annotated[Literal["EME2000", "GCRF", "ICRF", "ITRF2000", "J2000", "TEME"] | str, OpenName] = "GCRF"
    """Frame of the states."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame, where the frame has one."""
    time_system: Annotated[Literal["UTC"] | str, OpenName] = "UTC"
    """Time system of all epochs."""
    start_time: Epoch | None = None
    """Begin of the span, UTC."""
    stop_time: Epoch | None = None
    """End of the span, UTC."""
    useable_start_time: Epoch | None = None
    """Begin of the span in which interpolation is sound, UTC. The standard's; no source shows whether the platform
    takes it, or the three below."""
    useable_stop_time: Epoch | None = None
    """End of that span, UTC."""
    interpolation: Annotated[Literal["HERMITE", "LINEAR", "LAGRANGE"] | str, OpenName] | None = None
    """Recommended interpolation."""
    interpolation_degree: Count | None = None
    """Degree of the interpolation."""
    comments: Comments = ()
    """Remarks, one a line."""
    covariance_comments: Annotated[Comments, Field(exclude=True)] = ()
    """Remarks on the covariances, one a line; in KVN only."""
    data: tuple[Annotated[OpmData, BeforeValidator(_state)], ...]
    """The states: km and km/s; each may carry what an `OpmData` carries."""
