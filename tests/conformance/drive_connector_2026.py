"""okapi-python-connector 2026.post1."""

from __future__ import annotations

import importlib
import tempfile

import okapi_pkg
import requests
from recording import Recording, with_sign_in_at

recording = Recording()
plan = recording.plan
bodies = plan["bodies"]
call = recording.call
core = importlib.import_module("okapi_pkg.okapi")

sign_in = with_sign_in_at(okapi_pkg.okapi_init, plan["token_url"])
login, _ = call("okapi_init", sign_in, plan["base_url"], plan["username"], plan["password"])

for service, body, formats in (
    ("predict-passes/sgp4", bodies["passes"], ("simple", "summary")),
    ("propagate-orbit/sgp4", bodies["propagation"], ("simple", "omm")),
    ("estimate-risk/foster-1992", bodies["risk"], ("simple",)),
):
    request, _ = call("okapi_send_request", okapi_pkg.okapi_send_request, login, body, f"{service}/requests")
    for format_ in formats:
        address = f"{service}/results/{{}}/{format_}"
        call("okapi_get_result", okapi_pkg.okapi_get_result, login, request, address)
call("okapi_wait_and_get_result", okapi_pkg.okapi_wait_and_get_result, login, request, address, 10)
call(
    "okapi_send_request_and_wait_for_result",
    okapi_pkg.okapi_send_request_and_wait_for_result,
    login, bodies["passes"], "predict-passes/sgp4/requests", "predict-passes/sgp4/results/{}/simple", 10,
)  # fmt: skip

get, delete = okapi_pkg.okapi_get_objects, okapi_pkg.okapi_delete_object
satellite, _ = call("okapi_add_object", okapi_pkg.okapi_add_object, login, bodies["satellite"], "satellites")
call("okapi_add_object", okapi_pkg.okapi_add_object, login, bodies["tdm"], "tdms")
call("okapi_add_object", okapi_pkg.okapi_add_object, login, bodies["ground_passes"], "multi-ground-station-passes")
change = {"satellite_id": satellite["satellite_id"], "area": 2.5}
call("okapi_change_object", okapi_pkg.okapi_change_object, login, change, "satellites")
call("okapi_get_objects", get, login, "satellites/{}", satellite["satellite_id"])
for path in ("satellites", "tdms", "multi-ground-station-passes-info"):
    call("okapi_get_objects", get, login, path)
conjunctions, _ = call("okapi_get_objects", get, login, "conjunctions")
conjunction = conjunctions["elements"][0]
for path in ("conjunctions/{}/cdms", "conjunctions/{}/maneuver-evals"):
    call("okapi_get_objects", get, login, path, conjunction["conjunction_id"])
call("okapi_delete_object", delete, login, satellite, "satellites")
call("okapi_delete_object", delete, login, conjunction, "conjunctions")

call("get_status_severity", core.get_status_severity, "WARNING")
address = f"{plan['base_url']}/satellites"
call("handle_rest_call", core.handle_rest_call, lambda: requests.get(address, headers=login["header"], timeout=10))
call("Okapi.init", core.Okapi().init, plan["username"], plan["password"], plan["base_url"])
tdms = core.Tdms(login, plan["base_url"])
call("Tdms.get", tdms.get)
with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
    file.write(bodies["tdm"]["tdm"]["content"])
    file.flush()
    call("Tdms.add", tdms.add, file.name, "txt")

recording.write(okapi_pkg)
