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
    mark,
)
from .cdm_relative import CdmRelativeData
from .kvn import (
    Line,
    first_line,
    lines,
    right_unit,
    without_unit,
)

OBJECTS: Mapping[str, str] = {"SAT1_": "object1", "SAT2_": "object2"}
"""Beginnings of the keys of each object, and the fields that hold them here."""
FRACTION, UNIT = "_FRACTION", "_UNIT"
TIMED = ("CREATION_DATE", "TCA", "TIME_LASTOB_START", "TIME_LASTOB_END")
"""Times whose fraction of a second has a key of its own in Space-Track's form."""


def place(key: str) -> tuple[type[CdmBlock], str]:
    """The model that holds a key, and the name that its field has there."""
    return (CdmObject, key[5:].lower()) if key[:5] in OBJECTS else (CdmRelativeData, key.lower())


def is_known(key: str) -> bool:
    """Whether there is a field for a key."""
    model, name = place(key)
    return name in model.model_fields


def unit_of(key: str) -> str | None:
    """The standard's unit of what a key holds."""
    model, name = place(key)
    unit = mark(model, name, Unit) if name in model.model_fields else None
    return None if unit is None else str(unit.name)


def is_own(key: str) -> bool:
    """Whether a known key is of Space-Track's form only."""
    return mark(*place(key), SpaceTrack) is not None


def base(key: str) -> str:
    """The key that the key of a unit or a fraction belongs to; any other key as it is."""
    for suffix in (FRACTION, UNIT):
        if key.endswith(suffix) and is_known(key.removesuffix(suffix)):
            return key.removesuffix(suffix)
    return key


def json_of(text: str) -> Any:
    """The text of a JSON download as data."""
    try:
        return from_json(text.lstrip("\ufeff"), allow_inf_nan=False)
    except ValueError as error:
        found = str(error)
    raise rule(f"JSON text: {found}", "pass the whole text")


def nested(flat: Mapping[Any, Any]) -> dict[Any, Any]:
    """A flat form as our fields: objects apart, units checked, fractions joined to their times, nulls left out."""
    found: dict[Any, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for key, value in flat.items():
        if not isinstance(key, str):
            found[key] = value
        elif base(key) != key:
            due = unit_of(base(key)) if key.endswith(UNIT) else None
            if due is not None and not right_unit(value, due):
                raise rule(f"{base(key)} in {due}; this one is in {value}", f"convert it to {due}")
        elif (value is None or value == "") and is_known(key):
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


def field_of(key: str) -> str:
    """The path of the field that holds a key."""
    return f"{OBJECTS[key[:5]]}.{key[5:].lower()}" if key[:5] in OBJECTS else key.lower()


def flat_of(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """KVN text as a flat form, and the line of each field.

    Raises:
        InputError: with the number of a line that cannot be read.
    """
    found: dict[str, Any] = {}
    numbers: dict[str, int] = {}
    waiting: list[str] = []
    prefix = section = ""
    rest = lines(text)
    for line in chain((first_line(rest, "CCSDS_CDM_VERS"),), rest):
        comment = line.comment
        if comment is not None:
            waiting.append(comment)
            continue
        keyword, value = line.pair()
        if keyword == "OBJECT":
            prefix = {"OBJECT1": "SAT1_", "OBJECT2": "SAT2_"}.get(value.upper(), "")
            if not prefix:
                raise line.refused("OBJECT1 or OBJECT2", "name the object that follows")
            numbers.setdefault(OBJECTS[prefix], line.number)
        key = prefix + keyword
        _check_place(line, prefix, keyword)
        if key in found:
            raise line.refused(f"each keyword once; it stands in line {numbers[field_of(key)]} too", "remove one")
        section = _section(key) or section
        if waiting:
            found[section] = (*found.get(section, ()), *waiting)
            waiting.clear()
        due = unit_of(key)
        if due is not None:
            value, unit = without_unit(value)
            if not right_unit(unit, due):
                raise line.refused(f"a value in {due}; this one is in {unit}", f"convert it to {due}")
        found[key] = value
        numbers[field_of(key)] = line.number
        numbers.setdefault("", line.number)
    if waiting:
        found[section] = (*found.get(section, ()), *waiting)
    return found, numbers


def _check_place(line: Line, prefix: str, keyword: str) -> None:
    here, there = (CdmObject, CdmRelativeData) if prefix else (CdmRelativeData, CdmObject)
    name = keyword.lower()
    if name in here.model_fields:
        if name.endswith("comments"):
            raise line.refused("a keyword of the standard", "write remarks as COMMENT and the remark")
    elif name in there.model_fields:
        where = "in front of OBJECT = OBJECT1" if prefix else "behind OBJECT = OBJECT1 or OBJECT2"
        raise line.refused(f"{keyword} {where}", "move it there")
    elif keyword[:5] in OBJECTS or name in OBJECTS.values():
        raise line.refused("a keyword of the standard", "begin an object with OBJECT = OBJECT1 or OBJECT2")
    elif base(prefix + keyword) != prefix + keyword:
        raise line.refused("a keyword of the standard", "write a unit in brackets, and a time with its fraction")


@cache
def _section(key: str) -> str | None:
    """The key under which remarks in front of a keyword are held: that of its section."""
    model, name = place(key)
    if name not in model.model_fields:
        return None
    names = list(model.model_fields)
    before = names[: names.index(name) + 1]
    section = next((one for one in reversed(before) if one.endswith("comments")), "comments")
    return key[: len(key) - len(name)] + section.upper()
