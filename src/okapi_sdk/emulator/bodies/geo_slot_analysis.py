"""Bodies of geo-slot-analysis.

No source shows a body, so this one is the emulator's own: `longitude`, the middle of the slot, `half_width` in degrees
to each side, and `time_window` as in predict-passes. `orbit` as in check-orbit is an orbit that is not stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from .cartesian import CartesianState
from .check_orbit import read_any_orbit
from .fields import Fields
from .inputs import TimeWindow, check_extent, read_window
from .oem import Oem
from .tle import Tle

STEP = 600.0
"""Seconds between the points of an analysis."""
_WIDEST = 10.0


@dataclass(frozen=True)
class SlotRequest:
    """A slot in degrees of longitude, east positive; the time, if stated; and an orbit that is not stored, if any."""

    longitude: float
    half_width: float
    window: TimeWindow | None
    orbit: Tle | Oem | CartesianState | None


def read_geo_slot_analysis(body: object) -> SlotRequest:
    """Read a body of geo-slot-analysis."""
    fields = Fields(body)
    longitude = fields.number("longitude", -180, 360, "degrees, east positive")
    # ITU-R S.484: satellites keep their longitude to 0.1 degrees.
    half_width = fields.number("half_width", 1e-3, _WIDEST, "degrees") if "half_width" in fields else 0.1
    window = None
    if "time_window" in fields:
        window = read_window(Fields(fields.tagged("time_window", "tw.json"), "time_window.content"))
        check_extent(window.start, window.end, STEP)
    orbit = read_any_orbit(fields) if "orbit" in fields else None
    fields.finish()
    return SlotRequest(longitude, half_width, window, orbit)
