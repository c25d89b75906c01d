"""The orbit input of calculations, and the matching propagation methods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from ..messages.oem import Oem
from ..messages.opm import Opm
from ..messages.tle import Tle
from ..models.json_form import wire_time
from ..models.problems import refusal, rule
from ..values.state_vector import StateVector
from ..values.tagged import Tagged
from .base import Calculation

AnyOrbit = Tle | StateVector | Opm | Oem | Tagged

MAX_POINTS = 1_000_000
"""Maximum number of output points per calculation. The platform's own limit is undocumented."""
MAX_TLE_AGE_DAYS = 30
"""Beyond this distance from its epoch, using a TLE is probably a mistake."""
DEFAULT_STEP = 60
"""The platform's default output step in seconds."""

_BY_TAG: Mapping[str, type[Tle | StateVector | Opm | Oem]] = {kind._tag: kind for kind in (Tle, StateVector, Opm, Oem)}
_BY_KEY: Mapping[str, type[Tle | StateVector | Opm | Oem]] = {
    "line1": Tle, "x_dot": StateVector, "OPM_DATA": Opm, "data": Opm, "OEM_META_DATA_DATA": Oem, "segments": Oem,
}  # fmt: skip
"""Keys that identify the class of a plain dictionary."""


def _orbit(value: Any) -> Any:
    if isinstance(value, AnyOrbit):
        return value
    if isinstance(value, str):
        return Tle.model_validate(value)
    if isinstance(value, Mapping):
        if value.keys() == {"type", "content"}:
            kind = _BY_TAG.get(value["type"]) if isinstance(value["type"], str) else None
            return (kind or Tagged).model_validate(value)
        for key, kind in _BY_KEY.items():
            if key in value:
                return kind.model_validate(value)
    raise rule("a Tle, StateVector, Opm, Oem or Tagged", "parse TLE text with Tle.parse(text)")


Orbit = Annotated[AnyOrbit, BeforeValidator(_orbit)]
"""An orbit, or input that converts to one: TLE text, or a dictionary of one of the classes (tagged or not)."""


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
    return orbit.epoch if isinstance(orbit, Tle | StateVector | Opm) else None


def stale_tle_warnings(orbit: AnyOrbit, first: datetime, last: datetime) -> list[str]:
    """Return a warning if the orbit is a TLE used far from its epoch."""
    if not isinstance(orbit, Tle):
        return []
    days = max((orbit.epoch - first).days, (last - orbit.epoch).days)
    if days <= MAX_TLE_AGE_DAYS:
        return []
    span = f"{wire_time(first)} to {wire_time(last)}"
    return [
        f"The TLE of object {orbit.norad_id} has epoch {wire_time(orbit.epoch)} but is used {days} days away from it "
        f"({span}). At that distance it is unreliable for a low orbit: use a newer TLE, or check the years."
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
    return {"type": value._tag, "content": value._wire()}
