"""The emulator as a guest: the process that starts it keeps its loggers, loops, environment and end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from okapi_sdk import InputError, OkapiClient
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.protocol.workers import Workers
from tests.support import plain

from . import samples
from .conftest import Platform

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
# From 3.12 on, Python warns of a fork beside threads: that is what is tested here.
forks = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def run(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own, which must end within a minute."""
    environment = {**os.environ, **variables}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def port_of(emulator: Emulator) -> int:
    return int(emulator.base_url.rpartition(":")[2])


def test_loggers_of_the_users_own_server_stay_as_they_are() -> None:
    done = run("""
import io, logging, logging.config
import uvicorn

uvicorn.Config("app:app").configure_logging()
before = {name: (logger.level, logger.propagate, logger.disabled, list(logger.handlers))
          for name, logger in logging.root.manager.loggerDict.items() if isinstance(logger, logging.Logger)}
written = io.StringIO()
for name in ("uvicorn", "uvicorn.access"):
    for handler in logging.getLogger(name).handlers:
        handler.setStream(written)

from okapi_sdk.emulator import Emulator
import urllib.request

with Emulator() as emulator:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(emulator.base_url).close()
for name, state in before.items():
    logger = logging.getLogger(name)
    assert state == (logger.level, logger.propagate, logger.disabled, logger.handlers), name
assert written.getvalue() == "", written.getvalue()
""")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("value", ["", "x", "4"])
@pytest.mark.parametrize("name", ["WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS"])
def test_variables_of_other_servers_are_not_read(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with Emulator() as emulator:
        assert plain.get(emulator.base_url).status_code == 200


@pytest.mark.parametrize("name", ["run", "Runner", "new_event_loop", "get_event_loop"])
def test_asyncio_may_be_patched(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError(f"asyncio.{name} belongs to the user")

    monkeypatch.setattr(asyncio, name, fail)
    with Emulator() as emulator:
        assert plain.get(emulator.base_url).status_code == 200


def test_signal_handlers_stay_as_they_are() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Emulator() as emulator:
        plain.get(emulator.base_url)
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


KEPT_OPEN = {
    "a fixture that is not finished": "kept = fixture(); next(kept)",
    "never closed": "emulator = Emulator().start()",
    "held by a cycle": "emulator = Emulator().start(); emulator.self = emulator; del emulator",
}


@pytest.mark.parametrize("kind", KEPT_OPEN)
def test_the_interpreter_ends_although_nobody_closed(kind: str) -> None:
    done = run(f"""
from okapi_sdk.emulator import Emulator

def fixture():
    with Emulator() as emulator:
        yield emulator

{KEPT_OPEN[kind]}
""")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_interpreter_does_not_wait_for_calculations() -> None:
    done = run("""
import time
from datetime import timedelta
from okapi_sdk import OkapiClient, PropagateOrbit, Tle
from tests.emulator.samples import ISS

tle = Tle.parse("\\n".join(ISS))
client = OkapiClient.emulated()
for _ in range(3):
    client.submit(PropagateOrbit(orbit=tle, end=tle.epoch + timedelta(days=11), settings={"output_step_size": 1}))
client.close()
print(time.time())
""")
    assert done.returncode == 0, done.stderr
    assert time.time() - float(done.stdout) < 5


@contextmanager
def forked(child: Callable[[], object]) -> Iterator[None]:
    """A child that calls `child` and then stays until the end of the block."""
    ready, ready_child = os.pipe()
    end_child, end = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(end)
        try:
            child()
            os.write(ready_child, b"!")
            os.read(end_child, 1)
        finally:
            os._exit(0)
    os.close(ready_child)
    try:
        assert os.read(ready, 1) == b"!"
        yield
    finally:
        for number in (end, end_child, ready):
            os.close(number)
        os.waitpid(process, 0)


@needs_fork
@forks
def test_a_forked_child_keeps_neither_port_nor_connections() -> None:
    with Emulator() as emulator:
        port = port_of(emulator)
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.settimeout(5)
            assert plain.get(emulator.base_url).status_code == 200  # so the other has arrived
            with forked(lambda: None):
                emulator.close()
                assert connection.recv(1) == b""
                with pytest.raises(ConnectionRefusedError):
                    socket.create_connection(("127.0.0.1", port), 5)
                with Emulator(port=port) as again:
                    assert plain.get(again.base_url).status_code == 200


@needs_fork
@forks
def test_a_forked_child_does_not_close_the_emulator_of_its_parent() -> None:
    with Emulator() as emulator, forked(emulator.close):
        assert plain.get(emulator.base_url).status_code == 200


def test_close_ends_although_the_loop_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okapi_sdk.emulator.protocol.http_server._LONGEST_STOP", 0.1)
    busy, entered = threading.Event(), threading.Event()
    emulator = Emulator().start()
    server = emulator._server
    assert server is not None

    def hold() -> None:
        entered.set()
        busy.wait(30)

    server._loop.call_soon_threadsafe(hold)
    assert entered.wait(10)
    emulator.close()
    assert not busy.is_set()
    busy.set()
    server._thread.join(10)
    assert not server._thread.is_alive()


def test_it_can_be_closed_from_its_own_thread() -> None:
    emulator = Emulator().start()
    server = emulator._server
    assert server is not None
    server._loop.call_soon_threadsafe(emulator.close)
    server._thread.join(10)
    assert not server._thread.is_alive()
    assert not emulator.running


def test_workers_end_while_one_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okapi_sdk.emulator.protocol.workers._LONGEST_CLOSE", 0.1)
    busy = threading.Event()
    workers = Workers()
    running = [workers.submit(lambda: busy.wait(30)) for _ in range(2)]
    waiting = workers.submit(lambda: None)
    workers.close()
    assert waiting.cancelled()
    busy.set()
    assert [future.result(10) for future in running] == [True, True]


def test_a_reset_ends_the_calculations_before_it() -> None:
    with Emulator() as emulator:
        with Platform(emulator) as platform:
            for _ in range(2):
                end = samples.epoch(samples.ISS).replace(day=17)
                platform.submit("propagate-orbit/sgp4", samples.propagation(samples.ISS, end, 1))
        emulator.reset()
        began = time.monotonic()
        emulator._workers.submit(lambda: None).result(30)
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("port", ["8800", 65_536, -1, 1.0, True, None])
def test_a_port_that_is_none_is_refused(port: Any) -> None:
    with pytest.raises(InputError) as caught:
        Emulator(port=port)
    assert (caught.value.field, caught.value.rule) == ("port", "a whole number from 0 to 65,535")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("processing_time", float("nan")),
        ("processing_time", "1"),
        ("token_lifetime", float("inf")),
        ("rows_per_part", 1.5),
        ("rows_per_part", "10"),
    ],
)
def test_settings_that_are_no_numbers_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        Emulator(**{name: value})
    assert caught.value.field == name


def test_a_client_needs_an_emulator_that_runs() -> None:
    emulator = Emulator()
    with pytest.raises(InputError, match="start one: with Emulator"):
        OkapiClient.emulated(emulator)
    with emulator, OkapiClient.emulated(emulator):
        assert emulator.running
    with pytest.raises(InputError, match="a closed emulator cannot be started again"):
        OkapiClient.emulated(emulator)
