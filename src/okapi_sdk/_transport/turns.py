"""Turns for threads. A Ctrl-C at any instruction cannot lose one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any


def move(take: Callable[..., Any], give: Callable[[Any], None], *arguments: Any) -> None:
    """Call ``give(take(*arguments))`` entirely in C, so that Ctrl-C cannot arrive between the two calls."""
    any(map(give, map(take, *zip(arguments))))


class Turns:
    """At most ``count`` turns at a time, first come, first served. Each caller keeps its turn in its own list."""

    def __init__(self, count: int) -> None:
        # SimpleQueue is reentrant, and a waiting caller costs the others nothing.
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self._free.put(None)

    def take(self, turn: list[None], timeout: float) -> bool:
        """Take a turn within ``timeout`` seconds. Return False if none becomes free."""
        try:
            move(self._free.get, turn.append, True, min(max(0.0, timeout), threading.TIMEOUT_MAX))
        except Empty:
            return False
        return True

    def give_back(self, turn: list[None]) -> None:
        """Give back the turn, if the caller has one. Calling this twice is harmless."""
        if turn:
            move(turn.pop, self._free.put, -1)
