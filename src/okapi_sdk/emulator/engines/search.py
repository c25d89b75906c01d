"""Search for the times at which a function is positive and for its peaks, used for rises, sets and approaches.

A search at equal steps misses a pass that is shorter than a step, such as one that barely rises above the horizon.
Therefore the function is sampled, every peak and every dip near zero is located to a fraction of a second, and these
times are added to the samples. Between neighbours of the resulting grid the function is monotonic: each change of sign
is one crossing, and no crossing is missed as long as no two extrema lie within one step.

skyfield's `find_discrete` and `find_maxima` narrow their brackets in the same way, but cannot take such a grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array, Mask
from .instants import in_chunks

Function = Callable[[Array], Array]

# Each round of a search divides every bracket into this many pieces.
_PIECES = 16
# Seconds. A peak is flat, so its time matters less than its height: 0.1 ms is far below 1e-6 degrees.
_PEAK_TOLERANCE = 1e-4
_CROSSING_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Span:
    """A period in which the function is positive, in seconds, and the time of its highest value.

    An end that is not `inside` is an edge of the searched window, not a crossing.
    """

    start: float
    end: float
    starts_inside: bool
    ends_inside: bool
    peak: float


def positive_spans(function: Function, start: float, end: float, step: float, *, margin: float) -> list[Span]:
    """Return the periods between `start` and `end` in which `function` is above zero.

    `margin`: a peak sampled below -margin, or a dip sampled above +margin, cannot cross zero between two samples.
    """
    samples = np.linspace(start, end, int((end - start) / step) + 2)
    values = in_chunks(function, samples)
    peaks = _peaks(function, samples, values, values > -margin)
    dips = _peaks(lambda t: -function(t), samples, -values, abs(values) < margin)
    grid = np.unique(np.concatenate((samples, peaks, dips)))
    values = in_chunks(function, grid)

    above = values > 0
    before = np.flatnonzero(above[1:] != above[:-1])
    crossings = _crossings(function, grid[before], grid[before + 1])
    # Window edges and crossings bound the spans. The sign alternates from one bound to the next.
    bounds = np.concatenate(([start], crossings, [end]))
    heights = np.concatenate((values[:1], np.zeros_like(crossings), values[-1:]))
    spans = []
    for index in range(0 if above[0] else 1, bounds.size - 1, 2):
        within = slice(*np.searchsorted(grid, bounds[index : index + 2]))
        times = np.concatenate((bounds[index : index + 1], grid[within], bounds[index + 1 : index + 2]))
        peak = np.concatenate((heights[index : index + 1], values[within], heights[index + 1 : index + 2])).argmax()
        spans.append(
            Span(
                start=float(times[0]),
                end=float(times[-1]),
                starts_inside=index > 0,
                ends_inside=index + 1 < bounds.size - 1,
                peak=float(times[peak]),
            )
        )
    return spans


def refine_peaks(function: Function, left: Array, right: Array) -> Array:
    """Return the time of the maximum in each bracket that contains one."""
    column = np.arange(left.size)
    while left.size and (right - left).max() > _PEAK_TOLERANCE:
        grid = np.linspace(left, right, _PIECES + 1)
        best = function(grid.ravel()).reshape(grid.shape).argmax(axis=0)
        left, right = grid[np.maximum(best - 1, 0), column], grid[np.minimum(best + 1, _PIECES), column]
    return (left + right) / 2


def _peaks(function: Function, samples: Array, values: Array, candidates: Mask) -> Array:
    """Return the maxima between samples. A maximum may also lie next to either end of the samples."""
    padded = np.concatenate(([-np.inf], values, [-np.inf]))
    highest = np.flatnonzero((values >= padded[:-2]) & (values > padded[2:]) & candidates)
    last = samples.size - 1
    return refine_peaks(function, samples[np.maximum(highest - 1, 0)], samples[np.minimum(highest + 1, last)])


def _crossings(function: Function, left: Array, right: Array) -> Array:
    """Return the time of the sign change in each bracket that contains one."""
    column = np.arange(left.size)
    above = function(left) > 0
    while left.size and (right - left).max() > _CROSSING_TOLERANCE:
        grid = np.linspace(left, right, _PIECES + 1)
        changed = (function(grid.ravel()).reshape(grid.shape) > 0) != above
        changed[-1] = True
        after = np.maximum(changed.argmax(axis=0), 1)
        left, right = grid[after - 1, column], grid[after, column]
    return (left + right) / 2
