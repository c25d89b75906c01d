"""Motion between the states of an ephemeris, by Hermite interpolation.

The polynomial matches the positions and velocities of the nearest states: of four states (degree 7) if there are that
many. It is evaluated in the frame of the ephemeris. Its accuracy suffers if the velocity is not exactly the derivative
of the position, as in SGP4 states: the error is half a metre for a low orbit with a state every minute. If the states
are far apart, the polynomial itself misses the orbit. That error is estimated on the ellipse of each state, which has
exact states at the same epochs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from .arrays import Array, Indices, Mask
from .errors import UnusableInputError
from .frames import EARTH_RATE, to_earth_fixed, to_gcrf
from .instants import Instants, iso
from .kepler import elements_of, states_of

_NODES = 4
_GRAVITY = 398_600.4418
_EARTH_RADIUS, _LARGEST_AXIS = 6378.137, 1e6
# Seconds. Times are printed to the millisecond, so the last one may be up to a millisecond after the end.
_EDGE = 1e-3
# The places within each step at which the interpolation is checked, and the largest error in km without a doubt.
_PROBES = np.array((0.25, 0.5, 0.75))
_LARGEST_ERROR = 0.1


@dataclass(frozen=True)
class StateTable:
    """States in one frame, as in `frames.to_gcrf`: rows of position (km) and velocity (km/s) in order of epoch."""

    frame: str
    epochs: Sequence[datetime]
    rows: Sequence[Sequence[float]]


class EphemerisMotion:
    """The motion described by tables of states. The tables must be in chronological order."""

    method = "by Hermite interpolation of the ephemeris"

    def __init__(self, tables: Sequence[StateTable]) -> None:
        self._origin = tables[0].epochs[0]
        self._pieces = [_Piece(table, self._origin) for table in tables]
        self.period: float = self._first_period()

    def _first_period(self) -> float:
        """Return the period of the first state's ellipse, clipped to those of Earth orbits: states are unchecked."""
        position, velocity = self.gcrf(Instants(self._origin, np.zeros(1)))
        energy = math.hypot(*velocity[:, 0]) ** 2 / 2 - _GRAVITY / max(math.hypot(*position[:, 0]), _EARTH_RADIUS)
        axis = _GRAVITY / max(-2 * energy, _GRAVITY / _LARGEST_AXIS)
        return 2 * math.pi * math.sqrt(max(axis, _EARTH_RADIUS) ** 3 / _GRAVITY)

    def gcrf(self, instants: Instants) -> tuple[Array, Array]:
        """Return positions (km) and velocities (km/s) in GCRF, one column per instant.

        Raises:
            UnusableInputError: if an instant lies outside the time span of the states.
        """
        positions, velocities = np.empty((3, instants.seconds.size)), np.empty((3, instants.seconds.size))
        for piece, mask, seconds in self._split(instants):
            part = Instants(instants.origin, instants.seconds[mask])
            positions[:, mask], velocities[:, mask] = to_gcrf(piece.frame, part, *piece.states(seconds))
        return positions, velocities

    def earth_fixed(self, instants: Instants) -> Array:
        """Return positions (km) in the Earth-fixed frame, one column per instant.

        Raises:
            UnusableInputError: if an instant lies outside the time span of the states.
        """
        positions = np.empty((3, instants.seconds.size))
        for piece, mask, seconds in self._split(instants):
            part = Instants(instants.origin, instants.seconds[mask])
            positions[:, mask] = to_earth_fixed(piece.frame, part, piece.states(seconds)[0])
        return positions

    def doubts(self, start: datetime, end: datetime) -> list[str]:
        """A sentence if the states between two times are too far apart to be interpolated."""
        first, last = ((edge - self._origin).total_seconds() for edge in (start, end))
        error, step = max((piece.interpolation_error(first, last) for piece in self._pieces), default=(0.0, 0.0))
        if error <= _LARGEST_ERROR:
            return []
        return [
            f"The states of the ephemeris are too far apart to be interpolated: over a step of {step:g} s, the "
            f"positions are off by about {error:,.2g} km. Send states at shorter steps."
        ]

    def _split(self, instants: Instants) -> list[tuple[_Piece, Mask, Array]]:
        """Assign each instant to a table, and return its seconds after the origin of the ephemeris."""
        seconds = instants.seconds + (instants.origin - self._origin).total_seconds()
        unassigned = np.ones(seconds.size, dtype=bool)
        parts = []
        for piece in self._pieces:
            first, last = piece.seconds[0], piece.seconds[-1]
            mask = unassigned & (seconds >= first - _EDGE) & (seconds <= last + _EDGE)
            if mask.any():
                parts.append((piece, mask, np.clip(seconds[mask], first, last)))
                unassigned &= ~mask
        if unassigned.any():
            when = iso(self._origin + timedelta(seconds=float(seconds[unassigned][0])))
            raise UnusableInputError(f"The ephemeris has no states around {when}.")
        return parts


