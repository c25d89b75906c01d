"""Names of the satellite, the ground location and the objects of a conjunction, which only the calculation knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

UNSPECIFIED = "Unspecified"
"""The platform's name for an object without a name."""


def satellite_of(calculation: Any) -> str | None:
    """Return the name of the calculation's satellite, its catalogue number if it has no name, or None if unknown."""
    about = _about(calculation)
    name = getattr(about, "object_name", None) or getattr(about, "name", None)
    return str(name) if name not in (None, UNSPECIFIED) else number_of(calculation)


def number_of(calculation: Any) -> str | None:
    """Return the catalogue number of the calculation's satellite, another ID of it, or None if unknown."""
    about, data = _about(calculation), getattr(getattr(calculation, "orbit", None), "data", None)
    known = (
        getattr(data, "norad_cat_id", None) or getattr(about, "norad_id", None),
        getattr(about, "object_id", None),
    )
    return next((str(number) for number in known if number not in (None, UNSPECIFIED)), None)


def _about(calculation: Any) -> Any:
    """Return the part of the calculation's orbit that names the object."""
    # By attributes: the classes of all orbits would cost more to load than the result itself.
    orbit = getattr(calculation, "orbit", None)
    segments = getattr(orbit, "segments", None)
    return segments[0] if segments else getattr(orbit, "metadata", orbit)


def station_of(calculation: Any) -> str | None:
    """Return the name of the calculation's ground location, or None if it has no name."""
    name = getattr(getattr(calculation, "ground_location", None), "name", None)
    return None if name is None else str(name)


def _object_of(calculation: Any, field: str) -> str | None:
    about = getattr(getattr(calculation, "conjunction", None), field, None)
    name = getattr(about, "object_name", None) or getattr(about, "object_designator", None)
    return None if name is None else str(name)


def named_rows(rows: Sequence[Any], calculation: Any) -> Sequence[Any]:
    """Return the rows of a result with the names of what was calculated, under the keys `NAMES`, if they are known."""
    names = {
        "satellite": satellite_of(calculation),
        "station": station_of(calculation),
        "sat1_name": _object_of(calculation, "object1"),
        "sat2_name": _object_of(calculation, "object2"),
    }
    known = {key: name for key, name in names.items() if name is not None}
    return [{**known, **row} if isinstance(row, Mapping) else row for row in rows] if known else rows
