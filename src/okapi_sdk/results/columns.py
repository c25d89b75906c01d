"""Columns of a list of records: names with units, kinds and values, independent of any table library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from ..models.base import Message
from ..models.display import utc_text
from ..models.types import ANSWER, utc_epoch
from ..redaction import MASK, is_secret, masked

Kind = Literal["time", "number", "count", "flag", "text"]

NAMES = ("satellite", "station", "sat1_name", "sat2_name")
"""Keys of the names in rows of results, and the columns that come first."""
_KINDS: Mapping[Any, Kind] = {datetime: "time", float: "number", int: "count", bool: "flag", str: "text"}
_LARGEST = 2**63


class Column(NamedTuple):
    """Values of one kind: aware UTC datetimes, floats, 64-bit integers, bools or text; None if missing."""

    kind: Kind
    values: Sequence[Any]


Columns = dict[str, Column]


class _Field(NamedTuple):
    path: tuple[str, ...]
    column: str
    kinds: frozenset[Kind]
    """The kinds that the annotation allows; empty if it allows anything."""


def columns_of(elements: Sequence[Any], model: type[Any]) -> Columns:
    """Return the columns of a list of models, dictionaries or texts.

    There is a column for each field that holds a single value, also in an empty list, and one for each other single
    value found in the elements. Lists of numbers or texts become text, separated by blanks; other lists and objects
    have no column.
    """
    found: Columns = {}
    if issubclass(model, str):
        return {"text": Column("text", list(elements))}
    if not issubclass(model, BaseModel):
        rows = [element if isinstance(element, Mapping) else {"value": element} for element in elements]
        return _with_others(found, rows, frozenset())
    for field in _fields(model):
        values = [_value(element, field.path) for element in elements]
        _add(found, field, values)
    return _with_others(found, [element.model_extra or {} for element in elements], frozenset())


def columns_of_rows(rows: Sequence[Any], model: type[BaseModel], models: Callable[[], Sequence[Any]]) -> Columns:
    """Return the columns of the rows of a response, without building a model for each row if possible.

    Args:
        rows: the rows as plain data.
        model: the model of a row.
        models: function that builds the models, or raises the error of the row that cannot be parsed.
    """
    readers = _readers(model)
    if readers is None or not all(isinstance(row, Mapping) for row in rows):
        return columns_of(models(), model)
    found: Columns = {}
    keys = set()
    for name, key, default, adapter in readers:
        keys.add(key)
        values = [row.get(key, default) for row in rows]
        field = next((field for field in _fields(model) if field.path == (name,)), None)
        try:
            values = adapter.validate_python(values, context=ANSWER)
        except ValidationError:
            return columns_of(models(), model)
        if field is not None:
            _add(found, field, values)
    return _with_others(found, rows, frozenset(keys))


def cell_text(value: Any) -> str:
    """Return a value as text for a file: times in ISO 8601 with a ``Z``, numbers with all digits, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return utc_text(value)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


@cache
def _fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    derived = [name for name in getattr(model, "_first_shown", ()) if name not in model.model_fields]
    hints = [(name, get_type_hints(getattr(model, name).fget).get("return", Any)) for name in derived]
    fields = [(name, field.annotation) for name, field in model.model_fields.items()]
    return tuple(field for name, annotation in (*hints, *fields) for field in _described(model, name, annotation))


def _described(model: type[BaseModel], name: str, annotation: Any) -> Iterator[_Field]:
    leaves = list(_leaves(annotation))
    kinds: list[Kind | None] = [_kind(leaf) for leaf in leaves]
    blocks = [leaf for leaf in leaves if isinstance(leaf, type) and issubclass(leaf, Message)]
    if leaves == [Any]:
        yield _Field((name,), _with_unit(model, name), frozenset())
    elif blocks == leaves and len(blocks) == 1:
        # A block of a message, such as an object of a CDM: one column for each of its values.
        yield from (
            _Field((name, *field.path), f"{name}_{field.column}", field.kinds)
            for field in _fields(blocks[0]) if len(field.path) == 1
        )  # fmt: skip
    elif kinds and all(kinds):
        known: frozenset[Kind] = frozenset(kind for kind in kinds if kind)
        yield _Field((name,), _with_unit(model, name), known)


