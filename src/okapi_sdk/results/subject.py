"""Names of the satellite and the ground location. They are not sent, so only the calculation knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

UNSPECIFIED = "Unspecified"
"""The platform's name for an object without a name."""


def satellite_of(calculation: Any) -> str | None:
    """Return the name of the calculation's satellite, its catalogue number if it has no name, or None if unknown."""
    # By attributes: the classes of all orbits would cost more to load than the result itself.
    orbit = getattr(calculation, "orbit", None)
    segments = getattr(orbit, "segments", None)
    about = segments[0] if segments else getattr(orbit, "metadata", orbit)
    known = (
        getattr(about, "object_name", None) or getattr(about, "name", None),
        getattr(getattr(orbit, "data", None), "norad_cat_id", None) or getattr(about, "norad_id", None),
        getattr(about, "object_id", None),
    )
    return next((str(name) for name in known if name not in (None, UNSPECIFIED)), None)


def station_of(calculation: Any) -> str | None:
    """Return the name of the calculation's ground location, or None if it has no name."""
    name = getattr(getattr(calculation, "ground_location", None), "name", None)
    return None if name is None else str(name)


def named_rows(rows: Sequence[Any], calculation: Any) -> Sequence[Any]:
    """Return the rows of a result with the names of its satellite and ground location, as far as they are known."""
    names = {"satellite": satellite_of(calculation), "station": station_of(calculation)}
    known = {key: name for key, name in names.items() if name is not None}
    return [{**known, **row} if isinstance(row, Mapping) else row for row in rows] if known else rows
