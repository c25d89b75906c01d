"""Conjunction data messages of the emulator, in Space-Track's JSON format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..bodies.cdm import AXES, PREFIXES, STATE, space_track_time
from ..engines.arrays import Array
from ..engines.encounter import Encounter


@dataclass(frozen=True)
class MessageObject:
    """One object: its metadata by keyword, its covariance along R, T, N (6 by 6, m and m/s), and its radius in m."""

    metadata: Mapping[str, Any]
    covariance: Array
    radius: float | None


def write_cdm(
    head: Mapping[str, Any],
    tca: datetime,
    encounter: Encounter,
    method: str,
    objects: tuple[MessageObject, MessageObject],
) -> dict[str, Any]:
    """Return a message whose values are all text, with relative values in metres and an empty probability."""
    flat: dict[str, Any] = {
        **head,
        "TCA": space_track_time(tca),
        "TCA_FRACTION": f"{tca:%f}",
        **_with_unit("MISS_DISTANCE", encounter.miss_distance * 1000, "m", 3),
        **_with_unit("RELATIVE_SPEED", encounter.relative_speed * 1000, "m/s", 3),
        "COLLISION_PROBABILITY": "",
        "COLLISION_PROBABILITY_METHOD": method.upper(),
    }
    for kind, unit, values in (
        ("POSITION", "m", encounter.relative_position),
        ("VELOCITY", "m/s", encounter.relative_velocity),
    ):
        for axis, value in zip("RTN", (values * 1000).tolist(), strict=True):
            flat |= _with_unit(f"RELATIVE_{kind}_{axis}", value, unit, 6)
    states = (
        (encounter.position1, encounter.velocity1),
        (encounter.position2, encounter.velocity2),
    )
    for prefix, one, (position, velocity) in zip(PREFIXES, objects, states, strict=True):
        flat[f"{prefix}OBJECT"] = f"OBJECT{prefix[3]}"
        flat |= {f"{prefix}{key}": value for key, value in one.metadata.items()}
        flat[f"{prefix}REF_FRAME"] = "GCRF"
        if one.radius is not None:
            flat[f"{prefix}COMMENT_OPERATOR_HARD_BODY_RADIUS"] = f"{one.radius}"
        for key, value in zip(STATE[:3], position.tolist(), strict=True):
            flat |= _with_unit(f"{prefix}{key}", value, "km", 6)
        for key, value in zip(STATE[3:], velocity.tolist(), strict=True):
            flat |= _with_unit(f"{prefix}{key}", value, "km/s", 9)
        flat |= _covariance(prefix, one.covariance)
    return flat


def _covariance(prefix: str, covariance: Array) -> dict[str, str]:
    """Return the lower triangle."""
    entries: dict[str, str] = {}
    for row in range(6):
        for column in range(row + 1):
            key = f"{prefix}C{AXES[row]}_{AXES[column]}"
            entries[key] = f"{covariance[row, column]:.9E}"
            entries[f"{key}_UNIT"] = ("m**2", "m**2/s", "m**2/s**2")[(row > 2) + (column > 2)]
    return entries


def _with_unit(key: str, value: float, unit: str, digits: int) -> dict[str, str]:
    return {key: f"{value:.{digits}f}", f"{key}_UNIT": unit}
