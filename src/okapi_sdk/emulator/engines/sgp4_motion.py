"""SGP4 with the WGS 72 constants.

SGP4 gives states in TEME (true equator, mean equinox), the frame of Vallado et al., AIAA 2006-6753; see `frames`.

Far from the epoch the polynomials of its drag run away: a satellite decays (error 6) and days later has states without
an error, thousands or billions of km away. So all states from the epoch to a requested time are checked, not only those
at that time, and none may be farther out than the orbit reaches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

import numpy as np
from sgp4.api import SGP4_ERRORS, WGS72, Satrec, SatrecArray

from .arrays import Array
from .errors import PropagationError
from .frames import to_earth_fixed, to_gcrf
from .instants import JULIAN_DATE_OF_ORDINAL_0, SECONDS_PER_DAY, Instants, chunks, iso

_MINUTES_PER_DAY = 1440
_EPOCH_OF_SGP4 = datetime(1949, 12, 31, tzinfo=UTC)
# Catalogues publish 0 or a blank; 1 to 3 stand for older theories of the same family: SGP, SGP4 and SDP4.
_SGP4_TYPES = " 0123"
# The step of the check, as a share of a revolution, and its maximum in seconds. A low orbit that decays fails for days.
_STEP, _LONGEST_STEP = 1 / 30, 300.0
# Perturbations raise the distance of the apoapsis from the centre of the Earth by less than this factor.
_HIGHEST = 1.2


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
    ephemeris_type: str


class MeanState(NamedTuple):
    """Mean elements at a time: km, radians, radians per second."""

    axis: float
    eccentricity: float
    inclination: float
    node: float
    argument_of_perigee: float
    mean_anomaly: float
    mean_motion: float


def rough_positions(motions: Sequence[Sgp4Motion], instants: Instants) -> Array:
    """Return positions of many objects in TEME (3, objects, instants; km), unchecked: wrong or nan after a decay."""
    days, seconds = instants.day_and_second
    midnight = np.full_like(days, instants.origin.toordinal() + JULIAN_DATE_OF_ORDINAL_0)
    _, positions, _ = SatrecArray([one.model for one in motions]).sgp4(midnight + days, seconds / SECONDS_PER_DAY)
    found: Array = np.moveaxis(positions, -1, 0)
    return found


class Sgp4Motion:
    """The motion described by a TLE. The two lines must be valid: the `sgp4` library does not check them.

    Raises:
        PropagationError: if the ephemeris type is that of another theory.
    """

    method = "with SGP4 (WGS 72)"

    model: Any
    period: float

    def __init__(self, line1: str, line2: str) -> None:
        revolutions_per_day = float(line2[52:63])
        self._begin(Satrec.twoline2rv(line1, line2), SECONDS_PER_DAY / revolutions_per_day, line1[62])

    def _begin(self, model: Satrec, period: float, ephemeris_type: str) -> None:
        if ephemeris_type not in _SGP4_TYPES:
            theory = "SGP4-XP" if ephemeris_type == "4" else "another theory"
            raise PropagationError(
                f"The ephemeris type is {ephemeris_type}, so these are elements of {theory}. SGP4 gives wrong states "
                "for them. Send elements of ephemeris type 0."
            )
        self.model, self.period = model, period
        ordinal = round(model.jdsatepoch - JULIAN_DATE_OF_ORDINAL_0)
        self._epoch = datetime.fromordinal(ordinal).replace(tzinfo=UTC) + timedelta(days=model.jdsatepochF)
        self._farthest = _HIGHEST * (1 + model.alta) * model.radiusearthkm
        self._first_checked = self._last_checked = 0.0

    @classmethod
    def of_elements(cls, elements: MeanElements) -> Self:
        """Return the motion of mean elements that no TLE can hold."""
        motion = cls.__new__(cls)
        model = Satrec()
        per_minute = 2 * math.pi / _MINUTES_PER_DAY
        model.sgp4init(
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
        motion._begin(model, SECONDS_PER_DAY / elements.mean_motion, elements.ephemeris_type)
        return motion

    def teme(self, instants: Instants) -> tuple[Array, Array]:
        """Return positions (km) and velocities (km/s) in TEME, one column per instant.

        Raises:
            PropagationError: if SGP4 is not valid at one of the instants, or between the epoch and one of them.
        """
        self._check_path(instants)
        return self._states(instants)

    def gcrf(self, instants: Instants) -> tuple[Array, Array]:
        """Return positions (km) and velocities (km/s) in GCRF, one column per instant."""
        return to_gcrf("TEME", instants, *self.teme(instants))

    def earth_fixed(self, instants: Instants) -> Array:
        """Return positions (km) in the Earth-fixed frame, one column per instant."""
        return to_earth_fixed("TEME", instants, self.teme(instants)[0])

    def mean_states(self, instants: Instants) -> list[MeanState]:
        """Return SGP4's own mean elements at each instant.

        Raises:
            PropagationError: if SGP4 fails at one of them.
        """
        model = self.model
        minutes = (instants.seconds + (instants.origin - self._epoch).total_seconds()) / 60
        found = []
        for minute in minutes.tolist():
            code, position, _ = model.sgp4_tsince(minute)
            distance = math.hypot(*position)
            if code or not distance < self._farthest:
                when = self._epoch + timedelta(minutes=minute)
                reason = self._meaning(code, np.float64(distance))
                raise PropagationError(f"SGP4 stops at {iso(when)}: {reason}.{self._cause(when)}")
            axis = model.am * model.radiusearthkm
            found.append(MeanState(axis, model.em, model.im, model.Om, model.om, model.mm, model.nm / 60))
        return found

    def doubts(self, start: datetime, end: datetime) -> list[str]:
        """Return no doubts: outside its limits, SGP4 has no states."""
        return []

    def _check_path(self, instants: Instants) -> None:
        """Check the states from the epoch to the instants, beginning where the last check ended."""
        seconds = instants.seconds + (instants.origin - self._epoch).total_seconds()
        first, last = float(seconds.min(initial=0.0)), float(seconds.max(initial=0.0))
        step = min(self.period * _STEP, _LONGEST_STEP)
        if last > self._last_checked:
            self._check(np.append(np.arange(self._last_checked, last, step), last))
            self._last_checked = last
        if first < self._first_checked:
            self._check(np.append(np.arange(self._first_checked, first, -step), first))
            self._first_checked = first

    def _check(self, seconds: Array) -> None:
        for chunk in chunks(seconds):
            self._states(Instants(self._epoch, chunk))

    def _states(self, instants: Instants) -> tuple[Array, Array]:
        days, seconds = instants.day_and_second
        midnight = np.full_like(days, instants.origin.toordinal() + JULIAN_DATE_OF_ORDINAL_0)
        codes, positions, velocities = self.model.sgp4_array(midnight + days, seconds / SECONDS_PER_DAY)
        distances = np.linalg.norm(positions, axis=1)
        failed = np.flatnonzero(codes | ~(distances < self._farthest))
        if failed.size:
            first = failed[0]
            when = instants.origin + timedelta(seconds=float(instants.seconds[first]))
            raise PropagationError(
                f"SGP4 stops at {iso(when)}: {self._meaning(codes[first], distances[first])}.{self._cause(when)}"
            )
        return positions.T, velocities.T

    def _meaning(self, code: int, distance: float) -> str:
        if code:
            return f"{SGP4_ERRORS.get(int(code), 'unknown')} (SGP4 error {code})"
        if not math.isfinite(distance):
            return "the state is not a finite number"
        return (
            f"it puts the object {distance:,.0f} km from the centre of the Earth, but its orbit reaches "
            f"{self._farthest / _HIGHEST:,.0f} km"
        )

    def _cause(self, when: datetime) -> str:
        if abs(when - self._epoch) < timedelta(seconds=1):
            return ""
        return f" The object {'has decayed by' if when > self._epoch else 'was not in this orbit'} then."
