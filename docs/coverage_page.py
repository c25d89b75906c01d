"""Write docs/reference/coverage.md: the platform's endpoints, their models, and how certain their formats are.

Run this script with ``python docs/coverage_page.py``. The tables below were compiled by hand from the platform's
documentation. The models come from the SDK's catalogue, and the last column of the page comes from the emulator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import okapi_sdk
from okapi_sdk import catalogue
from okapi_sdk.emulator import endpoints

PAGE = Path(__file__).parent / "reference" / "coverage.md"

# On a phone, each row of these tables is shown as a card: see _static/okapi.css.
OPEN = ("```{table}", ":class: cards coverage", "")
CLOSE = "```"


class Endpoint(NamedTuple):
    """A platform endpoint, and how certain the formats of its request and response are."""

    method: str
    path: str
    request: str
    response: str


SERVICES: Mapping[str, tuple[str, str]] = {
    "predict-passes/sgp4": ("seen", "status seen, value names unknown"),
    "predict-passes/neptune": ("seen", "status seen, value names unknown"),
    "predict-passes/oems": ("orbit inferred, the rest seen", "status seen, value names unknown"),
    "predict-passes/orekit-numerical": ("seen until 2020", "status seen, value names unknown"),
    "propagate-orbit/sgp4": ("seen", "`simple` and `omm` unknown"),
    "propagate-orbit/neptune": ("seen", "`oem` seen, `opm` inferred, `simple` unknown"),
    "propagate-orbit/orekit-numerical": ("seen until 2020", "`opm` inferred, `simple` unknown"),
    **{
        f"{service}/{method}": ("seen", "seen")
        for service in ("estimate-risk", "predict-risk")
        for method in (
            "alfano-2005", "alfriend-1999", "all-methods", "chan-1997", "foster-1992", "maximum-probability",
            "monte-carlo", "patera-2001", "patera-2003",
        )
    },
    "check-orbit": ("inferred", "seen"),
    "generate-maneuver": ("constraints seen, the rest unknown", "seen"),
    "determine-orbit/wls": ("settings seen, the rest inferred", "`simple` seen, `omm` unknown"),
    "add-ephemerides": ("inferred", "inferred"),
    "correlate-observation": ("unknown", "unknown"),
    "estimate-covariance": ("unknown", "unknown"),
    "maneuver-execution-analysis": ("unknown", "unknown"),
    "geo-slot-analysis": ("unknown", "`html_report` seen, the rest unknown"),
    "cdms": ("inferred", "unknown"),
}  # fmt: skip
"""Path of each calculation service, with how certain the formats of its request and result are."""

STORED: tuple[Endpoint, ...] = (
    Endpoint("GET", "satellites", "seen", "seen"),
    Endpoint("POST", "satellites", "seen", "seen"),
    Endpoint("GET", "satellites/{satellite_id}", "seen", "seen"),
    Endpoint("PATCH", "satellites/{satellite_id}", "seen", "seen"),
    Endpoint("DELETE", "satellites/{satellite_id}", "seen", "seen"),
    Endpoint("GET", "satellites/{satellite_id}/oems", "seen", "OEM seen, the rest unknown"),
    Endpoint("GET", "satellites/{satellite_id}/neighborhoods", "seen", "inferred"),
    Endpoint("GET", "conjunctions", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/cdms", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/risk-estimations", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/risk-predictions", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/maneuver-evals", "seen", "seen"),
    Endpoint("GET", "cdms", "seen", "keys seen, format unknown"),
    Endpoint("GET", "maneuver-plans", "seen", "unknown"),
    Endpoint("POST", "maneuver-plans", "`force` seen, body unknown", "unknown"),
    Endpoint("GET", "oems", "seen", "OEM seen, the rest unknown"),
    Endpoint("GET", "oems/{oem_id}", "seen", "OEM seen, the rest unknown"),
    Endpoint("GET", "oems/{oem_id}/plot-od-residuals", "seen", "seen (an HTML page)"),
    Endpoint("GET", "omms", "seen", "unknown"),
    Endpoint("GET", "tles", "seen", "`NORAD_CAT_ID` and `CREATION_DATE` seen, the rest unknown"),
    Endpoint("GET", "uncertainties", "seen", "inferred"),
    Endpoint("GET", "tdms", "seen", "unknown"),
    Endpoint("POST", "tdms", "seen", "unknown"),
    Endpoint("GET", "tdms/{tdm_id}", "seen", "unknown"),
    Endpoint("GET", "sensor-systems", "seen", "unknown"),
    Endpoint("POST", "sensor-systems", "unknown", "unknown"),
    Endpoint("GET", "sensor-systems/{sensor_system_id}", "seen", "unknown"),
    Endpoint("POST", "multi-ground-station-passes", "seen", "seen"),
    Endpoint("GET", "multi-ground-station-passes-info", "seen", "seen"),
)
"""The endpoints for stored objects. The request is a query or a body."""

WITHOUT_MODEL: Mapping[tuple[str, str], str] = {
    ("PUT", "satellites/{satellite_id}"): "used until 2022, when PATCH replaced it",
    ("DELETE", "conjunctions/{conjunction_id}"): (
        "one published client can delete a conjunction by its ID, but the platform may not support this"
    ),
}
"""Endpoints that the emulator supports for other clients. The SDK can call them only through `client.send`."""


METHODS: Mapping[catalogue.Verb, str] = {
    "list": "GET", "get": "GET", "add": "POST", "update": "PATCH", "delete": "DELETE",
}  # fmt: skip


def calls_for(method: str, path: str) -> list[str]:
    """Return the SDK calls that use an endpoint for stored objects."""
    return [
        call
        for verb, used in METHODS.items()
        if used == method
        for name in catalogue.taken_by(verb)
        for reached, call in [_path_and_call(verb, name)]
        if reached == _anonymous(path)
    ]


def _path_and_call(verb: catalogue.Verb, name: str) -> tuple[str, str]:
    """Return the path that is called for a verb and a class, and the source text of the call."""
    model = getattr(okapi_sdk, name)
    if verb in ("list", "add"):
        return _anonymous(getattr(model, "_collection", "")), f"{verb}({name}(…))"
    if verb == "update":
        return _record_path(model._record), f"update(id, {name}(…))"
    return _record_path(model), f"{verb}({name}, id)"


def _record_path(record: type[Any]) -> str:
    return record._address("ID").replace("ID", "{}")


def _anonymous(path: str) -> str:
    # The sources use different names for the ID in a path.
    return re.sub(r"\{\w*\}", "{}", path)


def calculations_for(path: str) -> list[str]:
    """Return the names of the calculations that use an endpoint (one or none)."""
    name = catalogue.serving(path)
    return [] if name is None else [name]


def emulated() -> dict[tuple[str, str], bool]:
    """Return the emulator's endpoints, with True for those that it supports."""
    return {(endpoint.method, endpoint.path): endpoint.computed for endpoint in endpoints()}


