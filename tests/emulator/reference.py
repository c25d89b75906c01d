"""Passes computed a second time, by other means: SGP4 states, astropy's Earth, and ever denser scans.

Only SGP4 itself is shared with the emulator, which has its own test against Vallado's reference vectors. TEME to ITRS
is astropy's (with polar motion and UT1 from the IERS tables in `astropy-iers-data`), so is the ellipsoid. astropy takes
as long for one instant as for a thousand, so all intervals of a search are scanned in one call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import astropy.units as u
import numpy as np
from astropy.coordinates import ITRS, TEME, CartesianRepresentation, EarthLocation
from astropy.time import Time, TimeDelta
from astropy.utils import iers
from numpy.typing import NDArray
from sgp4.api import Satrec

iers.conf.auto_download = False
iers.conf.auto_max_age = None

Vector = NDArray[np.float64]
Looks = tuple[Vector, Vector, Vector]


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

    def look(self, seconds: Vector) -> Looks:
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
        inner = elevation[1:-1]
        near = (inner > -1) & (inner <= 0) & (elevation[:-2] <= inner) & (inner > elevation[2:])
        if near.any():
            peaks, heights = self._lowest(lambda found: -found[1], grid[:-2][near], grid[2:][near])
            grid = np.sort(np.concatenate((grid, peaks[heights < 0])))
            elevation = self.look(grid)[1]
        return list(self._passes(grid, elevation))

    def _passes(self, grid: Vector, elevation: Vector) -> Iterator[Pass]:
        above = elevation > 0
        before = np.flatnonzero(above[1:] != above[:-1])
        changes = self._crossings(grid[before], grid[before + 1]).tolist()
        edges = [0.0, *changes, self._seconds]
        spans = list(pairwise(edges))[0 if above[0] else 1 :: 2]
        if not spans:
            return
        inside = [np.concatenate(([left], grid[(grid > left) & (grid < right)], [right])) for left, right in spans]
        found = [self.look(times) for times in inside]
        tops, heights = self._lowest(
            lambda found: -found[1],
            *_around(inside, [int(elevations.argmax()) for _, elevations, _ in found]),
        )
        _, closest = self._lowest(
            lambda found: found[2], *_around(inside, [int(ranges.argmin()) for _, _, ranges in found])
        )
        for (left, right), (azimuths, elevations, ranges), top, height, near in zip(
            spans, found, tops.tolist(), (-heights).tolist(), closest.tolist(), strict=True
        ):
            rises, sets = left in changes, right in changes
            yield Pass(
                aos=self._date(left) if rises else None,
                los=self._date(right) if sets else None,
                culmination=self._date(top),
                max_elevation=max(height, float(elevations[0]), float(elevations[-1])),
                aos_azimuth=float(azimuths[0]) if rises else None,
                los_azimuth=float(azimuths[-1]) if sets else None,
                min_range=min(near, float(ranges[0]), float(ranges[-1])),
            )

    def _crossings(self, left: Vector, right: Vector) -> Vector:
        """The horizon crossings, one in each interval, to 1e-7 s."""
        rows = np.arange(left.size)
        for _ in range(5):
            times = np.linspace(left, right, 41, axis=1)
            above = self._look(times)[1] > 0
            after = (above != above[:, :1]).argmax(axis=1)
            left, right = times[rows, after - 1], times[rows, after]
        return (left + right) / 2

    def _lowest(self, value: Callable[[Looks], Vector], left: Vector, right: Vector) -> tuple[Vector, Vector]:
        """Time and value of the minimum in each interval, to 1e-4 s."""
        rows = np.arange(left.size)
        for _ in range(5):
            times = np.linspace(left, right, 41, axis=1)
            values = value(self._look(times))
            lowest = values.argmin(axis=1)
            left, right = times[rows, np.maximum(lowest - 1, 0)], times[rows, np.minimum(lowest + 1, 40)]
        return times[rows, lowest], values[rows, lowest]

    def _look(self, times: Vector) -> Looks:
        azimuths, elevations, ranges = (found.reshape(times.shape) for found in self.look(times.ravel()))
        return azimuths, elevations, ranges

    def _date(self, second: float) -> datetime:
        return self._start + timedelta(seconds=second)


def _around(times: list[Vector], indices: list[int]) -> tuple[Vector, Vector]:
    """The neighbours of one time of each list."""
    pairs = [(of[max(i - 1, 0)], of[min(i + 1, of.size - 1)]) for of, i in zip(times, indices, strict=True)]
    return np.array([left for left, _ in pairs]), np.array([right for _, right in pairs])
