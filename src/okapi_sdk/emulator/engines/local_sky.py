"""A satellite as seen from the ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from skyfield.api import wgs84

from .arrays import Array
from .instants import Instants
from .motion import Motion


@dataclass(frozen=True)
class LookAngles:
    """Directions from a ground location: azimuth (degrees, clockwise from north), elevation (degrees), range (km).

    Directions are geometric, without refraction or light time.
    """

    azimuth: Array
    elevation: Array
    range: Array


class LocalSky:
    """One satellite in the sky over one ground location, as a function of seconds after `origin`.

    `latitude` and `longitude` are geodetic degrees, north and east positive; `altitude` is in km above the WGS 84
    ellipsoid.
    """

    def __init__(self, motion: Motion, origin: datetime, *, latitude: float, longitude: float, altitude: float) -> None:
        self.motion = motion
        self.origin = origin
        self._site = wgs84.latlon(latitude, longitude, altitude * 1000).itrs_xyz.km
        north, east_angle = np.radians(latitude), np.radians(longitude)
        east = (-np.sin(east_angle), np.cos(east_angle), 0.0)
        up = (np.cos(north) * np.cos(east_angle), np.cos(north) * np.sin(east_angle), np.sin(north))
        self._axes = np.array((east, np.cross(up, east), up))

    def look_angles(self, seconds: Array) -> LookAngles:
        """Return the direction and the range of the satellite."""
        positions = self.motion.earth_fixed(Instants(self.origin, seconds))
        east, north, up = self._axes @ (positions - self._site[:, np.newaxis])
        horizontal = np.hypot(east, north)
        return LookAngles(
            azimuth=np.degrees(np.arctan2(east, north)) % 360,
            elevation=np.degrees(np.arctan2(up, horizontal)),
            range=np.hypot(horizontal, up),
        )

    def elevation(self, seconds: Array) -> Array:
        """Return only the elevation, in degrees."""
        return self.look_angles(seconds).elevation

    def range(self, seconds: Array) -> Array:
        """Return only the range, in km."""
        return self.look_angles(seconds).range
