"""The text form of CCSDS messages, ``KEYWORD = value [unit]``: what its readers and writers share.

Reading is tolerant: line ends of any kind, blank lines, a byte order mark and keywords in lower case are taken. What
cannot be read is refused with its line number. Writing is strict: what the standard has no place for is refused. In one
point exactness goes first: a number that needs 17 digits to read back as the same has them, where the standard has 16.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
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
)
from ..text import short

LONGEST = 254
"""Characters of a line at most."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_STRICT = re.compile(r"[+-]?\d+(?:\.\d+(?:[eE][+-]?\d+)?)?", re.ASCII)
_COUNT = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_COMMENT = re.compile(r"COMMENT(?:\s|\Z)", re.IGNORECASE)
_ZONE = re.compile(r"(?:[zZ]|[+-]\d\d:?\d\d)\Z", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})(?=[T ])", re.ASCII)
_SCALES = frozenset(("m", "km", "cm", "mm", "ft", "nmi", "s", "ms", "min", "h", "d", "kg", "g"))
"""Units of the same quantity that a slip confuses."""
_KEYWORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


class Line(NamedTuple):
    """One line with something on it."""

    number: int
    text: str

    @property
    def comment(self) -> str | None:
        """The remark of a COMMENT line, further blanks in front of it included; None for any other line."""
        found = _COMMENT.match(self.text)
        return self.text[found.end() :] if found else None

    def pair(self) -> tuple[str, str]:
        """Keyword and value, the unit still behind it.

        Raises:
            InputError: the line is no such pair.
        """
        key, sign, value = (part.strip() for part in self.text.partition("="))
        if not sign or not _KEYWORD.fullmatch(key):
            raise self.refused("KEYWORD = value, or COMMENT and a remark", "correct or remove the line")
        return key.upper(), value

    def refused(self, allowed: str, remedy: str = "") -> InputError:
        """The error about this line."""
        return InputError("KVN", (InputProblem("", short(self.text), f"line {self.number}: {allowed}", remedy),))


def lines(text: str) -> Iterator[Line]:
    """The lines of a text that are not blank, without blanks around them."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        if line.strip():
            yield Line(number, line.strip())


def first_line(found: Iterator[Line], keyword: str) -> Line:
    """The first line, which names the kind of message.

    Raises:
        InputError: it does not begin with that keyword.
    """
    line = next(found, Line(1, ""))
    if line.text.startswith("<"):
        kind = keyword.split("_")[1].lower()
        raise line.refused(
            "KVN text; this looks like XML", f"send it as it is: Tagged(type='{kind}.xml', content=text)"
        )
    if line.text.partition("=")[0].strip().upper() != keyword:
        raise line.refused(f"the first line is {keyword} = ...", "pass the whole text of one message")
    return line


def without_unit(value: str) -> tuple[str, str | None]:
    """A value and the unit in brackets behind it."""
    before, bracket, unit = value.removesuffix("]").rpartition("[")
    return (before.rstrip(), unit.strip()) if bracket and value.endswith("]") else (value, None)


def right_unit(given: object, due: str) -> bool:
    """False for a unit of another scale than the one that is due: kilometres for metres and the like.

    A unit that is missing, or spelt in a way that is not known here, makes no difference.
    """
    if not isinstance(given, str):
        return True
    found, right = (_SCALES.intersection(re.findall(r"[a-z]+", unit.lower())) for unit in (given, due))
    return not found or found == right


def number_in(value: object) -> object:
    """A number that is given as text; anything else as it is."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value.strip()):
            raise rule("a number", "for example 1169.41 or 1.2E-05")
        return float(value)
    return value


def count_in(value: object) -> object:
    """A whole number that is given as text; anything else as it is."""
    if isinstance(value, str) and _COUNT.fullmatch(value.strip()):
        return int(value)
    found = number_in(value)
    return int(found) if isinstance(value, str) and isinstance(found, float) and found.is_integer() else found


