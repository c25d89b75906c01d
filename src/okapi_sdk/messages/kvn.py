"""Shared code for reading and writing the text format of CCSDS messages, ``KEYWORD = value [unit]``.

Readers are tolerant: they accept any line endings, blank lines, a byte order mark and lower-case keywords, and report
errors with the line number. Writers are strict: they reject anything that the standard does not allow. The one
exception is precision: the standard allows 16 significant digits, but a number that needs 17 for an exact round trip is
written with 17.
"""

from __future__ import annotations

import math
import re
from calendar import isleap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import PydanticCustomError

from ..errors import InputError, InputProblem
from ..models.problems import problems, rule
from ..models.types import (
    FIRST_YEAR,
    LAST_YEAR,
    Count,
    Epoch,
    Number,
    utc_epoch,
)
from ..text import short
from .units import UnitError, in_unit

LONGEST = 254
"""Maximum number of characters in a line."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_STRICT = re.compile(r"[+-]?\d+(?:\.\d+(?:[eE][+-]?\d+)?)?", re.ASCII)
_COUNT = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_COMMENT = re.compile(r"COMMENT(?:\s|\Z)", re.IGNORECASE)
_ZONE = re.compile(r"(?:[zZ]|[+-]\d\d:?\d\d)\Z", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})(?=[T ])", re.ASCII)
_KEYWORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


class Line(NamedTuple):
    """A line that is not blank, with its number."""

    number: int
    text: str

    @property
    def comment(self) -> str | None:
        """The text of a COMMENT line, including additional leading blanks; None for any other line."""
        keyword = _COMMENT.match(self.text)
        return self.text[keyword.end() :] if keyword else None

    def pair(self) -> tuple[str, str]:
        """Return the keyword in upper case and the value, which may still end with a unit.

        Raises:
            InputError: if the line does not have this format.
        """
        key, sign, value = (part.strip() for part in self.text.partition("="))
        if not sign or not _KEYWORD.fullmatch(key):
            raise self.error("KEYWORD = value, or COMMENT and text", "correct or remove the line")
        return key.upper(), value

    def error(self, allowed: str, remedy: str = "") -> InputError:
        """Return the error for this line."""
        return InputError("KVN", (InputProblem("", short(self.text), f"line {self.number}: {allowed}", remedy),))


def text_lines(text: str) -> Iterator[Line]:
    """Yield the lines of a KVN text that are not blank, without surrounding blanks."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        if line.strip():
            yield Line(number, line.strip())


def number_in_unit(line: Line, value: str, expected: str) -> str:
    """Return the text of a number without its unit, converted to the expected unit; "" expects no unit.

    Raises:
        InputError: if the number has another unit and cannot be converted exactly.
    """
    number, unit = split_unit(value)
    try:
        return in_unit(number, unit, expected)
    except UnitError as error:
        problem = error
    raise line.error(str(problem), problem.remedy)


def split_unit(value: str) -> tuple[str, str | None]:
    """Split a value from the unit in brackets that follows it; the unit is None if there is none.

    A bracket that nothing follows, as a template leaves it when it loses the unit, counts as no unit.
    """
    if value.endswith("["):
        return value.removesuffix("[").rstrip(), None
    number, bracket, unit = value.removesuffix("]").rpartition("[")
    return (number.rstrip(), unit.strip()) if bracket and value.endswith("]") else (value, None)


def parse_number(value: object) -> object:
    """Convert text to a number; return any other value unchanged."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value.strip()):
            raise rule("a number", "write it like 1169.41 or 1.2E-05")
        number = float(value)
        if math.isinf(number):
            raise rule("a finite number", "omit it if unknown")
        return number
    return value


def parse_printed(value: object) -> object:
    """Convert text to a `Decimal`, which keeps the printed digits; return any other value unchanged."""
    number = parse_number(value)
    if not isinstance(value, str) or not isinstance(number, float) or number == 0:
        return number
    return Decimal(value.strip())


def parse_count(value: object) -> object:
    """Convert text to a whole number; return any other value unchanged."""
    if isinstance(value, str) and _COUNT.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        raise rule("a whole number", "write it like 25544")
    number = parse_number(value)
    return int(number) if isinstance(value, str) and isinstance(number, float) and number.is_integer() else number


def normalize_time(value: object) -> object:
    """Convert the day of the year to a date and append ``Z`` to a time without a zone; return non-text unchanged."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    ordinal = _DAY_OF_YEAR.match(text)
    if ordinal:
        year, day = int(ordinal[1]), int(ordinal[2])
        if not FIRST_YEAR < year <= LAST_YEAR or not 1 <= day <= 365 + isleap(year):
            raise rule("a year and a day of that year", "write it like 2018-219T18:00:00")
        text = (date(year, 1, 1) + timedelta(days=day - 1)).isoformat() + text[ordinal.end() :]
    return text if not text or _ZONE.search(text[10:]) else text + "Z"


