"""The orbit input of calculations, and the matching propagation methods."""

from __future__ import annotations

import contextlib
import operator
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import reduce
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import any_schema
from typing_extensions import TypeIs

from .. import catalogue
from ..errors import InputError, ResponseFormatError
from ..models.base import Record
from ..models.json_form import wire_time
from ..models.problems import refusal, rule
from .base import Calculation

if TYPE_CHECKING:
    from ..messages.oem import Oem
    from ..messages.omm import Omm
    from ..messages.opm import Opm
    from ..messages.tle import Tle
    from ..values.state_vector import StateVector
    from ..values.tagged import Tagged

    AnyOrbit = Tle | Omm | StateVector | Opm | Oem | Tagged
else:
    AnyOrbit = Any  # loading all classes would cost more than the calculation itself

_PACKAGE = __name__.partition(".")[0]

MAX_POINTS = 1_000_000
"""Maximum number of output points per calculation. The platform's own limit is undocumented."""
MAX_TLE_AGE_DAYS = 30
"""Beyond this distance from its epoch, using a TLE is probably a mistake."""
DEFAULT_STEP = 60
"""The platform's default output step in seconds."""

_NAMES = ("Tle", "Omm", "StateVector", "Opm", "Oem", "Tagged")
_BY_TAG: Mapping[str, str] = {
    "tle.txt": "Tle", "omm.json": "Omm", "state.json": "StateVector", "opm.json": "Opm", "oem.json": "Oem",
}  # fmt: skip
_BY_VERSION: Mapping[str, str] = {"CCSDS_OMM_VERS": "Omm", "CCSDS_OPM_VERS": "Opm", "CCSDS_OEM_VERS": "Oem"}
_BY_KEY: Mapping[str, str] = {
    "line1": "Tle", "x_dot": "StateVector", "OMM_DATA": "Omm", "MEAN_MOTION": "Omm", "mean_motion": "Omm",
    "OPM_DATA": "Opm", "OEM_META_DATA_DATA": "Oem", "segments": "Oem",
}  # fmt: skip
"""Keys that identify the class of a plain dictionary."""
_MEAN_ELEMENTS = frozenset(("MEAN_MOTION", "mean_motion", "MEAN_ANOMALY", "mean_anomaly"))
_NEEDED = (
    "epoch", "mean_motion", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter", "mean_anomaly",
)  # fmt: skip
_BEGINNING = 200


def kind_of(value: object, names: Collection[str] = _NAMES) -> str:
    """Return the first of these public names whose class the value is an instance of, or an empty string.

    Unlike ``isinstance``, this loads no class: a class without an instance may not be loaded yet.
    """
    for kind in type(value).__mro__:
        name = kind.__name__
        if name in names and kind.__module__ == f"{_PACKAGE}.{catalogue.MODULES[name]}":
            return name
    return ""


def _is_tle(value: object) -> TypeIs[Tle]:
    return kind_of(value, ("Tle",)) != ""


def _is_omm(value: object) -> TypeIs[Omm]:
    return kind_of(value, ("Omm",)) != ""


def _has_no_epoch(value: object) -> TypeIs[Oem | Tagged]:
    return kind_of(value, ("Oem", "Tagged")) != ""


def _orbit(value: Any) -> Any:
    if kind_of(value):
        return value
    if isinstance(value, Record) and callable(getattr(value, "orbit", None)):
        return _of_record(value)
    if isinstance(value, str):
        version = value[:_BEGINNING].lstrip("\ufeff \t\r\n").partition("=")[0].strip().upper()
        return catalogue.load(_BY_VERSION.get(version, "Tle")).model_validate(value)
    if isinstance(value, Mapping):
        if value.keys() == {"type", "content"}:
            kind = _BY_TAG.get(value["type"]) if isinstance(value["type"], str) else None
            if kind == "Omm" and not _holds_elements(value["content"]):
                kind = None  # no source shows this type; the caller may know another content
            return catalogue.load(kind or "Tagged").model_validate(value)
        for key, kind in _BY_KEY.items():
            if key in value:
                return catalogue.load(kind).model_validate(value)
        data = value.get("data")
        if isinstance(data, Mapping) or kind_of(data, ("OmmData", "OpmData")):
            return catalogue.load("Omm" if _is_mean(data) else "Opm").model_validate(value)
    raise rule("a Tle, Omm, StateVector, Opm, Oem or Tagged", "parse TLE text with Tle.parse(text)")


def _of_record(record: Any) -> Any:
    """Return the orbit of a stored object."""
    try:
        return record.orbit()
    except ResponseFormatError as error:
        problem = error.message
    raise rule("a record with an orbit", problem)


