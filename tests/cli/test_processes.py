"""The command as a process: its start, a terminal, pipes, and Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from okapi_sdk import Conjunctions, OkapiClient, __version__
from okapi_sdk.cli.app import okapi
from okapi_sdk.emulator import Emulator
from tests.cli.support import OKAPI, PASSES, at, environment, process
from tests.support.cases import ISS

posix = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal and POSIX signals")
HEAVY = ("pydantic", "httpx", "tenacity", "rich", "skyfield", "numpy", "uvicorn", "asyncio")


@pytest.fixture
def slow() -> Iterator[Emulator]:
    """An emulator in real time whose calculations take longer than any test."""
    with Emulator(processing_time=3600) as running:
        yield running


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import sys; from okapi_sdk.cli.app import okapi; okapi(['{}'], standalone_mode=False); "
        "print([name for name in sys.argv[1:] if name in sys.modules])"
    )
    for option, shown in (("--help", "Exit codes"), ("--version", f"okapi-sdk {__version__}")):
        command = [sys.executable, "-c", code.format(option), *HEAVY]
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
        assert shown in done.stdout
        assert done.stdout.endswith("\n[]\n")


def test_the_help_lists_every_command_as_it_names_itself() -> None:
    context = click.Context(okapi)
    shown = process("--help").stdout
    for name in okapi.list_commands(context):
        command = okapi.get_command(context, name)
        assert command is not None
        assert re.search(rf"^  {name} +{re.escape(command.get_short_help_str(100))}$", shown, re.MULTILINE)


def test_help_loads_nothing_that_takes_long() -> None:
    # `nox -s bench` measures the time.
    code = (
        "import sys; from okapi_sdk.cli.app import okapi; okapi(['--help'], standalone_mode=False); "
        "sys.exit(sorted({'httpx', 'pydantic', 'numpy', 'rich', 'asyncio', 'starlette'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_process_prints_json_in_a_pipe() -> None:
    done = process(*PASSES, "--emulator")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == 2


def test_a_failure_has_no_traceback() -> None:
    done = process(*PASSES)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    # As where neither is installed: a finder in front of the others hides them.
    hide = "import sys\nfrom importlib.machinery import PathFinder\n" + (
        "class Hide(PathFinder):\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        return None if name in ('click', 'rich') else PathFinder.find_spec(name, path, target)\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if f is not PathFinder] + [Hide]\n"
        "from okapi_sdk.cli import main\nmain()\n"
    )
    script = tmp_path / "hidden.py"
    script.write_text(hide)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment())
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith('okapi: click and rich not installed; pip install "okapi-sdk[cli]", ')
    assert done.stderr.endswith('pip install ".[cli]"\n')
    version = subprocess.run([sys.executable, script, "--version"], capture_output=True, text=True, env=environment())
    assert (version.returncode, version.stdout) == (0, f"okapi-sdk {__version__}\n")


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "okapi_sdk", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.startswith("Usage: okapi ")


@pytest.mark.parametrize(
    ("shell", "line"), [("bash", "complete -o nosort"), ("zsh", "#compdef okapi"), ("fish", "okapi")]
)
def test_completion_scripts(shell: str, line: str) -> None:
    done = process("completion", shell)
    assert (done.returncode, line in done.stdout) == (0, True)


def test_completion_completes() -> None:
    done = process(_OKAPI_COMPLETE="bash_complete", COMP_WORDS="okapi requests ", COMP_CWORD="2")
    assert done.stdout.split() == ["plain,list", "plain,result", "plain,status", "plain,wait"]


def read_terminal(master: int) -> str:
    """What is on a terminal until all of its programs have ended."""
    found = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # how Linux says that nobody holds the other end
            part = b""
        if not part:
            os.close(master)
            return found.decode()
        found += part


@posix
def test_a_terminal_gets_a_table_and_a_line_while_it_waits() -> None:
    import pty

    with Emulator(processing_time=1) as running:
        master, slave = pty.openpty()
        command = subprocess.Popen(
            [*OKAPI, *PASSES, *at(running.base_url)],
            stdin=subprocess.PIPE, stdout=slave, stderr=slave, env=environment(COLUMNS="80", TERM="xterm"),
        )  # fmt: skip
        os.close(slave)
        assert command.stdin is not None
        with command.stdin as pipe:
            pipe.write(ISS.encode())
        seen = read_terminal(master)
        assert command.wait(30) == 0
        ref = f"predict-passes/sgp4/{running.calculations[0].id}"
    assert re.search(rf"0:00:0\d.*running: {ref}", seen)
    table = seen[seen.rindex("start") :]
    assert "2018-08-07 19:01:13" in table
    assert "running" not in table
    assert "2 passes, computed by the emulator" in table


def interrupted(*arguments: object, until: int, emulator: Emulator) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command that is interrupted after the emulator has had so many calls."""
    command = subprocess.Popen(
        [*OKAPI, *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    assert command.stdin is not None
    command.stdin.write(ISS)
    command.stdin.flush()
    command.stdin.close()
    command.stdin = None
    while sum("/results/" in call.path for call in emulator.calls) < until and command.poll() is None:
        time.sleep(0.01)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=30)
    return command.returncode, out, err


@posix
def test_ctrl_c_leaves_the_reference_on_stderr(slow: Emulator) -> None:
    there = at(slow.base_url)
    code, out, err = interrupted(*PASSES, *there, until=1, emulator=slow)
    ref = f"predict-passes/sgp4/{slow.calculations[0].id}"
    told = f"okapi: interrupted; fetch its result with: okapi requests result {ref} {' '.join(there)}\n"
    assert (code, out, err) == (130, "", told)
    assert interrupted("requests", "wait", ref, *there, until=2, emulator=slow) == (130, "", told)


@posix
def test_ctrl_c_ends_the_emulator() -> None:
    command = subprocess.Popen(
        [*OKAPI, "emulator", "--port", "0", "--processing-time", "0.1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    assert command.stdout is not None
    told = "".join(iter(command.stdout.readline, "From Python:\n"))
    found = re.search(r"http://127\.0\.0\.1:\d+", told)
    assert found is not None
    done = process(*PASSES, *at(found[0]))
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=30)
    assert (done.returncode, command.returncode, err) == (0, 0, "")
    assert "token URL  " + found[0] + "/oauth/token" in told
    assert out.endswith("The emulator has stopped.\n")


@posix
def test_an_emulator_with_a_fleet_serves_other_programs() -> None:
    command = subprocess.Popen(
        [*OKAPI, "emulator", "--port", "0", "--fleet", "--at", "2026-11-28T06:00Z"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    assert command.stdout is not None
    told = "".join(iter(command.stdout.readline, "From Python:\n"))
    base_url, token_url = re.findall(r"http://127\.0\.0\.1:\d+\S*", told)[-2:]
    where = {"base_url": base_url, "token_url": token_url}
    with OkapiClient(Emulator.username, Emulator.password, **where) as client:
        found = [conjunction.sat1_name for conjunction in client.list(Conjunctions())]
    command.send_signal(signal.SIGINT)
    _, err = command.communicate(timeout=30)
    assert (len(found), found[0], err) == (12, "EMULATOR SAT 1", "")


def test_a_warning_about_the_input_is_shown_once() -> None:
    # The log of a process without handlers goes to stderr too.
    late = [*PASSES[: PASSES.index("--from")], "--from", "2018-10-07T18:00Z", "--to", "+6h"]
    done = process(*late, "--emulator")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)


@posix
def test_a_pipe_closed_early_is_not_reported_as_a_failure() -> None:
    command = f"{' '.join(OKAPI)} propagate --tle - --to +5d --emulator | head -n 1"
    done = subprocess.run(["sh", "-c", command], input=ISS, capture_output=True, text=True, env=environment())
    assert (done.stdout, done.stderr) == ("[\n", "")