def in_utc(value: object) -> object:
    """The text of a time with its zone, and its day of the year as a date; anything else as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    found = _DAY_OF_YEAR.match(text)
    if found:
        year, number = int(found[1]), int(found[2])
        if not FIRST_YEAR < year <= LAST_YEAR or not 1 <= number <= 365 + isleap(year):
            raise rule("a year and a day of that year", "for example 2018-219T18:00:00")
        text = (date(year, 1, 1) + timedelta(days=number - 1)).isoformat() + text[found.end() :]
    return text if _ZONE.search(text[10:]) else text + "Z"


TextNumber = Annotated[Number, BeforeValidator(number_in)]
"""A finite number; also as text."""
TextCount = Annotated[Count, BeforeValidator(count_in)]
"""A whole number; also as text."""
UtcEpoch = Annotated[Epoch, BeforeValidator(in_utc)]
"""A moment of a message whose times are UTC: text without a zone is taken too, and days of the year."""


def located(model: type[BaseModel], error: ValidationError, numbers: Mapping[str, int]) -> InputError:
    """The error about a text, each problem with the line that its field came from.

    Of what is missing that is the line where the block begins; `numbers` has that of the whole text under "".
    """
    found = tuple(problem._replace(rule=_where(problem, numbers) + problem.rule) for problem in problems(model, error))
    return InputError(model.__name__, found)


def _where(problem: InputProblem, numbers: Mapping[str, int]) -> str:
    if not numbers:
        return ""
    block = problem.field
    while block and block not in numbers:
        block = block.rpartition(".")[0]
    missing = block != problem.field and problem.value == "nothing"
    return f"from line {numbers[block]} on: " if missing else f"line {numbers[block]}: "


def utc_text(moment: datetime) -> str:
    """A time as the standard writes it: UTC, milliseconds, microseconds where there are any, no zone."""
    found = moment.astimezone(UTC).replace(tzinfo=None)
    return found.isoformat(timespec="microseconds" if found.microsecond % 1000 else "milliseconds")


def read_value(line: Line, keyword: str, reader: Callable[[object], object], text: str) -> object:
    """What a reader makes of a text.

    Raises:
        InputError: the reader refuses it.
    """
    try:
        return reader(text)
    except PydanticCustomError as error:
        said = error.context or {}
    raise line.refused(f"{keyword}: {said.get('rule')}", str(said.get("remedy", "")))


def value_text(value: Any) -> str:
    """A value as text that reads back as the same."""
    if isinstance(value, datetime):
        return utc_text(value)
    return number_text(value) if isinstance(value, float) else str(value)


def strict_number(value: Any, text: str) -> bool:
    """False for the text of a number that is not as the standard writes it: digits on both sides of its point."""
    return not isinstance(value, float | int) or _STRICT.fullmatch(text) is not None


def number_text(value: float) -> str:
    """A number as the standard writes it, with a point in it, in the fewest digits that read back as the same."""
    mantissa, sign, exponent = repr(float(value)).partition("e")
    return f"{mantissa}.0e{exponent}" if sign and "." not in mantissa else f"{mantissa}{sign}{exponent}"


def written(model: type[BaseModel], field: str, keyword: str, text: str, unit: str | None = None) -> str:
    """A line with keyword, value and unit.

    Raises:
        InputError: the text has no place in one line of printable ASCII.
    """
    if not text or text != text.strip():
        problem = InputProblem(field, short(text), "in KVN a value without blanks around it", "correct it, or give one")
        raise InputError(model.__name__, (problem,))
    return _checked(model, field, f"{keyword:<29} = {text}" + (f" [{unit}]" if unit else ""))


def remarks(model: type[BaseModel], field: str, comments: tuple[str, ...]) -> Iterator[str]:
    """COMMENT lines. Blanks at the end of a remark are not kept.

    Raises:
        InputError: as `written` does.
    """
    for comment in comments:
        yield _checked(model, field, f"COMMENT {comment}".rstrip(" "))


def _checked(model: type[BaseModel], field: str, line: str) -> str:
    if not line.isascii() or not line.isprintable():
        problem = InputProblem(field, short(line), "one line of printable ASCII in KVN", "replace the other characters")
    elif len(line) > LONGEST:
        allowed = f"a line of at most {LONGEST} characters in KVN; this one has {len(line)}"
        problem = InputProblem(field, short(line), allowed, "shorten it, or split a remark")
    else:
        return line
    raise InputError(model.__name__, (problem,))
