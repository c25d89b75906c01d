"""geo-slot-analysis: the objects in a slot of the geostationary ring, and how they move in it.

No source shows the body or says what the platform analyses; of the result, only `html_report` is known. The body and
all else in the result are the emulator's own:

* The stored TLEs whose longitude comes into the slot within the time, and the orbit of the request, whether or not it
  does, each with its range of longitude and of geocentric latitude in degrees, its drift in degrees per day, the share
  of the time in the slot, and the time at which it first leaves it. TLEs older than 30 days are left out.
* Without `time_window`, the time is a week from the epoch of the orbit or, without an orbit, from now.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.cartesian import CartesianState
from ..bodies.force_settings import ForceSettings
from ..bodies.geo_slot_analysis import STEP, SlotRequest
from ..bodies.oem import Oem
from ..bodies.tle import Tle
from ..engines.errors import EngineError
from ..engines.instants import Instants, iso, output_times, whole_milliseconds
from ..engines.motion import Motion
from ..engines.slot import GEOSYNCHRONOUS, SIDEREAL_DAY, Slot, track
from .check_orbit import newest_elements
from .motions import motion_of, sgp4_motion_of
from .numerical_motion import numerical_motion, status_words
from .outcome import Context, Listing, NoResultError, Outcome, Status
from .slot_report import SlotObject, slot_report
from .stored_elements import catalogue_number

_WEEK = timedelta(days=7)
_COARSE_STEP = 6 * 3600.0
# Within the coarse step, a geosynchronous object moves by less than this in longitude. Degrees.
_FARTHEST = 12.0


def geo_slot_analysis(request: SlotRequest, context: Context) -> Outcome:
    """Analyse a slot."""
    slot = Slot(request.longitude, request.half_width)
    start, end = _times(request, context)
    instants = Instants(start, output_times(0.0, (end - start).total_seconds(), STEP))
    objects: list[SlotObject] = []
    words: list[str] = []
    own_id = None
    if request.orbit is not None:
        own, own_id, words = _own(request.orbit, slot, instants, end)
        objects.append(own)
    candidates, _ = newest_elements(context.store, own_id, start, end)
    stored = list(_stored(candidates, slot, instants))
    objects += stored
    text = (
        f"{len(stored)} of {len(candidates)} stored objects come into the slot at {slot.longitude:g} degrees east, "
        f"{slot.half_width:g} degrees to each side, from {iso(start)} to {iso(end)}. Computed by the okapi-sdk "
        "emulator, TLEs with SGP4 (WGS 72). The request and the result, apart from html_report, are the emulator's "
        "own, because the platform's are undocumented."
    )
    rows = [_row(one, slot, start) for one in objects]
    report = slot_report(slot, objects, start, end, text)
    return Outcome(
        Status("NONE", " ".join((text, *words))), {"simple": Listing("objects", rows, {"html_report": report})}
    )


def _times(request: SlotRequest, context: Context) -> tuple[datetime, datetime]:
    if request.window is not None:
        start, end = request.window.start, request.window.end
    elif isinstance(request.orbit, Oem):
        start, end = request.orbit.start, request.orbit.end
    else:
        start = context.created if request.orbit is None else request.orbit.epoch
        end = start + _WEEK
    if start >= end:
        raise NoResultError("The ephemeris has a single state, so there is no time to analyse.", input_problem=True)
    return whole_milliseconds(start), whole_milliseconds(end)


def _own(
    orbit: Tle | Oem | CartesianState, slot: Slot, instants: Instants, end: datetime
) -> tuple[SlotObject, int | None, list[str]]:
    """Return the object of the request, its number, and sentences for the status."""
    motion: Motion
    number: int | None
    if isinstance(orbit, Tle):
        motion, name, number, words = motion_of(orbit), orbit.name or "", orbit.catalogue_number, []
    else:
        number = catalogue_number(orbit.object_id)
        if isinstance(orbit, Oem):
            motion, name, words = motion_of(orbit), "", motion_of(orbit).doubts(instants.origin, end)
        else:
            forces = ForceSettings()
            numerical = numerical_motion(orbit, forces, instants.origin, end)
            motion, name, words = numerical, orbit.name, status_words(orbit, forces, numerical, end)
    days = motion.period / SIDEREAL_DAY
    if not GEOSYNCHRONOUS[0] < days < GEOSYNCHRONOUS[1]:
        raise NoResultError(
            f"The orbit takes {days:.3f} sidereal days for a revolution. A slot applies to geosynchronous orbits, with "
            f"{GEOSYNCHRONOUS[0]:g} to {GEOSYNCHRONOUS[1]:g}.",
            input_problem=True,
        )
    found = track(motion.earth_fixed(instants), instants.seconds, slot.longitude)
    return SlotObject(name or "Unspecified", number, "request", found), number, words


def _stored(candidates: list[Tle], slot: Slot, instants: Instants) -> Iterator[SlotObject]:
    coarse = Instants(instants.origin, np.arange(0.0, instants.seconds[-1] + _COARSE_STEP, _COARSE_STEP))
    for tle in candidates:
        days = 86_400 / tle.mean_motion / SIDEREAL_DAY if tle.mean_motion > 0 else 0.0
        if not GEOSYNCHRONOUS[0] < days < GEOSYNCHRONOUS[1]:
            continue
        try:
            motion = sgp4_motion_of(tle)
            rough = track(motion.earth_fixed(coarse), coarse.seconds, slot.longitude)
            if not (np.abs((rough.east + 180) % 360 - 180) <= slot.half_width + _FARTHEST).any():
                continue
            found = track(motion.earth_fixed(instants), instants.seconds, slot.longitude)
        except EngineError:
            continue
        if found.inside(slot).any():
            yield SlotObject(tle.name or "Unspecified", tle.catalogue_number, "stored", found)


def _row(one: SlotObject, slot: Slot, start: datetime) -> dict[str, Any]:
    inside = one.track.inside(slot)
    exits = np.flatnonzero(inside[:-1] & ~inside[1:])
    first_exit = None if not exits.size else iso(start + timedelta(seconds=float(one.track.seconds[exits[0] + 1])))
    east, north = one.track.east, one.track.north
    return {
        "norad_id": one.number,
        "name": one.name,
        "origin": one.origin,
        "longitude_min": round(slot.longitude + float(east.min()), 6),
        "longitude_max": round(slot.longitude + float(east.max()), 6),
        "latitude_min": round(float(north.min()), 6),
        "latitude_max": round(float(north.max()), 6),
        "drift_per_day": None if one.track.drift is None else round(one.track.drift, 6),
        "share_inside": round(float(inside.mean()), 6),
        "first_exit": first_exit,
    }
