"""``python -m tests.load.callers``: what a call costs from 1 to 5,000 callers, and when it ends without an answer."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from okapi_sdk import AsyncOkapiClient, OkapiClient, OkapiError, RetryPolicy

from .server import platform

CALLERS = (1, 10, 100, 500, 1000, 2000, 5000)
CALLS = 5000
ONCE = RetryPolicy(attempts=1)


@dataclass
class Load:
    """What came of so many callers."""

    callers: int
    answered: int
    failed: int
    cpu: float
    """Microseconds of this process for each call, with its share in starting the callers."""
    slowest: float
    """Seconds that the slowest call took."""


def threads(at: dict[str, str], callers: int, calls: int, timeout: float) -> Load:
    """So many threads with one client, and so many calls of each."""
    ended: list[tuple[bool, float]] = []

    def call() -> None:
        for _ in range(calls):
            began, answered = time.monotonic(), True
            try:
                client.send("GET", "satellites")
            except OkapiError:
                answered = False
            ended.append((answered, time.monotonic() - began))

    with OkapiClient(**at, timeout=timeout, retry=ONCE) as client, small_stacks():
        client.sign_in()
        running = [threading.Thread(target=call, daemon=True) for _ in range(callers)]
        cpu = time.process_time()
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        return _load(callers, ended, cpu)


@contextmanager
def small_stacks() -> Iterator[None]:
    """Room for thousands of threads."""
    before = threading.stack_size(256 * 1024)
    try:
        yield
    finally:
        threading.stack_size(before)


def tasks(at: dict[str, str], callers: int, calls: int, timeout: float) -> Load:
    """The same with tasks."""
    return asyncio.run(_tasks(at, callers, calls, timeout))


async def _tasks(at: dict[str, str], callers: int, calls: int, timeout: float) -> Load:
    ended: list[tuple[bool, float]] = []

    async def call(client: AsyncOkapiClient) -> None:
        for _ in range(calls):
            began, answered = time.monotonic(), True
            try:
                await client.send("GET", "satellites")
            except OkapiError:
                answered = False
            ended.append((answered, time.monotonic() - began))

    async with AsyncOkapiClient(**at, timeout=timeout, retry=ONCE) as client:
        await client.sign_in()
        cpu = time.process_time()
        await asyncio.gather(*(call(client) for _ in range(callers)))
        return _load(callers, ended, cpu)


def _load(callers: int, ended: list[tuple[bool, float]], cpu: float) -> Load:
    each = 1e6 * (time.process_time() - cpu) / len(ended)
    answered = sum(it for it, _ in ended)
    return Load(callers, answered, len(ended) - answered, each, max(took for _, took in ended))


def main() -> None:
    """Print the tables."""
    logging.disable(logging.CRITICAL)
    kinds: tuple[Callable[..., Load], ...] = (threads, tasks)
    print("| callers | threads, µs of CPU for a call | tasks, µs of CPU for a call |\n| --- | --- | --- |")
    for callers in CALLERS:
        cells = []
        for kind in kinds:
            with platform() as at:
                load = kind(at, callers, max(1, CALLS // callers), 60.0)
            assert not load.failed, load
            cells.append(f"{load.cpu:.0f}")
        print(f"| {callers:,} | {' | '.join(cells)} |", flush=True)
    print("\n| callers of a silent server | slowest call of a thread | slowest call of a task |\n| --- | --- | --- |")
    for callers in (1, 100, 500):
        cells = []
        for kind in kinds:
            with platform(silent=True) as at:
                load = kind(at, callers, 1, 3.0)
            assert not load.answered, load
            cells.append(f"{load.slowest:.2f} s")
        print(f"| {callers:,} | {' | '.join(cells)} |", flush=True)
    with platform() as at:
        load = tasks(at, 6000, 1, 30.0)
        print(f"\n6,000 tasks, default timeout: {load.answered} answered, the slowest after {load.slowest:.1f} s")


if __name__ == "__main__":
    main()
