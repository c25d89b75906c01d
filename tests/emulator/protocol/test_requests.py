from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.services.catalogue import SERVICES
from okapi_sdk.testing import InstantClock
from tests.support import plain

from .. import samples
from ..candidates import tle_body
from ..conftest import Platform

PASSES = "predict-passes/sgp4"


@pytest.mark.parametrize("path", ["/predict-passes/sgp4/requests", "/predict-passes/sgp4/requests/"])
def test_a_generic_submission_is_acknowledged_with_status(
    emulator: Emulator, platform: Platform, clock: InstantClock, path: str
) -> None:
    answer = platform.http.post(path, json=samples.passes())
    assert answer.status_code == 202
    assert set(answer.json()) == {"request_id", "status"}
    assert answer.json()["status"]["type"] == "NONE"
    (entry,) = emulator.calculations
    assert (entry.id, entry.path) == (answer.json()["request_id"], "/predict-passes/sgp4/requests")
    assert abs(entry.created.timestamp() - clock.wall()) < 1e-3


def test_a_typed_submission_is_acknowledged_with_state_msg(platform: Platform) -> None:
    answer = platform.http.post(f"/{PASSES}/requests", json=samples.typed_passes())
    assert answer.status_code == 202
    assert set(answer.json()) == {"request_id", "state_msg"}


def test_both_dialects_are_the_same_request(platform: Platform) -> None:
    typed = platform.calculate(PASSES, samples.typed_passes(), "simple")
    assert typed == platform.calculate(PASSES, samples.passes(), "simple")


def test_both_dialects_take_an_output_step(platform: Platform) -> None:
    typed = {**samples.typed_passes(), "predict_passes_settings": {"output_time_step": 30}, "neptune_config": {}}
    assert platform.calculate(PASSES, typed, "simple") == platform.calculate(PASSES, samples.passes(step=30), "simple")


def test_a_result_is_pending_until_its_processing_time_is_over(
    emulator: Emulator, platform: Platform, clock: InstantClock
) -> None:
    emulator.processing_time = 2.0
    id_ = platform.submit(PASSES, samples.passes())
    for _ in range(2):
        answer = platform.http.get(f"/{PASSES}/results/{id_}/simple")
        assert answer.status_code == 202
        assert set(answer.json()) == {"request_id", "status"}
        assert answer.json()["request_id"] == id_
        clock.advance(0.99)
    clock.advance(0.02)
    answer = platform.http.get(f"/{PASSES}/results/{id_}/simple")
    assert answer.status_code == 200
    assert "request_id" not in answer.json()
    assert len(answer.json()["passes"]) == 2


def test_the_current_order_answers_an_object_with_status(platform: Platform) -> None:
    id_ = platform.submit(PASSES, samples.passes())
    body = platform.http.get(f"/{PASSES}/results/{id_}/summary").json()
    assert set(body) == {"status", "result_part_id", "next_result_part_foreseen", "passes"}
    assert body["status"]["type"] == "NONE"
    assert body["status"]["text"].startswith("2 passes.")
    assert "SGP4 (WGS 72)" in body["status"]["text"]


def test_the_typed_order_answers_an_array(emulator: Emulator, platform: Platform, clock: InstantClock) -> None:
    emulator.processing_time = 1.0
    id_ = platform.submit(PASSES, samples.typed_passes())
    pending = platform.http.get(f"/{PASSES}/summary/results/{id_}")
    assert pending.status_code == 202
    assert [set(item) for item in pending.json()] == [{"request_id", "state_msg"}]
    clock.advance(1)
    finished = platform.http.get(f"/{PASSES}/summary/results/{id_}")
    assert finished.status_code == 200
    (item,) = finished.json()
    assert set(item) == {"state_msgs", "passes"}
    assert item["state_msgs"][0]["type"] == "NONE"
    assert item["passes"] == platform.http.get(f"/{PASSES}/results/{id_}/summary").json()["passes"]


def test_the_generic_suffix_answers_okapi_output(emulator: Emulator, platform: Platform, clock: InstantClock) -> None:
    emulator.processing_time = 1.0
    id_ = platform.submit(PASSES, samples.typed_passes())
    pending = platform.http.get(f"/{PASSES}/summary/results/{id_}/generic")
    assert pending.status_code == 202
    assert pending.json()["okapi_output"]["status"]["content"]["type"] == "NONE"
    clock.advance(1)
    body = platform.http.get(f"/{PASSES}/summary/results/{id_}/generic").json()
    assert set(body) == {"okapi_output"}
    assert set(body["okapi_output"]) == {"status", "passes"}
    assert body["okapi_output"]["status"]["content"]["type"] == "NONE"


def test_one_calculation_can_be_read_in_every_format_again_and_again(platform: Platform) -> None:
    id_ = platform.submit(PASSES, samples.passes())
    simple, summary = (platform.http.get(f"/{PASSES}/results/{id_}/{name}").json() for name in ("simple", "summary"))
    assert [{k: v for k, v in p.items() if k != "track"} for p in simple["passes"]] == summary["passes"]
    assert simple == platform.http.get(f"/{PASSES}/results/{id_}/simple").json()


