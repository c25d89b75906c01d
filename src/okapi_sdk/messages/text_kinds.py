"""Recognizing the kind of a text, so that one reader can refer to another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json

from ..models.csv_table import csv_columns, csv_rows
from ..models.many import Part
from ..models.problems import rule
from .kvn import Line, text_lines
from .xml import xml_lines

_VERSION = re.compile(r"CCSDS_(CDM|OEM|OMM|OPM|TDM)_VERS", re.IGNORECASE)
_JSON = re.compile(r"[\ufeff\s]*(?:\{\s*(?:\"|\}\s*\Z|\Z)|\[\s*(?:[\[{\"\]]|\Z))")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CSV_COLUMNS = 5
_LISTED = ("Omm", "Tdm")
"""Messages of which one text may hold several."""
_BEGINNING = 2000
"""Number of characters that show the kind of a text."""


def is_json(text: str) -> bool:
    """Return True if the text begins like a JSON object or array; a name in braces does not count."""
    return _JSON.match(text) is not None


def is_xml(text: str) -> bool:
    """Return True if the text is XML."""
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def is_csv(text: str) -> bool:
    """Return True if the first line of the text is a header of comma-separated values, also with another separator."""
    columns = csv_columns(text)
    return len(columns) >= _CSV_COLUMNS and all(re.fullmatch(r"\w+", name, re.ASCII) for name in columns)


def parse_json(text: str) -> Any:
    """Return the data of a JSON download.

    Raises:
        PydanticCustomError: if the text is not valid JSON.
    """
    try:
        return from_json(text.lstrip("\ufeff"), allow_inf_nan=False)
    except ValueError as error:
        problem = str(error)
    raise rule(f"valid JSON; {problem}", "pass the complete text")


def only_element(value: Any, model: type) -> Any:
    """Return the element of a list of one, as catalogues send it; any value other than a list unchanged.

    The error names the method of ``model`` that reads several, if it has one.

    Raises:
        PydanticCustomError: if the list is empty, or has several elements.
    """
    if not isinstance(value, list):
        return value
    if len(value) != 1:
        many = f"use {model.__name__}.parse_many or load_many" if hasattr(model, "parse_many") else ""
        allowed = f"one {model.__name__.upper()}; this is a list of {len(value)}"
        raise rule(allowed, many or "pass one element at a time")
    return value[0]


def other_reader(text: str) -> tuple[str, str] | None:
    """Return the kind of a text and the call that reads it, or None if it is not recognized."""
    beginning = text[:_BEGINNING]
    version = _VERSION.search(beginning)
    if version is not None:
        form = "XML" if is_xml(text) else "JSON" if is_json(text) else "KVN"
        return f"{version[1].upper()} in {form}", f"{version[1].capitalize()}.parse(text)"
    if is_csv(text):
        return "CSV", "Omm.parse_many(text) for mean elements"
    if is_json(text):
        return "JSON", "the message class, such as Omm.parse_many(text) for mean elements"
    if is_xml(text):
        return "XML or HTML", "the message class if it is a CCSDS message, or check the download"
    if re.search(r"^1 [ \dA-Z]{5}[A-Z ] .*\s^2 [ \dA-Z]{5} ", beginning, re.MULTILINE | re.ASCII):
        return "TLE", "Tle.parse_many(text)"
    return None


class TextPart(NamedTuple):
    """The text of one message, and the number of lines before it."""

    text: str
    lines_before: int


def separate(model: type, text: str, keyword: str) -> Iterator[Part]:
    """Yield the messages of a text: a `TextPart` for each in KVN or XML, a row of CSV, or an element of a JSON array.

    Raises:
        PydanticCustomError: if the text looks like JSON and is not valid.
        InputError: if the header of CSV is invalid; attributed to the class ``model``.
    """
    if is_json(text):
        data = parse_json(text)
        yield from map(Part, data if isinstance(data, list) else [data])
        return
    if is_csv(text):
        yield from csv_rows(model, text)
        return
    if is_xml(text):
        text = _with_line_numbers(_xml_message(text))
    starts = [found.start() for found in re.finditer(rf"^[ \t]*{keyword}\s*=", text, re.MULTILINE | re.IGNORECASE)]
    lines = 0
    for start, end in itertools.pairwise([0, *starts[1:], len(text)]):
        yield Part(TextPart(text[start:end], lines))
        lines += len(_LINE_END.findall(text, start, end))


def _with_line_numbers(lines: Iterator[Line]) -> str:
    """Return a text with the lines in their places, if each had a line of its own."""
    placed: list[str] = []
    for line in lines:
        placed.extend([""] * (line.number - 1 - len(placed)))
        placed.append(line.text)
    return "\n".join(placed)


def message_lines(text: str, keyword: str) -> Iterator[Line]:
    """Yield the lines of a message in KVN or XML. The first line holds the version, under ``keyword``.

    Raises:
        InputError: if the text is another kind of message, or holds several messages.
    """
    lines = _xml_message(text) if is_xml(text) else text_lines(text)
    first = next(lines, Line(1, ""))
    if first.text.partition("=")[0].strip().upper() != keyword:
        kind = other_reader(text)
        remedy = "pass the complete text of one message" if kind is None else f"this is {kind[0]}; use {kind[1]}"
        if kind is not None and kind[1] == f"{keyword[6:9].capitalize()}.parse(text)":
            remedy = f"remove what precedes {keyword}"
        raise first.error(f"{keyword} = ... as the first line", remedy)
    yield first
    for line in lines:
        if _VERSION.match(line.text) and "=" in line.text:
            name = keyword[6:9].capitalize()
            remedy = "pass the text of one message at a time"
            if name in _LISTED and line.text.upper().startswith(keyword):
                remedy = f"use {name}.parse_many(text) or {name}.load_many(path)"
            raise line.error("one message; another one begins here", remedy)
        yield line


def _xml_message(text: str) -> Iterator[Line]:
    """Yield the lines from the version on. An element that combines messages has comments of its own before it."""
    lines = list(xml_lines(text))
    start = next((index for index, line in enumerate(lines) if _VERSION.match(line.text)), 0)
    yield from lines[start:]
