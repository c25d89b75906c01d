"""When each calculation of a fleet takes its next step, and which of them wait for what others find out."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from typing import Generic, TypeVar

from .polling import LEAST_DURATIONS, Durations
from .waiting import Wait

T = TypeVar("T")


class Schedule(Generic[T]):
    """A queue by time. Those due at the same time take turns in the order in which they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._numbers: dict[T, int] = {}
        self._count = 0

    def __contains__(self, waiting: T) -> bool:
        return waiting in self._numbers

    def push(self, waiting: T, due: float) -> None:
        """Let something wait until a time, instead of the one it has waited for so far."""
        self._count += 1
        self._numbers[waiting] = self._count
        heapq.heappush(self._heap, (due, self._count, waiting))
        self._drop_old()

    def pop(self) -> T:
        """Remove and return what is due first."""
        waiting = heapq.heappop(self._heap)[2]
        del self._numbers[waiting]
        self._drop_old()
        return waiting

    @property
    def due(self) -> float:
        """The time at which the first is due; infinity if none waits."""
        return self._heap[0][0] if self._heap else math.inf

    def clear(self) -> None:
        """Remove everything."""
        self._heap.clear()
        self._numbers.clear()

    def _drop_old(self) -> None:
        while self._heap and self._numbers.get(self._heap[0][2]) != self._heap[0][1]:
            heapq.heappop(self._heap)


class Scouts(Generic[T]):
    """Who waits while the first calculations of an endpoint find out how long it takes.

    Without them, a fleet whose calculations are all submitted before the first one ends would poll each of them as if
    it were alone.
    """

    def __init__(self, durations: Durations) -> None:
        self._durations = durations
        # By endpoint, and in the order in which they came.
        self._scouts: defaultdict[str, dict[T, None]] = defaultdict(dict)
        self._spared: defaultdict[str, dict[T, None]] = defaultdict(dict)

    def place(self, waiting: T, wait: Wait) -> None:
        """Make a calculation a scout, or spare it. One that another process submitted could not tell its duration."""
        endpoint = wait.job.ref.path
        if wait.pace.submitted is None or self._durations.short(endpoint) is not None:
            return
        wait.pace.is_spared = len(self._scouts[endpoint]) >= LEAST_DURATIONS
        (self._spared if wait.pace.is_spared else self._scouts)[endpoint][waiting] = None

    def remove(self, waiting: T) -> None:
        """Forget a calculation that has ended. If it told no duration, the next one takes its place."""
        for group in (*self._scouts.values(), *self._spared.values()):
            group.pop(waiting, None)

    def released(self) -> list[T]:
        """Return the spared calculations whose endpoint's durations have become known, once."""
        known = [endpoint for endpoint in self._spared if self._durations.short(endpoint) is not None]
        return [waiting for endpoint in known for waiting in self._spared.pop(endpoint)]

    def clear(self) -> None:
        """Forget all calculations."""
        self._scouts.clear()
        self._spared.clear()
