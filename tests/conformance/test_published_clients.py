"""Every public function of the published clients, called in a process of its own, against the emulator.

The tables below say what comes of each call. A function that a package has and no table names fails the tests, and so
does one that comes out otherwise than the table says: better, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from okapi_sdk import (
    GroundLocation,
    OkapiClient,
    PredictPasses,
    PropagateOrbit,
    PropagationSettings,
    TimeWindow,
    Tle,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.calculations.test_bodies import TABLE
from tests.emulator import samples as emulator_samples
from tests.models.messages import CDM, TDM

VENVS = Path(os.environ.get("OKAPI_PUBLISHED_CLIENTS", ""))
if not VENVS.name:
    pytest.skip("nox -s conformance installs the published clients", allow_module_level=True)

HERE = Path(__file__).parent
UNDOCUMENTED = "accepted; FATAL without result, since the body is undocumented and the emulator has its own"


@dataclass(frozen=True)
class Works:
    """Every call returns, and what it returns is right."""

    right: Callable[[Any], bool]
    note: str = ""


@dataclass(frozen=True)
class Ends:
    """Every call ends in this exception, by what is in the package."""

    error: str
    note: str


def _accepted(value: Any) -> bool:
    """The connectors return a pair: what came, and how it went."""
    content, error = value
    return bool(content) and error["status"] != "FATAL" and error["web_status"] in (0, 200, 202)


def _elements(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(key in value for key in keys)


def _result(*keys: str) -> Callable[[Any], bool]:
    """A finished calculation: no longer with a request id, its status not FATAL, with one of these."""
    return lambda value: (
        "request_id" not in value and value["status"]["type"] != "FATAL" and any(key in value for key in keys)
    )


def _undocumented(value: Any) -> bool:
    return value["status"]["type"] == "FATAL" and "is undocumented" in value["status"]["text"]


def _id(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 32


_PACKAGE = "in this release "

CONNECTOR_2020: Mapping[str, Works | Ends] = {
    "okapi_init": Works(_accepted, "typed dialect, header `access_token`"),
    "okapi_send_request": Works(_accepted),
    "okapi_get_result": Works(_accepted, "with and without 'generic'"),
    "tryout": Ends("SyntaxError", "a module of examples that holds placeholders; it cannot be imported"),
}
CONNECTOR_2026: Mapping[str, Works | Ends] = {
    "okapi_init": Works(_accepted),
    "okapi_send_request": Works(_accepted),
    "okapi_get_result": Works(_accepted),
    "okapi_get_objects": Works(_accepted),
    "okapi_add_object": Works(_accepted),
    "okapi_change_object": Works(_accepted),
    "okapi_delete_object": Works(_accepted, "satellites and conjunctions"),
    "okapi_wait_and_get_result": Ends("TypeError", f"{_PACKAGE}it calls the module okapi_get_result"),
    "okapi_send_request_and_wait_for_result": Ends("TypeError", f"{_PACKAGE}it calls the module okapi_send_request"),
    "get_status_severity": Works(lambda value: value == 300, "no call to the platform"),
    "handle_rest_call": Works(lambda value: len(value["actual_response"]["elements"]) > 0, "given a function"),
    "Okapi.init": Ends("TypeError", f"{_PACKAGE}it calls True"),
    "Tdms.get": Ends("TypeError", f"{_PACKAGE}it leaves out an argument"),
    "Tdms.add": Ends("TypeError", f"{_PACKAGE}it leaves out an argument"),
}
_WITHOUT_BODY = (
    "correlate_observation",
    "determine_orbit",
    "estimate_covariance",
    "generate_maneuver",
    "geo_slot_analysis",
    "maneuver_execution_analysis",
)
_COMPUTED = {
    "predict_passes": ("passes",),
    "propagate_orbit": ("states", "orbit", "omms"),
    "estimate_risk": ("risk_estimations",),
    "predict_risk": ("risk_predictions",),
    "check_orbit": ("violations",),
    "add_ephemerides": ("oem", "orbit"),
}
AETHER: Mapping[str, Works | Ends] = {
    "AetherApi.login": Works(lambda value: value is None, "addresses from the environment"),
    "AetherApi.get": Works(_has("satellite_id")),
    "AetherApi.post": Works(_has("satellite_id")),
    "AetherApi.patch": Works(lambda value: value["area"] == 2.5),
    "AetherApi.put": Works(lambda value: value["area"] == 3.5),
    "AetherApi.delete": Works(lambda value: value["area"] == 3.5),
    "AetherApi.get_elements": Works(lambda value: len(value) == 2),
    "AetherApi.get_all_elements": Works(lambda value: len(value) == 20),
    "AetherApi.get_request_id": Works(_id),
    "AetherApi.wait_for_request_result": Works(_result("passes")),
    **{f"AetherServicesApi.{name}": Works(_id) for name in (*_COMPUTED, *_WITHOUT_BODY)},
    **{f"AetherServicesApi.get_{name}_results": Works(_result(*keys)) for name, keys in _COMPUTED.items()},
    **{f"AetherServicesApi.get_{name}_results": Works(_undocumented, UNDOCUMENTED) for name in _WITHOUT_BODY},
    "AetherSatellitesApi.get_satellite": Works(_has("satellite_id")),
    "AetherSatellitesApi.get_oem": Works(_has("OEM_META_DATA_DATA")),
    "AetherSatellitesApi.get_conjunction": Works(_has("conjunction_id")),
    "AetherSatellitesApi.get_od_residuals_plot": Works(lambda value: "<html" in value, "an HTML page"),
    "AetherSatellitesApi.add_maneuver_plan": Works(_has("maneuver_plan_id")),
    "AetherSatellitesApi.upload_cdm": Works(_id),
    "AetherSatellitesApi.get_upload_cdm_results": Works(_result("cdm_id", "CDM_ID", "cdm", "cdms")),
    **{
        f"AetherSatellitesApi.{name}": Works(_elements)
        for name in (
            "get_satellites",
            "get_satellite_oems",
            "get_satellite_neighborhoods",
            "get_oems",
            "get_omms",
            "get_tles",
            "get_cdms",
            "get_conjunctions",
            "get_conjunction_risk_estimations",
            "get_conjunction_risk_predictions",
            "get_conjunction_cdms",
            "get_conjunction_maneuver_evaluations",
            "get_maneuver_plans",
            "calculate_uncertainties",
        )
    },
    "AetherSensorsApi.add_sensor_system": Works(_has("sensor_system_id")),
    "AetherSensorsApi.get_sensor_system": Works(_has("sensor_system_id")),
    "AetherSensorsApi.add_tdms": Works(lambda value: "tdm_id" in (value[0] if isinstance(value, list) else value)),
    "AetherSensorsApi.get_tdm": Works(_has("tdm_id")),
    "AetherSensorsApi.add_ground_station_pass": Works(_has("elements")),
    **{
        f"AetherSensorsApi.{name}": Works(_elements)
        for name in ("get_sensor_systems", "get_tdms", "get_ground_station_passes")
    },
    "split_url_parts": Works(lambda value: value[1] == "oems", "no call to the platform"),
    "get_default_logger": Works(lambda value: value == "okapi_aether_sdk", "no call to the platform"),
    "cli": Works(lambda text: _elements(json.loads(text)), "command line"),
    "run": Works(lambda text: "satellite_id" in json.loads(text), "command line"),
    "get_request": Works(lambda text: "elements" in json.loads(text), "command line"),
    "send_request": Works(lambda text: "satellite_id" in json.loads(text), "command line"),
}
PACKAGES = {
    "okapi-python-connector==2020.1": ("drive_connector_2020.py", CONNECTOR_2020),
    "okapi-python-connector==2026.post1": ("drive_connector_2026.py", CONNECTOR_2026),
    "okapi-aether-sdk==1.3.1": ("drive_aether.py", AETHER),
}
EVERY_ROW = [(package, name) for package, (_, table) in PACKAGES.items() for name in table]

_PASSES, _PROPAGATION = TABLE[0], TABLE[5]
SATELLITE = {
    "satellite_id": "550e8400-e29b-11d4-a716-446655440000",
    "name": "Conformance",
    "norad_ids": [1234567],
    "space_track_status": "satellite_registered",
}
GROUND_PASSES = {
    "elements": [{"spacecraft": "SALSAT", "passes": [{"start": "2020-10-13T10:00:23Z", "end": "2020-10-13T10:09:54Z"}]}]
}


def _bodies(oem: Mapping[str, Any]) -> dict[str, Any]:
    segment = oem["OEM_META_DATA_DATA"][0]
    orbit = {"type": "oem.json", "content": {key: oem[key] for key in ("OEM_HEADER", "OEM_META_DATA_DATA")}}
    epochs = [row["EPOCH"] for row in segment["DATA"]]
    cdm = {"type": "cdm.kvn", "content": CDM}
    return {
        "passes": _PASSES.generic,
        "passes_typed": _PASSES.typed,
        "propagation": _PROPAGATION.generic,
        "propagation_typed": _PROPAGATION.typed,
        "passes_of_oem": {
            **_PASSES.generic,
            "orbit": orbit,
            "time_window": {"type": "tw.json", "content": {"start": epochs[0], "end": epochs[-1]}},
        },
        "risk": {
            "conjunction": cdm,
            "overrides": {
                "type": "cdm_overrides.json",
                "content": {"SAT1_HARD_BODY_RADIUS": 2.0, "SAT2_HARD_BODY_RADIUS": 3.0},
            },
        },
        "check": {"orbit": {"type": "tle.txt", "content": "\n".join(emulator_samples.ISS)}},
        "ephemerides": {"orbit": orbit},
        "cdm": {"cdm": cdm},
        "tdm": {"tdm": {"type": "tdm.txt", "content": TDM}},
        "satellite": SATELLITE,
        "ground_passes": GROUND_PASSES,
        "maneuver_plan": {"name": "Conformance"},
    }


def _stored(emulator: Emulator, path: str) -> list[dict[str, Any]]:
    """A list of stored objects, without any of the clients."""
    fields = {"grant_type": "password", "username": emulator.username, "password": emulator.password}
    token = httpx.post(emulator.token_url, json=fields).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    found: list[dict[str, Any]] = httpx.get(f"{emulator.base_url}/{path}", headers=headers).json()["elements"]
    return found


def _emulator() -> Emulator:
    """On a clock of its own, so that every calculation is there at the first look."""
    emulator = Emulator(fleet=True, clock=InstantClock()).start()
    # What the platform computes and the emulator does not: an element each, so that no list is empty.
    for satellite in _stored(emulator, "satellites"):
        emulator.put(f"satellites/{satellite['satellite_id']}/neighborhoods", [{"miss_distance": 1.0}])
    for conjunction in _stored(emulator, "conjunctions"):
        for last in ("risk-predictions", "maneuver-evals"):
            emulator.put(f"conjunctions/{conjunction['conjunction_id']}/{last}", [{"comment": "put here"}])
    emulator.put("uncertainties", [{"norad_id": 25544, "sum": 1.0}])
    emulator.put("maneuver-plans", [{"name": "put here"}])
    return emulator


def _drive(package: str, script: str) -> dict[str, Any]:
    with _emulator() as emulator:
        plan = {
            "base_url": emulator.base_url,
            "token_url": emulator.token_url,
            "username": emulator.username,
            "password": emulator.password,
            "bodies": _bodies(_stored(emulator, "oems")[0]),
        }
        environment = {
            "PATH": os.environ["PATH"],
            "AETHER_BASE_URL": emulator.base_url,
            "AETHER_AUTH0_URL": emulator.token_url,
            "AETHER_AUTH0_USERNAME": emulator.username,
            "AETHER_AUTH0_PASSWORD": emulator.password,
        }
        python = VENVS / package / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        ended = subprocess.run(
            [python, HERE / script],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            timeout=120,
            env=environment,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-3000:]
        record: dict[str, Any] = json.loads(ended.stdout)
        return record


@pytest.fixture(scope="module")
def records(request: pytest.FixtureRequest) -> Iterator[dict[str, dict[str, Any]]]:
    """What each package did. At the end the table is printed."""
    found = {package: _drive(package, script) for package, (script, _) in PACKAGES.items()}
    yield found
    lines = [""]
    for package, (_, table) in PACKAGES.items():
        lines.append(f"\n{package}\n  {'function':<58}{'calls':>5}  outcome")
        for name, expected in sorted(table.items()):
            outcome = expected.error if isinstance(expected, Ends) else "works"
            calls = len(found[package]["calls"].get(name, ()))
            lines.append(f"  {name:<58}{calls:>5}  {outcome}{f': {expected.note}' if expected.note else ''}")
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n".join(lines))


@pytest.mark.parametrize(("package", "name"), EVERY_ROW, ids=[" ".join(row) for row in EVERY_ROW])
def test_function(records: dict[str, dict[str, Any]], package: str, name: str) -> None:
    calls = records[package]["calls"].get(name)
    assert calls, "the driver does not call it"
    expected = PACKAGES[package][1][name]
    for call in calls:
        if isinstance(expected, Ends):
            assert call.get("error") == expected.error, call
        else:
            assert "error" not in call, call
            assert expected.right(call["value"]), call


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_function_has_a_row(records: dict[str, dict[str, Any]], package: str) -> None:
    assert set(records[package]["functions"]) == set(PACKAGES[package][1])


def _values(records: dict[str, dict[str, Any]], package: str, name: str) -> list[Any]:
    return [call["value"] for call in records[package]["calls"][name]]


def test_the_same_numbers_come_through_all_clients(records: dict[str, dict[str, Any]]) -> None:
    tle = Tle.parse("\n".join(emulator_samples.ISS))
    place = GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48)
    window = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
    with _emulator() as emulator, OkapiClient.emulated(emulator) as client:
        passes = client.submit(PredictPasses(orbit=tle, ground_location=place, time_window=window)).result()
        states = client.submit(
            PropagateOrbit(orbit=tle, end="2018-08-07T18:00Z", settings=PropagationSettings(output_step_size=10))
        ).result()
    assert len(passes) == 2
    assert len(states) > 10

    aether, connector, seed = (
        "okapi-aether-sdk==1.3.1",
        "okapi-python-connector==2026.post1",
        "okapi-python-connector==2020.1",
    )
    for package, name, of_passes, of_states in (
        (aether, "AetherServicesApi.get_predict_passes_results", 0, None),
        (aether, "AetherServicesApi.get_propagate_orbit_results", None, 0),
        (connector, "okapi_get_result", 0, 2),
        (seed, "okapi_get_result", 0, 4),  # each format of the seed's dialect is read twice
        (seed, "okapi_get_result", 1, 5),
    ):
        values = _values(records, package, name)
        if of_passes is not None:
            assert _found(values[of_passes], "passes") == passes.raw["passes"]
        if of_states is not None:
            assert _found(values[of_states], "states") == states.raw["states"]


def _found(tree: Any, key: str) -> Any:
    """The first value under that key, at whatever depth: the old envelopes wrap it in several layers."""
    if isinstance(tree, dict) and key in tree:
        return tree[key]
    below = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return next((found for one in below if (found := _found(one, key)) is not None), None)
