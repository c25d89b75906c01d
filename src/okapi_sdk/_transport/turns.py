"""Turns of threads, which are not lost to a Ctrl-C at any instruction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any


def move(take: Callable[..., Any], give: Callable[[Any], None], *arguments: Any) -> None:
    """Give away what ``take(*arguments)`` returns. Ctrl-C comes before or after, never between: all of this is C."""
    any(map(give, map(take, *zip(arguments))))


class Turns:
    """At most ``count`` turns at a time, first come, first served. Each caller keeps its turn in a list of its own."""

    def __init__(self, count: int) -> None:
        # SimpleQueue is reentrant, and a waiting caller costs the others nothing.
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self._free.put(None)

    def take(self, turn: list[None], seconds: float) -> bool:
        """Take a turn within so many seconds; False if there was none."""
        try:
            move(self._free.get, turn.append, True, min(max(0.0, seconds), threading.TIMEOUT_MAX))
        except Empty:
            return False
        return True

    def give_back(self, turn: list[None]) -> None:
        """Give the turn back, if there is one; to call this twice does no harm."""
        if turn:
            move(turn.pop, self._free.put, -1)
