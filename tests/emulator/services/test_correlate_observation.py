"""correlate-observation: the stored TLE of a tracklet, by Mahalanobis distance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.engines.correlation import chi_square_tail, match
from okapi_sdk.emulator.engines.encounter import rtn
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion

from .. import samples, trackings
from ..candidates import CANDIDATES, other, put
from ..conftest import Platform

PATH = "correlate-observation"
TRUTH = Sgp4Motion(*samples.ISS)
EPOCH = samples.epoch(samples.ISS).replace(microsecond=0)
TELESCOPE = ("right_ascension", "declination")
DEVIATIONS = {"angle_1_std": trackings.ANGLE_DEVIATION, "angle_2_std": trackings.ANGLE_DEVIATION}


def tracklet(components: Any, truth: Sgp4Motion = TRUTH, seed: int = 1) -> dict[str, Any]:
    seen = trackings.sightings_of(trackings.simulated(truth, EPOCH, range(0, 60, 10), components, seed))
    more = {"REFERENCE_FRAME": "ICRF"} if components == TELESCOPE else {}
    return {"tdm": {"type": "tdm.txt", "content": trackings.tdm(seen, station="EYE", target="UNKNOWN", **more)}}


@pytest.fixture
def sky(emulator: Emulator) -> None:
    put(emulator, samples.ISS, *CANDIDATES.values())
    emulator.put("sensor-systems", [trackings.station("EYE", range_std=trackings.RANGE_DEVIATION, **DEVIATIONS)])


@pytest.mark.usefixtures("sky")
@pytest.mark.parametrize("components", [TELESCOPE, ("azimuth", "elevation", "range"), ("range",)])
def test_a_tracklet_finds_its_object(platform: Platform, components: Any) -> None:
    answer = platform.calculate(PATH, tracklet(components), "simple")
    assert answer["status"]["type"] == "NONE", answer["status"]
    assert "Assumed for the TLEs" in answer["status"]["text"]
    (row,) = answer["correlations"]
    assert (row["norad_id"], row["ambiguous"], row["observations"]) == (25544, False, 6 * len(components))
    best = row["candidates"][0]
    assert best["share"] > 0.95
    assert best["significance"] > 1e-3
    assert answer["candidates_checked"] == 1 + len(CANDIDATES)


@pytest.mark.usefixtures("sky")
def test_another_object_is_no_match(emulator: Emulator, platform: Platform) -> None:
    away = Sgp4Motion(*other("90009", anomaly="66.9060"))
    answer = platform.calculate(PATH, tracklet(TELESCOPE, away), "simple")
    assert answer["status"]["type"] == "WARNING"
    assert "No stored object fits the tracklets 1." in answer["status"]["text"]
    assert answer["correlations"][0]["norad_id"] is None
    assert answer["correlations"][0]["candidates"] == []


@pytest.mark.usefixtures("sky")
def test_twins_are_ambiguous(emulator: Emulator, platform: Platform) -> None:
    put(emulator, samples.ISS, other("90010", anomaly="62.9060"))
    answer = platform.calculate(PATH, tracklet(TELESCOPE), "simple")
    assert answer["status"]["type"] == "WARNING"
    assert "Several objects fit the tracklets 1." in answer["status"]["text"]
    (row,) = answer["correlations"]
    assert row["ambiguous"]
    assert {one["norad_id"] for one in row["candidates"]} == {25544, 90010}
    assert sum(one["share"] for one in row["candidates"]) == pytest.approx(1)


def test_nothing_to_compare_ends_fatal(emulator: Emulator, platform: Platform) -> None:
    emulator.put("sensor-systems", [trackings.station("EYE")])
    status = platform.calculate(PATH, tracklet(TELESCOPE), "simple")["status"]
    assert (status["type"], "No TLEs are stored" in status["text"]) == ("FATAL", True)


def test_an_unknown_station_ends_fatal(emulator: Emulator, platform: Platform) -> None:
    put(emulator, samples.ISS)
    status = platform.calculate(PATH, tracklet(TELESCOPE), "simple")["status"]
    assert (status["type"], "does not know where EYE or UNKNOWN is" in status["text"]) == ("FATAL", True)


def test_a_body_that_is_no_tdm_is_refused(platform: Platform) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json={"tdm": {"type": "tdm.txt", "content": "none"}})
    assert answer.status_code == 422
    assert "tdm.content, line 1, does not belong in the header of a TDM" in answer.json()["status"]["text"]


def test_the_distance_is_that_of_the_full_covariance() -> None:
    observations = trackings.simulated(TRUTH, EPOCH, range(0, 60, 10), ("azimuth", "elevation", "range"), 5)
    positions, velocities = TRUTH.gcrf(observations.instants)
    deviations = np.array((0.5, 1.0, 0.5))
    found = match(observations, positions, velocities, deviations)
    prediction = observations.predict(positions, velocities)
    axes = np.array([rtn(*state) for state in zip(positions.T, velocities.T, strict=True)])[observations.places]
    slopes = np.einsum("nj,nkj->nk", prediction.slopes, axes)
    whole = np.diag(observations.deviations**2) + slopes @ np.diag(deviations**2) @ slopes.T
    assert found.squared == pytest.approx(prediction.residuals @ np.linalg.solve(whole, prediction.residuals), rel=1e-6)
    likelihood = -(found.squared + np.linalg.slogdet(2 * np.pi * whole)[1]) / 2
    assert found.log_likelihood == pytest.approx(likelihood, rel=1e-6)


@pytest.mark.parametrize("degrees", [1, 2, 3, 18, 101])
@pytest.mark.parametrize("value", [0.0, 0.3, 5.0, 80.0, 400.0])
def test_the_tail_of_chi_square(value: float, degrees: int) -> None:
    assert chi_square_tail(value, degrees) == pytest.approx(chi2.sf(value, degrees), rel=1e-9, abs=1e-300)
