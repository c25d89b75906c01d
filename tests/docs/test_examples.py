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


def test_a_service_and_its_tests(tmp_path: Path) -> None:
    for name in ("passes_service.py", "test_passes_service.py"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    assert "3 passed" in run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_passes_service.py")
