"""Parsing of the flat forms of a CDM: both JSON formats and KVN text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..models.problems import rule
from .cdm_object import (
    CdmBlock,
    CdmObject,
    SpaceTrack,
    Unit,
    field_mark,
)
from .cdm_relative import CdmRelativeData
from .kvn import Line, number_in_unit
from .kvn_blocks import add_comments
from .text_kinds import message_lines
from .units import UnitError, in_unit

OBJECTS: Mapping[str, str] = {"SAT1_": "object1", "SAT2_": "object2"}
"""Key prefix of each object, and the field that holds the object."""
FRACTION, UNIT = "_FRACTION", "_UNIT"
_MICROSECOND_DIGITS = 6
TIMED = ("CREATION_DATE", "TCA", "TIME_LASTOB_START", "TIME_LASTOB_END")
"""Times for which Space-Track's format has a separate key with the fraction of a second."""
_PREFIXES = {"OBJECT1_": "SAT1_", "OBJECT2_": "SAT2_", "SAT_1_": "SAT1_", "SAT_2_": "SAT2_"}
_SYNONYMS = {
    "MIN_RNG": "MISS_DISTANCE", "PC": "COLLISION_PROBABILITY", "CREATED": "CREATION_DATE",
    "EMERGENCY_REPORTABLE": "COMMENT_EMERGENCY_REPORTABLE", "SAT_1_ID": "SAT1_OBJECT_DESIGNATOR",
    "SAT_2_ID": "SAT2_OBJECT_DESIGNATOR", "SAT_1_NAME": "SAT1_OBJECT_NAME", "SAT_2_NAME": "SAT2_OBJECT_NAME",
}  # fmt: skip
"""Keys of Space-Track's public conjunctions, class ``cdm_public``; the distance is in metres."""
_HEAD = frozenset((
    "CCSDS_CDM_VERS", "CDM_ID", "CONSTELLATION", "CREATION_DATE", "FILENAME", "GID", "INSERT_EPOCH", "MESSAGE_FOR",
    "MESSAGE_ID", "ORIGINATOR", "TCA",
))  # fmt: skip
"""Keys that say nothing about the conjunction except its time."""


def field_place(key: str) -> tuple[type[CdmBlock], str]:
    """Return the model that holds a key, and the name of its field there."""
    return (CdmObject, key[5:].lower()) if key[:5] in OBJECTS else (CdmRelativeData, key.lower())


def has_field(key: str) -> bool:
    """Return True if a field exists for the key."""
    model, name = field_place(key)
    return name in model.model_fields


def unit_of(key: str) -> str | None:
    """Return the standard's unit for the value of a key, or None."""
    model, name = field_place(key)
    unit = field_mark(model, name, Unit) if name in model.model_fields else None
    return None if unit is None else str(unit.name)


def is_space_track_key(key: str) -> bool:
    """Return True if a known key exists only in Space-Track's format."""
    return field_mark(*field_place(key), SpaceTrack) is not None


def base_key(key: str) -> str:
    """Return the key to which a unit or fraction key belongs; any other key unchanged."""
    for suffix in (FRACTION, UNIT):
        if key.endswith(suffix) and has_field(key.removesuffix(suffix)):
            return key.removesuffix(suffix)
    return key


