"""Shared code for KVN text in blocks such as ``META_START`` to ``META_STOP``, as in OEM, OMM and TDM."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from ..errors import InputError, InputProblem
from ..text import short
from .kvn import (
    Line,
    comment_lines,
    kvn_line,
    number_in_unit,
    parse_count,
    parse_number,
    parse_printed,
    read_value,
    value_text,
)
from .text_kinds import message_lines


class BlockReader:
    """Base class of KVN readers: walks through the text and records the line number of each field."""

    keyword: ClassVar[str]
    """Keyword of the first line."""
    readers: ClassVar[Mapping[str, Callable[[object], object]]]
    """Parsers of the values, by field; all other values are kept as text."""
    units: ClassVar[Mapping[str, str]] = {}
    """Units of the numbers, by field; all other numbers have none."""
    not_keywords: ClassVar[frozenset[str]] = frozenset()
    """Fields that are not keywords of the standard."""

    def __init__(self, text: str) -> None:
        self.lines: Iterator[Line] = message_lines(text, self.keyword)
        self.numbers: dict[str, int] = {}
        self.latest: Line = Line(1, "")
        """The line that ended the most recent block."""

    def lines_until(self, end: str, start: Line) -> Iterator[Line]:
        """Yield the lines up to the one that ends the block.

        Raises:
            InputError: if the block has no end; the message gives the line ``start``.
        """
        for line in self.lines:
            if line.text.upper() == end:
                self.latest = line
                return
            yield line
        raise start.error(f"{end} after this line", "pass the complete text")

    def unframed_lines(self) -> Iterator[Line]:
        """Yield the lines without META_START and META_STOP, which some writers put into messages of one segment."""
        return (line for line in self.lines if line.text.upper() not in ("META_START", "META_STOP"))

    def add_entry(self, line: Line, block: dict[str, Any], path: str) -> None:
        """Add a keyword with its value, or a comment, to a block.

        Raises:
            InputError: if the keyword is duplicated or not in the standard.
        """
        comment = line.comment
        if comment is None:
            self.add_pair(line, block, path)
        else:
            add_comments(block, "comments", [comment])

    def add_pair(self, line: Line, block: dict[str, Any], path: str) -> None:
        """Add a keyword with its value to a block.

        Raises:
            InputError: if the keyword is duplicated or not in the standard.
        """
        keyword, value = line.pair()
        name = keyword.lower()
        field = f"{path}.{name}"
        if field in self.numbers:
            raise line.error(
                f"{keyword} may appear only once; it is also on line {self.numbers[field]}", "remove one of them"
            )
        if name in self.not_keywords:
            raise line.error("a keyword of the standard", "write comments as COMMENT lines")
        block[name] = self.value(line, keyword, value)
        self.numbers[field] = line.number

    def value(self, line: Line, keyword: str, value: str) -> object:
        """Return the value of a keyword, in the unit of the standard; None if there is none.

        Raises:
            InputError: if the value has the wrong form or unit.
        """
        reader = self.readers.get(keyword.lower())
        if not value:
            return None
        if reader in (parse_number, parse_count, parse_printed):
            value = number_in_unit(line, value, self.units.get(keyword.lower(), ""))
        return value if reader is None else read_value(line, keyword, reader, value)


def add_comments(block: dict[str, Any], name: str, pending: list[str]) -> None:
    """Move pending comments into the block they belong to."""
    if pending:
        block.setdefault(name, []).extend(pending)
        pending.clear()


def block_lines(
    kind: type[BaseModel], block: BaseModel, path: str, names: Sequence[str], required: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
) -> Iterator[str]:  # fmt: skip
    """Yield the lines of a block, one per keyword that has a value, in the order of ``names``.

    Raises:
        InputError: if a keyword in ``required`` has no value.
    """
    for name in names:
        value = getattr(block, name)
        if value is not None:
            yield kvn_line(kind, f"{path}.{name}", name.upper(), value_text(value), (units or {}).get(name))
        elif name in required:
            raise write_error(kind, f"{path}.{name}", None, "required in KVN", "pass a value")


def head_lines(
    kind: type[BaseModel], header: Any, name: str, versions: Sequence[float], newer: Mapping[str, float]
) -> Iterator[str]:
    """Yield the lines of a header. ``newer`` maps fields to the version of the standard that introduced them.

    Raises:
        InputError: if the version does not exist or lacks a field that is set, or if a required field is missing.
    """
    version = getattr(header, name)
    if version not in versions:
        allowed = " or ".join(map(str, versions))
        raise write_error(kind, f"header.{name}", version, allowed, "pass one of these versions")
    for field, since in newer.items():
        if getattr(header, field) is not None and version < since:
            allowed = f"allowed only in version {since} or later"
            raise write_error(kind, f"header.{field}", getattr(header, field), allowed, "omit it")
    yield kvn_line(kind, f"header.{name}", name.upper(), value_text(version))
    yield from comment_lines(kind, "header.comments", header.comments)
    fields = [field for field in HEADER if field in type(header).model_fields]
    yield from block_lines(kind, header, "header", fields, ("creation_date", "originator"))


HEADER = ("classification", "creation_date", "originator", "message_id")
"""Header fields other than the version and comments, in the standard's order."""


def write_error(kind: type[BaseModel], field: str, value: object, allowed: str, remedy: str) -> InputError:
    """Return the error for a message that cannot be written as KVN."""
    quoted = "nothing" if value is None else short(value)
    return InputError(kind.__name__, (InputProblem(field, quoted, allowed, remedy),))
