"""propagate-orbit and predict-passes with a numerical method, in both dialects and every format."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft

from .. import samples
from ..conftest import Platform

PATH = "propagate-orbit/neptune"
EPOCH = datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC)
STATE = {"x": 615.119526, "y": -7095.644839, "z": -678.668352, "x_dot": 0.390367, "y_dot": 0.741902, "z_dot": -7.39698}
NAMES = tuple(STATE)
ROW = {**STATE, "epoch": "2016-07-21T00:31:50.000Z", "mass": 100, "area": 1}
GRAVITY_ONLY = dict.fromkeys(
    ("atmospheric_drag", "sun_gravity", "moon_gravity", "solar_radiation_pressure", "solid_tides", "earth_albedo"), 0
)
LOCATION = {"latitude": 52.3283, "longitude": 10.645, "altitude": 0.048}


def body(orbit: object = None, hours: float = 2, **more: object) -> dict[str, Any]:
    return {
        "orbit": orbit or {"type": "state.json", "content": ROW},
        "settings": {
            "type": "prop_settings.json",
            "content": {"propagation_end_epoch": samples.iso(EPOCH + timedelta(hours=hours)), "more": more},
        },
    }


def opm(**data: object) -> dict[str, Any]:
    state = {name.upper(): value for name, value in STATE.items()}
    return {
        "type": "opm.json",
        "content": {
            "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0},
            "OPM_META_DATA": {"OBJECT_NAME": "A", "OBJECT_ID": "90001", "REF_FRAME": "GCRF", "TIME_SYSTEM": "UTC"},
            "OPM_DATA": {"EPOCH": ROW["epoch"], **state, "MASS": 100, "DRAG_AREA": 1, **data},
        },
    }


def rows(answer: dict[str, Any]) -> Any:
    return np.array([[state[name] for name in NAMES] for state in answer["states"]])


def test_states_are_those_of_the_engine_at_the_step(platform: Platform) -> None:
    answer = platform.calculate(PATH, body(output_step_size=500), "simple")
    assert [state["epoch"] for state in answer["states"][:2]] == [ROW["epoch"], "2016-07-21T00:40:10.000Z"]
    seconds = np.append(np.arange(0, 7200, 500.0), 7200.0)
    initial = InitialState(EPOCH, np.array([STATE[n] for n in NAMES[:3]]), np.array([STATE[n] for n in NAMES[3:]]))
    motion = NumericalMotion(initial, Spacecraft(100), Forces(), EPOCH, EPOCH + timedelta(hours=2))
    expected = np.concatenate(motion.gcrf(Instants(EPOCH, seconds))).T
    assert rows(answer) == pytest.approx(expected, abs=1e-8)
    assert answer["status"]["type"] == "NONE"
    assert "stand-in" in answer["status"]["text"]
    assert "Orekit" in answer["status"]["text"]


@pytest.mark.parametrize("method", ["neptune", "orekit-numerical"])
def test_the_typed_dialect_and_the_older_method_give_the_same(platform: Platform, method: str) -> None:
    typed = {
        "simple_state": ROW,
        "settings": {
            "propagation_end_epoch": samples.iso(EPOCH + timedelta(hours=2)),
            "output_step_size": 500,
            "neptune_config": GRAVITY_ONLY,
        },
    }
    generic = platform.calculate(PATH, body(output_step_size=500, **GRAVITY_ONLY), "simple")
    answer = platform.calculate(f"propagate-orbit/{method}", typed, "simple")
    assert rows(answer) == pytest.approx(rows(generic), abs=1e-9)


def test_an_opm_is_the_same_state_in_another_form(platform: Platform) -> None:
    of_state = platform.calculate(PATH, body(output_step_size=900), "simple")
    of_opm = platform.calculate(PATH, body(opm(), output_step_size=900), "simple")
    assert rows(of_opm) == pytest.approx(rows(of_state), abs=1e-9)
    assert "SOLAR_RAD_COEFF 1.3" in of_opm["status"]["text"]


def test_the_oem_and_the_opm_hold_the_states(platform: Platform) -> None:
    id_ = platform.submit(PATH, body(opm(), output_step_size=900))
    answers = {name: platform.http.get(f"/{PATH}/results/{id_}/{name}").json() for name in ("simple", "oem", "opm")}
    (segment,) = answers["oem"]["orbit"]["OEM_META_DATA_DATA"]
    upper = [name.upper() for name in NAMES]
    found = np.array([[row[name] for name in upper] for row in segment["DATA"]])
    assert found == pytest.approx(rows(answers["simple"]), abs=1e-12)
    assert segment["OBJECT_ID"] == "90001"
    last = answers["opm"]["orbit"]["OPM_DATA"]
    assert [last[name] for name in upper] == pytest.approx(found[-1])
    assert (last["MASS"], last["DRAG_AREA"], last["DRAG_COEFF"]) == (100, 1, 2.2)


def test_the_propagation_of_its_own_opm_goes_on(platform: Platform) -> None:
    first = platform.calculate(PATH, body(hours=1, **GRAVITY_ONLY), "opm")["orbit"]
    orbit = {"type": "opm.json", "content": first}
    second = platform.calculate(PATH, body(orbit, hours=2, **GRAVITY_ONLY), "simple")
    whole = platform.calculate(PATH, body(hours=2, **GRAVITY_ONLY), "simple")
    assert rows(second)[-1] == pytest.approx(rows(whole)[-1], abs=1e-6)


def test_thrust_raises_the_orbit_by_what_it_gives(platform: Platform) -> None:
    maneuver = {
        "MAN_EPOCH_IGNITION": "2016-07-21T00:41:50.000Z", "MAN_DURATION": 100.0, "MAN_REF_FRAME": "RTN",
        "USER_DEFINED_MAN_A_1": 0.0, "USER_DEFINED_MAN_A_2": 1e-5, "USER_DEFINED_MAN_A_3": 0.0,
    }  # fmt: skip
    two_body = {**GRAVITY_ONLY, "geopotential_degree_order": 0, "output_step_size": 1200}
    with_thrust = rows(platform.calculate(PATH, body(opm(MANEUVERS=[maneuver]), **two_body), "simple"))[-1]
    without = rows(platform.calculate(PATH, body(opm(), **two_body), "simple"))[-1]

    def axis(row: Any) -> float:
        return float(1 / (2 / np.linalg.norm(row[:3]) - row[3:] @ row[3:] / 398_600.4415))

    # Gauss: the axis grows by 2 a² v / mu for each unit of Δv along the velocity.
    expected = 2 * axis(without) ** 2 * np.linalg.norm(without[3:]) / 398_600.4415 * 1e-3
    assert axis(with_thrust) - axis(without) == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("start", ["2016-07-21T00:31:49.000Z", "2016-07-21T02:31:00.000Z"])
def test_a_maneuver_outside_the_propagation_is_refused(platform: Platform, start: str) -> None:
    maneuver = {"MAN_EPOCH_IGNITION": start, "MAN_DURATION": 100.0, "MAN_A_1": 0.0, "MAN_A_2": 1e-5, "MAN_A_3": 0.0}
    answer = platform.http.post(f"/{PATH}/requests", json=body(opm(MANEUVERS=[maneuver])))
    assert answer.status_code == 422
    assert "not within the propagation" in answer.text


def test_a_covariance_is_propagated_if_asked_for(platform: Platform) -> None:
    covariance = {"CX_X": 1e-4, "CY_Y": 4e-4, "CZ_Z": 1e-4, "CX_DOT_X_DOT": 1e-10, "CY_DOT_Y_DOT": 1e-10}
    answer = platform.calculate(PATH, body(opm(**covariance), covariance_propagation=True), "oem")
    data = answer["orbit"]["OEM_META_DATA_DATA"][0]["DATA"]
    assert data[0]["COV_REF_FRAME"] == "RTN"
    assert [data[0][key] for key in ("CX_X", "CY_Y", "CZ_Z")] == pytest.approx([1e-4, 4e-4, 1e-4], abs=1e-9)
    # A radial error drifts along the orbit, by about 3 pi times itself in a revolution.
    assert data[-1]["CY_Y"] > 20 * data[0]["CY_Y"]
    plain_states = platform.calculate(PATH, body(opm(**covariance)), "simple")["states"]
    assert "cx_x" not in plain_states[0]


def test_a_covariance_that_is_none_ends_fatal(platform: Platform) -> None:
    bad = opm(CX_X=1.0, CY_X=5.0, CY_Y=1.0)
    answer = platform.calculate(PATH, body(bad, covariance_propagation=True), "simple")
    assert answer["status"]["type"] == "FATAL"
    assert "not positive definite" in answer["status"]["text"]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"geopotential_model": "EGM96"}, "geopotential_model 'EGM96'"),
        ({"ocean_tides": 1}, "ocean_tides 1"),
        ({"atmospheric_model": "JB2008"}, "atmospheric_model 'JB2008'"),
        ({"earth_albedo": 1}, "earth_albedo 1"),
        ({"geopotential_degree_order": 200}, "geopotential_degree_order above 120"),
        ({"solar_activity_forecast": "esa"}, "solar_activity_forecast 'esa'"),
        ({"solar_f107": 100.0}, "belong to the forecast 'constant'"),
        ({"covariance_propagation": True}, "the orbit has no covariance"),
    ],
)
def test_settings_that_are_not_honoured_are_named(platform: Platform, more: dict[str, Any], named: str) -> None:
    answer = platform.calculate(PATH, body(hours=0.1, **more), "simple")
    assert answer["status"]["type"] == "WARNING"
    assert named in answer["status"]["text"]
    assert answer["states"]


def test_settings_that_are_honoured_are_not_named(platform: Platform) -> None:
    more = {
        "geopotential_model": "EGM2008", "geopotential_degree_order": 20, "shadow_model": "none", "use_eop": 1,
        "solar_activity_forecast": "constant", "geo_ap": 10, "solar_f107": 120.0, **GRAVITY_ONLY,
    }  # fmt: skip
    assert platform.calculate(PATH, body(hours=0.1, **more), "simple")["status"]["type"] == "NONE"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"atmospheric_drag": 2}, "settings.content.more.atmospheric_drag"),
        ({"geopotential_degree_order": 1.5}, "settings.content.more.geopotential_degree_order"),
        ({"gravity": 6}, "settings.content.more.gravity"),
        ({"shadow_model": 1}, "settings.content.more.shadow_model"),
    ],
)
def test_settings_that_are_wrong_are_refused(platform: Platform, more: dict[str, Any], named: str) -> None:
    answer = platform.http.post(f"/{PATH}/requests", json=body(**more))
    assert answer.status_code == 422
    assert named in answer.text


def test_an_impact_ends_fatal(platform: Platform) -> None:
    orbit = {"type": "state.json", "content": {**ROW, "z_dot": -5.0}}
    answer = platform.calculate(PATH, body(orbit), "simple")
    assert answer["status"]["type"] == "FATAL"
    assert "re-enters" in answer["status"]["text"]


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "generic"])
def test_passes_are_those_of_the_propagated_ephemeris(platform: Platform, typed: bool) -> None:
    window = {"start": "2016-07-21T00:31:51.000Z", "end": "2016-07-21T12:31:50.000Z"}
    if typed:
        request = {
            "simple_state": ROW, "simple_ground_location": LOCATION, "time_window": window,
            "predict_passes_settings": {"output_time_step": 60}, "neptune_config": GRAVITY_ONLY,
        }  # fmt: skip
    else:
        request = {
            "orbit": {"type": "state.json", "content": ROW},
            "ground_location": {"type": "ground_loc.json", "content": LOCATION},
            "time_window": {"type": "tw.json", "content": window},
            "settings": {"type": "shared_prop_settings.json", "content": GRAVITY_ONLY},
        }
    found = platform.calculate("predict-passes/neptune", request, "summary")
    assert "stand-in" in found["status"]["text"]
    ephemeris = platform.calculate(PATH, body(hours=12, **GRAVITY_ONLY), "oem")["orbit"]
    of_oem = {
        "orbit": {"type": "oem.json", "content": ephemeris},
        "ground_location": {"type": "ground_loc.json", "content": LOCATION},
        "time_window": {"type": "tw.json", "content": window},
    }
    expected = platform.calculate("predict-passes/oems", of_oem, "summary")
    assert len(found["passes"]) == len(expected["passes"]) > 1
    for ours, theirs in zip(found["passes"], expected["passes"], strict=True):
        for name in ("start", "end"):
            gap = datetime.fromisoformat(ours[name]) - datetime.fromisoformat(theirs[name])
            assert abs(gap) <= timedelta(milliseconds=2)
        assert ours["max_elevation"] == pytest.approx(theirs["max_elevation"], abs=1e-3)


def test_a_window_before_the_epoch_is_propagated_back(platform: Platform) -> None:
    window = {"start": "2016-07-20T12:31:50.000Z", "end": "2016-07-21T00:00:00.000Z"}
    request = {
        "orbit": {"type": "state.json", "content": ROW},
        "ground_location": {"type": "ground_loc.json", "content": LOCATION},
        "time_window": {"type": "tw.json", "content": window},
    }
    answer = platform.calculate("predict-passes/neptune", request, "summary")
    assert answer["status"]["type"] == "NONE"
    assert answer["passes"]


WITHOUT = """
import json, sys
from datetime import UTC, datetime
sys.modules["brahe"] = None
from okapi_sdk.emulator.services.catalogue import SERVICES
from okapi_sdk.emulator.services.outcome import Context, NoResultError
from okapi_sdk.emulator.store.tables import Store
service = SERVICES["propagate-orbit/neptune"]
try:
    service.compute(service.read(json.loads(sys.argv[1])), Context(datetime.now(UTC), Store()))
except NoResultError as error:
    print(error.status.text)
"""


def test_without_the_extra_the_status_says_what_to_install() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, json.dumps(body())], capture_output=True, text=True, check=True
    )
    assert 'pip install "okapi-sdk[emulator-full]"' in ran.stdout


WITHOUT_HOME = """
import socket, sys, json
def refuse(*_, **__): raise AssertionError("the network was used")
socket.socket.connect = refuse
from datetime import UTC, datetime
from okapi_sdk.emulator.services.catalogue import SERVICES
from okapi_sdk.emulator.services.outcome import Context
from okapi_sdk.emulator.store.tables import Store
assert "brahe" not in sys.modules and "scipy" not in sys.modules
service = SERVICES["propagate-orbit/neptune"]
outcome = service.compute(service.read(json.loads(sys.argv[1])), Context(datetime.now(UTC), Store()))
print(outcome.status.type)
"""


def test_it_needs_neither_a_home_folder_nor_a_network() -> None:
    environment = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "HOME": "/nonexistent"}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_HOME, json.dumps(body(hours=0.2))],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert ran.stdout.strip() == "NONE"
