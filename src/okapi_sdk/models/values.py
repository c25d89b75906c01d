"""Places, spans of time and orbital states: the small values of every calculation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from .base import LAST_YEAR, Epoch, Number, RequestModel, refusal, rule, untag, wire_form, wire_time

LOWEST_KM, HIGHEST_KM = -0.5, 9.0
POLAR_RADIUS_KM = 6356.0
FARTHEST_KM = 1_000_000.0
FASTEST_KM_S = 100.0
_LAST_MOMENT = datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC)
_LONGEST_S = 100 * 366 * 86_400.0
_METRES = "the platform takes kilometres, and this looks like metres"


def _latitude(degrees: float) -> float:
    if not -90 <= degrees <= 90:
        raise rule("between -90 and 90 degrees", "latitude and longitude may be swapped")
    return degrees


def _longitude(degrees: float) -> float:
    if not -180 <= degrees <= 180:
        east = f"use {degrees - 360:.10g}" if 180 < degrees <= 360 else "give it in degrees, east positive"
        raise rule("between -180 and 180 degrees", east)
    return degrees


def _altitude(kilometres: float) -> float:
    if not LOWEST_KM <= kilometres <= HIGHEST_KM:
        raise rule(
            f"between {LOWEST_KM:g} and {HIGHEST_KM:g} km: {_METRES}",
            f"use GroundLocation.at(latitude, longitude, height_m={kilometres:.10g})",
        )
    return kilometres


class GroundLocation(RequestModel):
    """A place on the ground: degrees and **kilometres**, as the platform holds it.

    `at` takes the height in metres. The platform's range of longitudes is not documented; -180 to 180 is safe.

    >>> GroundLocation.at(52.3283, 10.645, height_m=48)
    GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48.0)
    """

    tag: ClassVar[str] = "ground_loc.json"

    latitude: Annotated[Number, AfterValidator(_latitude)]
    """Geodetic latitude in degrees, north positive, -90 to 90."""
    longitude: Annotated[Number, AfterValidator(_longitude)]
    """Longitude in degrees, east positive, -180 to 180."""
    altitude: Annotated[Number, AfterValidator(_altitude)]
    """Height above the ellipsoid in **kilometres**, -0.5 to 9."""

    _untag = model_validator(mode="before")(untag(tag))

    @classmethod
    def at(cls, latitude: float, longitude: float, *, height_m: float = 0.0) -> Self:
        """A place by degrees, north and east positive, and its height above the ellipsoid in metres.

        Raises:
            InputError: a value is no number or out of its range.
        """
        number = isinstance(height_m, int | float) and not isinstance(height_m, bool)
        if not number or not LOWEST_KM * 1000 <= height_m <= HIGHEST_KM * 1000:
            allowed = f"a number of metres between {LOWEST_KM * 1000:g} and {HIGHEST_KM * 1000:g}"
            raise refusal(cls, "height_m", height_m, allowed, "give the height of the place above the ellipsoid")
        return cls(latitude=latitude, longitude=longitude, altitude=height_m / 1000)

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        yield "latitude", self.latitude
        yield "longitude", self.longitude
        yield "height_m", round(self.altitude * 1000, 6)

    def __repr_name__(self) -> str:
        return f"{type(self).__name__}.at"

    def wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)


class TimeWindow(RequestModel):
    """A span of time, its start before its end. The platform holds milliseconds.

    >>> window = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
    >>> window.duration
    datetime.timedelta(seconds=21600)
    """

    tag: ClassVar[str] = "tw.json"

    start: Epoch
    """First moment, UTC. Takes an aware datetime, or ISO 8601 text with a zone."""
    end: Epoch
    """Last moment, UTC."""

    _untag = model_validator(mode="before")(untag(tag))

    @classmethod
    def parse(cls, start: str, end: str) -> Self:
        """A window between two times in ISO 8601 with a zone, such as ``2018-08-07T18:00Z``.

        Raises:
            InputError: a text is no such time, or the start is not before the end.
        """
        return cls.model_validate({"start": start, "end": end})

    @classmethod
    def starting(cls, start: datetime, duration: timedelta | float) -> Self:
        """A window from ``start`` on that lasts ``duration``, a timedelta or seconds.

        Raises:
            InputError: the start has no zone, or the duration is not positive.
        """
        if isinstance(duration, int | float) and not isinstance(duration, bool) and 0 < duration <= _LONGEST_S:
            duration = timedelta(seconds=duration)
        if not isinstance(duration, timedelta) or not 0 < duration.total_seconds() <= _LONGEST_S:
            raise refusal(cls, "duration", duration, "a positive timedelta or number of seconds", "timedelta(hours=6)")
        first = cls(start=start, end=_LAST_MOMENT).start
        return cls(start=first, end=first + duration)

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if wire_time(self.start) >= wire_time(self.end):
            allowed = f"after the start, {wire_time(self.start)}, by a millisecond at least"
            raise refusal(type(self), "end", wire_time(self.end), allowed, "swap the two, or give a later end")
        return self

    @property
    def duration(self) -> timedelta:
        """Time from the start to the end."""
        return self.end - self.start

    def wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)


Vector = tuple[float, float, float]


def check_vector(model: type[BaseModel], position: Vector, velocity: Vector, prefix: str = "") -> None:
    """Refuse a state that cannot be one around the Earth in km and km/s."""
    radius, speed = math.hypot(*position), math.hypot(*velocity)
    if radius > FARTHEST_KM:
        allowed = f"within {FARTHEST_KM:,.0f} km of the Earth's centre: {_METRES}"
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

    tag: ClassVar[str] = "state.json"

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

    _untag = model_validator(mode="before")(untag(tag))

    @model_validator(mode="after")
    def _around_the_earth(self) -> Self:
        check_vector(type(self), (self.x, self.y, self.z), (self.x_dot, self.y_dot, self.z_dot))
        return self

    def wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
