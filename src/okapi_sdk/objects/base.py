"""What stored objects are to the client: records that can be listed, read, added, changed and deleted.

The verbs of the client take nouns, and a type bound says which fit: ``get`` takes a `Gettable`, ``delete`` a
`Deletable`, ``list`` a `Query`, ``add`` a `New`, ``update`` a `Changes`. A new collection is one module of such nouns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic

from pydantic import BaseModel, Field, SecretStr, model_validator
from typing_extensions import TypeVar

from ..errors import InputProblem
from ..models.base import Count, Record, RequestModel, checked_id, refusal, short, wire_time

T = TypeVar("T", covariant=True, default=Any)
V = TypeVar("V", default=float)


class Stored(Record):
    """A record of a collection."""

    collection: ClassVar[str]
    """Path of its collection, such as ``satellites``."""
    id_field: ClassVar[str]
    """Name of the field that holds its id."""

    @property
    def id(self) -> str | None:
        """The platform's id of the object."""
        found = getattr(self, self.id_field, None)
        return None if found is None else str(found)


class Gettable(Generic[T]):
    """What `OkapiClient.get` takes."""

    __slots__ = ()


class Deletable(Generic[T]):
    """What `OkapiClient.delete` takes."""

    __slots__ = ()


class Range(RequestModel, Generic[V]):
    """A comparison in a query; several bounds hold together.

    >>> Range(gte=400.0, lt=600.0)
    Range(gt=None, gte=400.0, lt=600.0, lte=None, eq=None)
    """

    gt: V | None = None
    """Greater than."""
    gte: V | None = None
    """Greater than or equal."""
    lt: V | None = None
    """Less than."""
    lte: V | None = None
    """Less than or equal."""
    eq: V | None = None
    """Equal."""

    @model_validator(mode="after")
    def _bounded(self) -> Range[V]:
        if not any(True for _ in self.bounds()):
            raise refusal(type(self), "", "no bound", "at least one of gt, gte, lt, lte, eq", "give one, or leave out")
        return self

    def bounds(self) -> Iterator[tuple[str, V]]:
        """Operators and values of the bounds that are set."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None:
                yield name, value


class Bounds(Range[V], Generic[V]):
    """A comparison in a collection that knows ``gte`` and ``lte`` only."""

    @model_validator(mode="after")
    def _closed(self) -> Bounds[V]:
        for name, value in self.bounds():
            if name not in ("gte", "lte"):
                raise refusal(
                    type(self), name, short(value), "gte and lte: this collection knows no other", "use those"
                )
        return self


class Query(RequestModel, Generic[T]):
    """What `OkapiClient.list` takes: a collection and its filters. Only what is set travels."""

    collection: ClassVar[str]
    """Path of the collection; ids in it stand in braces, as ``satellites/{satellite_id}/oems``."""
    element: ClassVar[type[Any]]
    """What each element is read as."""

    @property
    def paged(self) -> bool:
        """Whether the collection comes in pages."""
        return False

    def path(self) -> str:
        """Path below the base URL."""
        return self.collection.format(**{name: checked_id(name, getattr(self, name)) for name in self._in_path()})

    def params(self) -> dict[str, str]:
        """The query string's keys and values."""
        inside = self._in_path()
        found: dict[str, str] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None and name not in inside:
                found |= _params(type(self), field.alias or name, value)
        return found

    @classmethod
    def _in_path(cls) -> list[str]:
        return re.findall(r"\{(\w+)\}", cls.collection)


class PagedQuery(Query[T], Generic[T]):
    """A query of a collection that comes in pages."""

    page: Count = Field(default=1, ge=1)
    """Page to begin with, from 1: a list that broke off goes on with the page that it names."""
    limit: Count = Field(default=100, ge=1, le=10_000)
    """Elements of a page."""

    @property
    def paged(self) -> bool:
        """True."""
        return True


def _params(query: type[Any], key: str, value: Any) -> dict[str, str]:
    if isinstance(value, Range):
        return {f"{key}[${name}]": _text(query, key, bound) for name, bound in value.bounds()}
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return {f"{key}[{name}]": _text(query, key, part) for name, part in fields.items() if part is not None}
    return {key: _text(query, key, value)}


def _text(query: type[Any], key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, list | tuple):
        items = [_text(query, key, item) for item in value]
        for item in items:
            if "," in item:
                raise refusal(query, key, short(item), "list items without commas, which part them", "ask for it alone")
        return ",".join(items)
    return str(value)


class New(RequestModel, Generic[T]):
    """What `OkapiClient.add` takes. Only what is set travels."""

    collection: ClassVar[str]
    """Path of the collection."""
    record: ClassVar[type[Any]]
    """What the answer is read as."""

    def body(self) -> Any:
        """The JSON body of the POST."""
        return set_fields(self)

    def params(self) -> dict[str, str]:
        """The query string's keys and values."""
        return {}


class Changes(RequestModel, Generic[T]):
    """What `OkapiClient.update` takes: a partial change. Only what is set travels, ``None`` too."""

    record: ClassVar[type[Any]]
    """What the answer is read as; it names the collection."""

    @model_validator(mode="after")
    def _changes(self) -> Changes[T]:
        if not self.model_fields_set:
            raise refusal(type(self), "", "nothing", "at least one field", "name what is to change")
        return self

    def body(self, id: str) -> dict[str, Any]:
        """The JSON body of the PATCH: the id and what is set."""
        return {self.record.id_field: id, **set_fields(self)}


def set_fields(model: BaseModel) -> dict[str, Any]:
    """What was set of a model, as JSON data under the platform's names."""
    return {
        field.alias or name: plain(getattr(model, name))
        for name, field in type(model).model_fields.items()
        if name in model.model_fields_set
    }


def plain(value: Any) -> Any:
    """A value as JSON data."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, BaseModel):
        wire = getattr(value, "wire", None)
        return wire() if wire is not None else set_fields(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def unfit(verb: str, given: object, kind: type[Any]) -> InputProblem:
    """What to say of a noun that a verb does not take; a singular where a plural was due is named."""
    model = given if isinstance(given, type) else type(given)
    names = ", ".join(sorted(found.__name__ for found in _leaves(kind)))
    plural = next((found.__name__ for found in _leaves(Query) if getattr(found, "element", None) is model), None)
    remedy = f"use {plural}()" if kind is Query and plural else ""
    what = {"Query": "a query", "New": "a new object", "Changes": "changes"}.get(kind.__name__, "a class of objects")
    return InputProblem("noun", short(given), f"{verb} takes {what}: {names}", remedy)


def _leaves(kind: type[Any]) -> Iterator[type[Any]]:
    """The classes of our own nouns under a base, without the parametrised bases that pydantic makes."""
    for found in kind.__subclasses__():
        if "[" not in found.__name__ and found.__name__ not in ("PagedQuery", "Bounds"):
            yield found
        yield from _leaves(found)
