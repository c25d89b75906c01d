"""generate-maneuver: the risk that it claims, against a second flight and a second integral, and its constraints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from okapi_sdk import (
    ConjunctionManeuverEvaluations,
    Conjunctions,
    GenerateManeuver,
    ManeuverConstraints,
    ManeuverPlans,
    ManeuverWindow,
    OkapiClient,
    Opm,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.engines.brahe_library import brahe
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.sunlight import sun_positions
from okapi_sdk.testing import InstantClock

from ..avoided_encounters import ACCEPTED, avoided
from ..cdms import RADII, plain_cdm
from ..conftest import Platform
from ..encounters import cara_encounters
from ..flights import risk_after

PATH = "generate-maneuver"
TCA = datetime(2023, 5, 2, 12, 30, 15, 250_000, tzinfo=UTC)
NOW = TCA - timedelta(hours=5)
RADIUS = sum(RADII.values())
SATELLITE: dict[str, Any] = {
    "name": "BODY 1", "norad_ids": [90_001], "mass": 500.0, "area": 4.0, "thrust_output": 0.5,
    "max_thrust_duration": 900.0, "use_offset_cdm_and_earliest_maneuver": False,
    "accepted_collision_probability": 5e-5,
}  # fmt: skip


@pytest.fixture
def clock() -> InstantClock:
    return InstantClock(NOW)


def body(cdm: dict[str, Any] | None = None, **constraints: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "conjunction": {"type": "cdm.json", "content": plain_cdm() if cdm is None else cdm},
        "overrides": {"type": "cdm_overrides.json", "content": RADII},
    }
    return {**found, "maneuver_constraints": constraints} if constraints else found


def answer_for(platform: Platform, emulator: Emulator, satellite: dict[str, Any], **constraints: Any) -> dict[str, Any]:
    emulator.put("satellites", [{"satellite_id": "s", **SATELLITE, **satellite}])
    return platform.calculate(PATH, body(**constraints), "simple")


def window(first: int, last: int) -> dict[str, str]:
    """A window between two times in minutes before the TCA."""
    edges = (f"{TCA - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}" for minutes in (first, last))
    return dict(zip(("start_epoch", "end_epoch"), edges, strict=True))


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def phases(row: dict[str, Any]) -> Iterator[tuple[datetime, datetime]]:
    for one in row["maneuver_file"]["OPM_DATA"]["MANEUVERS"]:
        start = time_of(one["MAN_EPOCH_IGNITION"])
        yield start, start + timedelta(seconds=one["MAN_DURATION"])


def test_every_claimed_risk_is_that_of_a_second_flight(platform: Platform, emulator: Emulator) -> None:
    answer = answer_for(platform, emulator, {}, maneuver_windows=[window(125, 0)])
    assert answer["status"]["type"] == "NONE", answer["status"]
    rows = answer["cam_result_data"]
    assert {row["strategy_name"] for row in rows} == {"short_term", "long_term"}
    assert [row["strategy_number"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["suggested"] for row in rows] == [True] + [False] * (len(rows) - 1)
    assert [row["thrust_total"] for row in rows] == sorted(row["thrust_total"] for row in rows)
    directions = " ".join(row["comment"] for row in rows)
    assert "(transverse)" in directions
    assert "(normal)" in directions
    for row in rows:
        claimed = row["new_risk_estimation"]
        probability, miss = risk_after(row["maneuver_file"], plain_cdm(), RADIUS)
        assert claimed["collision_probability"] <= 5e-5
        assert probability == pytest.approx(claimed["collision_probability"], rel=0.01)
        assert miss == pytest.approx(claimed["miss_distance"], rel=1e-3)
        (thrust,) = row["maneuver_file"]["OPM_DATA"]["MANEUVERS"]
        size = sum(thrust[f"USER_DEFINED_MAN_A_{axis}"] ** 2 for axis in (1, 2, 3)) ** 0.5
        assert size == pytest.approx(0.5 / 500 / 1000)
        assert row["thrust_total"] == pytest.approx(size * thrust["MAN_DURATION"] * 1000)
        assert all(start >= NOW and end <= TCA for start, end in phases(row))
        # Gauss: along the orbit, da = 2 a² v dv / mu.
        if "(transverse)" in row["comment"]:
            assert abs(row["delta_sma"]) == pytest.approx(
                2 * 7078**2 * 7.5 * row["thrust_total"] / 1e3 / 398_600, rel=0.05
            )


@pytest.mark.parametrize("name", ["40115 and 30660", "32060 and 35644"])
def test_published_encounters_are_avoided(name: str) -> None:
    encounter = next(one for one in cara_encounters() if one.name == name)
    maneuvers = list(avoided(encounter, 1.5))
    assert maneuvers
    for one in maneuvers:
        assert one.claimed <= ACCEPTED < encounter.monte_carlo
        assert one.again == pytest.approx(one.claimed, rel=0.01)
        assert one.miss_again == pytest.approx(one.claimed_miss, rel=1e-3)


def test_the_platform_itself_confirms_a_maneuver(platform: Platform, emulator: Emulator) -> None:
    row = answer_for(platform, emulator, {}, maneuver_windows=[window(60, 0)])["cam_result_data"][0]
    new = row["new_risk_estimation"]
    orbit = {"type": "opm.json", "content": row["maneuver_file"]}
    settings = {"type": "prop_settings.json", "content": {"propagation_end_epoch": new["tca"]}}
    path = "propagate-orbit/neptune"
    state = platform.calculate(path, {"orbit": orbit, "settings": settings}, "simple")["states"][-1]
    names = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
    cdm = {**plain_cdm(), "TCA": new["tca"], **{f"SAT1_{name.upper()}": state[name] for name in names}}
    other = new["sat2_state_at_tca"]["OPM_DATA"]
    cdm |= {f"SAT2_{name.upper()}": other[name.upper()] for name in names}
    again = platform.calculate("estimate-risk/foster-1992", body(cdm), "simple")["risk_estimations"]["content"][0]
    assert again["collision_probability"] == pytest.approx(new["collision_probability"], rel=1e-3)
    assert again["criticality"] == "observe"


def test_a_critical_conjunction_of_the_fleet_is_avoided_and_the_maneuvers_are_stored() -> None:
    clock = InstantClock(datetime(2026, 11, 28, 6, tzinfo=UTC))
    with Emulator(fleet=True, clock=clock) as emulator, OkapiClient.emulated(emulator) as client:
        conjunction = client.list(Conjunctions(criticality=["critical"], sort="-tca")).first()
        assert conjunction is not None
        assert conjunction.conjunction_id is not None
        assert conjunction.tca is not None
        windows = (ManeuverWindow(start_epoch=conjunction.tca - timedelta(hours=2), end_epoch=conjunction.tca),)
        constraints = ManeuverConstraints(max_thrust_duration=60, maneuver_windows=windows)
        result = client.run(GenerateManeuver(body={"conjunction_id": conjunction.id}, constraints=constraints))
        assert result.maneuver_constraints == constraints
        assert (result.db_sat_thrust_output, result.db_sat_max_thrust_duration) == (1.0, 600.0)
        (best,) = result.suggested
        assert best.new_risk_estimation is not None
        assert best.new_risk_estimation.criticality == "observe"
        assert isinstance(best.maneuver_file, Opm)
        stored = list(client.list(ConjunctionManeuverEvaluations(conjunction_id=conjunction.conjunction_id)))
        assert stored == list(result.maneuvers)
        (plan,) = client.list(ManeuverPlans())
        assert plan.model_extra is not None
        assert plan.model_extra["maneuver_eval_id"] == best.id
        assert Opm.model_validate(plan.model_extra["content"]) == best.maneuver_file


def test_constraints_of_the_request_come_before_those_of_the_satellite(platform: Platform, emulator: Emulator) -> None:
    limits = window(50, 20)
    constraints = {"thrust_output": 0.1, "min_thrust_duration": 120.0, "maneuver_windows": [limits]}
    answer = answer_for(platform, emulator, {"maneuver_strategy": ["short_term"]}, **constraints)
    assert answer["maneuver_constraints"] == constraints
    assert answer["db_sat_thrust_output"] == 0.5
    assert answer["cam_result_data"]
    for row in answer["cam_result_data"]:
        for start, end in phases(row):
            assert time_of(limits["start_epoch"]) <= start
            assert end <= time_of(limits["end_epoch"])
            assert (end - start).total_seconds() >= 120
        (thrust,) = row["maneuver_file"]["OPM_DATA"]["MANEUVERS"]
        assert row["thrust_total"] == pytest.approx(0.1 / 500 * thrust["MAN_DURATION"])


@pytest.mark.parametrize(
    ("satellite", "constraints", "text"),
    [
        ({"thrust_output": 0.0}, {}, "thrust_output is 0"),
        ({"max_thrust_duration": 0.0}, {}, "max_thrust_duration is 0"),
        ({"mass": 0.0}, {}, "mass is 0"),
        ({"mass": "heavy"}, {}, "mass is not a number"),
        ({"mass": 1e-300}, {}, "mass is 1e-300. It must be from 0.001"),
        ({"drag_area": -50}, {}, "drag_area is -50"),
        ({"thrust_uncertainty": 1e300}, {}, "thrust_uncertainty is 1e+300"),
        ({"accepted_collision_probability": 2}, {}, "accepted_collision_probability is 2"),
        ({"maneuver_strategy": ["none"]}, {}, "Set short_term or long_term"),
        ({}, {"thrust_output": 1e8}, "accelerates 500 kg by 200000 m/s²"),
        ({"min_thrust_duration": 901.0}, {}, "min_thrust_duration is 901 s"),
        ({"accepted_collision_probability": 0.0}, {}, "No maneuver makes a probability zero"),
        ({"use_offset_cdm_and_earliest_maneuver": True, "offset_cdm_and_earliest_maneuver": 200_000}, {}, "not before"),
        ({"use_ground_station_passes": True}, {}, "no stored pass of BODY 1"),
        (
            {},
            {"maneuver_windows": [window(-60, -120)]},
            "No window of maneuver_windows",
        ),
        ({}, {"in_sun_constraint": True, "min_time_in_sun": 7000.0}, "never in sunlight for long enough"),
        ({"norad_ids": [1]}, {}, "No stored satellite has the NORAD ID '90001'"),
    ],
)
def test_a_satellite_that_cannot_maneuver_ends_fatal(
    platform: Platform, emulator: Emulator, satellite: dict[str, Any], constraints: dict[str, Any], text: str
) -> None:
    status = answer_for(platform, emulator, satellite, **constraints)["status"]
    assert status["type"] == "FATAL"
    assert text in status["text"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"TCA": "2023-05-02T07:30:00.000Z"}, "has passed"),
        ({f"SAT{n}_C{a}_{a}": 0.0 for n in (1, 2) for a in "RTN"} | {"SAT1_CT_R": 0.0, "SAT2_CT_R": 0.0}, "definite"),
        ({"SAT2_X_DOT": 0.0, "SAT2_Y_DOT": 7.5, "SAT2_Z_DOT": 0.0}, "same velocity"),
        ({"SAT2_X_DOT": 0.0, "SAT2_Y_DOT": 7.505, "SAT2_Z_DOT": -0.005}, "No maneuver is designed from it"),
        ({"SAT1_X_DOT": 0.0, "SAT1_Y_DOT": 17.5}, "No maneuver is designed from it"),
        ({"SAT1_X": None}, "does not state SAT1_X"),
    ],
)
def test_a_conjunction_without_a_valid_risk_ends_fatal(
    platform: Platform, emulator: Emulator, changes: dict[str, Any], text: str
) -> None:
    emulator.put("satellites", [SATELLITE])
    status = platform.calculate(PATH, body({**plain_cdm(), **changes}), "simple")["status"]
    assert (status["type"], status["input_problem"]) == ("FATAL", True)
    assert text in status["text"]


def test_a_conjunction_that_is_not_stored_or_has_no_message_ends_fatal(platform: Platform, emulator: Emulator) -> None:
    emulator.put("conjunctions", [{"conjunction_id": "c"}])
    for id_, text in (("d", "There is no conjunction d"), ("c", "has no stored CDM")):
        status = platform.calculate(PATH, {"conjunction_id": id_}, "simple")["status"]
        assert status["type"] == "FATAL"
        assert text in status["text"]


def test_no_maneuver_within_the_constraints_is_a_warning(platform: Platform, emulator: Emulator) -> None:
    answer = answer_for(platform, emulator, {"thrust_output": 1e-7}, maneuver_windows=[window(60, 0)])
    assert answer["status"]["type"] == "WARNING"
    assert "No maneuver within the constraints lowers the collision probability" in answer["status"]["text"]
    assert answer["cam_result_data"] == []


def test_a_risk_that_is_accepted_needs_no_maneuver(platform: Platform, emulator: Emulator) -> None:
    answer = answer_for(platform, emulator, {"accepted_collision_probability": 1e-3})
    assert answer["status"]["type"] == "REMARK"
    assert "No maneuver is needed" in answer["status"]["text"]
    assert answer["cam_result_data"] == []


@pytest.mark.parametrize(
    ("request_body", "text"),
    [
        ({"conjunction_id": 1}, "conjunction_id must be the ID"),
        ({"conjunction_id": "c", "orbit": {}}, "orbit is not a field"),
        (body(thrust_output="1"), "maneuver_constraints.thrust_output must be a number (newtons)"),
        (body(in_sun_constraint=1), "maneuver_constraints.in_sun_constraint must be true or false"),
        (body(min_thrust_duration=5.0, max_thrust_duration=1.0), "min_thrust_duration must not be longer"),
        (body(maneuver_windows={}), "maneuver_windows must be a list"),
        (
            body(maneuver_windows=[window(60, 120)]),
            "maneuver_windows[0].end_epoch must be later",
        ),
        (body(thrust=1.0), "maneuver_constraints.thrust is not a field"),
        (body(in_sun_constraint=True, min_time_in_sun=432_000), "must be from 0 to 86400 (seconds)"),
    ],
)
def test_other_bodies_are_refused(platform: Platform, request_body: dict[str, Any], text: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=request_body)
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]


def test_thrust_in_sunlight_waits_for_the_time_in_the_sun(platform: Platform, emulator: Emulator) -> None:
    cdm = plain_cdm()
    emulator.put("satellites", [{"satellite_id": "s", **SATELLITE}])
    constraints = {"in_sun_constraint": True, "min_time_in_sun": 900.0, "maneuver_windows": [window(110, 0)]}
    rows = platform.calculate(PATH, body(cdm, **constraints), "simple")["cam_result_data"]
    assert rows
    library = brahe()
    for row in rows:
        for start, end in phases(row):
            seconds = np.arange((start - TCA).total_seconds() - 900, (end - TCA).total_seconds(), 20.0)
            suns = sun_positions(Instants(TCA, seconds))
            # The orbit is nearly a circle, in the plane of X and Y, and the satellite is on X at the TCA.
            angles = seconds * 7.5 / 7078
            places = 7078 * np.array((np.cos(angles), np.sin(angles), np.zeros_like(angles)))
            lit = [library.eclipse_conical(place * 1e3, sun * 1e3) for place, sun in zip(places.T, suns.T, strict=True)]
            assert min(lit) > 0.99


def test_the_pass_that_uploads_the_command_comes_first(platform: Platform, emulator: Emulator) -> None:
    passes = [(80, 75), (60, 50), (40, 30)]
    stored = [dict(zip(("start", "end"), window(*one).values(), strict=True)) for one in passes]
    emulator.put("multi-ground-station-passes-info", [{"spacecraft": "BODY 1", "passes": stored}])
    wait = {"use_ground_station_passes": True, "use_min_time_till_pass": True, "min_time_till_pass": 235 * 60}
    before = {"maneuver_windows": [window(74, 51)]}
    assert "No window" in answer_for(platform, emulator, wait, **before)["status"]["text"]
    # Without a time to prepare, the first pass will do.
    rows = answer_for(platform, emulator, {**wait, "use_min_time_till_pass": False}, **before)["cam_result_data"]
    assert rows
    rows = answer_for(platform, emulator, wait)["cam_result_data"]
    assert rows
    assert all(start >= TCA - timedelta(minutes=50) for row in rows for start, _ in phases(row))
