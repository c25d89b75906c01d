"""Interrupt calls with real SIGINTs at random moments, without and with other threads.

Run it with ``python -m tests.load.interrupts 10000``.
"""

from __future__ import annotations

import logging
import os
import random
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from okapi_sdk import OkapiClient
from tests.support.cases import iss_passes

from .server import platform, submits

KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class Tally:
    """The outcomes of all interrupted calls."""

    interrupts: int = 0
    results: int = 0
    slowest: float = 0.0
    noted_keys: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


def interrupt_runs(options: dict[str, str], interrupts: int, other_threads: int, seed: int = 1) -> Tally:
    """Interrupt runs of one client this many times, while other threads use it all the time."""
    tally, rng, calculation = Tally(), random.Random(seed), iss_passes()
    is_running, over = False, threading.Event()

    def strike(*_: Any) -> None:
        nonlocal is_running
        if is_running:
            is_running = False
            raise KeyboardInterrupt

    def use(client: OkapiClient) -> None:
        while not over.is_set():
            try:
                client.send("GET", "satellites")
            except Exception as error:
                tally.errors.append(f"other thread: {error!r}"[:200])

    def send_signals() -> None:
        while not over.is_set():
            time.sleep(rng.uniform(0.0, 0.006))
            os.kill(os.getpid(), signal.SIGINT)

    former = signal.signal(signal.SIGINT, strike)
    threads = []
    try:
        with OkapiClient(**options, timeout=20, max_connections=other_threads + 1) as client:
            for target, arguments in [(send_signals, ()), *[(use, (client,))] * other_threads]:
                threads.append(threading.Thread(target=target, args=arguments, daemon=True))
                threads[-1].start()
            while tally.interrupts < interrupts:
                start = time.monotonic()
                try:
                    try:
                        is_running = True
                        client.run(calculation)
                    finally:
                        is_running = False
                    tally.results += 1
                except KeyboardInterrupt as interrupt:
                    tally.interrupts += 1
                    tally.noted_keys.update(KEY.findall(" ".join(getattr(interrupt, "__notes__", ()))))
                except Exception as error:
                    tally.errors.append(repr(error)[:200])
                tally.slowest = max(tally.slowest, time.monotonic() - start)
            over.set()
            for thread in threads:
                thread.join()
            client.send("GET", "satellites")
    finally:
        over.set()
        signal.signal(signal.SIGINT, former)
    return tally


def main(interrupts: int) -> None:
    """Print the tallies."""
    logging.disable(logging.CRITICAL)
    for other_threads in (0, 8):
        with platform() as options:
            start = time.monotonic()
            tally = interrupt_runs(options, interrupts, other_threads)
            arrived = submits(options)
        unknown = len(arrived) - tally.results - len(tally.noted_keys & set(arrived))
        print(
            f"{other_threads} other threads: {tally.interrupts} interrupts, {tally.results} results, "
            f"{sum(count > 1 for count in arrived.values())} doubled, {max(0, unknown)} without a note, "
            f"{len(tally.errors)} errors {sorted(set(tally.errors))[:3]}, slowest call {tally.slowest:.2f} s, "
            f"{time.monotonic() - start:.0f} s in all",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
