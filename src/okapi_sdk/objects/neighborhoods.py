"""What comes close to a satellite."""

from __future__ import annotations

from typing import ClassVar

from ..models.base import Record
from ..models.types import Epoch
from .base import Query
from .filters import Id, NumberOrRange, TimeOrRange


class Neighborhood(Record):
    """Another object near a satellite. No source shows its fields: those here are the names of the filters."""

    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    miss_distance: float | None = None
    """Distance; its unit is not documented, km as in risk estimations most likely."""
    miss_distance_r: float | None = None
    """Radial component of the distance; as `miss_distance`."""
    miss_distance_t: float | None = None
    """Transverse component of the distance; as `miss_distance`."""
    miss_distance_n: float | None = None
    """Normal component of the distance; as `miss_distance`."""


class SatelliteNeighborhoods(Query[Neighborhood]):
    """What comes close to a satellite."""

    _collection: ClassVar[str] = "satellites/{satellite_id}/neighborhoods"
    _element: ClassVar[type[Neighborhood]] = Neighborhood

    satellite_id: Id
    """The platform's id of the satellite."""
    tca: TimeOrRange = None
    """Time of closest approach, UTC: one, or a comparison."""
    miss_distance: NumberOrRange = None
    """Distance, a value or a comparison; its unit is not documented."""
    miss_distance_r: NumberOrRange = None
    """Radial component; as `miss_distance`."""
    miss_distance_t: NumberOrRange = None
    """Transverse component; as `miss_distance`."""
    miss_distance_n: NumberOrRange = None
    """Normal component; as `miss_distance`."""
