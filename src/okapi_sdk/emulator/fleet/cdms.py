"""Conjunction data messages of the fleet, in Space-Track's JSON format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from ..bodies.cdm import space_track_time
from ..bodies.tle import Tle
from ..engines.arrays import Array
from ..engines.encounter import Encounter
from .satellites import ORIGINATOR

METHOD = "foster-1992"
Deviations = tuple[float, float, float]
"""Standard deviations along R, T, N in metres."""


@dataclass(frozen=True)
class Message:
    """The content of a CDM: a satellite, an invented piece of debris, and their encounter. Radii are in metres."""

    tle: Tle
    debris: int
    tca: datetime
    created: datetime
    encounter: Encounter
    deviations: tuple[Deviations, Deviations]
    radii: tuple[float, float]


def debris_name(number: int) -> str:
    """Return the name of a piece of debris."""
    return f"EMULATOR DEBRIS {number}"


def encounter(position: Array, velocity: Array, angle: float, miss: tuple[float, float]) -> Encounter:
    """Return the encounter with an object as fast as the satellite, but turned by `angle` about the radial axis."""
    radial, turn = position / np.linalg.norm(position), np.radians(angle)
    turned = (
        velocity * np.cos(turn)
        + np.cross(radial, velocity) * np.sin(turn)
        + radial * (radial @ velocity) * (1 - np.cos(turn))
    ).round(9)
    plane = Encounter(position, velocity, position, turned).plane()
    # At closest approach, the line between the objects is perpendicular to the relative velocity.
    other = (position + np.array(miss) / 1000 @ plane).round(6)
    return Encounter(position, velocity, other, turned)


# Standard deviation of the velocity along each of R, T, N, in metres per second.
_SPEED_DEVIATION = 0.05


def write_cdm(message: Message) -> dict[str, Any]:
    """Return a message whose values are all text, with relative values in metres and an empty probability."""
    tle, encounter = message.tle, message.encounter
    head: dict[str, Any] = {
        "CONSTELLATION": "OKAPI-SDK EMULATOR",
        "CDM_ID": f"{message.debris}{message.created:%d%H}",
        "INSERT_EPOCH": space_track_time(message.created),
        "GID": "0",
        "CCSDS_CDM_VERS": "1.0",
        "CREATION_DATE": space_track_time(message.created),
        "CREATION_DATE_FRACTION": "000000",
        "ORIGINATOR": ORIGINATOR,
        "MESSAGE_FOR": tle.name,
        "MESSAGE_ID": f"{tle.catalogue_number}_conj_{message.debris}_{message.created:%Y%j%H%M}",
        "TCA": space_track_time(message.tca),
        "TCA_FRACTION": f"{message.tca:%f}",
        **_with_unit("MISS_DISTANCE", encounter.miss_distance * 1000, "m", 3),
        **_with_unit("RELATIVE_SPEED", encounter.relative_speed * 1000, "m/s", 3),
        "COLLISION_PROBABILITY": "",
        "COLLISION_PROBABILITY_METHOD": METHOD.upper(),
    }
    for kind, unit, values in (
        ("POSITION", "m", encounter.relative_position),
        ("VELOCITY", "m/s", encounter.relative_velocity),
    ):
        for axis, value in zip("RTN", (values * 1000).tolist(), strict=True):
            head |= _with_unit(f"RELATIVE_{kind}_{axis}", value, unit, 6)
    first = (tle.name, str(tle.catalogue_number), tle.cospar_id, "PAYLOAD", encounter.position1, encounter.velocity1)
    second = (
        debris_name(message.debris),
        str(message.debris),
        "UNKNOWN",
        "DEBRIS",
        encounter.position2,
        encounter.velocity2,
    )
    for index, (name, number, cospar_id, kind, position, velocity) in enumerate((first, second)):
        prefix = f"SAT{index + 1}_"
        head |= {
            f"{prefix}{key}": value
            for key, value in {
                "OBJECT": f"OBJECT{index + 1}",
                "OBJECT_DESIGNATOR": number,
                "CATALOG_NAME": "SATCAT" if index == 0 else "EMULATOR",
                "OBJECT_NAME": name,
                "INTERNATIONAL_DESIGNATOR": cospar_id,
                "OBJECT_TYPE": kind,
                "EPHEMERIS_NAME": "NONE",
                "COVARIANCE_METHOD": "DEFAULT",
                "MANEUVERABLE": "N/A",
                "REF_FRAME": "GCRF",
                "COMMENT_OPERATOR_HARD_BODY_RADIUS": f"{message.radii[index]}",
            }.items()
        }
        for key, value in zip(("X", "Y", "Z"), position.tolist(), strict=True):
            head |= _with_unit(f"{prefix}{key}", value, "km", 6)
        for key, value in zip(("X_DOT", "Y_DOT", "Z_DOT"), velocity.tolist(), strict=True):
            head |= _with_unit(f"{prefix}{key}", value, "km/s", 9)
        head |= _covariance(prefix, message.deviations[index])
    return head


def _covariance(prefix: str, position: Deviations) -> dict[str, str]:
    """Return the lower triangle of the covariance of position and velocity along R, T, N."""
    whole = np.zeros((6, 6))
    whole[:3, :3], whole[3:, 3:] = np.diag(np.square(position)), np.eye(3) * _SPEED_DEVIATION**2
    axes = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
    entries: dict[str, str] = {}
    for row in range(6):
        for column in range(row + 1):
            unit = ("m**2", "m**2/s", "m**2/s**2")[(row > 2) + (column > 2)]
            entries[f"{prefix}C{axes[row]}_{axes[column]}"] = f"{whole[row, column]:.9E}"
            entries[f"{prefix}C{axes[row]}_{axes[column]}_UNIT"] = unit
    return entries


def _with_unit(key: str, value: float, unit: str, digits: int) -> dict[str, str]:
    return {key: f"{value:.{digits}f}", f"{key}_UNIT": unit}
