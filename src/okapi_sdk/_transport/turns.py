"""Limits on how many threads do something at once, which hold after a Ctrl-C at any instruction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any


def move(take: Callable[..., Any], give: Callable[[Any], None], *arguments: Any) -> None:
    """Pass on what ``take(*arguments)`` returns, both of them functions written in C.

    Ctrl-C arrives between two instructions of Python. Here it arrives before or after the move, so that nothing is lost
    between the taking and the giving.
    """
    any(map(give, map(take, *zip(arguments))))  # noqa: B905 - the transposed arguments


class Turns:
    """At most ``count`` turns at a time, first come, first served.

    A caller keeps its turn in a list of its own: the list says whether there is one, also after an interruption.
    """

    def __init__(self, count: int) -> None:
        # SimpleQueue is written in C and reentrant; a waiting caller costs the others nothing.
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
        """Give the turn back, if there is one: calling this twice does no harm."""
        if turn:
            move(turn.pop, self._free.put, -1)
