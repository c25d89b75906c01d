"""Answers of every generation read as results, and nothing unknown stops them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from okapi_sdk import (
    Ephemeris,
    GeneratedManeuvers,
    GeoSlotAnalysis,
    ManeuverConstraints,
    Oem,
    Omm,
    Opm,
    OrbitCheck,
    OrbitDetermination,
    Passes,
    PassSummary,
    PredictPasses,
    PropagateOrbit,
    State,
)
from okapi_sdk.errors import ResponseFormatError
from tests.models.samples import OEM, OPM_STATE, STATE

NONE = {"type": "NONE", "text": "No messages"}
PASS = {
    "start": "2018-08-07T18:21:04.000Z",
    "end": "2018-08-07T18:31:30.000Z",
    "max_elevation": 42.5,
    "track": [{"epoch": "2018-08-07T18:21:04.000Z", "azimuth": 230.1, "elevation": 0.0, "range": 2300.0}],
}
LATER = {"start": "2018-08-07T19:58:00.000Z", "end": "2018-08-07T20:08:00.000Z", "max_elevation": 9.9}

SAME_TWO_PASSES: dict[str, Any] = {
    "object": {"status": NONE, "passes": [PASS, LATER]},
    "with part fields": {"status": NONE, "result_part_id": 1, "next_result_part_foreseen": False, "p": [PASS, LATER]},
    "another key": {"status": NONE, "tracking": [PASS, LATER]},
    "wrapped array": {"status": NONE, "passes": {"type": "passes.json", "content": [PASS, LATER]}},
    "wrapped rows": {"passes": [{"type": "pass.json", "content": PASS}, {"type": "pass.json", "content": LATER}]},
    "G1b": {"okapi_output": {"status": {"type": "status.json", "content": NONE}, "passes": [PASS, LATER]}},
    "wrapped output": {"okapi_output": {"type": "x", "content": {"passes": [PASS, LATER]}}},
    "output of a list": {"okapi_output": [PASS, LATER]},
    "array": [PASS, LATER],
    "array with status": [{"state_msg": NONE}, PASS, LATER],
    "array with several states": [PASS, {"state_msgs": [NONE, NONE]}, LATER],
    "items with status": [{**PASS, "request_id": "1"}, LATER, {"status": NONE, "request_id": "1"}],
    "array of one payload": [{"state_msg": NONE, "passes": [PASS, LATER]}],
    "array of parts": [{"state_msg": NONE, "passes": [PASS]}, {"passes": [LATER]}],
    "nulls": {"status": None, "passes": [PASS, None, LATER], "notes": None},
    "texts first": {"notes": ["a", "b"], "units": [], "passes": [PASS, LATER]},
}


@pytest.mark.parametrize("answer", SAME_TWO_PASSES.values(), ids=SAME_TWO_PASSES)
def test_the_rows_are_found_in_every_envelope(answer: Any) -> None:
    found = Passes.from_answer(answer)
    assert [one.start for one in found] == [
        datetime(2018, 8, 7, 18, 21, 4, tzinfo=UTC),
        datetime(2018, 8, 7, 19, 58, tzinfo=UTC),
    ]
    assert [one.max_elevation for one in found] == [42.5, 9.9]
    assert len(found[0].track) == 1
    assert found.raw is answer


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"status": NONE}, {"passes": []}, {"passes": None}, [{"state_msg": NONE}], [{"state_msgs": []}], [None],
     {"passes": {"type": "x", "content": []}}, {"status": NONE, "text": "nothing"}, [{"passes": []}],
     {"okapi_output": {"status": NONE}}],
)  # fmt: skip
def test_no_rows_are_an_empty_list(answer: Any) -> None:
    found = Passes.from_answer(answer)
    assert len(found) == 0
    assert not found
    assert list(found.above(0)) == []
    assert repr(found) == "<Passes: 0>"


@pytest.mark.parametrize("answer", [None, 1, 2.5, True, "passes"])
def test_a_body_that_is_no_container_is_refused(answer: Any) -> None:
    with pytest.raises(ResponseFormatError, match="Passes") as caught:
        Passes.from_answer(answer)
    assert caught.value.reason == "schema"
    assert caught.value.body == answer


def test_passes_that_reach_an_elevation() -> None:
    found = Passes.from_answer({"passes": [PASS, LATER, {"start": None}]})
    assert [one.max_elevation for one in found.above(10)] == [42.5]
    assert len(found.above(9.9)) == 2
    assert isinstance(found.above(90), Passes)


def test_a_pass_takes_what_comes() -> None:
    answer = {"passes": [{"start": "2018-08-07T18:21:04", "max_elevation": "42.5", "aos": None, "colour": "red",
                          "track": None, "orbit_number": 3}]}  # fmt: skip
    (found,) = Passes.from_answer(answer)
    assert found.start == datetime(2018, 8, 7, 18, 21, 4, tzinfo=UTC)
    assert (found.max_elevation, found.aos, found.track) == (42.5, None, ())
    assert found.model_extra == {"colour": "red", "orbit_number": 3}
    assert found.duration is None


def test_duration_of_a_pass() -> None:
    assert PassSummary.from_answer([LATER])[0].duration == timedelta(minutes=10)


def test_ephemeris() -> None:
    found = Ephemeris.from_answer({"status": NONE, "states": [STATE, {**STATE, "x": "615.2", "mass": 1}]})
    assert all(isinstance(one, State) for one in found)
    assert found[1].x == 615.2
    assert found[0].epoch == datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC)
    assert repr(found).startswith("<Ephemeris: 2>\nepoch ")


SAME_OEM: dict[str, Any] = {
    "object": {"status": NONE, "orbit": OEM},
    "wrapped": {"status": NONE, "orbit": {"type": "oem.json", "content": OEM}},
    "list": {"orbit": [OEM]},
    "G1b": {"okapi_output": {"status": NONE, "orbit": {"type": "oem.json", "content": OEM}}},
    "array": [{"state_msg": NONE}, {"orbit": OEM}],
    "bare": OEM,
    "array of a bare one": [{"state_msgs": [NONE]}, OEM],
    "bare with status": {**OEM, "status": NONE},
}


@pytest.mark.parametrize("answer", SAME_OEM.values(), ids=SAME_OEM)
def test_an_oem_in_every_envelope(answer: Any) -> None:
    found = Oem.from_answer(answer)
    assert found.segments == Oem.model_validate(OEM).segments
    assert [state.x for state in found.states] == [615.119526]


def test_segments_of_several_oems_are_chained() -> None:
    assert len(Oem.from_answer({"orbit": [OEM, OEM]}).segments) == 2
    assert len(Oem.from_answer([{"orbit": OEM}, {"orbit": OEM}]).states) == 2


def test_the_last_opm_is_the_end_of_the_propagation() -> None:
    first, second = {"OPM_DATA": OPM_STATE}, {"OPM_DATA": {**OPM_STATE, "X": 7000.0}}
    assert Opm.from_answer({"orbit": first}).data.x == 615.119526
    assert Opm.from_answer({"orbit": [first, second]}).data.x == 7000.0
    assert Opm.from_answer([{"state_msg": NONE}, {"orbit": [first, second]}]).data.x == 7000.0


def test_messages_of_answers_are_read_tolerantly() -> None:
    answer = {
        "OPM_HEADER": {"CREATION_DATE": "2018-01-01T00:00:00", "MESSAGE_ID": "7"},
        "OPM_META_DATA": {"OBJECT_ID": 25544, "REF_FRAME": None, "COMMENTS": None},
        "OPM_DATA": {**OPM_STATE, "X": "1.5", "MASS": 0, "CX_X": -1, "MANEUVERS": None, "LUNAR": {"a": 1}},
        "MORE": [1],
    }
    found = Opm.from_answer({"orbit": answer})
    assert found.header.creation_date == datetime(2018, 1, 1, tzinfo=UTC)
    assert (found.metadata.object_id, found.metadata.ref_frame) == ("25544", "GCRF")
    assert (found.data.x, found.data.mass, found.data.maneuvers) == (1.5, 0, ())
    assert found.data.model_extra == {"LUNAR": {"a": 1}}
    assert "LUNAR" not in found.wire()["OPM_DATA"]


OMM_DATA = {
    "EPOCH": "2018-08-06T18:19:43.256640", "MEAN_MOTION": 15.53806849, "ECCENTRICITY": "0.0005481", "INCLINATION": 51.6,
    "RA_OF_ASC_NODE": 126.6, "ARG_OF_PERICENTER": 33.3, "MEAN_ANOMALY": 62.9, "EPHEMERIS_TYPE": 0,
    "CLASSIFICATION_TYPE": "U", "NORAD_CAT_ID": 25544, "ELEMENT_SET_NO": 999, "REV_AT_EPOCH": 12638,
    "BSTAR": 2.9472e-5, "MEAN_MOTION_DOT": 1.449e-5, "MEAN_MOTION_DDOT": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    "orbit",
    [
        {"OMM_HEADER": {}, "OMM_META_DATA": {"OBJECT_NAME": "ISS"}, "OMM_DATA": OMM_DATA},
        {"OBJECT_NAME": "ISS", **OMM_DATA},
        [{"OMM_DATA": {}}, {"OBJECT_NAME": "ISS", **OMM_DATA}],
        {"type": "omm.json", "content": {"OBJECT_NAME": "ISS", **OMM_DATA}},
    ],
)
def test_an_omm_in_blocks_or_flat(orbit: Any) -> None:
    found = Omm.from_answer({"status": NONE, "orbit": orbit})
    assert found.metadata.object_name == "ISS"
    assert (found.data.norad_cat_id, found.data.eccentricity) == (25544, 0.0005481)
    assert found.data.epoch == datetime(2018, 8, 6, 18, 19, 43, 256_640, tzinfo=UTC)


@pytest.mark.parametrize("kind", [Oem, Opm])
@pytest.mark.parametrize("answer", [{}, [], None, 1, "x", {"status": NONE}, {"orbit": None}, {"orbit": []}, [[]],
                                    {"orbit": [1]}, {"orbit": {"OPM_DATA": 1, "OEM_META_DATA_DATA": 1}}])  # fmt: skip
def test_messages_of_another_shape_are_refused(kind: type[Oem | Opm], answer: Any) -> None:
    with pytest.raises(ResponseFormatError, match=kind.__name__) as caught:
        kind.from_answer(answer)
    assert caught.value.reason == "schema"
    assert caught.value.__context__ is None


def test_formats() -> None:
    assert PredictPasses.formats("predict-passes/sgp4") == {Passes: "simple", PassSummary: "summary"}
    assert PropagateOrbit.formats("propagate-orbit/sgp4") == {Ephemeris: "simple", Omm: "omm"}
    assert PropagateOrbit.formats("propagate-orbit/neptune") == {Ephemeris: "simple", Oem: "oem", Opm: "opm"}
    assert PropagateOrbit.formats("propagate-orbit/orekit-numerical") == {Ephemeris: "simple", Opm: "opm"}
    assert set(PropagateOrbit.formats("propagate-orbit/new").values()) == {"simple", "oem", "opm", "omm"}
    assert next(iter(PropagateOrbit.formats("propagate-orbit/new"))) is Ephemeris


# Results that are one object


def test_an_orbit_check() -> None:
    answer = {
        "violations": [
            {"norad_id": 12345, "tca": "2022-05-01T00:00:00.000Z", "r": 0.1, "t": -2.0, "n": 0.3, "r_dot": 0.001,
             "t_dot": -14.2, "n_dot": 2.0}
        ],
        "candidates_checked": 1423,
        "status": NONE, "result_part_id": 1, "next_result_part_foreseen": False,
    }  # fmt: skip
    found = OrbitCheck.from_answer(answer)
    assert found.candidates_checked == 1423
    assert found.violations[0].norad_id == 12345
    assert found.violations[0].tca == datetime(2022, 5, 1, tzinfo=UTC)
    assert found.violations[0].miss_distance == pytest.approx(4.1**0.5)
    assert found.status.type == "NONE"
    assert found.raw is answer
    assert found.model_extra == {}


def test_an_orbit_determination() -> None:
    answer = {
        "status": NONE, "tracklet_ids": ["a1"],
        "od_result": {
            "wls_result": {"rms": 0.9, "iterations": 5, "converged": True, "accepted_residuals": 0.97},
            "ephemerides": [
                {"x": 0, "y": 0, "z": 0, "x_dot": 0, "y_dot": 0, "z_dot": 0, "epoch": 0.0,
                 "epochGd": "2022-04-01T00:00:00.000Z", "semi-major-axis": 6878.1, "eccentricity": 0.001,
                 "inclination": 97.4, "raan": 10.0, "aop": 20.0, "mean_anomaly": 30.0, "true_anomaly": 30.1, "cd": 2.2,
                 "cr": 1.3, "residual_1": 0.2}
            ],
            "excluded_measurements": [
                {"tracklet_id": 1, "epochGd": "2022-04-01T00:00:00.000Z", "component": "range", "measurement": 1.0,
                 "residual": 0.1, "residual_std": 0.01}
            ],
        },
    }  # fmt: skip
    result = OrbitDetermination.from_answer(answer).od_result
    assert result is not None
    assert result.wls_result is not None
    assert result.wls_result.accepted_residuals_percent == pytest.approx(97)
    (one,) = result.ephemerides
    assert (one.semi_major_axis, one.epoch_gd) == (6878.1, datetime(2022, 4, 1, tzinfo=UTC))
    assert (one.model_extra or {})["residual_1"] == 0.2
    assert result.excluded_measurements[0].tracklet_id == 1


def test_generated_maneuvers() -> None:
    answer = {
        "status": NONE,
        "cam_result_data": [
            {"strategy_number": 1, "strategy_name": "short_term", "suggested": True, "thrust_total": 0.02,
             "maneuver_file": {"OPM_HEADER": {}, "OPM_META_DATA": {}, "OPM_DATA": {}}},
            {"strategy_number": 2, "strategy_name": "a new one", "suggested": False},
        ],
        "maneuver_constraints": {"offset_cdm_and_earliest_maneuver": 7, "a_new_key": 1},
        "db_sat_offset_cdm_and_earliest_maneuver": 7, "db_sat_thrust_output": 0.02,
    }  # fmt: skip
    found = GeneratedManeuvers.from_answer(answer)
    assert [one.strategy_number for one in found.maneuvers] == [1, 2]
    assert found.suggested == found.maneuvers[:1]
    assert found.maneuvers[0].thrust_total_km_s == pytest.approx(2e-5)
    assert isinstance(found.maneuver_constraints, ManeuverConstraints)
    assert found.maneuver_constraints.offset_seconds == 25200
    assert found.db_sat_thrust_output == 0.02


def test_a_report_on_a_slot() -> None:
    found = GeoSlotAnalysis.from_answer({"status": NONE, "html_report": "<html></html>", "slot": 19.2})
    assert found.html_report == "<html></html>"
    assert (found.model_extra or {}) == {"slot": 19.2}


OBJECTS = (OrbitCheck, OrbitDetermination, GeneratedManeuvers, GeoSlotAnalysis)


@pytest.mark.parametrize("kind", OBJECTS)
def test_nothing_unknown_or_missing_stops_a_result(kind: Any) -> None:
    nulls = {key: None for name, field in kind.model_fields.items() for key in {field.alias or name}}
    for answer in ({}, {"status": NONE}, nulls, {**nulls, "new": {"type": "x", "content": 1}}, {"okapi_output": nulls}):
        assert kind.from_answer(answer).raw == answer
    assert kind.from_answer({"new": {"type": "x", "content": 1}}).new == 1


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize("answer", [[], "text", 5, None, True])
def test_what_is_no_object_is_none_of_these_results(kind: Any, answer: Any) -> None:
    with pytest.raises(ResponseFormatError, match=kind.__name__):
        kind.from_answer(answer)