def test_long_results_come_in_parts(emulator: Emulator, platform: Platform) -> None:
    whole = platform.calculate(PASSES, samples.passes(end="2018-08-10T18:00:00Z"), "summary")
    assert len(whole["passes"]) == 18
    assert whole["next_result_part_foreseen"] is False
    emulator.rows_per_part = 5
    id_ = platform.submit(PASSES, samples.passes(end="2018-08-10T18:00:00Z"))
    parts = [platform.http.get(f"/{PASSES}/results/{id_}/summary/{number}").json() for number in (1, 2, 3, 4)]
    assert [len(part["passes"]) for part in parts] == [5, 5, 5, 3]
    assert [part["result_part_id"] for part in parts] == [1, 2, 3, 4]
    assert [part["next_result_part_foreseen"] for part in parts] == [True, True, True, False]
    assert [row for part in parts for row in part["passes"]] == whole["passes"]
    assert platform.http.get(f"/{PASSES}/results/{id_}/summary").json() == parts[0]
    # The older forms knew no parts and answer with the whole.
    assert platform.http.get(f"/{PASSES}/summary/results/{id_}").json()[0]["passes"] == whole["passes"]


@pytest.mark.parametrize("part", ["0", "2", "999999999", "-1", "x", "1.0", "9999999999999999999999"])
def test_a_part_out_of_range_is_not_found(platform: Platform, part: str) -> None:
    id_ = platform.submit(PASSES, samples.passes())
    answer = platform.http.get(f"/{PASSES}/results/{id_}/simple/{part}")
    assert answer.status_code == 404
    assert answer.json()["status"]["type"] == "FATAL"


def test_an_unknown_id_is_not_found(platform: Platform) -> None:
    answer = platform.http.get(f"/{PASSES}/results/3f0c1a9e/simple")
    assert answer.status_code == 404
    assert "3f0c1a9e" in answer.json()["status"]["text"]
    assert platform.http.get(f"/{PASSES}/simple/results/3f0c1a9e").json()["state_msg"]["type"] == "FATAL"


def test_an_id_belongs_to_its_service(platform: Platform) -> None:
    id_ = platform.submit(PASSES, samples.passes())
    assert platform.http.get(f"/propagate-orbit/sgp4/results/{id_}/simple").status_code == 404


@pytest.mark.parametrize("order", ["results/{id}/oem", "oem/results/{id}", "oem/results/{id}/generic"])
def test_a_format_that_is_not_offered_is_not_found_and_the_others_are_named(platform: Platform, order: str) -> None:
    id_ = platform.submit(PASSES, samples.passes())
    answer = platform.http.get(f"/{PASSES}/{order.format(id=id_)}")
    assert answer.status_code == 404
    assert "simple, summary" in answer.text


def test_an_idempotency_key_makes_one_calculation_of_two_submissions(emulator: Emulator, platform: Platform) -> None:
    headers = {"Idempotency-Key": "once"}
    first = platform.submit(PASSES, samples.passes(), headers=headers)
    assert platform.submit(PASSES, samples.passes(), headers=headers) == first
    assert [(entry.id, entry.idempotency_key) for entry in emulator.calculations] == [(first, "once")]
    assert platform.submit(PASSES, samples.passes()) != first
    assert platform.submit(PASSES, samples.passes(), headers={"Idempotency-Key": "twice"}) != first
    assert len(emulator.calculations) == 3


def test_an_idempotency_key_for_another_request_is_a_conflict(emulator: Emulator, platform: Platform) -> None:
    headers = {"Idempotency-Key": "once"}
    platform.submit(PASSES, samples.passes(), headers=headers)
    other_body = platform.http.post(f"/{PASSES}/requests", json=samples.passes(latitude=1), headers=headers)
    other_path = platform.http.post("/check-orbit/requests", json=tle_body(), headers=headers)
    assert (other_body.status_code, other_path.status_code) == (409, 409)
    assert len(emulator.calculations) == 1


def test_a_refused_submission_does_not_use_up_its_key(platform: Platform) -> None:
    headers = {"Idempotency-Key": "once"}
    assert platform.http.post(f"/{PASSES}/requests", json={}, headers=headers).status_code == 422
    platform.submit(PASSES, samples.passes(), headers=headers)


def test_the_table_names_every_service_of_the_platform() -> None:
    methods = {path.partition("/")[0]: 0 for path in SERVICES}
    for path in SERVICES:
        methods[path.partition("/")[0]] += 1
    assert methods == {
        "predict-passes": 4,
        "propagate-orbit": 3,
        "estimate-risk": 9,
        "predict-risk": 9,
        "check-orbit": 1,
        "generate-maneuver": 1,
        "determine-orbit": 1,
        "add-ephemerides": 1,
        "correlate-observation": 1,
        "estimate-covariance": 1,
        "maneuver-execution-analysis": 1,
        "geo-slot-analysis": 1,
        "cdms": 1,
    }


def test_a_fatal_result_looks_alike_in_every_envelope(platform: Platform) -> None:
    id_ = platform.submit("estimate-covariance", tle_body())
    (item,) = platform.http.get(f"/estimate-covariance/simple/results/{id_}").json()
    assert item["state_msgs"][0]["type"] == "FATAL"
    output = platform.http.get(f"/estimate-covariance/simple/results/{id_}/generic").json()["okapi_output"]
    assert output["status"]["content"]["type"] == "FATAL"


def test_the_root_describes_the_emulator_to_anybody(emulator: Emulator) -> None:
    body: dict[str, Any] = plain.get(emulator.base_url + "/").json()
    assert body["name"] == "okapi-sdk emulator"
    assert body["services"]["predict-passes/sgp4"] == {"formats": ["simple", "summary"], "computed": True}
    computed = {path: service["computed"] for path, service in body["services"].items()}
    assert computed == {path: service.computation is not None for path, service in SERVICES.items()}
