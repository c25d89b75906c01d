"""Reference frames: from each that messages name to GCRF, and to the Earth-fixed one.

* Between TEME and GCRF by skyfield's precession and nutation (IAU 2000A, IAU 2006);
* between TEME and the Earth-fixed frame by Greenwich mean sidereal time of 1982 (Vallado et al., AIAA 2006-6753,
  appendix C) and the secular pole of the IERS Conventions (2010, chapter 7, as of 2018). The pole's yearly circle is
  left out: it moves an antenna by up to 8 m, and the rise of a low satellite by some milliseconds;
* between EME2000 and GCRF by the frame bias, a rotation by 0.02 arc seconds.

UT1 comes from the tables inside skyfield; past their end it is extrapolated. Nothing is downloaded.
"""

from __future__ import annotations

import numpy as np
from skyfield.framelib import ICRS_to_J2000
from skyfield.sgp4lib import TEME, theta_GMST1982

from .instants import Instants, Vector

_ARCSECOND = np.pi / 648_000
_NODE_SPACING = 900.0
# Radians per second, of the Earth against TEME (ibid.).
_EARTH_RATE = 7.29211514670698e-05


def to_gcrf(frame: str, at: Instants, positions: Vector, velocities: Vector) -> tuple[Vector, Vector]:
    """Positions and velocities in GCRF, one column per instant. `frame` is one of those of `reading.frame_of`."""
    if frame == "GCRF":
        return positions, velocities
    if frame == "EME2000":
        return ICRS_to_J2000.T @ positions, ICRS_to_J2000.T @ velocities
    if frame == "ITRF":
        positions, velocities = _from_earth_fixed(at, positions, velocities)
    from_gcrf = _gcrf_to_teme(at)
    return np.einsum("jik,jk->ik", from_gcrf, positions), np.einsum("jik,jk->ik", from_gcrf, velocities)


def to_earth_fixed(frame: str, at: Instants, positions: Vector) -> Vector:
    """Positions in the Earth-fixed frame, one column per instant. `frame` as in `to_gcrf`."""
    if frame == "ITRF":
        return positions
    if frame == "EME2000":
        positions = ICRS_to_J2000.T @ positions
    if frame in ("EME2000", "GCRF"):
        positions = np.einsum("ijk,jk->ik", _gcrf_to_teme(at), positions)
    angle, x_pole, y_pole = _earth(at)
    x, y, z = positions
    x, y = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return np.array((x + x_pole * z, y - y_pole * z, z - x_pole * x + y_pole * y))


def _from_earth_fixed(at: Instants, positions: Vector, velocities: Vector) -> tuple[Vector, Vector]:
    angle, x_pole, y_pole = _earth(at)

    def turned(vectors: Vector) -> Vector:
        x, y, z = vectors
        x, y, z = x - x_pole * z, y + y_pole * z, z + x_pole * x - y_pole * y
        return np.array((x * np.cos(angle) - y * np.sin(angle), y * np.cos(angle) + x * np.sin(angle), z))

    found = turned(positions)
    carried = np.array((-found[1], found[0], np.zeros_like(found[2]))) * _EARTH_RATE
    return found, turned(velocities) + carried


def _earth(at: Instants) -> tuple[Vector, Vector, Vector]:
    """Sidereal time and the two coordinates of the pole, radians."""
    time = at.skyfield()
    angle, _ = theta_GMST1982(time.whole, time.ut1_fraction)
    years = time.J - 2000
    return angle, (0.0550 + 0.001677 * years) * _ARCSECOND, (0.3205 + 0.003460 * years) * _ARCSECOND


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
