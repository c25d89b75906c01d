"""estimate-risk over HTTP: forms of a CDM, the record and its units, overrides, and what has no result."""

from __future__ import annotations

import copy
import math
from datetime import UTC, datetime
from random import Random
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import GCRS, ITRS, CartesianDifferential, CartesianRepresentation, PrecessedGeocentric
from astropy.time import Time

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.bodies.fields import InputProblemError
from okapi_sdk.emulator.engines.conjunction import ALL_METHODS
from okapi_sdk.emulator.protocol.envelopes import parts
from okapi_sdk.emulator.services.catalogue import SERVICES
from okapi_sdk.emulator.services.outcome import Context, NoResultError
from okapi_sdk.emulator.store.tables import Store

from ..cdms import RADII, cdm_of, kvn, plain_cdm, space_track, without_ids
from ..conftest import Platform
from ..encounters import PublishedEncounter, cara_encounters
from ..published import messages, needs_published_cases
from ..reference import iers

FOSTER = "estimate-risk/foster-1992"
MESSAGES = messages()
assert not iers.conf.auto_download


def body(cdm: object, overrides: dict[str, Any] | None = RADII, tag: str = "cdm.json") -> dict[str, Any]:
    found: dict[str, Any] = {"conjunction": {"type": tag, "content": cdm}}
    if overrides is not None:
        found["overrides"] = {"type": "cdm_overrides.json", "content": overrides}
    return found


def records(platform: Platform, request: object, path: str = FOSTER) -> list[dict[str, Any]]:
    answer = platform.calculate(path, request, "simple")
    assert answer["status"]["type"] in ("NONE", "WARNING"), answer["status"]
    assert answer["risk_estimations"]["type"] == "risk_estimations.json"
    return list(answer["risk_estimations"]["content"])


def test_the_record_holds_what_follows_from_the_states(platform: Platform) -> None:
    (found,) = records(platform, body(plain_cdm()))
    assert (found["tca"], found["creation_date"]) == ("2023-05-02T12:30:15.250Z", "2023-05-01T06:00:00.500Z")
    assert (found["originator"], found["based_on"], found["suggested"]) == ("TEST", "UNKNOWN", True)
    assert found["collision_probability_method"] == "FOSTER-1992"
    # Kilometres, but metres for the radii.
    assert found["miss_distance"] == pytest.approx(math.hypot(0.12, 0.06, 0.06))
    assert found["relative_speed"] == pytest.approx(7.5 * math.sqrt(2))
    assert (found["sat1_hard_body_radius"], found["sat2_hard_body_radius"]) == (5.0, 2.5)
    assert [found[name] for name in "rtn"] == pytest.approx([0.12, -0.06, -0.06])
    assert [found[f"{name}_dot"] for name in "rtn"] == pytest.approx([0.0, -7.5, 7.5])
    # The second object flies along the first one's normal, and its own normal is against the first one's flight.
    assert found["r_std"] == pytest.approx(math.hypot(0.030, 0.060), rel=1e-3)
    assert found["t_std"] == pytest.approx(math.hypot(0.200, 0.080), rel=1e-3)
    assert found["n_std"] == pytest.approx(math.hypot(0.025, 0.500), rel=1e-3)
    assert [found[f"{name}_dot_std"] for name in "rtn"] == pytest.approx([math.sqrt(0.5) / 1000] * 3)
    assert {found[f"sat{i}_covariance_{axis}_scaling_factor"] for i in (1, 2) for axis in "rtn"} == {1.0}
    assert found["sat1_state_at_tca"] == {
        "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0, "ORIGINATOR": "okapi-sdk emulator"},
        "OPM_META_DATA": {
            "OBJECT_NAME": "BODY 1",
            "OBJECT_ID": "90001",
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "GCRF",
            "TIME_SYSTEM": "UTC",
        },
        "OPM_DATA": {
            "EPOCH": "2023-05-02T12:30:15.250Z",
            **{"X": 7078.0, "Y": 0.0, "Z": 0.0, "X_DOT": 0.0, "Y_DOT": 7.5, "Z_DOT": 0.0},
        },
    }
    # The encounter plane's own numbers give the probability again.
    miss = np.array([found["b_plane_x"], found["b_plane_y"]])
    covariance = np.array([[found["b_plane_xx"], found["b_plane_xy"]], [found["b_plane_yx"], found["b_plane_yy"]]])
    assert np.linalg.norm(miss) == pytest.approx(found["miss_distance"])
    assert found["mahalanobis_distance"] == pytest.approx(math.sqrt(miss @ np.linalg.solve(covariance, miss)))
    density = math.exp(-(found["mahalanobis_distance"] ** 2) / 2) / (2 * math.pi * np.sqrt(np.linalg.det(covariance)))
    assert found["collision_probability"] == pytest.approx(density * math.pi * 0.0075**2, rel=1e-2)
    assert found["criticality"] == "critical"


