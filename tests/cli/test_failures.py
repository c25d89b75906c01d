"""Every failure: its exit code, and one line with the remedy."""

from __future__ import annotations

import socket
import sys
from functools import partialmethod
from pathlib import Path

import pytest
from click.testing import Result

from okapi_sdk.cli.failures import EXIT_CODES
from okapi_sdk.emulator import Emulator
from tests.cli.support import EVENING, PASSES, PROPAGATE, at, run
from tests.support.cases import ISS
from tests.support.faults import FaultServer, hang_up, reply


def one_line(done: Result) -> str:
    """What is on stderr, when that is one line and stdout is empty."""
    assert done.stdout == ""
    assert done.stderr.startswith("okapi: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def changed(option: str, value: str) -> list[str]:
    """The arguments of `PASSES` with another value of one option."""
    arguments = list(PASSES)
    arguments[arguments.index(option) + 1] = value
    return arguments


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["passes", *EVENING], "Missing option '--tle'"),
        (["passes", "--nonsense"], "see okapi passes --help"),
        (["nonsense"], "No such command 'nonsense'"),
        (["--nonsense"], "see okapi --help"),
        (["requests", "wait"], "Missing argument 'REFERENCE'"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
        (changed("--tle", "/no/such/file"), "No such file"),
        (changed("--lat", "north"), "'--lat': 'north' is not a valid float"),
        (changed("--lat", "95"), "--lat: between -90 and 90 degrees, not 95.0: check whether latitude and"),
        (changed("--lat", "nan"), "--lat: a finite number"),
        (changed("--lon", "190"), "--lon: between -180 and 180 degrees, not 190.0: use -170"),
        (changed("--height", "9999999"), "--height: a number of metres between -500 and 9000"),
        (changed("--from", "2018-08-07T18:00"), "--from: a time with a UTC offset, not '2018-08-07T18:00': append Z"),
        (changed("--from", "yesterday"), "--from: an ISO 8601 time with a time zone"),
        (changed("--to", "2018-08-07T17:00Z"), "--to: at least a millisecond after the start, 2018-08"),
        (changed("--to", "+6"), "'--to': '+6' is not a duration; write for example +90m, +6h or +2d"),
        (changed("--to", "6h"), "'--to': '6h' is not a duration; write for example +90m, +6h or +2d"),
        (changed("--to", "1.5 d"), "'--to': '1.5 d' is not a duration"),
        (changed("--to", "+0h"), "--to: a positive"),
        (changed("--to", "+999999d"), "--to: "),
        ([*PASSES, "--step", "0"], "--step: greater than 0, not 0"),
        ([*PASSES, "--timeout", "0", "--emulator"], "--timeout: a number of seconds greater than 0"),
        ([*PASSES, "--emulator", "--environment", "staging"], "--emulator and --environment cannot be combined"),
        ([*PASSES, "--emulator-port", "0"], "'--emulator-port': 0 is not in the range"),
        ([*changed("--to", "+9999d"), "--step", "1"], "set --step to"),
        ([*PROPAGATE[:4], "2018-08-05T00:00Z"], "--to: a time after the epoch of the orbit"),
        ([*PROPAGATE[:4], "+999999d"], "--to: a time between 1958 and 2099"),
        (["requests", "wait", "nonsense", "--emulator-port", "8800"], "REFERENCE: a reference as printed by str(ref)"),
    ],
)  # fmt: skip
def test_bad_input_is_2_and_names_the_option(arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert told in one_line(done)
    assert done.exit_code == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ISS.replace("9993", "9994"), "--tle: line 2 of the text: line 1, column 69: checksum is 4, expected 3"),
        (ISS.splitlines()[1], "--tle: "),
        ("", "--tle: "),
        (b"\xff\xfe1 25544U", "--tle: the file is not UTF-8 text"),
    ],
)
def test_a_bad_tle_is_2(text: str | bytes, told: str) -> None:
    done = run(*PASSES, "--emulator", stdin=text)
    assert told in one_line(done)
    assert done.exit_code == 2


