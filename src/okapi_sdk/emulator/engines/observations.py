"""Observations of an object, and what an orbit predicts for them: positions, ranges and directions.

Each scalar is one observation. Lengths are in km, angles in degrees. The residual of an azimuth or a right ascension is
multiplied by the cosine of the elevation or the declination, and the standard deviations of angles are meant that way:
on the sky. Predictions are geometric: an observation timed at reception or at transmission gets the light time of one
way, but refraction, aberration and signal delays are not modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from skyfield.api import wgs84

from .arrays import Array, Indices
from .frames import to_gcrf
from .instants import Instants

SPEED_OF_LIGHT = 299_792.458
"""In km/s."""
_DEGREE = np.pi / 180
_AXES, _EAST, _NORTH = ("x", "y", "z"), ("azimuth", "right_ascension"), ("elevation", "declination")
# Times within a microsecond of one another are the same.
_SAME = 1e-6


class Site(NamedTuple):
    """A place on the ground: geodetic degrees (north and east positive), and km above the WGS 84 ellipsoid."""

    latitude: float
    longitude: float
    altitude: float


@dataclass(frozen=True)
class Observation:
    """One scalar.

    `component`: x, y, z, range, azimuth, elevation, right_ascension or declination. `frame`: that of positions, right
    ascensions and declinations, as in `frames.to_gcrf`. `light`: -1 if the time is that of reception at the site, 1 if
    it is that of transmission there, 0 if the object was at its place at that time. `group`: a number of the caller's.
    """

    epoch: datetime
    component: str
    value: float
    deviation: float
    frame: str = "GCRF"
    site: Site | None = None
    light: int = 0
    group: int = 1

    @property
    def unit(self) -> str:
        """The unit of the value and its standard deviation."""
        return "km" if self.component in (*_AXES, "range") else "deg"


class Prediction(NamedTuple):
    """Residuals (observed minus predicted), and the derivatives of what was predicted by the position in GCRF (n, 3).

    Both are on the sky. `factors`: the cosines by which residuals were multiplied, 1 for most.
    """

    residuals: Array
    slopes: Array
    factors: Array


class Observations:
    """Observations in order of time, with all that does not depend on the orbit."""

    def __init__(self, observations: Sequence[Observation]) -> None:
        self.items: tuple[Observation, ...] = tuple(sorted(observations, key=lambda one: one.epoch))
        self.origin: datetime = self.items[0].epoch
        self.all_seconds: Array = np.array([(one.epoch - self.origin).total_seconds() for one in self.items])
        new = np.append(True, np.diff(self.all_seconds) > _SAME)
        self.seconds: Array = self.all_seconds[new]
        """The different times, after `origin`."""
        self.places: Indices = np.cumsum(new) - 1
        """The index in `seconds` of each observation."""
        self.values: Array = np.array([one.value for one in self.items])
        self.deviations: Array = np.array([one.deviation for one in self.items])
        axes, sites = self._geometry()
        self.axes: Array = axes
        self.sites: Array = sites
        self._light = np.array([float(one.light) for one in self.items])
        self._positions = np.array([_AXES.index(one.component) if one.component in _AXES else -1 for one in self.items])
        self._is = {kind: np.array([one.component in names for one in self.items]) for kind, names in _KINDS.items()}

    def __len__(self) -> int:
        return len(self.items)

    @property
    def instants(self) -> Instants:
        """The different times."""
        return Instants(self.origin, self.seconds)

    @property
    def end(self) -> datetime:
        """The time of the last observation."""
        return self.items[-1].epoch

    def select(self, chosen: Callable[[Observation], bool]) -> Observations | None:
        """Return some of the observations, or None if there are none."""
        items = [one for one in self.items if chosen(one)]
        return Observations(items) if items else None

    def between(self, start: float, end: float) -> Observations:
        """Return the observations between two times in seconds after the origin, of which there is at least one."""
        first, last = (self.origin + timedelta(seconds=edge) for edge in (start, end))
        return Observations([one for one in self.items if first <= one.epoch <= last])

    def scaled(self, factor: float) -> Observations:
        """Return the same observations with all standard deviations multiplied by a factor."""
        return Observations([replace(one, deviation=one.deviation * factor) for one in self.items])

    def predict(self, positions: Array, velocities: Array) -> Prediction:
        """Compare with states in GCRF (km, km/s), one column for each of the different times."""
        position, velocity = positions.T[self.places], velocities.T[self.places]
        sight = position - self.sites
        sight = sight + velocity * (self._light * np.linalg.norm(sight, axis=1) / SPEED_OF_LIGHT)[:, np.newaxis]
        x, y, z = np.einsum("nij,nj->in", self.axes, sight)
        flat, distance = np.hypot(x, y), np.linalg.norm(sight, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):  # of directions of positions, which nobody uses
            cosine = flat / distance
            zero = np.zeros_like(x)
            east = np.stack((-y / flat, x / flat, zero), axis=1) / (distance * _DEGREE)[:, np.newaxis]
            north = np.stack((-x * z / flat, -y * z / flat, flat), axis=1) / (distance**2 * _DEGREE)[:, np.newaxis]
            radial = np.stack((x, y, z), axis=1) / distance[:, np.newaxis]
        straight = np.eye(3)[self._positions]
        values = np.choose(self._positions, (x, y, z), mode="wrap")
        predicted, local = np.where(self._is["range"], distance, values), straight
        local = np.where(self._is["range"][:, np.newaxis], radial, local)
        for kind, angle, slope in (("east", np.arctan2(y, x), east), ("north", np.arctan2(z, flat), north)):
            predicted = np.where(self._is[kind], angle / _DEGREE, predicted)
            local = np.where(self._is[kind][:, np.newaxis], slope, local)
        factors = np.where(self._is["east"], cosine, 1.0)
        residuals = self.values - predicted
        residuals = np.where(self._is["east"], (residuals + 180) % 360 - 180, residuals) * factors
        return Prediction(residuals, np.einsum("ni,nij->nj", local, self.axes), factors)

    def _all_sites(self) -> set[Site]:
        return {one.site for one in self.items if one.site is not None}

    def _geometry(self) -> tuple[Array, Array]:
        """The rotations from GCRF to the axes of each observation, and the positions of the sites in GCRF.

        The axes are those of the frame or, at a site, north, east and up.
        """
        axes, sites = np.empty((len(self), 3, 3)), np.zeros((len(self), 3))
        places = {site: wgs84.latlon(*site[:2], site.altitude * 1000).itrs_xyz.km for site in self._all_sites()}
        turns = {frame: _rotations(frame, self.instants) for frame in {one.frame for one in self.items} | {"ITRF"}}
        for index, one in enumerate(self.items):
            place = self.places[index]
            axes[index] = turns[one.frame][place].T
            if one.site is not None:
                to_sky = turns["ITRF"][place]
                sites[index] = to_sky @ places[one.site]
                if one.component in ("range", "azimuth", "elevation"):
                    axes[index] = _horizon(one.site) @ to_sky.T
        return axes, sites


_KINDS = {"range": ("range",), "east": _EAST, "north": _NORTH}


def _rotations(frame: str, instants: Instants) -> Array:
    """The rotations from a frame to GCRF, one for each instant along the first axis."""
    count = instants.seconds.size
    zero = np.zeros((3, count))
    columns = [to_gcrf(frame, instants, np.tile(axis[:, np.newaxis], count), zero)[0] for axis in np.eye(3)]
    return np.stack(columns, axis=-1).transpose(1, 0, 2)


def _horizon(site: Site) -> Array:
    """North, east and up at a site, as rows in the Earth-fixed frame."""
    north, east = np.radians(site.latitude), np.radians(site.longitude)
    up = np.array((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)))
    to_east = np.array((-np.sin(east), np.cos(east), 0.0))
    return np.array((np.cross(up, to_east), to_east, up))
