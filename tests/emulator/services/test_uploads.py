"""Uploads: what is stored, when, and what is said where nothing is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.services.outcome import NewElement
from okapi_sdk.emulator.store import tables
from okapi_sdk.testing import InstantClock

from .. import samples
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
    assert answer["status"]["type"] == "REMARK"
    assert "No probability: the CDM states no hard-body radius." in answer["status"]["text"]
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
        ("SpacecraftTime,GNSS_S_ITOW", "navsol.txt", "does not determine orbits from raw GNSS data", False),
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
        ("cdms", cdm_body({**plain_cdm(), "CDM_ID": {"a": 1}}), "cdm.content.CDM_ID must be text"),
        ("add-ephemerides", {"orbit": {"type": "tle.txt", "content": ""}}, "orbit.type must be 'oem.json'"),
        ("add-ephemerides", {"ephemerides": {"type": "oem.json", "content": 1}}, "ephemerides.content must be an OEM"),
        ("add-ephemerides", {"orbit": {"type": "oem.json", "content": OEM}, "ephemerides": 1}, "must be a JSON object"),
    ],
)
def test_other_bodies_are_refused(platform: Platform, path: str, body: dict[str, Any], text: str) -> None:
    answer = platform.http.post(f"/{path}/requests", json=body)
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]


def message(hours: float = 0, **changes: object) -> dict[str, Any]:
    """A CDM with a radius, created some hours after the first."""
    created = datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(hours=hours)
    return {
        **plain_cdm(), "CDM_ID": f"{hours}", "CREATION_DATE": f"{created:%Y-%m-%dT%H:%M:%S}",
        "SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS": "10", "SAT2_COMMENT_OPERATOR_HARD_BODY_RADIUS": "10", **changes,
    }  # fmt: skip


def upload(platform: Platform, content: dict[str, Any]) -> dict[str, Any]:
    return platform.calculate("cdms", cdm_body(content), "simple")


def test_a_cdm_creates_its_conjunction(platform: Platform) -> None:
    answer = upload(platform, message())
    assert answer["status"]["type"] == "NONE", answer["status"]
    (conjunction,) = stored(platform, "conjunctions")
    id_ = conjunction["conjunction_id"]
    (risk,) = stored(platform, f"conjunctions/{id_}/risk-estimations")
    own = platform.calculate(
        "estimate-risk/foster-1992", {"conjunction": {"type": "cdm.json", "content": message()}}, "simple"
    )["risk_estimations"]["content"][0]
    assert without_ids(risk) == without_ids(own)
    assert conjunction["newest_risk_estimation"] == risk
    assert conjunction["criticality"] == risk["criticality"] is not None
    assert (conjunction["sat1_norad_id"], conjunction["sat2_norad_id"]) == (90001, 90002)
    assert [one["CDM_ID"] for one in stored(platform, f"conjunctions/{id_}/cdms")] == ["0"]


def test_messages_on_one_encounter_belong_together_in_any_order(platform: Platform) -> None:
    later = message(6, SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS="11")
    requests = [platform.submit("cdms", cdm_body(one)) for one in (message(3), later, message(0))]  # at the same time
    for request in requests:
        assert platform.http.get(f"/cdms/results/{request}/simple").status_code == 200
    upload(platform, message(7, TCA=shifted(plain_cdm()["TCA"], 2)))  # another encounter of both
    heads = {len(stored(platform, f"conjunctions/{one['conjunction_id']}/cdms")): one
             for one in stored(platform, "conjunctions")}  # fmt: skip
    assert heads.keys() == {3, 1}
    assert heads[3]["newest_risk_estimation"]["sat1_hard_body_radius"] == 11
    upload(platform, message(6))  # the same message again, corrected
    estimations = stored(platform, f"conjunctions/{heads[3]['conjunction_id']}/risk-estimations")
    assert len(estimations) == 3
    again = platform.http.get(f"/conjunctions/{heads[3]['conjunction_id']}").json()
    assert again["newest_risk_estimation"]["sat1_hard_body_radius"] == 10


def shifted(time: str, hours: float) -> str:
    return f"{datetime.fromisoformat(time) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}"


@pytest.mark.parametrize(
    ("changes", "text", "estimations"),
    [
        ({"SAT1_OBJECT_DESIGNATOR": "ABC"}, "needs a TCA and the NORAD IDs", None),
        ({"SAT1_OBJECT_DESIGNATOR": "9" * 400}, "needs a TCA and the NORAD IDs", None),
        ({"SAT1_OBJECT_DESIGNATOR": "90002"}, "the NORAD IDs of two objects", None),
        ({"SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS": "1e300"}, "is 1e+300 m, more than", 0),
        ({"SAT1_CR_R": None}, "does not state SAT1_CR_R", 0),
    ],
)
def test_a_cdm_is_stored_even_if_it_has_no_risk(
    platform: Platform, changes: dict[str, Any], text: str, estimations: int | None
) -> None:
    answer = upload(platform, message(**changes))
    assert (answer["status"]["type"], text in answer["status"]["text"]) == ("REMARK", True)
    assert len(stored(platform, "cdms")) == 1
    heads = stored(platform, "conjunctions")
    found = [len(stored(platform, f"conjunctions/{one['conjunction_id']}/risk-estimations")) for one in heads]
    assert found == ([] if estimations is None else [estimations])


def test_a_full_store_keeps_no_half_of_an_upload(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(platform, message())
    before = {path: stored(platform, path) for path in ("cdms", "conjunctions")}
    monkeypatch.setattr(tables, "MOST_OBJECTS", 4)  # room for one more, and a message needs two
    assert upload(platform, message(5))["status"]["type"] == "FATAL"
    assert {path: stored(platform, path) for path in before} == before


def test_an_ephemeris_is_screened(emulator: Emulator, platform: Platform) -> None:
    start = samples.epoch(samples.ISS)
    emulator.put("satellites", [{"name": "ISS", "norad_ids": [25544], "accepted_minimum_distance": 20.0}])
    other = emulator.put("satellites", [{"name": "OTHER", "norad_ids": [4711]}])[0]
    body = {"orbit": {"type": "oem.json", "content": oem(start=start, hours=2)}}
    answer = platform.calculate("add-ephemerides", body, "simple")
    assert "0 closest approaches" in answer["status"]["text"]
    # The same states for another object: both stay together.
    twin = oem(start=start, hours=2)
    twin["OEM_META_DATA_DATA"][0]["OBJECT_ID"] = "4711"
    answer = platform.calculate("add-ephemerides", {"orbit": {"type": "oem.json", "content": twin}}, "simple")
    assert "against 0 stored TLEs and 1 ephemerides: 1 closest approaches within 1 km" in answer["status"]["text"]
    (conjunction,) = stored(platform, "conjunctions")
    assert (conjunction["sat1_name"], conjunction["sat2_name"]) == ("OTHER", "ISS")
    newest = conjunction["newest_risk_estimation"]
    assert newest["collision_probability"] is None
    assert newest["miss_distance"] == pytest.approx(0, abs=1e-3)
    assert platform.http.delete(f"/satellites/{other}").status_code == 200
    assert len(stored(platform, "conjunctions")) == 1  # the ISS is still there
    assert len(stored(platform, "oems")) == 1


def test_deleting_a_satellite_removes_what_belongs_to_it(emulator: Emulator, platform: Platform) -> None:
    id_ = satellite(emulator, 90001)
    upload(platform, message())
    (conjunction,) = stored(platform, "conjunctions")
    assert platform.http.delete(f"/satellites/{id_}").status_code == 200
    assert stored(platform, "conjunctions") == stored(platform, "cdms") == []
    rest = platform.http.get(f"/conjunctions/{conjunction['conjunction_id']}/risk-estimations")
    assert rest.status_code == 404


def test_a_corrected_message_leaves_nothing_of_the_first_behind(platform: Platform) -> None:
    upload(platform, message())
    upload(platform, message(TCA=shifted(plain_cdm()["TCA"], 5)))  # another encounter
    (conjunction,) = stored(platform, "conjunctions")
    assert conjunction["newest_risk_estimation"]["tca"].startswith("2023-05-02T17:30")
    answer = upload(platform, message(TCA=shifted(plain_cdm()["TCA"], 5), SAT1_CR_R=None))
    assert "without an estimation" in answer["status"]["text"]
    (conjunction,) = stored(platform, "conjunctions")
    assert (conjunction["newest_risk_estimation"], conjunction["criticality"]) == (None, None)
    assert stored(platform, f"conjunctions/{conjunction['conjunction_id']}/risk-estimations") == []


def test_an_older_message_takes_the_place_of_a_newer_one_that_is_corrected_away(platform: Platform) -> None:
    for hours in (6, 0):
        upload(platform, message(hours))
    upload(platform, message(6, TCA=shifted(plain_cdm()["TCA"], 5)))
    by_tca = {one["newest_risk_estimation"]["tca"][:13]: one for one in stored(platform, "conjunctions")}
    assert by_tca.keys() == {"2023-05-02T12", "2023-05-02T17"}
    assert by_tca["2023-05-02T12"]["newest_risk_estimation"]["creation_date"].startswith("2026-06-01T12:00")


def test_a_message_that_names_no_conjunction_any_more_leaves_it(platform: Platform) -> None:
    upload(platform, message())
    upload(platform, message(SAT1_OBJECT_DESIGNATOR="ABC"))
    assert len(stored(platform, "cdms")) == 1
    assert stored(platform, "conjunctions") == []


def test_an_ephemeris_of_a_deleted_satellite_is_not_stored(
    emulator: Emulator, platform: Platform, clock: InstantClock
) -> None:
    id_ = satellite(emulator)
    emulator.next_calculation(processing_time=3.0)
    request = platform.submit("add-ephemerides", {"orbit": {"type": "oem.json", "content": OEM}})
    assert platform.http.delete(f"/satellites/{id_}").status_code == 200
    clock.advance(3.1)
    # It is computed before or after the satellite is deleted.
    status = platform.http.get(f"/add-ephemerides/results/{request}/simple").json()["status"]
    assert status["type"] == "FATAL"
    assert stored(platform, "oems") == []


def test_an_element_whose_owner_was_removed_is_not_stored() -> None:
    with pytest.raises(tables.OwnerGoneError, match="s1 was removed from satellites"):
        NewElement("oems", "oem_id", {}, ("satellites", "s1")).put(tables.Store())
