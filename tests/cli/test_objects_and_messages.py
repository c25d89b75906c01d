"""Satellites, messages, risk and raw calls in the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from okapi_sdk import Cdm, Cdms, OkapiClient
from okapi_sdk.emulator import Emulator
from tests.cli.support import at, run
from tests.support.cases import ISS


@pytest.fixture
def fleet(emulator: Emulator) -> Emulator:
    emulator.seed_fleet(5)
    return emulator


@pytest.fixture
def message(fleet: Emulator) -> str:
    with OkapiClient.emulated(fleet) as client:
        text = client.list(Cdms().texts("kvn")).first()
    assert text is not None
    return text


def test_satellites_from_add_to_delete(fleet: Emulator) -> None:
    there = at(fleet.base_url)
    assert len(json.loads(run("satellites", "list", *there).stdout)) == 5
    table = run("satellites", "list", *there, "--output", "table").stdout.splitlines()
    assert (max(map(len, table)) <= 80, table[-1]) == (True, "5 satellites")
    added = run("satellites", "add", "name=Mine", "norad_ids=[25544]", "space_track_status=other", "mass=4", *there)
    id = json.loads(added.stdout)["satellite_id"]
    changed = json.loads(run("satellites", "update", id, "area=0.02", *there).stdout)
    assert (changed["area"], changed["mass"], changed["name"]) == (0.02, 4, "Mine")
    assert json.loads(run("satellites", "show", id, *there).stdout) == changed
    assert json.loads(run("satellites", "delete", id, *there).stdout)["name"] == "Mine"
    assert run("satellites", "show", id, *there).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "name=Mine", "colour=red"), "colour: unknown field"),
        (("add", "name"), "NAME=VALUE, not 'name'"),
        (("update", "some", "mass=heavy"), "mass: "),
        (("update", "some"), "at least one field"),
    ],
)
def test_wrong_fields_are_2(fleet: Emulator, arguments: tuple[str, ...], told: str) -> None:
    done = run("satellites", *arguments, *at(fleet.base_url))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert told in done.stderr


def test_any_path(fleet: Emulator) -> None:
    there = at(fleet.base_url)
    found = json.loads(run("request", "get", "satellites", "--param", "limit=2", *there).stdout)
    assert len(found["elements"]) == 2
    stored = run("request", "POST", "sensor-systems", "--body", "-", *there, stdin='{"name": "Telescope"}')
    assert json.loads(stored.stdout)["name"] == "Telescope"
    for arguments, stdin, code in (
        (("GET", "nowhere"), "", 1),
        (("POST", "sensor-systems", "--body", "-"), "{", 2),
        (("GET", "satellites", "--param", "limit"), "", 2),
        (("GET", "https://elsewhere.example"), "", 2),
    ):
        done = run("request", *arguments, *there, stdin=stdin)
        assert (done.exit_code, done.stderr.count("\n"), done.stdout) == (code, 1, "")


def test_cdm_files(message: str) -> None:
    assert run("cdm", "validate", "-", stdin=message).stdout.startswith("valid: EMULATOR SAT ")
    converted = run("cdm", "convert", "-", "--to", "ccsds", stdin=message).stdout
    assert Cdm.parse(converted).tca == Cdm.parse(message).tca
    back = run("cdm", "convert", "-", stdin=converted).stdout
    assert back == Cdm.parse(converted).to_kvn()
    shown = run("cdm", "show", "-", stdin=message).stdout
    assert f"{Cdm.parse(message).miss_distance:,.1f} m" in shown
    broken = run("cdm", "validate", "-", stdin=message.replace("TCA = 2", "TCA = x", 1))
    assert (broken.exit_code, broken.stderr.count("\n")) == (2, 1)


def test_risk_of_a_file_and_of_a_conjunction(fleet: Emulator, message: str) -> None:
    there = at(fleet.base_url)
    (found,) = json.loads(run("risk", "-", *there, stdin=message).stdout)
    assert 0 < found["collision_probability"] < 1
    (larger,) = json.loads(run("risk", "-", *there, "--radius1", "30", "--radius2", "10", stdin=message).stdout)
    assert larger["collision_probability"] > found["collision_probability"]
    stored = json.loads(run("conjunctions", "list", *there).stdout)[0]
    (again,) = json.loads(run("risk", "--conjunction", stored["conjunction_id"], *there).stdout)
    expected = stored["newest_risk_estimation"]["collision_probability"]
    assert again["collision_probability"] == pytest.approx(expected, rel=1e-6)
    table = run("risk", "-", *there, "--output", "table", stdin=message).stdout
    assert "foster-1992" in table
    assert run("risk", *there).exit_code == 2


def test_tle_check(tmp_path: Path) -> None:
    done = run("tle", "check", "-", stdin=ISS + ISS)
    assert done.exit_code == 1
    assert json.loads(done.stdout)[0]["odd"] == ["older than 14 days", "number occurs more than once"]
    wrong = run("tle", "check", "-", stdin=ISS.replace("9993", "9994"))
    assert (wrong.exit_code, "checksum is 4, expected 3" in wrong.stderr) == (2, True)


def test_a_risk_is_submitted_now_and_fetched_later(fleet: Emulator, message: str) -> None:
    there = at(fleet.base_url)
    done = run("risk", "-", *there, "--method", "all-methods", "--no-wait", stdin=message)
    (reference,) = done.stdout.splitlines()
    assert reference.startswith("estimate-risk/all-methods/")
    table = run("requests", "result", reference, *there, "--output", "table").stdout.splitlines()
    assert (table[0].split()[0], max(map(len, table)) <= 80) == ("method", True)
    header = run("requests", "result", reference, *there, "--output", "csv").stdout.splitlines()[0]
    assert header.startswith("risk_estimation_id,creation_date,originator,tca,")
