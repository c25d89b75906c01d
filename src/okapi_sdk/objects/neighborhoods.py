"""Objects that come close to a satellite."""

from __future__ import annotations

from typing import ClassVar

from ..models.base import Record
from ..models.types import Epoch
from .base import Query
from .filters import Id, NumberOrRange, TimeOrRange


class Neighborhood(Record):
    """An object near a satellite. The fields are undocumented; those below are the names of the filters."""

    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    miss_distance: float | None = None
    """Distance, most likely in km as in risk estimates; the unit is undocumented."""
    miss_distance_r: float | None = None
    """Radial component of the distance, in the same unit as `miss_distance`."""
    miss_distance_t: float | None = None
    """Transverse component of the distance, in the same unit as `miss_distance`."""
    miss_distance_n: float | None = None
    """Normal component of the distance, in the same unit as `miss_distance`."""


class SatelliteNeighborhoods(Query[Neighborhood]):
    """Query for objects that come close to a satellite."""

    _collection: ClassVar[str] = "satellites/{satellite_id}/neighborhoods"
    _element: ClassVar[type[Neighborhood]] = Neighborhood

    satellite_id: Id
    """The platform's ID of the satellite."""
    tca: TimeOrRange = None
    """Time of closest approach, UTC: a time or a `Range`."""
    miss_distance: NumberOrRange = None
    """Distance: a number or a `Range`; the unit is undocumented."""
    miss_distance_r: NumberOrRange = None
    """Radial component: a number or a `Range`, in the same unit as `miss_distance`."""
    miss_distance_t: NumberOrRange = None
    """Transverse component: a number or a `Range`, in the same unit as `miss_distance`."""
    miss_distance_n: NumberOrRange = None
    """Normal component: a number or a `Range`, in the same unit as `miss_distance`."""
