"""SGP4 with the WGS 72 constants.

SGP4 gives states in TEME (true equator, mean equinox), the frame of Vallado et al., AIAA 2006-6753; see `frames`.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

import numpy as np
from sgp4.api import SGP4_ERRORS, WGS72, Satrec

from .arrays import Array
from .errors import PropagationError
from .frames import to_earth_fixed, to_gcrf
from .instants import SECONDS_PER_DAY, Instants, iso

_JULIAN_DATE_OF_ORDINAL_0 = 1_721_424.5
_MINUTES_PER_DAY = 1440
_EPOCH_OF_SGP4 = datetime(1949, 12, 31, tzinfo=UTC)


class MeanElements(NamedTuple):
    """Mean elements of SGP4 in the units of an OMM: degrees, revolutions per day, inverse Earth radii."""

    epoch: datetime
    bstar: float
    mean_motion_dot: float
    mean_motion_ddot: float
    eccentricity: float
    argument_of_perigee: float
    inclination: float
    mean_anomaly: float
    mean_motion: float
    node: float


class Sgp4Motion:
    """The motion that the two lines of a TLE describe. They must be valid: the `sgp4` library does not check them."""

    method = "with SGP4 (WGS 72)"

    def __init__(self, line1: str, line2: str) -> None:
        self._model = Satrec.twoline2rv(line1, line2)
        revolutions_per_day = float(line2[52:63])
        self.period: float = SECONDS_PER_DAY / revolutions_per_day

    @classmethod
    def of_elements(cls, elements: MeanElements) -> Self:
        """The motion of mean elements that no TLE can hold."""
        motion = cls.__new__(cls)
        motion._model = Satrec()
        per_minute = 2 * math.pi / _MINUTES_PER_DAY
        motion._model.sgp4init(
            WGS72,
            "i",
            0,
            (elements.epoch - _EPOCH_OF_SGP4) / timedelta(days=1),
            elements.bstar,
            elements.mean_motion_dot * per_minute / _MINUTES_PER_DAY,
            elements.mean_motion_ddot * per_minute / _MINUTES_PER_DAY**2,
            elements.eccentricity,
            math.radians(elements.argument_of_perigee),
            math.radians(elements.inclination),
            math.radians(elements.mean_anomaly),
            elements.mean_motion * per_minute,
            math.radians(elements.node),
        )
        motion.period = SECONDS_PER_DAY / elements.mean_motion
        return motion

    def teme(self, instants: Instants) -> tuple[Array, Array]:
        """Positions (km) and velocities (km/s) in TEME, one column per instant.

        Raises:
            PropagationError: SGP4 has no state at one of the instants.
        """
        days, seconds = instants.day_and_second
        midnight = np.full_like(days, instants.origin.toordinal() + _JULIAN_DATE_OF_ORDINAL_0)
        codes, positions, velocities = self._model.sgp4_array(midnight + days, seconds / SECONDS_PER_DAY)
        failed = np.flatnonzero(codes | ~np.isfinite(positions).all(axis=1))
        if failed.size:
            first = failed[0]
            when = iso(instants.origin + timedelta(seconds=float(instants.seconds[first])))
            meaning = SGP4_ERRORS.get(int(codes[first]), "the state is not a finite number")
            raise PropagationError(f"SGP4 stops at {when}: {meaning} (SGP4 error {codes[first]})")
        return positions.T, velocities.T

    def gcrf(self, instants: Instants) -> tuple[Array, Array]:
        """Positions (km) and velocities (km/s) in GCRF, one column per instant."""
        return to_gcrf("TEME", instants, *self.teme(instants))

    def earth_fixed(self, instants: Instants) -> Array:
        """Positions (km) in the Earth-fixed frame, one column per instant."""
        return to_earth_fixed("TEME", instants, self.teme(instants)[0])
