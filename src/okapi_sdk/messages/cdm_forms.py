"""Parsing of the flat forms of a CDM: both JSON formats and KVN text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Any

from pydantic_core import from_json

from ..models.problems import rule
from .cdm_object import (
    CdmBlock,
    CdmObject,
    SpaceTrack,
    Unit,
    field_mark,
)
from .cdm_relative import CdmRelativeData
from .kvn import (
    Line,
    first_line,
    split_unit,
    text_lines,
    unit_matches,
)

OBJECTS: Mapping[str, str] = {"SAT1_": "object1", "SAT2_": "object2"}
"""Key prefix of each object, and the field that holds the object."""
FRACTION, UNIT = "_FRACTION", "_UNIT"
TIMED = ("CREATION_DATE", "TCA", "TIME_LASTOB_START", "TIME_LASTOB_END")
"""Times for which Space-Track's format has a separate key with the fraction of a second."""


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


def parse_json(text: str) -> Any:
    """Return the data of a JSON download."""
    try:
        return from_json(text.lstrip("\ufeff"), allow_inf_nan=False)
    except ValueError as error:
        problem = str(error)
    raise rule(f"valid JSON; {problem}", "pass the complete text")


def nested_form(flat: Mapping[Any, Any]) -> dict[Any, Any]:
    """Convert a flat form to model fields: nest the objects, check units, append fractions to times and drop nulls."""
    fields: dict[Any, Any] = {}
    objects: dict[str, dict[str, Any]] = {}
    for key, value in flat.items():
        if not isinstance(key, str):
            fields[key] = value
        elif base_key(key) != key:
            expected = unit_of(base_key(key)) if key.endswith(UNIT) else None
            if expected is not None and not unit_matches(value, expected):
                raise rule(f"{base_key(key)} in {expected}; this value is in {value}", f"convert it to {expected}")
        elif (value is None or value == "") and has_field(key):
            continue
        else:
            item = _with_fraction(value, flat.get(key + FRACTION)) if key.endswith(TIMED) else value
            if key[:5] in OBJECTS:
                objects.setdefault(OBJECTS[key[:5]], {})[key[5:]] = item
            else:
                fields[key] = item
    for name, block in objects.items():
        if name in fields:
            raise rule(f"{name} only once; it appears twice", "pass it either nested or with the prefix SAT1_ or SAT2_")
        fields[name] = block
    return fields


def _with_fraction(value: Any, fraction: object) -> Any:
    # The fraction holds the digits after the decimal point. No source shows a value other than 0, but six digits can
    # only be microseconds.
    digits = str(fraction).strip() if isinstance(fraction, str | int) else ""
    if not isinstance(value, str) or not digits.isdigit() or "." in value:
        return value
    return f"{value.strip()}.{digits}"


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
    rest = text_lines(text)
    for line in chain((first_line(rest, "CCSDS_CDM_VERS"),), rest):
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
                f"{keyword} only once; it is also in line {numbers[field_path(key)]}", "remove one of them"
            )
        section = _section_key(key) or section
        if pending:
            flat[section] = (*flat.get(section, ()), *pending)
            pending.clear()
        expected = unit_of(key)
        if expected is not None:
            value, unit = split_unit(value)
            if not unit_matches(unit, expected):
                raise line.error(f"a value in {expected}; this one is in {unit}", f"convert it to {expected}")
        flat[key] = value
        numbers[field_path(key)] = line.number
        numbers.setdefault("", line.number)
    if pending:
        flat[section] = (*flat.get(section, ()), *pending)
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
    elif keyword[:5] in OBJECTS or name in OBJECTS.values():
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
