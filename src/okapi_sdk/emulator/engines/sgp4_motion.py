"""Where a satellite is: SGP4 with the WGS 72 constants, and how it is seen from the ground.

SGP4 gives states in TEME (true equator, mean equinox), the frame of Vallado et al., AIAA 2006-6753; see `frames`.

This module loads numpy, sgp4 and skyfield. Whoever needs it imports it at the first calculation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from sgp4.api import SGP4_ERRORS, Satrec
from skyfield.api import wgs84

from ..bodies.requests import GroundLocation
from ..bodies.tle import Tle
from ..protocol.envelopes import NoResultError
from .frames import to_earth_fixed, to_gcrf
from .instants import SECONDS_PER_DAY, Instants, Vector, iso

_JULIAN_DATE_OF_ORDINAL_0 = 1_721_424.5


class PropagationError(NoResultError):
    """SGP4 has no state to give, for instance because the satellite has decayed."""


class Motion(Protocol):
    """Where a satellite is at any time: by a theory, or from an ephemeris."""

    @property
    def period(self) -> float:
        """Seconds of one revolution, about."""
        ...

    @property
    def method(self) -> str:
        """How the states come about, in words."""
        ...

    def gcrf(self, at: Instants) -> tuple[Vector, Vector]:
        """Positions (km) and velocities (km/s) in GCRF, one column per instant."""
        ...

    def earth_fixed(self, at: Instants) -> Vector:
        """Positions (km) in the Earth-fixed frame, one column per instant."""
        ...


class Orbit:
    """The motion that a TLE describes."""

    method = "with SGP4 (WGS 72)"

    def __init__(self, tle: Tle) -> None:
        self._model = Satrec.twoline2rv(tle.line1, tle.line2)
        self.period: float = SECONDS_PER_DAY / tle.mean_motion

    def teme(self, at: Instants) -> tuple[Vector, Vector]:
        """Positions (km) and velocities (km/s) in TEME, one column per instant."""
        days, seconds = at.day_and_second
        midnight = np.full_like(days, at.origin.toordinal() + _JULIAN_DATE_OF_ORDINAL_0)
        codes, positions, velocities = self._model.sgp4_array(midnight + days, seconds / SECONDS_PER_DAY)
        failed = np.flatnonzero(codes | ~np.isfinite(positions).all(axis=1))
        if failed.size:
            first = failed[0]
            when = iso(at.origin + timedelta(seconds=float(at.seconds[first])))
            meaning = SGP4_ERRORS.get(int(codes[first]), "the state is not a finite number")
            raise PropagationError(f"SGP4 stops at {when}: {meaning} (SGP4 error {codes[first]})")
        return positions.T, velocities.T

    def gcrf(self, at: Instants) -> tuple[Vector, Vector]:
        """Positions (km) and velocities (km/s) in GCRF, one column per instant."""
        return to_gcrf("TEME", at, *self.teme(at))

    def earth_fixed(self, at: Instants) -> Vector:
        """Positions (km) in the Earth-fixed frame, one column per instant."""
        return to_earth_fixed("TEME", at, self.teme(at)[0])


@dataclass(frozen=True)
class Look:
    """Directions from a ground location: azimuth (degrees from north over east), elevation (degrees), range (km).

    The direction is the geometric one: no refraction, no light time.
    """

    azimuth: Vector
    elevation: Vector
    range: Vector


class Sky:
    """One satellite in the sky of one ground location, over seconds after `origin`."""

    def __init__(self, motion: Motion, location: GroundLocation, origin: datetime) -> None:
        self._motion = motion
        self._origin = origin
        site = wgs84.latlon(location.latitude, location.longitude, location.altitude * 1000)
        self._site = site.itrs_xyz.km
        latitude, longitude = np.radians(location.latitude), np.radians(location.longitude)
        east = (-np.sin(longitude), np.cos(longitude), 0.0)
        up = (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))
        self._axes = np.array((east, np.cross(up, east), up))

    def look(self, seconds: Vector) -> Look:
        """Where the satellite stands."""
        positions = self._motion.earth_fixed(Instants(self._origin, seconds))
        east, north, up = self._axes @ (positions - self._site[:, np.newaxis])
        level = np.hypot(east, north)
        return Look(
            azimuth=np.degrees(np.arctan2(east, north)) % 360,
            elevation=np.degrees(np.arctan2(up, level)),
            range=np.hypot(level, up),
        )

    def elevation(self, seconds: Vector) -> Vector:
        """Elevation alone (degrees)."""
        return self.look(seconds).elevation

    def range(self, seconds: Vector) -> Vector:
        """Range alone (km)."""
        return self.look(seconds).range
