"""Blocks of an orbit ephemeris message: header, segments and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationInfo

from ..models.ccsds import CcsdsMessage, Comments, OmittedIfEmpty, TimeSystem
from ..models.types import (
    ANSWER,
    Count,
    Epoch,
    Number,
    OpenName,
)
from .covariance import Covariance
from .opm_blocks import OpmData

ACCELERATION = ("x_ddot", "y_ddot", "z_ddot")
"""Field names of the acceleration components throughout the SDK."""


class OemHeader(CcsdsMessage):
    """Header of an OEM. The platform's schema requires all fields except the comments."""

    ccsds_oem_vers: Number = 2.0
    """Version of the standard."""
    creation_date: Epoch | None = None
    """Creation time of the message, UTC."""
    originator: str | None = None
    """Originator of the message."""
    comments: Comments = ()
    """Comments, one per line."""
    classification: str | None = None
    """Classification of the message. This field and `message_id` are new in version 3.0 of the standard; whether the
    platform accepts them is undocumented."""
    message_id: str | None = None
    """ID assigned to the message by its originator."""


class OemState(OpmData):
    """A state with accelerations, which KVN text can hold. JSON omits them because their keys are undocumented."""

    x_ddot: Number
    """X component of the acceleration in km/s²."""
    y_ddot: Number
    """Y component of the acceleration in km/s²."""
    z_ddot: Number
    """Z component of the acceleration in km/s²."""


class OemCovariance(Covariance):
    """A covariance at an epoch of its own, between or beside the states."""

    epoch: Epoch
    """Epoch of the covariance, UTC."""


def _state(value: Any, info: ValidationInfo) -> Any:
    if (
        isinstance(value, Mapping)
        and info.context is not ANSWER
        and any(name in value or name.upper() in value for name in ACCELERATION)
    ):
        return OemState.model_validate(value)
    return value


class OemSegment(CcsdsMessage):
    """States of one object in one frame, in chronological order."""

    object_name: str = "Unspecified"
    """Name of the object."""
    object_id: str = "Unspecified"
    """ID of the object; use its NORAD catalogue number if the platform should correlate it."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] = "EARTH"
    """Central body."""
    ref_frame: Annotated[Literal["EME2000", "GCRF", "ICRF", "ITRF2000", "J2000", "TEME"] | str, OpenName] = "GCRF"
    """Frame of the states."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame, if it has one."""
    time_system: TimeSystem = "UTC"
    """Time system of all epochs."""
    start_time: Epoch | None = None
    """Start of the span, UTC."""
    stop_time: Epoch | None = None
    """End of the span, UTC."""
    useable_start_time: Epoch | None = None
    """Start of the span in which interpolation is valid, UTC. The standard defines this field and the next three;
    whether the platform accepts them is undocumented."""
    useable_stop_time: Epoch | None = None
    """End of the span in which interpolation is valid, UTC."""
    interpolation: Annotated[Literal["HERMITE", "LINEAR", "LAGRANGE"] | str, OpenName] | None = None
    """Recommended interpolation method."""
    interpolation_degree: Count | None = None
    """Degree of the interpolation."""
    comments: Comments = ()
    """Comments, one per line."""
    covariance_comments: Comments = ()
    """Comments on the covariances, one per line; not sent to the platform."""
    covariances: Annotated[tuple[OemCovariance, ...], OmittedIfEmpty] = ()
    """Covariances at epochs without a state, and further ones of a state; not sent to the platform, which expects each
    covariance with its state."""
    data: tuple[Annotated[OpmData, BeforeValidator(_state)], ...]
    """The states in km and km/s, each with any of the fields of `OpmData`."""
