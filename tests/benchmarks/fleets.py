"""``python -m tests.benchmarks.fleets``: many calculations at once, and how polling learns."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from okapi_sdk import AsyncOkapiClient, GroundLocation, OkapiClient, PredictPasses, TimeWindow, Tle, as_completed

from .clients import BODY, DURATIONS, PASSWORD, SERVICE, TLE, USER
from .page import table, target, write
from .profiles import by_package, profile_table
from .server import TOKEN, BenchServer

CONNECTIONS = 50
SECONDS = 0.5
SIZES = (500, 5000)
AWAY = 0.05
"""Seconds that each call to the distant server takes."""
CALCULATION = PredictPasses(
    orbit=Tle.parse(TLE),
    ground_location=GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48),
    time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
)


@dataclass
class Run:
    """One fleet, from the first call to the last outcome."""

    seconds: float
    cpu: float
    polls: int


def options(base: str) -> dict[str, Any]:
    """The arguments of a client for one caller of the server."""
    return {
        "username": USER, "password": PASSWORD, "base_url": base, "token_url": f"{base}/oauth/token",
        "max_connections": CONNECTIONS,
    }  # fmt: skip


async def bare(base: str, size: int) -> None:
    """The best program with httpx alone: all in flight, 50 clients of one connection each, which are handed around.

    One client with 50 connections takes about four times as long: it searches its pool for each call. The first poll is
    made when the result is ready.
    """
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    headers, context = {"authorization": f"Bearer {TOKEN}"}, httpx.create_ssl_context()
    idle: asyncio.Queue[httpx.AsyncClient] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        idle.put_nowait(httpx.AsyncClient(headers=headers, limits=limits, timeout=60, verify=context))

    async def call(method: str, url: str, **given: Any) -> httpx.Response:
        http = await idle.get()
        try:
            return (await http.request(method, url, **given)).raise_for_status()
        finally:
            idle.put_nowait(http)

    async def one() -> None:
        submitted = await call("POST", f"{base}/{SERVICE}/requests", json=BODY)
        url, pause = f"{base}/{SERVICE}/results/{submitted.json()['request_id']}/simple", SECONDS
        while True:
            await asyncio.sleep(pause)
            polled = await call("GET", url)
            if polled.status_code == 200:
                polled.json()
                return
            pause = 0.05

    await asyncio.gather(*(one() for _ in range(size)))
    for _ in range(CONNECTIONS):
        await idle.get_nowait().aclose()


async def in_tasks(base: str, size: int) -> None:
    """`AsyncOkapiClient.map`."""
    async with AsyncOkapiClient(**options(base)) as client:
        count = 0
        async for outcome in client.map((CALCULATION for _ in range(size)), max_in_flight=size):
            outcome.result()
            count += 1
        assert count == size


def in_threads(base: str, size: int) -> None:
    """`OkapiClient.map`."""
    with OkapiClient(**options(base)) as client:
        outcomes = client.map((CALCULATION for _ in range(size)), max_in_flight=size)
        assert sum(1 for outcome in outcomes if outcome.result()) == size


async def ideal(base: str, size: int) -> None:
    """The fewest exchanges that a fleet needs, back to back: a submit and a read for each. `measured` adds the wait."""
    async with AsyncOkapiClient(**options(base)) as client:
        await client.sign_in()
        left = iter(range(size))

        async def work() -> None:
            for _ in left:
                id = (await client.send("POST", f"{SERVICE}/requests", json=BODY)).json()["request_id"]
                (await client.send("GET", f"{SERVICE}/results/{id}/simple")).json()

        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


def waiting(make: Callable[[str, int], Coroutine[Any, Any, None]]) -> Callable[[str, int], None]:
    """Return the same as a function that runs it in a loop of its own."""
    return lambda base, size: asyncio.run(make(base, size))


WAYS: dict[str, Callable[[str, int], None]] = {
    "okapi-sdk, async": waiting(in_tasks),
    "okapi-sdk": in_threads,
    "the ideal of the connection": waiting(ideal),
    "bare httpx, async": waiting(bare),
}


def measured(server: BenchServer, way: str, size: int, number: int, away: float = 0.0) -> Run:
    """Run one fleet."""
    who = f"{way.replace(' ', '-').replace(',', '')}-{size}-{number}-{away:g}"
    base = server.base_url(who, 0 if way.startswith("the ideal") else SECONDS, away)
    began, cpu = time.perf_counter(), time.process_time()
    WAYS[way](base, size)
    seconds = time.perf_counter() - began + (SECONDS if way.startswith("the ideal") else 0.0)
    return Run(seconds, time.process_time() - cpu, server.counts(who).polls)


def fleets(server: BenchServer, rounds: int) -> tuple[dict[tuple[str, int], float], str]:
    """Return the median seconds of each fleet, and the table."""
    runs: dict[tuple[str, int], list[Run]] = {}
    for number in range(rounds):
        for size in SIZES:
            for way in WAYS:
                runs.setdefault((way, size), []).append(measured(server, way, size, number))
    medians = {key: statistics.median(run.seconds for run in found) for key, found in runs.items()}

    def cell(way: str, size: int) -> str:
        found = runs[way, size]
        cpu, polls = (statistics.median(getattr(run, name) for run in found) for name in ("cpu", "polls"))
        low, high = (f"{edge(run.seconds for run in found):.2f}" for edge in (min, max))
        return f"**{medians[way, size]:.2f}** ({low} to {high}); {cpu:.2f}; {polls:,.0f}"

    heads = [f"{size:,} calculations: seconds; CPU seconds; polls" for size in SIZES]
    return medians, table("fleets", ["", *heads], ([way, *(cell(way, size) for size in SIZES)] for way in WAYS))


def distant(server: BenchServer, rounds: int) -> tuple[dict[str, float], str]:
    """Return how long each fleet of a distant server takes, in times the least that its connections need; the table."""
    size = SIZES[-1]
    least = 2 * size * AWAY / CONNECTIONS + SECONDS
    shares, rows = {}, []
    for way in (way for way in WAYS if not way.startswith("the ideal")):
        found = [measured(server, way, size, number, AWAY) for number in range(rounds)]
        seconds = sorted(run.seconds for run in found)
        shares[way] = statistics.median(seconds) / least
        cpu, polls = (statistics.median(getattr(run, name) for run in found) for name in ("cpu", "polls"))
        times = f"**{shares[way]:.3f}** ({seconds[0] / least:.3f} to {seconds[-1] / least:.3f})"
        rows.append([way, times, f"{statistics.median(seconds):.2f}", f"{cpu:.2f}", f"{polls:,.0f}"])
    head = [
        f"{size:,} calculations, {1e3 * AWAY:g} ms a call",
        f"times the least of {least:g} s",
        "s",
        "CPU, s",
        "polls",
    ]
    return shares, table("distant", head, iter(rows))


def profiled(server: BenchServer) -> str:
    """Return the table of where the CPU time of a fleet goes."""
    size, found = SIZES[-1], {}
    for way in ("the ideal of the connection", "okapi-sdk, async"):
        base = server.base_url(f"profile-{way[:3]}", 0 if way.startswith("the ideal") else SECONDS)
        found[way] = by_package(partial(WAYS[way], base, size), size)
    return profile_table("fleet_profile", found)


def learned(server: BenchServer) -> tuple[dict[float, tuple[float, float]], str]:
    """Return the polls and the seconds lost by each duration, once five are known, and the table. All wait at once."""
    found: dict[float, tuple[float, float]] = {}

    def learn(seconds: float) -> None:
        base = server.base_url(f"learned-{seconds:g}", seconds)
        with OkapiClient(**options(base)) as client:
            for _ in as_completed([client.submit(CALCULATION) for _ in range(5)]):
                pass
            before, lost = server.counts(f"learned-{seconds:g}").polls, []
            for request in as_completed([client.submit(CALCULATION) for _ in range(5)]):
                lost.append(time.monotonic() - request.result().raw["ready"])
            polls = (server.counts(f"learned-{seconds:g}").polls - before) / 5
            found[seconds] = polls, max(lost)

    threads = [threading.Thread(target=learn, args=(seconds,)) for seconds in DURATIONS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = [f"{found[seconds][1]:.2f}; {found[seconds][0]:.1f} polls" for seconds in DURATIONS]
    return found, table(
        "learned", ["longest time lost, s; polls", *(f"{s:g} s" for s in DURATIONS)], iter([["okapi-sdk", *row]])
    )


def main() -> None:
    """Measure, print and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-page", action="store_true")
    arguments = parser.parse_args()
    with BenchServer() as server:
        medians, fleet_table = fleets(server, arguments.rounds)
        profile = profiled(server)
        shares, distant_table = distant(server, arguments.rounds)
        found, learned_table = learned(server)
    small, large = SIZES
    tasks, threads = (
        medians[way, small] / medians["bare httpx, async", small] for way in ("okapi-sdk, async", "okapi-sdk")
    )
    best = min(medians[way, large] for way in ("okapi-sdk, async", "okapi-sdk"))
    share = best / medians["the ideal of the connection", large]
    far = [shares[way] for way in ("okapi-sdk, async", "okapi-sdk")]
    polls = found[12.0][0]
    late = [seconds for seconds, (_, lost) in found.items() if lost > max(0.05 * seconds, 0.25)]
    lines = [
        target(f"500 calculations: at most as long as with bare httpx, async ({tasks:.2f} times)", tasks <= 1.0),
        target(f"the same with threads: at most 1.2 times as long ({threads:.2f})", threads <= 1.2),
        target(f"5,000 on this machine, the faster client: at most 1.05 times the ideal ({share:.2f})", share <= 1.05),
        target(
            f"5,000, 50 ms away, the faster client: at most 1.05 times the least ({min(far):.3f})", min(far) <= 1.05
        ),
        target("once durations are learned, at most 5 % or 0.25 s is lost", not late),
        target(f"a learned calculation of 12 s takes at most 11 polls ({polls:.1f})", polls <= 11),
    ]
    text = "\n".join([*lines, "", fleet_table, "", profile, "", distant_table, "", learned_table])
    print(text)
    if not arguments.no_page:
        write("fleets", text)


if __name__ == "__main__":
    main()
