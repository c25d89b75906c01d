"""Bodies and answers typed by hand from what is published of the platform, held against the emulator too.

That the SDK writes these bodies is tested next to its nouns. Here the same bodies go to the emulator, and what the
emulator answers must have the names and types of answers that are typed here and that the SDK reads: the two cannot
agree on a mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from okapi_sdk import Conjunction, OemRecord, OrbitCheck, RiskEstimations, Satellite, SpacecraftPasses
from okapi_sdk.emulator import Emulator
from tests.calculations.test_bodies import TABLE
from tests.calculations.test_conjunctions import ROWS as CONJUNCTIONS
from tests.calculations.test_open_bodies import ROWS as OPEN
from tests.models.messages import CDM

from .. import samples
from ..candidates import CANDIDATES, put, tle_body
from ..conftest import Platform

BODIES: dict[str, tuple[str, dict[str, Any], str]] = {
    **{f"{row.name}": (row.endpoint, row.generic, "status") for row in TABLE},
    **{f"{row.name}, typed": (row.endpoint, row.typed, "state_msg") for row in TABLE if row.typed != row.generic},
    **{name: (row[1], row[2], "status") for name, row in CONJUNCTIONS.items()},
    **{f"{name}, typed": (row[1], row[3], "state_msg") for name, row in CONJUNCTIONS.items() if row[3]},
    **{name: (row[1], row[2], "status") for name, row in OPEN.items()},
}


# Its TDM has no segments, so there is nothing to fit.
EMPTY = {"determination"}
KNOWN = {name: row for name, row in BODIES.items() if "tomorrow" not in row[0] and name not in EMPTY}


@pytest.mark.parametrize(("endpoint", "body", "told"), KNOWN.values(), ids=KNOWN)
def test_the_bodies_are_accepted(platform: Platform, endpoint: str, body: dict[str, Any], told: str) -> None:
    answer = platform.http.post(f"/{endpoint}/requests", json=body)
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"request_id", told}
    assert set(answer.json()[told]) >= {"type", "text"}


NONE = {"type": "NONE", "text": "No messages"}
PART = {"status": NONE, "result_part_id": 1, "next_result_part_foreseen": False}
RISK = {
    "risk_estimation_id": "5", "tca": "2020-01-10T09:00:00.000Z", "collision_probability": 1.2e-5,
    "collision_probability_method": "FOSTER-1992", "mahalanobis_distance": 3.5, "miss_distance": 0.8,
    "relative_speed": 14.2, "r": 0.1, "t": -0.7, "n": 0.3, "r_dot": 0.001, "t_dot": -14.2, "n_dot": 2.0,
    "r_std": 0.1, "t_std": 0.2, "n_std": 0.3, "r_dot_std": 0.001, "t_dot_std": 0.002, "n_dot_std": 0.003,
    "sat1_covariance_r_scaling_factor": 1.0, "sat1_covariance_t_scaling_factor": 1.0,
    "sat1_covariance_n_scaling_factor": 1.0, "sat2_covariance_r_scaling_factor": 1.0,
    "sat2_covariance_t_scaling_factor": 1.0, "sat2_covariance_n_scaling_factor": 1.0,
    "b_plane_x": 0.7, "b_plane_y": 0.1, "b_plane_xx": 0.01, "b_plane_xy": 0.0, "b_plane_yy": 0.02, "b_plane_yx": 0.0,
    "suggested": True, "based_on": "UNKNOWN",
}  # fmt: skip
VIOLATION = {
    "norad_id": 12345, "tca": "2022-05-01T00:00:00.000Z", "r": 0.1, "t": -2.0, "n": 0.3, "r_dot": 0.001, "t_dot": -14.2,
    "n_dot": 2.0,
}  # fmt: skip
OEM = {
    "OEM_HEADER": {
        "CCSDS_OEM_VERS": 2.0, "CREATION_DATE": "2020-09-18T10:00:00.000Z", "ORIGINATOR": "OKAPI:Orbits GmbH",
    },
    "OEM_META_DATA_DATA": [{
        "OBJECT_NAME": "Unspecified", "OBJECT_ID": "Unspecified", "CENTER_NAME": "EARTH", "REF_FRAME": "GCRF",
        "TIME_SYSTEM": "UTC", "DATA": [{
            "EPOCH": "2016-07-21T00:31:50.000Z", "X": 615.119526, "Y": -7095.644839, "Z": -678.668352,
            "X_DOT": 0.390367, "Y_DOT": 0.741902, "Z_DOT": -7.39698,
        }],
    }],
}  # fmt: skip
SATELLITE = {
    "satellite_id": "550e8400-e29b-11d4-a716-446655440000", "name": "My satellite", "norad_ids": [1234567],
    "area": 1.0, "mass": 1.0, "space_track_status": "satellite_registered",
}  # fmt: skip
CONJUNCTION = {
    "conjunction_id": "550e8400-e29b-11d4-a716-446655440000", "sat1_norad_id": 25544, "sat2_norad_id": 12345,
    "sat1_name": "ISS", "sat2_name": "DEBRIS", "criticality": "observe", "newest_risk_estimation": RISK,
}  # fmt: skip
CONTACTS = {
    "ground_station_passes_id": "550e8400-e29b-11d4-a716-446655440000", "spacecraft": "SALSAT",
    "start_epoch": "2020-10-13T10:00:23.000Z", "stop_epoch": "2020-10-13T10:09:54.000Z",
    "passes": [{"start": "2020-10-13T10:00:23.000Z", "end": "2020-10-13T10:09:54.000Z"}],
}  # fmt: skip


def _risk(platform: Platform, emulator: Emulator) -> Any:
    body = {
        "conjunction": {"type": "cdm.kvn", "content": CDM},
        "overrides": {
            "type": "cdm_overrides.json",
            "content": {"SAT1_HARD_BODY_RADIUS": 2.0, "SAT2_HARD_BODY_RADIUS": 3.0},
        },
    }
    return platform.calculate("estimate-risk/foster-1992", body, "simple")


def _check(platform: Platform, emulator: Emulator) -> Any:
    put(emulator, *CANDIDATES.values())
    emulator.put("satellites", [{"norad_ids": [25544], "accepted_minimum_distance": 300.0}])
    return platform.calculate("check-orbit", tle_body(), "simple")


def _passes(platform: Platform, emulator: Emulator) -> Any:
    return platform.calculate("predict-passes/sgp4", samples.passes(), "simple")


def _listed(path: str) -> Callable[[Platform, Emulator], Any]:
    def listed(platform: Platform, emulator: Emulator) -> Any:
        emulator.seed_fleet()
        return platform.http.get(f"/{path}").json()

    return listed


def _contacts(platform: Platform, emulator: Emulator) -> Any:
    platform.http.post(
        "/multi-ground-station-passes",
        json={
            "elements": [
                {"spacecraft": "SALSAT", "passes": [{"start": "2020-10-13T10:00:23Z", "end": "2020-10-13T10:09:54Z"}]}
            ]
        },
    )
    return platform.http.get("/multi-ground-station-passes-info").json()


class Answer(NamedTuple):
    """An answer typed by hand, how the emulator is brought to give one like it, and what the SDK reads in it."""

    typed: dict[str, Any]
    given: Callable[[Platform, Emulator], Any]
    read: Callable[[Any], Any]
    value: Any


ANSWERS = {
    "result": Answer(PART, _passes, lambda answer: answer["result_part_id"], 1),
    "risk": Answer(
        {**PART, "risk_estimations": {"type": "risk_estimations.json", "content": [RISK]}},
        _risk,
        lambda answer: [
            (one.miss_distance_m, one.t_dot, one.b_plane_xx) for one in RiskEstimations.from_answer(answer)
        ],
        [(800.0, -14.2, 0.01)],
    ),
    "check": Answer(
        {**PART, "violations": [VIOLATION], "candidates_checked": 1423},
        _check,
        lambda answer: [(one.norad_id, one.t) for one in OrbitCheck.from_answer(answer).violations],
        [(12345, -2.0)],
    ),
    "ephemerides": Answer(
        {"elements": [OEM]},
        _listed("oems"),
        lambda answer: OemRecord.model_validate(answer["elements"][0]).oem().segments[0].data[0].x,
        615.119526,
    ),
    "satellites": Answer(
        {"elements": [SATELLITE]},
        _listed("satellites"),
        lambda answer: Satellite.model_validate(answer["elements"][0]).norad_ids,
        (1234567,),
    ),
    "conjunctions": Answer(
        {"elements": [CONJUNCTION], "has_more": False, "total_count": 1},
        _listed("conjunctions"),
        lambda answer: Conjunction.model_validate(answer["elements"][0]).newest_risk_estimation.miss_distance,  # type: ignore[union-attr]
        0.8,
    ),
    "ground-station passes": Answer(
        {"elements": [CONTACTS]},
        _contacts,
        lambda answer: SpacecraftPasses.model_validate(answer["elements"][0]).spacecraft,
        "SALSAT",
    ),
}


@pytest.mark.parametrize(("typed", "given", "read", "value"), ANSWERS.values(), ids=ANSWERS)
@pytest.mark.filterwarnings("ignore::okapi_sdk.OkapiWarning")
def test_the_answers_are_those_of_the_platform(
    platform: Platform,
    emulator: Emulator,
    typed: dict[str, Any],
    given: Callable[[Platform, Emulator], Any],
    read: Callable[[Any], Any],
    value: Any,
) -> None:
    assert read(typed) == value
    answered = given(platform, emulator)
    _alike(typed, answered, "answer")
    read(answered)


def _alike(typed: Any, answered: Any, where: str) -> None:
    """Every name is there, with a value of the same JSON type; what else there is does not matter."""
    if isinstance(typed, dict):
        assert isinstance(answered, dict), where
        assert typed.keys() <= answered.keys(), f"{where}: {typed.keys() - answered.keys()}"
        for name, value in typed.items():
            _alike(value, answered[name], f"{where}.{name}")
    elif isinstance(typed, list):
        assert isinstance(answered, list), where
        assert answered, where
        for index, value in enumerate(answered):
            _alike(typed[0], value, f"{where}[{index}]")
    elif isinstance(typed, float | int) and not isinstance(typed, bool):
        assert isinstance(answered, float | int) and not isinstance(answered, bool), where  # noqa: PT018
    else:
        assert type(answered) is type(typed), where
