"""Numbers, times, ids and open names: the field types that all models share."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import MAXYEAR, UTC, datetime
from typing import Annotated, TypeGuard

from pydantic import AllowInfNan, BeforeValidator, Field, Strict, ValidationInfo

from ..errors import InputError, InputProblem
from ..text import short
from .problems import rule

Number = Annotated[float, Strict(), AllowInfNan(False)]
"""A finite number. Neither text nor a bool is one."""

Count = Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)]
"""A whole number of 64 bits; a bool is none."""

NAME_LENGTH = 100
FIRST_YEAR, LAST_YEAR = 1957, 2099

ANSWER: Mapping[str, bool] = {"answer": True}
"""Validation context of what the platform answered: there, text without a zone is UTC and nothing is judged."""


def _epoch(value: object, info: ValidationInfo) -> datetime:
    if isinstance(value, datetime):
        moment = value if type(value) is datetime else datetime.combine(value.date(), value.timetz())
    elif isinstance(value, str):
        moment = _parsed(value.strip())
        if info.context is ANSWER and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
    else:
        raise rule(
            "an aware datetime or ISO 8601 text with a zone; numbers are no epochs", "pass datetime(..., tzinfo=UTC)"
        )
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise rule("a time needs a zone", "add Z to the text, or tzinfo=UTC to the datetime")
    first, last = (1, MAXYEAR - 1) if info.context is ANSWER else (FIRST_YEAR, LAST_YEAR)
    if not first < moment.year <= last:
        raise rule(f"a time between {first + 1} and {last}", "check the year")
    return moment.astimezone(UTC)


def _parsed(text: str) -> datetime:
    if ":60" in text[16:19]:
        raise rule("leap seconds are not accepted", "use second 59 or the next minute")
    with contextlib.suppress(ValueError):
        if len(text) <= 40 and "T" in text.upper().replace(" ", "T"):
            return datetime.fromisoformat(text)
    raise rule("a time as ISO 8601 with a zone", "for example 2018-08-07T18:00:00Z")


Epoch = Annotated[datetime, BeforeValidator(_epoch)]
"""A moment, kept in UTC and sent with milliseconds, rounded. Takes an aware datetime, or ISO 8601 text with a zone; a
number is refused."""


_ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,128}\Z")


def is_path_step(text: object) -> TypeGuard[str]:
    """Whether a text can stand between two slashes of a path as it is."""
    return isinstance(text, str) and _ID.match(text) is not None


def checked_id(name: str, id: object) -> str:
    """An id that is safe in a path.

    Raises:
        InputError: anything but letters, digits, dots, dashes and underscores.
    """
    if is_path_step(id):
        return id
    allowed = "1 to 128 letters, digits, '.', '_' or '-'"
    raise InputError("Id", (InputProblem(name, short(id), allowed, "copy the id as the platform gave it"),))


def _open_name(value: object, info: ValidationInfo) -> object:
    if info.context is ANSWER:
        return value
    if not isinstance(value, str) or not 0 < len(value) <= NAME_LENGTH:
        raise rule(f"text of 1 to {NAME_LENGTH} characters", "names besides the listed ones are sent as they are")
    return value


OpenName: BeforeValidator = BeforeValidator(_open_name)
"""For ``Literal[...] | str``: the known names are listed for editors, and any other is taken too."""
