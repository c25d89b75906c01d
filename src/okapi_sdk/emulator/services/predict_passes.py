"""predict-passes: the passes of a satellite over a ground location, with the horizon at 0 degrees.

No published source shows the names of the platform's result fields, so these are the emulator's own:

* both formats contain a list `passes` in chronological order;
* `summary` has for each pass: `start` and `end`, clipped to the window; `aos` and `los`, rise and set, null if they lie
  outside the window; `culmination`, the time of the highest elevation within the window; `max_elevation` (degrees);
  `aos_azimuth` and `los_azimuth` (degrees clockwise from north, null if `aos` or `los` is null); `min_range` (km);
* `simple` has the same and `track`, from `start` to `end` at the output step: `epoch`, `azimuth`, `elevation`, `range`.

For a state, the library brahe is a stand-in for the platform's numerical propagators; see `engines.numerical`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from ..bodies.cartesian import CartesianState
from ..bodies.predict_passes import PassesRequest
from ..engines.arrays import Array
from ..engines.instants import chunks, iso, output_times, whole_milliseconds
from ..engines.local_sky import LocalSky, LookAngles
from ..engines.motion import Motion
from ..engines.numerical import NumericalMotion
from ..engines.passes import Pass, find_passes
from .motions import motion_of
from .numerical_motion import ignored_settings, numerical_motion, status_words
from .outcome import Context, Listing, Outcome, Status

_Row = dict[str, object]


def predict_passes(request: PassesRequest, _: Context) -> Outcome:
    """Find the passes. Their tracks are computed during serialisation."""
    # Times are printed in whole milliseconds. With an origin in whole milliseconds, a track point matches its printed
    # time.
    origin = whole_milliseconds(request.window.start)
    location = request.location
    motion = _motion(request)
    sky = LocalSky(motion, origin, latitude=location.latitude, longitude=location.longitude, altitude=location.altitude)
    start, end = ((edge - origin).total_seconds() for edge in (request.window.start, request.window.end))
    passes = find_passes(sky, start, end)
    doubts = motion.doubts(request.window.start, request.window.end)
    words = [_status_text(len(passes), motion)]
    if isinstance(motion, NumericalMotion) and isinstance(request.orbit, CartesianState):
        words += status_words(request.orbit, request.forces, motion, request.window.end)
        doubts += ignored_settings(request.orbit, request.forces)
    text = " ".join((*words, *doubts))
    return Outcome(
        Status("WARNING" if doubts else "NONE", text),
        {
            "summary": Listing("passes", [_summary(one, origin) for one in passes]),
            "simple": Listing("passes", _with_tracks(sky, passes, request.step)),
        },
    )


def _motion(request: PassesRequest) -> Motion:
    if isinstance(request.orbit, CartesianState):
        return numerical_motion(request.orbit, request.forces, request.window.start, request.window.end)
    return motion_of(request.orbit)


def _status_text(count: int, motion: Motion) -> str:
    method = f"Computed by the okapi-sdk emulator {motion.method}, horizon 0 degrees, no refraction."
    if not count:
        return f"No passes: the satellite is never above the horizon of the location in this window. {method}"
    return f"{count} {'pass' if count == 1 else 'passes'}. {method}"


def _summary(one: Pass, origin: datetime) -> _Row:
    start, end, culmination = (
        iso(origin + timedelta(seconds=seconds)) for seconds in (one.start, one.end, one.culmination)
    )
    return {
        "start": start,
        "end": end,
        "aos": start if one.rises else None,
        "los": end if one.sets else None,
        "culmination": culmination,
        "max_elevation": round(one.max_elevation, 6),
        "aos_azimuth": round(one.start_azimuth, 6) if one.rises else None,
        "los_azimuth": round(one.end_azimuth, 6) if one.sets else None,
        "min_range": round(one.min_range, 6),
    }


def _with_tracks(sky: LocalSky, passes: list[Pass], step: float) -> Iterator[_Row]:
    for one in passes:
        track: list[_Row] = []
        for seconds in chunks(output_times(one.start, one.end, step)):
            track.extend(_track_points(sky.origin, seconds, sky.look_angles(seconds)))
        yield {**_summary(one, sky.origin), "track": track}


def _track_points(origin: datetime, seconds: Array, angles: LookAngles) -> Iterator[_Row]:
    columns = (np.round(column, 6).tolist() for column in (angles.azimuth, angles.elevation, angles.range))
    for second, azimuth, elevation, range_ in zip(seconds.tolist(), *columns, strict=True):
        yield {
            "epoch": iso(origin + timedelta(seconds=second)),
            "azimuth": azimuth,
            "elevation": elevation,
            "range": range_,
        }
