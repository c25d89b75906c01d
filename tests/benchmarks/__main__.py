"""``python -m tests.benchmarks``: measure, print the tables, and write them into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from .clients import (
    DURATIONS,
    Aether,
    AetherPatient,
    Bare,
    BareAsync,
    BareRequests,
    Client,
    Connector,
    Sdk,
    SdkAsync,
    SdkNewModel,
)
from .page import Spread, machine, process_cost, table, target, write
from .profiles import profile_table
from .server import RESULT_BYTES, BenchServer, Counts
from .worker import Cost, Waited, Worker

TARGET = 1.10
FIRST_IMPORT_MS, IMPORT_SHARE = 25, 1.15
RUN = 100

NAMES: Mapping[type[Client], str] = {
    Bare: "bare httpx",
    BareRequests: "bare requests",
    BareAsync: "bare httpx, async",
    Sdk: "okapi-sdk",
    SdkNewModel: "okapi-sdk, a new model each time",
    SdkAsync: "okapi-sdk, async",
    Connector: "okapi-python-connector",
    Aether: "okapi-aether-sdk",
    AetherPatient: "okapi-aether-sdk, `max_retries=10`",
}
FLOORS: Mapping[type[Client], type[Client]] = {
    Sdk: Bare, SdkNewModel: Bare, SdkAsync: BareAsync, BareRequests: Bare, BareAsync: Bare, Connector: Bare,
    Aether: Bare,
}  # fmt: skip
"""The client that each is compared with, in turn."""
WAITING = (Sdk, SdkAsync, Connector, Aether, AetherPatient, Bare)
PACKAGES = ("okapi-sdk", "okapi-python-connector", "okapi-aether-sdk", "httpx", "pydantic", "tenacity", "requests")
IMPORTS: Mapping[str, str] = {
    "bare Python": "",
    "`import okapi_sdk`": "import okapi_sdk",
    "okapi-sdk": "from okapi_sdk import GroundLocation, OkapiClient, PredictPasses, TimeWindow, Tle",
    "dependencies of okapi-sdk": (
        "import httpcore, httpx, tenacity\nfrom pydantic import BaseModel\nclass Model(BaseModel):\n    number: int"
    ),
    "okapi-python-connector": "from okapi_pkg import okapi_get_result, okapi_init, okapi_send_request",
    "okapi-aether-sdk": "from okapi_aether_sdk import AetherServicesApi",
    "bare httpx": "import httpx",
    "bare requests": "import requests",
}
_PEAK = """
try:
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
except OSError:
    print(0)
