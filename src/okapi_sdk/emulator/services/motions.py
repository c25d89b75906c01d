"""The choice of the engine that propagates the orbit of a request."""

from __future__ import annotations

from ..bodies.oem import Oem
from ..bodies.tle import Tle
from ..engines.ephemeris import EphemerisMotion, StateTable
from ..engines.motion import Motion
from ..engines.sgp4_motion import Sgp4Motion


def motion_of(orbit: Tle | Oem) -> Motion:
    """Return SGP4 for a TLE, interpolation for an ephemeris."""
    if isinstance(orbit, Tle):
        return Sgp4Motion(orbit.line1, orbit.line2)
    return EphemerisMotion([StateTable(segment.frame, segment.epochs, segment.rows) for segment in orbit.segments])
