"""Calculations in processes: a crash ends one calculation, and no process outlives the emulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.protocol import processes, worker_process
from okapi_sdk.emulator.protocol.json_text import write_long_json
from okapi_sdk.emulator.services.catalogue import SERVICES
from okapi_sdk.testing import InstantClock

from .. import samples
from ..conftest import Platform

ORBIT = "propagate-orbit/sgp4"
NEPTUNE = "propagate-orbit/neptune"
posix_only = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def states(hours: float = 0.1, step: float = 60) -> dict[str, Any]:
    """A numerical propagation, which is always computed in a process."""
    row = {
        "epoch": "2016-07-21T00:31:50.000Z", "x": 615.119526, "y": -7095.644839, "z": -678.668352, "x_dot": 0.390367,
        "y_dot": 0.741902, "z_dot": -7.39698, "mass": 100, "area": 1,
    }  # fmt: skip
    end = samples.iso(samples.epoch(("1 00000U 00000A   16203.02210648", "")) + timedelta(hours=hours))
    content = {"propagation_end_epoch": end, "more": {"output_step_size": step}}
    return {
        "orbit": {"type": "state.json", "content": row},
        "settings": {"type": "prop_settings.json", "content": content},
    }


YEAR = states(24 * 365, 3600)


def eventually(condition: Callable[[], Any]) -> Any:
    """Return what `condition` returns once it is true."""
    last = time.monotonic() + 60
    while not (value := condition()):
        assert time.monotonic() < last
        time.sleep(0.01)
    return value


def computing(emulator: Emulator) -> int:
    """The ID of the process that computes, once there is one."""
    return int(eventually(lambda: [one._popen.pid for one in list(emulator._processes._busy)])[0])


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")  # a zombie whose parent has not noticed
    return status.exists() and status.read_text().rpartition(") ")[2].startswith("Z")


@posix_only
def test_a_calculation_that_crashes_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brahe.py").write_text(
        "import os, pathlib, signal\n"
        "with pathlib.Path(__file__).with_suffix('.log').open('a') as log: print(os.getpid(), file=log)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with Emulator(clock=InstantClock()) as emulator, Platform(emulator) as platform:
        ended = platform.calculate(NEPTUNE, states(), "simple")["status"]
        assert ended["type"] == "FATAL"
        assert "ended with SIGKILL" in ended["text"]
        assert not ended["input_problem"]
        (pid,) = (tmp_path / "brahe.log").read_text().split()
        assert is_gone(int(pid))
        assert platform.calculate("predict-passes/sgp4", samples.passes(), "summary")["status"]["type"] == "NONE"


@posix_only
@pytest.mark.parametrize(("deaths", "status", "received"), [(1, "NONE", False), (1, "NONE", True), (2, "FATAL", False)])
def test_a_calculation_that_did_not_begin_is_computed_in_a_new_process(
    deaths: int, status: str, received: bool, emulator: Emulator, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []

    def send(pipe: Any, message: object) -> None:
        (process,) = emulator._processes._busy or (None,)
        if process is None or not isinstance(message, worker_process.Task) or len(killed) == deaths:
            worker_process.send(pipe, message)
            return
        pid = process._popen.pid
        killed.append(pid)
        if received:  # into the pipe of a process that cannot read it any more
            os.kill(pid, signal.SIGSTOP)
            os.waitpid(pid, os.WUNTRACED)
            worker_process.send(pipe, message)
        os.kill(pid, signal.SIGKILL)
        if not received:
            process._popen.wait()
            worker_process.send(pipe, message)

    monkeypatch.setattr(processes, "send", send)
    ended = platform.calculate(NEPTUNE, states(), "simple")["status"]
    assert ended["type"] == status, ended
    assert status == "NONE" or "ended with SIGKILL" in ended["text"]
    assert len(set(killed)) == deaths


@posix_only
def test_an_idle_process_that_was_killed_is_replaced(emulator: Emulator, platform: Platform) -> None:
    platform.calculate(NEPTUNE, states(), "simple")
    for process in list(emulator._processes._all):
        os.kill(process._popen.pid, signal.SIGKILL)
    eventually(lambda: all(process.has_ended for process in emulator._processes._all))
    assert platform.calculate(NEPTUNE, states(), "simple")["status"]["type"] == "NONE"


@posix_only
def test_a_reset_ends_the_process_of_a_calculation(emulator: Emulator, platform: Platform) -> None:
    platform.submit(NEPTUNE, YEAR)
    pid = computing(emulator)
    emulator.reset()
    eventually(lambda: is_gone(pid))
    eventually(lambda: not emulator._processes._busy)


def test_close_ends_all_processes() -> None:
    with Emulator() as emulator, Platform(emulator) as platform:
        platform.submit(NEPTUNE, YEAR)
        pid = computing(emulator)
    assert os.name == "nt" or is_gone(pid)
    assert not emulator._processes._all


def test_an_idle_process_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okapi_sdk.emulator.protocol.workers.IDLE_SECONDS", 0.05)
    with Emulator() as emulator, Platform(emulator) as platform:
        platform.submit(NEPTUNE, states())
        computing(emulator)
        eventually(lambda: not emulator._processes._all)
        platform.submit(NEPTUNE, states())
        computing(emulator)


def test_a_process_without_a_python_to_start_is_not_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "")
    with Emulator() as frozen, Platform(frozen) as calls:
        id_ = calls.submit(NEPTUNE, states())
        address = f"/{NEPTUNE}/results/{id_}/simple"
        assert eventually(lambda: calls.http.get(address).json().get("states"))
        assert not frozen._processes._all


def test_a_long_calculation_gives_what_a_short_one_gives(emulator: Emulator, platform: Platform) -> None:
    end = samples.epoch(samples.ISS) + timedelta(seconds=20_400)
    long, short = (samples.propagation(samples.ISS, end, step) for step in (1, 60))
    service = SERVICES[ORBIT]
    assert [service.is_long(service.read(body)) for body in (long, short)] == [True, False]
    emulator.rows_per_part = 6_000
    id_ = platform.submit(ORBIT, long)
    rows: list[Any] = []
    for number in range(1, 5):
        part = platform.http.get(f"/{ORBIT}/results/{id_}/simple/{number}").json()
        rows += part["states"]
        assert part["next_result_part_foreseen"] == (number < 4)
    emulator.rows_per_part = 10_000
    assert rows[::60] == platform.calculate(ORBIT, short, "simple")["states"]


WITHOUT_MAIN = """
import json, sys, urllib.request
from okapi_sdk.emulator import Emulator
print("once")
def call(path, body=None):
    content = None if body is None else json.dumps(body).encode()
    head = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    request = urllib.request.Request(emulator.base_url + path, content, head)
    return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request))
