"""Mean elements in the JSON of an OMM, in blocks like those of the platform's OPM or flat as catalogues publish it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fields import Fields, InputProblemError
from .inputs import read_tle_text
from .tle import Tle
from .values import read_epoch, read_number

FORMS = ("tle.txt", "omm.json")
"""Tags of mean elements."""
_BLOCKS = ("OMM_HEADER", "OMM_META_DATA", "OMM_DATA")
_ELEMENTS = {
    "mean_motion": "MEAN_MOTION", "eccentricity": "ECCENTRICITY", "inclination": "INCLINATION",
    "right_ascension_of_node": "RA_OF_ASC_NODE", "argument_of_perigee": "ARG_OF_PERICENTER",
    "mean_anomaly": "MEAN_ANOMALY",
}  # fmt: skip
_OTHERS = {"bstar": "BSTAR", "mean_motion_dot": "MEAN_MOTION_DOT", "mean_motion_ddot": "MEAN_MOTION_DDOT"}
_COUNTS = {"ephemeris_type": "EPHEMERIS_TYPE", "element_set": "ELEMENT_SET_NO", "revolution": "REV_AT_EPOCH"}


def read_mean_elements(fields: Fields, name: str = "orbit") -> Tle:
    """The elements of a tagged TLE or OMM. Raises InputProblemError with the field's name."""
    tag, content = fields.tagged_one_of(name, FORMS)
    path = f"{fields.path(name)}.content"
    return read_tle_text(content, path) if tag == "tle.txt" else read_omm(content, path)


def read_omm(content: object, path: str) -> Tle:
    """Read the elements of an OMM as a `Tle` with empty lines. Raises InputProblemError with the field's name."""
    if not isinstance(content, Mapping):
        raise InputProblemError(f"{path} must be an object")
    flat: dict[str, Any] = {key: value for key, value in content.items() if key not in _BLOCKS}
    for block in _BLOCKS:
        if isinstance(content.get(block), Mapping):
            flat |= content[block]
    for key, expected in (("TIME_SYSTEM", "UTC"), ("REF_FRAME", "TEME"), ("CENTER_NAME", "EARTH")):
        if str(flat.get(key) or expected).upper() != expected:
            raise InputProblemError(f"{path}: {key} must be {expected}, not {flat[key]!r}")
    epoch = read_epoch(flat.get("EPOCH"))
    elements = {name: read_number(flat.get(key)) for name, key in (_ELEMENTS | _OTHERS | _COUNTS).items()}
    missing = [key for name, key in _ELEMENTS.items() if elements[name] is None] + ["EPOCH"] * (epoch is None)
    if missing or epoch is None:
        raise InputProblemError(f"{path} lacks a valid {' and '.join(missing)}")
    if not 0 < (elements["mean_motion"] or 0) < 18 or not 0 <= (elements["eccentricity"] or 0) < 1:
        raise InputProblemError(f"{path}: MEAN_MOTION must be from 0 to 18 and ECCENTRICITY from 0 to 1")
    numbers = {name: value or 0.0 for name, value in elements.items()}
    return Tle(
        line1="",
        line2="",
        name=str(flat.get("OBJECT_NAME") or "") or None,
        catalogue_number=int(read_number(flat.get("NORAD_CAT_ID")) or 0),
        classification=str(flat.get("CLASSIFICATION_TYPE") or "U"),
        cospar_id=str(flat.get("OBJECT_ID") or ""),
        epoch=epoch,
        mean_motion_dot=numbers["mean_motion_dot"],
        mean_motion_ddot=numbers["mean_motion_ddot"],
        bstar=numbers["bstar"],
        ephemeris_type=int(numbers["ephemeris_type"]),
        element_set=int(numbers["element_set"]),
        inclination=numbers["inclination"],
        right_ascension_of_node=numbers["right_ascension_of_node"],
        eccentricity=numbers["eccentricity"],
        argument_of_perigee=numbers["argument_of_perigee"],
        mean_anomaly=numbers["mean_anomaly"],
        mean_motion=numbers["mean_motion"],
        revolution=int(numbers["revolution"]),
    )
