"""Closest approaches of two objects within a limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from .arrays import Array
from .encounter import Encounter
from .instants import Instants, in_chunks, whole_milliseconds
from .motion import Motion
from .search import refine_peaks

_SAMPLES_PER_REVOLUTION = 180
_FEWEST_SAMPLES = 5
# Kilometres per second. No two objects in orbit around the Earth pass each other faster.
_FASTEST = 16.0


@dataclass(frozen=True)
class Approach:
    """A closest approach: its time, and the encounter in km and km/s."""

    tca: datetime
    encounter: Encounter


def closest_approaches(
    motion: Motion, other: Motion, start: datetime, end: datetime, limit: float
) -> Iterator[Approach]:
    """Yield the closest approaches of two objects between two times, within `limit` km, in chronological order.

    The first and the last instant count if the objects are nearest there. A stretch of equal distance counts once, at
    its first instant.
    """
    origin = whole_milliseconds(start)
    first, last = ((edge - origin).total_seconds() for edge in (start, end))
    yield from approaches_in(motion, other, origin, np.array(((first, last),)), limit, edges=(first, last))


def approaches_in(
    motion: Motion, other: Motion, origin: datetime, periods: Array, limit: float, *, edges: tuple[float, float]
) -> Iterator[Approach]:
    """Yield the closest approaches in some periods, in seconds after `origin`. An end counts only if it is an edge."""

    def nearness(seconds: Array) -> Array:
        instants = Instants(origin, seconds)
        distance: Array = -np.linalg.norm(other.gcrf(instants)[0] - motion.gcrf(instants)[0], axis=0)
        return distance

    step = min(motion.period, other.period) / _SAMPLES_PER_REVOLUTION
    for first, last in periods.tolist():
        # A period may be shorter than a step, and an end of it is no closest approach.
        samples = np.linspace(first, last, max(_FEWEST_SAMPLES, int((last - first) / step) + 2))
        near = in_chunks(nearness, samples)
        # Before and after an edge, nothing is nearer; before and after another end, something may be.
        outside = [-np.inf if end in edges else np.inf for end in (first, last)]
        padded = np.concatenate((outside[:1], near, outside[1:]))
        peaks = (near > padded[:-2]) & (near >= padded[2:]) & (near > -limit - _FASTEST * (samples[1] - samples[0]))
        indices = np.flatnonzero(peaks)
        left, right = samples[np.maximum(indices - 1, 0)], samples[np.minimum(indices + 1, samples.size - 1)]
        # The square is smooth even at zero, where the distance has a kink.
        times = refine_peaks(lambda seconds: -(nearness(seconds) ** 2), left, right)
        for second, distance in zip(times.tolist(), (-nearness(times)).tolist() if times.size else [], strict=True):
            if distance <= limit:
                instant = Instants(origin, np.array([second]))
                states = (*motion.gcrf(instant), *other.gcrf(instant))
                yield Approach(origin + timedelta(seconds=second), Encounter(*(state[:, 0] for state in states)))
