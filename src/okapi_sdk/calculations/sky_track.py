"""The path of a satellite over a ground location, interpolated between the points of its track.

Positions are interpolated, not angles: near the zenith, the azimuth turns by 180 degrees within seconds. Up to six
points give a polynomial of degree five. Its error depends on the distance between two points and on the curvature of
the orbit, which gravity limits, so it can be estimated before times are derived from it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_WINDOW = 6
"""Number of points of one polynomial."""
LARGEST_ERROR_DEG = 0.02
"""Maximum error of an interpolated direction."""
_SAMPLE_DEG = 1.0
"""Sampling in degrees along the path; a visible interval shorter than this may be missed."""
_NEAR_DEG = 2.0
"""An extremum between two samples this close to the mask is located exactly."""
_TIME_TOLERANCE = 1e-4
_GRAVITY = 398_600.4418
_EARTH_RADIUS = 6371.0
_SHORTEST_GAP = 0.02
"""Points closer than this share of the largest gap make a polynomial inexact and are left out."""


class Look(NamedTuple):
    """Direction and distance at one time: seconds, degrees and km."""

    time: float
    azimuth: float
    elevation: float
    range: float


Margin = Callable[[Look], float]
"""A function that is positive where the satellite is visible, in degrees."""


class SkyTrack:
    """A track of at least two points whose times increase."""

    def __init__(self, points: Sequence[Look]) -> None:
        self.points = points
        self._nodes = _spread(points)
        self._times = [point.time for point in self._nodes]
        self._places = [_place(point) for point in self._nodes]
        size = min(_WINDOW, len(self._nodes))
        self._size = size
        self._weights = [
            [1 / math.prod(one - other for other in window if other != one) for one in window]
            for start in range(len(self._times) - size + 1)
            for window in [self._times[start : start + size]]
        ]

    @property
    def largest_gap(self) -> float:
        """The largest time between two points in seconds."""
        return max(after - before for before, after in pairwise(self._times))

    @property
    def error_deg(self) -> float:
        """An estimate of the largest error of an interpolated direction in degrees.

        It is a bound for circular orbits. Near the perigee of an eccentric orbit, the error can be a few times larger.
        """
        order = self._size
        radius = min(
            math.sqrt(_EARTH_RADIUS**2 + p.range**2 + 2 * _EARTH_RADIUS * p.range * math.sin(math.radians(p.elevation)))
            for p in self._nodes
        )
        rate = math.sqrt(2 * _GRAVITY / max(radius, _EARTH_RADIUS) ** 3)  # at escape speed
        # The error of a polynomial through equidistant points is largest near the middle of the first interval.
        distances = math.prod(abs(0.5 - index) for index in range(order))
        error = radius * (rate * self.largest_gap) ** order * distances / math.factorial(order)
        return math.degrees(error / min(point.range for point in self._nodes))

    def look(self, time: float) -> Look:
        """Return the interpolated direction and range."""
        after = bisect_right(self._times, time)
        start = min(max(after - self._size // 2, 0), len(self._times) - self._size)
        total = east = north = up = 0.0
        for index, weight in enumerate(self._weights[start], start):
            offset = time - self._times[index]
            if offset == 0:
                return self._nodes[index]
            share = weight / offset
            x, y, z = self._places[index]
            total, east, north, up = total + share, east + share * x, north + share * y, up + share * z
        east, north, up = east / total, north / total, up / total
        horizontal = math.hypot(east, north)
        return Look(
            time,
            math.degrees(math.atan2(east, north)) % 360,
            math.degrees(math.atan2(up, horizontal)),
            math.hypot(horizontal, up),
        )

    def spans(self, margin: Margin) -> Iterator[list[Look]]:
        """Yield the visible intervals as samples, of which the first and last are the edges."""
        samples = self._refined(margin)
        visible = [margin(sample) > 0 for sample in samples]
        span: list[Look] = []
        for index, sample in enumerate(samples):
            if index and visible[index] != visible[index - 1]:
                span.append(self._crossing(margin, samples[index - 1], sample))
                if not visible[index]:
                    yield span
                    span = []
            if visible[index]:
                span.append(sample)
        if len(span) > 1:
            yield span

    def highest(self, span: Sequence[Look], value: Callable[[Look], float]) -> Look:
        """Return the place of the largest value within a span of samples."""
        best = max(range(len(span)), key=lambda index: value(span[index]))
        between = self._peak(value, span[max(best - 1, 0)].time, span[min(best + 1, len(span) - 1)].time)
        return max(between, span[best], key=value)

    def _samples(self) -> Iterator[Look]:
        for before, after in pairwise(self.points):
            pieces = max(1, math.ceil(_angle(before, after) / _SAMPLE_DEG))
            for piece in range(pieces):
                yield self.look(before.time + (after.time - before.time) * piece / pieces) if piece else before
        yield self.points[-1]

    def _refined(self, margin: Margin) -> list[Look]:
        """Return the samples, with the extrema between them that may lie on the other side of the mask."""
        samples = list(self._samples())
        margins = [margin(sample) for sample in samples]
        extrema: list[Look] = []
        for index, value in enumerate(margins):
            sign = 1.0 if value <= 0 else -1.0
            near = margins[max(index - 1, 0) : index + 2]
            if abs(value) < _NEAR_DEG and sign * value >= max(sign * other for other in near):
                left, right = samples[max(index - 1, 0)], samples[min(index + 1, len(samples) - 1)]
                extrema.append(self._peak(_signed(margin, sign), left.time, right.time))
        return sorted({look.time: look for look in (*extrema, *samples)}.values())

    def _peak(self, value: Callable[[Look], float], left: float, right: float) -> Look:
        """Return the maximum between two times that contain only one."""
        while right - left > _TIME_TOLERANCE:
            third = (right - left) / 3
            if value(self.look(left + third)) < value(self.look(right - third)):
                left += third
            else:
                right -= third
        return self.look((left + right) / 2)

    def _crossing(self, margin: Margin, before: Look, after: Look) -> Look:
        left, right, visible = before.time, after.time, margin(before) > 0
        while right - left > _TIME_TOLERANCE:
            middle = (left + right) / 2
            if (margin(self.look(middle)) > 0) == visible:
                left = middle
            else:
                right = middle
        return self.look((left + right) / 2)


def _signed(margin: Margin, sign: float) -> Margin:
    return lambda look: sign * margin(look)


def _spread(points: Sequence[Look]) -> list[Look]:
    """Return the points without those that are too close to another; the first and last are kept."""
    gaps = [after.time - before.time for before, after in pairwise(points)]
    shortest = _SHORTEST_GAP * max(gaps)
    spread = [points[0]]
    for point in points[1:-1]:
        if point.time - spread[-1].time >= shortest and points[-1].time - point.time >= shortest:
            spread.append(point)
    return [*spread, points[-1]]


def _place(look: Look) -> tuple[float, float, float]:
    azimuth, elevation = math.radians(look.azimuth), math.radians(look.elevation)
    horizontal = look.range * math.cos(elevation)
    return horizontal * math.sin(azimuth), horizontal * math.cos(azimuth), look.range * math.sin(elevation)


def _angle(one: Look, other: Look) -> float:
    """Return the angle between two directions in degrees."""
    first, second = _place(one), _place(other)
    cosine = sum(a * b for a, b in zip(first, second, strict=True)) / (one.range * other.range)
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
