"""TODO"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Generic, Self

from pydantic import Field, ValidationError, model_validator
from typing_extensions import TypeVar

from .. import catalogue
from ..errors import InputError, InputProblem, OkapiError, ResponseFormatError
from ..models.base import Record, RequestModel
from ..models.envelope import unwrap
from ..models.json_form import set_fields
from ..models.problems import problems, refusal
from ..models.types import Count, checked_id
from ..results.response import RawResponse
from ..text import short
from .filters import Limit, params

T = TypeVar("T", covariant=True, default=Any)


class Stored(Record):
    """A record of a collection that has an address of its own."""

    _collection: ClassVar[str]
    """Path of its collection, such as ``satellites``."""
    _id_field: ClassVar[str]
    """Name of the field that holds its id."""
    _accept: ClassVar[str] = "application/json"
    """The media type that is asked for."""

    @property
    def id(self) -> str:
        """The platform's id of the object.

        Raises:
            ResponseFormatError: the platform sent none.
        """
        found = getattr(self, self._id_field, None)
        if found is None:
            raise ResponseFormatError(f"This {type(self).__name__} came without {self._id_field}.", reason="schema")
        return str(found)

    @classmethod
    def _address(cls, id: str) -> str:
        """Path of the object of that id below the base URL.

        Raises:
            InputError: no usable id.
        """
        return f"{cls._collection}/{checked_id(cls._id_field, id)}"

    @classmethod
    def _query(cls) -> dict[str, str]:
        """Keys and values of the query string with which it is read."""
        return {}

    @classmethod
    def _from_response(cls, response: RawResponse, id: str) -> Self:
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

    _collection: ClassVar[str]
    """Path of the collection; ids in it stand in braces, as ``satellites/{satellite_id}/oems``."""
    _element: ClassVar[type[Any]]
    """What each element is read as."""

    @property
    def _paged(self) -> bool:
        """Whether the collection is asked for in pages."""
        return False

    def _path(self) -> str:
        """Path below the base URL."""
        return self._collection.format(**{name: checked_id(name, getattr(self, name)) for name in self._in_path()})

    def _params(self) -> dict[str, str]:
        """The query string's keys and values."""
        inside = self._in_path()
        found: dict[str, str] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None and name not in inside:
                found |= params(field.serialization_alias or name, value)
        return found

    def _content(self, response: RawResponse) -> Any:
        """What an answer holds: JSON data, None where it is empty.

        Raises:
            ResponseFormatError: it is no JSON.
        """
        return response.json() if response.content.strip() else None

    def _ends(self, elements: Sequence[Any]) -> bool:
        """Whether a page with these elements is the last, where the platform does not say."""
        return len(elements) < getattr(self, "limit", 1)

    @classmethod
    def _in_path(cls) -> list[str]:
        return re.findall(r"\{(\w+)\}", cls._collection)

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
    def _paged(self) -> bool:
        """True."""
        return True


class New(RequestModel, Generic[T]):
    """What `OkapiClient.add` takes. Only what is set travels."""

    _collection: ClassVar[str]
    """Path of the collection."""
    _record: ClassVar[type[Any]]
    """What the answer is read as."""

    def _body(self) -> Any:
        """The JSON body of the POST."""
        return set_fields(self)

    def _params(self) -> dict[str, str]:
        """The query string's keys and values."""
        return {}


class Changes(RequestModel, Generic[T]):
    """What `OkapiClient.update` takes: a partial change. Only what is set travels, ``None`` too."""

    _record: ClassVar[type[Any]]
    """What the answer is read as; it names the collection."""

    @model_validator(mode="after")
    def _changes(self) -> Self:
        if not self.model_fields_set:
            raise refusal(type(self), "", "nothing", "at least one field", "name what is to change")
        return self

    def _body(self, id: str) -> dict[str, Any]:
        """The JSON body of the PATCH: the id and what is set."""
        return {self._record._id_field: id, **set_fields(self)}


def unsuitable(verb: catalogue.Verb, given: object, kind: type[Any]) -> InputProblem:
    """Return the problem of an argument that a verb does not take; the remedy tells a record from its query."""
    model = given if isinstance(given, type) else type(given)
    suitable = catalogue.taken_by(verb)
    remedy = ""
    if isinstance(given, type) and kind in (Query, New, Changes) and given.__name__ in suitable:
        remedy = f"make an instance: {given.__name__}(...)"
    elif kind is Query:
        queries = (query for query in map(catalogue.load, _queries_near(model)) if query._element is model)
        remedy = next((f"use {query.__name__}(...)" for query in queries), "")
    elif issubclass(model, Query):
        element = getattr(model, "_element", object)
        remedy = f"use {element.__name__}" if element.__name__ in suitable else ""
    elif isinstance(given, kind) and kind in (Gettable, Deletable):
        remedy = f"pass the class, {model.__name__}"
    wanted = {"list": "a query", "add": "a new object", "update": "changes"}.get(verb, "a class of stored objects")
    return InputProblem("argument", short(given), f"{verb} takes {wanted}: {', '.join(suitable)}", remedy)


def _queries_near(model: type[Any]) -> list[str]:
    """Return the names of the queries defined beside a record, and of those of other modules whose element it is."""
    same = [name for name in catalogue.taken_by("list") if "okapi_sdk." + catalogue.MODULES[name] == model.__module__]
    return same or catalogue.taken_by("list")
