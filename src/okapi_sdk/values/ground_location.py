"""Ground locations."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, model_validator

from ..models.base import RequestModel
from ..models.files import TextPath, load_text
from ..models.json_form import untag, wire_form
from ..models.many import build_all
from ..models.problems import LOOKS_LIKE_METRES, refusal, rule
from ..models.types import NAME_LENGTH, Number
from ..scalars import as_number

LOWEST_KM, HIGHEST_KM = -0.5, 9.0


def _latitude(degrees: float) -> float:
    if not -90 <= degrees <= 90:
        raise rule("between -90 and 90 degrees", "check whether latitude and longitude are swapped")
    return degrees


def _longitude(degrees: float) -> float:
    if not -180 <= degrees <= 180:
        remedy = f"use {degrees - 360:.10g}" if 180 < degrees <= 360 else "pass degrees, east positive"
        raise rule("between -180 and 180 degrees", remedy)
    return degrees


def _altitude(kilometres: float) -> float:
    if not LOWEST_KM <= kilometres <= HIGHEST_KM:
        raise rule(
            f"between {LOWEST_KM:g} and {HIGHEST_KM:g} km; {LOOKS_LIKE_METRES}",
            f"use GroundLocation.at(latitude, longitude, height_m={kilometres:.10g})",
        )
    return kilometres


def _name(name: str) -> str:
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise rule(f"1 to {NAME_LENGTH} printable characters in one line", "shorten or omit the name")
    return name


class GroundLocation(RequestModel):
    """A location on the ground, in the platform's units: degrees and **kilometres**.

    `at` takes the height in metres. The platform's longitude range is undocumented; -180 to 180 is safe.

    >>> GroundLocation.at(52.3283, 10.645, height_m=48)
    GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48.0)
    """

    _tag: ClassVar[str] = "ground_loc.json"

    latitude: Annotated[Number, AfterValidator(_latitude)]
    """Geodetic latitude in degrees, north positive, -90 to 90."""
    longitude: Annotated[Number, AfterValidator(_longitude)]
    """Longitude in degrees, east positive, -180 to 180."""
    altitude: Annotated[Number, AfterValidator(_altitude)]
    """Height above the ellipsoid in **kilometres**, -0.5 to 9."""
    name: Annotated[str, AfterValidator(_name)] | None = None
    """Name of the location, shown with results; it is not sent to the platform."""

    _untag = model_validator(mode="before")(untag(_tag))

    @classmethod
    def at(cls, latitude: float, longitude: float, *, height_m: float = 0.0, name: str | None = None) -> Self:
        """Return the location at ``latitude`` and ``longitude`` in degrees, north and east positive.

        ``height_m`` is the height above the ellipsoid in metres. The name is not sent to the platform.
        Raises:
            InputError: if a value is not a number or out of range.
        """
        metres = as_number(height_m)
        if metres is None or not LOWEST_KM * 1000 <= metres <= HIGHEST_KM * 1000:
            allowed = f"a number of metres between {LOWEST_KM * 1000:g} and {HIGHEST_KM * 1000:g}"
            raise refusal(cls, "height_m", height_m, allowed, "pass the height above the ellipsoid in metres")
        names = {} if name is None else {"name": name}
        return cls(latitude=latitude, longitude=longitude, altitude=metres / 1000, **names)

    @classmethod
    def parse_many(cls, text: str) -> tuple[Self, ...]:
        """Parse a list of locations: comma-separated values whose first line names the columns, or a JSON list.

        The columns are ``latitude`` and ``longitude`` in degrees and, if needed, ``name`` and ``height_m`` in metres or
        ``altitude`` in km, in any order. Without a height, it is 0. Lines that start with ``#`` are comments.

        Raises:
            InputError: if the text is invalid; lists all invalid locations, with their line numbers except in JSON.
                `field` begins with the index of the location.
        """
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes, or read a file with load_many")
        from .stations import station_parts  # only now: most programs read no such list

        return build_all(cls, station_parts(cls, text), cls._of_fields)

    @classmethod
    def load_many(cls, path: TextPath) -> tuple[Self, ...]:
        """Read a list of locations from a UTF-8 file, as `parse_many` does.

        Raises:
            InputError: if the file is missing, a directory, larger than 256 MiB or not UTF-8, or its text is invalid.
        """
        return load_text(cls, path, cls.parse_many)

    @classmethod
    def _of_fields(cls, fields: dict[str, Any]) -> Self:
        if "altitude" in fields:
            return cls(**fields)
        return cls.at(**fields)

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        yield "latitude", self.latitude
        yield "longitude", self.longitude
        yield "height_m", round(self.altitude * 1000, 6)
        if self.name is not None:
            yield "name", self.name

    def __repr_name__(self) -> str:
        return f"{type(self).__name__}.at"

    def wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts."""
        return {key: value for key, value in wire_form(self).items() if key != "name"}
