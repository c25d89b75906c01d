"""The orbit input of calculations, and the matching propagation methods."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from ..errors import InputError, ResponseFormatError
from ..messages.oem import Oem
from ..messages.omm import Omm
from ..messages.omm_blocks import OmmData
from ..messages.opm import Opm
from ..messages.opm_blocks import OpmData
from ..messages.tle import Tle
from ..models.base import Record
from ..models.json_form import wire_time
from ..models.problems import refusal, rule
from ..values.state_vector import StateVector
from ..values.tagged import Tagged
from .base import Calculation

AnyOrbit = Tle | Omm | StateVector | Opm | Oem | Tagged

MAX_POINTS = 1_000_000
"""Maximum number of output points per calculation. The platform's own limit is undocumented."""
MAX_TLE_AGE_DAYS = 30
"""Beyond this distance from its epoch, using a TLE is probably a mistake."""
DEFAULT_STEP = 60
"""The platform's default output step in seconds."""

_Kind = type[Tle | Omm | StateVector | Opm | Oem]
_BY_TAG: Mapping[str, _Kind] = {kind._tag: kind for kind in (Tle, Omm, StateVector, Opm, Oem)}
_BY_VERSION: Mapping[str, _Kind] = {"CCSDS_OMM_VERS": Omm, "CCSDS_OPM_VERS": Opm, "CCSDS_OEM_VERS": Oem}
_BY_KEY: Mapping[str, _Kind] = {
    "line1": Tle, "x_dot": StateVector, "OMM_DATA": Omm, "MEAN_MOTION": Omm, "mean_motion": Omm, "OPM_DATA": Opm,
    "OEM_META_DATA_DATA": Oem, "segments": Oem,
}  # fmt: skip
"""Keys that identify the class of a plain dictionary."""
_MEAN_ELEMENTS = frozenset(("MEAN_MOTION", "mean_motion", "MEAN_ANOMALY", "mean_anomaly"))
_NEEDED = (
    "epoch", "mean_motion", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter", "mean_anomaly",
)  # fmt: skip
_BEGINNING = 200


def _orbit(value: Any) -> Any:
    if isinstance(value, AnyOrbit):
        return value
    if isinstance(value, Record) and callable(getattr(value, "orbit", None)):
        return _of_record(value)
    if isinstance(value, str):
        version = value[:_BEGINNING].lstrip("\ufeff \t\r\n").partition("=")[0].strip().upper()
        return _BY_VERSION.get(version, Tle).model_validate(value)
    if isinstance(value, Mapping):
        if value.keys() == {"type", "content"}:
            kind = _BY_TAG.get(value["type"]) if isinstance(value["type"], str) else None
            if kind is Omm and not _holds_elements(value["content"]):
                kind = None  # no source shows this type; the caller may know another content
            return (kind or Tagged).model_validate(value)
        for key, kind in _BY_KEY.items():
            if key in value:
                return kind.model_validate(value)
        if isinstance(value.get("data"), Mapping | OmmData | OpmData):
            return (Omm if _is_mean(value["data"]) else Opm).model_validate(value)
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
    return isinstance(data, OmmData) or (isinstance(data, Mapping) and bool(data.keys() & _MEAN_ELEMENTS))


def _check_elements(orbit: AnyOrbit) -> AnyOrbit:
    """Refuse an OMM without the elements that SGP4 needs."""
    missing = [name for name in _NEEDED if getattr(orbit.data, name) is None] if isinstance(orbit, Omm) else []
    if missing:
        raise refusal(Omm, f"data.{missing[0]}", None, "required if an OMM is used as the orbit", "pass a value")
    return orbit


Orbit = Annotated[AnyOrbit, BeforeValidator(_orbit), AfterValidator(_check_elements)]
"""An orbit, or input that converts to one: text of a TLE, text of an OMM, OPM or OEM in KVN, a dictionary of one of
these classes (tagged or not), or a stored record with an ``orbit`` method."""


def method_for(defaults: Mapping[type[Any], str]) -> BeforeValidator:
    """Return a validator for the field ``method``; if the field is empty, the type of ``orbit`` determines the method.

    It rejects SGP4 for osculating states, because SGP4 requires mean elements. The platform's other restrictions are
    undocumented.
    """

    def method(value: object, info: ValidationInfo) -> object:
        if "orbit" not in info.data:
            return value  # the orbit's own problem is reported
        orbit = info.data["orbit"]
        if value == "":
            value = next((name for kind, name in defaults.items() if isinstance(orbit, kind)), "")
        if value == "":
            raise rule(f"required for an orbit of type {type(orbit).__name__}", "set it, for example method='neptune'")
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", value) or value in {".", ".."}:
            raise rule("a name of letters, digits, '-', '_' and '.'", "for example 'sgp4' or 'neptune'")
        if value == "sgp4" and isinstance(orbit, StateVector | Opm | Oem):
            raise rule(
                "sgp4 requires mean elements", f"omit method, or pass a Tle instead of the {type(orbit).__name__}"
            )
        return value

    return BeforeValidator(method)


def orbit_epoch(orbit: AnyOrbit) -> datetime | None:
    """Return the epoch of an orbit, or None if its type has no single epoch."""
    return orbit.epoch if isinstance(orbit, Tle | Omm | StateVector | Opm) else None


def stale_tle_warnings(orbit: AnyOrbit, first: datetime, last: datetime) -> list[str]:
    """Return a warning if the orbit has mean elements and is used far from its epoch."""
    if not isinstance(orbit, Tle | Omm) or orbit.epoch is None:
        return []
    days = max((orbit.epoch - first).days, (last - orbit.epoch).days)
    number = orbit.norad_id if isinstance(orbit, Tle) else orbit.data.norad_cat_id
    if days <= MAX_TLE_AGE_DAYS:
        return []
    span = f"{wire_time(first)} to {wire_time(last)}"
    name = type(orbit).__name__.upper()
    return [
        f"The {name} of object {number} has epoch {wire_time(orbit.epoch)} but is used {days} days away from it "
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
    if isinstance(orbit, Omm):
        with contextlib.suppress(InputError):
            return tagged(orbit.to_tle())
    return tagged(orbit)
