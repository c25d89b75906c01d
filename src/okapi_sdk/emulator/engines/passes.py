"""Passes of a satellite over a ground location, with the horizon at 0 degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .instants import in_chunks
from .local_sky import LocalSky
from .search import Span, positive_spans, refine_peaks

# Sampling of the elevation: for a low orbit of 90 minutes, one sample every 30 s.
_SAMPLES_PER_REVOLUTION = 180
_LONGEST_STEP = 60.0
# Degrees. Near a peak or a dip, no satellite moves this far in elevation between two samples.
_MARGIN = 10.0


@dataclass(frozen=True)
class Pass:
    """One pass: times in seconds after the origin of the sky, angles in degrees, lengths in km.

    `start` and `end` lie within the searched window. `rises` and `sets` are false if the window cuts off that end of
    the pass. The azimuths are those at `start` and `end`.
    """

    start: float
    end: float
    rises: bool
    sets: bool
    culmination: float
    max_elevation: float
    start_azimuth: float
    end_azimuth: float
    min_range: float


def find_passes(sky: LocalSky, start: float, end: float) -> list[Pass]:
    """Return the passes between two times, in seconds after the origin of the sky."""
    step = min(_LONGEST_STEP, sky.motion.period / _SAMPLES_PER_REVOLUTION)
    spans = positive_spans(sky.elevation, start, end, step, margin=_MARGIN)
    if not spans:
        return []
    starts = np.array([span.start for span in spans])
    ends = np.array([span.end for span in spans])
    peaks = np.array([span.peak for span in spans])
    rise, set_, highest = sky.look_angles(starts), sky.look_angles(ends), sky.look_angles(peaks)
    min_ranges = sky.range(_closest_times(sky, spans, step))
    return [
        Pass(
            start=span.start,
            end=span.end,
            rises=span.starts_inside,
            sets=span.ends_inside,
            culmination=span.peak,
            max_elevation=float(highest.elevation[i]),
            start_azimuth=float(rise.azimuth[i]),
            end_azimuth=float(set_.azimuth[i]),
            min_range=float(min_ranges[i]),
        )
        for i, span in enumerate(spans)
    ]


def _closest_times(sky: LocalSky, spans: list[Span], step: float) -> Array:
    """Return the time of minimum range in each pass, which differs from the culmination: orbits are not circles."""
    left, right = np.empty(len(spans)), np.empty(len(spans))
    for i, span in enumerate(spans):
        times = np.linspace(span.start, span.end, int((span.end - span.start) / step) + 3)
        nearest = int(in_chunks(sky.range, times).argmin())
        left[i], right[i] = times[max(nearest - 1, 0)], times[min(nearest + 1, times.size - 1)]
    return refine_peaks(lambda seconds: -sky.range(seconds), left, right)
