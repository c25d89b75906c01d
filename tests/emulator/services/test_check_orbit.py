"""check-orbit: closest approaches to the stored TLEs, against a search by scipy over sgp4 alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sgp4.api import Satrec, jday

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.engines.screening import closest_approaches
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion

from .. import samples
from ..candidates import CANDIDATES, other, put, tle_body
from ..conftest import Platform
from ..oems import oem

PATH = "check-orbit"


def check(platform: Platform, body: dict[str, Any]) -> dict[str, Any]:
    answer = platform.calculate(PATH, body, "simple")
    assert answer["status"]["type"] in ("NONE", "WARNING"), answer["status"]
    return answer


def expected(tle: samples.Tle, days: float, limit: float) -> list[tuple[datetime, float, Any, Any]]:
    """Approaches within `limit` km of the ISS: time, distance, and relative position and velocity along its R, T, N."""
    start = samples.epoch(samples.ISS)
    pair = [Satrec.twoline2rv(*one) for one in (samples.ISS, tle)]
    day, fraction = jday(
        start.year, start.month, start.day, start.hour, start.minute, start.second + start.microsecond / 1e6
    )

    def relative(seconds: Any) -> tuple[Any, Any, Any, Any]:
        at = np.atleast_1d(seconds) / 86_400
        (_, r1, v1), (_, r2, v2) = (one.sgp4_array(np.full_like(at, day), fraction + at) for one in pair)
        return r1, v1, r2 - r1, v2 - v1

    seconds = np.arange(0, days * 86_400, 5.0)
    distance = np.linalg.norm(relative(seconds)[2], axis=1)
    lows = (
        np.flatnonzero(
            (distance[1:-1] < distance[:-2]) & (distance[1:-1] <= distance[2:]) & (distance[1:-1] < limit + 80)
        )
        + 1
    )
    found = []
    for low in lows:
        near = minimize_scalar(
            lambda t: float(np.sum(relative(t)[2] ** 2)), bounds=(seconds[low - 1], seconds[low + 1]), method="bounded",
            options={"xatol": 1e-5},
        )  # fmt: skip
        if near.fun**0.5 <= limit:
            position, velocity, apart, speed = (one[0] for one in relative(near.x))
            radial = position / np.linalg.norm(position)
            normal = np.cross(position, velocity)
            normal /= np.linalg.norm(normal)
            axes = np.array((radial, np.cross(normal, radial), normal))
            found.append((start + timedelta(seconds=float(near.x)), near.fun**0.5, axes @ apart, axes @ speed))
    return found


def compare(violations: list[dict[str, Any]], number: int, others: list[tuple[datetime, float, Any, Any]]) -> None:
    ours = [violation for violation in violations if violation["norad_id"] == number]
    assert len(ours) == len(others)
    for one, (tca, _, position, velocity) in zip(ours, others, strict=True):
        assert set(one) == {"norad_id", "tca", "r", "t", "n", "r_dot", "t_dot", "n_dot"}
        assert abs((datetime.fromisoformat(one["tca"]) - tca).total_seconds()) < 0.002
        # Across half a millisecond of a crossing lie some metres.
        assert [one[axis] for axis in "rtn"] == pytest.approx(position.tolist(), abs=0.005)
        assert [one[f"{axis}_dot"] for axis in "rtn"] == pytest.approx(velocity.tolist(), abs=1e-4)


def test_approaches_agree_with_an_independent_search(emulator: Emulator, platform: Platform) -> None:
    put(emulator, *CANDIDATES.values())
    emulator.put("satellites", [{"norad_ids": [25544], "accepted_minimum_distance": 300.0}])
    answer = check(platform, tle_body())
    assert answer["candidates_checked"] == 3
    assert answer["status"]["type"] == "NONE"
    assert "3 of the 3 TLEs stored in this emulator were screened" in answer["status"]["text"]
    assert "within 300 km from 2018-08-06T18:19:43.257Z to 2018-08-13T18:19:43.257Z" in answer["status"]["text"]
    total = 0
    for number, tle in CANDIDATES.items():
        others = expected(tle, 7, 300)
        total += len(others)
        compare(answer["violations"], int(number), others)
    assert total == len(answer["violations"]) > 5
    assert answer["violations"] == sorted(answer["violations"], key=lambda one: one["tca"])


def test_without_a_stored_satellite_the_limit_is_a_kilometre(emulator: Emulator, platform: Platform) -> None:
    close = other("90004", anomaly="62.9060")
    put(emulator, close)
    answer = check(platform, tle_body())
    assert "within 1 km" in answer["status"]["text"]
    # It flies along, 200 m behind, and swings.
    others = expected(close, 7, 1.0)
    assert len(answer["violations"]) == len(others) > 100
    for one, (_, distance, _, _) in zip(answer["violations"], others, strict=True):
        # At 0.1 mm/s a moment says little, a distance all.
        assert np.linalg.norm([one[axis] for axis in "rtn"]) == pytest.approx(distance, abs=5e-6)


def test_an_ephemeris_is_screened_over_its_span(emulator: Emulator, platform: Platform) -> None:
    put(emulator, *CANDIDATES.values())
    emulator.put("satellites", [{"norad_ids": [25544], "accepted_minimum_distance": 300.0}])
    start = samples.epoch(samples.ISS).replace(microsecond=0) + timedelta(seconds=1)
    message = oem(start=start, hours=72)
    answer = check(platform, {"orbit": {"type": "oem.json", "content": message}})
    assert "Hermite interpolation" in answer["status"]["text"]
    assert f"from {samples.iso(start)} to {samples.iso(start + timedelta(hours=72))}" in answer["status"]["text"]
    whole = check(platform, tle_body())["violations"]
    early = [one for one in whole if samples.iso(start) < one["tca"] < samples.iso(start + timedelta(hours=72))]
    assert len(answer["violations"]) == len(early) > 0
    for ours, theirs in zip(answer["violations"], early, strict=True):
        assert ours["norad_id"] == theirs["norad_id"]
        assert [ours[axis] for axis in "rtn"] == pytest.approx([theirs[axis] for axis in "rtn"], abs=0.01)


def test_it_says_what_it_did_not_screen(emulator: Emulator, platform: Platform) -> None:
    old = samples.verification_tles()["28057"]
    newer = other("90003", anomaly="100.0000")
    newer = samples.with_checksums((newer[0].replace("18218.76369510", "18219.76369510"), newer[1]))
    put(emulator, samples.ISS, old, CANDIDATES["90003"], newer)
    emulator.put("tles", [{"NORAD_CAT_ID": "1"}, {"TLE_LINE1": "1 x", "TLE_LINE2": "2 y"}])
    answer = check(platform, tle_body())
    assert answer["candidates_checked"] == 1
    assert "1 of the 4 TLEs" in answer["status"]["text"]
    assert "3 were left out" in answer["status"]["text"]


def test_with_nothing_stored_it_warns(platform: Platform) -> None:
    answer = check(platform, tle_body())
    assert (answer["violations"], answer["candidates_checked"]) == ([], 0)
    assert answer["status"]["type"] == "WARNING"
    assert "0 of the 0 TLEs stored in this emulator" in answer["status"]["text"]


def test_an_object_that_decays_is_not_counted(emulator: Emulator, platform: Platform) -> None:
    line1, line2 = samples.ISS
    falling = samples.renumbered(
        (line1.replace("29472-4", "99999+0"), line2.replace("15.53806849", "16.50000000")), "90005"
    )
    put(emulator, falling)
    answer = check(platform, tle_body())
    assert answer["candidates_checked"] == 0
    assert "1 because SGP4 cannot propagate them to that span" in answer["status"]["text"]


def test_an_object_that_has_decayed_before_the_span_is_not_counted(emulator: Emulator, platform: Platform) -> None:
    # With this drag it is gone two weeks before the span, and SGP4 without an error code has it far away.
    gone = samples.renumbered(
        (samples.ISS[0].replace("29472-4", "40000-1").replace("18218.7", "18198.7"), samples.ISS[1]), "90006"
    )
    put(emulator, gone, CANDIDATES["90003"])
    answer = check(platform, tle_body())
    assert answer["candidates_checked"] == 1
    assert "1 because SGP4 cannot propagate them to that span" in answer["status"]["text"]


def test_elements_of_another_theory_are_not_counted(emulator: Emulator, platform: Platform) -> None:
    line1, line2 = CANDIDATES["90003"]
    put(emulator, samples.with_checksums((f"{line1[:62]}4{line1[63:]}", line2)))
    assert check(platform, tle_body())["candidates_checked"] == 0


def test_an_orbit_that_decays_is_not_the_fault_of_the_candidates(emulator: Emulator, platform: Platform) -> None:
    put(emulator, CANDIDATES["90003"])
    line1, line2 = samples.ISS
    falling = samples.with_checksums((line1.replace("29472-4", "99999+0"), line2.replace("15.53806849", "16.50000000")))
    answer = platform.calculate(PATH, tle_body(falling), "simple")
    assert answer["status"]["type"] == "FATAL"
    assert "decayed" in answer["status"]["text"]


def test_a_coarse_ephemeris_has_a_warning(emulator: Emulator, platform: Platform) -> None:
    put(emulator, CANDIDATES["90003"])
    answer = check(platform, {"orbit": {"type": "oem.json", "content": oem(hours=12, step=3600)}})
    assert answer["status"]["type"] == "WARNING"
    assert "too far apart to be interpolated" in answer["status"]["text"]


def test_docked_objects_are_a_violation(emulator: Emulator, platform: Platform) -> None:
    put(emulator, samples.renumbered(samples.ISS, "90007"))
    (one,) = check(platform, tle_body())["violations"]
    assert one["norad_id"] == 90007
    assert [one[axis] for axis in "rtn"] == [0.0] * 3


def state_of_the_iss() -> dict[str, Any]:
    start = samples.epoch(samples.ISS).replace(microsecond=0) + timedelta(seconds=1)
    row = oem(start=start, hours=1)["OEM_META_DATA_DATA"][0]["DATA"][0]
    return {**row, "MASS": 1000.0, "DRAG_AREA": 10.0}


@pytest.mark.parametrize("tag", ["opm.json", "state.json"])
def test_a_state_is_propagated(emulator: Emulator, platform: Platform, tag: str) -> None:
    put(emulator, *CANDIDATES.values())
    emulator.put("satellites", [{"norad_ids": [25544], "accepted_minimum_distance": 300.0}])
    row = state_of_the_iss()
    content: dict[str, Any] = {
        "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0},
        "OPM_META_DATA": {"OBJECT_ID": "25544", "REF_FRAME": "GCRF"},
        "OPM_DATA": row,
    }
    if tag == "state.json":
        content = {key.lower(): row[key] for key in ("EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT", "MASS")}
        content["area"] = 10.0
    answer = check(platform, {"orbit": {"type": tag, "content": content}})
    assert "stand-in" in answer["status"]["text"]
    assert answer["candidates_checked"] == 3
    if tag == "opm.json":  # its number is that of the stored satellite
        # On the first day, both propagators have nearly the same orbit.
        day = row["EPOCH"][:10].replace("06", "07")
        whole = [one for one in check(platform, tle_body())["violations"] if one["tca"] < day]
        early = [one for one in answer["violations"] if one["tca"] < day]
        assert [one["norad_id"] for one in early] == [one["norad_id"] for one in whole]


def test_the_filters_miss_nothing(emulator: Emulator, platform: Platform) -> None:
    """Against a search that compares every pair at every time."""
    crowd = [
        other(str(91_000 + index), inclination=f"{inclination:.4f}", node=f"{node:.4f}", anomaly=f"{anomaly:.4f}")
        for index, (inclination, node, anomaly) in enumerate(
            np.random.default_rng(5).uniform((20, 0, 0), (140, 360, 360), (60, 3)).tolist()
        )
    ]
    put(emulator, *crowd)
    emulator.put("satellites", [{"norad_ids": [25544], "accepted_minimum_distance": 60.0}])
    answer = check(platform, tle_body())
    start = samples.epoch(samples.ISS)
    own = Sgp4Motion(*samples.ISS)
    expected = [
        (int(tle[0][2:7]), approach.encounter.miss_distance)
        for tle in crowd
        for approach in closest_approaches(own, Sgp4Motion(*tle), start, start + timedelta(days=7), 60.0)
    ]
    found = [(one["norad_id"], float(np.linalg.norm([one[axis] for axis in "rtn"]))) for one in answer["violations"]]
    assert len(found) == len(expected) > 20
    for ours, theirs in zip(sorted(found), sorted(expected), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-3)


def test_other_shells_are_filtered_out_and_count_as_screened(emulator: Emulator, platform: Platform) -> None:
    put(emulator, samples.verification_tles()["28626"], CANDIDATES["90003"])
    line1, line2 = samples.verification_tles()["28626"]
    put(emulator, samples.with_checksums((line1.replace("06176", "18218"), line2)))
    answer = check(platform, tle_body())
    assert answer["candidates_checked"] == 2
    assert "1 cannot come close, by perigee and apogee" in answer["status"]["text"]


def test_a_long_ephemeris_is_too_much(platform: Platform) -> None:
    message = oem(hours=32 * 24, step=3600)
    answer = platform.calculate(PATH, {"orbit": {"type": "oem.json", "content": message}}, "simple")
    assert (answer["status"]["type"], answer["status"]["input_problem"]) == ("FATAL", True)
    assert "longer than the 31 days" in answer["status"]["text"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "orbit is missing"),
        ({"orbit": {"type": "ndm.json", "content": {}}}, "orbit.type must be 'tle.txt' or 'omm.json' or 'oem.json'"),
        ({**tle_body(), "distance": 5}, "distance is not a field"),
        ({"orbit": {"type": "tle.txt", "content": "x"}}, "orbit.content is not a valid TLE"),
    ],
)
def test_other_bodies_are_refused(platform: Platform, body: dict[str, Any], text: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=body)
    assert answer.status_code == 422
    assert text in answer.json()["status"]["text"]
