"""Orbit parameter messages: one state with everything that is known about it."""

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
    """Header of an OPM: version, date and originator."""

    ccsds_opm_vers: Number = 2.0
    """Version of the standard: the platform takes 2.0 only."""
    creation_date: Epoch | None = None
    """When the message was made, UTC."""
    originator: str | None = None
    """Who made it. Platform's default: ``OKAPI:Orbits GmbH``."""
    comments: Comments = ()
    """Remarks, one a line."""


class OpmMetadata(CcsdsMessage):
    """Metadata of an OPM: object and frame. The Earth is the centre, the times are UTC."""

    object_name: str = "Unspecified"
    """Name of the object; the platform repeats it in its answers."""
    object_id: str = "Unspecified"
    """Id of the object. To correlate it, the platform understands the NORAD catalogue number only."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] = "EARTH"
    """Central body: the platform takes ``EARTH`` only."""
    ref_frame: Annotated[Literal["GCRF", "TEME", "ITRF2000"] | str, OpenName] = "GCRF"
    """Frame of the state."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame; the platform does not evaluate it."""
    time_system: Annotated[Literal["UTC"] | str, OpenName] = "UTC"
    """Time system of all epochs: the platform takes ``UTC`` only."""
    comments: Comments = ()
    """Remarks, one a line."""


def _acceleration(axis: int) -> Any:
    # The platform's examples of 2019 have the shorter key.
    key = f"USER_DEFINED_MAN_A_{axis}"
    return Field(validation_alias=AliasChoices(key, key.lower(), f"MAN_A_{axis}"))


class OpmManeuver(CcsdsMessage):
    """A thrust phase of constant acceleration in the RTN frame. The change of mass is ignored."""

    man_epoch_ignition: Epoch
    """Start of the thrust, UTC."""
    man_duration: NotNegative
    """Duration in s."""
    man_ref_frame: Annotated[Literal["RTN"] | str, OpenName] = "RTN"
    """Frame of the acceleration: radial, transverse, normal."""
    user_defined_man_a_1: Annotated[Number, _acceleration(1)]
    """Radial **acceleration** in km/s², not a change of velocity."""
    user_defined_man_a_2: Annotated[Number, _acceleration(2)]
    """Transverse acceleration in km/s²."""
    user_defined_man_a_3: Annotated[Number, _acceleration(3)]
    """Normal acceleration in km/s²."""


