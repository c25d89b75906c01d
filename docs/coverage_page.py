"""Writes docs/reference/coverage.md: which noun serves which endpoint of the platform, and how much is known of it.

``python docs/coverage_page.py``. The table below is typed by hand from what is documented of the platform. What serves
an endpoint is looked up in the SDK, and what computes it in the emulator.
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


# On a phone each row of such a table is a card: see _static/okapi.css.
OPEN = ("```{table}", ":class: cards coverage", "")
CLOSE = "```"


class Endpoint(NamedTuple):
    """One endpoint of the platform, and how certain it is what is sent to it and what it answers."""

    method: str
    path: str
    sent: str
    answered: str


SERVICES: Mapping[str, tuple[str, str]] = {
    "predict-passes/sgp4": ("seen", "status seen, names of values unknown"),
    "predict-passes/neptune": ("seen", "status seen, names of values unknown"),
    "predict-passes/oems": ("orbit inferred, the rest seen", "status seen, names of values unknown"),
    "predict-passes/orekit-numerical": ("seen until 2020", "status seen, names of values unknown"),
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
"""The calculation services: what is sent, and what comes as a result."""

STORED: tuple[Endpoint, ...] = (
    Endpoint("GET", "satellites", "seen", "seen"),
    Endpoint("POST", "satellites", "seen", "seen"),
    Endpoint("GET", "satellites/{satellite_id}", "seen", "seen"),
    Endpoint("PATCH", "satellites/{satellite_id}", "seen", "seen"),
    Endpoint("DELETE", "satellites/{satellite_id}", "seen", "seen"),
    Endpoint("GET", "satellites/{satellite_id}/oems", "seen", "OEM seen, what is beside it unknown"),
    Endpoint("GET", "satellites/{satellite_id}/neighborhoods", "seen", "inferred"),
    Endpoint("GET", "conjunctions", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/cdms", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/risk-estimations", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/risk-predictions", "seen", "seen"),
    Endpoint("GET", "conjunctions/{conjunction_id}/maneuver-evals", "seen", "seen"),
    Endpoint("GET", "cdms", "seen", "keys seen, which of two forms unknown"),
    Endpoint("GET", "maneuver-plans", "seen", "unknown"),
    Endpoint("POST", "maneuver-plans", "`force` seen, body unknown", "unknown"),
    Endpoint("GET", "oems", "seen", "OEM seen, what is beside it unknown"),
    Endpoint("GET", "oems/{oem_id}", "seen", "OEM seen, what is beside it unknown"),
    Endpoint("GET", "oems/{oem_id}/plot-od-residuals", "seen", "an HTML page: seen"),
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
"""The stored objects: query or body, and what comes back."""

NOT_NOUNS: Mapping[tuple[str, str], str] = {
    ("PUT", "satellites/{satellite_id}"): "until 2022; PATCH took its place",
    ("DELETE", "conjunctions/{conjunction_id}"): (
        "one published client accepts a conjunction's id for its deletion; whether the platform does is unknown"
    ),
}
"""What the emulator answers for the sake of older clients, and the SDK has no noun for: `client.send` reaches it."""


METHODS: Mapping[catalogue.Verb, str] = {
    "list": "GET", "get": "GET", "add": "POST", "update": "PATCH", "delete": "DELETE",
}  # fmt: skip


def servants(method: str, path: str) -> list[str]:
    """Return the calls of the SDK that serve an endpoint of a stored object."""
    return [
        call
        for verb, sent in METHODS.items()
        if sent == method
        for name in catalogue.taken_by(verb)
        for served, call in [_call(verb, name)]
        if served == _anonymous(path)
    ]


def _call(verb: catalogue.Verb, name: str) -> tuple[str, str]:
    """Return the path that a verb reaches with a class, and how the call is written."""
    model = getattr(okapi_sdk, name)
    if verb in ("list", "add"):
        return _anonymous(getattr(model, "_collection", "")), f"{verb}({name}(…))"
    if verb == "update":
        return _one(model._record), f"update(id, {name}(…))"
    return _one(model), f"{verb}({name}, id)"


def _one(record: type[Any]) -> str:
    return record._address("ID").replace("ID", "{}")


def _anonymous(path: str) -> str:
    # Sources differ in what they call an ID in a path.
    return re.sub(r"\{\w*\}", "{}", path)


def nouns(path: str) -> list[str]:
    """Return the calculation of the SDK that serves an endpoint, in a list."""
    name = catalogue.serving(path)
    return [] if name is None else [name]


def computed() -> dict[tuple[str, str], bool]:
    """What the emulator answers, and whether it computes it."""
    return {(one.method, one.path): one.computed for one in endpoints()}


def page() -> str:
    """The page."""
    known = computed()
    lines = [
        "# Coverage",
        "",
        "Every documented endpoint of the platform: what serves it in the SDK, how certain its shape is, and whether",
        "the emulator computes it. *Seen*: a source shows it. *Inferred*: concluded, not shown. *Unknown*: no source",
        "shows it; there the SDK stays open: bodies are yours, and what comes is kept under its own names.",
        "",
        "Made by `python docs/coverage_page.py`.",
        "",
        "## Calculations",
        "",
        "`submit` and `run` send each by POST to `…/requests` and read it by GET at",
        "`…/results/{request_id}/{format}`.",
        "",
        *OPEN,
        "| path | noun | what is sent | what is answered | emulator |",
        "| --- | --- | --- | --- | --- |",
    ]
    for path, (sent, answered) in SERVICES.items():
        lines.append(_row(f"`{path}`", nouns(path), sent, answered, computes=known["POST", f"{path}/requests"]))
    lines += [
        CLOSE,
        "",
        "## Stored objects",
        "",
        *OPEN,
        "| endpoint | verb and noun | what is sent | what is answered | emulator |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in STORED:
        where = f"{one.method} `{one.path}`"
        serving = servants(one.method, one.path)
        lines.append(_row(where, serving, one.sent, one.answered, computes=known[one.method, one.path]))
    lines += [CLOSE, "", "## Without a noun", "", "`client.send` reaches any other path.", ""]
    lines += [f"- {method} `{path}`: {why}." for (method, path), why in NOT_NOUNS.items()]
    lines += [
        "- The stream of orbits for the platform's 3-D view is documented; its path is unknown.",
        "- `pass/prediction` of 2019 is gone; `predict-passes` took its place.",
    ]
    return "\n".join(lines) + "\n"


def _row(where: str, serving: list[str], sent: str, answered: str, *, computes: bool) -> str:
    calls = ", ".join(f"`{one}`" for one in serving)
    return f"| {where} | {calls} | {sent} | {answered} | {'computes' if computes else 'no engine'} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
