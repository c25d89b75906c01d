"""predict-passes/oems: passes of an ephemeris against those of its TLE, and the faults of an OEM."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from okapi_sdk.emulator import Emulator

from .. import samples
from ..conftest import Platform
from ..oems import kvn, oem

PATH = "predict-passes/oems"


def body(content: object, tag: str = "oem.json", **options: Any) -> dict[str, Any]:
    return {**samples.passes(**options), "orbit": {"type": tag, "content": content}}


@pytest.mark.parametrize("frame", ["GCRF", "TEME"])
@pytest.mark.parametrize("step", [30, 60, 180])
def test_passes_of_an_ephemeris_are_those_of_its_tle(platform: Platform, frame: str, step: int) -> None:
    expected = platform.calculate("predict-passes/sgp4", samples.passes(step=30), "simple")["passes"]
    answer = platform.calculate(PATH, body(oem(frame=frame, step=step), step=30), "simple")
    assert answer["status"]["type"] == "NONE"
    assert "Hermite interpolation" in answer["status"]["text"]
    assert len(answer["passes"]) == len(expected) == 2
    for ours, theirs in zip(answer["passes"], expected, strict=True):
        for name in ("aos", "los"):
            late = datetime.fromisoformat(ours[name]) - datetime.fromisoformat(theirs[name])
            assert abs(late.total_seconds()) <= 0.002
        for name, limit in (("max_elevation", 1e-4), ("aos_azimuth", 1e-4), ("los_azimuth", 1e-4), ("min_range", 1e-3)):
            assert ours[name] == pytest.approx(theirs[name], abs=limit)
        for here, there in zip(ours["track"][:-1], theirs["track"][:-1], strict=True):
            assert here["elevation"] == pytest.approx(there["elevation"], abs=1e-3)


def test_passes_of_an_ephemeris_in_itrf_are_within_the_poles_circle(platform: Platform) -> None:
    expected = platform.calculate("predict-passes/sgp4", samples.passes(), "summary")["passes"]
    found = platform.calculate(PATH, body(oem(frame="ITRF")), "summary")["passes"]
    for ours, theirs in zip(found, expected, strict=True):
        late = datetime.fromisoformat(ours["aos"]) - datetime.fromisoformat(theirs["aos"])
        assert abs(late.total_seconds()) < 0.02
        assert ours["max_elevation"] == pytest.approx(theirs["max_elevation"], abs=0.002)


def test_states_too_far_apart_have_a_warning(platform: Platform) -> None:
    answer = platform.calculate(PATH, body(oem(step=2400)), "summary")
    assert answer["status"]["type"] == "WARNING"
    assert "too far apart to be interpolated: over a step of 2400 s" in answer["status"]["text"]


def test_kvn_is_the_same_ephemeris(platform: Platform) -> None:
    message = oem(segments=2)
    expected, found = (
        platform.calculate(PATH, body(content, tag), "simple")["passes"]
        for content, tag in ((message, "oem.json"), (kvn(message), "oem.kvn"))
    )
    assert found == expected


def test_the_emulators_own_ephemeris_can_be_sent_back(emulator: Emulator, platform: Platform) -> None:
    emulator.seed_fleet(at=datetime(2026, 11, 28, tzinfo=UTC))
    stored = platform.http.get("/oems").json()["elements"]
    texts = platform.http.get("/oems?format=kvn").json()["elements"]
    first, last = (stored[0]["OEM_META_DATA_DATA"][0]["DATA"][index]["EPOCH"] for index in (0, -1))
    found = [
        [
            len(platform.calculate(PATH, body(content, tag, start=first, end=last), "summary")["passes"])
            for content in contents[:8]
        ]
        for contents, tag in ((stored, "oem.json"), (texts, "oem.kvn"))
    ]
    assert found[0] == found[1]
    assert sum(found[0]) > 0


def changed(change: Any) -> dict[str, Any]:
    message = oem(hours=7, step=600)
    change(message, message["OEM_META_DATA_DATA"][0], message["OEM_META_DATA_DATA"][0]["DATA"])
    return message


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([], "orbit.content must be an OEM as a JSON object"),
        ({}, "orbit.content.OEM_META_DATA_DATA must be a list of segments"),
        (changed(lambda m, s, d: m.update(OEM_META_DATA_DATA=[])), "must be a list of segments"),
        (changed(lambda m, s, d: m.update(OEM_META_DATA_DATA=[1])), "OEM_META_DATA_DATA[0] must be a JSON object"),
        (changed(lambda m, s, d: s.pop("REF_FRAME")), "OEM_META_DATA_DATA[0].REF_FRAME is missing"),
        (changed(lambda m, s, d: s.update(REF_FRAME="MOON_ME")), "REF_FRAME must be GCRF, ICRF, EME2000"),
        (changed(lambda m, s, d: s.update(TIME_SYSTEM="GPS")), "TIME_SYSTEM must be UTC"),
        (changed(lambda m, s, d: s.update(CENTER_NAME="MOON")), "CENTER_NAME must be EARTH"),
        (changed(lambda m, s, d: d.clear()), "DATA must be a list of states"),
        (changed(lambda m, s, d: d.insert(0, 1)), "DATA[0] must be a JSON object"),
        (changed(lambda m, s, d: d[2].update(EPOCH="later")), "DATA[2].EPOCH must be a UTC time"),
        (changed(lambda m, s, d: d.reverse()), "DATA[1].EPOCH is not after the previous epoch"),
        (changed(lambda m, s, d: d[3].update(X="1.0")), "DATA[3].X must be a number"),
        (changed(lambda m, s, d: d[3].pop("Z_DOT")), "DATA[3].Z_DOT must be a number"),
        (changed(lambda m, s, d: d[3].update(X=6.8e9)), "DATA[3].X is 6.8e+09, too large for an Earth orbit"),
        (changed(lambda m, s, d: m["OEM_META_DATA_DATA"].append(s)), "[1] begins before the previous segment ends"),
        (changed(lambda m, s, d: d.pop()), "time_window.content is not covered by the orbit: the ephemeris covers"),
        (
            changed(
                lambda m, s, d: (m["OEM_META_DATA_DATA"].append({**s, "DATA": d[20:]}), d.__delitem__(slice(10, None)))
            ),
            "the ephemeris has no states between 2018-08-07T19:00:00",
        ),
    ],
)
def test_a_faulty_ephemeris_is_refused_by_field(platform: Platform, content: object, text: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=body(content, end="2018-08-08T00:25:00Z"))
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (1, "must be the text of an OEM in KVN"),
        ("", "must be an OEM in KVN, which begins with CCSDS_OEM_VERS"),
        ("<oem/>", "line 1, does not belong in the header"),
        ("CCSDS_OEM_VERS = 2.0", "must be a list of segments"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nnothing", "line 3, does not belong in the metadata"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nMETA_STOP\n2018-08-07T18:00:00 1 2 3", "line 4, must have an epoch and 6"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nMETA_STOP\nnow 1 2 3 4 5 6", "line 4, must begin with a UTC time"),
        ("CCSDS_OEM_VERS = 2.0\nMETA_START\nMETA_STOP\n2018-08-07T18:00:00 1 2 3 4 5 x", "line 4, must have numbers"),
    ],
)
def test_faulty_kvn_is_refused_by_line(platform: Platform, text: object, problem: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=body(text, "oem.kvn"))
    assert answer.status_code == 422
    assert problem in answer.json()["status"]["text"]


def test_other_orbits_are_refused(platform: Platform) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=samples.passes())
    assert answer.status_code == 422
    assert "orbit.type must be 'oem.json' or 'oem.kvn'" in answer.json()["status"]["text"]


def test_a_long_body_is_read_like_a_short_one(platform: Platform) -> None:
    short, long = oem(), oem()
    long["OEM_HEADER"]["COMMENTS"] = ["x" * 200_000]
    assert platform.calculate(PATH, body(long), "simple") == platform.calculate(PATH, body(short), "simple")
    codes = [platform.http.post(f"/{PATH}/requests", json={**body(one), "orbits": 1}) for one in (long, short)]
    assert codes[0].status_code == codes[1].status_code == 422
    assert codes[0].json() == codes[1].json()
    assert "orbits" in codes[0].text
