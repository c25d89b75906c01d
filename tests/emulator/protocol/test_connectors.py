"""The calls of the Java, C++, Matlab and Angular connectors and of the first-steps page, replayed as they go over HTTP.

They cannot run here; what they send is typed by hand: addresses, headers, bodies, and what each takes for success.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from okapi_sdk.emulator import Emulator
from tests.support import plain

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
FORCES = {
    "geopotential_degree_order": 6, "atmospheric_drag": 1, "horizontal_wind": 0, "sun_gravity": 1, "moon_gravity": 1,
    "solar_radiation_pressure": 1, "solid_tides": 1, "ocean_tides": 0,
}  # fmt: skip
OPM = {
    "OPM_HEADER": {"CCSDS_OPM_VERS": 2},
    "OPM_META_DATA": {
        "OBJECT_NAME": "ISS (ZARYA)", "OBJECT_ID": "1998-067-A", "CENTER_NAME": "EARTH", "REF_FRAME": "GCRF",
        "REF_FRAME_EPOCH": "2000-01-01T00:00:00Z", "TIME_SYSTEM": "UTC",
    },
    "OPM_DATA": {
        "EPOCH": "2016-07-21T00:31:50.000Z", "X": 615.119526, "Y": -7095.644839, "Z": -678.668352, "X_DOT": 0.390367,
        "Y_DOT": 0.741902, "Z_DOT": -7.39698, "MASS": 1, "SOLAR_RAD_COEFF": 1.3, "DRAG_AREA": 1, "DRAG_COEFF": 2.2,
    },
}  # fmt: skip
PASSES = {
    "orbit": {"type": "tle.txt", "content": TLE},
    "ground_location": {"type": "ground_loc.json", "content": PLACE},
    "time_window": {"type": "tw.json", "content": WINDOW},
}
CDM = {
    "CONSTELLATION": "OKAPI", "CDM_ID": "1234", "INSERT_EPOCH": "2020-01-09 12:00:00", "CCSDS_CDM_VERS": "1.0",
    "TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "00", "MISS_DISTANCE": "800", "MISS_DISTANCE_UNIT": "m", "GID": "79",
}  # fmt: skip
SCALING = {"lower_bound": 0.1, "upper_bound": 1.0, "step_size": 0.1}
SATELLITE = {
    "satellite_id": "550e8400-e29b-11d4-a716-446655440000", "name": "My satellite", "norad_ids": [1234567],
    "space_track_status": "satellite_registered",
}  # fmt: skip

# The scopes that they ask for when they sign in, all in JSON.
SCOPES = {"java": "('')", "cpp": "'pass_predictions', 'pass_prediction_requests'", "first steps": "something"}


def signed_in(emulator: Emulator, scope: str = "") -> str:
    answer = plain.post(
        emulator.token_url,
        json={
            "grant_type": "password",
            "username": emulator.username,
            "password": emulator.password,
            "audience": "https://api.okapiorbits.space/picard",
            "scope": scope,
            "client_id": "jrk0ZTrTuApxUstXcXdu9r71IX5IeKD3",
        },
    )
    assert answer.status_code == 200
    return str(answer.json()["access_token"])


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_sign_in(emulator: Emulator, scope: str) -> None:
    assert signed_in(emulator, scope)


# Which connector, the headers beside the token's, the address of the request, its body, the result's address.
Call = tuple[Mapping[str, str], str, dict[str, Any], str]
BEARER = {"Authorization": "Bearer {token}"}
OLD = {"access_token": "{token}"}
FIRST_STEPS = {**BEARER, **OLD, "Authentication": "Bearer {token}"}
NOISE = {**BEARER, "expires_in": "86400", "token_type": "Bearer", "scope": "something"}
CALLS: dict[str, Call] = {
    "java 2020-01: passes": (
        OLD,
        "/predict-passes/sgp4/requests/",
        {
            "tle": TLE, "simple_ground_location": PLACE, "time_window": WINDOW,
            "predict_passes_settings": {"output_time_step": 60},
        },
        "/predict-passes/sgp4/summary/results/{id}",
    ),
    "java 2020-01: passes of a state": (
        OLD,
        "/predict-passes/orekit-numerical/requests",
        {
            "simple_state": STATE, "simple_ground_location": PLACE, "time_window": WINDOW, "neptune_config": FORCES,
            "predict_passes_settings": {"output_time_step": 60},
        },
        "/predict-passes/orekit-numerical/simple/results/{id}",
    ),
    "matlab 2019: passes": (
        OLD,
        "/predict-passes/sgp4/requests",
        {"tle": TLE, "simple_ground_location": PLACE, "time_window": WINDOW},
        "/predict-passes/sgp4/simple/results/{id}/generic",
    ),
    "cpp 2020-01: risk": (
        OLD,
        "/estimate-risk/all-methods/requests",
        {
            "CCSDS_CDM": CDM,
            "overrides": {"SAT1_COVARIANCE_T_SCALING_RANGE": SCALING, "SAT2_COVARIANCE_T_SCALING_RANGE": SCALING},
        },
        "/estimate-risk/all-methods/simple/results/{id}/generic",
    ),
    "cpp 2020-01: an OPM": (
        OLD,
        "/propagate-orbit/neptune/requests",
        {
            "CCSDS_OPM": OPM,
            "settings": {
                "propagation_end_epoch": "2016-07-23T00:31:50.000Z", "output_step_size": 30,
                "neptune_config": {"atmospheric_drag": 1},
            },
        },
        "/propagate-orbit/neptune/opm/results/{id}",
    ),
    "java: a state": (
        BEARER,
        "/propagate-orbit/neptune/requests",
        {
            "orbit": {"type": "state.json", "content": STATE},
            "settings": {
                "type": "prop_settings.json",
                "content": {
                    "propagation_end_epoch": "2016-07-23T00:31:50.000Z", "more": {"output_step_size": 30, **FORCES},
                },
            },
        },
        "/propagate-orbit/neptune/results/{id}/oem",
    ),
    "java: risk": (
        BEARER,
        "/estimate-risk/alfano-2005/requests",
        {"conjunction": {"type": "cdm.json", "content": CDM}},
        "/estimate-risk/alfano-2005/results/{id}/simple",
    ),
    "cpp: passes": (BEARER, "/predict-passes/sgp4/requests", PASSES, "/predict-passes/sgp4/results/{id}/simple"),
    "matlab: passes": (NOISE, "/predict-passes/sgp4/requests", PASSES, "/predict-passes/sgp4/results/{id}/summary/1"),
    "first steps: passes": (
        FIRST_STEPS, "/predict-passes/sgp4/requests", PASSES, "/predict-passes/sgp4/results/{id}/simple",
    ),
    "angular: risk": (
        NOISE,
        "/estimate-risk/foster-1992/requests",
        {
            "conjunction": {"type": "cdm.json", "content": CDM},
            "overrides": {
                "type": "cdm_overrides.json", "content": {"SAT1_HARD_BODY_RADIUS": 2.0, "RELATIVE_POSITION_R": 0.1},
            },
        },
        "/estimate-risk/foster-1992/results/{id}/simple",
    ),
    "angular: a risk prediction": (
        NOISE,
        "/predict-risk/foster-1992/requests",
        {"conjunction": {"type": "cdm.json", "content": CDM}},
        "/predict-risk/foster-1992/results/{id}/simple",
    ),
}  # fmt: skip


def _status(answer: Any) -> dict[str, Any]:
    """Where each generation of connectors looks for it."""
    if isinstance(answer, list):
        return dict(answer[0].get("state_msg") or answer[0]["state_msgs"][0])
    if "okapi_output" in answer:
        return dict(answer["okapi_output"]["status"]["content"])
    return dict(answer["status"])


@pytest.mark.parametrize(("headers", "address", "body", "result"), CALLS.values(), ids=CALLS)
def test_calculations(
    emulator: Emulator, headers: Mapping[str, str], address: str, body: dict[str, Any], result: str
) -> None:
    token = signed_in(emulator)
    written = {name: value.replace("{token}", token) for name, value in headers.items()}
    with plain.Client(base_url=emulator.base_url, headers=written) as http:
        accepted = http.post(address, json=body)
        assert accepted.status_code in (200, 202), accepted.text
        said = accepted.json()
        assert said["state_msg" if headers is OLD else "status"]["type"] == "NONE"
        answer = http.get(result.replace("{id}", said["request_id"]))
    assert answer.status_code == 200
    status = _status(answer.json())
    assert isinstance(status["text"], str)
    computed = address.startswith(("/predict-passes/sgp4", "/propagate-orbit/neptune"))
    assert (status["type"] in ("NONE", "REMARK", "WARNING")) if computed else status["type"] == "FATAL"


@pytest.mark.parametrize("verb", ["PATCH", "PUT"])
def test_satellites(emulator: Emulator, verb: str) -> None:
    """Java changes by PATCH, with the required fields; C++ by PUT, with the whole satellite."""
    with plain.Client(base_url=emulator.base_url, headers={"Authorization": f"Bearer {signed_in(emulator)}"}) as http:
        added = http.post("/satellites", json=SATELLITE)
        assert added.status_code == 200
        id = added.json()["satellite_id"]
        required = {"satellite_id": id, "name": "My satellite", "norad_ids": [1234567]}
        body = {**(required if verb == "PATCH" else added.json()), "area": 2.5}
        changed = http.request(verb, f"/satellites/{id}", json=body)
        assert (changed.status_code, changed.json()["area"]) == (200, 2.5)
        assert http.get("/satellites").json()["elements"] == [changed.json()]
        assert http.delete(f"/satellites/{id}").json() == changed.json()


def test_ground_station_passes_of_java(emulator: Emulator) -> None:
    body = {
        "elements": [
            {"spacecraft": "SALSAT", "passes": [{"start": "2020-10-13T10:00:23Z", "end": "2020-10-13T10:09:54Z"}]}
        ]
    }
    with plain.Client(base_url=emulator.base_url, headers={"Authorization": f"Bearer {signed_in(emulator)}"}) as http:
        answer = http.post("/multi-ground-station-passes", json=body)
        assert (answer.status_code, answer.json()) == (200, body)
        (stored,) = http.get("/multi-ground-station-passes-info").json()["elements"]
    assert stored["passes"] == [{"start": "2020-10-13T10:00:23.000Z", "end": "2020-10-13T10:09:54.000Z"}]
