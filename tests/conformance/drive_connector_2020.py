"""okapi-python-connector 2020.1, which speaks the typed dialect. Its base URL ends with a slash."""

from __future__ import annotations

import importlib

import okapi_pkg
from recording import Recording, with_sign_in_at

recording = Recording()
plan = recording.plan
bodies = plan["bodies"]

sign_in = with_sign_in_at(importlib.import_module("okapi_pkg.okapi_init").okapi_init, plan["token_url"])
send = importlib.import_module("okapi_pkg.okapi_send_request").okapi_send_request
get = importlib.import_module("okapi_pkg.okapi_get_result").okapi_get_result

login, _ = recording.call("okapi_init", sign_in, plan["base_url"] + "/", plan["username"], plan["password"])
for service, body, formats in (
    ("predict-passes/sgp4", bodies["passes_typed"], ("simple", "summary")),
    ("propagate-orbit/sgp4", bodies["propagation_typed"], ("simple", "omm")),
):
    request, _ = recording.call("okapi_send_request", send, login, body, f"{service}/requests")
    for format_ in formats:
        recording.call("okapi_get_result", get, login, request, f"{service}/{format_}/results")
        recording.call("okapi_get_result", get, login, request, f"{service}/{format_}/results", "generic")
recording.call("tryout", importlib.import_module, "okapi_pkg.tryout")

recording.write(okapi_pkg)
