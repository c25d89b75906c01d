"""The motion of a geosynchronous object relative to a slot of the geostationary ring.

The drift is the slope of a straight line that is fitted to the longitude together with waves of a sidereal day and half
of it: those of the eccentricity and of the inclination.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Array, Mask
from .instants import SECONDS_PER_DAY

SIDEREAL_DAY = 86_164.0905
"""Seconds."""
GEOSYNCHRONOUS = (0.9, 1.1)
"""The shortest and the longest period to which a slot applies, in sidereal days."""


@dataclass(frozen=True)
class Slot:
    """A box in degrees: `half_width` to each side of `longitude`, and of the equator."""

    longitude: float
    half_width: float


@dataclass(frozen=True)
class Track:
    """The sub-satellite points of an object at some times, in degrees.

    `east`: longitude relative to the middle of the slot, without jumps; `north`: geocentric latitude.
    """

    seconds: Array
    east: Array
    north: Array

    def inside(self, slot: Slot) -> Mask:
        """Return the times at which the longitude is within the slot."""
        inside: Mask = np.abs((self.east + 180) % 360 - 180) <= slot.half_width
        return inside

    @property
    def drift(self) -> float | None:
        """The drift of the longitude in degrees per day, east positive; None for less than two days."""
        if self.seconds[-1] - self.seconds[0] < 2 * SECONDS_PER_DAY:
            return None
        angles = 2 * math.pi / SIDEREAL_DAY * self.seconds
        columns = (np.ones_like(angles), self.seconds / SECONDS_PER_DAY, np.sin(angles), np.cos(angles),
                   np.sin(2 * angles), np.cos(2 * angles))  # fmt: skip
        return float(np.linalg.lstsq(np.array(columns).T, self.east, rcond=None)[0][1])


def track(positions: Array, seconds: Array, longitude: float) -> Track:
    """Return the track of Earth-fixed positions, one column per time, relative to a longitude in degrees."""
    x, y, z = positions
    east = np.degrees(np.unwrap(np.arctan2(y, x) - math.radians(longitude)))
    # The first point is within half a turn of the slot.
    east -= 360 * np.round(east[0] / 360)
    return Track(seconds, east, np.degrees(np.arcsin(z / np.linalg.norm(positions, axis=0))))
