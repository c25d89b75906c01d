"""Ground tracks, for maps."""

from __future__ import annotations

from typing import Any, ClassVar

from ..models.base import Record
from ..models.display import utc_text
from ..models.types import Epoch
from .columns import Columns
from .files import File, write
from .geodesy import geodetic
from .maps import geojson, geojson_text, kml_text
from .rows import Rows


class GroundPoint(Record):
    """The point on the ground below a satellite."""

    epoch: Epoch | None = None
    """Time, UTC."""
    latitude: float | None = None
    """Geodetic latitude in degrees, north positive (WGS 84)."""
    longitude: float | None = None
    """Longitude in degrees, east positive, -180 to 180."""
    height_km: float | None = None
    """Height of the satellite above the ellipsoid in km."""


class GroundTrack(Rows[GroundPoint]):
    """The points below a satellite at each state of an ephemeris, computed on this machine."""

    __slots__ = ()

    _element: ClassVar[type[Record]] = GroundPoint

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return geojson(self._columns())

    def to_geojson(self, file: File) -> None:
        """Write the track as GeoJSON (RFC 7946): a feature with lines that are cut at the antimeridian.

        Args:
            file: a path, or a file open for writing; an existing file is replaced.

        Raises:
            InputError: if ``file`` is neither.
        """
        write(file, geojson_text(self._columns()), "to_geojson")

    def to_kml(self, file: File) -> None:
        """Write the track as KML 2.2, for Google Earth and maps: lines on the ground, cut at the antimeridian.

        Args:
            file: a path, or a file open for writing; an existing file is replaced.

        Raises:
            InputError: if ``file`` is neither.
        """
        write(file, kml_text(self._columns()), "to_kml")


def track_of(ephemeris: Rows[Any], columns: Columns) -> GroundTrack:
    """Return the ground track of an ephemeris with complete states."""
    epochs = columns["epoch"].values
    coordinates = [array.tolist() for array in geodetic(columns, "ground_track()")] if epochs else [[], [], []]
    rows = [
        {"epoch": utc_text(epoch), "latitude": latitude, "longitude": longitude, "height_km": height}
        for epoch, latitude, longitude, height in zip(epochs, *coordinates, strict=True)
    ]
    track = GroundTrack(rows, status=ephemeris.status, raw=ephemeris.raw)
    track.calculation = ephemeris.calculation
    return track
