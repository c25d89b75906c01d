"""Results on stdout, and the requests that they come from."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from okapi_sdk import Ephemeris, Oem, OkapiClient, Passes
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.cli.support import PASSES, PROPAGATE, at, run
from tests.support.cases import ISS, iss_orbit, iss_passes
from tests.support.faults import FaultServer, reply


def test_a_pipe_gets_the_passes_as_the_platform_sent_them() -> None:
    done = run(*PASSES, "--emulator")
    assert (done.exit_code, done.stderr) == (0, "")
    with OkapiClient.emulated() as client:
        expected = client.run(iss_passes())
    assert json.loads(done.stdout) == expected.to_dicts()
    assert list(Passes.model_validate_json(done.stdout)) == list(expected)


def test_csv_has_one_line_for_each_pass_and_no_track() -> None:
    done = run(*PASSES, "--emulator", "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["start"][:19] for row in rows] == ["2018-08-07T19:01:13", "2018-08-07T20:38:54"]
    assert "track" not in rows[0]
    assert float(rows[0]["max_elevation"]) == pytest.approx(21.28, abs=0.01)


def test_csv_without_passes_has_the_same_columns() -> None:
    header = run(*PASSES, "--emulator", "--output", "csv").stdout.splitlines()[0]
    assert run(*PASSES, "--emulator", "--output", "csv", "--min-elevation", "89").stdout == header + "\n"


def test_the_table_fits_a_terminal_and_says_where_it_comes_from() -> None:
    done = run(*PASSES, "--emulator", "--output", "table")
    lines = done.stdout.splitlines()
    assert lines[0] == "ISS (ZARYA) over 52.33 N 10.64 E"
    assert lines[4].split() == [
        "2018-08-07",
        "19:01:13",
        "19:11:05",
        "9:52",
        "21.3",
        "19:06:09",
        "280.8",
        "145.6",
        "964",
    ]
    assert lines[-1] == "2 passes, computed by the emulator"
    assert max(map(len, lines)) <= 80


def test_min_elevation_leaves_out_low_passes() -> None:
    done = run(*PASSES, "--emulator", "--min-elevation", "10", "--output", "table")
    assert done.stdout.endswith("\n1 pass, computed by the emulator\n")
    assert (
        run(*PASSES, "--emulator", "--min-elevation", "89", "--output", "table").stdout.splitlines()[1]
        == "0 passes, computed by the emulator"
    )


def test_the_step_is_that_of_the_track() -> None:
    found = json.loads(run(*PASSES, "--emulator", "--step", "10").stdout)
    assert len(found[0]["track"]) > 55


def test_a_file_two_times_and_now(tmp_path: Path) -> None:
    file = tmp_path / "iss.tle"
    file.write_text(ISS)
    place = ["--lat", "-33.9", "--lon", "18.4", "--emulator"]
    window = ["--from", "2018-08-07T20:00+02:00", "--to", "2018-08-08T00:00Z"]
    assert run("passes", "--tle", file, *place, *window).exit_code == 0
    assert run("passes", "--tle", file, *place, "--from", "now", "--to", "+90m").exit_code == 0


def test_propagate() -> None:
    done = run(*PROPAGATE, "--emulator")
    states = Ephemeris.model_validate_json(done.stdout)
    assert len(states) == 7
    first, last = states[0].epoch, states[-1].epoch
    assert first is not None
    assert last == first + timedelta(hours=1)
    table = run(*PROPAGATE, "--emulator", "--output", "table").stdout.splitlines()
    assert table[3].split() == [
        "2018-08-06",
        "18:19:43.257",
        "-2915.65",
        "-3078.17",
        "5284.39",
        "4.9418",
        "-5.8311",
        "-0.6637",
    ]
    assert max(map(len, table)) <= 80


def test_propagate_as_a_message_of_ccsds() -> None:
    done = run(*PROPAGATE, "--emulator", "--output", "oem")
    (segment,) = Oem.parse(done.stdout).segments
    assert (segment.object_name, segment.object_id) == ("ISS (ZARYA)", "25544")
    states = json.loads(run(*PROPAGATE, "--emulator").stdout)
    assert [(state.x, state.y_dot) for state in segment.data] == [(state["x"], state["y_dot"]) for state in states]


def test_a_result_of_another_kind_is_no_message(emulator: Emulator) -> None:
    reference = run(*PASSES, *at(emulator.base_url), "--no-wait").stdout.strip()
    done = run("requests", "result", reference, *at(emulator.base_url), "--output", "oem")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "only an ephemeris can be written as OEM" in done.stderr


STALE = [*PASSES[: PASSES.index("--from")], "--from", "2018-10-07T18:00Z", "--to", "+6h"]


@pytest.mark.parametrize(
    "arguments", [STALE, [*PROPAGATE[:4], "2018-10-07T18:00Z", "--step", "600"]], ids=lambda a: a[0]
)
def test_a_tle_far_from_its_epoch_is_a_warning_on_stderr(
    arguments: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    done = run(*arguments, "--emulator")
    assert done.exit_code == 0
    assert done.stderr.startswith("okapi: warning: ")
    assert done.stderr.count("\n") == 1
    assert done.stderr.removeprefix("okapi: warning: ").rstrip("\n") in caplog.messages
    assert json.loads(done.stdout)


@pytest.mark.parametrize("end", ["2018-08-08T00:00Z", "2018-08-08T02:00+02:00", "20180808T000000Z"])
def test_the_end_as_a_time(end: str) -> None:
    assert run(*PASSES[:-1], end, "--emulator").stdout == run(*PASSES, "--emulator").stdout


@pytest.fixture
def running(emulator: Emulator) -> str:
    """The reference of a calculation that takes an hour of the instant clock."""
    emulator.processing_time = 3600
    with OkapiClient.emulated(emulator) as client:
        return str(client.submit(iss_passes()).ref)


def test_a_request_is_polled_waited_for_and_fetched_by_its_reference(
    emulator: Emulator, clock: InstantClock, running: str
) -> None:
    there = at(emulator.base_url)
    assert json.loads(run("requests", "status", running, *there).stdout)["state"] == "running"
    assert run("requests", "status", running, *there, "--output", "text").stdout == f"{running} running\n"
    clock.advance(3600)
    assert run("requests", "wait", running, *there, "--output", "text").stdout == f"{running} finished\n"
    assert len(json.loads(run("requests", "result", running, *there).stdout)) == 2
    assert run("requests", "result", running, *there, "--output", "table").stdout.count("2018-08-07") == 2


def test_a_failed_request_has_a_status_and_no_result(emulator: Emulator) -> None:
    emulator.next_calculation(status="FATAL", text="The orbit\nhas decayed")
    with OkapiClient.emulated(emulator) as client:
        ref, there = str(client.submit(iss_orbit()).ref), at(emulator.base_url)
    status = run("requests", "status", ref, *there)
    assert (status.exit_code, json.loads(status.stdout)["state"]) == (0, "failed")
    text = run("requests", "status", ref, *there, "--output", "text").stdout
    assert text == f"{ref} failed (FATAL: The orbit has decayed)\n"
    for command in ("wait", "result"):
        done = run("requests", command, ref, *there)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "The orbit has decayed" in done.stderr


def test_a_warning_is_one_line_on_stderr(emulator: Emulator) -> None:
    emulator.next_calculation(status="WARNING", text="The TLE\nis old")
    done = run(*PASSES, *at(emulator.base_url))
    assert (done.exit_code, done.stderr) == (0, "okapi: warning: The TLE is old\n")
    assert len(json.loads(done.stdout)) == 2


def test_a_reference_to_a_service_without_a_class_prints_the_response() -> None:
    answer = {"status": {"type": "OK", "text": "fine"}, "sigma": [1, 2]}
    with FaultServer([reply(200, answer)]) as server:
        for form in ("json", "table"):
            done = run("requests", "result", "estimate-covariance/abc", *at(server.url), "--output", form)
            assert json.loads(done.stdout) == answer
        refused = run("requests", "result", "estimate-covariance/abc", *at(server.url), "--output", "csv")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--output json" in refused.stderr


def test_names_that_the_sdk_does_not_know_make_the_table() -> None:
    with FaultServer([reply(200, {"passes": [{"rise": "soon", "set": "later", "points": [1]}]})]) as server:
        where = "requests", "result", "predict-passes/sgp4/abc", *at(server.url)
        assert [line.split() for line in run(*where, "--output", "table").stdout.splitlines()[::2]] == [
            ["rise", "set"],
            ["soon", "later"],
        ]
        assert run(*where, "--output", "csv").stdout.splitlines()[1].endswith(",soon,later")
