"""Orbit parameter messages (OPM): one state with object properties, covariance and manoeuvres."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AliasChoices, Field, ValidationInfo, model_validator

from ..models.ccsds import (
    CcsdsMessage,
    Comments,
    NotNegative,
    OmittedIfEmpty,
    Positive,
    keyword_field,
    last_message,
)
from ..models.envelope import payload
from ..models.json_form import untag, wire_form
from ..models.problems import refusal
from ..models.types import (
    ANSWER,
    Epoch,
    Number,
    OpenName,
)
from ..values.state_vector import check_vector

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


class OpmMetadata(CcsdsMessage):
    """Metadata of an OPM: object and frame. The central body is the Earth, and times are in UTC."""

    object_name: str = "Unspecified"
    """Name of the object; the platform repeats it in its responses."""
    object_id: str = "Unspecified"
    """ID of the object; to correlate it, the platform requires the NORAD catalogue number."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] = "EARTH"
    """Central body; the platform accepts only ``EARTH``."""
    ref_frame: Annotated[Literal["GCRF", "TEME", "ITRF2000"] | str, OpenName] = "GCRF"
    """Frame of the state."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame; the platform ignores it."""
    time_system: Annotated[Literal["UTC"] | str, OpenName] = "UTC"
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


class OpmData(CcsdsMessage):
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
    cov_ref_frame: Annotated[Literal["RTN", "RSW", "GCRF", "UVW"] | str, OpenName] | None = None
    """Frame of the covariance, if it differs from that of the state. Platform's default: ``RTN``."""
    cx_x: Number | None = None
    """Variance of the x position in km²."""
    cy_x: Number | None = None
    """Covariance between y position and x position in km²."""
    cy_y: Number | None = None
    """Variance of the y position in km²."""
    cz_x: Number | None = None
    """Covariance between z position and x position in km²."""
    cz_y: Number | None = None
    """Covariance between z position and y position in km²."""
    cz_z: Number | None = None
    """Variance of the z position in km²."""
    cx_dot_x: Number | None = None
    """Covariance between x velocity and x position in km²/s."""
    cx_dot_y: Number | None = None
    """Covariance between x velocity and y position in km²/s."""
    cx_dot_z: Number | None = None
    """Covariance between x velocity and z position in km²/s."""
    cx_dot_x_dot: Number | None = None
    """Variance of the x velocity in km²/s²."""
    cy_dot_x: Number | None = None
    """Covariance between y velocity and x position in km²/s."""
    cy_dot_y: Number | None = None
    """Covariance between y velocity and y position in km²/s."""
    cy_dot_z: Number | None = None
    """Covariance between y velocity and z position in km²/s."""
    cy_dot_x_dot: Number | None = None
    """Covariance between y velocity and x velocity in km²/s²."""
    cy_dot_y_dot: Number | None = None
    """Variance of the y velocity in km²/s²."""
    cz_dot_x: Number | None = None
    """Covariance between z velocity and x position in km²/s."""
    cz_dot_y: Number | None = None
    """Covariance between z velocity and y position in km²/s."""
    cz_dot_z: Number | None = None
    """Covariance between z velocity and z position in km²/s."""
    cz_dot_x_dot: Number | None = None
    """Covariance between z velocity and x velocity in km²/s²."""
    cz_dot_y_dot: Number | None = None
    """Covariance between z velocity and y velocity in km²/s²."""
    cz_dot_z_dot: Number | None = None
    """Variance of the z velocity in km²/s²."""
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
        if info.context is not ANSWER:
            if len(self.maneuvers) > MOST_MANEUVERS:
                allowed, remedy = f"at most {MOST_MANEUVERS} manoeuvres", "split the propagation into shorter spans"
                raise refusal(type(self), "maneuvers", f"{len(self.maneuvers)} manoeuvres", allowed, remedy)
            for name, limit, allowed in _covariance_limits(self):
                element = getattr(self, name)
                if element is not None and not abs(element) <= limit:
                    remedy = "pass the lower triangle in km and km/s, with variances instead of standard deviations"
                    raise refusal(type(self), name, element, allowed, remedy)
        return self


_AXES = ("x", "y", "z", "x_dot", "y_dot", "z_dot")


def _covariance_limits(data: OpmData) -> Iterator[tuple[str, float, str]]:
    """Yield the covariance elements that have a limit, each with its largest absolute value and the rule."""
    variances = [getattr(data, f"c{axis}_{axis}") for axis in _AXES]
    for row, axis in enumerate(_AXES):
        if variances[row] is not None and variances[row] < 0:
            yield f"c{axis}_{axis}", 0.0, "a variance, which is not negative"
        for column in range(row):
            roots = (math.sqrt(max(0.0, variances[index] or 0.0)) for index in (row, column))
            limit = math.prod(roots) * (1 + 1e-9)
            allowed = f"an absolute value of at most {limit:.6g}, the square root of the product of the variances"
            yield f"c{axis}_{_AXES[column]}", limit, allowed


class Opm(CcsdsMessage):
    """An orbit parameter message (OPM): header, metadata and one state with its covariance and manoeuvres.

    Fields are the CCSDS standard's keywords in lower case. JSON uses upper case; both spellings are accepted.

    >>> from datetime import UTC, datetime
    >>> opm = Opm(data=OpmData(
    ...     epoch=datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC),
    ...     mass=4.0, drag_area=0.04,
    ...     x=615.119526, y=-7095.644839, z=-678.668352, x_dot=0.390367, y_dot=0.741902, z_dot=-7.39698,
    ... ))
    >>> opm.metadata.ref_frame
    'GCRF'
    """

    _tag: ClassVar[str] = "opm.json"

    header: Annotated[OpmHeader, keyword_field("OPM_HEADER", "header")] = OpmHeader()
    """Version, creation date and originator."""
    metadata: Annotated[OpmMetadata, keyword_field("OPM_META_DATA", "metadata")] = OpmMetadata()
    """Object and frame."""
    data: Annotated[OpmData, keyword_field("OPM_DATA", "data")]
    """The state with its object properties, covariance and manoeuvres."""

    _untag = model_validator(mode="before")(untag(_tag))

    @model_validator(mode="after")
    def _around_the_earth(self, info: ValidationInfo) -> Self:
        if info.context is not ANSWER:
            data = self.data
            check_vector(type(self), (data.x, data.y, data.z), (data.x_dot, data.y_dot, data.z_dot), "data.")
        return self

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Build a message from the decoded JSON of a result.

        If there are several messages, return the last one: the state at the end of the propagation.

        Raises:
            ResponseFormatError: if the JSON does not have the expected structure.
        """
        return cls._read(last_message(payload(data, "orbit")))

    @property
    def epoch(self) -> datetime:
        """Epoch of the state, UTC."""
        return self.data.epoch

    def _wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts."""
        return wire_form(self)
