"""Measure the emulator under load, over real HTTP, in a process of its own. Its memory is read from Linux's /proc.

``python -m tests.load.emulators polls`` measures polls while calculations of a minute run, ``clients`` 500 clients at
once, ``large`` the largest results, and ``day`` 100,000 calculations in 24 simulated hours.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.emulator import samples
from tests.emulator.cdms import plain_cdm
from tests.load.callers import small_stacks

PASSES, SGP4, NEPTUNE = "predict-passes/sgp4", "propagate-orbit/sgp4", "propagate-orbit/neptune"
EPOCH = samples.epoch(samples.ISS)
MOST_STATES = 1_000_000


def serve(simulated: bool) -> None:
    """Run an emulator, print its port, and advance its clock by the seconds in each line of standard input."""
    clock = InstantClock() if simulated else None
    with Emulator(clock=clock) as emulator:
        print(emulator.base_url.rpartition(":")[2], flush=True)
        for line in sys.stdin:
            if clock:
                clock.advance(float(line))


@dataclass
class Server:
    """An emulator in another process."""

    port: int
    pid: int
    advance: Callable[[float], None]

    def resident(self, name: str = "VmRSS") -> float:
        """Return the resident memory of the emulator's process in MB; its peak if `name` is VmHWM."""
        return _memory(self.pid, name)

    def workers(self) -> list[int]:
        """Return the IDs of the processes that compute."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()] + [
            int(pid)
            for task in Path(f"/proc/{self.pid}/task").iterdir()
            if task.name != str(self.pid)
            for pid in (task / "children").read_text().split()
        ]


def _memory(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


@contextmanager
def emulator(*, simulated: bool = False) -> Iterator[Server]:
    """Run an emulator in another process."""
    command = [sys.executable, "-m", "tests.load.emulators", "serve", *(["--simulated"] if simulated else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        pipe = cast("IO[str]", process.stdin)

        def advance(seconds: float) -> None:
            pipe.write(f"{seconds!r}\n")
            pipe.flush()

        yield Server(int(cast("IO[str]", process.stdout).readline()), process.pid, advance)


class Caller:
    """One client with one connection that it keeps."""

    def __init__(self, port: int, token: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path, content, {**self.headers, **headers})
        response = self.connection.getresponse()
        return response.status, response.read()

    def sign_in(self) -> str:
        """Sign in, and return the token."""
        form = {"grant_type": "password", "username": Emulator.username, "password": Emulator.password}
        code, answer = self.call("POST", "/oauth/token", form)
        assert code == 200, answer
        token = str(json.loads(answer)["access_token"])
        self.headers["authorization"] = f"Bearer {token}"
        return token

    def submit(self, service: str, body: object, **headers: str) -> str:
        code, answer = self.call("POST", f"/{service}/requests", body, **headers)
        assert code == 202, answer
        return str(json.loads(answer)["request_id"])


@dataclass
class Times:
    """Durations of calls, in seconds."""

    seconds: list[float] = field(default_factory=list)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure one call."""
        began = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - began)

    def __str__(self) -> str:
        """Return the number of calls and their quantiles."""
        ordered = sorted(self.seconds)
        shares = {"median": 0.5, "99 %": 0.99, "slowest": 1.0}
        cells = (
            f"{name} {1e3 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]:.1f} ms"
            for name, share in shares.items()
        )
        return f"{len(ordered):,} calls, {', '.join(cells)}"


def numerical(days: float, step: float) -> dict[str, Any]:
    """Return a numerical propagation with all forces."""
    row = {
        "epoch": "2016-07-21T00:31:50.000Z", "x": 615.119526, "y": -7095.644839, "z": -678.668352, "x_dot": 0.390367,
        "y_dot": 0.741902, "z_dot": -7.39698, "mass": 100, "area": 1,
    }  # fmt: skip
    end = datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC) + timedelta(days=days)
    settings = {"propagation_end_epoch": samples.iso(end), "more": {"output_step_size": step}}
    return {
        "orbit": {"type": "state.json", "content": row},
        "settings": {"type": "prop_settings.json", "content": settings},
    }


def polls(days: float = 40) -> None:
    """Poll a numerical propagation, and a million states, until they end, beside an emulator that computes nothing."""
    with emulator() as server:
        caller, times = Caller(server.port), Times()
        caller.sign_in()
        for _ in range(1_000):
            time.sleep(0.01)
            with times.measured():
                caller.call("GET", f"/{NEPTUNE}/results/unknown/simple")
        print(f"no calculation: {times}", flush=True)
    for label, service, body in (
        (f"numerical propagation of {days:g} days", NEPTUNE, numerical(days, 60)),
        (
            "a million states with SGP4",
            SGP4,
            samples.propagation(samples.ISS, EPOCH + timedelta(seconds=MOST_STATES), 1),
        ),
    ):
        with emulator() as server:
            caller, times = Caller(server.port), Times()
            caller.sign_in()
            began, id_, code = time.perf_counter(), caller.submit(service, body), 202
            while code == 202:
                time.sleep(0.01)
                with times.measured():
                    code, _ = caller.call("GET", f"/{service}/results/{id_}/simple")
            assert code == 200
            times.seconds.pop()  # the result itself
            print(f"{label}, {time.perf_counter() - began:.0f} s: {times}", flush=True)


