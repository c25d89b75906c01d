"""The times at which objects of a catalogue may come close to an orbit: filters before the search of `screening`.

1. Perigee and apogee: the shells of both orbits must overlap.
2. Orbit path: objects in different planes come close only where one crosses the plane of the other. There, the other
   orbit must have nearly the same radius.
   Time: for each crossing that is left, the other object's position is estimated from its mean elements at that time.
   If it is farther away than the limit and the margins allow, there is no approach.
3. Objects in nearly the same plane are compared at equal steps instead, with the same estimate.

The estimate moves SGP4's mean elements, renewed every few hours, along an ellipse that turns as J2 turns it. It leaves
out the short periods of SGP4. `MARGIN` covers them; the tests compare the filters with a search without them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .arrays import Array, Indices, Mask

MARGIN = 60.0
"""Kilometres by which an estimated position may be off."""
_SAME_PLANE = 0.15
"""Sine of the angle between two orbital planes, below which they count as the same."""
_STEP = 60.0
_FASTEST = 16.0
_GRAVITY, _J2, _RADIUS = 398_600.8, 1.082616e-3, 6378.135
# Straight motion from a crossing to the approach: km/s² that it may miss, and the longest time.
_CURVATURE, _LONGEST = 0.01, 600.0
_ROWS_AT_ONCE = 200
_NEARLY_CIRCULAR = 0.05
# The sum of the slopes of two orbits (kilometres of radius per kilometre along), up to an eccentricity of 0.78.
_STEEPEST = 2.5
_SPARE = 10.0
"""Seconds by which a period is wider than the estimate needs."""


@dataclass(frozen=True)
class Path:
    """The orbit to check: positions in TEME (km), one row for each of `seconds`, which are at equal steps."""

    seconds: Array
    positions: Array


def sample_seconds(span: float) -> Array:
    """Return the times at which a path is needed."""
    return np.linspace(0.0, span, max(2, math.ceil(span / _STEP) + 1))


def shells_overlap(path: Path, elements: Array, limit: float) -> Mask:
    """Return whether the shell of each object, from perigee to apogee, meets that of the path.

    `elements`: the mean elements of each object (first axis) at some times (second axis), as in `MeanState`.
    """
    radii = np.linalg.norm(path.positions, axis=1)
    perigees = (elements[..., 0] * (1 - elements[..., 1])).min(axis=1)
    apogees = (elements[..., 0] * (1 + elements[..., 1])).max(axis=1)
    room = limit + MARGIN
    overlap: Mask = (perigees <= radii.max() + room) & (apogees >= radii.min() - room)
    return overlap


def windows(path: Path, anchors: Array, elements: Array, limit: float) -> list[Array]:
    """Return the periods (rows of first and last second) in which each object may be within the limit.

    `elements`: the mean elements of each object (first axis) at the `anchors` (second axis).
    """
    seconds, room = path.seconds, limit + MARGIN
    velocities = np.gradient(path.positions, seconds, axis=0)
    nearest = np.abs(seconds[:, None] - anchors).argmin(axis=1)
    pieces: list[list[Array]] = [[] for _ in elements]
    for anchor in range(anchors.size):
        # Up to and including the first time of the next piece, so that no crossing falls between two.
        columns = np.flatnonzero(nearest == anchor)
        if not columns.size:
            continue
        columns = np.append(columns, min(columns[-1] + 1, seconds.size - 1))
        since = seconds[columns] - anchors[anchor]
        piece = _Piece(since, path.positions[columns], velocities[columns], elements[:, anchor])
        for row, periods in piece.periods(room, limit):
            pieces[row].append(periods + anchors[anchor])
    step = float(seconds[1] - seconds[0])
    for column in (0, seconds.size - 1):
        there = _positions(elements[:, nearest[column]], float(seconds[column] - anchors[nearest[column]]))
        at_edge = np.linalg.norm(there - path.positions[column], axis=1) < room + _FASTEST * step
        for row in np.flatnonzero(at_edge).tolist():
            pieces[row].append(np.array(((seconds[column] - step, seconds[column] + step),)))
    return [_merged(one, seconds[-1]) for one in pieces]


@dataclass(frozen=True)
class _Piece:
    """The path around an anchor, in seconds from it, and the mean elements of all objects there."""

    seconds: Array
    positions: Array
    velocities: Array
    elements: Array

    def periods(self, room: float, limit: float) -> Iterator[tuple[int, Array]]:
        """Yield objects and the periods in which each may be within `room` km by estimate, and `limit` km in truth."""
        inclination, node = self.elements[:, 2], self.elements[:, 3]
        sine, cosine = np.sin(inclination), np.cos(inclination)
        poles = np.stack((sine * np.sin(node), -sine * np.cos(node), cosine))
        turning = np.stack((sine * np.cos(node), sine * np.sin(node), np.zeros_like(node))) * _node_rates(self.elements)
        normals = np.cross(self.positions, self.velocities)
        normals /= np.linalg.norm(normals, axis=1)[:, None]
        in_plane = (np.abs(normals[::10] @ poles) > math.sqrt(1 - _SAME_PLANE**2)).any(axis=0)
        # Above the plane of each object, which turns. One product of matrices takes the time of one pass over them.
        moving = np.concatenate((self.positions, self.positions * self.seconds[:, None]), axis=1)
        heights = moving @ np.concatenate((poles, turning))
        is_above = heights > 0
        is_crossing = is_above[:-1] != is_above[1:]
        is_crossing[:, in_plane] = False
        columns, rows = np.nonzero(is_crossing)
        share = heights[columns, rows] / (heights[columns, rows] - heights[columns + 1, rows])
        near = self._same_radius(columns, share, rows, room + _STEEPEST * limit / _SAME_PLANE)
        yield from self._around(columns[near], share[near], rows[near], room)
        yield from self._along(np.flatnonzero(in_plane), room)

    def _along(self, rows: Indices, room: float) -> Iterator[tuple[int, Array]]:
        """Yield the periods in which objects in nearly the same plane are near by estimate, step by step."""
        count = self.seconds.size
        step = float(self.seconds[1] - self.seconds[0])
        for some in np.array_split(rows, math.ceil(rows.size / _ROWS_AT_ONCE)) if rows.size else ():
            there = _positions(np.repeat(self.elements[some], count, axis=0), np.tile(self.seconds, some.size))
            distances = np.linalg.norm(there.reshape(some.size, count, 3) - self.positions, axis=2)
            is_near = distances < room + _FASTEST * step
            for index in np.flatnonzero(is_near.any(axis=1)).tolist():
                at = self.seconds[is_near[index]]
                yield int(some[index]), np.stack((at - step, at + step), axis=-1)

    def _same_radius(self, columns: Indices, share: Array, rows: Indices, room: float) -> Mask:
        """Return whether the orbit of the other object passes within `room` km of each crossing, at any time."""
        here = self.positions[columns] + share[:, None] * (self.positions[columns + 1] - self.positions[columns])
        # The chord between two samples lies below the orbit.
        radius = np.linalg.norm(self.positions[columns], axis=1)
        radius += share * (np.linalg.norm(self.positions[columns + 1], axis=1) - radius)
        seconds = self.seconds[columns]
        axis, eccentricity, inclination, node, argument = self.elements[rows, :5].T
        rate = _j2_rate(axis, eccentricity)
        node = node - 1.5 * rate * np.cos(inclination) * seconds
        argument = argument + 0.75 * rate * (5 * np.cos(inclination) ** 2 - 1) * seconds
        along = here[:, 0] * np.cos(node) + here[:, 1] * np.sin(node)
        across = (here[:, 1] * np.cos(node) - here[:, 0] * np.sin(node)) * np.cos(inclination)
        latitude = np.arctan2(across + here[:, 2] * np.sin(inclination), along)
        other = axis * (1 - eccentricity**2) / (1 + eccentricity * np.cos(latitude - argument))
        near: Mask = np.abs(other - radius) < room
        return near

    def _around(self, columns: Indices, share: Array, rows: Indices, room: float) -> Iterator[tuple[int, Array]]:
        """Yield the periods around crossings, if both objects are near then."""
        step = self.seconds[columns + 1] - self.seconds[columns]
        after = share * step
        # The path between two samples, with the gravity of a sphere.
        start, velocity = self.positions[columns], self.velocities[columns]
        distance = np.linalg.norm(start, axis=1)[:, None]
        here = start + velocity * after[:, None] - _GRAVITY * start / distance**3 * after[:, None] ** 2 / 2
        here_velocity = velocity - _GRAVITY * start / distance**3 * after[:, None]
        times = self.seconds[columns] + after
        elements = self.elements[rows]
        before, behind = _positions(elements, times - 0.5), _positions(elements, times + 0.5)
        apart, speed = (before + behind) / 2 - here, behind - before - here_velocity
        squared = np.maximum(np.einsum("ni,ni->n", speed, speed), 1e-6)
        until = -np.einsum("ni,ni->n", apart, speed) / squared
        least = np.linalg.norm(apart + until[:, None] * speed, axis=1)
        is_near = (least < room + _CURVATURE * until**2) & (np.abs(until) < _LONGEST)
        reach = room / np.sqrt(squared) + _SPARE
        periods = np.stack((times + until - reach, times + until + reach), axis=-1)
        for row, period in zip(rows[is_near].tolist(), periods[is_near], strict=True):
            yield row, period[np.newaxis]


def _merged(periods: list[Array], last: float) -> Array:
    """Return periods in order and without overlaps, within the span."""
    merged: list[list[float]] = []
    for begin, end in sorted(np.clip(np.concatenate(periods), 0.0, last).tolist()) if periods else ():
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        elif end > begin:
            merged.append([begin, end])
    return np.array(merged).reshape(-1, 2)


def _node_rates(elements: Array) -> Array:
    axis, eccentricity, inclination = elements[..., 0], elements[..., 1], elements[..., 2]
    rates: Array = -1.5 * _j2_rate(axis, eccentricity) * np.cos(inclination)
    return rates


def _j2_rate(axis: Array, eccentricity: Array) -> Array:
    rate: Array = np.sqrt(_GRAVITY / axis**3) * _J2 * (_RADIUS / (axis * (1 - eccentricity**2))) ** 2
    return rate


def _newton(eccentric: Array, eccentricity: Array, anomaly: Array, steps: int) -> Array:
    for _ in range(steps):
        eccentric = eccentric - (eccentric - eccentricity * np.sin(eccentric) - anomaly) / (
            1 - eccentricity * np.cos(eccentric)
        )
    return eccentric


def _positions(elements: Array, seconds: Array | float) -> Array:
    """Return positions in TEME, one row for each row of mean elements moved by some seconds."""
    axis, eccentricity, inclination, node, argument, anomaly, motion = elements.T
    rate = _j2_rate(axis, eccentricity)
    node = node - 1.5 * rate * np.cos(inclination) * seconds
    argument = argument + 0.75 * rate * (5 * np.cos(inclination) ** 2 - 1) * seconds
    anomaly = anomaly + motion * seconds
    eccentric = anomaly + eccentricity * np.sin(anomaly) / (1 - eccentricity * np.cos(anomaly))
    eccentric = _newton(eccentric, eccentricity, anomaly, 2)
    long = np.flatnonzero(eccentricity > _NEARLY_CIRCULAR)
    eccentric[long] = _newton(eccentric[long], eccentricity[long], anomaly[long], 4)
    x, y = axis * (np.cos(eccentric) - eccentricity), axis * np.sqrt(1 - eccentricity**2) * np.sin(eccentric)
    cosine, sine = np.cos(argument), np.sin(argument)
    along, across = x * cosine - y * sine, x * sine + y * cosine
    return np.stack(
        (
            along * np.cos(node) - across * np.cos(inclination) * np.sin(node),
            along * np.sin(node) + across * np.cos(inclination) * np.cos(node),
            across * np.sin(inclination),
        ),
        axis=-1,
    )
