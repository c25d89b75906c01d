"""The flat forms of a CDM on their way in: keys of both JSON forms, and KVN text."""

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
"""Beginnings of the keys of each object, and the fields that hold them here."""
FRACTION, UNIT = "_FRACTION", "_UNIT"
TIMED = ("CREATION_DATE", "TCA", "TIME_LASTOB_START", "TIME_LASTOB_END")
"""Times whose fraction of a second has a key of its own in Space-Track's form."""


def field_place(key: str) -> tuple[type[CdmBlock], str]:
    """The model that holds a key, and the name that its field has there."""
    return (CdmObject, key[5:].lower()) if key[:5] in OBJECTS else (CdmRelativeData, key.lower())


def has_field(key: str) -> bool:
    """Whether there is a field for a key."""
    model, name = field_place(key)
    return name in model.model_fields


def unit_of(key: str) -> str | None:
    """The standard's unit of what a key holds."""
    model, name = field_place(key)
    unit = field_mark(model, name, Unit) if name in model.model_fields else None
    return None if unit is None else str(unit.name)


def is_space_track_key(key: str) -> bool:
    """Whether a known key is of Space-Track's form only."""
    return field_mark(*field_place(key), SpaceTrack) is not None


def base_key(key: str) -> str:
    """The key that the key of a unit or a fraction belongs to; any other key as it is."""
    for suffix in (FRACTION, UNIT):
        if key.endswith(suffix) and has_field(key.removesuffix(suffix)):
            return key.removesuffix(suffix)
    return key


def parse_json(text: str) -> Any:
    """The text of a JSON download as data."""
    try:
        return from_json(text.lstrip("\ufeff"), allow_inf_nan=False)
    except ValueError as error:
        found = str(error)
    raise rule(f"JSON text: {found}", "pass the whole text")


def nested_form(flat: Mapping[Any, Any]) -> dict[Any, Any]:
    """A flat form as our fields: objects apart, units checked, fractions joined to their times, nulls left out."""
    found: dict[Any, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for key, value in flat.items():
        if not isinstance(key, str):
            found[key] = value
        elif base_key(key) != key:
            due = unit_of(base_key(key)) if key.endswith(UNIT) else None
            if due is not None and not unit_matches(value, due):
                raise rule(f"{base_key(key)} in {due}; this one is in {value}", f"convert it to {due}")
        elif (value is None or value == "") and has_field(key):
            continue
        else:
            kept = _with_fraction(value, flat.get(key + FRACTION)) if key.endswith(TIMED) else value
            if key[:5] in OBJECTS:
                parts.setdefault(OBJECTS[key[:5]], {})[key[5:]] = kept
            else:
                found[key] = kept
    for name, part in parts.items():
        if name in found:
            raise rule(f"one {name}; here are two", "give it either nested or under SAT1_ and SAT2_")
        found[name] = part
    return found


def _with_fraction(value: Any, fraction: object) -> Any:
    # Digits behind the point. No source shows one other than 0; of six digits there is no other reading.
    digits = str(fraction).strip() if isinstance(fraction, str | int) else ""
    joins = isinstance(value, str) and digits.isdigit() and "." not in value
    return f"{value.strip()}.{digits}" if joins else value


def field_path(key: str) -> str:
    """The path of the field that holds a key."""
    return f"{OBJECTS[key[:5]]}.{key[5:].lower()}" if key[:5] in OBJECTS else key.lower()


def flat_form(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """KVN text as a flat form, and the line of each field.

    Raises:
        InputError: with the number of a line that cannot be read.
    """
    found: dict[str, Any] = {}
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
        _check_place(line, prefix, keyword)
        if key in found:
            raise line.error(f"each keyword once; it stands in line {numbers[field_path(key)]} too", "remove one")
        section = _section_key(key) or section
        if pending:
            found[section] = (*found.get(section, ()), *pending)
            pending.clear()
        due = unit_of(key)
        if due is not None:
            value, unit = split_unit(value)
            if not unit_matches(unit, due):
                raise line.error(f"a value in {due}; this one is in {unit}", f"convert it to {due}")
        found[key] = value
        numbers[field_path(key)] = line.number
        numbers.setdefault("", line.number)
    if pending:
        found[section] = (*found.get(section, ()), *pending)
    return found, numbers


def _check_place(line: Line, prefix: str, keyword: str) -> None:
    here, there = (CdmObject, CdmRelativeData) if prefix else (CdmRelativeData, CdmObject)
    name = keyword.lower()
    if name in here.model_fields:
        if name.endswith("comments"):
            raise line.error("a keyword of the standard", "write remarks as COMMENT and the remark")
    elif name in there.model_fields:
        where = "in front of OBJECT = OBJECT1" if prefix else "behind OBJECT = OBJECT1 or OBJECT2"
        raise line.error(f"{keyword} {where}", "move it there")
    elif keyword[:5] in OBJECTS or name in OBJECTS.values():
        raise line.error("a keyword of the standard", "begin an object with OBJECT = OBJECT1 or OBJECT2")
    elif base_key(prefix + keyword) != prefix + keyword:
        raise line.error("a keyword of the standard", "write a unit in brackets, and a time with its fraction")


@cache
def _section_key(key: str) -> str | None:
    """The key under which remarks in front of a keyword are held: that of its section."""
    model, name = field_place(key)
    if name not in model.model_fields:
        return None
    names = list(model.model_fields)
    before = names[: names.index(name) + 1]
    section = next((one for one in reversed(before) if one.endswith("comments")), "comments")
    return key[: len(key) - len(name)] + section.upper()