def test_without_credentials_it_is_3_and_names_the_way_offline() -> None:
    done = run(*PASSES)
    assert done.exit_code == 3
    assert "OKAPI_USERNAME with OKAPI_PASSWORD" in one_line(done)
    assert done.stderr.endswith("add --emulator\n")
    assert "--emulator-port 8800, with okapi emulator in another terminal" in one_line(run("requests", "wait", "a/b"))


def test_an_unknown_environment_is_3() -> None:
    done = run(*PASSES, "--environment", "prod")
    assert (done.exit_code, "Use one of production, staging" in one_line(done)) == (3, True)
    assert "Environment " not in done.stderr


def test_a_refused_sign_in_is_3() -> None:
    with FaultServer([hang_up], sign_in=reply(403, {"error": "invalid_grant"})) as server:
        done = run(*PASSES, *at(server.url))
    assert done.exit_code == 3
    one_line(done)


def test_a_missing_emulator_is_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "okapi_sdk.emulator", None)
    for arguments in ([*PASSES, "--emulator"], [*PASSES, "--emulator-port", "8800"], ["emulator"]):
        done = run(*arguments)
        for command in ('pip install "okapi-sdk[emulator]"', 'pip install ".[emulator]"'):
            assert command in one_line(done)
        assert done.exit_code == 3


def test_a_port_in_use_is_3(emulator: Emulator) -> None:
    done = run("emulator", "--port", at(emulator.base_url)[1])
    assert (done.exit_code, "--port 0 picks a free one" in one_line(done)) == (3, True)


def test_a_failed_calculation_is_1(emulator: Emulator) -> None:
    emulator.next_calculation(status="FATAL", text="The orbit\nhas decayed")
    done = run(*PASSES, *at(emulator.base_url))
    assert (done.exit_code, "The orbit has decayed" in one_line(done)) == (1, True)


def test_an_error_of_the_platform_is_1(emulator: Emulator) -> None:
    emulator.fail_next(422, path="/requests", body={"status": {"type": "FATAL", "text": "No such body"}})
    done = run(*PASSES, *at(emulator.base_url))
    assert (done.exit_code, "No such body" in one_line(done)) == (1, True)
    unknown = run("requests", "status", "predict-passes/sgp4/nobody", *at(emulator.base_url))
    assert unknown.exit_code == 1
    assert "fetch its result" not in one_line(unknown)


def test_a_wait_that_is_over_is_4_and_says_how_to_go_on(emulator: Emulator) -> None:
    emulator.processing_time = 3600
    there = at(emulator.base_url)
    done = run(*PASSES, *there, "--timeout", "0.01")
    assert done.exit_code == 4
    ref = f"predict-passes/sgp4/{emulator.calculations[0].id}"
    assert one_line(done).endswith(f"fetch its result with: okapi requests result {ref} {' '.join(there)}\n")


def test_a_wait_for_an_own_emulator_does_not_promise_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Emulator, "__init__", partialmethod(Emulator.__init__, processing_time=3600))
    done = run(*PASSES, "--emulator", "--timeout", "0.01")
    assert (done.exit_code, "with it; for one that keeps running: okapi emulator" in one_line(done)) == (4, True)


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okapi_sdk.settings.SystemClock.sleep", lambda self, seconds: None)


@pytest.mark.usefixtures("_no_pauses")
def test_no_connection_is_5() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    done = run(*PASSES, "--emulator-port", port)
    assert (done.exit_code, f"okapi emulator --port {port}" in one_line(done)) == (5, True)


@pytest.mark.usefixtures("_no_pauses")
def test_a_submission_that_may_have_arrived_is_6(emulator: Emulator) -> None:
    emulator.fail_next(500, times=9, path="/requests", method="POST", body="<html>")
    done = run(*PASSES, *at(emulator.base_url))
    assert done.exit_code == 6
    one_line(done)


def test_every_exit_code_is_in_the_help() -> None:
    text = run("--help").stdout
    for code, meaning in EXIT_CODES.items():
        assert f"{code:>3}  {meaning}" in text


def test_a_directory_is_not_a_tle(tmp_path: Path) -> None:
    assert run(*changed("--tle", str(tmp_path))).exit_code == 2
