"""Reading the XML form of CCSDS messages as the lines of their KVN form.

Both forms have the same keywords in the same order, so one reader per message is enough. Document types are refused: no
message needs one, and their entities can make a small text enormous or read other files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from .kvn import Line
from .units import ORBIT_UNITS, UnitError, in_unit

_BLOCKS = {"oem": {"metadata": "META"}, "tdm": {"metadata": "META", "data": "DATA"}}
"""Elements that are blocks in KVN, by message."""
_ROWS = {"oem": ("stateVector", "covarianceMatrix"), "tdm": ("observation",)}
"""Elements whose values KVN writes without keywords, by message."""
_COVARIANCE_ROWS = range(1, 7)


def xml_lines(text: str) -> Iterator[Line]:
    """Yield the lines of the KVN form of an XML message, with the line numbers of the XML.

    Raises:
        InputError: if the text is not well-formed, or has a document type.
    """
    yield from _Reader(text).lines


class _Reader:
    """Collects the lines while the parser goes through the elements."""

    def __init__(self, text: str) -> None:
        document = text.lstrip("\ufeff \t\r\n")
        self.skipped = text[: len(text) - len(document)].count("\n")
        self.lines: list[Line] = []
        self.message = ""
        self.row: list[tuple[str, str]] | None = None
        self.pieces: list[str] = []
        self.is_leaf = False
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.open
        self.parser.EndElementHandler = self.close
        self.parser.CharacterDataHandler = self.pieces.append
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type
        try:
            self.parser.Parse(document.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            problem = expat.ErrorString(error.code)
        else:
            return
        raise self.line("XML").error(f"well-formed XML; {problem}", "pass the complete text of one message")

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self.pieces.clear()
        self.is_leaf, self.attributes, self.start = True, attributes, self.line(name)
        identifier = attributes.get("id", "")
        if identifier.startswith("CCSDS_") and "version" in attributes:
            self.message = name
            self.add(f"{identifier} = {attributes['version']}")
        elif name in _BLOCKS.get(self.message, {}):
            self.add(f"{_BLOCKS[self.message][name]}_START")
        elif name in _ROWS.get(self.message, ()):
            self.row = []

    def close(self, tag: str) -> None:
        name, value = tag.rpartition(":")[2], " ".join("".join(self.pieces).split())
        self.pieces.clear()
        if name in _BLOCKS.get(self.message, {}):
            self.add(f"{_BLOCKS[self.message][name]}_STOP")
        elif self.row is not None and name in _ROWS[self.message]:
            for text in _row_lines(name, self.row):
                self.add(text)
            self.row = None
        elif self.is_leaf and name.isupper():
            self.add_value(name, value)
        self.is_leaf = False

    def add_value(self, name: str, value: str) -> None:
        unit = self.attributes.get("units", "").strip()
        if name == "COMMENT":
            self.add(f"COMMENT {value}")
        elif self.row is None:
            parameter = self.attributes.get("parameter", "").strip()
            keyword = f"{name}_{parameter}" if name == "USER_DEFINED" else name
            self.add(f"{keyword} = {value} [{unit}]" if unit and value else f"{keyword} = {value}")
        else:
            self.row.append((name, self.converted(name, value, unit)))

    def converted(self, name: str, value: str, unit: str) -> str:
        try:
            return in_unit(value, unit, ORBIT_UNITS.get(name.lower(), ""))
        except UnitError as error:
            raise self.start._replace(text=f"{name} = {value} [{unit}]").error(str(error), error.remedy) from None

    def add(self, text: str) -> None:
        self.lines.append(self.start._replace(text=text))

    def line(self, text: str) -> Line:
        return Line(self.parser.CurrentLineNumber + self.skipped, text)

    def refuse_document_type(self, *_: object) -> NoReturn:
        raise self.line("<!DOCTYPE").error("XML without a document type", "remove the DOCTYPE declaration")


def _row_lines(name: str, values: list[tuple[str, str]]) -> Iterator[str]:
    if name == "stateVector":
        yield " ".join(value for _, value in values)
    elif name == "observation":
        epoch = next((value for keyword, value in values if keyword == "EPOCH"), "")
        yield from (f"{keyword} = {epoch} {value}" for keyword, value in values if keyword != "EPOCH")
    else:
        heads = [f"{keyword} = {value}" for keyword, value in values if keyword in ("EPOCH", "COV_REF_FRAME")]
        elements = [value for keyword, value in values if keyword not in ("EPOCH", "COV_REF_FRAME")]
        rows = (" ".join(elements[size * (size - 1) // 2 :][:size]) for size in _COVARIANCE_ROWS)
        yield from ("COVARIANCE_START", *heads, *rows, "COVARIANCE_STOP")
