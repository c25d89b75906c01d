"""Blocks of an orbit parameter message: header, metadata, manoeuvres and the state."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, ValidationInfo, model_validator

from ..models.ccsds import (
    CcsdsMessage,
    Comments,
    EarthName,
    NotNegative,
    OmittedIfEmpty,
    Positive,
    TimeSystem,
)
from ..models.problems import refusal
from ..models.types import (
    ANSWER,
    Epoch,
    Number,
    OpenName,
)
from .covariance import Covariance

MOST_MANEUVERS = 5


class OpmHeader(CcsdsMessage):
    """Header of an OPM: version, creation date and originator."""

    ccsds_opm_vers: Number = 2.0
    """Version of the standard; the platform accepts only 2.0."""
    creation_date: Epoch | None = None
    """Creation time of the message, UTC."""
    originator: str | None = None
    """Originator of the message. Platform's default: ``OKAPI:Orbits GmbH``."""
    comments: Comments = ()
    """Comments, one per line."""
    classification: str | None = None
    """Classification of the message. This field and `message_id` are new in version 3.0 of the standard; whether the
    platform accepts them is undocumented."""
    message_id: str | None = None
    """ID assigned to the message by its originator."""


class OpmMetadata(CcsdsMessage):
    """Metadata of an OPM: object and frame. The central body is the Earth, and times are in UTC."""

    object_name: str = "Unspecified"
    """Name of the object; the platform repeats it in its responses."""
    object_id: str = "Unspecified"
    """ID of the object; to correlate it, the platform requires the NORAD catalogue number."""
    center_name: EarthName = "EARTH"
    """Central body; the platform accepts only ``EARTH``."""
    ref_frame: Annotated[Literal["GCRF", "TEME", "ITRF2000"] | str, OpenName] = "GCRF"
    """Frame of the state."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame; the platform ignores it."""
    time_system: TimeSystem = "UTC"
    """Time system of all epochs; the platform accepts only ``UTC``."""
    comments: Comments = ()
    """Comments, one per line."""


def _acceleration(axis: int) -> Any:
    # The platform's examples from 2019 use the shorter key.
    key = f"USER_DEFINED_MAN_A_{axis}"
    return Field(validation_alias=AliasChoices(key, key.lower(), f"MAN_A_{axis}"))


class OpmManeuver(CcsdsMessage):
    """A thrust phase with constant acceleration in the RTN frame. The platform ignores the loss of mass."""

    man_epoch_ignition: Epoch
    """Start of the thrust, UTC."""
    man_duration: NotNegative
    """Duration in s."""
    man_ref_frame: Annotated[Literal["RTN"] | str, OpenName] = "RTN"
    """Frame of the acceleration: radial, transverse, normal."""
    user_defined_man_a_1: Annotated[Number, _acceleration(1)]
    """Radial **acceleration** in km/s², not a velocity change."""
    user_defined_man_a_2: Annotated[Number, _acceleration(2)]
    """Transverse acceleration in km/s²."""
    user_defined_man_a_3: Annotated[Number, _acceleration(3)]
    """Normal acceleration in km/s²."""


class OpmData(Covariance):
    """State, object properties, covariance and manoeuvres at one epoch.

    Units: km and km/s for the state; km², km²/s and km²/s² for the covariance, given as its lower triangle; kg, m² and
    s for all other fields. The platform assumes 0 for covariance elements that are unset.
    """

    epoch: Epoch
    """Epoch of the state, UTC."""
    x: Number
    """X component of the position in km."""
    y: Number
    """Y component of the position in km."""
    z: Number
    """Z component of the position in km."""
    x_dot: Number
    """X component of the velocity in km/s."""
    y_dot: Number
    """Y component of the velocity in km/s."""
    z_dot: Number
    """Z component of the velocity in km/s."""
    mass: Positive | None = None
    """Mass in kg. Platform's default: 1."""
    solar_rad_coeff: NotNegative | None = None
    """Solar radiation pressure coefficient. Platform's default: 1.3."""
    drag_area: NotNegative | None = None
    """Drag area in m². Platform's default: 1."""
    drag_coeff: NotNegative | None = None
    """Drag coefficient. Platform's default: 2.2."""
    maneuvers: Annotated[tuple[OpmManeuver, ...], OmittedIfEmpty] = ()
    """Thrust phases, at most 5, all within the propagation span."""
    user_defined_thrust_uncertainty: NotNegative | None = None
    """Relative 1-sigma uncertainty of the thrust; 0.05 means 5 %. Platform's default: 0."""
    user_defined_thrust_pointing_uncertainty: NotNegative | None = None
    """Uncertainty of the thrust direction in arcseconds. Platform's default: 0."""
    user_defined_bc: Number | None = None
    """Ballistic coefficient; its unit is undocumented."""
    user_defined_residual_1: Number | None = None
    """First residual of an orbit determination, in the unit of the measurement: km, degrees or km/s."""
    user_defined_residual_2: Number | None = None
    """Second residual; see `user_defined_residual_1`."""
    user_defined_residual_2_uncorrected: Number | None = None
    """Second residual before correction; see `user_defined_residual_2`."""
    user_defined_residual_3: Number | None = None
    """Third residual; see `user_defined_residual_1`."""
    user_defined_residual_4: Number | None = None
    """Fourth residual; see `user_defined_residual_1`."""
    user_defined_residual_5: Number | None = None
    """Fifth residual; see `user_defined_residual_1`."""
    user_defined_residual_6: Number | None = None
    """Sixth residual; see `user_defined_residual_1`."""
    user_defined_in_sun: bool | None = None
    """True if the object is in sunlight; set by the platform."""
    comments: Comments = ()
    """Comments, one per line."""

    @model_validator(mode="after")
    def _plausible(self, info: ValidationInfo) -> Self:
        if info.context is not ANSWER and len(self.maneuvers) > MOST_MANEUVERS:
            allowed, remedy = f"at most {MOST_MANEUVERS} manoeuvres", "split the propagation into shorter spans"
            raise refusal(type(self), "maneuvers", f"{len(self.maneuvers)} manoeuvres", allowed, remedy)
        return self
