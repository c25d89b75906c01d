"""Uploads: what is stored, when, and what is said where nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock

from ..cdms import RADII, plain_cdm, space_track, without_ids
from ..cdms import kvn as cdm_kvn
from ..conftest import Platform
from ..oems import kvn as oem_kvn
from ..oems import oem

OEM = oem(hours=1)


def stored(platform: Platform, path: str) -> list[dict[str, Any]]:
    answer = platform.http.get(f"/{path}")
    assert answer.status_code == 200
    return list(answer.json()["elements"])


def cdm_body(content: object, tag: str = "cdm.json") -> dict[str, Any]:
    return {"cdm": {"type": tag, "content": content}}


def satellite(emulator: Emulator, number: int = 25544) -> str:
    (id_,) = emulator.put("satellites", [{"name": "ISS", "norad_ids": [number]}])
    return id_


def test_a_cdm_is_stored_as_it_came(platform: Platform) -> None:
    message = space_track(plain_cdm())
    answer = platform.calculate("cdms", cdm_body(message), "simple")
    assert answer["status"]["type"] == "NONE"
    assert answer["cdm"] == {"cdm_id": "1"}
    assert stored(platform, "cdms") == [message]
    assert len(stored(platform, "cdms?sat1_object_designator=90001")) == 1
    assert stored(platform, "cdms?sat1_object_designator=90002") == []


def test_a_cdm_without_an_id_gets_one(platform: Platform, clock: InstantClock) -> None:
    answer = platform.calculate("cdms", cdm_body(plain_cdm()), "simple")
    (element,) = stored(platform, "cdms")
    assert element["CDM_ID"] == answer["cdm"]["cdm_id"]
    assert element["CDM_ID"] in answer["status"]["text"]
    assert {key: value for key, value in element.items() if key not in ("CDM_ID", "INSERT_EPOCH")} == plain_cdm()
    assert "creates no conjunction" in answer["status"]["text"]


def test_a_cdm_in_kvn_is_stored_in_the_form_of_the_list_and_can_be_computed(platform: Platform) -> None:
    text = cdm_kvn(plain_cdm())
    platform.calculate("cdms", cdm_body(text, "cdm.kvn"), "simple")
    (element,) = stored(platform, "cdms")
    assert (element["SAT1_X"], element["SAT1_X_UNIT"]) == ("7078.0", "km")
    overrides = {"type": "cdm_overrides.json", "content": RADII}
    found = [
        platform.calculate(
            "estimate-risk/foster-1992",
            {"conjunction": {"type": tag, "content": content}, "overrides": overrides},
            "simple",
        )["risk_estimations"]["content"][0]
        for content, tag in ((element, "cdm.json"), (text, "cdm.kvn"), (plain_cdm(), "cdm.json"))
    ]
    assert without_ids(found[0]) == without_ids(found[1]) == without_ids(found[2])


def test_the_same_id_replaces(platform: Platform) -> None:
    first = space_track(plain_cdm())
    platform.calculate("cdms", cdm_body(first), "simple")
    platform.calculate("cdms", cdm_body({**first, "ORIGINATOR": "NEWER"}), "simple")
    assert [element["ORIGINATOR"] for element in stored(platform, "cdms")] == ["NEWER"]


def test_an_upload_is_stored_when_its_calculation_has_ended(
    emulator: Emulator, platform: Platform, clock: InstantClock
) -> None:
    emulator.processing_time = 5.0
    platform.submit("cdms", cdm_body(plain_cdm()))
    assert stored(platform, "cdms") == []
    clock.advance(4.9)
    assert stored(platform, "cdms") == []
    # Nobody has looked at its result: it is over all the same.
    clock.advance(0.2)
    assert len(stored(platform, "cdms")) == 1


def test_an_upload_that_is_scripted_to_fail_stores_nothing(emulator: Emulator, platform: Platform) -> None:
    emulator.next_calculation(status="FATAL")
    assert platform.calculate("cdms", cdm_body(plain_cdm()), "simple")["status"]["type"] == "FATAL"
    assert stored(platform, "cdms") == []
    emulator.next_calculation(status="WARNING")
    assert platform.calculate("cdms", cdm_body(plain_cdm()), "simple")["status"]["type"] == "WARNING"
    assert len(stored(platform, "cdms")) == 1


def test_a_repeated_upload_is_one(platform: Platform) -> None:
    for _ in range(2):
        platform.submit("cdms", cdm_body(plain_cdm()), headers={"Idempotency-Key": "once"})
    assert len(stored(platform, "cdms")) == 1


@pytest.mark.parametrize("name", ["orbit", "ephemerides"])
@pytest.mark.parametrize("tag", ["oem.json", "oem.kvn"])
def test_an_ephemeris_is_stored_under_its_satellite(
    emulator: Emulator, platform: Platform, name: str, tag: str
) -> None:
    id_ = satellite(emulator)
    content = OEM if tag == "oem.json" else oem_kvn(OEM)
    request = platform.submit("add-ephemerides", {name: {"type": tag, "content": content}})
    answers = {
        form: platform.http.get(f"/add-ephemerides/results/{request}/{form}").json()
        for form in ("simple", "oem", "omm")
    }
    oem_id = answers["simple"]["oem"]["oem_id"]
    assert answers["simple"]["oem"] == {"oem_id": oem_id, "satellite_id": id_}
    assert answers["oem"]["orbit"] == OEM
    assert answers["omm"]["status"]["type"] == "FATAL"
    assert "does not determine mean elements" in answers["omm"]["status"]["text"]
    assert "orbit" not in answers["omm"]
    (element,) = stored(platform, f"satellites/{id_}/oems")
    assert element == {"oem_id": oem_id, "norad_id": "25544", "is_predicted": True, **OEM}
    assert platform.http.get(f"/oems/{oem_id}").json() == element
    assert len(stored(platform, "oems?norad_id=25544")) == 1


@pytest.mark.parametrize(
    ("content", "tag", "text", "input_problem"),
    [
        (OEM, "oem.json", "No stored satellite has the NORAD ID '25544'", True),
        ("SpacecraftTime,GNSS_S_ITOW", "navsol.txt", "does not determine orbits and cannot use raw GNSS data", False),
        ("<oem/>", "oem.xml", "does not read oem.xml", False),
    ],
)
def test_what_cannot_be_stored_ends_fatal(
    emulator: Emulator, platform: Platform, content: object, tag: str, text: str, input_problem: bool
) -> None:
    satellite(emulator, 4711)
    answer = platform.calculate("add-ephemerides", {"orbit": {"type": tag, "content": content}}, "simple")
    assert (answer["status"]["type"], answer["status"]["input_problem"]) == ("FATAL", input_problem)
    assert text in answer["status"]["text"]
    assert stored(platform, "oems") == []


def test_a_cdm_in_xml_ends_fatal(platform: Platform) -> None:
    answer = platform.calculate("cdms", cdm_body("<cdm/>", "cdm.xml"), "simple")
    assert answer["status"]["type"] == "FATAL"
    assert "does not read cdm.xml. Send a cdm.json or cdm.kvn." in answer["status"]["text"]


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("cdms", {}, "cdm is missing"),
        ("cdms", cdm_body([]), "send one element of a downloaded array"),
        ("cdms", cdm_body({}, "tdm.txt"), "cdm.type must be 'cdm.json' or 'cdm.kvn' or 'cdm.xml'"),
        ("cdms", {**cdm_body({}), "force": True}, "force is not a field"),
        ("add-ephemerides", {"orbit": {"type": "tle.txt", "content": ""}}, "orbit.type must be 'oem.json'"),
        ("add-ephemerides", {"ephemerides": {"type": "oem.json", "content": 1}}, "ephemerides.content must be an OEM"),
        ("add-ephemerides", {"orbit": {"type": "oem.json", "content": OEM}, "ephemerides": 1}, "must be a JSON object"),
    ],
)
def test_other_bodies_are_refused(platform: Platform, path: str, body: dict[str, Any], text: str) -> None:
    answer = platform.http.post(f"/{path}/requests", json=body)
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]
