"""Field types shared by all models: numbers, times, IDs and open names."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import MAXYEAR, UTC, datetime
from functools import cache
from typing import Annotated, TypeGuard

from pydantic import AllowInfNan, BeforeValidator, Field, Strict, ValidationInfo

from ..errors import InputError, InputProblem
from ..scalars import python_scalar
from ..text import short
from .problems import rule


def _number(value: object) -> object:
    return value if type(value) is float else python_scalar(value)


Number = Annotated[float, Strict(), AllowInfNan(False), BeforeValidator(_number)]
"""A finite number, also of NumPy; text and bools are rejected."""

Count = Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63), BeforeValidator(python_scalar)]
"""A 64-bit whole number, also of NumPy; bools are rejected."""
Limit = Annotated[Count, Field(ge=1, le=10_000)]
"""Number of elements per page."""

NAME_LENGTH = 100
FIRST_YEAR, LAST_YEAR = 1957, 2099

ANSWER: Mapping[str, bool] = {"answer": True}
"""Validation context for responses: times without a zone are taken as UTC, and plausibility checks are skipped."""


_BELOW_MICROSECONDS = re.compile(r"[.,]\d{6}\d*[1-9]", re.ASCII)


def _epoch(value: object, info: ValidationInfo) -> datetime:
    return utc_epoch(value, tolerant=info.context is ANSWER)


def utc_epoch(value: object, *, tolerant: bool = False) -> datetime:
    """Return a time in UTC; ``tolerant`` as in a response, whose times may lack a zone.

    Raises:
        PydanticCustomError: if it is not a time between 1958 and 2099 in whole microseconds.
    """
    if not tolerant and _has_nanoseconds(value):
        raise rule("a time in whole microseconds, with at most six decimal places", "round it to microseconds")
    if isinstance(value, datetime):
        moment = value if type(value) is datetime else datetime.combine(value.date(), value.timetz())
    elif isinstance(value, str):
        moment = _parsed(value.strip())
        if tolerant and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
    else:
        raise rule("an aware datetime, or ISO 8601 text with a time zone", "pass datetime(..., tzinfo=UTC)")
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise rule("a time with a UTC offset", "append Z to the text, or pass tzinfo=UTC to the datetime")
    first, last = (1, MAXYEAR - 1) if tolerant else (FIRST_YEAR, LAST_YEAR)
    if not first < moment.year <= last:
        raise rule(f"a time between {first + 1} and {last}", "check the year")
    return moment.astimezone(UTC)


def _has_nanoseconds(value: object) -> bool:
    if isinstance(value, str):
        return _BELOW_MICROSECONDS.search(value[:40]) is not None
    return bool(getattr(value, "nanosecond", 0))  # pandas.Timestamp is a datetime with one more field


@cache
def _time() -> re.Pattern[str]:
    # Compiled when it is first used, because that takes long, and only once, because results have thousands of times.
    return re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?", re.ASCII)


def _parsed(text: str) -> datetime:
    if ":60" in text[16:19]:
        raise rule("a time without a leap second", "use second 59 or the next minute")
    with contextlib.suppress(ValueError):
        if len(text) <= 40 and "T" in text.upper().replace(" ", "T"):
            return datetime.fromisoformat(text)
    if _time().fullmatch(text):
        raise rule("a date and a time that exist", "correct the month, the day or the time")
    raise rule("an ISO 8601 time with a time zone", "write it like 2018-08-07T18:00:00Z")


Epoch = Annotated[datetime, BeforeValidator(_epoch)]
"""A time, stored in UTC and sent rounded to milliseconds. Accepts an aware datetime or ISO 8601 text with a time zone;
numbers are rejected."""


_ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,128}\Z")


def is_path_step(text: object) -> TypeGuard[str]:
    """Return True if the text can be a segment of a URL path without escaping."""
    return isinstance(text, str) and _ID.match(text) is not None


def checked_id(name: str, id: object) -> str:
    """Return the ID if it is safe in a URL path.

    Raises:
        InputError: if it is empty, too long, or has characters other than letters, digits, dots, dashes and
            underscores.
    """
    if is_path_step(id):
        return id
    allowed = "1 to 128 letters, digits, '.', '_' or '-'"
    raise InputError("ID", (InputProblem(name, short(id), allowed, "copy the ID as the platform returned it"),))


def _open_name(value: object, info: ValidationInfo) -> object:
    if info.context is ANSWER:
        return value
    if not isinstance(value, str) or not 0 < len(value) <= NAME_LENGTH:
        raise rule(
            f"text of 1 to {NAME_LENGTH} characters",
            "pass one of the documented names, or any other name that the platform accepts",
        )
    return value


OpenName: BeforeValidator = BeforeValidator(_open_name)
"""Validator for ``Literal[...] | str``: editors complete the known names, and any other name is accepted too."""
