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

    def nearness(seconds: Array) -> Array:
        instants = Instants(origin, seconds)
        distance: Array = -np.linalg.norm(other.gcrf(instants)[0] - motion.gcrf(instants)[0], axis=0)
        return distance

    step = min(motion.period, other.period) / _SAMPLES_PER_REVOLUTION
    samples = np.linspace(first, last, int((last - first) / step) + 2)
    near = in_chunks(nearness, samples)
    padded = np.concatenate(([-np.inf], near, [-np.inf]))
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
