"""Conjunction data messages of the fleet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from ..bodies.cdm import space_track_time
from ..bodies.tle import Tle
from ..engines.arrays import Array
from ..engines.encounter import Encounter
from ..services.message_estimation import METHOD
from ..services.written_cdm import MessageObject, write_cdm
from .satellites import ORIGINATOR

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


def write_message(message: Message) -> dict[str, Any]:
    """Return a message in Space-Track's JSON format."""
    tle = message.tle
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
    }
    first = (tle.name, str(tle.catalogue_number), tle.cospar_id, "PAYLOAD", "SATCAT")
    second = (debris_name(message.debris), str(message.debris), "UNKNOWN", "DEBRIS", "EMULATOR")
    own, other = (
        MessageObject(
            {
                "OBJECT_DESIGNATOR": number,
                "CATALOG_NAME": catalogue,
                "OBJECT_NAME": name,
                "INTERNATIONAL_DESIGNATOR": cospar_id,
                "OBJECT_TYPE": kind,
                "EPHEMERIS_NAME": "NONE",
                "COVARIANCE_METHOD": "DEFAULT",
                "MANEUVERABLE": "N/A",
            },
            np.diag(np.square((*deviations, *(_SPEED_DEVIATION,) * 3))),
            radius,
        )
        for (name, number, cospar_id, kind, catalogue), deviations, radius in zip(
            (first, second), message.deviations, message.radii, strict=True
        )
    )
    return write_cdm(head, message.tca, message.encounter, METHOD, (own, other))
