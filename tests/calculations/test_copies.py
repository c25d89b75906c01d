"""Copies are validated like new models, and what goes through JSON sends the same body."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import (
    Calculation,
    Cdm,
    CheckOrbit,
    EstimateRisk,
    GenerateManeuver,
    InputError,
    ManeuverConstraints,
    Pass,
    PredictPasses,
    RawCalculation,
    ResponseFormatError,
    RiskOverrides,
    SatelliteChanges,
    Satellites,
    Tle,
    UploadCdm,
)
from tests.models.messages import CDM
from tests.models.samples import oem, opm, state
from tests.models.strategies import cdms
from tests.support.cases import ISS, iss_orbit, iss_passes

SPACE_TRACK = {
    "CDM_ID": "1234", "TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "593000", "MISS_DISTANCE": "800",
    "MISS_DISTANCE_UNIT": "m", "SAT1_OBJECT_NAME": "A", "SAT2_OBJECT_NAME": "B", "OWN_KEY": "kept",
}  # fmt: skip
CALCULATIONS = [
    iss_passes(),
    iss_orbit(),
    CheckOrbit(orbit=Tle.parse(ISS)),
    EstimateRisk(conjunction=Cdm.model_validate(SPACE_TRACK), overrides=RiskOverrides(sat1_hard_body_radius=2)),
    EstimateRisk(conjunction=Cdm.parse(CDM), method="chan-1997"),
    UploadCdm(cdm=Cdm.model_validate(SPACE_TRACK)),
    GenerateManeuver(body={"a": [1]}, constraints=ManeuverConstraints(max_thrust_duration=600)),
    RawCalculation("estimate-covariance", {"orbit": {"type": "oem.kvn", "content": "text"}}, format="own"),
]


@pytest.mark.parametrize("calculation", CALCULATIONS, ids=lambda calculation: calculation.endpoint())
def test_json_reads_back_and_sends_the_same(calculation: Calculation[Any]) -> None:
    read = type(calculation).model_validate_json(calculation.model_dump_json())
    assert read == calculation
    assert (read.endpoint(), read.body()) == (calculation.endpoint(), calculation.body())


@given(cdms())
def test_cdms_of_calculations_read_back(cdm: Cdm) -> None:
    calculation = UploadCdm(cdm=cdm)
    read = UploadCdm.model_validate_json(calculation.model_dump_json())
    assert read == calculation
    assert read.body() == calculation.body()


@pytest.mark.parametrize("calculation", CALCULATIONS, ids=lambda calculation: calculation.endpoint())
def test_a_copy_with_the_same_values_sends_the_same(calculation: Calculation[Any]) -> None:
    copied = calculation.model_copy(update={name: getattr(calculation, name) for name in calculation.model_fields_set})
    assert copied == calculation
    assert (copied.endpoint(), copied.body()) == (calculation.endpoint(), calculation.body())


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"method": "../../x"}, "method"),
        ({"method": "sgp4 x"}, "method"),
        ({"method": "sgp4", "orbit": state()}, "method"),
        ({"orbit": 5}, "orbit"),
        ({"time_window": {"start": "2018-08-07T18:00Z", "end": "2018-08-07T17:00Z"}}, "time_window.end"),
        ({"ground_location": {"latitude": math.nan, "longitude": 0, "altitude": 0}}, "ground_location.latitude"),
        ({"ground_location": None}, "ground_location"),
        ({"tle": "x"}, "tle"),
    ],
)
def test_a_copy_refuses_what_the_constructor_refuses(update: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        iss_passes().model_copy(update=update)
    assert caught.value.field == field


def test_a_copy_converts_what_the_constructor_converts() -> None:
    window = iss_passes().time_window.model_copy(update={"end": "2018-08-07T20:00Z"})
    place = {"latitude": 1.0, "longitude": 2.0, "altitude": 0.0}
    copied = iss_passes().model_copy(update={"time_window": window, "ground_location": place})
    assert copied.time_window.duration.total_seconds() == 7200
    assert copied.ground_location.longitude == 2.0


@pytest.mark.parametrize(("orbit", "method"), [(state(), "neptune"), (opm(), "neptune"), (oem(), "oems")])
def test_a_copy_derives_defaults_again(orbit: Any, method: str) -> None:
    copied = iss_passes().model_copy(update={"orbit": orbit})
    assert (copied.endpoint(), copied.model_fields_set) == (f"predict-passes/{method}", iss_passes().model_fields_set)
    with pytest.raises(InputError, match="sgp4 requires mean elements"):
        PredictPasses(**dict(iss_passes())).model_copy(update={"orbit": orbit})  # its method was given


def test_copies_of_other_models() -> None:
    with pytest.raises(InputError, match="page: a whole number"):
        Satellites().model_copy(update={"page": None})
    changes = SatelliteChanges(name="A", mass=1.0).model_copy(update={"mass": None})
    assert changes._body("s") == {"satellite_id": "s", "name": "A", "mass": None}
    raw = RawCalculation("a/b", {"x": 1}).model_copy(update={"body": {"y": 2}})
    assert (raw.path, raw.body()) == ("a/b", {"y": 2})
    higher = Pass(max_elevation=5.0).model_copy(update={"max_elevation": "7", "own": 1})
    assert (higher.max_elevation, higher.model_extra) == (7.0, {"own": 1})
    with pytest.raises(ResponseFormatError, match="max_elevation"):
        Pass(max_elevation=5.0).model_copy(update={"max_elevation": "high"})


def test_copies_keep_what_a_message_was_read_from() -> None:
    cdm = Cdm.model_validate(SPACE_TRACK)
    assert cdm.model_copy(update={"miss_distance": 5.0}).wire() == {**SPACE_TRACK, "MISS_DISTANCE": "5.0"}


def test_a_deep_copy_shares_nothing() -> None:
    body = {"x": {"y": 1}}
    raw = RawCalculation("a/b", body)
    deep = raw.model_copy(update={"format": "own"}, deep=True)
    raw.content["x"]["y"] = 2
    assert (deep.body(), deep.format) == ({"x": {"y": 1}}, "own")
    assert copy.deepcopy(raw) == raw


@given(st.sampled_from(CALCULATIONS))
def test_dumps_hold_no_null_for_what_was_not_set(calculation: Calculation[Any]) -> None:
    dumped = calculation.model_dump(mode="json")
    unset = type(calculation).model_fields.keys() - calculation.model_fields_set
    assert not [name for name in unset if name in dumped and dumped[name] is None]
