"""An osculating state, with mass and area."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, Field, model_validator

from ..models.base import RequestModel
from ..models.json_form import untag, wire_form
from ..models.problems import refusal
from ..models.types import Epoch, Number

POLAR_RADIUS_KM = 6356.0
FARTHEST_KM = 1_000_000.0
FASTEST_KM_S = 100.0
METRES = "the platform takes kilometres, and this looks like metres"

Vector = tuple[float, float, float]


def check_vector(model: type[BaseModel], position: Vector, velocity: Vector, prefix: str = "") -> None:
    """Refuse a state that cannot be one around the Earth in km and km/s."""
    radius, speed = math.hypot(*position), math.hypot(*velocity)
    if radius > FARTHEST_KM:
        allowed = f"within {FARTHEST_KM:,.0f} km of the Earth's centre: {METRES}"
        raise refusal(model, f"{prefix}x", position, allowed, f"use x, y, z = {_thousandth(position)}")
    if radius < POLAR_RADIUS_KM:
        allowed = f"outside the Earth: this is {radius:g} km from its centre"
        raise refusal(model, f"{prefix}x", position, allowed, "give x, y and z in km from the Earth's centre")
    if speed > FASTEST_KM_S:
        allowed = f"below {FASTEST_KM_S:g} km/s: the platform takes km/s, and this looks like m/s"
        raise refusal(model, f"{prefix}x_dot", velocity, allowed, f"use x_dot, y_dot, z_dot = {_thousandth(velocity)}")


def _thousandth(vector: Vector) -> str:
    return ", ".join(f"{value / 1000:.12g}" for value in vector)


Positive = Annotated[Number, Field(gt=0)]


class StateVector(RequestModel):
    """Position and velocity at an epoch: km and km/s in the GCRF, epoch in UTC.

    >>> from datetime import UTC, datetime
    >>> StateVector(
    ...     epoch=datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC),
    ...     area=0.04, mass=4.0,
    ...     x=615.119526, y=-7095.644839, z=-678.668352, x_dot=0.390367, y_dot=0.741902, z_dot=-7.39698,
    ... ).epoch.year
    2016
    """

    _tag: ClassVar[str] = "state.json"

    epoch: Epoch
    """Time of the state, UTC."""
    x: Number
    """Position in km, GCRF."""
    y: Number
    """Position in km, GCRF."""
    z: Number
    """Position in km, GCRF."""
    x_dot: Number
    """Velocity in km/s, GCRF."""
    y_dot: Number
    """Velocity in km/s, GCRF."""
    z_dot: Number
    """Velocity in km/s, GCRF."""
    area: Positive | None = None
    """Area for drag and radiation pressure in m². All known clients send one; whether the platform requires it, and
    what it takes where none is sent, is not documented."""
    mass: Positive | None = None
    """Mass in kg. All known clients send one; see `area`."""

    _untag = model_validator(mode="before")(untag(_tag))

    @model_validator(mode="after")
    def _around_the_earth(self) -> Self:
        check_vector(type(self), (self.x, self.y, self.z), (self.x_dot, self.y_dot, self.z_dot))
        return self

    def _wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
