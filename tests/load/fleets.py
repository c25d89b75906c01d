"""Measure fleets: 100,000 pending calculations in one process, and 500 against a platform that limits calls.

Run it with ``python -m tests.load.fleets``; it takes five minutes.
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
from okapi_sdk._engine.polling import LEAST_DURATIONS
from tests.support.cases import iss_passes

from .server import figures, platform

FLEET = 500
LIMIT = 100
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


@dataclass
class Pending:
    """A fleet whose calculations are all pending."""

    bytes_each: float
    """Memory of the process for each of them."""
    process: float
    """Memory of the whole process, in MB."""
    seconds: float
    polls: int
    predicted: int
    """Polls that the policy predicts for the ages of the calculations: after each pause, and of five also at once."""


async def pending(options: dict[str, str], count: int, pause: float, seconds: float) -> Pending:
    """Submit a fleet, and measure it some seconds after the last submit, when no poll is late."""
    submits: list[float] = []
    gc.collect()
    before = resident_bytes()

    async def use(client: AsyncOkapiClient) -> None:
        def note(progress: MapProgress) -> None:
            submits.extend([time.monotonic()] * (progress.submitted - len(submits)))

        async for _ in client.map(calculations(count), max_in_flight=count, timeout=None, on_progress=note):
            pass

    async with AsyncOkapiClient(**options, polling=PollPolicy(floor=pause, ceiling=pause)) as client:
        task = asyncio.create_task(use(client))
        while len(submits) < count or time.monotonic() < submits[-1] + seconds:
            await asyncio.sleep(1.0)
        counts = await asyncio.to_thread(figures, options)
        end, memory = time.monotonic(), resident_bytes()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    predicted = LEAST_DURATIONS + sum(int((end - at) / pause) for at in submits)
    return Pending((memory - before) / count, memory / 1e6, end - submits[0], counts["polls"], predicted)


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
    for fleet, pause, seconds in ((2_000, 10.0, 45.0), (count, 7200.0, 0.0)):
        with platform(duration=36_000.0) as options:
            waiting = asyncio.run(pending(options, fleet, pause, seconds))
        print(
            f"{fleet} pending calculations: {waiting.bytes_each:.0f} bytes each, {waiting.process:.0f} MB in all, "
            f"{waiting.polls} polls ({waiting.predicted} predicted) in {waiting.seconds:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
