"""The kinds of list filters, and the values that they compare."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..bodies.values import read_number
from .elements import Element, orbit_class, orbit_value

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$lt": operator.lt,
    "$lte": operator.le,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$eq": operator.eq,
}
ANY = tuple(OPERATORS)
CLOSED = ("$lte", "$gte")

Source = str | Callable[[Element, datetime], object]
Reader = Callable[[object], Any]


@dataclass(frozen=True)
class Filter:
    """One key of a query.

    `source`: returns the value of an element to compare; `read`: parses both that value and the one in the query;
    `operators`: the accepted operators; `plain`: the operator that `key=value` stands for; `several`: True if a
    comma-separated list is allowed.
    """

    source: Source
    read: Reader
    operators: tuple[str, ...] = ()
    plain: str = "$eq"
    several: bool = False

    def value(self, element: Element, now: datetime) -> Any:
        """Return the value that the filter compares, or None if it is missing."""
        value = dig(element, self.source) if isinstance(self.source, str) else self.source(element, now)
        return None if value is None else self.read(value)


def number(source: Source, operators: tuple[str, ...] = ANY) -> Filter:
    """Return a filter for a number."""
    return Filter(source, read_number, operators)


def time(source: Source, operators: tuple[str, ...] = ANY, plain: str = "$eq") -> Filter:
    """Return a filter for a time."""
    return Filter(source, read_time, operators, plain)


def text(source: Source, *, several: bool = False) -> Filter:
    """Return a filter for text that ignores case."""
    return Filter(source, _read_text, several=several)


def integer(source: Source, *, several: bool = False) -> Filter:
    """Return a filter for an integer."""
    return Filter(source, _read_integer, several=several)


def flag(source: Source) -> Filter:
    """Return a filter for `true` or `false`."""
    return Filter(source, read_flag)


def of_orbit(name: str) -> Source:
    """Return the source of an orbital element or a piece of metadata, by its name in Space-Track's GP class."""
    return lambda element, now: orbit_value(element, name)


def of_orbit_class(element: Element, now: datetime) -> object:
    """Return the class of an orbit, such as LEO."""
    return orbit_class(element)


def dig(element: object, path: str) -> object:
    """Return the value at a path of names joined by dots."""
    for name in path.split("."):
        if not isinstance(element, Mapping):
            return None
        element = element.get(name)
    return element


def read_time(value: object) -> datetime | None:
    """Return a time in ISO 8601 or Space-Track format (a space instead of the T); UTC unless it has an offset."""
    if not isinstance(value, str) or len(value) < 10:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_flag(value: object) -> bool | None:
    """Return `true` or `false` as a bool; None for anything else."""
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))


def _read_text(value: object) -> str | None:
    return str(value).casefold() if isinstance(value, str | int) and str(value) else None


def _read_integer(value: object) -> int | None:
    number = read_number(value)
    return int(number) if number is not None and number == int(number) else None
