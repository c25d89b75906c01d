"""Conversions to GCRF and to the Earth-fixed frame, from every reference frame used in messages.

* Between TEME and GCRF: skyfield's precession and nutation (IAU 2000A, IAU 2006).
* Between TEME and the Earth-fixed frame: Greenwich mean sidereal time of 1982 (Vallado et al., AIAA 2006-6753,
  appendix C) and the secular pole of the IERS Conventions (2010, chapter 7, as of 2018). The annual motion of the pole
  is left out; it displaces an antenna by up to 8 m and shifts the rise time of a low satellite by a few milliseconds.
* Between EME2000 and GCRF: the frame bias, a rotation by 0.02 arc seconds.

UT1 comes from the tables inside skyfield and is extrapolated past their end; before 1972 it is UTC. Nothing is
downloaded.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import numpy as np
from skyfield.framelib import ICRS_to_J2000
from skyfield.sgp4lib import TEME, theta_GMST1982

from .arrays import Array
from .instants import Instants

_ARCSECOND = np.pi / 648_000
_NODE_SPACING, _NODES_PER_DAY = 900.0, 96
EARTH_RATE = 7.29211514670698e-05
"""The Earth's rotation relative to TEME in radians per second (Vallado et al., appendix C)."""


def to_gcrf(frame: str, instants: Instants, positions: Array, velocities: Array) -> tuple[Array, Array]:
    """Return positions and velocities in GCRF, one column per instant. `frame` is GCRF, EME2000, TEME or ITRF."""
    if frame == "GCRF":
        return positions, velocities
    if frame == "EME2000":
        return ICRS_to_J2000.T @ positions, ICRS_to_J2000.T @ velocities
    if frame == "ITRF":
        positions, velocities = _earth_fixed_to_teme(instants, positions, velocities)
    from_gcrf = _gcrf_to_teme(instants)
    return np.einsum("jik,jk->ik", from_gcrf, positions), np.einsum("jik,jk->ik", from_gcrf, velocities)


def to_earth_fixed(frame: str, instants: Instants, positions: Array) -> Array:
    """Return positions in the Earth-fixed frame, one column per instant. `frame` is as in `to_gcrf`."""
    if frame == "ITRF":
        return positions
    if frame == "EME2000":
        positions = ICRS_to_J2000.T @ positions
    if frame in ("EME2000", "GCRF"):
        positions = np.einsum("ijk,jk->ik", _gcrf_to_teme(instants), positions)
    angle, x_pole, y_pole = _earth_orientation(instants)
    x, y, z = positions
    x, y = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return np.array((x + x_pole * z, y - y_pole * z, z - x_pole * x + y_pole * y))


def teme_axes(instants: Instants) -> Array:
    """Return the rotation from GCRF to TEME at the first of some instants."""
    axes: Array = _gcrf_to_teme(Instants(instants.origin, instants.seconds[:1]))[:, :, 0]
    return axes


def _earth_fixed_to_teme(instants: Instants, positions: Array, velocities: Array) -> tuple[Array, Array]:
    angle, x_pole, y_pole = _earth_orientation(instants)

    def rotate(vectors: Array) -> Array:
        x, y, z = vectors
        x, y, z = x - x_pole * z, y + y_pole * z, z + x_pole * x - y_pole * y
        return np.array((x * np.cos(angle) - y * np.sin(angle), y * np.cos(angle) + x * np.sin(angle), z))

    inertial = rotate(positions)
    rotation_speed = np.array((-inertial[1], inertial[0], np.zeros_like(inertial[2]))) * EARTH_RATE
    return inertial, rotate(velocities) + rotation_speed


def _earth_orientation(instants: Instants) -> tuple[Array, Array, Array]:
    """Return the sidereal time and the two coordinates of the pole, in radians."""
    time = instants.skyfield()
    angle, _ = theta_GMST1982(*cast("Any", instants.ut1))  # its annotations know only single numbers
    years = time.J - 2000
    return angle, (0.0550 + 0.001677 * years) * _ARCSECOND, (0.3205 + 0.003460 * years) * _ARCSECOND


def _gcrf_to_teme(instants: Instants) -> Array:
    """Return rotation matrices, one per instant along the last axis.

    Precession and nutation take 50 microseconds per instant, a millisecond per call, and change slowly. For dense
    instants they are computed every 15 minutes of a day, kept, and interpolated, with an error below 0.1 mm at the
    geostationary radius.
    """
    days, seconds = instants.day_and_second
    places = (instants.origin.toordinal() + days) * _NODES_PER_DAY + seconds / _NODE_SPACING
    before = np.floor(places).astype(int)
    first, last = int(before.min()), int(before.max()) + 1
    if last - first > max(2, instants.seconds.size):
        return np.asarray(TEME.rotation_at(instants.skyfield()))
    matrices = np.stack([_matrix(node) for node in range(first, last + 1)], axis=-1)
    share = places - before
    interpolated: Array = matrices[..., before - first] * (1 - share) + matrices[..., before + 1 - first] * share
    return interpolated


@lru_cache(maxsize=20_000)
def _matrix(node: int) -> Array:
    """Return the rotation at a multiple of 15 minutes after day 0 of `datetime.toordinal`."""
    day, place = divmod(node, _NODES_PER_DAY)
    midnight = datetime.fromordinal(day).replace(tzinfo=UTC)
    matrix: Array = np.asarray(TEME.rotation_at(Instants(midnight, np.array((place * _NODE_SPACING,))).skyfield()))
    return matrix[:, :, 0]
