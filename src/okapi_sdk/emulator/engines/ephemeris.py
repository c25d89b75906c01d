"""The motion between the states of an ephemeris.

Hermite interpolation: the polynomial that has the positions and the velocities of the nearest states, four of them (of
degree 7) where there are so many. It is taken in the ephemeris' own frame. Velocities that are not quite the derivative
of the positions, as those of SGP4 are not, limit it: by half a metre for a low orbit with a state every minute.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ..bodies.oem import Oem, Segment
from ..protocol.envelopes import NoResultError
from .frames import to_earth_fixed, to_gcrf
from .instants import Instants, Vector, iso

Mask = NDArray[np.bool_]

_NODES = 4
_GRAVITY = 398_600.4418
_RADIUS, _LARGEST = 6378.137, 1e6


class Ephemeris:
    """The motion that an OEM describes."""

    method = "by Hermite interpolation of the ephemeris"

    def __init__(self, oem: Oem) -> None:
        self._origin = oem.start
        self._pieces = [_Piece(segment, self._origin) for segment in oem.segments]
        self.period: float = self._period()

    def _period(self) -> float:
        """That of the first state's ellipse."""
        position, velocity = self.gcrf(Instants(self._origin, np.zeros(1)))
        energy = math.hypot(*velocity[:, 0]) ** 2 / 2 - _GRAVITY / max(math.hypot(*position[:, 0]), _RADIUS)
        # Kept within those of orbits, for a state can be any numbers.
        axis = _GRAVITY / max(-2 * energy, _GRAVITY / _LARGEST)
        return 2 * math.pi * math.sqrt(max(axis, _RADIUS) ** 3 / _GRAVITY)

    def gcrf(self, at: Instants) -> tuple[Vector, Vector]:
        """Positions (km) and velocities (km/s) in GCRF, one column per instant. Raises NoResultError outside."""
        positions, velocities = np.empty((3, at.seconds.size)), np.empty((3, at.seconds.size))
        for piece, chosen, seconds in self._split(at):
            part = Instants(at.origin, at.seconds[chosen])
            found = to_gcrf(piece.frame, part, *piece.states(seconds))
            positions[:, chosen], velocities[:, chosen] = found
        return positions, velocities

    def earth_fixed(self, at: Instants) -> Vector:
        """Positions (km) in the Earth-fixed frame, one column per instant. Raises NoResultError outside."""
        positions = np.empty((3, at.seconds.size))
        for piece, chosen, seconds in self._split(at):
            part = Instants(at.origin, at.seconds[chosen])
            positions[:, chosen] = to_earth_fixed(piece.frame, part, piece.states(seconds)[0])
        return positions

    def _split(self, at: Instants) -> list[tuple[_Piece, Mask, Vector]]:
        """Which instants belong to which segment, and their seconds after the origin of the ephemeris."""
        seconds = at.seconds + (at.origin - self._origin).total_seconds()
        left = np.ones(seconds.size, dtype=bool)
        found = []
        for piece in self._pieces:
            # A time is printed to the millisecond, so that the last may lie behind the end by less than that.
            inside = left & (seconds >= piece.seconds[0] - 1e-3) & (seconds <= piece.seconds[-1] + 1e-3)
            if inside.any():
                found.append((piece, inside, np.clip(seconds[inside], piece.seconds[0], piece.seconds[-1])))
                left &= ~inside
        if left.any():
            when = iso(self._origin + timedelta(seconds=float(seconds[left][0])))
            raise NoResultError(f"The ephemeris has no states around {when}.", input_problem=True)
        return found


class _Piece:
    """One segment, its epochs as seconds after the origin of the ephemeris."""

    def __init__(self, segment: Segment, origin: datetime) -> None:
        self.frame = segment.frame
        self.seconds = np.array([(epoch - origin).total_seconds() for epoch in segment.epochs])
        self._rows = np.array(segment.rows)

    def states(self, seconds: Vector) -> tuple[Vector, Vector]:
        """Positions and velocities in the segment's frame, one column per second."""
        count = min(_NODES, self.seconds.size)
        following = np.searchsorted(self.seconds, seconds)
        first = np.clip(following - count // 2, 0, self.seconds.size - count)
        nodes = first[:, np.newaxis] + np.arange(count)
        times, rows = self.seconds[nodes], self._rows[nodes]
        values, slopes = _hermite(seconds[:, np.newaxis] - times, times[:, :, np.newaxis] - times[:, np.newaxis, :])
        found = np.einsum("kjn,njc->kcn", values, rows[:, :, :3]) + np.einsum("kjn,njc->kcn", slopes, rows[:, :, 3:])
        return found[0], found[1]


def _hermite(away: Vector, apart: Vector) -> tuple[Vector, Vector]:
    """The weights of positions and of velocities at the nodes, and the time derivatives of both.

    `away`: time after each node, one row per instant. `apart`: node minus node. The first axis of each result is the
    derivative, the second the node.
    """
    rows, count = away.shape
    values, slopes = np.empty((2, count, rows)), np.empty((2, count, rows))
    for j in range(count):
        others = [m for m in range(count) if m != j]
        lagrange = np.ones(rows)
        derivative = np.zeros(rows)
        at_node = np.zeros(rows)
        for m in others:
            factor = away[:, m] / apart[:, j, m]
            derivative = derivative * factor + lagrange / apart[:, j, m]
            lagrange = lagrange * factor
            at_node += 1 / apart[:, j, m]
        squared, twice = lagrange**2, 2 * lagrange * derivative
        values[0, j] = (1 - 2 * away[:, j] * at_node) * squared
        values[1, j] = (1 - 2 * away[:, j] * at_node) * twice - 2 * at_node * squared
        slopes[0, j] = away[:, j] * squared
        slopes[1, j] = away[:, j] * twice + squared
    return values, slopes