def _leaves(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from _leaves(part)
    elif origin is Literal:
        yield from map(type, get_args(annotation))
    elif annotation is not type(None):
        yield annotation


def _kind(leaf: Any) -> Kind | None:
    if get_origin(leaf) in (tuple, list):
        items = [item for item in get_args(leaf) if item is not ...]
        return "text" if all(_kind(inner) for item in items for inner in _leaves(item)) else None
    return "text" if leaf is SecretStr else _KINDS.get(leaf)


def _with_unit(model: type[BaseModel], name: str) -> str:
    unit = getattr(model, "_units", {}).get(name)
    return f"{name}_{unit}" if unit else name


def _value(element: Any, path: Iterable[str]) -> Any:
    for name in path:
        element = getattr(element, name, None)
    return element


def _add(found: Columns, field: _Field, values: Sequence[Any]) -> None:
    column = _column(field.path[-1], values, field.kinds)
    if column is not None:
        found[field.column] = column


def _with_others(found: Columns, rows: Sequence[Mapping[Any, Any]], known: frozenset[str]) -> Columns:
    names = dict.fromkeys(key for row in rows for key in row if key not in known)
    for name in names:
        column = _column(str(name), [row.get(name) for row in rows], frozenset())
        if column is not None and str(name) not in found:
            found[str(name)] = column
    return found


def _column(name: str, values: Sequence[Any], kinds: frozenset[Kind]) -> Column | None:
    if is_secret(name):
        return Column("text", [None if value is None else MASK for value in values])
    present = [value for value in values if value is not None]
    kind = next(iter(kinds)) if len(kinds) == 1 else _common(present, kinds)
    if kind == "count" and any(not -_LARGEST <= value < _LARGEST for value in present):
        kind = "text"
    return None if kind is None else Column(kind, _converted(kind, values))


def _common(values: Sequence[Any], allowed: frozenset[Kind]) -> Kind | None:
    """Return the kind that holds all values; None if some are nested, or if nothing is known."""
    found = {type(value) for value in values}
    if not found <= _KINDS.keys() or not (found or allowed):
        return None
    kinds: set[Kind] = {_KINDS[kind] for kind in found}
    if not kinds:
        return "time" if "time" in allowed else "text"
    if kinds <= {"count", "number"}:
        return "number" if "number" in kinds else "count"
    if kinds == {"text"} and all(map(_is_time, values)):
        return "time"
    return next(iter(kinds)) if len(kinds) == 1 else "text"


@cache
def _iso() -> re.Pattern[str]:
    return re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def _is_time(text: str) -> bool:
    if _iso().fullmatch(text) is None:
        return False
    try:
        utc_epoch(text, tolerant=True)
    except PydanticCustomError:
        return False
    return True


def _converted(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind == "number":
        return [None if value is None else float(value) for value in values]
    if kind == "time":
        return [utc_epoch(value, tolerant=True) if isinstance(value, str) else value for value in values]
    if kind == "text":
        return [value if value is None or isinstance(value, str) else _as_text(value) for value in values]
    return values


def _as_text(value: Any) -> str:
    return " ".join(map(cell_text, value)) if isinstance(value, list | tuple) else cell_text(masked(value))


_READER_CONFIG = ConfigDict(coerce_numbers_to_str=True, allow_inf_nan=False)


@cache
def _readers(model: type[BaseModel]) -> tuple[tuple[str, str, Any, TypeAdapter[Any]], ...] | None:
    """Return how to read each field from a whole list of rows, or None if only the model itself can read a row."""
    decorators = model.__pydantic_decorators__
    if decorators.model_validators or decorators.field_validators or _is_derived(model):
        return None
    if any(field.validation_alias not in (None, field.alias) for field in model.model_fields.values()):
        return None
    return tuple(
        (name, field.alias or name, field.get_default(), _reader(field)) for name, field in model.model_fields.items()
    )


def _is_derived(model: type[BaseModel]) -> bool:
    return any(name not in model.model_fields for name in getattr(model, "_first_shown", ()))


def _reader(field: FieldInfo) -> TypeAdapter[Any]:
    element = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return TypeAdapter(list[element], config=_READER_CONFIG)  # type: ignore[valid-type]  # pyright: ignore[reportInvalidTypeForm]
