"""The text form of CCSDS messages, ``KEYWORD = value [unit]``: what its readers and writers share.

Reading is tolerant: line ends of any kind, blank lines, a byte order mark and keywords in lower case are taken. What
cannot be read is refused with its line number. Writing is strict: what the standard has no place for is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ValidationError

from ..errors import InputError, InputProblem
from .base import Count, Epoch, Number, problems, rule, short

_UNIT = re.compile(r"(.*?)\s*\[([^\[\]]*)\]\Z", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_ZONE = re.compile(r"(?:[zZ]|[+-]\d\d:?\d\d)\Z", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})(?=[T ])", re.ASCII)
_KEYWORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


class Line(NamedTuple):
    """One line with something on it."""

    number: int
    text: str

    @property
    def comment(self) -> str | None:
        """The remark of a COMMENT line; None for any other."""
        word, _, rest = self.text.partition(" ")
        return rest.strip() if word.upper() == "COMMENT" else None

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
    found = _UNIT.match(value)
    return (found[1], found[2].strip()) if found else (value, None)


def right_unit(given: object, due: str) -> bool:
    """False for a unit of another scale than the one that is due: kilometres for metres and the like.

    A unit that is missing or spelt in another way makes no difference.
    """
    if not isinstance(given, str):
        return True
    found, right = (re.sub(r"[\s\[\]]", "", unit.lower()).replace("^", "**") for unit in (given, due))
    return found == right or found.replace("km", "m") != right.replace("km", "m")


def number_in(value: object) -> object:
    """A number that is given as text; anything else as it is."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value.strip()):
            raise rule("a number", "for example 1169.41 or 1.2E-05")
        return float(value)
    return value


def count_in(value: object) -> object:
    """A whole number that is given as text; anything else as it is."""
    found = number_in(value)
    return int(found) if isinstance(found, float) and isinstance(value, str) and found.is_integer() else found


def in_utc(value: object) -> object:
    """The text of a time with its zone, and its day of the year as a date; anything else as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    found = _DAY_OF_YEAR.match(text)
    if found and 1 <= int(found[2]) <= 366 and int(found[1]) > 0:
        day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
        text = day.isoformat() + text[found.end() :]
    return text if _ZONE.search(text[10:]) else text + "Z"


TextNumber = Annotated[Number, BeforeValidator(number_in)]
"""A finite number; also as text."""
TextCount = Annotated[Count, BeforeValidator(count_in)]
"""A whole number; also as text."""
UtcEpoch = Annotated[Epoch, BeforeValidator(in_utc)]
"""A moment of a message whose times are UTC: text without a zone is taken too, and days of the year."""


def located(model: type[BaseModel], error: ValidationError, numbers: Mapping[str, int]) -> InputError:
    """The error about a text, each problem with the line that its field came from."""
    found = []
    for problem in problems(model, error):
        number = _line_of(problem.field, numbers)
        found.append(problem._replace(rule=f"line {number}: {problem.rule}") if number else problem)
    return InputError(model.__name__, found)


def _line_of(field: str, numbers: Mapping[str, int]) -> int | None:
    while field:
        if field in numbers:
            return numbers[field]
        field = field.rpartition(".")[0]
    return None


def utc_text(moment: datetime) -> str:
    """A time as the standard writes it: UTC, milliseconds, microseconds where there are any, no zone."""
    found = moment.astimezone(UTC).replace(tzinfo=None)
    return found.isoformat(timespec="microseconds" if found.microsecond % 1000 else "milliseconds")


def value_text(value: Any) -> str:
    """A value as text that reads back as the same."""
    return utc_text(value) if isinstance(value, datetime) else str(value)


def written(model: type[BaseModel], field: str, keyword: str, text: str, unit: str | None = None) -> str:
    """A line with keyword, value and unit.

    Raises:
        InputError: the text has no place in one line of printable ASCII.
    """
    return f"{keyword:<29} = {_checked(model, field, text)}" + (f" [{unit}]" if unit else "")


def remarks(model: type[BaseModel], field: str, comments: tuple[str, ...]) -> Iterator[str]:
    """COMMENT lines."""
    for comment in comments:
        yield f"COMMENT {_checked(model, field, comment)}".rstrip()


def _checked(model: type[BaseModel], field: str, text: str) -> str:
    if not text.isascii() or (text and not text.isprintable()):
        problem = InputProblem(field, short(text), "one line of printable ASCII in KVN", "replace the other characters")
        raise InputError(model.__name__, (problem,))
    return text
