"""Splitting of text into element sets of two lines, or three with a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..models.base import Message
from ..models.many import Part
from ..models.problems import refusal, rule
from .text_kinds import other_reader

_COMMENT = "#"
_LINE = re.compile(r"([12]) (?:[ \dA-Z][ \d]{3}\d[A-Z ]|.{40})", re.ASCII)
"""The beginning of line 1 or 2; also of a damaged one, which must not be taken for a name."""


def split_set(text: str) -> dict[str, Any]:
    """Return the fields of the only element set in a text.

    Raises:
        PydanticCustomError: if the text has another number of lines, or is of another kind.
    """
    _check_kind(text)
    lines = [line for _, line in _lines(text)]
    if len(lines) > 3:
        raise rule(
            f"one object in two or three lines; there are {len(lines)} lines",
            "use Tle.parse_many(text), or Tle.load_many(path) for a file",
        )
    if len(lines) < 2:
        count = "one line" if lines else "no line"
        raise rule(f"two lines, or three with a name; there is {count}", "pass both lines, separated by a newline")
    name = lines.pop(0) if len(lines) == 3 else None
    return {"line1": lines[0], "line2": lines[1], "name": name}


def split_sets(model: type[Message], text: str) -> Iterator[Part]:
    """Yield the fields of each element set in a text, or an InputError for lines that belong to no complete set.

    Raises:
        InputError: if the text holds no line of an element set.
    """
    lines = list(_lines(text))
    if not lines:
        raise refusal(model, "", text, "at least one element set; the text is empty", "check the file or download")
    if not any(map(_kind, (line for _, line in lines))):
        other = other_reader(text)
        allowed = "element sets of two lines, or three with a name"
        if other is not None and other[0] != "TLE":
            raise refusal(model, "", text, f"{allowed}; this is {other[0]}", f"use {other[1]}")
        raise refusal(model, "", text, f"{allowed}; there is none", "check the file or download")
    fields: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for number, line in lines:
        key = _kind(line) or "name"
        if fields and (key == "name" or key in fields):
            yield _part(model, fields, numbers)
            fields, numbers = {}, {}
        fields[key], numbers[key] = line, number
        if key == "line2":
            yield _part(model, fields, numbers)
            fields, numbers = {}, {}
    if fields:
        yield _part(model, fields, numbers)


def _part(model: type[Message], fields: dict[str, str], numbers: dict[str, int]) -> Part:
    places = {key: f"line {number} of the text: " for key, number in numbers.items()}
    first = next(iter(fields))
    if fields.keys() >= {"line1", "line2"}:
        return Part(fields, {"": places["line1"], **places})
    missing = " and ".join(f"line {key[-1]}" for key in ("line1", "line2") if key not in fields)
    allowed, remedy = f"an element set of two lines; {missing} missing here", "complete the element set, or remove it"
    return Part(refusal(model, "", fields[first], allowed, remedy), {"": places[first]})


def _kind(line: str) -> str | None:
    """Return the field of line 1 or 2, or None for any other line."""
    match = _LINE.match(line)
    return None if match is None else f"line{match[1]}"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, without blank lines, comments and blanks around lines."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        if line.strip() and not line.lstrip(" ").startswith(_COMMENT):
            yield number, line.strip(" ")


def _check_kind(text: str) -> None:
    kind = other_reader(text)
    if kind is not None and kind[0] != "TLE":
        raise rule(f"the two lines of a TLE; this is {kind[0]}", f"use {kind[1]}")