def _holds_elements(content: Any) -> bool:
    return isinstance(content, Mapping) and bool(content.keys() & {"OMM_DATA", "MEAN_MOTION"})


def _is_mean(data: Any) -> bool:
    return bool(kind_of(data, ("OmmData",))) or (isinstance(data, Mapping) and bool(data.keys() & _MEAN_ELEMENTS))


def _check_elements(orbit: AnyOrbit) -> AnyOrbit:
    """Refuse an OMM without the elements that SGP4 needs."""
    if not _is_omm(orbit):
        return orbit
    missing = [name for name in _NEEDED if getattr(orbit.data, name) is None]
    if missing:
        raise refusal(
            type(orbit), f"data.{missing[0]}", None, "required if an OMM is used as the orbit", "pass a value"
        )
    return orbit


class _OrbitSchema:
    """Any value as far as pydantic is concerned; only a JSON schema loads all classes of an orbit."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return any_schema()

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        union: Any = reduce(operator.or_, map(catalogue.load, _NAMES))
        return handler(TypeAdapter(union).core_schema)


Orbit = Annotated[AnyOrbit, _OrbitSchema(), BeforeValidator(_orbit), AfterValidator(_check_elements)]
"""An orbit, or input that converts to one: text of a TLE, text of an OMM, OPM or OEM in KVN, a dictionary of one of
these classes (tagged or not), or a stored record with an ``orbit`` method."""


def method_for(defaults: Mapping[str, str]) -> BeforeValidator:
    """Return a validator for the field ``method``; if the field is empty, the type of ``orbit`` determines the method.

    It rejects SGP4 for osculating states, because SGP4 requires mean elements. The platform's other restrictions are
    undocumented.
    """

    def method(value: object, info: ValidationInfo) -> object:
        if "orbit" not in info.data:
            return value  # the orbit's own problem is reported
        orbit = info.data["orbit"]
        if value == "":
            value = defaults.get(kind_of(orbit, defaults), "")
        if value == "":
            raise rule(f"required for an orbit of type {type(orbit).__name__}", "set it, for example method='neptune'")
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", value) or value in {".", ".."}:
            raise rule("a name of letters, digits, '-', '_' and '.'", "for example 'sgp4' or 'neptune'")
        if value == "sgp4" and kind_of(orbit, ("StateVector", "Opm", "Oem")):
            raise rule(
                "sgp4 requires mean elements", f"omit method, or pass a Tle instead of the {type(orbit).__name__}"
            )
        return value

    return BeforeValidator(method)


def orbit_epoch(orbit: AnyOrbit) -> datetime | None:
    """Return the epoch of an orbit, or None if its type has no single epoch."""
    return None if _has_no_epoch(orbit) else orbit.epoch


def stale_tle_warnings(orbit: AnyOrbit, first: datetime, last: datetime) -> list[str]:
    """Return a warning if the orbit has mean elements and is used far from its epoch."""
    if not (_is_tle(orbit) or _is_omm(orbit)) or (epoch := orbit.epoch) is None:
        return []
    days = max((epoch - first).days, (last - epoch).days)
    if days <= MAX_TLE_AGE_DAYS:
        return []
    number = orbit.norad_id if _is_tle(orbit) else orbit.data.norad_cat_id
    span = f"{wire_time(first)} to {wire_time(last)}"
    name = type(orbit).__name__.upper()
    return [
        f"The {name} of object {number} has epoch {wire_time(epoch)} but is used {days} days away from it "
        f"({span}). At that distance it is unreliable for a low orbit: use a newer {name}, or check the years."
    ]


def check_points(calculation: type[Calculation[Any]], field: str, span: timedelta, step: int | None) -> None:
    """Raise InputError if a time span would produce an unreasonable number of output points."""
    seconds = step or DEFAULT_STEP
    points = int(span.total_seconds() / seconds) + 1
    if points > MAX_POINTS:
        raise refusal(
            calculation, field, f"{points} points",
            f"at most {MAX_POINTS:,} output points; {span.days} days at {seconds} s give {points:,}",
            f"shorten the span, or set output_step_size to {ceil(span.total_seconds() / (MAX_POINTS - 1))} or more",
        )  # fmt: skip


def tagged(value: Any) -> dict[str, Any]:
    """Return a value with its type tag, as in the generic dialect."""
    return {"type": value._tag, "content": value.wire()}


def tagged_orbit(orbit: AnyOrbit) -> dict[str, Any]:
    """Return an orbit in its tagged form. An OMM is sent as a TLE if two lines can hold it exactly."""
    if _is_omm(orbit):
        with contextlib.suppress(InputError):
            return tagged(orbit.to_tle())
    return tagged(orbit)