def parse_epoch(value: object) -> object:
    """Convert a UTC time string to a datetime; return any other value unchanged."""
    return utc_epoch(normalize_time(value)) if isinstance(value, str) else value


TextNumber = Annotated[Number, BeforeValidator(parse_number)]
"""A finite number, also accepted as text."""
TextCount = Annotated[Count, BeforeValidator(parse_count)]
"""A whole number, also accepted as text."""
UtcEpoch = Annotated[Epoch, BeforeValidator(normalize_time)]
"""A time in a message whose times are in UTC; also accepts text without a zone and the day-of-year format."""


def error_with_lines(model: type[BaseModel], error: ValidationError, numbers: Mapping[str, int]) -> InputError:
    """Return the error for a KVN text, with a line number in each problem.

    ``numbers`` holds the line of each field, and the first line of the text under "". For a missing field, the error
    names the line where its block begins.
    """
    numbered = [
        problem._replace(rule=_line_prefix(problem, numbers) + problem.rule) for problem in problems(model, error)
    ]
    return InputError(model.__name__, numbered)


def _line_prefix(problem: InputProblem, numbers: Mapping[str, int]) -> str:
    if not numbers:
        return ""
    block = problem.field
    while block and block not in numbers:
        block = block.rpartition(".")[0]
    missing = block != problem.field and problem.value == "nothing"
    return f"in the block at line {numbers[block]}: " if missing else f"line {numbers[block]}: "


def utc_text(moment: datetime) -> str:
    """Return a time in the standard's format: UTC without a zone, to the millisecond, or microsecond if needed."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="microseconds" if naive.microsecond % 1000 else "milliseconds")


def read_value(line: Line, keyword: str, reader: Callable[[object], object], text: str) -> object:
    """Parse the value of a keyword with ``reader``.

    Raises:
        InputError: if the reader rejects the text.
    """
    try:
        return reader(text)
    except PydanticCustomError as error:
        details = error.context or {}
    raise line.error(f"{keyword}: {details.get('rule')}", str(details.get("remedy", "")))


def value_text(value: Any) -> str:
    """Return a value as text that parses to an equal value."""
    if isinstance(value, datetime):
        return utc_text(value)
    return number_text(value) if isinstance(value, float) else str(value)


def is_strict_number(value: Any, text: str) -> bool:
    """Return False if the text is a number in a format the standard forbids, such as one without leading digits."""
    return not isinstance(value, float | int) or _STRICT.fullmatch(text) is not None


def number_text(value: float) -> str:
    """Return a number in the standard's format: with a decimal point and the fewest digits for an exact round trip."""
    mantissa, sign, exponent = repr(float(value)).partition("e")
    return f"{mantissa}.0e{exponent}" if sign and "." not in mantissa else f"{mantissa}{sign}{exponent}"


def kvn_line(model: type[BaseModel], field: str, keyword: str, text: str, unit: str | None = None) -> str:
    """Return a line with keyword, value and unit.

    Raises:
        InputError: if the value does not fit in one line of printable ASCII, or is empty.
    """
    if not text or text != text.strip():
        allowed = "a non-empty KVN value without surrounding blanks"
        problem = InputProblem(field, short(text), allowed, "correct the value, or omit it")
        raise InputError(model.__name__, (problem,))
    return _checked_line(model, field, f"{keyword:<29} = {text}" + (f" [{unit}]" if unit else ""))


def comment_lines(model: type[BaseModel], field: str, comments: tuple[str, ...]) -> Iterator[str]:
    """Yield COMMENT lines. Trailing blanks are dropped.

    Raises:
        InputError: if a comment does not fit in one line of printable ASCII.
    """
    for comment in comments:
        yield _checked_line(model, field, f"COMMENT {comment}".rstrip(" "))


def _checked_line(model: type[BaseModel], field: str, line: str) -> str:
    if not line.isascii() or not line.isprintable():
        problem = InputProblem(field, short(line), "one line of printable ASCII in KVN", "replace all other characters")
    elif len(line) > LONGEST:
        allowed = f"a line of at most {LONGEST} characters in KVN; this one has {len(line)}"
        problem = InputProblem(field, short(line), allowed, "shorten the value, or split the comment")
    else:
        return line
    raise InputError(model.__name__, (problem,))
