"""Calculations whose body no source shows: what is sent is the caller's body, with what is known of it beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import (
    AnalyzeGeoSlot,
    AnalyzeManeuverExecution,
    Calculation,
    CalculationFailedError,
    CheckOrbit,
    CorrelateObservation,
    DetermineOrbit,
    EstimateCovariance,
    GenerateManeuver,
    InputError,
    ManeuverConstraints,
    ManeuverWindow,
    OrbitDeterminationSettings,
    PropagationSettings,
    Tdm,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.services.catalogue import SERVICES
from tests.models.messages import TDM as MESSAGE
from tests.models.samples import LINE1, LINE2, checked, oem, opm, tle
from tests.models.strategies import json_values
from tests.support.both import Client

TDM = Tdm.parse(MESSAGE)
BODY = {"conjunction_id": "550e8400-e29b-11d4-a716-446655440000"}
WINDOWS = (
    ManeuverWindow(
        start_epoch=datetime(2022, 5, 1, 6, tzinfo=UTC), end_epoch=datetime(2022, 5, 1, 7, 30, 0, 500_000, tzinfo=UTC)
    ),
)

ROWS: dict[str, tuple[Calculation[Any], str, dict[str, Any]]] = {
    "check of a TLE": (
        CheckOrbit(orbit=tle()), "check-orbit",
        {"orbit": {"type": "tle.txt", "content": f"{tle().line1}\n{tle().line2}"}},
    ),
    "check of an OPM": (
        CheckOrbit(orbit=opm()), "check-orbit", {"orbit": {"type": "opm.json", "content": opm().wire()}},
    ),
    "check of an OEM": (
        CheckOrbit(orbit=oem()), "check-orbit", {"orbit": {"type": "oem.json", "content": oem().wire()}},
    ),
    "determination": (
        DetermineOrbit(
            tdm=TDM,
            orbit_determination_settings=OrbitDeterminationSettings(solve_for_cd=True, maximum_fit_span=2.5),
            propagation_settings=PropagationSettings(geopotential_degree_order=12, ocean_tides=False),
            body={"satellite_id": "5"},
        ),
        "determine-orbit/wls",
        {
            "satellite_id": "5",
            "tdm": {"type": "tdm.txt", "content": TDM.to_kvn()},
            "orbit_determination_settings": {"solve_for_cd": True, "maximum_fit_span": 2.5},
            "propagation_settings": {"geopotential_degree_order": 12, "ocean_tides": 0},
        },
    ),
    "maneuver": (
        GenerateManeuver(
            body=BODY,
            constraints=ManeuverConstraints(
                max_thrust_duration=600, thrust_output=0.02, in_sun_constraint=True, maneuver_windows=WINDOWS,
                offset_cdm_and_earliest_maneuver=7,
            ),
        ),
        "generate-maneuver",
        {
            "conjunction_id": "550e8400-e29b-11d4-a716-446655440000",
            "maneuver_constraints": {
                "max_thrust_duration": 600.0,
                "thrust_output": 0.02,
                "in_sun_constraint": True,
                "maneuver_windows": [
                    {"start_epoch": "2022-05-01T06:00:00.000Z", "end_epoch": "2022-05-01T07:30:00.500Z"}
                ],
                "offset_cdm_and_earliest_maneuver": 7.0,
            },
        },
    ),
    "maneuver without constraints": (GenerateManeuver(body=BODY), "generate-maneuver", BODY),
    "covariance": (EstimateCovariance(body=BODY), "estimate-covariance", BODY),
    "observation": (CorrelateObservation(body=BODY), "correlate-observation", BODY),
    "slot": (AnalyzeGeoSlot(body=BODY), "geo-slot-analysis", BODY),
    "execution": (AnalyzeManeuverExecution(body=BODY), "maneuver-execution-analysis", BODY),
}  # fmt: skip
OPEN: list[Callable[..., Calculation[Any]]] = [
    DetermineOrbit, GenerateManeuver, EstimateCovariance, CorrelateObservation, AnalyzeManeuverExecution,
    AnalyzeGeoSlot,
]  # fmt: skip


@pytest.mark.parametrize(("calculation", "endpoint", "body"), ROWS.values(), ids=ROWS)
def test_bodies(calculation: Calculation[Any], endpoint: str, body: dict[str, Any]) -> None:
    assert calculation.endpoint() == endpoint
    assert type(calculation)._serves(endpoint)
    assert calculation.body() == body
    assert type(calculation).model_validate(calculation.model_dump(by_alias=True)) == calculation
    with pytest.raises(InputError, match="generic"):
        calculation.body("typed")
    SERVICES[endpoint].read(body)


@pytest.mark.parametrize("kind", OPEN)
@given(body=st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), json_values, min_size=1))
def test_any_body_is_sent_as_it_is(kind: Callable[..., Calculation[Any]], body: dict[str, Any]) -> None:
    calculation = kind(body=body)
    assert calculation.body() == body
    SERVICES[calculation.endpoint()].read(calculation.body())


def test_a_body_is_a_copy() -> None:
    given_body = {"list": [1]}
    calculation = EstimateCovariance(body=given_body)
    given_body["list"].append(2)
    calculation.body()["list"].append(3)
    assert calculation.body() == {"list": [1]}


@pytest.mark.parametrize("kind", OPEN)
def test_there_is_something_to_compute(kind: Callable[..., Calculation[Any]]) -> None:
    with pytest.raises(InputError) as caught:
        kind(body={})
    assert caught.value.field == "body"


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: GenerateManeuver(body={"maneuver_constraints": {}}, constraints=ManeuverConstraints()),
         "body.maneuver_constraints"),
        (lambda: DetermineOrbit(tdm=TDM, body={"tdm": 1}), "body.tdm"),
        (lambda: ManeuverConstraints(max_thrust_duration=0), "max_thrust_duration"),
        (lambda: ManeuverConstraints(thrust_output=float("nan")), "thrust_output"),
        (lambda: ManeuverConstraints(min_thrust_duration=5, max_thrust_duration=4), "min_thrust_duration"),
        (lambda: ManeuverConstraints(in_sun_constraint=1), "in_sun_constraint"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        (lambda: ManeuverConstraints(maneuver_windows=(WINDOWS[0], _window(1))), "maneuver_windows.1.start_epoch"),
        (lambda: _window(9, 8), "end_epoch"),
        (lambda: EstimateCovariance(body=[1]), "body"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        (lambda: CheckOrbit(orbit="no TLE"), "orbit"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ],
)  # fmt: skip
def test_bad_input(make: Callable[[], Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.field == field
    assert caught.value.rule


def _window(hour: int, end: int = 23) -> ManeuverWindow:
    return ManeuverWindow(
        start_epoch=datetime(2022, 5, 1, hour, tzinfo=UTC), end_epoch=datetime(2022, 5, 1, end, tzinfo=UTC)
    )


def test_hours_and_seconds() -> None:
    assert ManeuverConstraints(offset_cdm_and_earliest_maneuver=7).offset_seconds == 25200
    assert ManeuverConstraints().offset_seconds is None


@pytest.mark.parametrize(
    "calculation",
    [kind(body=BODY) for kind in OPEN],
    ids=lambda calculation: type(calculation).__name__,
)
def test_what_the_emulator_cannot_compute_it_says(client: Client, calculation: Calculation[Any]) -> None:
    request = client.submit(calculation)
    with pytest.raises(CalculationFailedError) as caught:
        request.result()
    assert "emulator" in caught.value.status_text
    assert caught.value.ref.path == calculation.endpoint()


def test_an_orbit_is_checked_against_the_stored_ones(client: Client, emulator: Emulator) -> None:
    # In the plane beside, and so at nearly the same place at both nodes.
    line1, line2 = checked(LINE1.replace("25544", "25545")), checked(LINE2.replace("25544  51.6423", "25545  51.7423"))
    emulator.put("tles", [{"TLE_LINE1": line1, "TLE_LINE2": line2, "NORAD_CAT_ID": 25545}])
    found = client.run(CheckOrbit(orbit=tle()))
    assert found.candidates_checked == 1
    assert {one.norad_id for one in found.violations} == {25545}
    assert all(0 < (one.miss_distance or 0) < 1 for one in found.violations)
    assert "stored in this emulator" in found.status.text
