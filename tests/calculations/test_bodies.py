"""What is written for each dialect, against bodies typed by hand from the platform's documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

import pytest

from okapi_sdk import (
    Calculation,
    CheckOrbit,
    InputError,
    Omm,
    Opm,
    PredictPasses,
    PropagateOrbit,
    PropagationSettings,
    RawCalculation,
    StateVector,
    Tagged,
    TimeWindow,
)
from tests.models import messages
from tests.models.samples import OEM, brunswick, evening, oem, opm, passes, propagation, state, tle

TLE = (
    "1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993\n"
    "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382"
)
PLACE = {"longitude": 10.645, "latitude": 52.3283, "altitude": 0.048}
WINDOW = {"start": "2018-08-07T18:00:00.000Z", "end": "2018-08-08T00:00:00.000Z"}
STATE = {
    "area": 1, "mass": 1, "x": 615.119526, "y": -7095.644839, "z": -678.668352,
    "x_dot": 0.390367, "y_dot": 0.741902, "z_dot": -7.39698, "epoch": "2016-07-21T00:31:50.000Z",
}  # fmt: skip
OPM = {
    "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0},
    "OPM_META_DATA": {
        "OBJECT_NAME": "Unspecified", "OBJECT_ID": "Unspecified", "CENTER_NAME": "EARTH", "REF_FRAME": "GCRF",
        "TIME_SYSTEM": "UTC",
    },
    "OPM_DATA": {
        "EPOCH": "2016-07-21T00:31:50.000Z", "X": 615.119526, "Y": -7095.644839, "Z": -678.668352,
        "X_DOT": 0.390367, "Y_DOT": 0.741902, "Z_DOT": -7.39698,
    },
}  # fmt: skip
WHERE_AND_WHEN = {
    "ground_location": {"type": "ground_loc.json", "content": PLACE},
    "time_window": {"type": "tw.json", "content": WINDOW},
}
TYPED_WHERE_AND_WHEN = {"simple_ground_location": PLACE, "time_window": WINDOW}
FORCES = PropagationSettings(output_step_size=30, geopotential_degree_order=6, atmospheric_drag=True)


class Written(NamedTuple):
    """A calculation with its endpoint and bodies."""

    name: str
    calculation: Calculation[Any]
    endpoint: str
    generic: dict[str, Any]
    typed: dict[str, Any]


TABLE = [
    Written(
        "passes of a TLE, as in the platform's first example",
        passes(),
        "predict-passes/sgp4",
        {"orbit": {"type": "tle.txt", "content": TLE}, **WHERE_AND_WHEN},
        {"tle": TLE, **TYPED_WHERE_AND_WHEN},
    ),
    Written(
        "passes with an output step",
        passes(settings=PropagationSettings(output_step_size=60)),
        "predict-passes/sgp4",
        {
            "orbit": {"type": "tle.txt", "content": TLE},
            **WHERE_AND_WHEN,
            "settings": {"type": "shared_prop_settings.json", "content": {"output_step_size": 60}},
        },
        {"tle": TLE, **TYPED_WHERE_AND_WHEN, "predict_passes_settings": {"output_time_step": 60}},
    ),
    Written(
        "passes of a state with a force model",
        passes(orbit=state(area=1, mass=1), settings=FORCES),
        "predict-passes/neptune",
        {
            "orbit": {"type": "state.json", "content": STATE},
            **WHERE_AND_WHEN,
            "settings": {
                "type": "shared_prop_settings.json",
                "content": {"output_step_size": 30, "geopotential_degree_order": 6, "atmospheric_drag": 1},
            },
        },
        {
            "simple_state": STATE,
            **TYPED_WHERE_AND_WHEN,
            "predict_passes_settings": {"output_time_step": 30},
            "neptune_config": {"geopotential_degree_order": 6, "atmospheric_drag": 1},
        },
    ),
    Written(
        "passes of an OPM with a force model only",
        passes(orbit=opm(), settings=PropagationSettings(covariance_propagation=True, use_eop=False)),
        "predict-passes/neptune",
        {
            "orbit": {"type": "opm.json", "content": OPM},
            **WHERE_AND_WHEN,
            "settings": {
                "type": "shared_prop_settings.json",
                "content": {"covariance_propagation": True, "use_eop": 0},
            },
        },
        {"CCSDS_OPM": OPM, **TYPED_WHERE_AND_WHEN, "neptune_config": {"covariance_propagation": True, "use_eop": 0}},
    ),
    Written(
        "propagation of a state, as in the platform's example",
        propagation(orbit=state(area=1, mass=1), settings=FORCES),
        "propagate-orbit/neptune",
        {
            "orbit": {"type": "state.json", "content": STATE},
            "settings": {
                "type": "prop_settings.json",
                "content": {
                    "propagation_end_epoch": "2016-07-23T00:31:50.000Z",
                    "more": {"output_step_size": 30, "geopotential_degree_order": 6, "atmospheric_drag": 1},
                },
            },
        },
        {
            "simple_state": STATE,
            "settings": {
                "propagation_end_epoch": "2016-07-23T00:31:50.000Z",
                "output_step_size": 30,
                "neptune_config": {"geopotential_degree_order": 6, "atmospheric_drag": 1},
            },
        },
    ),
    Written(
        "propagation of a TLE",
        propagation(orbit=tle(), end="2018-08-07T18:00Z", settings=PropagationSettings(output_step_size=10)),
        "propagate-orbit/sgp4",
        {
            "orbit": {"type": "tle.txt", "content": TLE},
            "settings": {
                "type": "prop_settings.json",
                "content": {"propagation_end_epoch": "2018-08-07T18:00:00.000Z", "more": {"output_step_size": 10}},
            },
        },
        {"tle": TLE, "settings": {"propagation_end_epoch": "2018-08-07T18:00:00.000Z", "output_step_size": 10}},
    ),
    Written(
        "propagation without settings",
        propagation(orbit=opm(), method="orekit-numerical"),
        "propagate-orbit/orekit-numerical",
        {
            "orbit": {"type": "opm.json", "content": OPM},
            "settings": {
                "type": "prop_settings.json",
                "content": {"propagation_end_epoch": "2016-07-23T00:31:50.000Z"},
            },
        },
        {"CCSDS_OPM": OPM, "settings": {"propagation_end_epoch": "2016-07-23T00:31:50.000Z"}},
    ),
    Written(
        "a path of its own",
        RawCalculation("estimate-risk/chan-1997", {"conjunction": {"type": "cdm.json", "content": {"CDM_ID": "1"}}}),
        "estimate-risk/chan-1997",
        {"conjunction": {"type": "cdm.json", "content": {"CDM_ID": "1"}}},
        {"conjunction": {"type": "cdm.json", "content": {"CDM_ID": "1"}}},
    ),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name.replace(" ", "-"))
def test_bodies_are_those_of_the_platform(row: Written) -> None:
    assert row.calculation.endpoint() == row.endpoint
    assert type(row.calculation)._serves(row.endpoint)
    assert row.calculation.body() == row.calculation.body("generic") == row.generic
    assert row.calculation.body("typed") == row.typed


@pytest.mark.parametrize("row", TABLE[:-1], ids=lambda row: row.name.replace(" ", "-"))
def test_bodies_of_both_dialects_validate_as_they_are(row: Written) -> None:
    method = {"method": row.endpoint.split("/")[1]}
    assert type(row.calculation).model_validate(row.generic | method) == row.calculation
    assert type(row.calculation).model_validate(row.typed | method) == row.calculation


def test_generic_bodies_without_a_typed_form() -> None:
    header = {key: value for key, value in OEM["OEM_HEADER"].items() if key != "COMMENTS"}
    assert passes(orbit=oem()).body()["orbit"] == {"type": "oem.json", "content": {**OEM, "OEM_HEADER": header}}
    kvn = Tagged(type="oem.kvn", content="CCSDS_OEM_VERS = 2.0")
    assert passes(orbit=kvn, method="oems").body()["orbit"] == {"type": "oem.kvn", "content": "CCSDS_OEM_VERS = 2.0"}


@pytest.mark.parametrize("content", [TLE, tle()])
def test_models_may_stand_in_dictionaries(content: Any) -> None:
    body = {"tle": content, "simple_ground_location": brunswick(), "time_window": evening()}
    assert PredictPasses.model_validate(body) == passes()


def test_switches_are_written_as_the_platform_wants_them() -> None:
    assert PropagationSettings.model_validate({"sun_gravity": 1, "covariance_propagation": 0}).wire() == {
        "sun_gravity": 1,
        "covariance_propagation": False,
    }
    written = PropagationSettings(sun_gravity=True, moon_gravity=False).wire()
    assert [type(value) for value in written.values()] == [int, int]


def test_times_are_written_in_utc_with_rounded_milliseconds() -> None:
    zone = timezone(timedelta(hours=2))
    written = state(epoch=datetime(2018, 12, 31, 1, 59, 59, 999_500, tzinfo=zone)).wire()["epoch"]
    assert written == "2018-12-31T00:00:00.000Z"
    assert state(epoch="2018-08-07T18:00+02:00").epoch == datetime(2018, 8, 7, 16, tzinfo=UTC)


def test_what_is_not_given_is_not_sent() -> None:
    assert set(state().wire()) == set(StateVector.model_fields) - {"area", "mass"}
    assert PropagationSettings().wire() == {}


def test_maneuvers_keep_the_standard_keywords() -> None:
    maneuver = {
        "MAN_EPOCH_IGNITION": "2016-07-21T01:00:00.000Z", "MAN_DURATION": 10.0, "MAN_REF_FRAME": "RTN",
        "USER_DEFINED_MAN_A_1": 0.0, "USER_DEFINED_MAN_A_2": 1e-6, "USER_DEFINED_MAN_A_3": 0.0,
    }  # fmt: skip
    body = {**OPM, "OPM_DATA": {**OPM["OPM_DATA"], "CX_X": 1.0, "MANEUVERS": [maneuver]}}
    assert Opm.model_validate(body).wire() == body
    old = {key.replace("USER_DEFINED_", ""): value for key, value in maneuver.items()}
    assert Opm.model_validate({**body, "OPM_DATA": {**body["OPM_DATA"], "MANEUVERS": [old]}}).wire() == body


def test_methods_follow_from_the_orbit() -> None:
    assert [passes(orbit=orbit).method for orbit in (tle(), state(), opm(), oem())] == [
        "sgp4",
        "neptune",
        "neptune",
        "oems",
    ]
    assert passes(method="orekit-numerical").endpoint() == "predict-passes/orekit-numerical"
    assert PropagateOrbit.model_validate({"orbit": TLE, "end": "2018-08-08T00:00Z"}).method == "sgp4"


ELEMENTS = {
    "EPOCH": "2018-08-06T18:19:43.256640Z", "MEAN_MOTION": 15.53806849, "ECCENTRICITY": 0.0005481,
    "INCLINATION": 51.6423, "RA_OF_ASC_NODE": 126.6422, "ARG_OF_PERICENTER": 33.3092, "MEAN_ANOMALY": 62.9075,
    "EPHEMERIS_TYPE": 0, "CLASSIFICATION_TYPE": "U", "NORAD_CAT_ID": 25544, "ELEMENT_SET_NO": 999,
    "REV_AT_EPOCH": 12638, "BSTAR": 2.9472e-05, "MEAN_MOTION_DOT": 1.449e-05, "MEAN_MOTION_DDOT": 0.0,
}  # fmt: skip


def sent(change: dict[str, Any]) -> dict[str, Any]:
    omm = Omm.model_validate({"OBJECT_ID": "1998-067A", **ELEMENTS, **change})
    calculation = PredictPasses(orbit=omm, ground_location=brunswick(), time_window=evening())
    assert calculation.endpoint() == "predict-passes/sgp4"
    assert PredictPasses.model_validate_json(calculation.model_dump_json()).body() == calculation.body()
    orbit: dict[str, Any] = calculation.body()["orbit"]
    return orbit


def test_an_omm_is_sent_as_a_tle_if_two_lines_hold_it_exactly() -> None:
    assert sent({}) == {"type": "tle.txt", "content": TLE}


@pytest.mark.parametrize(
    "change",
    [
        {"NORAD_CAT_ID": 399001},
        {"EPOCH": "2018-08-06T18:19:43.256641Z"},
        {"BSTAR": 2.94721e-05},
        {"INCLINATION": 51.64231},
    ],
)
def test_an_omm_that_no_tle_holds_is_sent_with_all_its_digits(change: dict[str, Any]) -> None:
    orbit = sent(change)
    assert orbit["type"] == "omm.json"
    assert orbit["content"]["OMM_DATA"] == ELEMENTS | change


def test_an_omm_without_elements_is_no_orbit() -> None:
    for calculation in (CheckOrbit, PropagateOrbit):
        with pytest.raises(InputError, match=r"orbit\.data\.eccentricity: required"):
            calculation.model_validate({"orbit": ELEMENTS | {"ECCENTRICITY": None}, "end": "2018-08-08T00:00:00Z"})


@pytest.mark.parametrize("text", [messages.OMM, messages.OEM])
def test_messages_in_kvn_are_orbits(text: str) -> None:
    assert CheckOrbit.model_validate({"orbit": text}).body()["orbit"]["type"] in ("omm.json", "oem.json")


@pytest.mark.parametrize(("days", "is_far"), [(30, False), (32, True), (-29, False), (-33, True)])
def test_mean_elements_far_from_their_epoch_are_doubted(days: int, is_far: bool) -> None:
    start = tle().epoch + timedelta(days=days)
    window = TimeWindow(start=start, end=start + timedelta(hours=1))
    doubts = passes().model_copy(update={"time_window": window})._doubts()
    assert [f"{abs(days)} days away" in doubt for doubt in doubts] == [True] * is_far
