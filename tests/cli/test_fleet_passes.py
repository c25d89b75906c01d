"""Passes of several satellites over several places."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from okapi_sdk import OkapiClient
from okapi_sdk.emulator import Emulator
from tests.cli.support import PASSES, at, run
from tests.support.cases import ISS

OTHER = ISS.replace("ISS (ZARYA)", "COPY")
WINDOW = ["--from", "2018-08-07T18:00Z", "--next", "6h"]
STATIONS = "name,latitude,longitude,height_m\nBraunschweig,52.3283,10.645,48\nCape Town,-33.92,18.42,110\n"


@pytest.fixture
def stations(tmp_path: Path) -> Path:
    file = tmp_path / "stations.csv"
    file.write_text(STATIONS)
    return file


def test_each_satellite_over_each_station(stations: Path) -> None:
    where = ("passes", "--tle", "-", "--stations", stations, *WINDOW, "--emulator")
    rows = json.loads(run(*where, stdin=ISS + OTHER).stdout)
    assert {(row["satellite"], row["station"]) for row in rows} == {
        (satellite, station) for satellite in ("ISS (ZARYA)", "COPY") for station in ("Braunschweig", "Cape Town")
    }
    alone = json.loads(run(*PASSES, "--emulator").stdout)
    ours = [row for row in rows if (row["satellite"], row["station"]) == ("ISS (ZARYA)", "Braunschweig")]
    assert [row["start"] for row in ours] == [row["start"] for row in alone]
    table = run(*where, "--output", "table", stdin=ISS + OTHER).stdout.splitlines()
    assert table[0] == "2 satellites over Braunschweig (52.33 N 10.64 E), Cape Town (33.92 S 18.42 E)"
    assert any("COPY" in line and "Cape Town" in line for line in table)
    rows = list(csv.DictReader(io.StringIO(run(*where, "--output", "csv", stdin=ISS + OTHER).stdout)))
    assert {row["station"] for row in rows} == {"Braunschweig", "Cape Town"}


def test_a_calendar(stations: Path) -> None:
    done = run("passes", "--tle", "-", "--stations", stations, *WINDOW, "--emulator", "--output", "ics")
    assert done.stdout.startswith("BEGIN:VCALENDAR")
    assert done.stdout.count("BEGIN:VEVENT") == 3


def test_a_mask_cuts_the_passes(tmp_path: Path) -> None:
    mask = tmp_path / "mask.csv"
    mask.write_text("azimuth,elevation\n0,10\n180,10\n")
    whole, *_ = json.loads(run(*PASSES, "--emulator").stdout)
    (part,) = json.loads(run(*PASSES, "--emulator", "--step", "10", "--mask", mask).stdout)
    assert whole["start"] < part["start"] < part["end"] < whole["end"]


def test_no_wait_prints_a_reference_for_each(emulator: Emulator, stations: Path) -> None:
    there = at(emulator.base_url)
    done = run("passes", "--tle", "-", "--stations", stations, *WINDOW, *there, "--no-wait")
    references = done.stdout.split()
    assert references == [f"predict-passes/sgp4/{one.id}" for one in emulator.calculations]
    with OkapiClient.emulated(emulator) as client:
        assert len(client.resume(references[0]).result()) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["passes", "--tle", "-", "--lat", "48", *WINDOW], "Missing option '--lon'"),
        (["passes", "--tle", "-", *WINDOW], "give either --stations FILE, or --lat and --lon"),
        ([*PASSES, "--next", "3d"], "give either --to or --next"),
        ([*PASSES[:-2]], "give either --to or --next"),
        ([*PASSES[:-2], "--next", "3"], "'+3' is not a duration"),
        (
            [*PASSES, "--no-wait", "--emulator"],
            "--emulator: with --no-wait, the calculation would end with this command",
        ),
        ([*PASSES, "--mask", "/no/such/file"], "--mask"),
    ],
)
def test_what_does_not_fit_is_2(arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert told in done.stderr
