"""The programs of docs/examples run as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import icalendar
import pandas
import pytest

import okapi_sdk
from okapi_sdk.emulator import Emulator

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(Path(okapi_sdk.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_fleet_in_a_spreadsheet_and_a_calendar(tmp_path: Path) -> None:
    said = run(tmp_path, str(EXAMPLES / "fleet_passes.py"))
    assert said.startswith("20 satellites, 5 stations: ")
    table = pandas.read_csv(tmp_path / "passes.csv")
    events = icalendar.Calendar.from_ical((tmp_path / "passes.ics").read_bytes()).walk("VEVENT")
    assert len(table) == len(events) == int(said.split(": ")[1].split()[0])
    assert set(table["station"]) == {"Brunswick", "Svalbard", "Maspalomas", "Hartebeesthoek", "Troll"}
    assert table["satellite"].nunique() > 10
    assert (table["max_elevation"] >= 10).all()


def test_critical_conjunctions_by_two_methods(tmp_path: Path) -> None:
    _, *rows = run(tmp_path, str(EXAMPLES / "critical_conjunctions.py")).splitlines()
    assert rows
    for row in rows:
        foster, alfano = map(float, row.split()[-2:])
        assert foster == pytest.approx(alfano, rel=0.02)
        assert foster >= 1e-4


def test_an_ephemeris_as_a_frame_and_a_picture(tmp_path: Path) -> None:
    said = run(tmp_path, str(EXAMPLES / "ground_track.py"))
    assert "2018-08-06 18:19:43.257+00:00" in said
    assert (tmp_path / "ground_track.png").read_bytes().startswith(b"\x89PNG")


def test_an_alert_from_cron(tmp_path: Path) -> None:
    commands = {
        "okapi": f'exec "{sys.executable}" -m okapi_sdk.cli "$@"',
        "mail": 'cat > "$OUTBOX"; echo "$@" >> "$OUTBOX"',
    }
    for name, line in commands.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    outbox = tmp_path / "outbox"
    environment = {
        **os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "OUTBOX": str(outbox),
        "OKAPI_STATE": str(tmp_path / "seen.json"), "PYTHONPATH": str(Path(okapi_sdk.__file__).parents[1]),
    }  # fmt: skip

    def alert() -> str:
        outbox.unlink(missing_ok=True)
        command = [str(EXAMPLES / "alert.sh"), "ops@example.com", "--emulator-port", str(port)]
        subprocess.run(command, env=environment, check=True, timeout=120)
        return outbox.read_text() if outbox.exists() else ""

    with Emulator(fleet=True) as emulator:
        port = int(emulator.base_url.rpartition(":")[2])
        first = alert()
        assert "-s Conjunctions: new or worse ops@example.com" in first
        assert "EMULATOR DEBRIS" in first
        assert alert() == ""
    assert "-s Conjunctions: the check failed ops@example.com" in alert()


def test_a_service_and_its_tests(tmp_path: Path) -> None:
    for name in ("passes_service.py", "test_passes_service.py"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    assert "3 passed" in run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_passes_service.py")
