"""Kill durable runs with SIGKILL at random moments, and account for each calculation.

Run it with ``python -m tests.load.journals 50``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from okapi_sdk import (
    AsyncOkapiClient,
    GroundLocation,
    OkapiClient,
    PredictPasses,
    SubmissionUncertainError,
    TimeWindow,
    Tle,
)
from tests.support.cases import ISS

from .server import platform, submits

Kind = Literal["threads", "tasks"]
COUNT = 60
KILLS_OF_ONE_RUN = 5
LONGEST_RUN = 1.2
"""Seconds within which a run is killed."""


def calculations(count: int = COUNT) -> Iterator[PredictPasses]:
    """Yield different calculations, the same in each run."""
    orbit, window = Tle.parse(ISS), TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
    for number in range(count):
        place = GroundLocation.at(latitude=number / 2.0, longitude=10.645, height_m=48)
        yield PredictPasses(orbit=orbit, ground_location=place, time_window=window)


@dataclass
class Account:
    """What became of the calculations of one run that was killed several times."""

    results: int = 0
    uncertain: int = 0
    faults: list[str] = field(default_factory=list)


def killed_run(kind: Kind, options: dict[str, str], journal: Path, kills: int, rng: random.Random) -> Account:
    """Start a durable run, kill it and start it again; let the last one end, and account for each calculation."""
    account, in_flight = Account(), set[str]()
    before = submits(options)
    for _ in range(kills):
        with _start(kind, options, journal) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.uniform(0.0, LONGEST_RUN))
            process.kill()
        if journal.exists():
            in_flight |= _keys_in_flight(journal)
    with _start(kind, options, journal) as process:
        assert process.stdout is not None
        lines = [json.loads(line) for line in process.stdout if line.startswith("[")]
    ledger = submits(options) - before
    _examine(account, lines, ledger, in_flight)
    return account


def _examine(account: Account, lines: list[Any], ledger: Counter[str], in_flight: set[str]) -> None:
    faults = account.faults
    if sorted(position for position, *_ in lines) != list(range(COUNT)):
        faults.append(f"outcomes of {Counter(position for position, *_ in lines)}")
    faults.extend(f"{key} was submitted {count} times" for key, count in ledger.items() if count != 1)
    known = set[str]()
    for position, id, key, error in lines:
        if error is None:
            account.results += 1
            if id not in ledger or id in known:  # the platform's ID is the key
                faults.append(f"{position}: {id} is not its own")
        elif key is not None:
            account.uncertain += 1
            if key not in in_flight:
                faults.append(f"{position}: the submit with {key} was not in flight")
        else:
            faults.append(f"{position}: {error}")
        known.add(id or key or "")
    faults.extend(f"{key} is not accounted for" for key in set(ledger) - known)


def _keys_in_flight(journal: Path) -> set[str]:
    import sqlite3

    with sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True) as database:
        try:
            rows = database.execute("SELECT idempotency_key FROM calculations WHERE state = 'submitting'").fetchall()
        except sqlite3.OperationalError:  # killed before the table was created
            rows = []
    return {key for (key,) in rows}


def _start(kind: Kind, options: dict[str, str], journal: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.load.journals", kind, json.dumps(options), str(journal)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run(kind: Kind, options: dict[str, str], journal: str) -> None:
    """Run all calculations, and print what became of them."""
    logging.disable(logging.CRITICAL)
    if kind == "threads":
        with OkapiClient(**options) as client:
            print("started", flush=True)
            for outcome in client.map(calculations(), journal=journal):
                _print(outcome)
    else:
        asyncio.run(_run_tasks(options, journal))


async def _run_tasks(options: dict[str, str], journal: str) -> None:
    async with AsyncOkapiClient(**options) as client:
        print("started", flush=True)
        async for outcome in client.map(calculations(), journal=journal):
            _print(outcome)


def _print(outcome: Any) -> None:
    error = outcome.error
    key = error.idempotency_key if isinstance(error, SubmissionUncertainError) else None
    id = outcome.ref.id if outcome.ref is not None else None
    print(json.dumps([outcome.position, id, key, None if error is None else repr(error)]), flush=True)


def main(kills: int, per_run: int = KILLS_OF_ONE_RUN) -> None:
    """Print what became of the calculations."""
    for kind in ("threads", "tasks"):
        rng, began, accounts = random.Random(1), time.monotonic(), []
        with tempfile.TemporaryDirectory() as folder, platform(duration=0.3, delay=0.05) as options:
            for number in range(max(1, kills // per_run)):
                accounts.append(killed_run(kind, options, Path(folder) / f"{number}.db", per_run, rng))
        faults = [fault for account in accounts for fault in account.faults]
        print(
            f"{kind}: {len(accounts) * per_run} kills of {len(accounts)} runs of {COUNT} calculations: "
            f"{sum(account.results for account in accounts)} results, "
            f"{sum(account.uncertain for account in accounts)} uncertain, {len(faults)} faults {faults[:3]}, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) > 3:
        run(*sys.argv[1:2], json.loads(sys.argv[2]), sys.argv[3])  # type: ignore[arg-type]
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
