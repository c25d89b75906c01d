"""Bodies of estimate-risk: a CDM, and values that replace those of the CDM."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from .cdm import FORMS as CDM_FORMS
from .cdm import PREFIXES, Cdm, read_cdm
from .fields import Fields, InputProblemError, is_typed

MOST_COMBINATIONS = 1_000

# A demonstration page labels RELATIVE_POSITION_R with kilometres, but the CDM key of that name is in metres. The units
# of T and N are just as uncertain.
_UNIT_UNKNOWN = tuple(f"RELATIVE_POSITION_{axis}" for axis in "RTN")


@dataclass(frozen=True)
class Overrides:
    """Values that replace the values of a message.

    `radii`: hard-body radii in metres; None means the radius in the message. `scales`: the covariance factors to try,
    for each object and axis, such as `("SAT1_", "R")`. `unclear`: keys that the platform knows, but whose units no
    source states.
    """

    radii: tuple[float | None, float | None] = (None, None)
    scales: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True)
class RiskRequest:
    """A request for the collision risk of a conjunction."""

    cdm: Cdm
    overrides: Overrides


def read_estimate_risk(body: object) -> RiskRequest:
    """Read a body of estimate-risk."""
    fields = Fields(body)
    overrides = Overrides()
    if is_typed(body):
        cdm = read_cdm("cdm.json", fields.take("CCSDS_CDM"), "CCSDS_CDM")
        if "overrides" in fields:
            overrides = read_overrides(fields.fields("overrides"))
    else:
        cdm = read_cdm(*fields.tagged_one_of("conjunction", CDM_FORMS), "conjunction.content")
        if "overrides" in fields:
            content = fields.tagged("overrides", "cdm_overrides.json")
            overrides = read_overrides(Fields(content, "overrides.content"))
    fields.finish()
    return RiskRequest(cdm, overrides)


def read_overrides(fields: Fields) -> Overrides:
    """Return the overrides in an object."""
    unclear = tuple(name for name in _UNIT_UNKNOWN if name in fields)
    for name in unclear:
        fields.take(name)
    radii = []
    scales: dict[tuple[str, str], tuple[float, ...]] = {}
    for prefix in PREFIXES:
        name = f"{prefix}HARD_BODY_RADIUS"
        radii.append(fields.number(name, 0, 1e6, "metres") if name in fields else None)
        for axis in "RTN":
            if (name := f"{prefix}COVARIANCE_{axis}_SCALING_RANGE") in fields:
                scales[prefix, axis] = _read_range(fields.fields(name))
    fields.finish()
    combinations = math.prod(len(values) for values in scales.values())
    if combinations > MOST_COMBINATIONS:
        raise InputProblemError(
            f"the scaling ranges have {combinations:,} combinations; the emulator computes up to {MOST_COMBINATIONS:,}"
        )
    return Overrides((radii[0], radii[1]), scales, unclear)


def _read_range(fields: Fields) -> tuple[float, ...]:
    """Return the values from `lower_bound` to at most `upper_bound`, in steps of `step_size`."""
    low, high = (fields.number(name, 1e-6, 1e6, "a factor") for name in ("lower_bound", "upper_bound"))
    step = fields.number("step_size", 1e-6, 1e6, "a factor")
    fields.finish()
    if low > high:
        raise InputProblemError(f"{fields.path('upper_bound')} must not be less than {fields.path('lower_bound')}")
    count = int((high - low) / step + 1e-9) + 1
    if count > MOST_COMBINATIONS:
        raise InputProblemError(
            f"{fields.path('step_size')}: {count:,} steps; the emulator accepts up to {MOST_COMBINATIONS:,}"
        )
    return tuple(round(low + index * step, 12) for index in range(count))
