"""Ground positions below inertial states."""

from __future__ import annotations

from typing import Any

from .arrays import POSITION, skyfield_times
from .columns import Columns
from .optional import optional

EQUATORIAL_RADIUS_KM = 6378.137
FLATTENING = 1 / 298.257223563
"""The ellipsoid of WGS 84."""
_NODE_SPACING = 900.0
_STEPS = 6


def geodetic(columns: Columns, method: str) -> tuple[Any, Any, Any]:
    """Return latitudes and longitudes in degrees and heights in km above the WGS 84 ellipsoid.

    The states are in the GCRF. Precession and nutation are skyfield's (IAU 2000A, IAU 2006); UT1 comes from the tables
    inside skyfield and is extrapolated past their end. The motion of the pole is left out: up to 15 m on the ground.
    """
    numpy = optional("numpy", "numpy", method)
    x, y, z = _earth_fixed(columns, method)
    squared = FLATTENING * (2 - FLATTENING)
    radius = numpy.hypot(x, y)
    latitude = numpy.arctan2(z, radius * (1 - squared))
    for _ in range(_STEPS):
        normal = EQUATORIAL_RADIUS_KM / numpy.sqrt(1 - squared * numpy.sin(latitude) ** 2)
        latitude = numpy.arctan2(z + squared * normal * numpy.sin(latitude), radius)
    surface = EQUATORIAL_RADIUS_KM * numpy.sqrt(1 - squared * numpy.sin(latitude) ** 2)
    height = radius * numpy.cos(latitude) + z * numpy.sin(latitude) - surface
    return numpy.degrees(latitude), numpy.degrees(numpy.arctan2(y, x)), height


def _earth_fixed(columns: Columns, method: str) -> Any:
    numpy = optional("numpy", "numpy", method)
    times = skyfield_times(columns, method)
    rotation, equation = _precession_nutation(numpy, times)
    positions = numpy.array([columns[name].values for name in POSITION], dtype="float64")
    x, y, z = numpy.einsum("ijk,jk->ik", rotation, positions)
    angle = (times.gmst + equation) * (numpy.pi / 12)
    return (
        x * numpy.cos(angle) + y * numpy.sin(angle),
        y * numpy.cos(angle) - x * numpy.sin(angle),
        z,
    )


def _precession_nutation(numpy: Any, times: Any) -> tuple[Any, Any]:
    """Return the rotations from the GCRF to the true equator of date, and the equation of the equinoxes in hours.

    Both change slowly and take 50 microseconds per instant. For dense instants they are computed every 15 minutes and
    interpolated, with an error below 1 mm in a low orbit.
    """
    days = times.tt
    first, last = days.min(), days.max()
    nodes = numpy.arange(first, last + _NODE_SPACING / 86400, _NODE_SPACING / 86400)
    if nodes.size >= days.size:
        return times.M, times.gast - times.gmst
    at_nodes = times.ts.tt_jd(nodes)
    matrices = numpy.array([[numpy.interp(days, nodes, element) for element in row] for row in at_nodes.M])
    # The hours of sidereal time wrap around at 24; their difference does not.
    equation = (at_nodes.gast - at_nodes.gmst + 12) % 24 - 12
    return matrices, numpy.interp(days, nodes, equation)
