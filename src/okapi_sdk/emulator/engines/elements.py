"""Orbital elements: the size and shape of an orbit, and its class.

The module does not import NumPy, so the store can use it without loading NumPy.

Units are those of Space-Track's GP class: degrees, minutes, kilometres. Periapsis and apoapsis heights are measured
from a radius of 6378.135 km.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_GRAVITY = 398_600.4418
_EARTH_RADIUS = 6378.135
EARTH_RATE = 7.292115e-5
"""Rotation of the Earth about its z axis, in radians per second."""


@dataclass(frozen=True)
class OrbitShape:
    """The size and shape of an orbit, and its inclination in degrees, if known."""

    semimajor_axis: float
    eccentricity: float
    inclination: float | None = None

    @property
    def period(self) -> float:
        """Minutes of one revolution."""
        return 2 * math.pi * math.sqrt(self.semimajor_axis**3 / _GRAVITY) / 60

    @property
    def periapsis(self) -> float:
        """Height of the lowest point, in km."""
        return self.semimajor_axis * (1 - self.eccentricity) - _EARTH_RADIUS

    @property
    def apoapsis(self) -> float:
        """Height of the highest point, in km."""
        return self.semimajor_axis * (1 + self.eccentricity) - _EARTH_RADIUS


def shape_from_mean_motion(revolutions_per_day: float, eccentricity: float) -> OrbitShape:
    """Return the shape of an orbit with this mean motion."""
    axis = (_GRAVITY * (86_400 / (2 * math.pi * revolutions_per_day)) ** 2) ** (1 / 3)
    return OrbitShape(axis, eccentricity)


def shape_from_state(
    position: tuple[float, float, float], velocity: tuple[float, float, float], frame_rate: float = 0.0
) -> OrbitShape | None:
    """Return the shape of the osculating orbit for a state (km, km/s), or None if that orbit is not elliptical.

    `frame_rate`: rotation of the state's frame about z in radians per second, `EARTH_RATE` for an Earth-fixed frame.
    """
    (x, y, z), (u, v, w) = position, velocity
    u, v = u - frame_rate * y, v + frame_rate * x
    distance, squared_speed = math.sqrt(x * x + y * y + z * z), u * u + v * v + w * w
    momentum = (y * w - z * v, z * u - x * w, x * v - y * u)
    length = math.hypot(*momentum)
    energy = squared_speed / 2 - _GRAVITY / distance if distance else 0.0
    if energy >= 0 or not length:
        return None
    axis = -_GRAVITY / (2 * energy)
    eccentricity = math.sqrt(max(0.0, 1 - length**2 / (_GRAVITY * axis)))
    return OrbitShape(axis, eccentricity, math.degrees(math.acos(momentum[2] / length)))


def orbit_class(axis: float, eccentricity: float, inclination: float, low: float, high: float) -> str | None:
    """Return the class of an orbit by the limits in ESA's Annual Space Environment Report, or None if no class fits.

    `low` and `high` are the heights of periapsis and apoapsis.
    """
    synchronous = 37_948 <= axis <= 46_380 and eccentricity <= 0.25
    tests = {
        "GEO": inclination <= 25 and low >= 35_586 and high <= 35_986,
        "IGO": synchronous and inclination > 25,
        "EGO": synchronous and inclination <= 25,
        "NSO": 50 <= inclination <= 70 and low >= 18_100 and high <= 24_300,
        "GTO": inclination <= 90 and low <= 2000 and 31_570 <= high <= 40_002,
        "MEO": low >= 2000 and high <= 31_570,
        "GHO": 31_570 <= low <= 40_002 < high,
        "LEO": high <= 2000,
        "HAO": low > 40_002,
        "MGO": 2000 <= low <= 31_570 <= high <= 40_002,
        "HEO": low <= 31_570 and high > 40_002,
    }
    return next((name for name, fits in tests.items() if fits), None)