class OpmData(CcsdsMessage):
    """State, object properties, covariance and maneuvers at one epoch.

    Units: km and km/s for the state; km², km²/s and km²/s² for the covariance, of which the lower triangle is held;
    kg, m² and s for the rest. The platform takes 0 for an element of the covariance that is not given.
    """

    epoch: Epoch
    """Time of the state, UTC."""
    x: Number
    """Position in km."""
    y: Number
    """Position in km."""
    z: Number
    """Position in km."""
    x_dot: Number
    """Velocity in km/s."""
    y_dot: Number
    """Velocity in km/s."""
    z_dot: Number
    """Velocity in km/s."""
    mass: Positive | None = None
    """Mass in kg. Platform's default: 1."""
    solar_rad_coeff: NotNegative | None = None
    """Solar radiation pressure coefficient. Platform's default: 1.3."""
    drag_area: NotNegative | None = None
    """Drag area in m². Platform's default: 1."""
    drag_coeff: NotNegative | None = None
    """Drag coefficient. Platform's default: 2.2."""
    cov_ref_frame: Annotated[Literal["RTN", "RSW", "GCRF", "UVW"] | str, OpenName] | None = None
    """Frame of the covariance, where it is not that of the state. Platform's default: ``RTN``."""
    cx_x: Number | None = None
    """Variance of the x position in km²."""
    cy_x: Number | None = None
    """Covariance of y position and x position in km²."""
    cy_y: Number | None = None
    """Variance of the y position in km²."""
    cz_x: Number | None = None
    """Covariance of z position and x position in km²."""
    cz_y: Number | None = None
    """Covariance of z position and y position in km²."""
    cz_z: Number | None = None
    """Variance of the z position in km²."""
    cx_dot_x: Number | None = None
    """Covariance of x velocity and x position in km²/s."""
    cx_dot_y: Number | None = None
    """Covariance of x velocity and y position in km²/s."""
    cx_dot_z: Number | None = None
    """Covariance of x velocity and z position in km²/s."""
    cx_dot_x_dot: Number | None = None
    """Variance of the x velocity in km²/s²."""
    cy_dot_x: Number | None = None
    """Covariance of y velocity and x position in km²/s."""
    cy_dot_y: Number | None = None
    """Covariance of y velocity and y position in km²/s."""
    cy_dot_z: Number | None = None
    """Covariance of y velocity and z position in km²/s."""
    cy_dot_x_dot: Number | None = None
    """Covariance of y velocity and x velocity in km²/s²."""
    cy_dot_y_dot: Number | None = None
    """Variance of the y velocity in km²/s²."""
    cz_dot_x: Number | None = None
    """Covariance of z velocity and x position in km²/s."""
    cz_dot_y: Number | None = None
    """Covariance of z velocity and y position in km²/s."""
    cz_dot_z: Number | None = None
    """Covariance of z velocity and z position in km²/s."""
    cz_dot_x_dot: Number | None = None
    """Covariance of z velocity and x velocity in km²/s²."""
    cz_dot_y_dot: Number | None = None
    """Covariance of z velocity and y velocity in km²/s²."""
    cz_dot_z_dot: Number | None = None
    """Variance of the z velocity in km²/s²."""
    maneuvers: Annotated[tuple[OpmManeuver, ...], OmittedIfEmpty] = ()
    """Thrust phases, at most 5, all inside the span of the propagation."""
    user_defined_thrust_uncertainty: NotNegative | None = None
    """Relative uncertainty of the thrust, 1 sigma: 0.05 is 5 %. Platform's default: 0."""
    user_defined_thrust_pointing_uncertainty: NotNegative | None = None
    """Uncertainty of the thrust's direction in seconds of arc. Platform's default: 0."""
    user_defined_bc: Number | None = None
    """Ballistic coefficient; its unit is not documented."""
    user_defined_residual_1: Number | None = None
    """Residual of an orbit determination, in km, degrees or km/s as the measurement has it."""
    user_defined_residual_2: Number | None = None
    """Second residual; see `user_defined_residual_1`."""
    user_defined_residual_2_uncorrected: Number | None = None
    """Second residual before its correction; see `user_defined_residual_2`."""
    user_defined_residual_3: Number | None = None
    """Third residual; see `user_defined_residual_1`."""
    user_defined_residual_4: Number | None = None
    """Fourth residual; see `user_defined_residual_1`."""
    user_defined_residual_5: Number | None = None
    """Fifth residual; see `user_defined_residual_1`."""
    user_defined_residual_6: Number | None = None
    """Sixth residual; see `user_defined_residual_1`."""
    user_defined_in_sun: bool | None = None
    """True where the object is in sunlight; the platform writes it."""
    comments: Comments = ()
    """Remarks, one a line."""

    @model_validator(mode="after")
    def _plausible(self, info: ValidationInfo) -> Self:
        if info.context is not ANSWER:
            if len(self.maneuvers) > MOST_MANEUVERS:
                allowed = f"at most {MOST_MANEUVERS} maneuvers"
                raise refusal(type(self), "maneuvers", f"{len(self.maneuvers)} maneuvers", allowed, "split the span")
            for name, limit, allowed in _limits(self):
                found = getattr(self, name)
                if found is not None and not abs(found) <= limit:
                    remedy = "give the lower triangle in km and km/s: variances, not standard deviations"
                    raise refusal(type(self), name, found, allowed, remedy)
        return self


_AXES = ("x", "y", "z", "x_dot", "y_dot", "z_dot")


def _limits(data: OpmData) -> Iterator[tuple[str, float, str]]:
    """Elements of the covariance that have a limit: the largest size that each may have, and why."""
    variances = [getattr(data, f"c{axis}_{axis}") for axis in _AXES]
    for row, axis in enumerate(_AXES):
        if variances[row] is not None and variances[row] < 0:
            yield f"c{axis}_{axis}", 0.0, "a variance, not negative"
        for column in range(row):
            roots = (math.sqrt(max(0.0, variances[index] or 0.0)) for index in (row, column))
            limit = math.prod(roots) * (1 + 1e-9)
            yield f"c{axis}_{_AXES[column]}", limit, f"at most {limit:.6g} in size, the root of the variances' product"


class Opm(CcsdsMessage):
    """An orbit parameter message: header, metadata and one state with its covariance and maneuvers.

    The names are those of the CCSDS standard in lower case; on the wire they are in upper case, and both are taken.

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
    """Version, date and originator."""
    metadata: Annotated[OpmMetadata, keyword_field("OPM_META_DATA", "metadata")] = OpmMetadata()
    """Object and frame."""
    data: Annotated[OpmData, keyword_field("OPM_DATA", "data")]
    """The state and what belongs to it."""

    _untag = model_validator(mode="before")(untag(_tag))

    @model_validator(mode="after")
    def _around_the_earth(self, info: ValidationInfo) -> Self:
        if info.context is not ANSWER:
            data = self.data
            check_vector(type(self), (data.x, data.y, data.z), (data.x_dot, data.y_dot, data.z_dot), "data.")
        return self

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Read the parsed JSON of a finished answer. Of several messages this is the last, the end of the propagation.

        Raises:
            ResponseFormatError: the answer has another shape.
        """
        return cls._read(last_message(payload(data, "orbit")))

    @property
    def epoch(self) -> datetime:
        """Time of the state, UTC."""
        return self.data.epoch

    def _wire(self) -> dict[str, Any]:
        """Return the content in the form the platform accepts."""
        return wire_form(self)
