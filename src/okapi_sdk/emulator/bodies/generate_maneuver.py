"""Bodies of generate-maneuver.

No source shows a body. The emulator takes `conjunction_id`, the ID of a stored conjunction, or `conjunction` and
`overrides` as in estimate-risk. It takes `maneuver_constraints` as in the result, whose fields are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .cdm import FORMS as CDM_FORMS
from .cdm import Cdm, read_cdm
from .estimate_risk import Overrides, read_overrides
from .fields import Fields, InputProblemError

_LONGEST = 366 * 86_400.0
# By field: the highest value and its unit in words.
_NUMBERS = {
    "max_thrust_duration": (_LONGEST, "seconds"),
    "min_thrust_duration": (_LONGEST, "seconds"),
    "thrust_output": (1e9, "newtons"),
    "min_time_in_sun": (86_400.0, "seconds"),
    "min_time_till_pass": (_LONGEST, "seconds"),
    "offset_cdm_and_earliest_maneuver": (_LONGEST / 3600, "hours"),
}
_FLAGS = (
    "in_sun_constraint", "use_min_time_till_pass", "use_offset_cdm_and_earliest_maneuver", "use_ground_station_passes",
)  # fmt: skip


@dataclass(frozen=True)
class Constraints:
    """The constraints of a request; those that it does not state are missing in `values`.

    `values`: numbers and flags by their names, in the units of the platform; the offset is in hours. `windows`: None if
    there are none. `stated`: the object as it was sent.
    """

    values: Mapping[str, float | bool] = field(default_factory=dict)
    windows: tuple[tuple[datetime, datetime], ...] | None = None
    stated: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class ManeuverRequest:
    """A request to avoid a conjunction: a stored one by its ID, or that of a message."""

    conjunction_id: str | None
    cdm: Cdm | None
    overrides: Overrides
    constraints: Constraints


def read_generate_maneuver(body: object) -> ManeuverRequest:
    """Read a body of generate-maneuver."""
    fields = Fields(body)
    conjunction_id: str | None = None
    cdm: Cdm | None = None
    if "conjunction_id" in fields or "conjunction" not in fields:
        stated = fields.take("conjunction_id")
        if not isinstance(stated, str) or not stated:
            raise InputProblemError("conjunction_id must be the ID of a stored conjunction")
        conjunction_id = stated
    else:
        cdm = read_cdm(*fields.tagged_one_of("conjunction", CDM_FORMS), "conjunction.content")
    overrides = Overrides()
    if "overrides" in fields:
        overrides = read_overrides(Fields(fields.tagged("overrides", "cdm_overrides.json"), "overrides.content"))
    constraints = Constraints()
    if "maneuver_constraints" in fields:
        constraints = _read_constraints(fields.take("maneuver_constraints"))
    fields.finish()
    return ManeuverRequest(conjunction_id, cdm, overrides, constraints)


def _read_constraints(stated: object) -> Constraints:
    fields = Fields(stated, "maneuver_constraints")
    values: dict[str, float | bool] = {}
    for name, (highest, unit) in _NUMBERS.items():
        if name in fields:
            values[name] = fields.number(name, 0, highest, unit)
    for name in _FLAGS:
        if name in fields:
            flag = fields.take(name)
            if not isinstance(flag, bool):
                raise InputProblemError(f"{fields.path(name)} must be true or false, not {str(flag)[:80]!r}")
            values[name] = flag
    windows = _read_windows(fields.take("maneuver_windows")) if "maneuver_windows" in fields else None
    fields.finish()
    if values.get("min_thrust_duration", 0.0) > values.get("max_thrust_duration", _LONGEST):
        raise InputProblemError(f"{fields.path('min_thrust_duration')} must not be longer than max_thrust_duration")
    return Constraints(values, windows, stated if isinstance(stated, Mapping) else None)


def _read_windows(value: object) -> tuple[tuple[datetime, datetime], ...]:
    path = "maneuver_constraints.maneuver_windows"
    if not isinstance(value, list):
        raise InputProblemError(f"{path} must be a list of windows")
    windows = []
    for index, one in enumerate(value):
        fields = Fields(one, f"{path}[{index}]")
        start, end = fields.time("start_epoch"), fields.time("end_epoch")
        fields.finish()
        if start >= end:
            raise InputProblemError(f"{fields.path('end_epoch')} must be later than start_epoch")
        windows.append((start, end))
    return tuple(windows)
