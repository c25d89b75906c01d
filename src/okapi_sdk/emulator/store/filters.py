"""Query strings of lists: which elements, in which order, which page, in which form.

    epoch[$gte]=2018-08-07T00:00Z&epoch[$lt]=2018-08-08T00:00Z    comparisons; `%24`, `%5B`, `%5D` mean the same
    criticality=critical,observe                                    one of several
    fov[sensor_id]=...&fov[start_epoch]=...                         a nested object
    sort=-sum,rtn.r&include=a,b&exclude=c&page=2&limit=20

What a collection does not know is refused by name, as in request bodies. An element that lacks what a filter looks at
does not match; in a sorted list it comes last.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from ..bodies.fields import InputProblemError
from .elements import Element, number, orbit_class, orbital

LARGEST_PAGE = 10_000
_MOST_FIELDS = 200
_KEY = re.compile(r"([A-Za-z0-9_.]+)(?:\[([^\[\]]+)\])?")
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$lt": operator.lt,
    "$lte": operator.le,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$eq": operator.eq,
}
ANY = tuple(_OPERATORS)
CLOSED = ("$lte", "$gte")

Source = str | Callable[[Element, datetime], object]
Reader = Callable[[object], Any]


@dataclass(frozen=True)
class Filter:
    """One key of a query: what of an element it looks at, how a value is read, and the operators that it takes.

    `plain` is the operator that `key=value` stands for; `several` allows a comma list.
    """

    source: Source
    read: Reader
    operators: tuple[str, ...] = ()
    plain: str = "$eq"
    several: bool = False

    def value(self, element: Element, now: datetime) -> Any:
        """What the filter looks at, None if it is not there."""
        found = dig(element, self.source) if isinstance(self.source, str) else self.source(element, now)
        return None if found is None else self.read(found)


def amount(source: Source, operators: tuple[str, ...] = ANY) -> Filter:
    """A number."""
    return Filter(source, number, operators)


def moment(source: Source, operators: tuple[str, ...] = ANY, plain: str = "$eq") -> Filter:
    """A time."""
    return Filter(source, read_time, operators, plain)


def words(source: Source, *, several: bool = False) -> Filter:
    """Text, in upper or lower case."""
    return Filter(source, _text, several=several)


def whole(source: Source, *, several: bool = False) -> Filter:
    """An integer."""
    return Filter(source, _whole, several=several)


def flag(source: Source) -> Filter:
    """`true` or `false`."""
    return Filter(source, read_flag)


def of_orbit(name: str) -> Source:
    """An orbital element, or a piece of an orbit's metadata, by its name in Space-Track's GP class."""
    return lambda element, now: orbital(element, name)


def class_of_orbit(element: Element, now: datetime) -> object:
    """The class of an orbit, such as LEO."""
    return orbit_class(element)


@dataclass(frozen=True)
class Grammar:
    """What a collection's query string may hold besides `page` and `limit`.

    `sort`: the fields to sort by; `("*",)` is any filter or field, none means that the list is not sorted. `latest`:
    the field by which elements belong together, of which only the newest is wanted. `choose`: the fields that
    `include` and `exclude` may name, `("*",)` for any. `limit`: elements of a page, or None for all in one.
    """

    filters: Mapping[str, Filter] = field(default_factory=dict)
    formats: tuple[str, ...] = ("json",)
    limit: int | None = None
    sort: tuple[str, ...] = ()
    choose: tuple[str, ...] = ()
    text: bool = False
    latest: bool = False
    view: bool = False


@dataclass(frozen=True)
class Condition:
    """A filter with an operator and the values that it was asked for; one of them must fit."""

    filter: Filter
    operator: str
    values: tuple[Any, ...]

    def holds(self, element: Element, now: datetime) -> bool:
        """Whether an element fits."""
        found = self.filter.value(element, now)
        if found is None:
            return False
        compare = _OPERATORS[self.operator]
        return any(compare(found, value) for value in self.values)


@dataclass
class Query:
    """A query string, read."""

    page: int = 1
    limit: int | None = None
    format: str = "json"
    conditions: list[Condition] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    text: str = ""
    latest: bool = False
    notes: list[str] = field(default_factory=list)


def read_query(raw: bytes, grammar: Grammar) -> Query:
    """Read a query string. Raises InputProblemError that names the key."""
    query = Query(limit=grammar.limit)
    for key, value in pairs(raw):
        match = _KEY.fullmatch(key)
        if match is None:
            raise InputProblemError(f"{key[:80]!r} is no key of a query")
        _read_key(query, grammar, match[1], match[2], value)
    return query


def pairs(raw: bytes) -> list[tuple[str, str]]:
    """Keys and values of a query string. No key may stand there twice."""
    try:
        found = parse_qsl(raw.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InputProblemError(f"the query has more than {_MOST_FIELDS} keys") from None
    seen: set[str] = set()
    for key, _ in found:
        if key in seen:
            raise InputProblemError(f"{key[:80]} is given twice")
        seen.add(key)
    return found


def select(elements: Iterable[Element], query: Query, grammar: Grammar, now: datetime) -> list[Element]:
    """The elements that fit, in the order asked for; not yet cut into pages."""
    found = [element for element in elements if all(condition.holds(element, now) for condition in query.conditions)]
    if query.text:
        found = [element for element in found if _mentions(element, query.text.casefold())]
    if query.latest:
        newest: dict[object, Element] = {}
        for element in sorted(found, key=lambda element: read_time(orbital(element, "EPOCH")) or _EARLIEST):
            newest[orbital(element, "NORAD_CAT_ID")] = element
        found = [element for element in found if newest.get(orbital(element, "NORAD_CAT_ID")) is element]
    for name, downwards in reversed(query.sort):
        by = {id(element): _sort_value(element, name, grammar, now) for element in found}
        known = [element for element in found if by[id(element)] is not None]
        if found and not known:
            raise InputProblemError(f"sort: no element has {name}")
        unknown = [element for element in found if by[id(element)] is None]
        # Text and numbers in one column have no order; each kind is sorted for itself.
        known.sort(key=lambda element: (type(by[id(element)]).__name__, by[id(element)]), reverse=downwards)
        found = known + unknown
    return found


def chosen(element: Element, query: Query, id_field: str | None) -> Element:
    """An element with the fields that were asked for. The id is never left out."""
    if query.include:
        return {name: value for name, value in element.items() if name in query.include or name == id_field}
    if query.exclude:
        return {name: value for name, value in element.items() if name not in query.exclude or name == id_field}
    return element


def dig(element: object, path: str) -> object:
    """A value by its path, names joined by dots."""
    for name in path.split("."):
        if not isinstance(element, Mapping):
            return None
        element = element.get(name)
    return element


def read_time(value: object) -> datetime | None:
    """A time in ISO 8601 or in the form of Space-Track (a blank for the T); UTC unless it says otherwise."""
    if not isinstance(value, str) or len(value) < 10:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def read_flag(value: object) -> bool | None:
    """`true` or `false`."""
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))


_EARLIEST = datetime.min.replace(tzinfo=UTC)
_VIEW: Mapping[str, Reader] = {
    "sensor_id": lambda value: value or None,
    "start_epoch": read_time,
    "stop_epoch": read_time,
    "radius": number,
    "angle_1": number,
    "angle_2": number,
    "angle_type": lambda value: value if value in ("AZEL", "RADEC") else None,
}


def _read_key(query: Query, grammar: Grammar, name: str, inner: str | None, value: str) -> None:
    plain = inner is None
    if name in grammar.filters:
        query.conditions.append(_condition(grammar.filters[name], name, inner, value))
    elif name == "page" and plain:
        query.page = _count(name, value, 1_000_000_000)
    elif name == "limit" and plain:
        query.limit = _count(name, value, LARGEST_PAGE)
    elif name == "format" and plain and len(grammar.formats) > 1:
        query.format = value.lower()
        if query.format not in grammar.formats:
            raise InputProblemError(f"format must be one of {', '.join(grammar.formats)}, not {value!r}")
    elif name == "sort" and plain and grammar.sort:
        query.sort = [(item.removeprefix("-"), item.startswith("-")) for item in value.split(",")]
        _check_names(name, [item for item, _ in query.sort], grammar.sort)
    elif name in ("include", "exclude") and plain and grammar.choose:
        setattr(query, name, tuple(value.split(",")))
        _check_names(name, value.split(","), grammar.choose if name == "exclude" else ("*",))
    elif name == "q" and plain and grammar.text:
        query.text = value
    elif name == "latest" and plain and grammar.latest:
        query.latest = _known(name, read_flag(value), value, "true or false")
    elif name == "fov" and grammar.view and inner is not None and inner in _VIEW:
        _known(f"fov[{inner}]", _VIEW[inner](value), value, "its kind of value")
        if not query.notes:
            query.notes.append("fov was read but not applied: the emulator does not compute fields of view.")
    else:
        known = sorted({*grammar.filters, "page", "limit"})
        key = name if plain else f"{name}[{inner}]"
        raise InputProblemError(f"{key} is no filter of this collection. It has {', '.join(known)}")


def _condition(filter_: Filter, name: str, inner: str | None, value: str) -> Condition:
    if inner is not None and inner not in filter_.operators:
        allowed = ", ".join(filter_.operators) or "equality alone"
        raise InputProblemError(f"{name}[{inner}]: this filter takes {allowed}")
    texts = value.split(",") if filter_.several else [value]
    values = tuple(_known(name, filter_.read(text), text, "its kind of value") for text in texts)
    return Condition(filter_, inner or filter_.plain, values)


def _known(name: str, found: Any, value: str, kind: str) -> Any:
    if found is None:
        raise InputProblemError(f"{name} is {value[:80]!r}, which is not {kind}")
    return found


def _count(name: str, value: str, highest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", value) or not 1 <= int(value) <= highest:
        raise InputProblemError(f"{name} must be a whole number from 1 to {highest:,}, not {value[:80]!r}")
    return int(value)


def _check_names(key: str, names: list[str], allowed: tuple[str, ...]) -> None:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_.]+", name) or ("*" not in allowed and name not in allowed):
            raise InputProblemError(f"{key} cannot name {name[:80]!r}")


def _sort_value(element: Element, name: str, grammar: Grammar, now: datetime) -> Any:
    if name in grammar.filters:
        return grammar.filters[name].value(element, now)
    found = dig(element, name)
    if isinstance(found, bool):
        return float(found)
    as_number = number(found)
    return as_number if as_number is not None else found if isinstance(found, str) else None


def _mentions(element: Element, text: str) -> bool:
    return any(text in str(value).casefold() for value in element.values() if isinstance(value, str | int))


def _text(value: object) -> str | None:
    return str(value).casefold() if isinstance(value, str | int) and str(value) else None


def _whole(value: object) -> int | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) else None
