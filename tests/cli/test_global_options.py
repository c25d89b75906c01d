"""The global options: before, between and after the names of every command."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import click
import pytest

from okapi_sdk.cli.app import okapi
from okapi_sdk.cli.commands import GLOBAL
from okapi_sdk.emulator import Emulator
from tests.cli.support import PASSES, PROPAGATE, at, process, run
from tests.support.cases import ISS
from tests.support.faults import FaultServer, hang, reply

STALE = [*PASSES[: PASSES.index("--from")], "--from", "2018-10-07T18:00Z", "--to", "+6h"]


def leaves(command: click.Command, context: click.Context) -> Iterator[click.Command]:
    if not isinstance(command, click.Group):
        yield command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, click.Context(found, parent=context))


def test_every_command_has_them_and_lists_them_last() -> None:
    context = click.Context(okapi, info_name="okapi")
    commands = list(leaves(okapi, context))
    assert len(commands) > 25
    for command in commands:
        assert set(GLOBAL) <= set(command.params), command.name
        text = command.get_help(click.Context(command, parent=context))
        assert text.index("Global options:") > text.index("--help"), command.name


@pytest.mark.parametrize(
    "arguments",
    [
        ["--emulator", "satellites", "list"],
        ["satellites", "--emulator", "list"],
        ["satellites", "list", "--emulator"],
        ["-q", "--timeout", "20", "satellites", "--emulator", "list"],
    ],
)
def test_they_may_stand_anywhere(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.exit_code, len(json.loads(done.stdout))) == (0, 20)


def test_a_command_that_sends_nothing_takes_them_too() -> None:
    before, after = run("--emulator", "tle", "check", "-"), run("tle", "check", "-", "--environment", "staging")
    assert before.stdout == after.stdout == run("tle", "check", "-").stdout != ""


def test_the_last_one_counts(emulator: Emulator) -> None:
    done = run("--emulator-port", "1", "--timeout", "1e-9", *PASSES, *at(emulator.base_url), "--timeout", "60")
    assert (done.exit_code, len(json.loads(done.stdout))) == (0, 2)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--environment", "staging", *PASSES, "--emulator"], "--emulator and --environment cannot be combined"),
        (["--timeout", "0", "satellites", "list", "--emulator"], "--timeout: a number of seconds greater than 0"),
        (["-q", "satellites", "list", "--emulator", "--verbose"], "--quiet and --verbose cannot be combined"),
        (["--emulator", "requests", "status", "a/b"], "--emulator: a new emulator has no earlier calculations"),
        (["--emulator", *PROPAGATE, "--no-wait"], "--emulator: with --no-wait, the calculation would end"),
        (["--emulator"], "Missing command"),
    ],
)
def test_what_does_not_fit_is_2_and_one_line(arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert told in done.stderr


def test_quiet_prints_the_rows_and_nothing_else() -> None:
    loud, quiet = (run(*STALE, "--emulator", "--output", "table", *more) for more in ((), ("--quiet",)))
    assert "warning" in loud.stderr
    assert quiet.stderr == ""
    assert quiet.stdout == "".join(line + "\n" for line in loud.stdout.splitlines()[1:-1])


def test_quiet_watches_without_a_word(tmp_path: object) -> None:
    watch = ["--emulator", "-q", "conjunctions", "watch", "--state", f"{tmp_path}/s", "--output", "table"]
    assert run(*watch).exit_code == 10
    assert "new" in run(*watch[:-4], "--state", f"{tmp_path}/t", "--output", "table").stdout
    again = run(*watch)
    assert (again.exit_code, again.output) == (0, "")


def test_quiet_fails_loudly() -> None:
    done = run("-q", *PASSES)
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)


def test_verbose_shows_each_call_on_stderr_and_each_warning_once() -> None:
    log = logging.getLogger("okapi_sdk")
    before = log.level, list(log.handlers)
    done = run("--verbose", *STALE, "--emulator")
    assert done.exit_code == 0
    json.loads(done.stdout)
    assert "okapi: POST predict-passes/sgp4/requests: 202" in done.stderr
    assert done.stderr.count("okapi: warning: ") == 1
    kept = [handler for handler in log.handlers if not isinstance(handler, logging.NullHandler)]
    assert (log.level, kept) == (before[0], [one for one in before[1] if not isinstance(one, logging.NullHandler)])


def test_the_timeout_limits_each_response_of_other_commands() -> None:
    with FaultServer([hang] * 9) as server:
        done = run("satellites", "list", *at(server.url), "--timeout", "0.05")
    assert (done.exit_code, done.stdout) == (5, "")


def test_the_timeout_of_a_wait_does_not_limit_the_submit(emulator: Emulator) -> None:
    emulator.processing_time = 3600
    done = run("--timeout", "1e-6", *PASSES, *at(emulator.base_url))
    assert (done.exit_code, len(emulator.calculations)) == (4, 1)


def test_environments_are_completed() -> None:
    done = process(_OKAPI_COMPLETE="bash_complete", COMP_WORDS="okapi --environment st", COMP_CWORD="2")
    assert done.stdout.split() == ["plain,staging"]
    after = process(_OKAPI_COMPLETE="bash_complete", COMP_WORDS="okapi satellites list --em", COMP_CWORD="3")
    assert after.stdout.split() == ["plain,--emulator", "plain,--emulator-port"]


def test_a_submission_without_a_wait_prints_its_reference(emulator: Emulator) -> None:
    there = at(emulator.base_url)
    done = run(*PROPAGATE, "--no-wait", *there, stdin=ISS)
    assert (done.exit_code, done.stderr) == (0, "")
    (reference,) = done.stdout.splitlines()
    later = run("requests", "result", reference, *there)
    assert later.stdout == run(*PROPAGATE, *there).stdout


def test_nothing_is_waited_for_with_no_wait() -> None:
    with FaultServer([reply(202, {"request_id": "r1"})]) as server:
        done = run(*PASSES, "--no-wait", *at(server.url))
        assert [request.method for request in server.requests] == ["POST"]
    assert done.stdout == "predict-passes/sgp4/r1\n"
