"""determine-orbit/wls over HTTP: measurements, stations, settings, results, the residual page, and what has none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.bodies.determine_orbit import read_determine_orbit
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion
from okapi_sdk.emulator.services.determine_orbit import determine_orbit
from okapi_sdk.emulator.services.outcome import Context
from okapi_sdk.emulator.store.tables import Store

from .. import samples, trackings
from ..candidates import put
from ..conftest import Platform
from ..oems import oem

PATH = "determine-orbit/wls"
TRUTH = Sgp4Motion(*samples.ISS)
EPOCH = samples.epoch(samples.ISS).replace(microsecond=0)
KAENA = {"range_std": 0.0925, "angle_1_std": 0.0224, "angle_2_std": 0.0139}
SETTINGS = "orbit_determination_settings"


def tracked(**more: Any) -> dict[str, Any]:
    text = trackings.tdm(trackings.geos3(), station="KAENA POINT", target="7734", TRACK_ID="T1")
    return {"tdm": {"type": "tdm.txt", "content": text}, **more}


def navsol(rows: list[tuple[datetime, Any]], fix: int = 3) -> str:
    lines = ["SpacecraftTime,GNSS_S_ITOW,GNSS_S_FTOW,GNSS_S_WEEK,GNSS_S_GPSFIX,GNSS_S_ECEFX,GNSS_S_ECEFY,GNSS_S_ECEFZ"]
    for epoch, position in rows:
        gps = epoch + timedelta(seconds=18) - datetime(1980, 1, 6, tzinfo=UTC)
        week, rest = divmod(gps, timedelta(weeks=1))
        place = ",".join(f"{value * 1e5:.0f}" for value in position)
        lines.append(f"{epoch.isoformat()},{rest / timedelta(milliseconds=1):.0f},0,{week},{fix},{place}")
    return "\n".join(lines)


def positions(count: int = 20, step: float = 60.0, wrong: tuple[int, ...] = ()) -> str:
    random, seconds = np.random.default_rng(5), np.arange(count) * step
    places = TRUTH.earth_fixed(Instants(EPOCH, seconds)).T + random.normal(size=(count, 3)) * 0.01
    places[list(wrong), 0] += 1.0
    return navsol([(EPOCH + timedelta(seconds=second), place) for second, place in zip(seconds, places, strict=True)])


def located(content: str, **more: Any) -> dict[str, Any]:
    return {"ephemerides": {"type": "navsol.txt", "content": content}, **more}


@pytest.fixture
def kaena(emulator: Emulator) -> None:
    emulator.put("sensor-systems", [trackings.station("Kaena Point", trackings.KAENA_POINT, **KAENA)])


@pytest.mark.usefixtures("kaena")
def test_a_pass_gives_an_orbit_with_states_residuals_and_a_page(platform: Platform) -> None:
    answer = platform.calculate(PATH, tracked(), "simple")
    assert answer["status"]["type"] == "NONE", answer["status"]
    for words in ("brahe, a stand-in", "30 of 30 measurements", "without light time", "comes from the measurements"):
        assert words in answer["status"]["text"]
    assert answer["tracklet_ids"] == ["T1"]
    fit = answer["od_result"]["wls_result"]
    assert fit["converged"]
    assert fit["rms"] < 1
    assert fit["accepted_residuals"] == 1
    rows = answer["od_result"]["ephemerides"]
    assert len(rows) == 10
    assert answer["od_result"]["excluded_measurements"] == []
    first = rows[0]
    assert first["epochGd"] == "1995-01-29T02:38:37.000000Z"
    assert first["epoch"] == pytest.approx(49746.110150463)
    published = trackings.GEOS3_ESTIMATE
    energy = published[3:] @ published[3:] / 2 - 398_600.4418 / np.linalg.norm(published[:3])
    assert first["semi-major-axis"] == pytest.approx(-398_600.4418 / 2 / energy, abs=5)
    assert first["inclination"] == pytest.approx(114.98, abs=0.1)
    assert first["residual_2"] == pytest.approx(first["residual_2_uncorrected"] * np.cos(np.radians(16.19)), rel=1e-3)
    assert abs(first["residual_1"]) < 0.2
    assert 0.05 < first["cy_y"] ** 0.5 < 1
    stored = platform.http.get(f"/oems/{answer['oem_id']}").json()
    assert stored["tracklet_id"] == "T1"
    assert not stored["is_predicted"]
    assert "USER_DEFINED_RESIDUAL_1" in stored["OEM_META_DATA_DATA"][0]["DATA"][0]
    page = platform.http.get(f"/oems/{answer['oem_id']}/plot-od-residuals")
    assert page.headers["content-type"].startswith("text/html")
    for words in ("<h2>range (km)</h2>", "<h2>azimuth (deg)</h2>", "elevation (deg): 10 used and 0 excluded"):
        assert words in page.text
    assert page.text.count("<svg") == 3
    for outside in ("http:", "https:", "src=", "<script"):
        assert outside not in page.text


@pytest.mark.usefixtures("kaena")
def test_mean_elements_come_with_the_orbit(platform: Platform) -> None:
    orbit = platform.calculate(PATH, tracked(), "omm")["orbit"]
    assert orbit["OMM_DATA"]["NORAD_CAT_ID"] == 7734
    assert orbit["OMM_DATA"]["EPOCH"] == "1995-01-29T02:40:27.000000Z"
    assert orbit["OMM_DATA"]["INCLINATION"] == pytest.approx(114.98, abs=0.2)
    assert orbit["OMM_DATA"]["MEAN_MOTION"] == pytest.approx(14.13, abs=0.05)


def test_positions_of_a_receiver_give_the_orbit_of_a_satellite(emulator: Emulator, platform: Platform) -> None:
    sensor = dict.fromkeys(("x_std", "y_std", "z_std"), 0.01)
    satellite = {"satellite_id": "iss", "norad_ids": [25544], "area": 10.0, "mass": 1e3, "gnss_sensor": sensor}
    emulator.put("satellites", [satellite])
    settings = {"filter_residuals": True, "residual_filter_threshold": 6.0}
    body = located(positions(wrong=(4,)), satellite_id="iss", **{SETTINGS: settings})
    answer = platform.calculate(PATH, body, "simple")
    assert answer["status"]["type"] == "NONE", answer["status"]
    assert "Assumed" not in answer["status"]["text"]
    excluded = answer["od_result"]["excluded_measurements"]
    assert [(one["component"], one["residual_std"]) for one in excluded] == [("x", 0.01)]
    assert excluded[0]["residual"] == pytest.approx(1.0, abs=0.1)
    last = answer["od_result"]["ephemerides"][-1]
    truth = trackings.state_at(TRUTH, EPOCH + timedelta(seconds=19 * 60))
    assert np.linalg.norm([last[name] - value for name, value in zip("xyz", truth, strict=False)]) < 0.05
    assert [one["oem_id"] for one in platform.http.get("/satellites/iss/oems").json()["elements"]] == [answer["oem_id"]]
    page = platform.http.get(f"/oems/{answer['oem_id']}/plot-od-residuals").text
    assert "x (km): 19 used and 1 excluded" in page


def test_an_ephemeris_gives_back_its_orbit(platform: Platform) -> None:
    message = oem(start=EPOCH, hours=1)
    answer = platform.calculate(PATH, {"ephemerides": {"type": "oem.json", "content": message}}, "simple")
    assert "Assumed: a standard deviation of 10 m" in answer["status"]["text"]
    assert "The covariance is scaled" in answer["status"]["text"]
    row = message["OEM_META_DATA_DATA"][0]["DATA"][-1]
    last = answer["od_result"]["ephemerides"][-1]
    assert [last[name] for name in "xyz"] == pytest.approx([row[name.upper()] for name in "xyz"], abs=0.1)


@pytest.mark.usefixtures("kaena")
def test_a_first_orbit_and_settings_are_used(platform: Platform) -> None:
    fitted = platform.calculate(PATH, tracked(), "simple")["od_result"]["ephemerides"][0]
    state = {name: fitted[name] for name in ("x", "y", "z", "x_dot", "y_dot", "z_dot")}
    orbit = {"type": "state.json", "content": {**state, "epoch": fitted["epochGd"], "mass": 300.0, "area": 1.5}}
    settings = {
        "rms_threshold": 1e-4, "rms_max_iterations": 5, "enable_levenberg_marquardt": False, "min_ephemerides": 3,
        "max_ephemerides": 8, "use_maximum_fit_span": True, "maximum_fit_span": 0.01, "scale_std_for_in_sun": True,
    }  # fmt: skip
    propagation = {"atmospheric_drag": 0, "geopotential_degree_order": 10, "earth_albedo": 1}
    body = tracked(orbit=orbit, **{SETTINGS: settings, "propagation_settings": propagation})
    answer = platform.calculate(PATH, body, "simple")
    assert answer["status"]["type"] == "WARNING"
    assert "Not honoured: scale_std_for_in_sun, earth_albedo 1." in answer["status"]["text"]
    assert "The first orbit is that of the request." in answer["status"]["text"]
    assert len(answer["od_result"]["ephemerides"]) == 8


def test_a_stored_tle_is_the_first_orbit_of_ranges(emulator: Emulator, platform: Platform) -> None:
    put(emulator, samples.ISS)
    emulator.put("sensor-systems", [trackings.station("RADAR", range_std=0.03)])
    seconds = (*range(0, 600, 30), *range(5600, 6600, 50), *range(11_200, 12_200, 50))
    seen = trackings.sightings_of(trackings.simulated(TRUTH, EPOCH, seconds, ("range",), 3))
    text = trackings.tdm(seen, station="RADAR", target="25544")
    body = {"tdm": {"type": "tdm.txt", "content": text}, "propagation_settings": {"atmospheric_drag": 0}}
    answer = platform.calculate(PATH, body, "simple")
    assert "The first orbit is the stored TLE of 2018-08-06T18:19:43.257Z" in answer["status"]["text"]
    assert answer["od_result"]["wls_result"]["converged"]
    last = answer["od_result"]["ephemerides"][-1]
    truth = trackings.state_at(TRUTH, EPOCH + timedelta(seconds=12_150))
    assert (
        np.linalg.norm([last[name] - value for name, value in zip("xyz", truth, strict=False)]) < 15
    )  # SGP4 is not the forces


def test_without_brahe_sgp4_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okapi_sdk.emulator.services.determine_orbit.find_spec", lambda name: None)
    outcome = determine_orbit(read_determine_orbit(located(positions())), Context(EPOCH, Store()))
    assert "with SGP4 (WGS 72), because the extra emulator-full is not installed" in outcome.status.text
    result: Any = outcome.formats["simple"]
    assert result.value["wls_result"]["rms"] < 1.3
    assert "cd" not in result.value["ephemerides"][0]


def test_an_unknown_body_is_accepted_and_ends_fatal(platform: Platform) -> None:
    status = platform.calculate(PATH, {"measurements": []}, "simple")["status"]
    assert (status["type"], status["input_problem"]) == ("FATAL", True)
    assert "needs tdm or ephemerides" in status["text"]


BLANK = trackings.tdm([], station="KAENA POINT", target="7734")
DOPPLER = BLANK.replace("DATA_STOP", "DOPPLER_INSTANTANEOUS = 1995-01-29T02:38:37 1.5\nDATA_STOP")


@pytest.mark.usefixtures("kaena")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"tdm": {"type": "tdm.txt", "content": DOPPLER}}, "no angles, ranges or positions"),
        (
            {"tdm": {"type": "tdm.txt", "content": trackings.tdm(trackings.geos3(), station="MAUI", target="7734")}},
            "does not know where MAUI or 7734 is. Add the station first",
        ),
        (located(positions(1)), "measurements at 1 different times"),
        (located(positions(2)), "No three complete sightings"),
        (located(positions(3, 1e-9)), "different times"),
        (located(positions(20, 86_400.0)), "No three complete sightings"),
        (located(positions(60, 86_400.0)), "span 59 days"),
        (tracked(**{SETTINGS: {"min_ephemerides": 11}}), "at 10 different times, but the fit needs 11"),
        (located(positions(), satellite_id="none"), "There is no satellite 'none'"),
    ],
)
def test_what_gives_no_orbit_ends_fatal(platform: Platform, body: dict[str, Any], reason: str) -> None:
    status = platform.calculate(PATH, body, "simple")["status"]
    assert (status["type"], status["input_problem"]) == ("FATAL", True)
    assert reason in status["text"]


@pytest.mark.parametrize(
    ("place", "reason"),
    [({"latitude": 95.0}, "latitude must be from -90 to 90"), ({"altitude": 300.2}, "altitude must be from -1 to 9")],
)
def test_the_place_of_a_station_is_checked(
    emulator: Emulator, platform: Platform, place: dict[str, float], reason: str
) -> None:
    station = trackings.station("KAENA POINT", trackings.KAENA_POINT)
    emulator.put("sensor-systems", [{**station, "ground_location": {**station["ground_location"], **place}}])
    status = platform.calculate(PATH, tracked(), "simple")["status"]
    assert reason in status["text"]


GOOD = trackings.tdm(trackings.geos3(), station="KAENA POINT", target="7734")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**tracked(), **located(positions())}, "ephemerides and tdm are both measurements"),
        (tracked(satellite_id=1), "satellite_id"),
        (tracked(**{SETTINGS: {"rms_max_iterations": 2.5}}), f"{SETTINGS}.rms_max_iterations"),
        (tracked(**{SETTINGS: {"filter_residuals": 1}}), f"{SETTINGS}.filter_residuals"),
        (tracked(**{SETTINGS: {"use_maximum_fit_span": True}}), f"{SETTINGS}.maximum_fit_span"),
        (tracked(**{SETTINGS: {"rms_treshold": 1}}), f"{SETTINGS}.rms_treshold"),
        (tracked(propagation_settings={"drag": 1}), "propagation_settings.drag"),
        (located("a,b"), "ephemerides.content must have one column that ends with ITOW"),
        (located(positions().replace("2018-08-06", "x").replace(",3,", ",0,")), "no row with a three-dimensional fix"),
        (located(navsol([(EPOCH, (7.0, 0.0, 0.0))])), "ECEFX, ECEFY and ECEFZ are read as centimetres"),
    ],
)
def test_a_bad_body_is_refused_by_name(platform: Platform, body: dict[str, Any], field: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=body)
    assert answer.status_code == 422
    assert field in answer.json()["status"]["text"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("CCSDS_TDM_VERS", "CCSDS_OEM_VERS", "begins with CCSDS_TDM_VERS"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI", "TIME_SYSTEM must be UTC"),
        ("RANGE_UNITS = km", "RANGE_UNITS = RU", "RANGE_UNITS must be km or s"),
        ("RANGE_UNITS = km", "RANGE_UNITS = km\nRANGE_MODULUS = 100", "ambiguous ranges"),
        ("ANGLE_TYPE = AZEL", "ANGLE_TYPE = XEYN", "ANGLE_TYPE must be AZEL or RADEC"),
        ("ANGLE_TYPE = AZEL", "ANGLE_TYPE = AZEL\nCORRECTION_RANGE = 1", "CORRECTIONS_APPLIED must be YES or NO"),
        ("PATH = 2,1", "TIMETAG_REF = NOW", "TIMETAG_REF must be TRANSMIT or RECEIVE"),
        ("16.1932", "96.1932", "ANGLE_2 is 96.1932 degrees"),
        ("2047.502", "-2047.502", "a range of -2047.5 km"),
        ("2047.502", "many", "must have a UTC time and a number after RANGE"),
        ("DATA_STOP", "", "must have a segment"),
        ("META_STOP", "STOP", "does not belong in the metadata"),
    ],
)
def test_a_bad_tdm_is_refused_by_name(platform: Platform, before: str, after: str, reason: str) -> None:
    body = {"tdm": {"type": "tdm.txt", "content": GOOD.replace(before, after, 1)}}
    answer = platform.http.post(f"/{PATH}/requests", json=body)
    assert answer.status_code == 422
    assert reason in answer.json()["status"]["text"]


@pytest.mark.usefixtures("kaena")
def test_corrections_and_light_seconds_are_applied(platform: Platform) -> None:
    plain = platform.calculate(PATH, tracked(), "simple")["od_result"]["ephemerides"][0]
    sightings = [
        (epoch, {**values, "range": (values["range"] - 1.5) / 299_792.458}) for epoch, values in trackings.geos3()
    ]
    text = trackings.tdm(
        sightings, station="KAENA POINT", target="7734", RANGE_UNITS="s", CORRECTIONS_APPLIED="NO",
        CORRECTION_RANGE=repr(1.5 / 299_792.458),
    )  # fmt: skip
    body = {"tdm": {"type": "tdm.txt", "content": text}}
    other = platform.calculate(PATH, body, "simple")["od_result"]["ephemerides"][0]
    assert [other[name] for name in "xyz"] == pytest.approx([plain[name] for name in "xyz"], abs=1e-4)
