"""Query strings of lists: filters, order, page and format.

    epoch[$gte]=2018-08-07T00:00Z&epoch[$lt]=2018-08-08T00:00Z    comparisons; `%24`, `%5B`, `%5D` mean the same
    criticality=critical,observe                                    one of several
    fov[sensor_id]=...&fov[start_epoch]=...                         a nested object
    sort=-sum,rtn.r&include=a,b&exclude=c&page=2&limit=20

A key that a collection does not know is rejected by name, as in request bodies. An element does not match a filter if
it lacks the value to compare; in a sorted list, an element without the sort value comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from ..bodies.fields import InputProblemError
from ..bodies.values import read_number
from .elements import Element, orbit_value
from .filters import OPERATORS, Filter, Reader, dig, read_flag, read_time

LARGEST_PAGE = 10_000
_MOST_KEYS = 200
_KEY = re.compile(r"([A-Za-z0-9_.]+)(?:\[([^\[\]]+)\])?")


@dataclass(frozen=True)
class Grammar:
    """The keys that the query string of a collection may contain besides `page` and `limit`.

    * `filters`: the filters by key; `formats`: the values of `format`; `limit`: default number of elements per page, or
    None for a single page;
    * `sort`: the fields to sort by, `("*",)` for any filter or field; an empty tuple means that the list has no `sort`;
    * `choose`: the fields that `include` and `exclude` may name, `("*",)` for any;
    * `text`: True if `q` searches in text; `latest`: True if `latest=true` keeps only the newest elements of an object;
    * `view`: True if `fov` is accepted.
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
    """A filter with an operator and the values of the query, one of which must match."""

    filter: Filter
    operator: str
    values: tuple[Any, ...]

    def holds(self, element: Element, now: datetime) -> bool:
        """Return True if an element matches."""
        actual = self.filter.value(element, now)
        if actual is None:
            return False
        compare = OPERATORS[self.operator]
        return any(compare(actual, value) for value in self.values)


@dataclass
class Query:
    """A parsed query string. `notes` are added to the status of the response."""

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
    """Read a query string. Raises an InputProblemError that names the key."""
    query = Query(limit=grammar.limit)
    for key, value in key_values(raw):
        match = _KEY.fullmatch(key)
        if match is None:
            raise InputProblemError(f"{key[:80]!r} is not a query parameter")
        _read_key(query, grammar, match[1], match[2], value)
    return query


def key_values(raw: bytes) -> list[tuple[str, str]]:
    """Return the keys and values of a query string. No key may appear twice."""
    try:
        pairs = parse_qsl(raw.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=_MOST_KEYS)
    except ValueError:
        raise InputProblemError(f"the query has more than {_MOST_KEYS} keys") from None
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise InputProblemError(f"{key[:80]} appears twice")
        seen.add(key)
    return pairs


def select(elements: Iterable[Element], query: Query, grammar: Grammar, now: datetime) -> list[Element]:
    """Return the matching elements in the requested order, before they are split into pages."""
    fitting = [element for element in elements if all(condition.holds(element, now) for condition in query.conditions)]
    if query.text:
        fitting = [element for element in fitting if _mentions(element, query.text.casefold())]
    if query.latest:
        fitting = _newest_of_each_object(fitting)
    for name, descending in reversed(query.sort):
        fitting = _sorted_by(fitting, name, grammar, now, descending=descending)
    return fitting


def chosen_fields(element: Element, query: Query, id_field: str | None) -> Element:
    """Return an element with the fields that `include` and `exclude` select. The ID is always included."""
    if query.include:
        return {name: value for name, value in element.items() if name in query.include or name == id_field}
    if query.exclude:
        return {name: value for name, value in element.items() if name not in query.exclude or name == id_field}
    return element


_EARLIEST = datetime.min.replace(tzinfo=UTC)
_VIEW: Mapping[str, Reader] = {
    "sensor_id": lambda value: value or None,
    "start_epoch": read_time,
    "stop_epoch": read_time,
    "radius": read_number,
    "angle_1": read_number,
    "angle_2": read_number,
    "angle_type": lambda value: value if value in ("AZEL", "RADEC") else None,
}


