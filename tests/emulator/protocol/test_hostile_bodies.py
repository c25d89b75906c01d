"""Bodies made to break the emulator, to hold it up, or to take what others have stored."""

from __future__ import annotations

import time
from typing import Any

import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.bodies.cdm import RADIUS, Cdm, read_cdm
from okapi_sdk.emulator.bodies.fields import InputProblemError
from okapi_sdk.emulator.protocol.json_text import read_json, write_json
from okapi_sdk.emulator.services import catalogue
from tests.support import plain

from .. import oems
from ..cdms import kvn, plain_cdm
from ..conftest import Platform, credentials

LONE = r'"\udc80"'
UNREADABLE = [
    "1e999",
    "-1e999",
    "[1e400]",
    '{"a": [{"b": 1e999}]}',
    LONE,
    f"{{{LONE}: 1}}",
    f"[[{LONE}]]",
    "NaN",
    "-Infinity",
]
PLACES = [
    "sensor-systems",
    "maneuver-plans",
    "satellites",
    "tdms",
    "cdms/requests",
    "add-ephemerides/requests",
    "predict-passes/sgp4/requests",
]
SECONDS = 5.0
"""What took longer was quadratic: minutes for these texts."""


@pytest.mark.parametrize("text", UNREADABLE)
def test_json_that_cannot_be_written_again_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"finite|too large|surrogate|not a JSON number"):
        read_json(text.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_json_is_read_in_every_encoding_of_its_standard(encoding: str) -> None:
    value = {"a": [1, -2.5, 1e308, None, True], "ü": "\U0001f6f0", "escaped": "\\ud800 is text"}
    assert read_json(write_json(value).decode().encode(encoding)) == value


def test_an_encoded_surrogate_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        read_json(b'"\xed\xa0\x80"')


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", ["1e999", LONE])
def test_no_body_ends_in_a_server_error(platform: Platform, place: str, value: str) -> None:
    answer = platform.http.post(f"/{place}", content=f'{{"a": {value}}}', headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["status"]["input_problem"]


@pytest.mark.parametrize("name", ["grant_type", "username", "password", "scope"])
def test_a_sign_in_with_half_a_character_is_a_bad_request(emulator: Emulator, name: str) -> None:
    content = write_json(credentials(emulator, **{name: "@"})).replace(b'"@"', LONE.encode())
    answer = plain.post(emulator.token_url, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_upload_that_cannot_be_stored_leaves_the_others(emulator: Emulator, platform: Platform) -> None:
    emulator.seed_fleet()
    before = [platform.http.get(f"/{place}").json()["total_count"] for place in ("satellites", "conjunctions", "cdms")]
    body = '{"cdm": {"type": "cdm.json", "content": {"CDM_ID": "a", "NOTE": 1e999}}}'
    answer = platform.http.post("/cdms/requests", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    after = [platform.http.get(f"/{place}").json()["total_count"] for place in ("satellites", "conjunctions", "cdms")]
    assert after == before
    assert all(before)


LATEST = "9999-12-31T23:59:59.999999Z"
EXTREMES: list[tuple[str, Any]] = [
    ("estimate-risk/foster-1992", {"conjunction": {"type": "cdm.json", "content": {**plain_cdm(), "TCA": LATEST}}}),
    ("cdms", {"cdm": {"type": "cdm.json", "content": {**plain_cdm(), "CREATION_DATE": LATEST}}}),
    ("check-orbit", {"orbit": {"type": "oem.json", "content": oems.oem(hours=0.1)}}),
]
EXTREMES[2][1]["orbit"]["content"]["OEM_META_DATA_DATA"][0]["OBJECT_ID"] = "9" * 5_000


@pytest.mark.parametrize(("path", "body"), EXTREMES)
def test_values_beyond_what_can_be_computed_are_refused(platform: Platform, path: str, body: Any) -> None:
    answer = platform.http.post(f"/{path}/requests", json=body)
    assert (answer.status_code, answer.json()["status"]["input_problem"]) == (422, True)


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", LATEST, "x"])
def test_a_tdm_with_any_start_is_stored(platform: Platform, start: str) -> None:
    content = f"CCSDS_TDM_VERS = 1.0\nSTART_TIME = {start}\n"
    answer = platform.http.post("/tdms", json={"tdm": {"type": "tdm.txt", "content": content}})
    assert (answer.status_code, "epoch" in answer.json()) == (200, False)


def test_a_defect_ends_the_calculation_and_not_the_call(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("made for a test")

    monkeypatch.setattr(catalogue.Service, "compute", fail)
    answer = platform.calculate("cdms", {"cdm": {"type": "cdm.json", "content": plain_cdm()}}, "simple")
    assert answer["status"]["type"] == "FATAL"
    assert "ZeroDivisionError: made for a test" in answer["status"]["text"]
    assert [record.name for record in caplog.records] == ["okapi_sdk.emulator"]


BLANKS, DIGITS = " " * 300_000, "1" * 300_000


@pytest.mark.parametrize(
    "content", ["\n" * 300_000 + "! CCSDS_TDM_VERS = 1.0\n", f"CCSDS_TDM_VERS = 1.0\nA =x{BLANKS}y{BLANKS}\n"]
)
def test_a_tdm_is_read_once(platform: Platform, content: str) -> None:
    began = time.monotonic()
    assert platform.http.post("/tdms", json={"tdm": {"type": "tdm.txt", "content": content}}).status_code == 200
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("line", [f"A = x{BLANKS}y[", f"A = {'x ' * 150_000}[", f"A = {'[' * 300_000}", f"A{BLANKS}b"])
def test_a_line_of_a_cdm_is_read_once(line: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputProblemError):
        read_cdm("cdm.kvn", f"CCSDS_CDM_VERS = 1.0\n{line}", "cdm")
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    "text", ["{0}!", "{0}", "1{1}!", "= 1 2{1}3 !", "1.{0}!", "1E{0}!", "1E{0}", "{2}", "={1}={1}x"]
)
def test_a_radius_is_read_once(text: str) -> None:
    comment = text.format(DIGITS, BLANKS, "1 " * 150_000 + "!")
    began = time.monotonic()
    assert Cdm({f"SAT1_{RADIUS}": comment}).radius("SAT1_") is None
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("715 [m]", "715", "m"),
        ("715[m]", "715", "m"),
        ("715 []", "715", ""),
        ("[m]", "", "m"),
        ("SAT [A] [m]", "SAT [A]", "m"),
        ("SAT [A]]", "SAT [A]]", None),
        ("SAT A]", "SAT A]", None),
        ("SAT [A] B", "SAT [A] B", None),
        ("", "", None),
    ],
)
def test_value_and_unit_of_a_line(written: str, value: str, unit: str | None) -> None:
    flat = read_cdm("cdm.kvn", kvn(plain_cdm()) + f"\nREMARK = {written}\n", "cdm").flat
    assert (flat["SAT2_REMARK"], flat.get("SAT2_REMARK_UNIT")) == (value, unit)
