"""What stored objects are to the client: records that can be listed, read, added, changed and deleted.

The verbs of the client take nouns, and a type bound says which fit: ``get`` takes a `Gettable`, ``delete`` a
`Deletable`, ``list`` a `Query`, ``add`` a `New`, ``update`` a `Changes`. A new collection is one module of such nouns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Self

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator
from typing_extensions import TypeVar

from .._lazy import load_all
from ..errors import InputError, InputProblem, OkapiError, ResponseFormatError
from ..models.base import Count, Record, RequestModel, checked_id, problems, refusal, short, wire_time
from ..models.envelope import unwrap
from ..models.response import RawResponse
from ..models.tagged import json_data
from .filters import Limit, params

T = TypeVar("T", covariant=True, default=Any)


class Stored(Record):
    """A record of a collection that has an address of its own."""

    collection: ClassVar[str]
    """Path of its collection, such as ``satellites``."""
    id_field: ClassVar[str]
    """Name of the field that holds its id."""
    accept: ClassVar[str] = "application/json"
    """The media type that is asked for."""

    @property
    def id(self) -> str:
        """The platform's id of the object.

        Raises:
            ResponseFormatError: the platform sent none.
        """
        found = getattr(self, self.id_field, None)
        if found is None:
            raise ResponseFormatError(f"This {type(self).__name__} came without {self.id_field}.", reason="schema")
        return str(found)

    @classmethod
    def address(cls, id: str) -> str:
        """Path of the object of that id below the base URL.

        Raises:
            InputError: no usable id.
        """
        return f"{cls.collection}/{checked_id(cls.id_field, id)}"

    @classmethod
    def query(cls) -> dict[str, str]:
        """Keys and values of the query string with which it is read."""
        return {}

    @classmethod
    def from_response(cls, response: RawResponse, id: str) -> Self:
        """Read the answer about the object of that id.

        Raises:
            ResponseFormatError: the answer is no JSON, or of another shape.
        """
        return cls.model_validate(unwrap(response.json()))


class Gettable(Generic[T]):
    """What `OkapiClient.get` takes."""

    __slots__ = ()


class Deletable(Generic[T]):
    """What `OkapiClient.delete` takes."""

    __slots__ = ()


class Query(RequestModel, Generic[T]):
    """What `OkapiClient.list` takes: a collection and its filters. Only what is set travels."""

    collection: ClassVar[str]
    """Path of the collection; ids in it stand in braces, as ``satellites/{satellite_id}/oems``."""
    element: ClassVar[type[Any]]
    """What each element is read as."""

    @property
    def paged(self) -> bool:
        """Whether the collection is asked for in pages."""
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
                found |= params(field.serialization_alias or name, value)
        return found

    def content(self, response: RawResponse) -> Any:
        """What an answer holds: JSON data, None where it is empty.

        Raises:
            ResponseFormatError: it is no JSON.
        """
        return response.json() if response.content.strip() else None

    def ends(self, elements: Sequence[Any]) -> bool:
        """Whether a page with these elements is the last, where the platform does not say."""
        return len(elements) < getattr(self, "limit", 1)

    @classmethod
    def _in_path(cls) -> list[str]:
        return re.findall(r"\{(\w+)\}", cls.collection)

    @classmethod
    def _failure(cls, error: ValidationError) -> OkapiError:
        # An unknown filter is answered with all that there are, however many.
        known = f"unknown filter; there are: {', '.join(cls.model_fields)}"
        found = [
            problem._replace(rule=known) if problem.rule.startswith("unknown field") and "." not in problem.field
            else problem for problem in problems(cls, error)
        ]  # fmt: skip
        return InputError(cls.__name__, found)


class PagedQuery(Query[T], Generic[T]):
    """A query of a collection that comes in pages."""

    page: Annotated[Count, Field(ge=1)] = 1
    """Page to begin with, from 1: a list that broke off goes on with the page that it names."""
    limit: Limit = 100
    """Elements of a page, 1 to 10000."""

    @property
    def paged(self) -> bool:
        """True."""
        return True


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
    def _changes(self) -> Self:
        if not self.model_fields_set:
            raise refusal(type(self), "", "nothing", "at least one field", "name what is to change")
        return self

    def body(self, id: str) -> dict[str, Any]:
        """The JSON body of the PATCH: the id and what is set."""
        return {self.record.id_field: id, **set_fields(self)}


def set_fields(model: BaseModel) -> dict[str, Any]:
    """What was set of a model, as JSON data under the platform's names.

    Raises:
        InputError: something in it cannot be sent as JSON.
    """
    found: dict[str, Any] = json_data(
        {
            field.serialization_alias or name: plain(getattr(model, name))
            for name, field in type(model).model_fields.items()
            if name in model.model_fields_set
        }
    )
    return found


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


def nouns(kind: type[Any]) -> list[str]:
    """Names of all nouns that a verb takes, by the base that it asks for."""
    return sorted({found.__name__ for found in _leaves(kind)})


def unfit(verb: str, given: object, kind: type[Any]) -> InputProblem:
    """What to say of a noun that a verb does not take; a singular where a plural was due is named, and vice versa."""
    model = given if isinstance(given, type) else type(given)
    remedy = ""
    if isinstance(given, type) and kind in (Query, New, Changes) and given in _leaves(kind):
        remedy = f"make one: {given.__name__}(...)"
    elif kind is Query:
        plurals = (found for found in _leaves(Query) if getattr(found, "element", str) is model is not str)
        remedy = next((f"use {plural.__name__}(...)" for plural in plurals), "")
    elif issubclass(model, Query):
        element = getattr(model, "element", object)
        remedy = f"use {element.__name__}" if element in _leaves(kind) else ""
    elif isinstance(given, kind) and kind in (Gettable, Deletable):
        remedy = f"pass the class, {model.__name__}"
    what = {"Query": "a query", "New": "a new object", "Changes": "changes"}.get(kind.__name__, "a class of objects")
    return InputProblem("noun", short(given), f"{verb} takes {what}: {', '.join(nouns(kind))}", remedy)


def _leaves(kind: type[Any]) -> Iterator[type[Any]]:
    """The classes of our own nouns under a base, without the bases that nobody uses by name."""
    from .. import objects

    load_all(objects)
    return _below(kind)


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for found in kind.__subclasses__():
        if "[" not in found.__name__ and not found.__name__.startswith("_") and found is not PagedQuery:
            yield found
        yield from _below(found)