def clients(count: int = 500, calculations: int = 5) -> None:
    """Let many clients connect at the same moment and calculate passes one after the other."""
    with emulator() as server:
        token = Caller(server.port).sign_in()
        gate, failures, lock = threading.Event(), list[str](), threading.Lock()
        connects, submits, waits = Times(), Times(), Times()

        def work() -> None:
            caller = Caller(server.port, token)
            gate.wait()
            try:
                with connects.measured():
                    caller.connection.connect()
                for _ in range(calculations):
                    with submits.measured():
                        id_ = caller.submit(PASSES, samples.passes())
                    code = 202
                    while code == 202:
                        with waits.measured():
                            code, _ = caller.call("GET", f"/{PASSES}/results/{id_}/summary")
                        if code == 202:
                            time.sleep(1)
                    assert code == 200, code
            except (OSError, http.client.HTTPException, AssertionError) as error:
                with lock:
                    failures.append(repr(error))

        with small_stacks():
            running = [threading.Thread(target=work, daemon=True) for _ in range(count)]
            for thread in running:
                thread.start()
        began = time.perf_counter()
        gate.set()
        for thread in running:
            thread.join()
        seconds = time.perf_counter() - began
        done = count * calculations
        print(f"{count} clients, {done:,} calculations in {seconds:.0f} s, {len(failures)} failures {failures[:3]}")
        print(f"connect: {connects}\nsubmit: {submits}\npoll: {waits}")
        print(f"memory: {server.resident():.0f} MB, peak {server.resident('VmHWM'):.0f} MB", flush=True)


def large() -> None:
    """Fetch the largest results that the emulator computes, and print the peak memory of its processes."""
    year = samples.passes(start=samples.iso(EPOCH), end=samples.iso(EPOCH + timedelta(days=366)), step=32)
    million = EPOCH + timedelta(seconds=MOST_STATES)
    for label, service, body, formats in (
        ("passes of a year with tracks", PASSES, year, ("simple",)),
        ("a million states with SGP4", SGP4, samples.propagation(samples.ISS, million, 1), ("simple",)),
        ("a million states by numerical propagation", NEPTUNE, numerical(MOST_STATES / 86_400, 1), ("simple", "oem")),
    ):
        with emulator() as server:
            caller = Caller(server.port)
            caller.sign_in()
            began, id_, size = time.perf_counter(), caller.submit(service, body), 0
            workers = peak = 0.0
            while caller.call("GET", f"/{service}/results/{id_}/simple/100000")[0] == 202:
                time.sleep(0.5)
                workers = max([workers, *(_memory(pid, "VmHWM") for pid in server.workers())])
            seconds = time.perf_counter() - began
            for format in formats:
                more, number = True, 0
                while more:
                    number += 1
                    code, answer = caller.call("GET", f"/{service}/results/{id_}/{format}/{number}")
                    assert code == 200, answer[:200]
                    more, size = b'"next_result_part_foreseen":true' in answer[:2000], size + len(answer)
            peak = server.resident("VmHWM")
            print(
                f"{label}: {seconds:.0f} s, {size / 1e6:.0f} MB of JSON, peak memory {peak:.0f} MB, "
                f"and {workers:.0f} MB of the process that computes",
                flush=True,
            )


def day(count: int) -> None:
    """Submit calculations of all kinds over 24 simulated hours, and print the memory after each tenth."""
    half_hour = samples.propagation(samples.ISS, EPOCH + timedelta(minutes=30), 60)
    cdm = plain_cdm()
    with emulator(simulated=True) as server:
        caller, began = Caller(server.port), time.perf_counter()
        for number in range(count):
            if number % 1_000 == 0:
                caller.sign_in()
            key = {"idempotency-key": f"key-{number}"}
            if number % 1_000 == 500:
                service, format, id_ = NEPTUNE, "simple", caller.submit(NEPTUNE, numerical(0.05, 60), **key)
            elif number % 10 == 0:
                content = {"cdm": {"type": "cdm.json", "content": {**cdm, "CDM_ID": str(number % 5_000)}}}
                service, format, id_ = "cdms", "simple", caller.submit("cdms", content, **key)
            elif number % 10 < 3:
                service, format, id_ = PASSES, "summary", caller.submit(PASSES, samples.passes(), **key)
            else:
                service, format, id_ = SGP4, "simple", caller.submit(SGP4, half_hour, **key)
            if number % 10 != 9:  # some results are never fetched
                code, answer = caller.call("GET", f"/{service}/results/{id_}/{format}")
                assert code == 200, answer
            server.advance(86_400 / count)
            if (number + 1) % (count // 10) == 0:
                hours, spent = 24 * (number + 1) / count, time.perf_counter() - began
                print(
                    f"{number + 1:,} calculations, {hours:.1f} h: {server.resident():.0f} MB ({spent:.0f} s)",
                    flush=True,
                )


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.emulators", description=__doc__)
    parser.add_argument("what", choices=["polls", "clients", "large", "day", "serve"])
    parser.add_argument("--simulated", action="store_true", help="serve with a clock that standard input advances")
    parser.add_argument("--count", type=int, help="of clients or calculations")
    options = parser.parse_args()
    match options.what:
        case "serve":
            serve(options.simulated)
        case "polls":
            polls()
        case "clients":
            clients(options.count or 500)
        case "large":
            large()
        case "day":
            day(options.count or 100_000)


if __name__ == "__main__":
    main()
