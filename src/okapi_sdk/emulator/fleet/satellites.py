"""The satellites of the fleet: element sets of the day, and the records of the platform that follow from them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.tle import Tle, checksum, read_tle
from ..engines.instants import Instants, iso, whole_milliseconds
from ..services.motions import motion_of
from ..services.omm import omm_of
from ..services.risk_record import ACCEPTED_PROBABILITY
from ..store.elements import derived_elements

ORIGINATOR = "okapi-sdk emulator"
FIRST_NUMBER = 99_001
_NAMESPACE = uuid.UUID("6f6b6170-692d-5364-8b65-6d756c61746f")
_SHELLS = (
    # Inclination in degrees, revolutions per day.
    *((97.5, 15.2),) * 6,
    *((53.0, 15.06),) * 3,
    (0.02, 1.0027),
)
"""Orbits of ten consecutive satellites: sun-synchronous, inclined, and one geostationary."""
_GOLDEN_ANGLE = 137.508
"""Degrees between the anomalies of consecutive satellites, so that no two are close."""


def id_of(name: str) -> str:
    """Return an ID that never changes."""
    return str(uuid.uuid5(_NAMESPACE, name))


def element_sets(count: int, midnight: datetime) -> list[Tle]:
    """Return the element sets of a day, whose epoch is its midnight. The elements are the same every day."""
    return [_element_set(index, count, midnight) for index in range(count)]


def _element_set(index: int, count: int, midnight: datetime) -> Tle:
    inclination, mean_motion = _SHELLS[index % len(_SHELLS)]
    number, node, anomaly = FIRST_NUMBER + index, 360.0 * index / count, index * _GOLDEN_ANGLE % 360
    day = (midnight - midnight.replace(month=1, day=1)).days + 1
    lines = (
        f"1 {number:05}U 26001{_letters(index):<3} {midnight:%y}{day:03}.00000000  .00000000  00000-0  10000-4 0  999",
        f"2 {number:05} {inclination:8.4f} {node:8.4f} 0005000  90.0000 {anomaly:8.4f} {mean_motion:11.8f}    1",
    )
    checked = "\n".join(f"{line}{checksum(line)}" for line in lines)
    return read_tle(f"0 EMULATOR SAT {index + 1}\n{checked}")


def _letters(index: int) -> str:
    """Return the piece of a launch: A to Z, then AA, AB and so on."""
    high, low = divmod(index, 26)
    return (chr(ord("A") + high - 1) if high else "") + chr(ord("A") + low)


def satellite(tle: Tle) -> dict[str, Any]:
    """Return a satellite of the account."""
    return {
        "satellite_id": id_of(f"satellite {tle.catalogue_number}"),
        "name": tle.name,
        "norad_ids": [tle.catalogue_number],
        "area": 10.0,
        "mass": 1000.0,
        "thrust_output": 1.0,
        "max_thrust_duration": 600.0,
        "accepted_collision_probability": ACCEPTED_PROBABILITY,
        "accepted_minimum_distance": 1.0,
        "propulsion_type": "continuous",
        "maneuver_strategy": ["short_term", "long_term"],
        "space_track_status": "dont_know",
        "notification_verbosity": "observe",
        "active": True,
        "info": f"Invented by the {ORIGINATOR}.",
    }


def tle_record(tle: Tle) -> dict[str, Any]:
    """Return an element set in the format of Space-Track's GP class."""
    omm = omm_of(tle, tle.epoch)
    stated = {**omm["OMM_HEADER"], **omm["OMM_META_DATA"], **omm["OMM_DATA"]}
    stated["ORIGINATOR"] = "18 SPCS"
    shape = {name: round(value, 3) for name, value in derived_elements(omm).items() if name not in stated}
    texts = {name: str(value) for name, value in {**stated, **shape}.items()}
    return {
        "tle_id": id_of(f"tle {tle.catalogue_number} {iso(tle.epoch)}"),
        **texts,
        "TLE_LINE0": f"0 {tle.name}",
        "TLE_LINE1": tle.line1,
        "TLE_LINE2": tle.line2,
    }


def omm_record(tle: Tle) -> dict[str, Any]:
    """Return the mean elements as a stored OMM."""
    return {"omm_id": id_of(f"omm {tle.catalogue_number} {iso(tle.epoch)}"), **omm_of(tle, tle.epoch)}


def oem(tle: Tle) -> dict[str, Any]:
    """Return an ephemeris of the first two hours after the epoch."""
    start = whole_milliseconds(tle.epoch)
    seconds = np.arange(0.0, 7201.0, 60.0)
    positions, velocities = motion_of(tle).gcrf(Instants(start, seconds))
    names = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    rows = np.concatenate((np.round(positions, 6), np.round(velocities, 9))).T.tolist()
    data = [
        {"EPOCH": iso(start + timedelta(seconds=second)), **dict(zip(names, row, strict=True))}
        for second, row in zip(seconds.tolist(), rows, strict=True)
    ]
    return {
        "oem_id": id_of(f"oem {tle.catalogue_number} {iso(tle.epoch)}"),
        "norad_id": str(tle.catalogue_number),
        "is_predicted": True,
        "OEM_HEADER": {"CCSDS_OEM_VERS": 2.0, "CREATION_DATE": iso(start), "ORIGINATOR": ORIGINATOR},
        "OEM_META_DATA_DATA": [
            {
                "OBJECT_NAME": tle.name,
                "OBJECT_ID": str(tle.catalogue_number),
                "CENTER_NAME": "EARTH",
                "REF_FRAME": "GCRF",
                "TIME_SYSTEM": "UTC",
                "START_TIME": data[0]["EPOCH"],
                "STOP_TIME": data[-1]["EPOCH"],
                "DATA": data,
            }
        ],
    }
