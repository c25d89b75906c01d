"""``python -m tests.load.interrupts 10000``: real SIGINTs at random moments of calls, alone and with threads beside."""

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
    """What came of so many interrupts."""

    interrupts: int = 0
    results: int = 0
    slowest: float = 0.0
    known: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


def struck(at: dict[str, str], interrupts: int, beside: int, seed: int = 1) -> Tally:
    """Interrupt runs of one client until it was hit so often; ``beside`` other threads use it all the time."""
    tally, moment, calculation = Tally(), random.Random(seed), iss_passes()
    inside, over = False, threading.Event()

    def strike(*_: Any) -> None:
        nonlocal inside
        if inside:
            inside = False
            raise KeyboardInterrupt

    def use(client: OkapiClient) -> None:
        while not over.is_set():
            try:
                client.send("GET", "satellites")
            except Exception as error:
                tally.errors.append(f"beside: {error!r}"[:200])

    def send_signals() -> None:
        while not over.is_set():
            time.sleep(moment.uniform(0.0, 0.006))
            os.kill(os.getpid(), signal.SIGINT)

    former = signal.signal(signal.SIGINT, strike)
    threads = []
    try:
        with OkapiClient(**at, timeout=20, max_connections=beside + 1) as client:
            for target, arguments in [(send_signals, ()), *[(use, (client,))] * beside]:
                threads.append(threading.Thread(target=target, args=arguments, daemon=True))
                threads[-1].start()
            while tally.interrupts < interrupts:
                began = time.monotonic()
                try:
                    try:
                        inside = True
                        client.run(calculation)
                    finally:
                        inside = False
                    tally.results += 1
                except KeyboardInterrupt as cut:
                    tally.interrupts += 1
                    tally.known.update(KEY.findall(" ".join(getattr(cut, "__notes__", ()))))
                except Exception as error:
                    tally.errors.append(repr(error)[:200])
                tally.slowest = max(tally.slowest, time.monotonic() - began)
            over.set()
            for thread in threads:
                thread.join()
            client.send("GET", "satellites")
    finally:
        over.set()
        signal.signal(signal.SIGINT, former)
    return tally


def main(interrupts: int) -> None:
    """Print what came of it."""
    logging.disable(logging.CRITICAL)
    for beside in (0, 8):
        with platform() as at:
            began = time.monotonic()
            tally = struck(at, interrupts, beside)
            arrived = submits(at)
        unknown = len(arrived) - tally.results - len(tally.known & set(arrived))
        print(
            f"{beside} threads beside: {tally.interrupts} interrupts, {tally.results} results, "
            f"{sum(count > 1 for count in arrived.values())} doubled, {max(0, unknown)} without a note, "
            f"{len(tally.errors)} errors {sorted(set(tally.errors))[:3]}, the slowest call {tally.slowest:.2f} s, "
            f"{time.monotonic() - began:.0f} s in all",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
