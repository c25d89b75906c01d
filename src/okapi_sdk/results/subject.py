"""Names of the satellite and the ground location. They are not sent, so only the calculation knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..messages.oem import Oem
from ..messages.omm import Omm
from ..messages.opm import Opm
from ..messages.tle import Tle

NAMES = ("satellite", "station")
"""Keys of the names in rows, and the columns that come first."""
UNSPECIFIED = "Unspecified"
"""The platform's name for an object without a name."""


def satellite_of(calculation: Any) -> str | None:
    """Return the name of the calculation's satellite, its catalogue number if it has no name, or None if unknown."""
    orbit = getattr(calculation, "orbit", None)
    name: Any = None
    number: Any = None
    if isinstance(orbit, Tle):
        name, number = orbit.name, orbit.norad_id
    elif isinstance(orbit, Omm):
        name, number = orbit.metadata.object_name, orbit.data.norad_cat_id
    elif isinstance(orbit, Opm):
        name, number = orbit.metadata.object_name, orbit.metadata.object_id
    elif isinstance(orbit, Oem):
        name, number = orbit.segments[0].object_name, orbit.segments[0].object_id
    return next((str(known) for known in (name, number) if known not in (None, UNSPECIFIED)), None)


def station_of(calculation: Any) -> str | None:
    """Return the name of the calculation's ground location, or None if it has no name."""
    name = getattr(getattr(calculation, "ground_location", None), "name", None)
    return None if name is None else str(name)


def named_rows(rows: Sequence[Any], calculation: Any) -> Sequence[Any]:
    """Return the rows of a result with the names of its satellite and ground location, as far as they are known."""
    names = {"satellite": satellite_of(calculation), "station": station_of(calculation)}
    known = {key: name for key, name in names.items() if name is not None}
    return [{**known, **row} if isinstance(row, Mapping) else row for row in rows] if known else rows
