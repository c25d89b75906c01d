"""maneuver-execution-analysis: thrust that differs from the plan in a known way, flown by a second integrator."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from okapi_sdk import AnalyzeManeuverExecution, OkapiClient
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock

from ..conftest import Platform
from ..flights import flown
from ..opms import BURN, EPOCH, OBSERVED, SECONDS, START, STATE, THRUST, opm

PATH = "maneuver-execution-analysis"


@pytest.fixture(scope="module")
def planned_end() -> Any:
    """The state at the end of the plan, by the emulator's propagator."""
    with Emulator(clock=InstantClock()) as emulator, Platform(emulator) as platform:
        settings = {"type": "prop_settings.json", "content": {"propagation_end_epoch": OBSERVED}}
        body = {"orbit": {"type": "opm.json", "content": opm(EPOCH, START, thrust=THRUST)}, "settings": settings}
        last = platform.calculate("propagate-orbit/neptune", body, "opm")["orbit"]["OPM_DATA"]
    return np.array([last[name] for name in STATE])


def executed_end(planned_end: Any, thrust: Any) -> Any:
    """The state at that time with another thrust. The difference is that of the second integrator."""
    burns = [[(*BURN, one)] for one in (thrust, THRUST)]
    return planned_end + flown(START, SECONDS, burns[0]) - flown(START, SECONDS, burns[1])


def body(plan: dict[str, Any], orbit: dict[str, Any]) -> dict[str, Any]:
    return {"maneuver": {"type": "opm.json", "content": plan}, "orbit": {"type": "opm.json", "content": orbit}}


def test_weak_thrust_in_a_wrong_direction_is_found(platform: Platform, planned_end: Any) -> None:
    wrong = 0.95 * THRUST + np.array((0.0, 0.0, 5e-8))
    plan = opm(EPOCH, START, thrust=THRUST)
    end = executed_end(planned_end, wrong)
    answer = platform.calculate(PATH, body(plan, opm(OBSERVED, end, deviation=1e-3)), "simple")
    assert answer["status"]["type"] == "NONE", answer
    found = answer["execution"]
    assert found["planned_delta_v"] == pytest.approx((THRUST * BURN[1] * 1e3).tolist())
    assert found["executed_delta_v"] == pytest.approx((wrong * BURN[1] * 1e3).tolist(), abs=2e-4)
    size = np.linalg.norm(THRUST)
    assert found["performance"] == pytest.approx(wrong @ THRUST / size**2, abs=1e-3)
    angle = math.degrees(math.acos(wrong @ THRUST / size / np.linalg.norm(wrong)))
    assert found["pointing_error"] == pytest.approx(angle, abs=0.05)
    assert found["distance_from_plan"] > 0.05
    assert found["distance_explained"] < 1e-3
    assert all(0 < deviation < 0.01 for deviation in found["standard_deviation"])


def test_errors_of_the_orbit_are_as_large_as_their_standard_deviations(platform: Platform, planned_end: Any) -> None:
    random = np.random.default_rng(3)
    plan = opm(EPOCH, START, thrust=THRUST)
    misses = []
    for _ in range(3):
        noise = random.standard_normal(6) * np.array((0.02,) * 3 + (2e-5,) * 3)
        answer = platform.calculate(PATH, body(plan, opm(OBSERVED, planned_end + noise, deviation=0.02)), "simple")
        found = answer["execution"]
        error = np.array(found["executed_delta_v"]) - np.array(found["planned_delta_v"])
        misses += (error / np.array(found["standard_deviation"])).tolist()
    assert 0.5 < np.sqrt(np.mean(np.square(misses))) < 1.6


def test_an_orbit_of_another_maneuver_is_doubted(platform: Platform) -> None:
    tiny = tuple(value * 1e-3 for value in THRUST)
    after = opm(OBSERVED, flown(START, SECONDS, [(*BURN, THRUST)]))
    status = platform.calculate(PATH, body(opm(EPOCH, START, thrust=tiny), after), "simple")["status"]
    assert status["type"] == "WARNING"
    assert "differs from the plan by more than the plan itself" in status["text"]


def test_without_covariances_the_accuracy_is_unknown() -> None:
    plan = opm(EPOCH, START, thrust=THRUST)
    with Emulator(clock=InstantClock()) as emulator, OkapiClient.emulated(emulator) as client:
        after = opm(OBSERVED, flown(START, SECONDS, [(*BURN, THRUST)]))
        result = client.run(AnalyzeManeuverExecution(body=body(plan, after)))
    assert result["execution"]["standard_deviation"] is None
    assert "the accuracy is unknown" in result["status"]["text"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"MANEUVERS": []}, "MANEUVERS must have at least one maneuver"),
        ({"EPOCH": "2023-05-02T06:31:00.000Z"}, "begins before the epoch"),
        ({"X": "far"}, "maneuver.content.OPM_DATA.X must be a number"),
    ],
)
def test_plans_without_a_maneuver_are_refused(platform: Platform, changes: dict[str, Any], text: str) -> None:
    plan = copy.deepcopy(opm(EPOCH, START, thrust=THRUST))
    plan["OPM_DATA"] |= changes
    answer = platform.http.post(f"/{PATH}/requests", json=body(plan, opm(OBSERVED, START)))
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]


def test_an_orbit_before_the_end_of_the_maneuver_is_refused(platform: Platform) -> None:
    early = opm("2023-05-02T06:34:59.000Z", START)
    answer = platform.http.post(f"/{PATH}/requests", json=body(opm(EPOCH, START, thrust=THRUST), early))
    assert answer.status_code == 422
    assert "after the end of the last maneuver" in answer.json()["status"]["text"]


@pytest.mark.parametrize(
    ("thrust", "epoch", "text"),
    [
        ((0.0, 0.0, 0.0), OBSERVED, "add up to zero"),
        (THRUST, "2023-05-12T08:00:00.000Z", "more than 7 days after"),
    ],
)
def test_what_cannot_be_analysed_ends_fatal(platform: Platform, thrust: Any, epoch: str, text: str) -> None:
    status = platform.calculate(PATH, body(opm(EPOCH, START, thrust=thrust), opm(epoch, START)), "simple")["status"]
    assert (status["type"], status["input_problem"]) == ("FATAL", True)
    assert text in status["text"]