def known_keys(flat: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return a flat form with the keys of `Cdm` for those of flat tables and of Space-Track's public conjunctions.

    Raises:
        PydanticCustomError: if two keys have the same meaning, or if all keys except the TCA are unknown.
    """
    renamed: dict[Any, Any] = {}
    for key, value in flat.items():
        name = _known_key(key) if isinstance(key, str) else key
        if name in renamed or (name != key and name in flat):
            raise rule(f"{name} may appear only once; {key} has the same meaning", "remove one of them")
        renamed[name] = value
    keys = [key for key in renamed if isinstance(key, str)]
    unknown = [key for key in keys if not (has_field(base_key(key)) or key.lower() in OBJECTS.values())]
    if unknown and all(key in unknown or base_key(key).upper() in _HEAD for key in keys):
        named = ", ".join(unknown[:3])
        raise rule(f"keys of a CDM besides the time; {named} are unknown", "rename them, for example MISS_DISTANCE")
    return renamed


def _known_key(key: str) -> str:
    for prefix, ours in _PREFIXES.items():
        name = _SYNONYMS.get(key, ours + key.removeprefix(prefix) if key.startswith(prefix) else key)
        if name != key:
            return name
    return key


def nested_form(flat: Mapping[Any, Any]) -> dict[Any, Any]:
    """Convert a flat form to model fields: nest the objects, check units, append fractions to times and drop nulls."""
    fields: dict[Any, Any] = {}
    objects: dict[str, dict[str, Any]] = {}
    for key, value in flat.items():
        if not isinstance(key, str):
            fields[key] = value
        elif base_key(key) != key:
            expected = unit_of(base_key(key)) if key.endswith(UNIT) else None
            if expected is not None and isinstance(value, str):
                _check_unit(base_key(key), value, expected)
        elif (value is None or value == "") and has_field(key):
            continue
        else:
            item = _with_fraction(key, value, flat.get(key + FRACTION)) if key.endswith(TIMED) else value
            if key[:5] in OBJECTS:
                objects.setdefault(OBJECTS[key[:5]], {})[key[5:]] = item
            else:
                fields[key] = item
    for name, block in objects.items():
        if name in fields:
            raise rule(
                f"{name} may appear only once; it appears twice",
                "pass it either nested or with the prefix SAT1_ or SAT2_",
            )
        fields[name] = block
    return fields


def _check_unit(key: str, unit: str, expected: str) -> None:
    try:
        converted = in_unit("1", unit, expected)
    except UnitError as error:
        problem, remedy = f"{key}: {error}", error.remedy
    else:
        if converted == "1":
            return
        problem, remedy = f"{key} in {expected}; this value is in {unit}", f"convert it to {expected}"
    raise rule(problem, remedy)


def _with_fraction(key: str, value: Any, fraction: object) -> Any:
    """Return a time with its fraction of a second, a whole number whose leading zeros may be missing.

    Six digits are microseconds. No source shows the unit of a shorter number: up to three digits are taken as
    milliseconds, as in the platform's examples, and more as microseconds.
    """
    digits = str(fraction).strip() if isinstance(fraction, str | int) else ""
    if not isinstance(value, str) or not digits.isdecimal() or "." in value:
        return value
    if len(digits) > _MICROSECOND_DIGITS:
        raise rule(f"{key}{FRACTION} with at most six digits, the microseconds", "round it to microseconds")
    return f"{value.strip()}.{digits.zfill(3 if len(digits) <= 3 else _MICROSECOND_DIGITS)}"


def field_path(key: str) -> str:
    """Return the path of the field that holds a key."""
    return f"{OBJECTS[key[:5]]}.{key[5:].lower()}" if key[:5] in OBJECTS else key.lower()


def flat_form(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Parse KVN text and return its flat form with the line number of each field.

    Raises:
        InputError: if a line cannot be parsed; the message gives its number.
    """
    flat: dict[str, Any] = {}
    numbers: dict[str, int] = {}
    pending: list[str] = []
    prefix = section = ""
    for line in message_lines(text, "CCSDS_CDM_VERS"):
        comment = line.comment
        if comment is not None:
            pending.append(comment)
            continue
        keyword, value = line.pair()
        if keyword == "OBJECT":
            prefix = {"OBJECT1": "SAT1_", "OBJECT2": "SAT2_"}.get(value.upper(), "")
            if not prefix:
                raise line.error("OBJECT1 or OBJECT2", "name the object that follows")
            numbers.setdefault(OBJECTS[prefix], line.number)
        key = prefix + keyword
        _check_position(line, prefix, keyword)
        if key in flat:
            raise line.error(
                f"{keyword} may appear only once; it is also on line {numbers[field_path(key)]}", "remove one of them"
            )
        section = _section_key(key) or section
        add_comments(flat, section, pending)
        expected = unit_of(key)
        if expected is not None:
            value = number_in_unit(line, value, expected)
        flat[key] = value
        numbers[field_path(key)] = line.number
        numbers.setdefault("", line.number)
    add_comments(flat, section, pending)
    return flat, numbers


def _check_position(line: Line, prefix: str, keyword: str) -> None:
    current, other = (CdmObject, CdmRelativeData) if prefix else (CdmRelativeData, CdmObject)
    name = keyword.lower()
    if name in current.model_fields:
        if name.endswith("comments"):
            raise line.error("a keyword of the standard", "write comments as COMMENT lines")
    elif name in other.model_fields:
        position = "before OBJECT = OBJECT1" if prefix else "after OBJECT = OBJECT1 or OBJECT2"
        raise line.error(f"{keyword} {position}", "move the line")
    elif keyword.startswith((*OBJECTS, *_PREFIXES)) or name in OBJECTS.values():
        raise line.error("a keyword of the standard", "start each object with OBJECT = OBJECT1 or OBJECT2")
    elif base_key(prefix + keyword) != prefix + keyword:
        remedy = "write units in brackets after the value, and fractions of a second in the time"
        raise line.error("a keyword of the standard", remedy)


@cache
def _section_key(key: str) -> str | None:
    """Return the key for comments that precede a keyword: the comments key of its section."""
    model, name = field_place(key)
    if name not in model.model_fields:
        return None
    names = list(model.model_fields)
    preceding = names[: names.index(name) + 1]
    section = next((field for field in reversed(preceding) if field.endswith("comments")), "comments")
    return key[: len(key) - len(name)] + section.upper()