def _read_key(query: Query, grammar: Grammar, name: str, inner: str | None, value: str) -> None:
    plain = inner is None
    if name in grammar.filters:
        query.conditions.append(_condition(grammar.filters[name], name, inner, value))
    elif name == "page" and plain:
        query.page = _read_count(name, value, 1_000_000_000)
    elif name == "limit" and plain:
        query.limit = _read_count(name, value, LARGEST_PAGE)
    elif name == "format" and plain and len(grammar.formats) > 1:
        query.format = value.lower()
        if query.format not in grammar.formats:
            raise InputProblemError(f"format must be one of {', '.join(grammar.formats)}, not {value!r}")
    elif name == "sort" and plain and grammar.sort:
        query.sort = [(item.removeprefix("-"), item.startswith("-")) for item in value.split(",")]
        _check_field_names(name, [item for item, _ in query.sort], grammar.sort)
    elif name in ("include", "exclude") and plain and grammar.choose:
        setattr(query, name, tuple(value.split(",")))
        _check_field_names(name, value.split(","), grammar.choose if name == "exclude" else ("*",))
    elif name == "q" and plain and grammar.text:
        query.text = value
    elif name == "latest" and plain and grammar.latest:
        query.latest = _require(name, read_flag(value), value, "true or false")
    elif name == "fov" and grammar.view and inner is not None and inner in _VIEW:
        _require(f"fov[{inner}]", _VIEW[inner](value), value, "its kind of value")
        if not query.notes:
            query.notes.append("fov was read but not applied: the emulator does not compute fields of view.")
    else:
        known = sorted({*grammar.filters, "page", "limit"})
        key = name if plain else f"{name}[{inner}]"
        raise InputProblemError(f"this collection has no filter {key}; its filters are {', '.join(known)}")


def _condition(filter_: Filter, name: str, inner: str | None, value: str) -> Condition:
    if inner is not None and inner not in filter_.operators:
        allowed = ", ".join(filter_.operators) or "equality only"
        raise InputProblemError(f"{name}[{inner}]: this filter accepts {allowed}")
    texts = value.split(",") if filter_.several else [value]
    values = tuple(_require(name, filter_.read(text), text, "its kind of value") for text in texts)
    return Condition(filter_, inner or filter_.plain, values)


def _require(name: str, parsed: Any, value: str, kind: str) -> Any:
    if parsed is None:
        raise InputProblemError(f"{name} is {value[:80]!r}, which is not {kind}")
    return parsed


def _read_count(name: str, value: str, highest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", value) or not 1 <= int(value) <= highest:
        raise InputProblemError(f"{name} must be a whole number from 1 to {highest:,}, not {value[:80]!r}")
    return int(value)


def _check_field_names(key: str, names: list[str], allowed: tuple[str, ...]) -> None:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_.]+", name) or ("*" not in allowed and name not in allowed):
            raise InputProblemError(f"{key} cannot name {name[:80]!r}")


def _newest_of_each_object(elements: list[Element]) -> list[Element]:
    newest: dict[object, Element] = {}
    for element in sorted(elements, key=lambda element: read_time(orbit_value(element, "EPOCH")) or _EARLIEST):
        newest[orbit_value(element, "NORAD_CAT_ID")] = element
    return [element for element in elements if newest.get(orbit_value(element, "NORAD_CAT_ID")) is element]


def _sorted_by(
    elements: list[Element], name: str, grammar: Grammar, now: datetime, *, descending: bool
) -> list[Element]:
    values = {id(element): _sort_value(element, name, grammar, now) for element in elements}
    known = [element for element in elements if values[id(element)] is not None]
    if elements and not known:
        raise InputProblemError(f"sort: no element has the field {name}")
    unknown = [element for element in elements if values[id(element)] is None]
    # Text and numbers in one column have no common order, so each kind is sorted separately.
    known.sort(key=lambda element: (type(values[id(element)]).__name__, values[id(element)]), reverse=descending)
    return known + unknown


def _sort_value(element: Element, name: str, grammar: Grammar, now: datetime) -> Any:
    if name in grammar.filters:
        return grammar.filters[name].value(element, now)
    value = dig(element, name)
    if isinstance(value, bool):
        return float(value)
    as_number = read_number(value)
    return as_number if as_number is not None else value if isinstance(value, str) else None


def _mentions(element: Element, text: str) -> bool:
    return any(text in str(value).casefold() for value in element.values() if isinstance(value, str | int))
