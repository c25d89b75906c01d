"""Measure the CPU cost of calls by 1 to 5,000 callers beside bare httpx, and how long calls to a silent server take.

Run it with ``python -m tests.load.callers``, and over TLS with ``--tls``.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from okapi_sdk import AsyncOkapiClient, OkapiClient, OkapiError, RetryPolicy

from .server import platform

CALLERS = (1, 10, 100, 500, 1000, 2000, 5000)
CALLS = 10_000
CONNECTIONS = 20
ONCE = RetryPolicy(attempts=1)


@dataclass
class Load:
    """The result of one measurement."""

    callers: int
    answered: int
    failed: int
    cpu: float
    """CPU time of this process per call, in microseconds. Does not include starting the threads."""
    slowest: float
    """Duration of the slowest call, in seconds."""


def threads(options: dict[str, Any], callers: int, calls: int, timeout: float) -> Load:
    """Measure threads that share one client and make ``calls`` calls each."""
    with OkapiClient(**options, timeout=timeout, retry=ONCE, max_connections=CONNECTIONS) as client:
        client.sign_in()
        return _in_threads(lambda: client.send("GET", "satellites"), callers, calls)


def bare_threads(options: dict[str, Any], callers: int, calls: int, timeout: float) -> Load:
    """Measure the floor: threads that hand each other as many clients of httpx through a queue, one connection each."""
    idle = queue.SimpleQueue[httpx.Client]()
    for _ in range(CONNECTIONS):
        trust = options.get("ssl_context", True)
        idle.put(httpx.Client(base_url=options["base_url"], timeout=timeout, verify=trust))

    def get() -> None:
        client = idle.get()
        client.get("/satellites")
        idle.put(client)

    load = _in_threads(get, callers, calls)
    for _ in range(CONNECTIONS):
        idle.get().close()
    return load


def _in_threads(get: Callable[[], object], callers: int, calls: int) -> Load:
    ended: list[tuple[bool, float]] = []
    gate = threading.Event()

    def call() -> None:
        gate.wait()
        for _ in range(calls):
            start, answered = time.monotonic(), True
            try:
                get()
            except OkapiError:
                answered = False
            ended.append((answered, time.monotonic() - start))

    with small_stacks():
        running = [threading.Thread(target=call, daemon=True) for _ in range(callers)]
        for thread in running:
            thread.start()
    cpu = time.process_time()
    gate.set()
    for thread in running:
        thread.join()
    return _load(callers, ended, cpu)


@contextmanager
def small_stacks() -> Iterator[None]:
    """Shrink the stacks of new threads, to make room for thousands."""
    before = threading.stack_size(256 * 1024)
    try:
        yield
    finally:
        threading.stack_size(before)


def tasks(options: dict[str, Any], callers: int, calls: int, timeout: float) -> Load:
    """Measure tasks in the same way."""
    return asyncio.run(_tasks(options, callers, calls, timeout))


async def _tasks(options: dict[str, Any], callers: int, calls: int, timeout: float) -> Load:
    ended: list[tuple[bool, float]] = []

    async def call(client: AsyncOkapiClient) -> None:
        for _ in range(calls):
            start, answered = time.monotonic(), True
            try:
                await client.send("GET", "satellites")
            except OkapiError:
                answered = False
            ended.append((answered, time.monotonic() - start))

    async with AsyncOkapiClient(**options, timeout=timeout, retry=ONCE, max_connections=CONNECTIONS) as client:
        await client.sign_in()
        cpu = time.process_time()
        await asyncio.gather(*(call(client) for _ in range(callers)))
        return _load(callers, ended, cpu)


def _load(callers: int, ended: list[tuple[bool, float]], cpu: float) -> Load:
    cpu_per_call = 1e6 * (time.process_time() - cpu) / len(ended)
    answered = sum(success for success, _ in ended)
    return Load(callers, answered, len(ended) - answered, cpu_per_call, max(seconds for _, seconds in ended))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.callers", description="Measure many callers.")
    parser.add_argument("--tls", action="store_true", help="call the server over TLS")
    serve = partial(platform, tls=parser.parse_args().tls)
    logging.disable(logging.CRITICAL)
    kinds: tuple[Callable[..., Load], ...] = (threads, tasks)
    print("CPU time per call, µs:\n")
    print("| callers | threads | bare httpx in threads | tasks |\n| --- | --- | --- | --- |")
    for callers in CALLERS:
        cells = []
        for kind in (threads, bare_threads, tasks):
            with serve() as options:
                load = kind(options, callers, max(4, CALLS // callers), 60.0)
            assert not load.failed, load
            cells.append(f"{load.cpu:.0f}")
        print(f"| {callers:,} | {' | '.join(cells)} |", flush=True)
    print("\n| callers of a silent server | slowest call in a thread | slowest call in a task |\n| --- | --- | --- |")
    for callers in (1, 100, 500):
        cells = []
        for kind in kinds:
            with serve(silent=True) as options:
                load = kind(options, callers, 1, 3.0)
            assert not load.answered, load
            cells.append(f"{load.slowest:.2f} s")
        print(f"| {callers:,} | {' | '.join(cells)} |", flush=True)
    with serve() as options:
        load = tasks(options, 6000, 1, 30.0)
        print(f"\n6,000 tasks, default timeout: {load.answered} got a response, the last after {load.slowest:.1f} s")


if __name__ == "__main__":
    main()
