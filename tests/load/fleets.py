"""Measure fleets: 100,000 pending calculations in one process, and 500 against a platform that limits calls.

Run it with ``python -m tests.load.fleets``; the first part takes ten minutes.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from okapi_sdk import AsyncOkapiClient, MapProgress, OkapiClient, PollPolicy, PredictPasses
from tests.support.cases import iss_passes

from .server import figures, platform

FLEET = 500
LIMIT = 180
"""Calls per second. With 20 connections, about a tenth of all calls come too many."""


@dataclass
class Limited:
    """A fleet against a platform that refuses calls."""

    seconds: float
    accepted: int
    refused: int
    errors: int

    @property
    def refused_share(self) -> float:
        """Share of all calls that were refused."""
        return self.refused / (self.accepted + self.refused)


def calculations(count: int) -> Iterable[PredictPasses]:
    """Yield calculations that share what a user's calculations would share."""
    calculation = iss_passes()
    for _ in range(count):
        yield calculation.model_copy()


def limited(kind: str, options: dict[str, str], count: int = FLEET) -> Limited:
    """Run a fleet and count."""
    began = time.monotonic()
    errors = errors_in_threads(options, count) if kind == "threads" else asyncio.run(errors_in_tasks(options, count))
    seconds, counts = time.monotonic() - began, figures(options)
    return Limited(seconds, counts["submits"] + counts["polls"], counts["refused"], errors)


def errors_in_threads(options: dict[str, str], count: int) -> int:
    """Return how many of the outcomes are errors."""
    with OkapiClient(**options) as client:
        return sum(outcome.error is not None for outcome in client.map(calculations(count)))


async def errors_in_tasks(options: dict[str, str], count: int) -> int:
    """Return how many of the outcomes are errors."""
    async with AsyncOkapiClient(**options) as client:
        return sum([outcome.error is not None async for outcome in client.map(calculations(count))])


class AllPendingError(Exception):
    """Ends a fleet when all of its calculations are pending."""


@dataclass
class Pending:
    """A fleet of which all calculations were pending at once."""

    bytes_each: float
    """Memory of the process for each of them."""
    process: float
    """Memory of the whole process, in MB."""
    seconds: float
    polls: int
    predicted: int
    """Polls that the policy predicts for the ages of the calculations: at once, and then at each pause."""


async def pending(options: dict[str, str], count: int, pause: float) -> Pending:
    """Submit a fleet, and measure when all of its calculations are pending."""
    submits: list[float] = []
    gc.collect()
    before = resident_bytes()
    found: list[tuple[float, int]] = []

    def note(progress: MapProgress) -> None:
        submits.extend([time.monotonic()] * (progress.submitted - len(submits)))
        if progress.submitted == count:
            found.append((resident_bytes(), figures(options)["polls"]))
            raise AllPendingError

    polling = PollPolicy(floor=pause, ceiling=pause)
    async with AsyncOkapiClient(**options, polling=polling) as client:
        try:
            async for _ in client.map(calculations(count), max_in_flight=count, on_progress=note):
                pass
        except AllPendingError:
            pass
    (memory, polls), end = found[0], submits[-1]
    predicted = sum(1 + int((end - at) / pause) for at in submits)
    return Pending((memory - before) / count, memory / 1e6, end - submits[0], polls, predicted)


def resident_bytes() -> float:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * float(resource.getpagesize())


def main(count: int) -> None:
    """Print the figures."""
    logging.disable(logging.CRITICAL)
    for kind in ("threads", "tasks"):
        with platform(duration=0.5, limit=LIMIT) as options:
            found = limited(kind, options)
        print(
            f"{kind}, {LIMIT} calls per second: {found.accepted} calls accepted, {found.refused_share:.0%} refused, "
            f"{found.errors} errors, {found.seconds:.1f} s, {found.accepted / LIMIT / found.seconds:.2f} of the limit",
            flush=True,
        )
    with platform(duration=7200.0) as options:
        waiting = asyncio.run(pending(options, count, pause=300.0))
    print(
        f"{count} pending calculations: {waiting.bytes_each:.0f} bytes each, {waiting.process:.0f} MB in all, "
        f"{waiting.polls} polls ({waiting.predicted} predicted) in {waiting.seconds:.0f} s"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
