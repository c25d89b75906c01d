"""KVN text in blocks, ``META_START`` and the like: what the readers of OEM, OMM and TDM share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from ..errors import InputError, InputProblem
from ..text import short
from .kvn import (
    Line,
    lines,
    read_value,
    remarks,
    value_text,
    without_unit,
    written,
)


class BlockReader:
    """Goes through a text line by line, and notes the line of each field."""

    readers: ClassVar[Mapping[str, Callable[[object], object]]]
    """How a value is read, by field; any other is text."""
    not_keywords: ClassVar[frozenset[str]] = frozenset()
    """Fields that are no keywords of the standard."""

    def __init__(self, text: str) -> None:
        self.lines: Iterator[Line] = lines(text)
        self.numbers: dict[str, int] = {}
        self.latest: Line = Line(1, "")
        """The line that ended a block last."""

    def until(self, end: str, start: Line) -> Iterator[Line]:
        """The lines up to one that ends the block.

        Raises:
            InputError: there is none; `start` is the line that is named.
        """
        for line in self.lines:
            if line.text.upper() == end:
                self.latest = line
                return
            yield line
        raise start.refused(f"{end} after it", "pass the whole text")

    def entry(self, line: Line, block: dict[str, Any], path: str) -> None:
        """Take a keyword with its value, or a remark, into a block."""
        comment = line.comment
        if comment is None:
            self.pair(line, block, path)
        else:
            add_remarks(block, "comments", [comment])

    def pair(self, line: Line, block: dict[str, Any], path: str) -> None:
        """Take a keyword with its value into a block.

        Raises:
            InputError: it is there already, or is none of the standard.
        """
        keyword, value = line.pair()
        name = keyword.lower()
        place = f"{path}.{name}"
        if place in self.numbers:
            raise line.refused(f"{keyword} once; it stands in line {self.numbers[place]} too", "remove one of them")
        if name in self.not_keywords:
            raise line.refused("a keyword of the standard", "write remarks as COMMENT and the remark")
        reader = self.readers.get(name)
        block[name] = value if reader is None else read_value(line, keyword, reader, without_unit(value)[0])
        self.numbers[place] = line.number

    def check_utc(self, block: Mapping[str, Any], path: str) -> None:
        """Refuse another time system.

        Raises:
            InputError: naming its line.
        """
        system = str(block.get("time_system", "UTC"))
        if system.upper() != "UTC":
            line = Line(self.numbers[f"{path}.time_system"], f"TIME_SYSTEM = {system}")
            raise line.refused("times in UTC, the only system that the platform takes", "convert the times")


def add_remarks(block: dict[str, Any], name: str, waiting: list[str]) -> None:
    """Move remarks that were read to the block that they belong to."""
    if waiting:
        block[name] = (*block.get(name, ()), *waiting)
        waiting.clear()


def block_lines(
    kind: type[BaseModel], block: BaseModel, path: str, names: Sequence[str], required: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
) -> Iterator[str]:  # fmt: skip
    """The lines of a block: its keywords in the standard's order, those that have a value.

    Raises:
        InputError: one that the standard requires has none.
    """
    for name in names:
        value = getattr(block, name)
        if value is not None:
            yield written(kind, f"{path}.{name}", name.upper(), value_text(value), (units or {}).get(name))
        elif name in required:
            raise refused(kind, f"{path}.{name}", None, "required in KVN", "give it")


def head_lines(
    kind: type[BaseModel], header: Any, name: str, versions: Sequence[float], newer: Mapping[str, float]
) -> Iterator[str]:
    """The lines of a header.

    Raises:
        InputError: a version that there is not, what is required and missing, or `newer` than the version.
    """
    version = getattr(header, name)
    if version not in versions:
        known = " or ".join(map(str, versions))
        raise refused(kind, f"header.{name}", version, known, "give one of them")
    for field, since in newer.items():
        if getattr(header, field) is not None and version < since:
            raise refused(kind, f"header.{field}", getattr(header, field), f"in version {since} only", "leave it out")
    yield written(kind, f"header.{name}", name.upper(), value_text(version))
    yield from remarks(kind, "header.comments", header.comments)
    fields = [field for field in HEADER if field in type(header).model_fields]
    yield from block_lines(kind, header, "header", fields, ("creation_date", "originator"))


HEADER = ("classification", "creation_date", "originator", "message_id")
"""Fields of headers besides the version and the remarks, in the standard's order."""


def refused(kind: type[BaseModel], field: str, value: object, allowed: str, remedy: str) -> InputError:
    """The error about a message that cannot be written."""
    given = "nothing" if value is None else short(value)
    return InputError(kind.__name__, (InputProblem(field, given, allowed, remedy),))
