"""A mapping that forgets: the emulator may run for days, and its callers must not fill the memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Bounded(Generic[V]):
    """Values by key, up to `most` of them and a total weight of `heaviest`. The oldest give way.

    The newest stays, whatever its weight. Threads may share it.
    """

    def __init__(self, most: int, heaviest: float = float("inf")) -> None:
        self._most = most
        self._heaviest = heaviest
        self._weight = 0
        self._entries: OrderedDict[object, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: object, value: V, weight: int = 0) -> None:
        """Add a value, or replace that of the same key."""
        with self._lock:
            self._remove(key)
            self._entries[key] = value, weight
            self._weight += weight
            while len(self._entries) > self._most or (self._weight > self._heaviest and len(self._entries) > 1):
                self._remove(next(iter(self._entries)))

    def get(self, key: object) -> V | None:
        """A value, or None if there is none or it gave way."""
        entry = self._entries.get(key)
        return None if entry is None else entry[0]

    def remove(self, key: object) -> None:
        """Forget a value, if it is there."""
        with self._lock:
            self._remove(key)

    def give_way_first(self, key: object) -> None:
        """Let a value give way before all others."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key, last=False)

    def values(self) -> list[V]:
        """All values, the oldest first."""
        with self._lock:
            return [value for value, _ in self._entries.values()]

    def oldest(self) -> V | None:
        """The value that would give way next."""
        with self._lock:
            return next((value for value, _ in self._entries.values()), None)

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._entries.clear()
            self._weight = 0

    def _remove(self, key: object) -> None:
        if key in self._entries:
            self._weight -= self._entries.pop(key)[1]
