"""The process that one of the compared clients runs in, and what is measured there."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from . import clients
from .clients import Client
from .profiles import by_package

STAGGER_SECONDS = 0.07
"""Between the starts of two waits of one worker."""


@dataclass(frozen=True)
class Cost:
    """Seconds for one submit and result."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Waited:
    """One wait: seconds from the instant at which the result was ready, None where no result came."""

    who: str
    lost: float | None


def _cost(client: Client, times: int) -> Cost:
    client.calculate(2)  # connects again where the pause was longer than the connection is kept
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    client.calculate(times)
    return Cost((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)


def _waited(make: Callable[[str], Client], who: str, base_url: str, pause: float) -> Waited:
    time.sleep(pause)
    client = make(base_url)
    try:
        until, result = client.wait()
    finally:
        client.close()
    ready = result.get("ready")
    return Waited(who, None if ready is None else until - ready)


def _profile(client: Client, times: int) -> dict[str, float]:
    client.calculate(times)
    return by_package(lambda: client.calculate(times), times)


def _main(said: Connection, kind: str, base_url: str) -> None:
    sys.stdout = sys.stderr
    make: Callable[[str], Client] = getattr(clients, kind)
    client = make(base_url) if base_url else None
    try:
        while True:
            verb, *arguments = said.recv()
            if verb == "cost" and client is not None:
                said.send(_cost(client, *arguments))
            elif verb == "profile" and client is not None:
                said.send(_profile(client, *arguments))
            elif verb == "run":
                other = make(arguments[0])
                other.calculate(arguments[1])
                other.close()
                said.send(None)
            elif verb == "wait":
                with ThreadPoolExecutor(64) as pool:
                    waiting = [
                        pool.submit(_waited, make, who, url, STAGGER_SECONDS * number)
                        for number, (who, url) in enumerate(arguments[0])
                    ]
                    said.send([one.result() for one in waiting])
    except EOFError:
        if client is not None:
            client.close()


class Worker:
    """One kind of client in a process of its own."""

    def __init__(self, kind: type[Client], base_url: str = "") -> None:
        context = multiprocessing.get_context("spawn")
        self._said, theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(theirs, kind.__name__, base_url), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, *words: Any) -> None:
        """Begin something."""
        self._said.send(words)

    def told(self) -> Any:
        """What came of it."""
        return self._said.recv()

    def cost(self, times: int) -> Cost:
        """What one submit and result costs, over so many."""
        self.ask("cost", times)
        found: Cost = self.told()
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._said.close()
        self._process.join(10)
