"""The orbit that a calculation starts from, and the propagation method that fits it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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

MOST_POINTS = 1_000_000
"""Output points of one calculation that the SDK asks for. The platform's own limit is not documented."""
TLE_DAYS = 30
"""Used farther from its epoch than so many days, a TLE is most likely not the one that was meant."""
DEFAULT_STEP = 60
"""Output step in seconds that the platform takes where none is given."""

_BY_TAG: Mapping[str, type[Tle | StateVector | Opm | Oem]] = {kind._tag: kind for kind in (Tle, StateVector, Opm, Oem)}
_MARKS: Mapping[str, type[Tle | StateVector | Opm | Oem]] = {
    "line1": Tle, "x_dot": StateVector, "OPM_DATA": Opm, "data": Opm, "OEM_META_DATA_DATA": Oem, "segments": Oem,
}  # fmt: skip
"""Fields by which a plain dictionary tells which of the classes it is."""


def _orbit(value: Any) -> Any:
    if isinstance(value, AnyOrbit):
        return value
    if isinstance(value, str):
        return Tle.model_validate(value)
    if isinstance(value, Mapping):
        if value.keys() == {"type", "content"}:
            kind = _BY_TAG.get(value["type"]) if isinstance(value["type"], str) else None
            return (kind or Tagged).model_validate(value)
        for mark, kind in _MARKS.items():
            if mark in value:
                return kind.model_validate(value)
    raise rule("a Tle, StateVector, Opm, Oem or Tagged", "Tle.parse(text) makes one from the text of a TLE")


Orbit = Annotated[AnyOrbit, BeforeValidator(_orbit)]
"""An orbit; also the text of a TLE, or the dictionary of one of the classes, tagged or not."""


def method_of(methods: Mapping[type[Any], str]) -> Callable[[dict[str, Any]], str]:
    """Default of a field ``method`` behind a field ``orbit``: what the orbit's type stands for, else empty."""
    return lambda data: next((name for kind, name in methods.items() if isinstance(data["orbit"], kind)), "")


def _method(value: object, info: ValidationInfo) -> str:
    orbit = info.data.get("orbit")
    if value == "":
        raise rule(f"required for an orbit of type {type(orbit).__name__}", "for example method='neptune'")
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", value) or value in {".", ".."}:
        raise rule("text of letters, digits, '-', '_' and '.'", "for example 'sgp4' or 'neptune'")
    if value == "sgp4" and isinstance(orbit, StateVector | Opm | Oem):
        raise rule("sgp4 takes mean elements", f"leave method out, or pass a Tle instead of the {type(orbit).__name__}")
    return value


FittingMethod: BeforeValidator = BeforeValidator(_method)
"""Refuses what cannot work: SGP4 from an osculating state. Which other pairs the platform takes is not documented."""


def epoch_of(orbit: AnyOrbit) -> datetime | None:
    """Epoch of an orbit that has one."""
    return orbit.epoch if isinstance(orbit, Tle | StateVector | Opm) else None


def stale(orbit: AnyOrbit, first: datetime, last: datetime) -> list[str]:
    """The doubt about a TLE that is used far from its epoch."""
    if not isinstance(orbit, Tle):
        return []
    days = max((orbit.epoch - first).days, (last - orbit.epoch).days)
    if days <= TLE_DAYS:
        return []
    used = f"{wire_time(first)} to {wire_time(last)}"
    return [
        f"The TLE of object {orbit.norad_id} has its epoch at {wire_time(orbit.epoch)} and is used {days} days from it "
        f"({used}). So far away it says little of a low orbit: take a newer one, or check the years."
    ]


def check_points(calculation: type[Calculation[Any]], field: str, span: timedelta, step: int | None) -> None:
    """Refuse a span that makes more output points than anyone can want."""
    seconds = step or DEFAULT_STEP
    points = int(span.total_seconds() / seconds) + 1
    if points > MOST_POINTS:
        raise refusal(
            calculation, field, f"{points} points",
            f"at most {MOST_POINTS:,} output points; {span.days} days at {seconds} s make {points:,}",
            f"shorten the span, or set output_step_size to {ceil(span.total_seconds() / (MOST_POINTS - 1))} or more",
        )  # fmt: skip


def tagged(value: Any) -> dict[str, Any]:
    """A value as the generic dialect carries it."""
    return {"type": value._tag, "content": value._wire()}
