"""A mapping that forgets: the emulator may run for days, and its callers must not fill the memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Bounded(Generic[V]):
    """Values by key, up to `most` of them and a total weight of `heaviest`. The oldest give way.

    Values marked by `give_way_first` do so before all others. The newest stays, whatever its weight.

    Threads may share it.
    """

    def __init__(self, most: float, heaviest: float = float("inf")) -> None:
        self._most = most
        self._heaviest = heaviest
        self._weight = 0
        self._entries: OrderedDict[object, tuple[V, int]] = OrderedDict()
        self._marked: OrderedDict[object, None] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: object, value: V, weight: int = 0) -> list[V]:
        """Add a value, or replace that of the same key. Return those that gave way."""
        gone: list[V] = []
        with self._lock:
            self._remove(key)
            self._entries[key] = value, weight
            self._weight += weight
            while len(self._entries) > self._most or (self._weight > self._heaviest and len(self._entries) > 1):
                oldest = next(iter(self._marked or self._entries))
                gone.append(self._entries[oldest][0])
                self._remove(oldest)
        return gone

    def get(self, key: object) -> V | None:
        """A value, or None if there is none or it gave way."""
        entry = self._entries.get(key)
        return None if entry is None else entry[0]

    def remove(self, key: object) -> None:
        """Forget a value, if it is there."""
        with self._lock:
            self._remove(key)

    def give_way_first(self, key: object) -> None:
        """Let a value give way before those that are not marked, and after those that were marked earlier."""
        with self._lock:
            if key in self._entries:
                self._marked[key] = None

    def values(self) -> list[V]:
        """All values, the oldest first."""
        with self._lock:
            return [value for value, _ in self._entries.values()]

    def oldest(self) -> V | None:
        """The value that was added first."""
        with self._lock:
            return next((value for value, _ in self._entries.values()), None)

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._entries.clear()
            self._marked.clear()
            self._weight = 0

    def _remove(self, key: object) -> None:
        if key in self._entries:
            self._weight -= self._entries.pop(key)[1]
            self._marked.pop(key, None)
