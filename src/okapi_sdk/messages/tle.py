"""Two-line element sets: strict columns, checksum and ranges, so that a typing error does not become an orbit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BeforeValidator, model_validator

from ..models.base import Message
from ..models.json_form import untag
from ..models.problems import refusal, rule
from ..text import short

LINE_LENGTH = 69
PIVOT_YEAR = 57
"""Two-digit years from here on are of the twentieth century: the first satellite flew in 1957."""

_ALPHA5 = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class _Column(NamedTuple):
    first: int
    last: int
    name: str
    pattern: str
    form: str


def _columns(*rows: tuple[int, int, str, str, str]) -> tuple[_Column, ...]:
    """The described columns, with a blank wherever there is a gap between two of them."""
    columns: list[_Column] = []
    for row in rows:
        if columns and row[0] > columns[-1].last + 1:
            columns.append(_Column(row[0] - 1, row[0] - 1, "", " ", "a blank"))
        columns.append(_Column(*row))
    return tuple(columns)


_CATALOGUE = (3, 7, "number", rf"[\d{_ALPHA5}]\d{{4}}", "five digits, or a letter (not I or O) and four digits")
_ANGLE = r"(?:  \d| \d\d|\d{3})\.\d{4}"
_EXPONENT = r"[ +-]\d{5}[+-]\d"
_CHECKSUM = (69, 69, "checksum", r"\d", "the checksum digit")

_LINE1 = _columns(
    (1, 1, "line", "1", "the line number 1"),
    _CATALOGUE,
    (8, 8, "classification", "[UCS ]", "the classification U, C or S"),
    (10, 17, "designator", r"\d{5}(?:[A-Z]  |[A-Z]{2} |[A-Z]{3})| {8}", "the launch and its piece, like '98067A  '"),
    (19, 20, "year", r"\d\d", "the last two digits of the epoch's year"),
    (21, 32, "day", r"(?:  \d| \d\d|\d{3})\.\d{8}", "the day of the year, like '219.76369510'"),
    (34, 43, "drift", r"[ +-]\.\d{8}", "half the first derivative of the mean motion, like ' .00001449'"),
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
    (27, 33, "eccentricity", r"\d{7}", "the eccentricity without its decimal point, like '0005481'"),
    (35, 42, "perigee", _ANGLE, "the argument of perigee in degrees, like ' 33.3092'"),
    (44, 51, "anomaly", _ANGLE, "the mean anomaly in degrees, like ' 62.9075'"),
    (53, 63, "motion", r"[ \d]\d\.\d{8}", "the mean motion in revolutions per day, like '15.53806849'"),
    (64, 68, "revolution", r" {5}| {4}\d| {3}\d\d| \d{4}|  \d{3}|\d{5}", "the revolution number, right-aligned"),
    _CHECKSUM,
)
_GRAMMARS = {
    1: (_LINE1, re.compile("".join(f"(?:{column.pattern})" for column in _LINE1), re.ASCII)),
    2: (_LINE2, re.compile("".join(f"(?:{column.pattern})" for column in _LINE2), re.ASCII)),
}


_WORTH = [int(chr(code)) if chr(code) in "0123456789" else int(chr(code) == "-") for code in range(128)]


def checksum(line: str) -> int:
    """Last digit of the sum of the digits in columns 1 to 68, a minus counting as 1."""
    return sum(map(_WORTH.__getitem__, line[: LINE_LENGTH - 1].encode("ascii"))) % 10


def _line(number: int) -> BeforeValidator:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise rule("text of 69 columns", "decode bytes, or pass the line as str")
        line = value.strip(" \r\n")
        _check_characters(line)
        other = 3 - number
        if line.startswith(f"{other} ") and len(line) == LINE_LENGTH:
            raise rule(f"line {number} starts with '{number} '", f"this is a line {other}: the lines are swapped")
        if len(line) != LINE_LENGTH:
            raise rule(
                f"a TLE line has {LINE_LENGTH} columns, this one has {len(line)}",
                "copy the line again, with all blanks inside it",
            )
        _check_columns(line, number)
        expected = checksum(line)
        if line[-1] != str(expected):
            raise rule(
                f"the checksum in column {LINE_LENGTH} is {expected} for this line, not {line[-1]}",
                "copy the line again: at least one of its characters is wrong",
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
            raise rule(
                f"plain ASCII: column {column} holds {name}", "type the digit, minus or blank that it looks like"
            )


def _check_columns(line: str, number: int) -> None:
    columns, whole = _GRAMMARS[number]
    if whole.fullmatch(line):
        return
    for first, last, _, pattern, form in columns:
        found = line[first - 1 : last]
        if not re.fullmatch(pattern, found, re.ASCII):
            where = f"column {first} holds" if first == last else f"columns {first} to {last} hold"
            raise rule(f"line {number}: {where} {form}, found {found!r}", "keep each value in its columns")


def _check_line1(line: str) -> None:
    again = "take the element set from its source again"
    year, day = _year(line), float(line[20:32])
    days = 366 if year % 4 == 0 else 365  # right for 1957 to 2056
    if not 1 <= day < days + 1:
        raise rule(f"the day of the year is between 1 and {days}.99999999 in {year}, not {line[20:32].strip()}", again)


def _check_line2(line: str) -> None:
    again = "take the element set from its source again"
    for name, value, limit in (
        ("right ascension of the ascending node", line[17:25], 360.0),
        ("argument of perigee", line[34:42], 360.0),
        ("mean anomaly", line[43:51], 360.0),
        ("mean motion", line[52:63], 18.0),
    ):
        if not float(value) < limit:
            raise rule(f"{name} is below {limit:g}, not {value.strip()}", again)
    if float(line[8:16]) > 180:
        raise rule(f"inclination is at most 180, not {line[8:16].strip()}", again)
    if float(line[52:63]) == 0:
        raise rule("mean motion is above 0", again)


def _year(line: str) -> int:
    short_year = int(line[18:20])
    return short_year + (1900 if short_year >= PIVOT_YEAR else 2000)


def _number(line: str) -> int:
    first, rest = line[2], line[3:7]
    return int(first + rest) if first.isdigit() else (10 + _ALPHA5.index(first)) * 10_000 + int(rest)


def _name(value: object) -> str | None:
    if value is None or (isinstance(value, str) and not value.strip(" ")):
        return None
    if not isinstance(value, str):
        raise rule("text")
    name = value.strip(" ")
    if len(name) > 80 or not name.isprintable():
        raise rule("at most 80 printable characters in one line", "shorten the name, or leave it out")
    return name


def _split(text: str) -> dict[str, Any]:
    lines = [line for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")) if line.strip(" ")]
    if len(lines) > 3:
        raise rule(
            f"one object, in two lines or three; there are {len(lines)}",
            "split the text and parse one object at a time",
        )
    if len(lines) < 2:
        found = "one line" if lines else "none"
        raise rule(f"two lines, or three with a name; there is {found}", "pass both lines with a line end between them")
    name = None
    if len(lines) == 3:
        name = lines.pop(0).strip(" ").removeprefix("0 ")
    return {"line1": lines[0], "line2": lines[1], "name": name}


class Tle(Message):
    """A two-line element set: the mean elements of SGP4.

    Angles in degrees, mean motion in revolutions per day, epoch in UTC. `parse` takes text of two lines, or of three
    with the name first. The columns, the checksum, the ranges and the agreement of both lines are checked.

    >>> tle = Tle.parse('''
    ... ISS (ZARYA)
    ... 1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
    ... 2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
    ... ''')
    >>> tle.norad_id, tle.cospar_id, tle.inclination
    (25544, '1998-067A', 51.6423)
    """

    _tag: ClassVar[str] = "tle.txt"

    line1: Annotated[str, _line(1)]
    """First line, 69 columns."""
    line2: Annotated[str, _line(2)]
    """Second line, 69 columns."""
    name: Annotated[str | None, BeforeValidator(_name)] = None
    """Name of the object, from the line above the two; it is not sent to the platform."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read two lines, or three with the name first, of one object.

        Line ends of any kind, blank lines, blanks around lines and a byte order mark are taken away; tabs are refused.

        Raises:
            InputError: saying which columns are wrong, or which checksum digit belongs there.
        """
        return cls.model_validate(text)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        value = untag(cls._tag)(value)
        if isinstance(value, str):
            return _split(value)
        if not isinstance(value, Mapping | cls):
            raise rule("the two lines as text", f"Tle.parse(text) takes them; {type(value).__name__} is none")
        return value

    @model_validator(mode="after")
    def _one_object(self) -> Self:
        if self.line1[2:7] != self.line2[2:7]:
            raise refusal(
                type(self), "line2", self.line2[2:7],
                f"both lines carry the same catalogue number; line 1 has {short(self.line1[2:7])}",
                "take both lines of one object",
            )  # fmt: skip
        return self

    @property
    def text(self) -> str:
        """Both lines, joined by a line feed: what the platform takes."""
        return f"{self.line1}\n{self.line2}"

    def __str__(self) -> str:
        return self.text

    def _wire(self) -> str:
        """Return the content in the form the platform accepts."""
        return self.text

    @property
    def norad_id(self) -> int:
        """Catalogue number; Alpha-5 letters are resolved (``A0000`` is 100000)."""
        return _number(self.line1)

    @property
    def cospar_id(self) -> str | None:
        """International designator such as ``1998-067A``; None where the columns are blank."""
        found = self.line1[9:17].strip()
        if not found:
            return None
        year = int(found[:2])
        return f"{year + (1900 if year >= PIVOT_YEAR else 2000)}-{found[2:]}"

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
        """Right ascension of the ascending node in degrees, 0 to below 360."""
        return float(self.line2[17:25])

    @property
    def eccentricity(self) -> float:
        """Eccentricity, 0 to below 1."""
        return float("0." + self.line2[26:33])

    @property
    def argument_of_perigee(self) -> float:
        """Argument of perigee in degrees, 0 to below 360."""
        return float(self.line2[34:42])

    @property
    def mean_anomaly(self) -> float:
        """Mean anomaly in degrees, 0 to below 360."""
        return float(self.line2[43:51])

    @property
    def mean_motion(self) -> float:
        """Mean motion in revolutions per day."""
        return float(self.line2[52:63])

    @property
    def bstar(self) -> float:
        """BSTAR drag term in inverse Earth radii."""
        field = self.line1[53:61]
        return float(f"{field[0].strip()}0.{field[1:6]}e{field[6:]}")
