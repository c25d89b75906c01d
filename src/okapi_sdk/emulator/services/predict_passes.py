"""predict-passes: the passes of a satellite over a ground location, above a horizon of 0 degrees.

No published source shows the names of the platform's result fields, so these are the emulator's own:

* both formats hold a list `passes`, in order of time;
* `summary`, for each pass: `start` and `end`, clipped to the window; `aos` and `los`, rise and set, null where they lie
  outside the window; `culmination`, the time of the highest elevation within the window; `max_elevation` (degrees);
  `aos_azimuth` and `los_azimuth` (degrees from north over east, null with `aos` and `los`); `min_range` (km);
* `simple`: the same and `track`, from `start` to `end` at the output step: `epoch`, `azimuth`, `elevation`, `range`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from ..bodies.oem import Oem
from ..bodies.requests import PassesRequest
from ..bodies.tle import Tle
from ..engines.ephemeris import Ephemeris
from ..engines.instants import Vector, chunks, in_chunks, iso, steps, whole_milliseconds
from ..engines.search import Span, positive_spans, refine_peaks
from ..engines.sgp4_motion import Look, Motion, Orbit, Sky
from ..protocol.envelopes import Listing, Outcome, Status
from ..store.tables import Context

# Sampling of the elevation: a low orbit of 90 minutes gets a sample every 30 s.
_SAMPLES_PER_REVOLUTION = 180
_LONGEST_STEP = 60.0
# Degrees. Near a peak or a dip, no satellite moves as far in elevation between two samples.
_MARGIN = 10.0

_Row = dict[str, object]


def predict_passes(request: PassesRequest, _: Context) -> Outcome:
    """Find the passes. The tracks are computed while they are written out."""
    # Times are printed in whole milliseconds, so the origin is one: a track point is computed for the time it bears.
    origin = whole_milliseconds(request.window.start)
    motion = motion_of(request.orbit)
    sky = Sky(motion, request.location, origin)
    start, end = ((edge - origin).total_seconds() for edge in (request.window.start, request.window.end))
    step = min(_LONGEST_STEP, motion.period / _SAMPLES_PER_REVOLUTION)
    spans = positive_spans(sky.elevation, start, end, step, margin=_MARGIN)
    summaries = _summaries(sky, origin, spans, step)
    return Outcome(
        Status("NONE", _found(len(spans), motion)),
        {
            "summary": Listing("passes", summaries),
            "simple": Listing("passes", _with_tracks(sky, origin, spans, summaries, request.step)),
        },
    )


def motion_of(orbit: Tle | Oem) -> Motion:
    """The motion that an orbit describes."""
    return Orbit(orbit) if isinstance(orbit, Tle) else Ephemeris(orbit)


def _found(passes: int, motion: Motion) -> str:
    method = f"Computed by the okapi-sdk emulator {motion.method}, horizon 0 degrees, no refraction."
    if not passes:
        return f"No passes: the satellite is never above the horizon of the location in this window. {method}"
    return f"{passes} {'pass' if passes == 1 else 'passes'}. {method}"


def _summaries(sky: Sky, origin: datetime, spans: list[Span], step: float) -> list[_Row]:
    if not spans:
        return []

    def date(second: float) -> str:
        return iso(origin + timedelta(seconds=second))

    starts, ends, peaks = (np.array([getattr(span, at) for span in spans]) for at in ("start", "end", "peak"))
    rise, set_, highest = sky.look(starts), sky.look(ends), sky.look(peaks)
    nearest = sky.range(_nearest(sky, starts, ends, step))
    return [
        {
            "start": date(span.start),
            "end": date(span.end),
            "aos": date(span.start) if span.starts_inside else None,
            "los": date(span.end) if span.ends_inside else None,
            "culmination": date(span.peak),
            "max_elevation": round(float(highest.elevation[i]), 6),
            "aos_azimuth": round(float(rise.azimuth[i]), 6) if span.starts_inside else None,
            "los_azimuth": round(float(set_.azimuth[i]), 6) if span.ends_inside else None,
            "min_range": round(float(nearest[i]), 6),
        }
        for i, span in enumerate(spans)
    ]


def _nearest(sky: Sky, starts: Vector, ends: Vector, step: float) -> Vector:
    """The time of the shortest range in each pass: not quite the culmination, as orbits are no circles."""
    left, right = np.empty_like(starts), np.empty_like(ends)
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        times = np.linspace(start, end, int((end - start) / step) + 3)
        nearest = int(in_chunks(sky.range, times).argmin())
        left[i], right[i] = times[max(nearest - 1, 0)], times[min(nearest + 1, times.size - 1)]
    return refine_peaks(lambda seconds: -sky.range(seconds), left, right)


def _with_tracks(sky: Sky, origin: datetime, spans: list[Span], summaries: list[_Row], step: float) -> Iterator[_Row]:
    for span, summary in zip(spans, summaries, strict=True):
        seconds = steps(span.start, span.end, step)
        track: list[_Row] = []
        for chunk in chunks(seconds):
            track.extend(_points(origin, chunk, sky.look(chunk)))
        yield {**summary, "track": track}


def _points(origin: datetime, seconds: Vector, look: Look) -> Iterator[_Row]:
    columns = (np.round(column, 6).tolist() for column in (look.azimuth, look.elevation, look.range))
    for second, azimuth, elevation, range_ in zip(seconds.tolist(), *columns, strict=True):
        yield {
            "epoch": iso(origin + timedelta(seconds=second)),
            "azimuth": azimuth,
            "elevation": elevation,
            "range": range_,
        }