@needs_published_cases
@pytest.mark.parametrize("name", [name for name, case in MESSAGES.items() if case.get("exact_2d")])
def test_published_conjunctions_give_their_published_probabilities(platform: Platform, name: str) -> None:
    case = MESSAGES[name]
    radii = {"SAT1_HARD_BODY_RADIUS": case["hard_body_radius_m"], "SAT2_HARD_BODY_RADIUS": 0}
    (found,) = records(platform, body(cdm_of(case), radii))
    # States are printed to a millimetre, on which a conjunction at 5 m depends.
    assert found["collision_probability"] == pytest.approx(case["exact_2d"], rel=1e-6)
    assert found["mahalanobis_distance"] ** 2 == pytest.approx(case["squared_mahalanobis"], rel=1e-6)
    assert found["miss_distance"] * 1000 == pytest.approx(case["miss_distance_m"], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("encounter", cara_encounters(), ids=lambda encounter: encounter.name)
def test_a_probability_that_does_not_hold_has_a_warning_and_no_criticality(
    platform: Platform, encounter: PublishedEncounter
) -> None:
    radii = {"SAT1_HARD_BODY_RADIUS": encounter.radius_m, "SAT2_HARD_BODY_RADIUS": 0}
    answer = platform.calculate(FOSTER, body(encounter.message, radii), "simple")
    (found,) = answer["risk_estimations"]["content"]
    warned = "The integral over the encounter plane is not valid here, because" in answer["status"]["text"]
    if encounter.is_valid:
        assert (answer["status"]["type"], warned) == ("NONE", False)
        assert found["criticality"] in ("critical", "observe", "non_critical")
    else:
        assert (answer["status"]["type"], warned) == ("WARNING", True)
        assert "No criticality is derived" in answer["status"]["text"]
        assert found["criticality"] is None
        assert "is not valid here" in found["comment"]


def test_a_fast_encounter_has_no_warning(platform: Platform) -> None:
    status = platform.calculate(FOSTER, body(plain_cdm()), "simple")["status"]
    assert status["type"] == "NONE"
    assert "1 record, combined radius 7.5 m" in status["text"]


def test_a_scaled_covariance_is_tested_with_its_factor(platform: Platform) -> None:
    factors = {"lower_bound": 1, "upper_bound": 1e6, "step_size": 999_999}
    overrides = {**RADII, **{f"SAT{i}_COVARIANCE_T_SCALING_RANGE": factors for i in (1, 2)}}
    found = records(platform, body(plain_cdm(), overrides))
    # A thousand times 200 m along the orbit bends with it.
    assert [one["criticality"] for one in found] == ["critical", None, None, None]


@pytest.mark.parametrize("seconds", [-30.0, -0.1, 0.02, 1.0])
def test_states_off_the_closest_approach_are_pointed_out(platform: Platform, seconds: float) -> None:
    cdm = plain_cdm()
    for prefix in ("SAT1_", "SAT2_"):
        cdm |= {f"{prefix}{axis}": cdm[f"{prefix}{axis}"] + seconds * cdm[f"{prefix}{axis}_DOT"] for axis in "XYZ"}
    cdm["MISS_DISTANCE"] = 1000 * math.dist(*([cdm[f"SAT{i}_{axis}"] for axis in "XYZ"] for i in (1, 2)))
    answer = platform.calculate(FOSTER, body(cdm), "simple")
    assert answer["status"]["type"] == "WARNING"
    side = "later" if seconds < 0 else "earlier"
    assert f"the closest approach, which is {abs(seconds):.3g} s {side}" in answer["status"]["text"]
    assert answer["risk_estimations"]["content"][0]["criticality"] is None


def test_a_time_rounded_to_a_millisecond_is_at_the_closest_approach(platform: Platform) -> None:
    cdm = plain_cdm()
    for prefix in ("SAT1_", "SAT2_"):
        cdm |= {f"{prefix}{axis}": cdm[f"{prefix}{axis}"] + 5e-4 * cdm[f"{prefix}{axis}_DOT"] for axis in "XYZ"}
    assert platform.calculate(FOSTER, body(cdm), "simple")["status"]["type"] == "NONE"


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("along", [200.0, 20_000.0])
def test_a_covariance_in_square_kilometres_is_pointed_out(platform: Platform, number: int, along: float) -> None:
    cdm = {
        **plain_cdm(),
        **{f"SAT{i}_CT_{axis}": value for i in (1, 2) for axis, value in (("T", along**2), ("R", 0.0))},
    }
    for key in [key for key in cdm if key.startswith(f"SAT{number}_C") and "DOT" not in key]:
        cdm[key] *= 1e-6
    answer = platform.calculate(FOSTER, body(cdm), "simple")
    assert answer["status"]["type"] == "WARNING"
    assert f"The covariance of object {number} has standard deviations of" in answer["status"]["text"]
    assert answer["risk_estimations"]["content"][0]["criticality"] is None


def test_all_forms_of_a_message_give_the_same_record(platform: Platform) -> None:
    cdm = plain_cdm()
    (expected,) = records(platform, body(cdm))
    day_of_year = kvn({**cdm, "TCA": "2023-122T12:30:15.250"})
    for content, tag in ((space_track(cdm), "cdm.json"), (kvn(cdm), "cdm.kvn"), (day_of_year, "cdm.kvn")):
        (found,) = records(platform, body(content, tag=tag))
        assert without_ids(found) == without_ids(expected)


def test_a_slash_that_was_escaped_twice_is_still_one(platform: Platform) -> None:
    escaped = changed(RELATIVE_SPEED_UNIT="m\\/s", SAT1_X_DOT_UNIT="km\\/s")
    assert without_ids(records(platform, body(escaped))[0]) == without_ids(records(platform, body(plain_cdm()))[0])


def test_the_typed_dialect_gives_the_same_record(platform: Platform) -> None:
    cdm = plain_cdm()
    (expected,) = records(platform, body(cdm))
    id_ = platform.submit(FOSTER, {"CCSDS_CDM": cdm, "overrides": RADII})
    (item,) = platform.http.get(f"/{FOSTER.rpartition('/')[0]}/foster-1992/simple/results/{id_}").json()
    (found,) = item["risk_estimations"]["content"]
    assert without_ids(found) == without_ids(expected)


def in_other_frames(cdm: dict[str, Any], frame: str) -> dict[str, Any]:
    """The message with its states in another frame, by astropy."""
    time = Time(datetime.fromisoformat(cdm["TCA"]).replace(tzinfo=None), scale="utc")
    found = {**cdm, "SAT1_REF_FRAME": frame, "SAT2_REF_FRAME": frame}
    for prefix in ("SAT1_", "SAT2_"):
        names = [f"{prefix}{name}" for name in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")]
        state = [cdm[name] for name in names]
        given = GCRS(
            CartesianRepresentation(
                state[:3] * u.km, differentials=CartesianDifferential(np.array(state[3:]) * u.km / u.s)
            ),
            obstime=time,
        )
        target = ITRS(obstime=time) if frame == "ITRF" else PrecessedGeocentric(equinox="J2000", obstime=time)
        turned = given.transform_to(target).cartesian
        values = (*turned.xyz.to_value(u.km), *turned.differentials["s"].d_xyz.to_value(u.km / u.s))
        found |= {name: float(value) for name, value in zip(names, values, strict=True)}
    return found


@pytest.mark.parametrize(("frame", "metres"), [("ITRF", 30.0), ("EME2000", 0.01)])
def test_states_in_other_frames_are_turned_to_gcrf(platform: Platform, frame: str, metres: float) -> None:
    cdm = plain_cdm()
    (expected,) = records(platform, body(cdm))
    (found,) = records(platform, body(in_other_frames(cdm, frame)))
    for sat in ("sat1", "sat2"):
        ours, theirs = (one[f"{sat}_state_at_tca"]["OPM_DATA"] for one in (found, expected))
        # Without the pole's yearly circle, and over the time of astropy's UT1.
        assert max(abs(ours[name] - theirs[name]) for name in "XYZ") * 1000 < metres
        assert max(abs(ours[f"{name}_DOT"] - theirs[f"{name}_DOT"]) for name in "XYZ") * 1e6 < metres
    # What matters, the relative motion, is turned as a whole.
    assert found["collision_probability"] == pytest.approx(expected["collision_probability"], rel=1e-4)
    assert [found[name] for name in "rtn"] == pytest.approx([expected[name] for name in "rtn"], abs=1e-6)


def test_the_seeded_fleet_shows_what_estimate_risk_computes(emulator: Emulator, platform: Platform) -> None:
    emulator.seed_fleet()
    for conjunction in platform.http.get("/conjunctions").json()["elements"]:
        path = f"/conjunctions/{conjunction['conjunction_id']}"
        cdms = platform.http.get(f"{path}/cdms").json()["elements"]
        texts = platform.http.get(f"{path}/cdms?format=kvn").json()["elements"]
        stored = platform.http.get(f"{path}/risk-estimations").json()["elements"]
        assert conjunction["newest_risk_estimation"] == stored[-1]
        for cdm, text, shown in zip(cdms, texts, stored, strict=True):
            for content, tag in ((cdm, "cdm.json"), (text, "cdm.kvn")):
                (found,) = records(platform, body(content, None, tag))
                assert without_ids(found, "comment") == without_ids(shown, "comment")
            assert float(cdm["COLLISION_PROBABILITY"]) == pytest.approx(shown["collision_probability"], rel=1e-9)
            assert float(cdm["MISS_DISTANCE"]) / 1000 == pytest.approx(shown["miss_distance"], abs=1e-6)


def test_all_methods_gives_one_record_for_each(platform: Platform) -> None:
    answer = platform.calculate("estimate-risk/all-methods", body(plain_cdm()), "simple")
    found = answer["risk_estimations"]["content"]
    assert [one["collision_probability_method"] for one in found] == [method.upper() for method in ALL_METHODS]
    assert "standard error" in answer["status"]["text"]
    assert len({one["risk_estimation_id"] for one in found}) == len(ALL_METHODS)
    for one in found:
        if one["collision_probability_method"] == "HALL-2021":  # the platform has no such method
            continue
        path = f"estimate-risk/{one['collision_probability_method'].lower()}"
        (single,) = records(platform, body(plain_cdm()), path)
        assert without_ids(single) == without_ids(one)
    by_method = {one["collision_probability_method"]: one["collision_probability"] for one in found}
    for method in ("ALFANO-2005", "CHAN-1997", "PATERA-2001", "ALFRIEND-1999", "PATERA-2003", "HALL-2021"):
        assert by_method[method] == pytest.approx(by_method["FOSTER-1992"], rel=1e-2)
    assert by_method["MONTE-CARLO"] == pytest.approx(by_method["FOSTER-1992"], rel=0.3)
    assert by_method["MAXIMUM-PROBABILITY"] > by_method["FOSTER-1992"]


def test_a_method_without_an_answer_leaves_the_others_theirs(platform: Platform) -> None:
    # Two needles of covariances, one along the other: a micrometre across.
    cdm = plain_cdm()
    for prefix in ("SAT1_", "SAT2_"):
        cdm |= {f"{prefix}CR_R": 1e-12, f"{prefix}CT_R": 0.0, f"{prefix}CT_T": 1e-12, f"{prefix}CN_N": 1e-12}
    answer = platform.calculate("estimate-risk/all-methods", body(cdm), "simple")
    found = {
        one["collision_probability_method"]: one["collision_probability"]
        for one in answer["risk_estimations"]["content"]
    }
    assert (found["FOSTER-1992"], found["CHAN-1997"], found["MONTE-CARLO"]) == (0.0, None, None)
    assert answer["status"]["type"] == "WARNING"
    assert "CHAN-1997: its series needs more than" in answer["status"]["text"]


def test_the_definition_of_the_maximum_is_stated(platform: Platform) -> None:
    (found,) = records(platform, body(plain_cdm()), "estimate-risk/maximum-probability")
    assert "Alfriend" in found["comment"]


def test_a_scaling_range_makes_a_record_for_each_combination(platform: Platform) -> None:
    ranges = {
        "SAT1_COVARIANCE_T_SCALING_RANGE": {"lower_bound": 0.1, "upper_bound": 1.0, "step_size": 0.1},
        "SAT2_COVARIANCE_R_SCALING_RANGE": {"lower_bound": 1, "upper_bound": 4, "step_size": 3},
    }
    found = records(platform, body(plain_cdm(), {**RADII, **ranges}))
    factors = [(one["sat1_covariance_t_scaling_factor"], one["sat2_covariance_r_scaling_factor"]) for one in found]
    assert factors == [(round(0.1 * step, 12), radial) for step in range(1, 11) for radial in (1.0, 4.0)]
    assert {one["sat1_covariance_r_scaling_factor"] for one in found} == {1.0}
    # A factor multiplies a variance, so that a message with the factors in it gives the same.
    cdm = plain_cdm()
    cdm["SAT1_CT_T"] *= 0.1
    cdm["SAT1_CT_R"] *= math.sqrt(0.1)
    cdm["SAT2_CR_R"] *= 4
    cdm["SAT2_CT_R"] *= 2
    (expected,) = records(platform, body(cdm))
    assert found[1]["collision_probability"] == pytest.approx(expected["collision_probability"], rel=1e-12)
    assert found[1]["t_std"] == pytest.approx(expected["t_std"], rel=1e-12)


@pytest.mark.parametrize("text", ["2.5", "Operator Hard Body Radius = 2.5 [m]", "2.5 m", "HARD BODY RADIUS=2.5", 2.5])
def test_a_radius_comes_from_the_comment_of_the_message(platform: Platform, text: object) -> None:
    cdm = {**plain_cdm(), "SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS": "9", "SAT2_COMMENT_OPERATOR_HARD_BODY_RADIUS": text}
    (found,) = records(platform, body(cdm, {"SAT1_HARD_BODY_RADIUS": 5.0}))
    (expected,) = records(platform, body(plain_cdm()))
    assert without_ids(found) == without_ids(expected)


def test_a_radius_comes_from_a_comment_in_kvn(platform: Platform) -> None:
    text = kvn(plain_cdm()).replace(
        "OBJECT               = OBJECT2", "OBJECT = OBJECT2\nCOMMENT Hard Body Radius = 2.5 [m]"
    )
    (found,) = records(platform, body(text, {"SAT1_HARD_BODY_RADIUS": 5.0}, "cdm.kvn"))
    assert (found["sat1_hard_body_radius"], found["sat2_hard_body_radius"]) == (5.0, 2.5)


@pytest.mark.parametrize("place", ["CCSDS_CDM_VERS = 1.0", "OBJECT               = OBJECT1"])
def test_a_combined_radius_is_that_of_both_objects(platform: Platform, place: str) -> None:
    text = kvn(plain_cdm()).replace(place, f"{place}\r\nCOMMENT HBR = 7.5 [m]")
    answer = platform.calculate(FOSTER, body(text, None, "cdm.kvn"), "simple")
    (found,) = answer["risk_estimations"]["content"]
    assert (found["sat1_hard_body_radius"], found["sat2_hard_body_radius"]) == (7.5, 0.0)
    assert answer["status"]["type"] == "NONE"
    (expected,) = records(platform, body(plain_cdm()))
    assert found["collision_probability"] == pytest.approx(expected["collision_probability"])


@pytest.mark.parametrize("remark", ["EXCLUSION_VOLUME_RADIUS = 5 [m]", "Radius of the sphere: 5 m"])
def test_a_remark_on_another_radius_is_named(platform: Platform, remark: str) -> None:
    text = kvn(plain_cdm()).replace("OBJECT               = OBJECT2", f"OBJECT = OBJECT2\nCOMMENT {remark}")
    status = platform.calculate(FOSTER, body(text, None, "cdm.kvn"), "simple")["status"]
    assert status["type"] == "FATAL"
    assert f"The remark '{remark}' is not a hard-body radius" in status["text"]


def test_an_object_without_a_radius_counts_as_a_point_with_a_warning(platform: Platform) -> None:
    answer = platform.calculate(FOSTER, body(plain_cdm(), {"SAT1_HARD_BODY_RADIUS": 7.5}), "simple")
    (found,) = answer["risk_estimations"]["content"]
    assert found["sat2_hard_body_radius"] is None
    assert answer["status"]["type"] == "WARNING"
    assert "Object 2 has no radius and is treated as a point" in answer["status"]["text"]
    (expected,) = records(platform, body(plain_cdm()))
    assert found["collision_probability"] == expected["collision_probability"]


def test_states_that_contradict_the_message_are_pointed_out(platform: Platform) -> None:
    status = platform.calculate(FOSTER, body({**plain_cdm(), "MISS_DISTANCE": 800}), "simple")["status"]
    assert status["type"] == "WARNING"
    assert "states a miss distance of 800 m, but its states give 146.969 m" in status["text"]


def changed(**values: object) -> dict[str, Any]:
    found = {**plain_cdm(), **values}
    return {key: value for key, value in found.items() if value is not ...}


@pytest.mark.parametrize(
    ("cdm", "overrides", "text"),
    [
        (changed(), None, "Send overrides with SAT1_HARD_BODY_RADIUS and SAT2_HARD_BODY_RADIUS in metres"),
        (changed(), {"SAT1_HARD_BODY_RADIUS": 0}, "hard-body radius above zero"),
        (
            changed(),
            {**RADII, "RELATIVE_POSITION_R": 0.8},
            "the unit that the platform expects for RELATIVE_POSITION_R",
        ),
        (
            changed(SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS="5 km"),
            None,
            "SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS is '5 km'",
        ),
        (changed(TCA=...), RADII, "does not state TCA"),
        (changed(SAT2_CN_T=...), RADII, "does not state SAT2_CN_T"),
        (changed(SAT1_Z_DOT=None), RADII, "does not state SAT1_Z_DOT"),
        (changed(SAT1_X=""), RADII, "does not state SAT1_X"),
        (changed(SAT2_REF_FRAME=...), RADII, "does not state SAT2_REF_FRAME"),
        (changed(SAT2_REF_FRAME="ITRF"), RADII, "One state is in ITRF"),
        (changed(SAT1_X=7_078_000.0), RADII, None),
        (changed(SAT1_X=7.078e12), RADII, "do not describe an Earth orbit in km"),
        (changed(SAT1_X=0.0), RADII, "do not describe an Earth orbit"),
        (changed(SAT1_Y_DOT=0.0, SAT1_X_DOT=7.5), RADII, "does not fit an Earth orbit"),
        (changed(SAT1_CR_R=1e300), RADII, "does not fit an Earth orbit"),
        (changed(SAT2_Y_DOT=7.5, SAT2_Z_DOT=0.0), RADII, "the same velocity"),
        (changed(SAT1_CR_R=-1e6, SAT2_CR_R=-1e6), RADII, "not positive definite in the encounter plane"),
        (
            changed(**{f"SAT{i}_C{a}_{b}": 0 for i in (1, 2) for a in "RTN" for b in "RTN"}),
            RADII,
            "not positive definite",
        ),
    ],
)
def test_what_lacks_something_ends_fatal_and_says_what(
    platform: Platform, cdm: dict[str, Any], overrides: dict[str, Any] | None, text: str | None
) -> None:
    answer = platform.calculate(FOSTER, body(cdm, overrides), "simple")
    if text is None:
        assert answer["status"]["type"] == "WARNING"
        return
    assert set(answer) == {"status", "result_part_id", "next_result_part_foreseen"}
    assert (answer["status"]["type"], answer["status"]["input_problem"]) == ("FATAL", True)
    assert text in answer["status"]["text"]


RANGE = {"lower_bound": 0.1, "upper_bound": 1.0, "step_size": 0.1}


@pytest.mark.parametrize(
    ("cdm", "overrides", "text"),
    [
        ([plain_cdm()], RADII, "send one element of a downloaded array"),
        ("text", RADII, "conjunction.content must be one CDM as a JSON object"),
        (changed(SAT1_X="seven"), RADII, "conjunction.content.SAT1_X must be a number, not 'seven'"),
        (changed(SAT1_X=True), RADII, "conjunction.content.SAT1_X must be a number"),
        (changed(SAT1_X_UNIT="m"), RADII, "SAT1_X_UNIT is 'm'; a CDM states SAT1_X in km"),
        (changed(SAT2_CR_R_UNIT="km**2"), RADII, "a CDM states SAT2_CR_R in m**2"),
        (changed(TCA="tomorrow"), RADII, "conjunction.content.TCA must be a UTC time"),
        (changed(TCA="2023-02-30 00:00:00"), RADII, "conjunction.content.TCA must be a UTC time"),
        (changed(SAT1_REF_FRAME="TEME"), RADII, "SAT1_REF_FRAME must be GCRF, EME2000 or ITRF"),
        (changed(), {"SAT1_HARD_BODYRADIUS": 2.0}, "overrides.content.SAT1_HARD_BODYRADIUS is not a field"),
        (changed(), {"SAT1_HARD_BODY_RADIUS": "2"}, "SAT1_HARD_BODY_RADIUS must be a number (metres)"),
        (changed(), {"SAT1_HARD_BODY_RADIUS": -1}, "SAT1_HARD_BODY_RADIUS must be from 0 to 1e+06 (metres), not -1"),
        (changed(), {"SAT1_COVARIANCE_T_SCALING_RANGE": 2}, "SAT1_COVARIANCE_T_SCALING_RANGE must be a JSON object"),
        (changed(), {"SAT1_COVARIANCE_T_SCALING_RANGE": {**RANGE, "step": 1}}, "RANGE.step is not a field"),
        (
            changed(),
            {"SAT1_COVARIANCE_T_SCALING_RANGE": {**RANGE, "step_size": 0}},
            "RANGE.step_size must be from 1e-06 to",
        ),
        (changed(), {"SAT1_COVARIANCE_T_SCALING_RANGE": {**RANGE, "step_size": 1e-5}}, "90,001 steps"),
        (changed(), {"SAT1_COVARIANCE_T_SCALING_RANGE": {**RANGE, "upper_bound": 0.05}}, "must not be less than"),
        (
            changed(),
            {f"SAT{i}_COVARIANCE_{a}_SCALING_RANGE": RANGE for i in (1, 2) for a in "RT"},
            "10,000 combinations",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    emulator: Emulator, platform: Platform, cdm: object, overrides: dict[str, Any], text: str
) -> None:
    answer = platform.http.post(f"/{FOSTER}/requests", json=body(cdm, overrides))
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]
    assert emulator.calculations == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (7, "must be the text of a CDM in KVN"),
        ("<cdm/>", "line 1, must be KEYWORD = value"),
        ("CREATION_DATE = 2023-05-01T00:00:00", "line 1, must be KEYWORD = value"),
        ("CCSDS_CDM_VERS = 1.0\nTCA = 2023-05-02T00:00:00", "it has no line OBJECT = OBJECT1"),
        ("CCSDS_CDM_VERS = 1.0\nOBJECT = OBJECT3", "line 2: OBJECT must be OBJECT1 or OBJECT2"),
        ("CCSDS_CDM_VERS = 1.0\nOBJECT = OBJECT1\nX = 1 [km]\nX = 2 [km]", "line 4: X appears twice"),
        ("CCSDS_CDM_VERS = 1.0\nOBJECT = OBJECT1\nX = 1 [m]", "SAT1_X_UNIT is 'm'"),
    ],
)
def test_faulty_kvn_is_refused_by_line(platform: Platform, text: object, problem: str) -> None:
    answer = platform.http.post(f"/{FOSTER}/requests", json=body(text, tag="cdm.kvn"))
    assert answer.status_code == 422
    assert problem in answer.json()["status"]["text"]


def test_other_fields_and_tags_are_refused(platform: Platform) -> None:
    for request, text in (
        ({**body(plain_cdm()), "override": {}}, "override is not a field"),
        (body(plain_cdm(), tag="cdm.xml"), "conjunction.type must be 'cdm.json' or 'cdm.kvn'"),
        ({"conjunction": {"type": "cdm.json"}}, "conjunction.content is missing"),
        ({"CCSDS_CDM": plain_cdm(), "overrides": {"RADIUS": 1}}, "overrides.RADIUS is not a field"),
    ):
        answer = platform.http.post(f"/{FOSTER}/requests", json=request)
        status = answer.json().get("status") or answer.json()["state_msg"]
        assert answer.status_code == 422
        assert text in status["text"]


def test_a_message_without_velocity_covariances_has_no_speed_deviations(platform: Platform) -> None:
    cdm = {key: value for key, value in plain_cdm().items() if "DOT_" not in key}
    (found,) = records(platform, body(cdm))
    assert [found[f"{axis}_dot_std"] for axis in "rtn"] == [None] * 3
    assert found["r_std"] is not None


def test_the_message_is_not_changed(platform: Platform) -> None:
    request = body(plain_cdm())
    before = copy.deepcopy(request)
    assert without_ids(records(platform, request)[0]) == without_ids(records(platform, request)[0])
    assert request == before


VALUES = (0, 1, -1, 1e-300, 1e300, -1e300, 1e-9, 7000, 1e12, "x", "1e5", None, "", [], {}, True, 10**400, "NaN", "inf")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_message_holds_it_is_refused_or_ends(seed: int) -> None:
    random = Random(seed)
    context = Context(datetime.now(UTC), Store())
    ends: set[str] = set()
    for _ in range(60):
        cdm = plain_cdm() if random.random() < 0.5 else space_track(plain_cdm())
        for key in random.sample(list(cdm), random.randint(0, 4)):
            cdm[key] = random.choice(VALUES)
        radii = {name: 10 ** random.uniform(-9, 6) for name in RADII}
        method = random.choice(("foster-1992", "chan-1997", "alfano-2005", "patera-2001", "maximum-probability"))
        service = SERVICES[f"estimate-risk/{method}"]
        try:
            outcome = service.compute(service.read(body(cdm, radii)), context)
            for result in outcome.formats.values():
                list(parts(result, 100))
            ends.add("result")
        except InputProblemError:
            ends.add("refused")
        except NoResultError:
            ends.add("fatal")
    assert ends == {"result", "refused", "fatal"}
