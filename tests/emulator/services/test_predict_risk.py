"""predict-risk: a trend from one message and from a series."""

from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk import ConjunctionCdms, ConjunctionRiskPredictions, Conjunctions, OkapiClient, PredictRisk
from okapi_sdk.emulator import Emulator

from ..cdms import RADII, plain_cdm
from ..conftest import Platform

PATH = "predict-risk/foster-1992"


def body(cdm: dict[str, Any], **overrides: object) -> dict[str, Any]:
    return {
        "conjunction": {"type": "cdm.json", "content": cdm},
        "overrides": {"type": "cdm_overrides.json", "content": {**RADII, **overrides}},
    }


def prediction(platform: Platform, cdm: dict[str, Any], path: str = PATH) -> dict[str, Any]:
    answer = platform.calculate(path, body(cdm), "simple")
    (found,) = answer["risk_predictions"]["content"]
    return dict(found)


def test_a_trend_begins_with_the_estimate(platform: Platform) -> None:
    found = prediction(platform, plain_cdm())
    estimate = platform.calculate("estimate-risk/foster-1992", body(plain_cdm()), "simple")
    (record,) = estimate["risk_estimations"]["content"]
    assert found["collision_probability"] == record["collision_probability"]
    first = found["risk_trend"][0]
    assert first == {"time_to_tca": 109_814.75, "collision_probability": record["collision_probability"]}
    times = [point["time_to_tca"] for point in found["risk_trend"]]
    assert times == sorted(times, reverse=True)
    assert times[-1] == pytest.approx(times[0] / 10)
    assert 0 < found["probability_of_increase"] < 1
    peak = max(point["collision_probability"] for point in found["risk_trend"])
    assert found["approx_peak_risk"] == peak
    for quartiles in found["risk_quartiles"]:
        assert quartiles["lower"] <= quartiles["median"] <= quartiles["upper"]


def test_stored_messages_of_the_conjunction_are_part_of_the_trend(platform: Platform, emulator: Emulator) -> None:
    older = {**plain_cdm(), "CDM_ID": "1", "CREATION_DATE": "2023-04-30T06:00:00.000Z"}
    for name in ("CR_R", "CT_R", "CT_T", "CN_N"):
        for prefix in ("SAT1_", "SAT2_"):
            older[prefix + name] *= 4
    other = {**older, "CDM_ID": "2", "SAT2_OBJECT_DESIGNATOR": "4"}
    newer = {**older, "CDM_ID": "3", "CREATION_DATE": "2023-05-01T07:00:00.000Z"}
    elsewhere = {**older, "CDM_ID": "4", "TCA": "2023-05-04T12:30:15.250Z"}
    emulator.put("cdms", [older, other, newer, elsewhere])
    answer = platform.calculate(PATH, body(plain_cdm()), "simple")
    assert "from 2 messages" in answer["status"]["text"]
    (found,) = answer["risk_predictions"]["content"]
    assert found["risk_trend"][0]["time_to_tca"] > found["risk_trend"][1]["time_to_tca"] == 109_814.75
    assert "to the power 1.2" in answer["status"]["text"]


def test_all_methods_gives_one_prediction_for_each_of_the_plane(platform: Platform) -> None:
    answer = platform.calculate("predict-risk/all-methods", body(plain_cdm()), "simple")
    methods = [one["collision_probability_method"] for one in answer["risk_predictions"]["content"]]
    assert "FOSTER-1992" in methods
    assert len(methods) == len(set(methods)) == 7


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"CREATION_DATE": ""}, "CREATION_DATE"),
        ({"CREATION_DATE": "2023-05-03T06:00:00.000Z"}, "CREATION_DATE"),
        ({"SAT1_CR_R": 0.0, "SAT1_CT_R": 0.0, "SAT1_CT_T": 0.0, "SAT1_CN_N": 0.0}, None),
    ],
)
def test_what_cannot_be_predicted_says_why(platform: Platform, changes: dict[str, Any], reason: str | None) -> None:
    answer = platform.calculate(PATH, body({**plain_cdm(), **changes}), "simple")
    if reason is None:
        assert answer["status"]["type"] == "WARNING"
        assert answer["risk_predictions"]["content"][0]["criticality"] is None
    else:
        assert answer["status"]["type"] == "FATAL"
        assert reason in answer["status"]["text"]


def test_scaling_ranges_are_refused(platform: Platform) -> None:
    scaling = {"lower_bound": 0.5, "upper_bound": 1.0, "step_size": 0.5}
    answer = platform.calculate(PATH, body(plain_cdm(), SAT1_COVARIANCE_T_SCALING_RANGE=scaling), "simple")
    assert answer["status"]["type"] == "FATAL"
    assert "scaling ranges" in answer["status"]["text"]


def test_the_sdk_reads_it_and_finds_it_stored_with_the_conjunction() -> None:
    with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:
        conjunction = next(iter(client.list(Conjunctions())))
        assert conjunction.conjunction_id is not None
        cdms = list(client.list(ConjunctionCdms(conjunction_id=conjunction.conjunction_id)))
        found = client.run(PredictRisk(conjunction=cdms[-1]))
        assert found[0].risk_trend[0].collision_probability is not None
        stored = client.list(ConjunctionRiskPredictions(conjunction_id=conjunction.conjunction_id))
        assert list(stored) == list(found)


def test_a_prediction_from_a_message_that_is_not_stored_is_not_stored(platform: Platform, emulator: Emulator) -> None:
    emulator.put("conjunctions", [{"conjunction_id": "c"}])
    platform.calculate(PATH, body({**plain_cdm(), "CDM_ID": "1"}), "simple")
    assert platform.http.get("/conjunctions/c/risk-predictions").json()["elements"] == []
