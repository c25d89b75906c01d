"""The Sun as seen from an orbit.

The position is that of the Astronomical Almanac's formulas of low precision, accurate to 0.01 degrees from 1950 to 2050
(D. A. Vallado, "Fundamentals of Astrodynamics and Applications", section 5.1.1), less the precession since J2000. An
object is in sunlight if no part of the Sun's disc is behind the Earth, a sphere.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from .arrays import Array, Mask
from .instants import SECONDS_PER_DAY, Instants

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_SECONDS_TT_AFTER_UTC = 69.2
_PRECESSION = 1.3970
"""Of the equinox, in degrees per century."""
_ASTRONOMICAL_UNIT = 149_597_870.7
_EARTH_RADIUS, _SUN_RADIUS = 6378.137, 695_700.0


def sun_positions(instants: Instants) -> Array:
    """Return the position of the Sun in km in the frame of J2000, one column per instant."""
    seconds = (instants.origin - _J2000).total_seconds() + _SECONDS_TT_AFTER_UTC + instants.seconds
    centuries = seconds / SECONDS_PER_DAY / 36_525
    anomaly = np.radians(357.5291092 + 35_999.05034 * centuries)
    mean_longitude = 280.460 + (36_000.771 - _PRECESSION) * centuries
    longitude = np.radians(mean_longitude + 1.914666471 * np.sin(anomaly) + 0.019994643 * np.sin(2 * anomaly))
    distance = (1.000140612 - 0.016708617 * np.cos(anomaly) - 0.000139589 * np.cos(2 * anomaly)) * _ASTRONOMICAL_UNIT
    tilt = np.radians(23.439291)
    sine = np.sin(longitude)
    positions: Array = distance * np.array((np.cos(longitude), sine * np.cos(tilt), sine * np.sin(tilt)))
    return positions


def is_sunlit(positions: Array, instants: Instants) -> Mask:
    """Return whether each position (km, GCRF, one column per instant) sees the whole Sun."""
    to_sun = sun_positions(instants) - positions
    distances, heights = np.linalg.norm(to_sun, axis=0), np.linalg.norm(positions, axis=0)
    cosine = np.einsum("it,it->t", to_sun, -positions) / (distances * heights)
    apart = np.arccos(np.clip(cosine, -1, 1))
    sun, earth = np.arcsin(_SUN_RADIUS / distances), np.arcsin(np.minimum(_EARTH_RADIUS / heights, 1.0))
    lit: Mask = np.asarray(apart >= sun + earth)
    return lit
