"""The choice of the engine that propagates the orbit of a request."""

from __future__ import annotations

from ..bodies.oem import Oem
from ..bodies.tle import Tle
from ..engines.ephemeris import EphemerisMotion, StateTable
from ..engines.motion import Motion
from ..engines.sgp4_motion import MeanElements, Sgp4Motion


def mean_elements(orbit: Tle) -> MeanElements:
    """Return the elements of a TLE or an OMM as numbers."""
    return MeanElements(
        epoch=orbit.epoch, bstar=orbit.bstar, mean_motion_dot=orbit.mean_motion_dot,
        mean_motion_ddot=orbit.mean_motion_ddot, eccentricity=orbit.eccentricity,
        argument_of_perigee=orbit.argument_of_perigee, inclination=orbit.inclination, mean_anomaly=orbit.mean_anomaly,
        mean_motion=orbit.mean_motion, node=orbit.right_ascension_of_node, ephemeris_type=str(orbit.ephemeris_type),
    )  # fmt: skip


def motion_of(orbit: Tle | Oem) -> Motion:
    """Return SGP4 for a TLE, interpolation for an ephemeris."""
    if isinstance(orbit, Tle):
        return sgp4_motion_of(orbit)
    return EphemerisMotion([StateTable(segment.frame, segment.epochs, segment.rows) for segment in orbit.segments])


def sgp4_motion_of(orbit: Tle) -> Sgp4Motion:
    """Return SGP4 for a TLE or the elements of an OMM."""
    return Sgp4Motion(orbit.line1, orbit.line2) if orbit.line1 else Sgp4Motion.of_elements(mean_elements(orbit))
