"""The seeded fleet: three satellites, their element sets and ephemerides, and three conjunctions.

The element sets are real: the one of the ISS is from August 2018, as in the platform's examples; the others are from
the test set of Vallado et al., AIAA 2006-6753. Their publication dates are unknown, so `CREATION_DATE` repeats the
epoch. OMMs and OEMs (SGP4 states in GCRF) are computed from them.

The conjunctions are invented, and their names say so: objects named EMULATOR DEBRIS, with numbers that no catalogue
uses, cross the path of a satellite. Only the place and angle of each crossing, the covariances and the radii are
invented. The state of the first object is computed from its element set, and the rest of the CDM is computed from both
states. The risk estimates are those that estimate-risk/foster-1992 returns for these CDMs.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from .bodies.cdm import read_cdm, space_track_time
from .bodies.tle import Tle, read_tle
from .engines.arrays import Array
from .engines.encounter import Encounter
from .engines.instants import Instants, iso, whole_milliseconds
from .services.cdm_conjunction import conjunction_of
from .services.motions import motion_of
from .services.omm import omm_of
from .services.risk_record import ACCEPTED_PROBABILITY, risk_records
from .store.elements import derived_elements
from .store.tables import Store

_NAMESPACE = uuid.UUID("6f6b6170-692d-5364-8b65-6d756c61746f")
_ORIGINATOR = "okapi-sdk emulator"
_ELEMENT_SETS = (
    "0 ISS (ZARYA)\n"
    "1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993\n"
    "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382",
    "0 CBERS 2\n"
    "1 28057U 03049A   06177.78615833  .00000060  00000-0  35940-4 0  1836\n"
    "2 28057  98.4283 247.6961 0000884  88.1964 271.9322 14.35478080140550",
    "0 XM-3\n"
    "1 28626U 05008A   06176.46683397 -.00000205  00000-0  10000-3 0  2190\n"
    "2 28626   0.0019 286.9433 0000335  13.7918  55.6504  1.00270176  4891",
)
_METHOD = "foster-1992"


@dataclass(frozen=True)
class _Crossing:
    """An invented object crossing the path of a satellite, and the uncertainties in each message.

    `miss`: metres in the encounter plane, one pair for each message; `deviations`: standard deviations of the satellite
    and the object along R, T, N in metres, for the same messages; `hours`: hours after midnight on the day of the
    element set; `angle`: angle between the two velocities in degrees; `radii`: radii in metres.
    """

    satellite: int
    number: int
    hours: float
    angle: float
    miss: tuple[tuple[float, float], ...]
    deviations: tuple[tuple[tuple[float, float, float], tuple[float, float, float]], ...]
    radii: tuple[float, float]


_CROSSINGS = (
    _Crossing(
        0, 99_901, 30.0, 75.0,
        ((310.0, -420.0), (188.0, -265.0)),
        (((20, 90, 15), (90, 1400, 60)), ((9, 60, 8), (35, 480, 30))),
        (55.0, 0.5),
    ),
    _Crossing(0, 99_902, 52.5, 130.0, ((-790.0, 1250.0),), (((18, 85, 14), (150, 600, 110)),), (55.0, 0.3)),
    _Crossing(
        1, 99_903, 41.2, 165.0,
        ((95.0, 160.0), (55.0, 40.0)),
        (((15, 240, 12), (60, 700, 45)), ((10, 120, 9), (28, 310, 25))),
        (3.0, 0.8),
    ),
)  # fmt: skip


def seed(store: Store) -> None:
    """Store the fleet. Its IDs never change, so seeding twice has no further effect."""
    content = json.loads(_content())
    for satellite, oem in zip(content["satellites"], content["oems"], strict=True):
        store.put("satellites", "satellite_id", [satellite])
        store.put("oems", "oem_id", [oem], satellite["satellite_id"])
    store.put("tles", "tle_id", content["tles"])
    store.put("omms", "omm_id", content["omms"])
    for conjunction, cdms, risks in content["conjunctions"]:
        id_ = conjunction["conjunction_id"]
        store.put("conjunctions", "conjunction_id", [conjunction])
        store.put("cdms", "CDM_ID", cdms, id_)
        store.put("conjunctions/{conjunction_id}/risk-estimations", "risk_estimation_id", risks, id_)


@cache
def _content() -> str:
    """Return the whole fleet as JSON, computed once."""
    tles = [read_tle(text) for text in _ELEMENT_SETS]
    return json.dumps(
        {
            "satellites": [_satellite(tle) for tle in tles],
            "oems": [_oem(tle) for tle in tles],
            "tles": [_tle_record(tle) for tle in tles],
            "omms": [{"omm_id": _id(f"omm {tle.catalogue_number}"), **omm_of(tle, tle.epoch)} for tle in tles],
            "conjunctions": [_conjunction(tles[crossing.satellite], crossing) for crossing in _CROSSINGS],
        },
        allow_nan=False,
    )


def _id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def _satellite(tle: Tle) -> dict[str, Any]:
    return {
        "satellite_id": _id(f"satellite {tle.catalogue_number}"),
        "name": tle.name,
        "norad_ids": [tle.catalogue_number],
        "area": 10.0,
        "mass": 1000.0,
        "accepted_collision_probability": ACCEPTED_PROBABILITY,
        "accepted_minimum_distance": 1.0,
        "propulsion_type": "continuous",
        "maneuver_strategy": ["short_term", "long_term"],
        "space_track_status": "dont_know",
        "notification_verbosity": "observe",
        "active": True,
        "info": f"Seeded by the {_ORIGINATOR}; area and mass are invented.",
    }


def _tle_record(tle: Tle) -> dict[str, Any]:
    omm = omm_of(tle, tle.epoch)
    stated = {**omm["OMM_HEADER"], **omm["OMM_META_DATA"], **omm["OMM_DATA"]}
    stated["ORIGINATOR"] = "18 SPCS"
    shape = {name: round(value, 3) for name, value in derived_elements(omm).items() if name not in stated}
    texts = {name: str(value) for name, value in {**stated, **shape}.items()}
    return {
        "tle_id": _id(f"tle {tle.catalogue_number}"),
        **texts,
        "TLE_LINE0": f"0 {tle.name}",
        "TLE_LINE1": tle.line1,
        "TLE_LINE2": tle.line2,
    }


def _oem(tle: Tle) -> dict[str, Any]:
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
        "oem_id": _id(f"oem {tle.catalogue_number}"),
        "norad_id": str(tle.catalogue_number),
        "is_predicted": True,
        "OEM_HEADER": {"CCSDS_OEM_VERS": 2.0, "CREATION_DATE": iso(start), "ORIGINATOR": _ORIGINATOR},
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


def _conjunction(tle: Tle, crossing: _Crossing) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    midnight = tle.epoch.replace(hour=0, minute=0, second=0, microsecond=0)
    tca = midnight + timedelta(hours=crossing.hours)
    positions, velocities = motion_of(tle).gcrf(Instants(tca, np.zeros(1)))
    position, velocity = positions[:, 0].round(6), velocities[:, 0].round(9)
    cdms, risks = [], []
    for index, (miss, deviations) in enumerate(zip(crossing.miss, crossing.deviations, strict=True)):
        created = tca - timedelta(hours=36 - 18 * index)
        encounter = _encounter(position, velocity, crossing.angle, miss)
        covariances = [np.diag(np.square(np.array(deviation))) for deviation in deviations]
        cdm = _cdm(tle, crossing, tca, created, encounter, covariances)
        id_ = _id(f"risk {crossing.number} {iso(created)}")
        (record,) = risk_records(conjunction_of(read_cdm("cdm.json", cdm, "cdm")), (_METHOD,))
        risk = {**record.content, "risk_estimation_id": id_}
        risk["comment"] = f"A conjunction invented by the {_ORIGINATOR}; its values are computed from the states."
        cdm["COLLISION_PROBABILITY"] = f"{risk['collision_probability']:.9E}"
        cdms.append(cdm)
        risks.append(risk)
    newest = risks[-1]
    return (
        {
            "conjunction_id": _id(f"conjunction {crossing.number}"),
            "sat1_norad_id": tle.catalogue_number,
            "sat2_norad_id": crossing.number,
            "sat1_name": tle.name,
            "sat2_name": _name(crossing),
            "criticality": newest["criticality"],
            "criticality_source": "risk_estimation",
            "newest_risk_estimation": newest,
        },
        cdms,
        risks,
    )


def _name(crossing: _Crossing) -> str:
    return f"EMULATOR DEBRIS {crossing.number}"


def _encounter(position: Array, velocity: Array, angle: float, miss: tuple[float, float]) -> Encounter:
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


def _cdm(
    tle: Tle,
    crossing: _Crossing,
    tca: datetime,
    created: datetime,
    encounter: Encounter,
    covariances: list[Array],
) -> dict[str, Any]:
    """Return a message in Space-Track's JSON format: every value is text, relative values are in metres."""
    head: dict[str, Any] = {
        "CONSTELLATION": "OKAPI-SDK EMULATOR",
        "CDM_ID": f"{crossing.number}{created:%d%H}",
        "INSERT_EPOCH": space_track_time(created),
        "GID": "0",
        "CCSDS_CDM_VERS": "1.0",
        "CREATION_DATE": space_track_time(created),
        "CREATION_DATE_FRACTION": "000000",
        "ORIGINATOR": _ORIGINATOR,
        "MESSAGE_FOR": tle.name,
        "MESSAGE_ID": f"{tle.catalogue_number}_conj_{crossing.number}_{created:%Y%j%H%M}",
        "TCA": space_track_time(tca),
        "TCA_FRACTION": f"{tca:%f}",
        **_with_unit("MISS_DISTANCE", encounter.miss_distance * 1000, "m", 3),
        **_with_unit("RELATIVE_SPEED", encounter.relative_speed * 1000, "m/s", 3),
        "COLLISION_PROBABILITY": "",
        "COLLISION_PROBABILITY_METHOD": _METHOD.upper(),
    }
    for kind, unit, values in (
        ("POSITION", "m", encounter.relative_position),
        ("VELOCITY", "m/s", encounter.relative_velocity),
    ):
        for axis, value in zip("RTN", (values * 1000).tolist(), strict=True):
            head |= _with_unit(f"RELATIVE_{kind}_{axis}", value, unit, 6)
    first = (tle.name, str(tle.catalogue_number), tle.cospar_id, "PAYLOAD", encounter.position1, encounter.velocity1)
    second = (_name(crossing), str(crossing.number), "UNKNOWN", "DEBRIS", encounter.position2, encounter.velocity2)
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
                "COMMENT_OPERATOR_HARD_BODY_RADIUS": f"{crossing.radii[index]}",
            }.items()
        }
        for key, value in zip(("X", "Y", "Z"), position.tolist(), strict=True):
            head |= _with_unit(f"{prefix}{key}", value, "km", 6)
        for key, value in zip(("X_DOT", "Y_DOT", "Z_DOT"), velocity.tolist(), strict=True):
            head |= _with_unit(f"{prefix}{key}", value, "km/s", 9)
        head |= _covariance(prefix, covariances[index])
    return head


def _covariance(prefix: str, position: Array) -> dict[str, str]:
    """Return the lower triangle of the covariance of position and velocity along R, T, N."""
    whole = np.zeros((6, 6))
    whole[:3, :3], whole[3:, 3:] = position, np.eye(3) * _SPEED_DEVIATION**2
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
