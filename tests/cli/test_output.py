"""Output that cannot be written, hostile text on a terminal, and options that are checked before anything is sent."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from okapi_sdk.emulator import Emulator
from tests.cli.support import OKAPI, PASSES, PROPAGATE, at, environment, process, run
from tests.support.cases import ISS
from tests.support.faults import FaultServer, reply

EVIL = "\x1b]0;owned\x07\x1b[2J\x1b[31mEVIL\u202e\x9b2J"
SIGNS = (b"\x1b]0;", b"\x1b[2J", b"\xc2\x9b", "\u202e".encode())
REFERENCE = "predict-passes/sgp4/r1"


def in_shell(redirection: str, *arguments: str, **changes: str) -> tuple[int, list[str], str]:
    """Exit code, lines on stderr, and stdout of a process whose output the shell redirects."""
    command = ["/bin/sh", "-c", f'"$@" {redirection}', "sh", *OKAPI, *arguments]
    done = subprocess.run(command, input=ISS, capture_output=True, text=True, timeout=60, env=environment(**changes))
    return done.returncode, done.stderr.splitlines(), done.stdout


@pytest.mark.parametrize("form", ["json", "table", "csv"])
@pytest.mark.parametrize(
    ("redirection", "told"),
    [("> /dev/full", "the output cannot be written: No space left"), (">&-", "stdout is closed")],
)
def test_output_that_cannot_be_written_is_one_line_and_no_success(form: str, redirection: str, told: str) -> None:
    code, lines, _ = in_shell(redirection, *PASSES, "--emulator", "--output", form)
    assert code == 1
    assert len(lines) == 1
    assert told in lines[0]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["completion", "bash"]])
def test_help_that_cannot_be_written_is_one_line_and_no_success(arguments: list[str]) -> None:
    code, lines, _ = in_shell("> /dev/full", *arguments)
    assert (code, len(lines)) == (1, 1)
    assert "the output cannot be written" in lines[0]


def test_a_closed_pipe_is_one_line_and_no_success() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(
            [*OKAPI, *PROPAGATE, "--emulator"],
            input=ISS.encode(), stdout=pipe, stderr=subprocess.PIPE, timeout=60, env=environment(),
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["okapi: the output cannot be written: Broken pipe"]


@pytest.mark.parametrize("arguments", [PASSES, PROPAGATE])
def test_an_ascii_terminal_gets_a_table(arguments: list[str]) -> None:
    table = [*arguments, "--emulator", "--output", "table"]
    code, lines, shown = in_shell("", *table, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (code, lines) == (0, [])
    assert shown.isascii()
    assert shown.count("\n") >= 4


def on_terminal(*arguments: str, columns: int = 200) -> bytes:
    process, terminal = pty.fork()
    if process == 0:
        os.execve(sys.executable, [*OKAPI, *arguments], environment(TERM="xterm", COLUMNS=str(columns)))
    shown = b""
    try:
        while chunk := os.read(terminal, 65536):
            shown += chunk
    except OSError:  # the process has ended
        pass
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    return shown


RESULT, STATUS = ["requests", "result", REFERENCE], ["requests", "status", REFERENCE]
DOORS: dict[str, tuple[list[str], int, Any]] = {
    "warning": (RESULT, 200, {"status": {"type": "WARNING", "text": EVIL}, "passes": []}),
    "status": (STATUS, 202, {"status": {"type": "REMARK", "text": EVIL}}),
    "type of a status": (STATUS, 202, {"status": {"type": EVIL, "text": "x"}}),
    "progress": (["requests", "wait", REFERENCE, "--timeout", "1"], 202, {"status": {"type": "REMARK", "text": EVIL}}),
    "cell": (RESULT, 200, {"passes": [{"note": EVIL, "b": 1}]}),
    "title": (RESULT, 200, {"passes": [{EVIL: 1}]}),
    "json": ([*RESULT, "--output", "json"], 200, {"passes": [{"note": EVIL}]}),
    "csv": ([*RESULT, "--output", "csv"], 200, {"passes": [{"note": EVIL}]}),
    "csv header": ([*RESULT, "--output", "csv"], 200, {"passes": [{EVIL: 1}]}),
    "fatal": (RESULT, 200, {"status": {"type": "FATAL", "text": EVIL}}),
    "error": (RESULT, 400, {"message": EVIL}),
    "problems": (RESULT, 422, {"errors": {EVIL: EVIL}}),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_control_character_of_the_platform_reaches_the_terminal(door: str) -> None:
    arguments, status, body = DOORS[door]
    with FaultServer([reply(status, body)] * 20) as server:
        shown = on_terminal(*arguments, *at(server.url))
    assert b"EVIL" in shown
    assert [sign for sign in SIGNS if sign in shown] == []


def test_nothing_is_cut_off_on_a_narrow_terminal(emulator: Emulator) -> None:
    id = "12bc5b59-a00e-5531-af48-79a8eeaeb670"
    risk = {"tca": "2026-11-29T09:57:00Z", "miss_distance": 1432098.648, "criticality": "non_critical"}
    names = {"sat1_name": "COSMOS 2251 DEBRIS FRAGMENT WITH A VERY LONG NAME", "sat2_name": "短い名前"}
    emulator.put("conjunctions", [{"conjunction_id": id, **names, "newest_risk_estimation": risk}])
    arguments = ["conjunctions", "list", "--from", "2026-11-28T06:00Z", *at(emulator.base_url)]
    lines = re.sub("\x1b\\[[0-9;]*m", "", on_terminal(*arguments, columns=80).decode()).splitlines()
    assert max(map(cell_len, lines)) <= 80
    shown = "".join("".join(lines).split())
    assert "…" not in shown
    assert all(word in shown for word in ("1432098.648", id[:34], "NAME", "短い名前"))


def test_a_csv_file_holds_the_data_as_sent() -> None:
    with FaultServer([reply(200, {"passes": [{"note": "a\tb  c\u202e"}]})] * 3) as server:
        done = run(*RESULT, "--output", "csv", *at(server.url))
    assert "a\tb  c\u202e" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--timeout", "-1"], "--timeout: a number of seconds greater than 0 and at most 31622400, not -1"),
        (["--timeout", "nan"], "--timeout: a number of seconds greater than 0 and at most 31622400, not nan"),
        (["--timeout", "inf"], "--timeout: a number of seconds greater than 0 and at most 31622400, not inf"),
        (["--min-elevation", "nan"], "--min-elevation: a number from -90 to 90, not nan"),
        (["--min-elevation", "91"], "--min-elevation: a number from -90 to 90, not 91"),
    ],
)
def test_options_are_checked_before_anything_is_sent(arguments: list[str], told: str) -> None:
    with FaultServer([reply(200, {})]) as server:
        done = run(*PASSES, *arguments, *at(server.url))
        assert (server.requests, server.sign_ins) == ([], 0)
    assert (done.exit_code, done.stderr.strip()) == (2, f"okapi: {told}")


def test_a_file_without_an_end_is_refused() -> None:
    done = process("propagate", "--tle", "/dev/zero", "--to", "+1h", "--emulator")
    assert done.returncode == 2
    assert done.stderr == "okapi: --tle: at most 1,048,576 characters; the file has more\n"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    done = run("propagate", "--tle", tmp_path, "--to", "+1h", "--emulator")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
