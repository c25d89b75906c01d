"""Adapter between the generic dialect and the ``typed`` dialect of 2019 to 2020.

Bodies are plain JSON data in both dialects. The typed dialect uses one key for each type of value instead of the
generic ``{"type": …, "content": …}``, splits the settings in two, puts the format before the ID in result paths, and
sends the token in a separate header. It covers only passes, propagation and risk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from .errors import InputError, InputProblem
from .models.json_form import merged
from .text import short

TOKEN_HEADER = "access_token"  # noqa: S105 - the name of a header

ORBITS: Mapping[str, str] = {"tle": "tle.txt", "simple_state": "state.json", "CCSDS_OPM": "opm.json"}
"""Typed keys of orbits, with the corresponding type tags of the generic dialect."""
CONJUNCTIONS: Mapping[str, str] = {"CCSDS_CDM": "cdm.json"}
"""Typed key of a conjunction, with its generic type tag."""

Body = dict[str, Any]


def result_path(endpoint: str, id: str, format: str, suffix: str) -> str:
    """Return the path of a result, relative to the base URL."""
    return f"{endpoint}/{format}/results/{quote(id)}{suffix}"


def write(subject: str, service: str, body: Body, dialect: str) -> Body:
    """Return a generic body converted to the typed dialect. ``subject`` is the calculation name used in errors.

    Raises:
        InputError: if the dialect does not support the service, or the type of its orbit or conjunction.
    """
    if dialect != "typed":
        raise _refusal(subject, "dialect", dialect, "'generic' or 'typed'", "use 'generic'")
    writer = _WRITERS.get(service)
    if writer is None:
        raise _refusal(subject, "dialect", dialect, f"'generic', the only dialect of {subject}", "use 'generic'")
    return writer(subject, body)


def read(subject: str, service: str, data: Mapping[str, Any]) -> Body:
    """Return the fields of a calculation, with typed keys renamed to field names and other keys unchanged.

    Raises:
        InputError: if a value appears under both names.
    """
    reader = _READERS.get(service)
    return dict(data) if reader is None else reader(subject, dict(data))


def _write_passes(subject: str, body: Body) -> Body:
    typed = _keyed(subject, "orbit", body["orbit"], ORBITS)
    typed["simple_ground_location"] = body["ground_location"]["content"]
    typed["time_window"] = body["time_window"]["content"]
    if "settings" in body:
        model = dict(body["settings"]["content"])
        step = model.pop("output_step_size", None)
        if step is not None or not model:
            typed["predict_passes_settings"] = {} if step is None else {"output_time_step": step}
        if model:
            typed["neptune_config"] = model
    return typed


def _read_passes(subject: str, data: Body) -> Body:
    _rename_tagged(subject, data, ORBITS, "orbit")
    _rename(subject, data, "simple_ground_location", "ground_location")
    if "predict_passes_settings" in data or "neptune_config" in data:
        output = merged(data.pop("predict_passes_settings", None))
        if "output_time_step" in output:
            output["output_step_size"] = output.pop("output_time_step")
        settings = data.get("settings")
        if isinstance(settings, Mapping) and settings.keys() == {"type", "content"}:
            settings = settings["content"]
        data["settings"] = merged(settings, data.pop("neptune_config", None), output)
    return data


def _write_propagation(subject: str, body: Body) -> Body:
    settings = dict(body["settings"]["content"])
    if "more" in settings:
        model = dict(settings.pop("more"))
        step = model.pop("output_step_size", None)
        if step is not None:
            settings["output_step_size"] = step
        if model or step is None:
            settings["neptune_config"] = model
    return _keyed(subject, "orbit", body["orbit"], ORBITS) | {"settings": settings}


def _read_propagation(subject: str, data: Body) -> Body:
    _rename_tagged(subject, data, ORBITS, "orbit")
    settings = data.get("settings")
    if isinstance(settings, Mapping) and "neptune_config" in settings:
        rest = dict(settings)
        model = rest.pop("neptune_config")
        data["settings"] = rest | {"more": merged(rest.get("more"), model)}
    return data


def _write_risk(subject: str, body: Body) -> Body:
    typed = _keyed(subject, "conjunction", body["conjunction"], CONJUNCTIONS)
    if "overrides" in body:
        typed["overrides"] = body["overrides"]["content"]
    return typed


def _read_risk(subject: str, data: Body) -> Body:
    for key in CONJUNCTIONS:
        _rename(subject, data, key, "conjunction")
    return data


_WRITERS: Mapping[str, Callable[[str, Body], Body]] = {
    "predict-passes": _write_passes,
    "propagate-orbit": _write_propagation,
    "estimate-risk": _write_risk,
    "predict-risk": _write_risk,
}
_READERS: Mapping[str, Callable[[str, Body], Body]] = {
    "predict-passes": _read_passes,
    "propagate-orbit": _read_propagation,
    "estimate-risk": _read_risk,
    "predict-risk": _read_risk,
}


def _keyed(subject: str, field: str, value: Body, keys: Mapping[str, str]) -> Body:
    for key, tag in keys.items():
        if value["type"] == tag:
            return {key: value["content"]}
    given = f"a value of type {value['type']}"
    raise _refusal(subject, field, given, "a type supported by the typed dialect", "use dialect='generic'")


def _rename_tagged(subject: str, data: Body, keys: Mapping[str, str], field: str) -> None:
    for key, tag in keys.items():
        value = data.get(key)
        if not isinstance(value, BaseModel) and key in data:
            data[key] = {"type": tag, "content": value}
        _rename(subject, data, key, field)


def _rename(subject: str, data: Body, key: str, field: str) -> None:
    if key not in data:
        return
    if field in data:
        raise _refusal(subject, key, data[key], f"a single {field}", f"remove {key}")
    data[field] = data.pop(key)


def _refusal(subject: str, field: str, value: object, rule: str, remedy: str) -> InputError:
    return InputError(subject, (InputProblem(field, short(value), rule, remedy),))
