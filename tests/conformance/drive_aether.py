"""okapi-aether-sdk 1.3.1, its command line included. Its addresses come from the environment."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import okapi_aether_sdk
from click.testing import CliRunner
from okapi_aether_sdk import (
    AetherApi,
    AetherSatellitesApi,
    AetherSensorsApi,
    AetherServicesApi,
    utils,
)
from okapi_aether_sdk.cli.aether_cli import cli
from recording import Recording

recording = Recording()
bodies = recording.plan["bodies"]


def signed_in(kind: Any) -> Any:
    api = kind()
    recording.call("AetherApi.login", api.login)
    return api


def call(api: Any, method: str, *arguments: Any, **options: Any) -> Any:
    name = f"{type(api).__name__}.{method}"
    return recording.call(name, getattr(api, method), *arguments, **options)


# Raw calls.
raw = signed_in(AetherApi)
satellite = call(raw, "post", "satellites", bodies["satellite"])
one = f"satellites/{satellite['satellite_id']}"
call(raw, "patch", one, {"area": 2.5})
call(raw, "put", one, {**satellite, "area": 3.5})
call(raw, "get", one)
call(raw, "delete", one)
call(raw, "get_elements", "satellites?limit=2")
call(raw, "get_all_elements", "satellites?limit=2")
request_id = call(raw, "get_request_id", "predict-passes/sgp4/requests", bodies["passes"])
call(raw, "wait_for_request_result", f"predict-passes/sgp4/results/{request_id}/simple")

# Calculations.
services = signed_in(AetherServicesApi)


def calculate(name: str, body: Any, *arguments: Any) -> None:
    number = call(services, name, body, *arguments[:1])
    call(services, f"get_{name}_results", number, *arguments)


for form in ("simple", "summary"):
    calculate("predict_passes", bodies["passes"], "sgp4", form)
    calculate("predict_passes", bodies["passes_of_oem"], "oems", form)
for form in ("simple", "omm"):
    calculate("propagate_orbit", bodies["propagation"], "sgp4", form)
calculate("estimate_risk", bodies["risk"], "foster-1992")
calculate("predict_risk", bodies["risk"], "foster-1992")
for name in (
    "check_orbit",
    "correlate_observation",
    "determine_orbit",
    "estimate_covariance",
    "generate_maneuver",
    "geo_slot_analysis",
    "maneuver_execution_analysis",
):
    body = bodies["check"] if name == "check_orbit" else {}
    call(services, f"get_{name}_results", call(services, name, body))
number = call(services, "add_ephemerides", bodies["ephemerides"])
for form in ("simple", "oem"):
    call(services, "get_add_ephemerides_results", number, form)

# Satellites, conjunctions, orbits.
objects = signed_in(AetherSatellitesApi)
call(objects, "get_satellites", limit=None)
satellite_id = call(objects, "get_satellites")[0]["satellite_id"]
conjunction_id = call(objects, "get_conjunctions", {"criticality": ["critical", "observe", "non_critical"]})[0][
    "conjunction_id"
]
oem_id = call(objects, "get_oems")[0]["oem_id"]
for method in ("get_satellite", "get_satellite_oems", "get_satellite_neighborhoods"):
    call(objects, method, satellite_id)
call(objects, "get_satellite_neighborhoods", satellite_id, {"miss_distance": {"$lt": 5}})
for method in (
    "get_conjunction",
    "get_conjunction_risk_estimations",
    "get_conjunction_risk_predictions",
    "get_conjunction_cdms",
    "get_conjunction_maneuver_evaluations",
):
    call(objects, method, conjunction_id)
for method in ("get_oem", "get_od_residuals_plot"):
    call(objects, method, oem_id)
for method, filters in (
    ("get_oems", {"orbit_type": "LEO", "eccentricity": {"$lt": 0.1}}),
    ("get_omms", {"norad_id": 99001, "latest": True}),
    ("get_tles", {"norad_id": 99001, "originator": "18 SPCS"}),
    ("get_cdms", {"inserted": {"$gte": "2000-01-01T00:00Z"}}),
    ("get_conjunctions", {"tca": {"$gte": "2000-01-01T00:00Z"}}),
    ("calculate_uncertainties", {"norad_id": [25544], "sort": ["-sum"]}),
    ("get_maneuver_plans", None),
):
    given = () if filters is None else (filters,)
    call(objects, method, *given)
    call(objects, method, *given, limit=None)
for form in ("kvn", "xml"):
    call(objects, "get_oems", result_format=form)
    call(objects, "get_cdms", result_format=form)
call(objects, "add_maneuver_plan", bodies["maneuver_plan"], force=True)
call(objects, "get_upload_cdm_results", call(objects, "upload_cdm", bodies["cdm"]))

# Sensors.
sensors = signed_in(AetherSensorsApi)
system = call(sensors, "add_sensor_system", {"name": "Braunschweig"})
call(sensors, "get_sensor_system", system["sensor_system_id"])
tdm = call(sensors, "add_tdms", bodies["tdm"])
call(sensors, "add_tdms", [bodies["tdm"], bodies["tdm"]])
call(sensors, "get_tdm", tdm["tdm_id"])
call(sensors, "add_ground_station_pass", bodies["ground_passes"])
for method in ("get_sensor_systems", "get_tdms", "get_ground_station_passes"):
    call(sensors, method)
    call(sensors, method, limit=None)

# The command line.
recording.call("split_url_parts", utils.split_url_parts, recording.plan["base_url"] + "/oems")
recording.call("get_default_logger", lambda: utils.get_default_logger().name)


def run(*words: str) -> str:
    ended = CliRunner().invoke(cli, words)
    if ended.exception is not None:
        raise ended.exception
    return Path(words[-1]).read_text()


with tempfile.TemporaryDirectory() as directory:
    body_file, out = Path(directory, "body.json"), str(Path(directory, "out.json"))
    body_file.write_text(json.dumps(bodies["satellite"]))
    recording.call("cli", run, "run", "-m", "satellites", "-a", "get_satellites", "-p", "limit=2", "-o", out)
    recording.call("run", run, "run", "-m", "satellites", "-a", "get_satellite", "-p", f"satellite_id={satellite_id}", "-o", out)  # noqa: E501  # fmt: skip
    recording.call("get_request", run, "get-request", "-u", "conjunctions?limit=1", "-o", out)
    recording.call("send_request", run, "send-request", "-u", "satellites", "-f", str(body_file), "-o", out)

recording.write(okapi_aether_sdk)
