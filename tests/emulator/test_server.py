from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support import plain

from . import samples
from .conftest import Platform, credentials

PASSES = "predict-passes/sgp4"


def address(emulator: Emulator) -> tuple[str, int]:
    url = httpx.URL(emulator.base_url)
    return url.host, url.port or 0


def test_starting_and_closing_twice_does_no_harm() -> None:
    emulator = Emulator()
    emulator.close()
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = emulator.base_url
    with emulator as same:
        assert same is emulator is emulator.start()
        assert emulator.token_url == emulator.base_url + "/oauth/token"
        assert emulator.base_url.removeprefix("http://") in repr(emulator)
    emulator.close()
    with pytest.raises(httpx.ConnectError):
        plain.get(emulator.base_url)
    with pytest.raises(RuntimeError, match="closed"):
        emulator.start()


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    with Emulator():
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


HEAD = " HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {}\r\n"
OPEN = {
    "nothing": "",
    "half a head": "GET / HT",
    "half a body": "POST /oauth/token" + HEAD + "Content-Length: 9\r\n\r\n{{",
    "answered": "GET /" + HEAD + "\r\n",
}


@pytest.mark.parametrize("kind", OPEN)
def test_close_does_not_wait_for_open_connections(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    times = []
    for _ in range(5):  # the best counts: a busy machine is slow at times
        with Emulator() as emulator, socket.create_connection(address(emulator)) as connection:
            connection.settimeout(5)
            connection.sendall(OPEN[kind].format(address(emulator)[1], "").encode())
            if kind == "answered":
                assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
            assert plain.get(emulator.base_url).status_code == 200  # so the other has arrived
            began = time.monotonic()
            emulator.close()
            times.append(time.monotonic() - began)
            while connection.recv(65536):
                pass
    assert min(times) < 0.05
    assert caplog.records == []


def test_close_ends_calls_that_wait_for_a_calculation(caplog: pytest.LogCaptureFixture) -> None:
    busy = threading.Event()
    with Emulator(clock=InstantClock()) as emulator, Platform(emulator) as platform:
        for _ in range(2):
            emulator._workers.submit(lambda: busy.wait(30))
        id_ = platform.submit(PASSES, samples.passes())
        with socket.create_connection(address(emulator)) as waiting:
            waiting.settimeout(5)
            head = HEAD.format(address(emulator)[1], platform.http.headers["authorization"])
            waiting.sendall(f"GET /{PASSES}/results/{id_}/simple{head}\r\n".encode())
            assert plain.get(emulator.base_url).status_code == 200  # so the other has arrived
            began = time.monotonic()
            emulator.close()
            assert time.monotonic() - began < 5
            assert waiting.recv(1) == b""
        assert not busy.is_set()
        busy.set()
    assert caplog.records == []


def test_the_port_is_free_at_once() -> None:
    port = 0
    for _ in range(20):
        with Emulator(port=port) as again, Platform(again):
            assert port in (0, address(again)[1])
            port = address(again)[1]


def test_a_port_that_is_taken_is_named() -> None:
    with Emulator() as emulator:
        port = httpx.URL(emulator.base_url).port or 0
        with pytest.raises(OSError, match="in use") as caught:
            Emulator(port=port).start()
        assert f"127.0.0.1:{port}" in caught.value.__notes__[0]
    with Emulator(port=port) as again:
        assert plain.get(again.base_url).status_code == 200


def test_two_emulators_know_nothing_of_each_other(emulator: Emulator, platform: Platform) -> None:
    with Emulator() as other:
        answer = plain.get(other.base_url + "/predict-passes/sgp4/results/a/simple", headers=platform.http.headers)
        assert answer.status_code in (401, 421)
        assert other.base_url != emulator.base_url


def test_calls_are_recorded_without_secrets(emulator: Emulator, platform: Platform) -> None:
    token = platform.http.headers["authorization"].removeprefix("Bearer ")
    platform.http.get("/nowhere%20else?x=1", headers={"access_token": token, "Cookie": "a=b", "X-Test": "1"})
    sign_in, call = emulator.calls
    assert (sign_in.method, sign_in.path, sign_in.status_code) == ("POST", "/oauth/token", 200)
    assert (call.method, call.path, call.status_code) == ("GET", "/nowhere%20else", 404)
    assert call.headers["x-test"] == "1"
    assert not call.headers.keys() & {"authorization", "access_token", "cookie"}
    assert token not in repr(emulator.calls)
    assert emulator.password not in repr(emulator.calls)


def test_no_secret_is_logged(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "uvicorn.error"):
        with Platform(emulator) as platform:
            platform.calculate(PASSES, samples.passes(), "summary")
    written = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert emulator.password not in str(written)
    assert platform.http.headers["authorization"].removeprefix("Bearer ") not in str(written)


def test_it_answers_while_it_computes() -> None:
    with Emulator() as emulator, Platform(emulator) as platform:
        id_ = platform.submit(PASSES, samples.passes(end="2018-11-05T18:00:00Z"))
        assert platform.http.get(f"/{PASSES}/results/{id_}/simple").status_code == 202
        began = time.monotonic()
        assert platform.http.get("/").status_code == 200
        assert time.monotonic() - began < 0.5


def test_many_clients_at_once(platform: Platform) -> None:
    def calculate(hour: int) -> int:
        body = samples.passes(start=f"2018-08-07T{hour:02}:00:00Z", end="2018-08-08T00:00:00Z")
        return len(platform.calculate(PASSES, body, "summary")["passes"])

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(calculate, range(24)))
    assert counts == [calculate(hour) for hour in range(24)]


def test_a_ready_result_is_answered_at_once(platform: Platform) -> None:
    id_ = platform.submit(PASSES, samples.passes())
    times = []
    for _ in range(50):
        began = time.perf_counter()
        assert platform.http.get(f"/{PASSES}/results/{id_}/simple").status_code == 200
        times.append(time.perf_counter() - began)
    assert sorted(times)[12] < 0.005


def test_a_call_is_recorded_before_its_answer_arrives(emulator: Emulator) -> None:
    for number in range(1, 50):
        plain.post(emulator.token_url, json=credentials(emulator))
        assert len(emulator.calls) == number


@pytest.mark.parametrize("heavy", ["numpy", "skyfield", "sgp4"])
def test_the_astrodynamics_load_at_the_first_calculation(heavy: str) -> None:
    program = (
        f"from okapi_sdk.emulator import Emulator; import sys\nwith Emulator(): assert {heavy!r} not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_it_shares_no_code_with_the_client() -> None:
    program = """
import sys
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator import fleet
from okapi_sdk.emulator.services import add_ephemerides, check_orbit, estimate_risk, predict_passes, propagate_orbit
print(*(name for name in sys.modules if name.startswith("okapi_sdk.") and not name.startswith("okapi_sdk.emulator")))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    shared = ("okapi_sdk._version", "okapi_sdk.catalogue", "okapi_sdk.settings", "okapi_sdk.errors", "okapi_sdk.text",
              "okapi_sdk.scalars", "okapi_sdk.packages")  # fmt: skip
    assert all(name.startswith(shared) for name in done.stdout.split())
