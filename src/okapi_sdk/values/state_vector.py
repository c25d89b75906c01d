"""Osculating state vectors with mass and area."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, Field, model_validator

from ..models.base import RequestModel
from ..models.json_form import untag, wire_form
from ..models.problems import LOOKS_LIKE_METRES, refusal
from ..models.types import Epoch, Number

POLAR_RADIUS_KM = 6356.0
FARTHEST_KM = 1_000_000.0
FASTEST_KM_S = 100.0

Vector = tuple[float, float, float]


def check_vector(model: type[BaseModel], position: Vector, velocity: Vector, prefix: str = "") -> None:
    """Reject a position in km and a velocity in km/s that cannot describe an Earth orbit.

    Raises:
        InputError: if the position or the velocity is out of range, typically because of its unit.
    """
    radius, speed = math.hypot(*position), math.hypot(*velocity)
    if radius > FARTHEST_KM:
        allowed = f"within {FARTHEST_KM:,.0f} km of the Earth's centre; {LOOKS_LIKE_METRES}"
        raise refusal(model, f"{prefix}x", position, allowed, f"use x, y, z = {_thousandth(position)}")
    if radius < POLAR_RADIUS_KM:
        allowed = f"a position outside the Earth; this one is {radius:g} km from its centre"
        raise refusal(model, f"{prefix}x", position, allowed, "pass x, y and z in km from the Earth's centre")
    if speed > FASTEST_KM_S:
        allowed = f"below {FASTEST_KM_S:g} km/s; the platform takes km/s, but this looks like m/s"
        raise refusal(model, f"{prefix}x_dot", velocity, allowed, f"use x_dot, y_dot, z_dot = {_thousandth(velocity)}")


def _thousandth(vector: Vector) -> str:
    return ", ".join(f"{value / 1000:.12g}" for value in vector)


Positive = Annotated[Number, Field(gt=0)]


class StateVector(RequestModel):
    """Position in km and velocity in km/s at a UTC epoch, in the GCRF.

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
    """Epoch of the state, UTC."""
    x: Number
    """X component of the position in km, GCRF."""
    y: Number
    """Y component of the position in km, GCRF."""
    z: Number
    """Z component of the position in km, GCRF."""
    x_dot: Number
    """X component of the velocity in km/s, GCRF."""
    y_dot: Number
    """Y component of the velocity in km/s, GCRF."""
    z_dot: Number
    """Z component of the velocity in km/s, GCRF."""
    area: Positive | None = None
    """Cross-sectional area for drag and radiation pressure in m². All known clients send it. The documentation does not
    say whether the platform requires it, or which value it assumes otherwise."""
    mass: Positive | None = None
    """Mass in kg. All known clients send it; see `area`."""

    _untag = model_validator(mode="before")(untag(_tag))

    @model_validator(mode="after")
    def _around_the_earth(self) -> Self:
        check_vector(type(self), (self.x, self.y, self.z), (self.x_dot, self.y_dot, self.z_dot))
        return self

    def wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts."""
        return wire_form(self)
