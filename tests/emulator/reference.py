"""Passes computed a second time, by other means: SGP4 states, astropy's Earth, and scipy's root finder.

Only SGP4 itself is shared with the emulator, which has its own test against Vallado's reference vectors. TEME to ITRS
is astropy's (with polar motion and UT1 from the IERS tables in `astropy-iers-data`), so is the ellipsoid; the search is
a dense scan, `brentq` and `minimize_scalar`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import astropy.units as u
import numpy as np
from astropy.coordinates import ITRS, TEME, CartesianRepresentation, EarthLocation
from astropy.time import Time, TimeDelta
from astropy.utils import iers
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from sgp4.api import Satrec

iers.conf.auto_download = False
iers.conf.auto_max_age = None

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Pass:
    """Times are UTC, angles degrees, ranges km. `aos` or `los` is None where the window cuts the pass."""

    aos: datetime | None
    los: datetime | None
    culmination: datetime
    max_elevation: float
    aos_azimuth: float | None
    los_azimuth: float | None
    min_range: float


class Reference:
    def __init__(
        self,
        tle: tuple[str, str],
        latitude: float,
        longitude: float,
        altitude_km: float,
        start: datetime,
        end: datetime,
    ) -> None:
        self._satellite = Satrec.twoline2rv(*tle)
        self._site = EarthLocation.from_geodetic(longitude * u.deg, latitude * u.deg, altitude_km * u.km)
        self._origin = Time(start.replace(tzinfo=None), scale="utc")
        self._start = start
        self._seconds = (end - start).total_seconds()
        sin_lat, cos_lat = np.sin(np.radians(latitude)), np.cos(np.radians(latitude))
        sin_lon, cos_lon = np.sin(np.radians(longitude)), np.cos(np.radians(longitude))
        self._east_north_up = np.array(
            [
                [-sin_lon, cos_lon, 0],
                [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
                [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
            ]
        )

    def look(self, seconds: Vector) -> tuple[Vector, Vector, Vector]:
        """Azimuth and elevation (degrees) and range (km) at seconds after the start of the window."""
        time = self._origin + TimeDelta(seconds, format="sec")
        codes, positions, _ = self._satellite.sgp4_array(time.jd1, time.jd2)
        assert not codes.any()
        teme = TEME(CartesianRepresentation(positions.T * u.km), obstime=time)
        earth_fixed = teme.transform_to(ITRS(obstime=time)).cartesian.xyz.to_value(u.km)
        site = np.array([axis.to_value(u.km) for axis in self._site.geocentric])
        east, north, up = self._east_north_up @ (earth_fixed - site[:, None])
        distance = np.sqrt(east**2 + north**2 + up**2)
        return np.degrees(np.arctan2(east, north)) % 360, np.degrees(np.arcsin(up / distance)), distance

    def elevation(self, second: float) -> float:
        return float(self.look(np.array([second]))[1][0])

    def passes(self, step: float = 10.0) -> list[Pass]:
        grid = np.linspace(0, self._seconds, int(self._seconds / step) + 2)
        elevation = self.look(grid)[1]
        # A pass that fits between two samples shows as a peak just below the horizon.
        for index in range(1, grid.size - 1):
            if -1 < elevation[index] <= 0 and elevation[index - 1] <= elevation[index] > elevation[index + 1]:
                peak = self._highest(grid[index - 1], grid[index + 1])
                if self.elevation(peak) > 0:
                    grid = np.insert(grid, np.searchsorted(grid, peak), peak)
        elevation = self.look(grid)[1]
        return list(self._passes(grid, elevation))

    def _passes(self, grid: Vector, elevation: Vector) -> Iterator[Pass]:
        above = elevation > 0
        changes = [
            float(brentq(self.elevation, grid[i], grid[i + 1], xtol=1e-7))
            for i in np.flatnonzero(above[1:] != above[:-1])
        ]
        edges = [0.0, *changes, self._seconds]
        for left, right in list(pairwise(edges))[0 if above[0] else 1 :: 2]:
            inside = np.concatenate(([left], grid[(grid > left) & (grid < right)], [right]))
            azimuths, elevations, ranges = self.look(inside)
            top = int(elevations.argmax())
            peak = self._highest(inside[max(top - 1, 0)], inside[min(top + 1, inside.size - 1)])
            near = int(ranges.argmin())
            closest = minimize_scalar(
                lambda second: self.look(np.array([second]))[2][0],
                bounds=(inside[max(near - 1, 0)], inside[min(near + 1, inside.size - 1)]),
                method="bounded",
                options={"xatol": 1e-3},
            )
            rises, sets = left in changes, right in changes
            yield Pass(
                aos=self._date(left) if rises else None,
                los=self._date(right) if sets else None,
                culmination=self._date(peak),
                max_elevation=max(self.elevation(peak), float(elevations[0]), float(elevations[-1])),
                aos_azimuth=float(azimuths[0]) if rises else None,
                los_azimuth=float(azimuths[-1]) if sets else None,
                min_range=min(float(closest.fun), float(ranges[0]), float(ranges[-1])),
            )

    def _highest(self, left: float, right: float) -> float:
        found = minimize_scalar(
            lambda second: -self.elevation(second), bounds=(left, right), method="bounded", options={"xatol": 1e-4}
        )
        return float(found.x)

    def _date(self, second: float) -> datetime:
        return self._start + timedelta(seconds=second)
