"""Two-line element sets (TLE), with strict checks of columns, checksum and ranges to catch typing errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BeforeValidator, model_validator

from ..models.base import Message
from ..models.files import TextPath, load_text
from ..models.json_form import untag
from ..models.many import build_all
from ..models.problems import refusal, rule
from ..text import short
from .text_files import TextFile
from .tle_text import split_set, split_sets

LINE_LENGTH = 69
PIVOT_YEAR = 57
"""Two-digit years from this one on belong to the 20th century; the first satellite was launched in 1957."""

ALPHA5 = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class _Column(NamedTuple):
    first: int
    last: int
    name: str
    pattern: str
    form: str


def _columns(*rows: tuple[int, int, str, str, str]) -> tuple[_Column, ...]:
    """Build columns from their descriptions, with a blank column in each gap."""
    columns: list[_Column] = []
    for row in rows:
        if columns and row[0] > columns[-1].last + 1:
            columns.append(_Column(row[0] - 1, row[0] - 1, "", " ", "a blank"))
        columns.append(_Column(*row))
    return tuple(columns)


_CATALOGUE = (
    3, 7, "number", rf"(?: {{4}}\d| {{3}}\d\d|  \d{{3}}| \d{{4}}|\d{{5}}|[{ALPHA5}]\d{{4}})",
    "up to five digits, right-aligned, or a letter (not I or O) and four digits",
)  # fmt: skip
_ANGLE = r"(?:   |  \d| \d\d|\d{3})\.\d{4}"
# A zero may replace a blank that stands for plus.
_EXPONENT = r"[ 0+-]\d{5}[+-]\d"
_CHECKSUM = (69, 69, "checksum", r"\d", "the checksum digit")

_LINE1 = _columns(
    (1, 1, "line", "1", "the line number 1"),
    _CATALOGUE,
    (8, 8, "classification", "[UCS ]", "the classification U, C or S"),
    (
        10,
        17,
        "designator",
        # Analyst objects have no piece, and old sets pad the launch number or align the piece to the right.
        r"\d\d(?:\d{3}| \d\d|  \d)(?:[A-Z]{3}|[A-Z]{2} | [A-Z]{2}|[A-Z]  | [A-Z] |  [A-Z]|   )| {8}",
        "the international designator, like '98067A  '",
    ),
    (19, 20, "year", r"\d\d", "the last two digits of the epoch year"),
    (21, 32, "day", r"(?:  \d| \d\d|\d{3})\.\d{8}", "the day of the year, like '219.76369510'"),
    (
        34,
        43,
        "drift",
        r"(?:[ 0+-]\.\d{8}|[ +-]0\.\d{7})",
        "half the first derivative of the mean motion, like ' .00001449'",
    ),
    (45, 52, "acceleration", _EXPONENT, "a sixth of the second derivative of the mean motion, like ' 00000-0'"),
    (54, 61, "bstar", _EXPONENT, "BSTAR, like ' 29472-4'"),
    (63, 63, "ephemeris", r"[\d ]", "the ephemeris type, a digit"),
    (65, 68, "set", r" {4}| {3}\d| {2}\d\d| \d{3}|\d{4}", "the element set number, right-aligned"),
    _CHECKSUM,
)
_LINE2 = _columns(
    (1, 1, "line", "2", "the line number 2"),
    _CATALOGUE,
    (9, 16, "inclination", _ANGLE, "the inclination in degrees, like ' 51.6423'"),
    (18, 25, "raan", _ANGLE, "the right ascension of the ascending node in degrees, like '126.6422'"),
    (27, 33, "eccentricity", r"(?=[ \d]{7}) *\d+", "the eccentricity without its decimal point, like '0005481'"),
    (35, 42, "perigee", _ANGLE, "the argument of perigee in degrees, like ' 33.3092'"),
    (44, 51, "anomaly", _ANGLE, "the mean anomaly in degrees, like ' 62.9075'"),
    (53, 63, "motion", r"(?:  |[ \d]\d)\.\d{8}", "the mean motion in revolutions per day, like '15.53806849'"),
    (64, 68, "revolution", r" {5}| {4}\d| {3}\d\d| \d{4}|  \d{3}|\d{5}", "the revolution number, right-aligned"),
    _CHECKSUM,
)
_GRAMMARS = {
    1: (_LINE1, re.compile("".join(f"(?:{column.pattern})" for column in _LINE1), re.ASCII)),
    2: (_LINE2, re.compile("".join(f"(?:{column.pattern})" for column in _LINE2), re.ASCII)),
}


_CHECKSUM_VALUES = [int(chr(code)) if chr(code) in "0123456789" else int(chr(code) == "-") for code in range(128)]
_COPY_AGAIN = "copy the element set again from its source"


def checksum(line: str) -> int:
    """Return the checksum: the sum of the digits in columns 1 to 68, with each minus counted as 1, modulo 10."""
    return sum(map(_CHECKSUM_VALUES.__getitem__, line[: LINE_LENGTH - 1].encode("ascii"))) % 10


def _line(number: int) -> BeforeValidator:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise rule("text of 69 columns", "pass a str; decode bytes first")
        line = value.strip(" \r\n")
        _check_characters(line)
        other = 3 - number
        if line.startswith(f"{other} ") and len(line) == LINE_LENGTH:
            raise rule(f"line {number}, which starts with '{number} '", f"this is line {other}; swap the two lines")
        if len(line) != LINE_LENGTH:
            followed = _GRAMMARS[number][1].match(line) is not None
            raise rule(
                f"a line of {LINE_LENGTH} columns; this one has {len(line)}",
                f"remove what follows column {LINE_LENGTH}"
                if followed
                else "copy the line again, including all blanks",
            )
        _check_columns(line, number)
        expected = checksum(line)
        if line[-1] != str(expected):
            raise rule(
                f"line {number}, column {LINE_LENGTH}: checksum is {line[-1]}, expected {expected}",
                "copy the line again; at least one character is wrong",
            )
        (_check_line1 if number == 1 else _check_line2)(line)
        return line

    return BeforeValidator(check)


def _check_characters(line: str) -> None:
    if line.isascii() and line.isprintable():
        return
    for column, sign in enumerate(line, 1):
        if not " " <= sign <= "~":
            name = "a tab" if sign == "\t" else f"U+{ord(sign):04X}"
            raise rule(f"printable ASCII; column {column} has {name}", "replace it with an ASCII digit, minus or blank")


def _check_columns(line: str, number: int) -> None:
    columns, line_pattern = _GRAMMARS[number]
    if line_pattern.fullmatch(line):
        return
    for first, last, _, pattern, form in columns:
        text = line[first - 1 : last]
        if not re.fullmatch(pattern, text, re.ASCII):
            position = f"column {first}" if first == last else f"columns {first} to {last}"
            raise rule(f"line {number}, {position}: expected {form}, found {text!r}", "keep each value in its columns")


def _check_line1(line: str) -> None:
    year, day = _year(line), float(line[20:32])
    days = 366 if year % 4 == 0 else 365  # right for 1957 to 2056
    if not 1 <= day < days + 1:
        raise rule(f"a day of the year from 1 to {days}.99999999 in {year}, not {line[20:32].strip()}", _COPY_AGAIN)


def _check_line2(line: str) -> None:
    for name, value, limit in (
        ("right ascension of the ascending node", line[17:25], 360.0),
        ("argument of perigee", line[34:42], 360.0),
        ("mean anomaly", line[43:51], 360.0),
        ("mean motion", line[52:63], 18.0),
    ):
        if not float(value) < limit:
            raise rule(f"{name} below {limit:g}, not {value.strip()}", _COPY_AGAIN)
    if float(line[8:16]) > 180:
        raise rule(f"inclination of at most 180, not {line[8:16].strip()}", _COPY_AGAIN)
    if float(line[52:63]) == 0:
        raise rule("mean motion greater than 0", _COPY_AGAIN)


def _year(line: str) -> int:
    short_year = int(line[18:20])
    return short_year + (1900 if short_year >= PIVOT_YEAR else 2000)


def _number(line: str) -> int:
    first, rest = line[2], line[3:7]
    return (10 + ALPHA5.index(first)) * 10_000 + int(rest) if first.isalpha() else int(first + rest)


def exponential(field: str) -> float:
    """Return the number in a field with an implied decimal point, such as `` 29472-4``."""
    return float(f"{field[0].strip()}0.{field[1:6]}e{field[6:]}")


def _name(value: object) -> str | None:
    if value is None or (isinstance(value, str) and not value.strip(" ")):
        return None
    if not isinstance(value, str):
        raise rule("text", "pass a str, or omit the name")
    name = value.strip(" ").removeprefix("0 ").strip(" ")
    if len(name) > 80 or not name.isprintable():
        raise rule("at most 80 printable characters in one line", "shorten or omit the name")
    return name


class Tle(TextFile, Message):
    """A two-line element set (TLE): mean elements for SGP4.

    Angles are in degrees, the mean motion in revolutions per day, the epoch in UTC. `parse` accepts two lines, or three
    with the name first; `parse_many` any number of sets. Columns, checksums, ranges and the consistency of the two
    lines are checked.

    >>> tle = Tle.parse('''
    ... ISS (ZARYA)
    ... 1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
    ... 2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
    ... ''')
    >>> tle.norad_id, tle.cospar_id, tle.inclination
    (25544, '1998-067A', 51.6423)
    """

    _tag: ClassVar[str] = "tle.txt"
    _first_shown: ClassVar[tuple[str, ...]] = ("name", "norad_id", "epoch")

    line1: Annotated[str, _line(1)]
    """First line, 69 columns."""
    line2: Annotated[str, _line(2)]
    """Second line, 69 columns."""
    name: Annotated[str | None, BeforeValidator(_name)] = None
    """Name of the object, from an optional line before the other two; it is not sent to the platform."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the two lines of one object, or three with the name first.

        Line endings of any kind, blank lines, comments (lines that start with ``#``), blanks around lines and a byte
        order mark are ignored; tabs are rejected.

        Raises:
            InputError: if the text is not a valid TLE; the message gives the wrong columns or the expected checksum.
        """
        return cls.model_validate(text)

    @classmethod
    def parse_many(cls, text: str) -> tuple[Self, ...]:
        """Parse the element sets of any number of objects, each with or without a line for the name before it.

        Raises:
            InputError: if there is no element set, or if sets are invalid or incomplete; lists all of them with their
                line numbers. `field` begins with the index of the set.
        """
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes, or read a file with load_many")
        return build_all(cls, split_sets(cls, text), cls.model_validate)

    @classmethod
    def load_many(cls, path: TextPath) -> tuple[Self, ...]:
        """Read any number of element sets from a UTF-8 file.

        Raises:
            InputError: if the file cannot be read, as in `load`, or `parse_many` rejects its text.
        """
        return load_text(cls, path, cls.parse_many)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        value = untag(cls._tag)(value)
        if isinstance(value, str):
            return split_set(value)
        if not isinstance(value, Mapping | cls):
            raise rule("the two lines as text", f"use Tle.parse(text) with a str instead of {type(value).__name__}")
        return value

    @model_validator(mode="after")
    def _one_object(self) -> Self:
        if _number(self.line1) != _number(self.line2):
            raise refusal(
                type(self), "line2", self.line2[2:7],
                f"the same catalogue number as line 1, {short(self.line1[2:7])}",
                "pass two lines of the same object",
            )  # fmt: skip
        return self

    @property
    def text(self) -> str:
        """Both lines, joined by a newline, as sent to the platform."""
        return f"{self.line1}\n{self.line2}"

    def __str__(self) -> str:
        return self.text

    def wire(self) -> str:
        """Return the content in the format that the platform accepts."""
        return self.text

    @property
    def norad_id(self) -> int:
        """NORAD catalogue number, with Alpha-5 letters decoded (``A0000`` is 100000)."""
        return _number(self.line1)

    @property
    def cospar_id(self) -> str | None:
        """International designator such as ``1998-067A``, without the letter if no piece is given; None if blank."""
        designator = self.line1[9:17].strip()
        if not designator:
            return None
        year, launch, piece = int(designator[:2]), int(designator[2:5]), designator[5:].strip()
        return f"{year + (1900 if year >= PIVOT_YEAR else 2000)}-{launch:03d}{piece}"

    @property
    def epoch(self) -> datetime:
        """Epoch of the elements, UTC, exact to the microsecond."""
        # One unit of the eighth decimal place of a day is exactly 864 microseconds.
        day, fraction = int(self.line1[20:23]), int(self.line1[24:32])
        return datetime(_year(self.line1), 1, 1, tzinfo=UTC) + timedelta(days=day - 1, microseconds=864 * fraction)

    @property
    def inclination(self) -> float:
        """Inclination in degrees, 0 to 180."""
        return float(self.line2[8:16])

    @property
    def raan(self) -> float:
        """Right ascension of the ascending node in degrees, at least 0 and less than 360."""
        return float(self.line2[17:25])

    @property
    def eccentricity(self) -> float:
        """Eccentricity, at least 0 and less than 1."""
        return float("0." + self.line2[26:33].replace(" ", "0"))

    @property
    def argument_of_perigee(self) -> float:
        """Argument of perigee in degrees, at least 0 and less than 360."""
        return float(self.line2[34:42])

    @property
    def mean_anomaly(self) -> float:
        """Mean anomaly in degrees, at least 0 and less than 360."""
        return float(self.line2[43:51])

    @property
    def mean_motion(self) -> float:
        """Mean motion in revolutions per day."""
        return float(self.line2[52:63])

    @property
    def bstar(self) -> float:
        """BSTAR drag term in inverse Earth radii."""
        return exponential(self.line1[53:61])