"""


def imported(rounds: int) -> tuple[dict[str, float], str]:
    """What importing costs, each time in a fresh process: the medians of the CPU time in ms, and the table."""
    cpu: dict[str, list[float]] = {name: [] for name in IMPORTS}
    peak: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for number in range(rounds + 1):
        found: dict[str, tuple[float, float]] = {}
        for name, line in IMPORTS.items():
            seconds, peak_kilobytes = process_cost([sys.executable, "-c", line + _PEAK])
            found[name] = (seconds, float(peak_kilobytes))
        if number:  # the first round writes the byte code
            for name, (seconds, kilobytes) in found.items():
                cpu[name].append(1000 * (seconds - found["bare Python"][0]))
                peak[name].append((kilobytes - found["bare Python"][1]) / 1024)
    rows = ((name, Spread.of(cpu[name]).text(".0f"), Spread.of(peak[name]).text(".1f")) for name in list(IMPORTS)[1:])
    medians = {name: statistics.median(found) for name, found in cpu.items()}
    return medians, table("imports", ["import", "CPU over bare Python, ms", "peak memory over bare Python, MB"], rows)


@dataclass
class Costs:
    """Pairs of costs, of a client and of its floor, taken one after the other."""

    pairs: list[tuple[Cost, Cost]]

    def ratio(self, kind: str) -> Spread:
        """How many times what the floor costs."""
        return Spread.of([getattr(mine, kind) / getattr(floor, kind) for mine, floor in self.pairs])

    def micros(self, kind: str) -> Spread:
        """Microseconds."""
        return Spread.of([1e6 * getattr(mine, kind) for mine, _ in self.pairs])


def costs(server: BenchServer, rounds: int, times: int) -> tuple[dict[type[Client], Costs], str, str]:
    """What one submit and result costs; who goes first changes from round to round."""
    found: dict[type[Client], Costs] = {kind: Costs([]) for kind in FLOORS}
    with ExitStack() as stack:
        kinds = [Bare, *FLOORS]
        workers = {kind: stack.enter_context(Worker(kind, server.base_url(kind.__name__, 0))) for kind in kinds}
        for worker in workers.values():
            worker.cost(times)
        before = server.report()
        for number in range(rounds):
            for kind, floor in FLOORS.items():
                order = (kind, floor) if number % 2 else (floor, kind)
                cost = {one: workers[one].cost(times) for one in order}
                found[kind].pairs.append((cost[kind], cost[floor]))
        after = server.report()
        profiles: dict[type[Client], dict[str, float]] = {}
        for kind in (Bare, Sdk):
            workers[kind].ask("profile", 4 * times)
            profiles[kind] = workers[kind].told()
    calls = sum(_calls(after, who) - _calls(before, who) for who in after["callers"])
    micros = 1e6 * (after["cpu"] - before["cpu"]) / calls
    note = f"The server, in its own process, used {micros:.0f} µs of CPU per call; each calculation makes two calls."
    return found, note, profile_table("profile", {NAMES[kind]: one for kind, one in profiles.items()})


def _calls(report: Mapping[str, Mapping[str, Mapping[str, int]]], who: str) -> int:
    counts = report["callers"].get(who, {})
    return sum(counts.get(name, 0) for name in ("sign_ins", "submits", "polls"))


def cost_table(found: Mapping[type[Client], Costs]) -> str:
    """The costs as a table."""
    rows = (
        (
            NAMES[kind],
            NAMES[FLOORS[kind]],
            f"**{all.ratio('cpu').text('.2f')}**",
            all.ratio("wall").text(".2f"),
            all.micros("cpu").text(".0f"),
        )
        for kind, all in found.items()
    )
    return table("costs", ["submit and result", "compared with", "CPU, ratio", "wall clock, ratio", "CPU, µs"], rows)


def connections(server: BenchServer) -> tuple[dict[type[Client], Counts], str]:
    """What a run of calculations, one after the other, opens."""
    found: dict[type[Client], Counts] = {}
    for kind in (Sdk, SdkAsync, Connector, Aether, Bare, BareRequests):
        who = f"run-{kind.__name__}"
        with Worker(kind) as worker:
            worker.ask("run", server.base_url(who, 0), RUN)
            worker.told()
        found[kind] = server.counts(who)
    rows = (
        (NAMES[kind], str(counts.connections), str(counts.sign_ins + counts.submits + counts.polls))
        for kind, counts in found.items()
    )
    return found, table("connections", [f"{RUN} consecutive calculations", "connections opened", "calls"], rows)


def waits(server: BenchServer, times: int) -> tuple[dict[tuple[type[Client], float], Spread | None], str]:
    """What is lost after a result is ready, from the least to the most, and the table.

    All wait at once: this measures pauses, not work.
    """
    with ExitStack() as stack:
        workers = {kind: stack.enter_context(Worker(kind)) for kind in WAITING}
        for kind, worker in workers.items():  # all is imported before the first wait
            worker.ask("run", server.base_url(f"ready-{kind.__name__}", 0), 1)
            worker.told()
        asked: dict[type[Client], list[tuple[str, float]]] = {}
        for kind, worker in workers.items():
            asked[kind] = [
                (f"wait-{kind.__name__}-{seconds:g}-{n}", seconds) for seconds in DURATIONS for n in range(times)
            ]
            worker.ask("wait", [(who, server.base_url(who, seconds)) for who, seconds in asked[kind]])
        told: dict[str, Waited] = {one.who: one for worker in workers.values() for one in worker.told()}
    spreads: dict[tuple[type[Client], float], Spread | None] = {}

    def cell(kind: type[Client], seconds: float) -> str:
        callers = [who for who, asked_for in asked[kind] if asked_for == seconds]
        polls = statistics.median(server.counts(who).polls for who in callers)
        lost = [one for who in callers if (one := told[who].lost) is not None]
        found = Spread(min(lost), statistics.median(lost), max(lost)) if len(lost) == len(callers) else None
        spreads[kind, seconds] = found
        return f"{found.text('.2f') if found else 'no result'}; {polls:g} polls"

    rows = [[NAMES[kind], *(cell(kind, seconds) for seconds in DURATIONS)] for kind in WAITING]
    return spreads, table("waits", ["seconds lost; polls", *(f"{seconds:g} s" for seconds in DURATIONS)], iter(rows))


def targets(
    found: Mapping[type[Client], Costs],
    opened: Mapping[type[Client], Counts],
    lost: Mapping[tuple[type[Client], float], Spread | None],
    imports: Mapping[str, float],
) -> str:
    """Return the lines that say which targets are met."""

    def less(kind: type[Client], seconds: float) -> bool:
        mine = lost[kind, seconds]
        others = [lost[other, seconds] for other in (Connector, Aether)]
        return mine is not None and all(other is None or mine.median < other.median for other in others)

    ratios = {kind: found[kind].ratio("cpu").median for kind in (Sdk, SdkAsync)}
    said = "; ".join(f"{NAMES[kind]}: {ratio:.2f}" for kind, ratio in ratios.items())
    late = [f"{seconds:g} s" for seconds in DURATIONS if not all(less(kind, seconds) for kind in (Sdk, SdkAsync))]
    most = {s: max(one.high if (one := lost[kind, s]) else math.inf for kind in (Sdk, SdkAsync)) for s in DURATIONS}
    worst = "; ".join(f"{seconds:g} s: {one:.2f} s" for seconds, one in most.items())
    first, share = imports["`import okapi_sdk`"], imports["okapi-sdk"] / imports["dependencies of okapi-sdk"]
    lines = (
        (
            f"a submit and its result take at most {TARGET:.2f} times the CPU time of bare httpx ({said})",
            all(ratio <= TARGET for ratio in ratios.values()),
        ),
        ("one connection for consecutive calculations", all(opened[kind].connections == 1 for kind in (Sdk, SdkAsync))),
        (
            "less time lost than with either published client" + (f" (not for {', '.join(late)})" if late else ""),
            not late,
        ),
        (
            f"the first request of a client loses at most 10 % of its duration or 0.25 s (most lost: {worst})",
            all(one <= max(0.1 * seconds, 0.25) for seconds, one in most.items()),
        ),
        (
            f"`import okapi_sdk` takes at most {FIRST_IMPORT_MS} ms of CPU time ({first:.0f} ms)",
            first <= FIRST_IMPORT_MS,
        ),
        (
            f"the imports of a program take at most {IMPORT_SHARE} times as long as the dependencies ({share:.2f})",
            share <= IMPORT_SHARE,
        ),
    )
    return "\n".join(target(*line) for line in lines)


def measured(options: argparse.Namespace) -> str:
    """All of it, as Markdown."""
    imports, import_table = imported(options.rounds // 2)
    with BenchServer() as server:
        found, note, profile = costs(server, options.rounds, options.times)
        opened, connection_table = connections(server)
        lost, wait_table = waits(server, options.waits)
    today = datetime.now(UTC)
    return f"""Measured on {today:%Y-%m-%d} with `nox -s bench`: {machine(PACKAGES)}

{targets(found, opened, lost, imports)}

## CPU and wall-clock time of a submit and its result

{cost_table(found)}

{options.rounds} rounds of {options.times} calculations each. {note} A result has {RESULT_BYTES} bytes.

## Time lost after the result is ready

{wait_table}

## Connections

{connection_table}

## Importing

{import_table}

## Where the time goes

{profile}
"""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="pairs of each client and its floor")
    parser.add_argument("--times", type=int, default=60, help="calculations in each half of a pair")
    parser.add_argument("--waits", type=int, default=5, help="waits of each client for each duration")
    parser.add_argument("--no-page", action="store_true", help="print only")
    options = parser.parse_args()
    began = time.monotonic()
    text = measured(options)
    print(text)
    print(f"{time.monotonic() - began:.0f} s")
    if not options.no_page:
        write("clients", text)


if __name__ == "__main__":
    main()
