"""``okapi doctor``: what it finds, and what it never says."""

from __future__ import annotations

import json
from importlib import metadata

import pytest

from okapi_sdk.emulator import Emulator
from tests.cli.support import at, run
from tests.support.faults import FaultServer, hang_up, reply


def test_a_sound_setup_is_0_and_the_fields_have_no_values(emulator: Emulator) -> None:
    done = run("doctor", "--live", *at(emulator.base_url))
    report = json.loads(done.stdout)
    assert done.exit_code == 0
    assert {finding["mark"] for finding in report["findings"]} <= {"ok", "--"}
    assert {"name": "max_elevation", "type": "float", "known": True} in report["fields"]
    assert {"name": "track.azimuth", "type": "float", "known": True} in report["fields"]
    assert all(field.keys() == {"name", "type", "known"} for field in report["fields"])


def test_unknown_fields_are_named() -> None:
    rows = {"passes": [{"rise": "2018-08-07T19:01:13Z", "max_elevation": 21.5}]}
    replies = [reply(202, {"request_id": "r1"}), reply(200, rows)]
    with FaultServer(replies) as server:
        done = run("doctor", "--live", *at(server.url), "--output", "text")
    assert done.exit_code == 1
    assert "unknown to the SDK: rise" in done.stdout
    assert "21.5" not in done.stdout


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAPI_USERNAME", "jane@operator.example")
    monkeypatch.setenv("OKAPI_PASSWORD", "hunter2hunter2")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:s3cret@127.0.0.1:9")
    with FaultServer([hang_up], sign_in=reply(403, {"error": "invalid_grant"})) as server:
        done = run("doctor", *at(server.url))
    assert done.exit_code == 1
    assert '"OKAPI_PASSWORD"' in done.stdout
    for secret in ("jane@operator.example", "hunter2hunter2", "s3cret"):
        assert secret not in done.output


def test_hosts_that_do_not_listen_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAPI_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("OKAPI_TOKEN_URL", "http://127.0.0.1:1/oauth/token")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    findings = json.loads(run("doctor").stdout)["findings"]
    origins = {one["subject"]: one["text"] for one in findings}
    assert origins["environment"] == "from OKAPI_BASE_URL and OKAPI_TOKEN_URL"
    bad = {finding["subject"]: finding["text"] for finding in findings if finding["mark"] == "BAD"}
    assert bad["API"].startswith("127.0.0.1: ")
    assert "add --emulator" in bad["client"]


def test_missing_extras_are_named_with_what_to_install(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = metadata.version

    def version(name: str) -> str:
        if name in ("matplotlib", "sgp4"):
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)
    done = run("doctor", *at(emulator.base_url))
    found = {one["subject"]: (one["mark"], one["text"]) for one in json.loads(done.stdout)["findings"]}
    assert done.exit_code == 0
    mark, text = found["extra plot"]
    assert (mark, text.startswith('matplotlib not installed: pip install "okapi-sdk[plot]"')) == ("--", True)
    assert found["extra emulator"][1].startswith("sgp4 not installed")
    assert found["extra pandas"] == ("ok", f"pandas {installed('pandas')}")
    assert found["pydantic"] == ("ok", installed("pydantic"))
    assert not {"extra tests", "extra docs", "extra dev"} & found.keys()


def test_quiet_shows_only_what_is_wrong(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    assert run("-q", "doctor", *at(emulator.base_url), "--output", "text").output == ""
    monkeypatch.setenv("OKAPI_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("OKAPI_TOKEN_URL", "http://127.0.0.1:1/oauth/token")
    shown = run("-q", "doctor", "--output", "text").stdout.splitlines()
    assert {line[:3] for line in shown} <= {"BAD", "-- "}
    assert any(line.startswith("BAD") for line in shown)