emulator = Emulator().start()
token = ""
token = call("/oauth/token", {"grant_type": "password", "username": emulator.username, "password": emulator.password})
token = token["access_token"]
id_ = call("/propagate-orbit/neptune/requests", BODY)["request_id"]
while "states" not in (answer := call(f"/propagate-orbit/neptune/results/{id_}/simple")):
    if WAIT:
        while not (busy := list(emulator._processes._busy)):
            pass
        print(busy[0]._popen.pid, flush=True)
        sys.stdin.read()
print(answer["status"]["type"])
"""


def program(body: dict[str, Any], *, wait: bool) -> str:
    return f"BODY, WAIT = {body!r}, {wait!r}\n{WITHOUT_MAIN}"


def test_a_program_needs_no_guarded_main(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(program(states(), wait=False))
    # A module of this name would take the place of the standard library's in a process that searches the folder.
    (tmp_path / "pickle.py").write_text("raise SystemExit(3)")
    command = [sys.executable, "-P", "-W", "error", str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("once\nNONE\n", "")


@posix_only
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_process_outlives_its_program(how: signal.Signals) -> None:
    command = [sys.executable, "-c", program(YEAR, wait=True)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, start_new_session=True, **pipes) as running:
        assert running.stdout
        assert running.stdout.readline() == "once\n"
        pid = int(running.stdout.readline())
        assert not is_gone(pid)
        os.killpg(running.pid, how)  # as a terminal does
        running.wait(30)
    eventually(lambda: is_gone(pid))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_neither_ends_nor_keeps_a_process() -> None:
    with Emulator() as emulator, Platform(emulator) as platform:
        platform.submit(NEPTUNE, YEAR)
        pid = computing(emulator)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(write)
            emulator.close()
            os.read(read, 1)
            os._exit(0)
        os.close(read)
        assert not is_gone(pid)
        process = next(iter(emulator._processes._busy))
        process._popen.stdin.close()  # type: ignore[union-attr]
        eventually(lambda: is_gone(pid))  # although the child lives
        os.close(write)
        os.waitpid(child, 0)


def test_a_process_imports_no_server() -> None:
    command = "import okapi_sdk.emulator.protocol.worker_process, json, sys; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert not {"starlette", "uvicorn", "asyncio", "httpx", "pydantic"} & set(json.loads(done.stdout))


def test_iterators_are_written_as_lists() -> None:
    value = {"a": [1], "b": iter(({"x": 1}, {"y": "2"})), "c": {"d": iter(())}, "e": 0.5}
    assert json.loads(write_long_json(value)) == {"a": [1], "b": [{"x": 1}, {"y": "2"}], "c": {"d": []}, "e": 0.5}
    with pytest.raises(TypeError, match="set is not a value of JSON"):
        write_long_json({"a": {1}})