class _Piece:
    """One table, with its epochs as seconds after the origin of the ephemeris."""

    def __init__(self, table: StateTable, origin: datetime) -> None:
        self.frame = table.frame
        self.seconds = np.array([(epoch - origin).total_seconds() for epoch in table.epochs])
        self._rows = np.array(table.rows)

    def states(self, seconds: Array) -> tuple[Array, Array]:
        """Return positions and velocities in the table's frame, one column for each of the given seconds."""
        nodes = self._nodes(np.searchsorted(self.seconds, seconds))
        states = _interpolated(seconds, self.seconds[nodes], self._rows[nodes])
        return states[0], states[1]

    def _nodes(self, following: Indices) -> Indices:
        """The indices of the states to interpolate between, for the index of the state that follows each instant."""
        count = min(_NODES, self.seconds.size)
        first: Indices = np.clip(following - count // 2, 0, self.seconds.size - count)
        return first[:, np.newaxis] + np.arange(count)

    def interpolation_error(self, first: float, last: float) -> tuple[float, float]:
        """The largest interpolation error (km) over any step between two times, and the length of that step.

        A state that is not on an ellipse is left out.
        """
        before = np.flatnonzero((self.seconds[1:] > first) & (self.seconds[:-1] < last))
        if not before.size:
            return 0.0, 0.0
        with np.errstate(all="ignore"):
            errors = self._errors(before)
        worst = int(np.nan_to_num(errors).argmax())
        step = self.seconds[before[worst] + 1] - self.seconds[before[worst]]
        return float(np.nan_to_num(errors[worst])), float(step)

    def _errors(self, before: Indices) -> Array:
        """The error over the step that begins at each index, on the ellipse of the state there."""
        nodes = self._nodes(before + 1)
        steps = (self.seconds[before + 1] - self.seconds[before])[:, np.newaxis]
        after_node = self.seconds[nodes] - self.seconds[before][:, np.newaxis]
        rotation_rate = EARTH_RATE if self.frame == "ITRF" else 0.0
        exact = _on_ellipses(self._rows[before], np.concatenate((after_node, steps * _PROBES), axis=1), rotation_rate)
        count = nodes.shape[1]
        errors = [
            _interpolated(steps[:, 0] * probe, after_node, exact[:, :count])[0].T - exact[:, count + index, :3]
            for index, probe in enumerate(_PROBES)
        ]
        largest: Array = np.linalg.norm(errors, axis=2).max(axis=0)
        return largest


def _on_ellipses(rows: Array, seconds: Array, rotation_rate: float) -> Array:
    """States of two-body motion, some seconds after each of `rows` and in their frame.

    `rotation_rate`: of the frame about its third axis, in radians per second.
    """
    turn = rotation_rate * np.array(((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    positions, velocities = rows[:, :3], rows[:, 3:] + rows[:, :3] @ turn.T
    radial = positions / np.linalg.norm(positions, axis=1)[:, np.newaxis]
    normal = np.cross(positions, velocities)
    normal /= np.linalg.norm(normal, axis=1)[:, np.newaxis]
    axes = np.stack((radial, np.cross(normal, radial), normal), axis=1)
    speeds = np.einsum("nij,nj->in", axes, velocities)
    elements = elements_of(np.linalg.norm(positions, axis=1), speeds[0], speeds[1])
    moved = [states @ axes for states in states_of(elements[:, np.newaxis], seconds)]
    cosine, sine, zero = np.cos(rotation_rate * seconds), np.sin(rotation_rate * seconds), np.zeros_like(seconds)
    back = np.array(((cosine, sine, zero), (-sine, cosine, zero), (zero, zero, zero + 1)))
    position, velocity = (np.einsum("ijnk,nkj->nki", back, states) for states in moved)
    return np.concatenate((position, velocity - position @ turn.T), axis=2)


def _interpolated(seconds: Array, times: Array, rows: Array) -> Array:
    """Positions and velocities, one column per second, from the states `rows` at `times` around each."""
    values, slopes = _hermite_weights(seconds[:, np.newaxis] - times, times[:, :, np.newaxis] - times[:, np.newaxis, :])
    states: Array = np.einsum("kjn,njc->kcn", values, rows[:, :, :3]) + np.einsum(
        "kjn,njc->kcn", slopes, rows[:, :, 3:]
    )
    return states


def _hermite_weights(after_node: Array, between_nodes: Array) -> tuple[Array, Array]:
    """Return the weights of positions and of velocities at the nodes, each with its time derivative.

    `after_node`: time after each node, one row per instant. `between_nodes`: node minus node. The first axis of each
    result is the derivative, the second the node.
    """
    rows, count = after_node.shape
    values, slopes = np.empty((2, count, rows)), np.empty((2, count, rows))
    for j in range(count):
        others = [m for m in range(count) if m != j]
        lagrange = np.ones(rows)
        derivative = np.zeros(rows)
        at_node = np.zeros(rows)
        for m in others:
            factor = after_node[:, m] / between_nodes[:, j, m]
            derivative = derivative * factor + lagrange / between_nodes[:, j, m]
            lagrange = lagrange * factor
            at_node += 1 / between_nodes[:, j, m]
        squared, twice = lagrange**2, 2 * lagrange * derivative
        values[0, j] = (1 - 2 * after_node[:, j] * at_node) * squared
        values[1, j] = (1 - 2 * after_node[:, j] * at_node) * twice - 2 * at_node * squared
        slopes[0, j] = after_node[:, j] * squared
        slopes[1, j] = after_node[:, j] * twice + squared
    return values, slopes
