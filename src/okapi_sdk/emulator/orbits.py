"""Where a satellite is: SGP4 with the WGS 72 constants, and the frames around it.

SGP4 gives states in TEME (true equator, mean equinox), the frame of Vallado et al., AIAA 2006-6753. From there

* to the Earth-fixed frame by Greenwich mean sidereal time of 1982 (ibid., appendix C) and the secular pole of the IERS
  Conventions (2010, chapter 7, as of 2018). The pole's yearly circle is left out: it moves an antenna by up to 8 m, and
  the rise of a low satellite by some milliseconds;
* to GCRF by skyfield's precession and nutation (IAU 2000A, IAU 2006).

UT1 comes from the tables inside skyfield; past their end it is extrapolated. Nothing is downloaded.

This module loads numpy, sgp4 and skyfield. Whoever needs it imports it at the first calculation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sgp4.api import SGP4_ERRORS, Satrec
from skyfield.api import load, wgs84
from skyfield.sgp4lib import TEME, theta_GMST1982

from .answers import NoResultError
from .reading import GroundLocation
from .tle import Tle

Vector = NDArray[np.float64]

SECONDS_PER_DAY = 86_400.0
_JULIAN_DATE_OF_ORDINAL_0 = 1_721_424.5
_ARCSECOND = np.pi / 648_000
_NODE_SPACING = 900.0
_CHUNK = 4096


class PropagationError(NoResultError):
    """SGP4 has no state to give, for instance because the satellite has decayed."""


@dataclass(frozen=True)
class Instants:
    """Instants as seconds after a UTC origin, in days of 86,400 s as TLEs and ISO 8601 times count them."""

    origin: datetime
    seconds: Vector

    @property
    def day_and_second(self) -> tuple[Vector, Vector]:
        """Days after the origin's midnight, and seconds of that day: together they keep a microsecond over a year."""
        midnight = self.origin.replace(hour=0, minute=0, second=0, microsecond=0)
        total = self.seconds + (self.origin - midnight).total_seconds()
        days = np.floor(total / SECONDS_PER_DAY)
        return days, total - days * SECONDS_PER_DAY

    def skyfield(self) -> Any:
        """The same instants as a skyfield `Time`."""
        days, seconds = self.day_and_second
        return timescale().utc(self.origin.year, self.origin.month, self.origin.day + days, 0, 0, seconds)


class Orbit:
    """The motion that a TLE describes."""

    def __init__(self, tle: Tle) -> None:
        self.model = Satrec.twoline2rv(tle.line1, tle.line2)
        self.period = SECONDS_PER_DAY / tle.mean_motion

    def teme(self, at: Instants) -> tuple[Vector, Vector]:
        """Positions (km) and velocities (km/s) in TEME, one column per instant."""
        days, seconds = at.day_and_second
        midnight = np.full_like(days, at.origin.toordinal() + _JULIAN_DATE_OF_ORDINAL_0)
        codes, positions, velocities = self.model.sgp4_array(midnight + days, seconds / SECONDS_PER_DAY)
        failed = np.flatnonzero(codes | ~np.isfinite(positions).all(axis=1))
        if failed.size:
            first = failed[0]
            when = iso(at.origin + timedelta(seconds=float(at.seconds[first])))
            meaning = SGP4_ERRORS.get(int(codes[first]), "the state is not a finite number")
            raise PropagationError(f"SGP4 stops at {when}: {meaning} (SGP4 error {codes[first]})")
        return positions.T, velocities.T

    def gcrf(self, at: Instants) -> tuple[Vector, Vector]:
        """Positions (km) and velocities (km/s) in GCRF, one column per instant."""
        positions, velocities = self.teme(at)
        from_gcrf = _gcrf_to_teme(at)
        return np.einsum("jik,jk->ik", from_gcrf, positions), np.einsum("jik,jk->ik", from_gcrf, velocities)

    def earth_fixed(self, at: Instants) -> Vector:
        """Positions (km) in the Earth-fixed frame, one column per instant."""
        (x, y, z), _ = self.teme(at)
        time = at.skyfield()
        angle, _ = theta_GMST1982(time.whole, time.ut1_fraction)
        x, y = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        years = time.J - 2000
        x_pole = (0.0550 + 0.001677 * years) * _ARCSECOND
        y_pole = (0.3205 + 0.003460 * years) * _ARCSECOND
        return np.array((x + x_pole * z, y - y_pole * z, z - x_pole * x + y_pole * y))


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

    def __init__(self, orbit: Orbit, location: GroundLocation, origin: datetime) -> None:
        self._orbit = orbit
        self._origin = origin
        site = wgs84.latlon(location.latitude, location.longitude, location.altitude * 1000)
        self._site = site.itrs_xyz.km
        latitude, longitude = np.radians(location.latitude), np.radians(location.longitude)
        east = (-np.sin(longitude), np.cos(longitude), 0.0)
        up = (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))
        self._axes = np.array((east, np.cross(up, east), up))

    def look(self, seconds: Vector) -> Look:
        """Where the satellite stands."""
        positions = self._orbit.earth_fixed(Instants(self._origin, seconds))
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


def _gcrf_to_teme(at: Instants) -> Vector:
    """Rotation matrices, one per instant on the last axis.

    Precession and nutation cost 50 microseconds per instant and are slow, so for dense instants they are taken every 15
    minutes and interpolated: an error below 0.1 mm at the geostationary radius.
    """
    nodes = np.arange(at.seconds[0], at.seconds[-1] + _NODE_SPACING, _NODE_SPACING)
    if nodes.size >= at.seconds.size:
        return np.asarray(TEME.rotation_at(at.skyfield()))
    matrices = TEME.rotation_at(Instants(at.origin, nodes).skyfield())
    return np.array([[np.interp(at.seconds, nodes, element) for element in row] for row in matrices])


@cache
def timescale() -> Any:
    """skyfield's time scales from the tables inside the package."""
    return load.timescale(builtin=True)


def chunks(seconds: Vector) -> list[Vector]:
    """Instants in portions of a few milliseconds of work, so that the server's thread can answer in between."""
    return np.array_split(seconds, max(1, -(-seconds.size // _CHUNK)))


def in_chunks(function: Callable[[Vector], Vector], seconds: Vector) -> Vector:
    """The values of a function of time, computed in such portions."""
    return np.concatenate([function(chunk) for chunk in chunks(seconds)])


def steps(start: float, end: float, step: float) -> Vector:
    """Every `step` seconds from `start`, and `end` itself; to the millisecond, as the times are printed."""
    seconds: Vector = np.append(np.arange(start, end, step), end)
    return np.unique(np.round(seconds, 3))


def whole_milliseconds(moment: datetime) -> datetime:
    """The nearest whole millisecond."""
    rounded = moment + timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """UTC in ISO 8601 to the nearest millisecond, as the platform prints times."""
    return whole_milliseconds(moment).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
