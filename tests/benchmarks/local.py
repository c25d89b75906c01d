"""``python -m tests.benchmarks.local``: what runs on the user's own machine, the emulator and the command line."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import httpx

from okapi_sdk.emulator import Emulator

from .clients import BODY, SERVICE
from .page import Spread, machine, process_cost, table, target, write

GET_MS, HELP_MS = 5.0, 150.0
PACKAGES = ("okapi-sdk", "starlette", "uvicorn", "click", "rich")


def gets(times: int) -> dict[str, Spread]:
    """Milliseconds of the wall clock for a GET by bare httpx, the emulator being a thread of the same process."""
    found: dict[str, Spread] = {}
    with Emulator(fleet=True) as emulator, httpx.Client(base_url=emulator.base_url, trust_env=False) as http:
        user = {"grant_type": "password", "username": emulator.username, "password": emulator.password}
        token = http.post("/oauth/token", json=user).json()["access_token"]
        http.headers["authorization"] = f"Bearer {token}"

        def submit() -> str:
            return f"/{SERVICE}/results/{http.post(f'/{SERVICE}/requests', json=BODY).json()['request_id']}/simple"

        ready = submit()
        while http.get(ready).status_code == 202:  # it loads the astrodynamics
            time.sleep(0.1)
        emulator.processing_time = 3600.0
        asked = {"a result of two passes": (ready, 200), "a running calculation": (submit(), 202),
                 "a page of satellites": ("/satellites", 200)}  # fmt: skip
        for name, (path, status) in asked.items():
            spent: list[float] = []
            for number in range(times + 20):
                began = time.perf_counter()
                answer = http.get(path)
                if number >= 20:
                    spent.append(1000 * (time.perf_counter() - began))
                assert answer.status_code == status, answer.text
            found[name] = Spread.of(spent)
    return found


def helped(rounds: int) -> Spread:
    """Milliseconds of CPU for ``okapi --help`` over bare Python."""
    okapi = [str(Path(sys.executable).with_name("okapi")), "--help"]
    pairs = [(process_cost(okapi)[0], process_cost([sys.executable, "-c", ""])[0]) for _ in range(rounds + 1)]
    return Spread.of([1000 * (mine - bare) for mine, bare in pairs[1:]])  # the first writes the byte code


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.local", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="starts of the command")
    parser.add_argument("--gets", type=int, default=500, help="GETs of each kind")
    parser.add_argument("--no-page", action="store_true", help="print only")
    options = parser.parse_args()
    found, help_ = gets(options.gets), helped(options.rounds)
    slowest = max(spread.median for spread in found.values())
    rows = [*((f"emulator: GET of {name}", spread.text(".1f")) for name, spread in found.items()),
            ("`okapi --help`, CPU over bare Python", help_.text(".0f"))]  # fmt: skip
    lines = (
        target(f"a GET from the emulator takes less than {GET_MS:g} ms ({slowest:.1f} ms)", slowest < GET_MS),
        target(
            f"`okapi --help` takes at most {HELP_MS:g} ms of CPU time ({help_.median:.0f} ms)", help_.median <= HELP_MS
        ),
    )
    text = "\n".join((*lines, "", table("local", ["on this machine", "ms"], iter(rows)), "", machine(PACKAGES), ""))
    print(text)
    if not options.no_page:
        write("local", text)


if __name__ == "__main__":
    main()