def page() -> str:
    """Return the text of the page."""
    computed = emulated()
    lines = [
        "# Coverage",
        "",
        "This page lists every documented endpoint of the platform, together with the part of the SDK that uses it. It",
        "also shows how certain the formats of the request and the response are: *seen* means that a source shows the",
        "format, *inferred* means that it follows from a source, and *unknown* means that no source shows it. If a",
        "format is unknown, you supply the request body yourself, and response fields keep the platform's names.",
        "",
        "The last column says whether the emulator supports the endpoint. If it does not, it still accepts the call:",
        "a calculation then ends with status FATAL, and a list contains only objects that a test has stored.",
        "",
        "This page is generated by `nox -s catalogue`.",
        "",
        "## Calculations",
        "",
        "`submit` and `run` send a calculation with a POST to `…/requests` and read its result with a GET from",
        "`…/results/{request_id}/{format}`.",
        "",
        *OPEN,
        "| path | calculation | request | response | emulator |",
        "| --- | --- | --- | --- | --- |",
    ]
    for path, (request, response) in SERVICES.items():
        supported = computed["POST", f"{path}/requests"]
        lines.append(_row(f"`{path}`", calculations_for(path), request, response, supported=supported))
    lines += [
        CLOSE,
        "",
        "## Stored objects",
        "",
        *OPEN,
        "| endpoint | call | request | response | emulator |",
        "| --- | --- | --- | --- | --- |",
    ]
    for method, path, request, response in STORED:
        calls = calls_for(method, path)
        lines.append(_row(f"{method} `{path}`", calls, request, response, supported=computed[method, path]))
    lines += [CLOSE, "", "## Endpoints without a model", "", "You can call any other path with `client.send`.", ""]
    lines += [f"- {method} `{path}`: {remark}." for (method, path), remark in WITHOUT_MODEL.items()]
    lines += [
        "- The data stream for the platform's 3-D orbit view is documented, but its path is unknown.",
        "- `pass/prediction`: used in 2019, then replaced by `predict-passes`.",
    ]
    return "\n".join(lines) + "\n"


def _row(endpoint: str, users: list[str], request: str, response: str, *, supported: bool) -> str:
    used_by = ", ".join(f"`{user}`" for user in users)
    return f"| {endpoint} | {used_by} | {request} | {response} | {'yes' if supported else 'no'} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
