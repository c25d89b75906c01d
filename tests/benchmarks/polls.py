"""``python -m tests.benchmarks.polls``: the CPU time of one poll, in a fleet of calculations that all keep running."""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import requests

from okapi_sdk import AsyncOkapiClient, OkapiClient, PollPolicy, WaitTimeoutError, wait_all

from .clients import BODY, PASSWORD, SERVICE, TOKEN, USER
from .fleets import CALCULATION
from .page import Spread, table, target, write
from .server import BenchServer

PENDING, PAUSE, SECONDS = 100, 0.25, 3.0
"""Calculations, the pause between two polls of one, and the time for which they are polled."""
NEVER = 3600.0
TARGET = 1.15
"""The budget of a submit and its result."""
HEADERS = {"authorization": f"Bearer {TOKEN}", "accept": "application/json"}
BARE, BARE_ASYNC = "bare httpx", "bare httpx, async"
OURS = ("okapi-sdk", "okapi-sdk, async")


def options(base: str) -> dict[str, Any]:
    """The arguments of a client, one connection as the bare programs have."""
    return {
        "username": USER, "password": PASSWORD, "base_url": base, "token_url": f"{base}/oauth/token",
        "max_connections": 1, "polling": PollPolicy(floor=PAUSE, ceiling=PAUSE),
    }  # fmt: skip


def in_threads(base: str) -> float:
    """`wait_all` with requests of an `OkapiClient`."""
    with OkapiClient(**options(base)) as client:
        pending = [client.submit(CALCULATION) for _ in range(PENDING)]
        began = time.process_time()
        with suppress(WaitTimeoutError):
            wait_all(pending, timeout=SECONDS)
        return time.process_time() - began


def in_tasks(base: str) -> float:
    """`wait_all` with requests of an `AsyncOkapiClient`."""

    async def run() -> float:
        async with AsyncOkapiClient(**options(base)) as client:
            pending = [await client.submit(CALCULATION) for _ in range(PENDING)]
            began = time.process_time()
            with suppress(WaitTimeoutError):
                await wait_all(pending, timeout=SECONDS)
            return time.process_time() - began

    return asyncio.run(run())


def polled(http: Any, base: str) -> float:
    """The loop that is written by hand: poll all in turn, then pause."""

    def json(answer: Any) -> Any:
        answer.raise_for_status()
        return answer.json()

    ids = [json(http.post(f"{base}/{SERVICE}/requests", json=BODY))["request_id"] for _ in range(PENDING)]
    began, deadline = time.process_time(), time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        next_round = time.monotonic() + PAUSE
        for id in ids:
            json(http.get(f"{base}/{SERVICE}/results/{id}/simple"))
        time.sleep(max(0.0, next_round - time.monotonic()))
    return time.process_time() - began


def bare_httpx(base: str) -> float:
    """With one ``httpx.Client``."""
    with httpx.Client(headers=HEADERS) as http:
        return polled(http, base)


def bare_httpx_async(base: str) -> float:
    """With one ``httpx.AsyncClient``, one poll after the other."""

    async def run() -> float:
        async with httpx.AsyncClient(headers=HEADERS) as http:
            ids = [
                (await http.post(f"{base}/{SERVICE}/requests", json=BODY)).json()["request_id"] for _ in range(PENDING)
            ]
            began, deadline = time.process_time(), time.monotonic() + SECONDS
            while time.monotonic() < deadline:
                next_round = time.monotonic() + PAUSE
                for id in ids:
                    (await http.get(f"{base}/{SERVICE}/results/{id}/simple")).raise_for_status().json()
                await asyncio.sleep(max(0.0, next_round - time.monotonic()))
            return time.process_time() - began

    return asyncio.run(run())


def bare_requests(base: str) -> float:
    """With one ``requests.Session``."""
    with requests.Session() as http:
        http.headers.update(HEADERS)
        return polled(http, base)


WAYS: dict[str, Callable[[str], float]] = {
    "okapi-sdk": in_threads, "okapi-sdk, async": in_tasks, BARE: bare_httpx, BARE_ASYNC: bare_httpx_async,
    "bare requests": bare_requests,
}  # fmt: skip
FLOORS = dict.fromkeys(WAYS, BARE) | {"okapi-sdk, async": BARE_ASYNC}
"""The program that each is compared with."""


def measured(server: BenchServer, rounds: int) -> dict[str, list[float]]:
    """Return the microseconds of each round by way, which run one after the other and in turn reversed."""
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for number in range(rounds):
        for way in WAYS if number % 2 else reversed(WAYS):
            who = f"polls-{way.replace(' ', '-').replace(',', '')}-{number}"
            cpu = WAYS[way](server.base_url(who, NEVER))
            found[way].append(1e6 * cpu / server.counts(who).polls)
    return found


def main() -> None:
    """Measure, print and write the section."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.polls", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-page", action="store_true", help="print only")
    arguments = parser.parse_args()
    logging.getLogger("okapi_sdk").setLevel(logging.ERROR)  # each run leaves its calculations, and would list them
    with BenchServer() as server:
        found = measured(server, arguments.rounds)
    ratios = {
        way: Spread.of([own / bare for own, bare in zip(found[way], found[FLOORS[way]], strict=True)]) for way in WAYS
    }
    rows = ((way, FLOORS[way], f"**{ratios[way].text('.2f')}**", Spread.of(found[way]).text(".0f")) for way in WAYS)
    said = "; ".join(f"{way}: {ratios[way].median:.2f}" for way in OURS)
    line = target(
        f"a poll in a fleet takes at most {TARGET} times the CPU time of bare httpx ({said})",
        all(ratios[way].median <= TARGET for way in OURS),
    )
    head = [f"a poll, {PENDING} calculations running", "compared with", "CPU, ratio", "CPU, µs"]
    text = "\n".join((line, "", table("polls", head, rows), ""))
    print(text)
    if not arguments.no_page:
        write("polls", text)


if __name__ == "__main__":
    main()
