"""Conjunctions in the shell: list, show and watch, with the codes that cron sees."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from okapi_sdk.emulator import Emulator
from tests.cli.support import at, run

MORNING = datetime(2026, 11, 28, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def days() -> Iterator[list[str]]:
    """The options for the fleets of two consecutive days."""
    with Emulator(fleet=True, at=MORNING) as one, Emulator(fleet=True, at=MORNING + timedelta(days=1)) as two:
        yield [[*at(one.base_url), "--from", "2026-11-28T06:00Z"], [*at(two.base_url), "--from", "2026-11-29T06:00Z"]]


def test_list_in_every_form(days: list[list[str]]) -> None:
    everything = ("conjunctions", "list", *days[0])
    found = json.loads(run(*everything).stdout)
    times = [one["newest_risk_estimation"]["tca"] for one in found]
    assert len(found) == 12
    assert times == sorted(times)
    rows = list(csv.DictReader(io.StringIO(run(*everything, "--output", "csv").stdout)))
    assert [row["conjunction_id"] for row in rows] == [one["conjunction_id"] for one in found]
    table = run(*everything, "--output", "table").stdout.splitlines()
    assert table[-1] == "12 conjunctions from 2026-11-28 06:00 UTC for 3d, from the emulator"
    assert max(map(len, table)) <= 80


def test_list_critical_and_the_next_hours(days: list[list[str]]) -> None:
    critical = json.loads(run("conjunctions", "list", *days[0], "--critical").stdout)
    assert {one["criticality"] for one in critical} == {"critical"}
    soon = json.loads(run("conjunctions", "list", *days[0], "--next", "12h").stdout)
    assert 0 < len(soon) < 12


def test_the_fleet_of_a_commands_own_emulator_lies_ahead() -> None:
    assert len(json.loads(run("conjunctions", "list", "--emulator").stdout)) >= 10


def test_show(days: list[list[str]]) -> None:
    first = json.loads(run("conjunctions", "list", *days[0]).stdout)[0]
    where = ("conjunctions", "show", first["conjunction_id"], *days[0][:2])
    assert len(json.loads(run(*where).stdout)["risk_estimations"]) > 3
    table = run(*where, "--output", "table").stdout.splitlines()
    assert table[0] == "EMULATOR SAT 1 (99001) and EMULATOR DEBRIS 99536 (99536)"
    assert run("conjunctions", "show", "nobody", *days[0][:2]).exit_code == 1


def watch(state: Path, day: list[str], *more: str) -> tuple[Result, list[dict[str, Any]]]:
    done = run("conjunctions", "watch", "--state", state, *day, *more)
    return done, [json.loads(line) for line in done.stdout.splitlines()] if "--output" not in more else []


def test_watch_over_two_days(days: list[list[str]], tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first, lines = watch(state, days[0])
    assert first.exit_code == 10
    assert {line["change"] for line in lines} == {"new"}
    again, lines = watch(state, days[0])
    assert (again.exit_code, lines) == (0, [])
    quiet, _ = watch(state, days[0], "--output", "table")
    assert quiet.stdout == "no change; 12 conjunctions watched\n"
    after, lines = watch(state, days[1])
    assert after.exit_code == 10
    assert {line["change"] for line in lines} == {"new", "worse", "better", "passed"}


def test_watch_as_a_table_and_with_thresholds(days: list[list[str]], tmp_path: Path) -> None:
    watch(tmp_path / "a", days[0], "--min-probability", "1e-4")
    done, _ = watch(tmp_path / "a", days[1], "--min-probability", "1e-4", "--output", "table")
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "cleared" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("conjunctions in all")


def test_a_better_day_is_0(days: list[list[str]], tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    watch(state, days[1], "--next", "12h")
    done, lines = watch(state, [*days[1][:3], "2026-11-29T18:00Z"], "--next", "1h")
    assert {line["change"] for line in lines} <= {"passed", "cleared"}
    assert (done.exit_code, bool(lines)) == (0, True)


def test_a_damaged_state_and_bad_options(days: list[list[str]], tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{")
    done, _ = watch(state, days[0])
    assert (done.exit_code, "state.json' cannot be used" in done.stderr) == (3, True)
    for arguments, told in (
        (("--next", "3"), "--next: a duration such as 12h or 3d"),
        (("--next", "0d"), "--next: a duration such as 12h or 3d"),
        (("--min-probability", "2"), "--min-probability: a number from 0 to 1"),
        (("--from", "yesterday"), "--from: an ISO 8601 time"),
    ):
        done, _ = watch(tmp_path / "new", [*days[0], *arguments])
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
        assert told in done.stderr
    assert not (tmp_path / "new").exists()


def test_the_list_leads_to_the_details(days: list[list[str]]) -> None:
    rows = run("conjunctions", "list", *days[0], "--output", "table").stdout
    ids = [one["conjunction_id"] for one in json.loads(run("conjunctions", "list", *days[0]).stdout)]
    assert [line.split()[-1] for line in rows.splitlines() if ids[0][8:9] == "-" and line[-36:] in ids] == ids
    assert run("conjunctions", "show", ids[-1], *days[0][:2]).exit_code == 0


def test_a_watch_of_another_environment_is_3(
    days: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(tmp_path / "a", days[0])
    monkeypatch.setenv("OKAPI_USERNAME", "jane@operator.example")
    monkeypatch.setenv("OKAPI_PASSWORD", "hunter2hunter2")
    done = run("conjunctions", "watch", "--state", tmp_path / "a", "--environment", "staging")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert "belongs to http://127.0.0.1, not to https://api-aether-staging.okapiorbits.com" in done.stderr
