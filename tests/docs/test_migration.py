"""The migration page names every public function of the two clients that it covers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import okapi_sdk

PAGE = (Path(__file__).parents[2] / "docs" / "migration.md").read_text(encoding="utf-8")

# Listed from the packages: okapi-python-connector 2026.post1 and okapi-aether-sdk 1.3.1.
NAMES = [
    "okapi_init",
    "okapi_send_request",
    "okapi_get_result",
    "okapi_wait_and_get_result",
    "okapi_send_request_and_wait_for_result",
    "okapi_get_objects",
    "okapi_add_object",
    "okapi_change_object",
    "okapi_delete_object",
    "Okapi",
    "Okapi.init",
    "Tdms.get",
    "Tdms.add",
    "get_status_severity",
    "handle_rest_call",
    "AetherApi",
    "login",
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "get_elements",
    "get_all_elements",
    "get_request_id",
    "wait_for_request_result",
    "get_satellites",
    "get_satellite",
    "get_satellite_oems",
    "get_satellite_neighborhoods",
    "get_oems",
    "get_oem",
    "get_od_residuals_plot",
    "get_omms",
    "get_tles",
    "get_cdms",
    "upload_cdm",
    "get_upload_cdm_results",
    "get_conjunctions",
    "get_conjunction",
    "get_conjunction_risk_estimations",
    "get_conjunction_risk_predictions",
    "get_conjunction_cdms",
    "get_conjunction_maneuver_evaluations",
    "get_maneuver_plans",
    "add_maneuver_plan",
    "calculate_uncertainties",
    "get_sensor_systems",
    "get_sensor_system",
    "add_sensor_system",
    "get_tdms",
    "get_tdm",
    "add_tdms",
    "get_ground_station_passes",
    "add_ground_station_pass",
    "add_ephemerides",
    "get_add_ephemerides_results",
    "correlate_observation",
    "get_correlate_observation_results",
    "determine_orbit",
    "get_determine_orbit_results",
    "estimate_covariance",
    "get_estimate_covariance_results",
    "estimate_risk",
    "get_estimate_risk_results",
    "predict_risk",
    "get_predict_risk_results",
    "propagate_orbit",
    "get_propagate_orbit_results",
    "predict_passes",
    "get_predict_passes_results",
    "check_orbit",
    "get_check_orbit_results",
    "generate_maneuver",
    "get_generate_maneuver_results",
    "maneuver_execution_analysis",
    "get_maneuver_execution_analysis_results",
    "geo_slot_analysis",
    "get_geo_slot_analysis_results",
    "SetupError",
    "AuthenticationError",
    "ClientError",
    "ServerError",
    "RequestTimeoutError",
    "RequestFailedError",
    "UnexpectedError",
    "run",
    "get-request",
    "send-request",
    "split_url_parts",
    "get_default_logger",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_names_the_function(name: str) -> None:
    assert re.search(rf"`{re.escape(name)}(?![\w.])", PAGE)


@pytest.mark.parametrize("key", ["status", "message", "web_status", "web_response"])
def test_the_page_has_a_row_for_the_key_of_the_error_dictionary(key: str) -> None:
    assert f'| `error["{key}"]`' in PAGE


MODEL = re.compile(r"`client\.\w+\((?:id, )?(?P<model>[A-Z]\w+)")


def test_the_models_on_the_page_exist() -> None:
    named = {match["model"] for match in MODEL.finditer(PAGE)}
    assert {"Satellites", "Satellite", "SatelliteChanges", "NewTdm", "UploadCdm"} <= named
    assert named <= set(dir(okapi_sdk))
