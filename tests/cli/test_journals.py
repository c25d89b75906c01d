"""``okapi requests list``: what a journal records."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from okapi_sdk import OkapiClient
from okapi_sdk.cli.app import okapi
from okapi_sdk.emulator import Emulator
from tests.support.cases import iss_passes


def test_the_calculations_of_a_journal_are_listed(tmp_path: Path) -> None:
    journal = str(tmp_path / "run.db")
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        emulator.next_calculation(status="FATAL", text="TLE too old")
        refs = {outcome.position: str(outcome.ref) for outcome in client.map([iss_passes()] * 2, journal=journal)}
    table = CliRunner().invoke(okapi, ["requests", "list", "--journal", journal, "--output", "table"])
    assert table.exit_code == 0
    assert all(ref in table.output for ref in refs.values())
    assert "TLE too old" in table.output
    rows = json.loads(CliRunner().invoke(okapi, ["requests", "list", "--journal", journal]).output)
    assert {row["position"]: row["reference"] for row in rows} == refs
    assert sorted(row["state"] for row in rows) == ["failed", "succeeded"]


def test_a_file_that_is_no_journal_is_told_in_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(okapi, ["requests", "list", "--journal", str(tmp_path / "nothing.db")])
    assert done.exit_code != 0
    assert len(done.output.splitlines()) == 1
