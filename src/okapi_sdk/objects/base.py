"""Base classes of stored objects: records, queries, new objects and changes."""

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
from ..models.types import Count, Limit, checked_id
from ..results.response import RawResponse
from ..text import short

T = TypeVar("T", covariant=True, default=Any)


class Stored(Record):
    """Base class of records that have their own address on the platform."""

    _collection: ClassVar[str]
    """Path of the collection, such as ``satellites``."""
    _id_field: ClassVar[str]
    """Name of the field that contains the ID."""
    _accept: ClassVar[str] = "application/json"
    """The requested media type."""

    @property
    def id(self) -> str:
        """The platform's ID of the object.

        Raises:
            ResponseFormatError: if the record has no ID.
        """
        value = getattr(self, self._id_field, None)
        if value is None:
            raise ResponseFormatError(f"This {type(self).__name__} has no {self._id_field}.", reason="schema")
        return str(value)

    @classmethod
    def _address(cls, id: str) -> str:
        """Return the path of an object, relative to the base URL.

        Raises:
            InputError: if the ID is not valid in a path.
        """
        return f"{cls._collection}/{checked_id(cls._id_field, id)}"

    @classmethod
    def _query(cls) -> dict[str, str]:
        """Return the query string parameters of the request for the object."""
        return {}

    @classmethod
    def _from_response(cls, response: RawResponse, id: str) -> Self:
        """Return the object with the given ID from a response.

        Raises:
            ResponseFormatError: if the response is not JSON, or does not match the model.
        """
        return cls.model_validate(unwrap(response.json()))


class Gettable(Generic[T]):
    """Base class of the records that `OkapiClient.get` accepts."""

    __slots__ = ()


class Deletable(Generic[T]):
    """Base class of the records that `OkapiClient.delete` accepts."""

    __slots__ = ()


class Query(RequestModel, Generic[T]):
    """Base class of queries for `OkapiClient.list`: a collection and its filters. Only the filters set are sent."""

    _collection: ClassVar[str]
    """Path of the collection, with placeholders for IDs, such as ``satellites/{satellite_id}/oems``."""
    _element: ClassVar[type[Any]]
    """The type of each element."""

    @property
    def _paged(self) -> bool:
        """True if the collection is requested page by page."""
        return False

    def _path(self) -> str:
        """Return the path relative to the base URL."""
        return self._collection.format(**{name: checked_id(name, getattr(self, name)) for name in self._in_path()})

    def _params(self) -> dict[str, str]:
        """Return the query string parameters."""
        from .filters import query_parameters  # with the types of all filters, which only queries need

        in_path = self._in_path()
        parameters: dict[str, str] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None and name not in in_path:
                parameters |= query_parameters(field.serialization_alias or name, value)
        return parameters

    def _content(self, response: RawResponse) -> Any:
        """Return the JSON data of a response, or None if it is empty.

        Raises:
            ResponseFormatError: if the response is not JSON.
        """
        return response.json() if response.content.strip() else None

    def _ends(self, elements: Sequence[Any]) -> bool:
        """Return True if a page is the last one, for responses that do not say so."""
        return len(elements) < getattr(self, "limit", 1)

    @classmethod
    def _in_path(cls) -> list[str]:
        return re.findall(r"\{(\w+)\}", cls._collection)

    @classmethod
    def _failure(cls, error: ValidationError) -> OkapiError:
        # For an unknown filter, list all valid ones, however many there are.
        unknown = f"unknown filter; valid filters: {', '.join(cls.model_fields)}"
        reported = [
            problem._replace(rule=unknown) if problem.rule.startswith("unknown field") and "." not in problem.field
            else problem for problem in problems(cls, error)
        ]  # fmt: skip
        return InputError(cls.__name__, reported)


class PagedQuery(Query[T], Generic[T]):
    """Base class of queries for collections that are requested page by page."""

    page: Annotated[Count, Field(ge=1)] = 1
    """First page to request, starting at 1. To resume an interrupted list, pass the page named in its error."""
    limit: Limit = 100
    """Number of elements per page, 1 to 10000."""

    @property
    def _paged(self) -> bool:
        """Return True."""
        return True


class New(RequestModel, Generic[T]):
    """Base class of the objects that `OkapiClient.add` accepts. Only fields that are set are sent."""

    _collection: ClassVar[str]
    """Path of the collection."""
    _record: ClassVar[type[Any]]
    """The type of the response."""

    def _body(self) -> Any:
        """Return the JSON body of the POST."""
        return set_fields(self)

    def _params(self) -> dict[str, str]:
        """Return the query string parameters."""
        return {}


class Changes(RequestModel, Generic[T]):
    """Base class of the partial changes that `OkapiClient.update` accepts.

    Only fields that are set are sent, including those set to ``None``.
    """

    _record: ClassVar[type[Any]]
    """The type of the response; it determines the collection."""

    @model_validator(mode="after")
    def _check_any_set(self) -> Self:
        if not self.model_fields_set:
            raise refusal(type(self), "", "nothing", "at least one field", "set the fields to change")
        return self

    def _body(self, id: str) -> dict[str, Any]:
        """Return the JSON body of the PATCH: the ID and the fields that are set."""
        return {self._record._id_field: id, **set_fields(self)}


def unsuitable(verb: catalogue.Verb, argument: object, kind: type[Any]) -> InputProblem:
    """Return the problem with an argument that a client method does not accept.

    The remedy suggests the right class if the argument is related to it, such as a record instead of its query.
    """
    model = argument if isinstance(argument, type) else type(argument)
    suitable = catalogue.taken_by(verb)
    remedy = ""
    if isinstance(argument, type) and kind in (Query, New, Changes) and argument.__name__ in suitable:
        remedy = f"create an instance: {argument.__name__}(...)"
    elif kind is Query:
        queries = (query for query in map(catalogue.load, _queries_near(model)) if query._element is model)
        remedy = next((f"use {query.__name__}(...)" for query in queries), "")
    elif issubclass(model, Query):
        element = getattr(model, "_element", object)
        remedy = f"use {element.__name__}" if element.__name__ in suitable else ""
    elif isinstance(argument, kind) and kind in (Gettable, Deletable):
        remedy = f"pass the class, {model.__name__}"
    wanted = {"list": "a query", "add": "a new object", "update": "changes"}.get(verb, "a class of stored objects")
    return InputProblem("argument", short(argument), f"{wanted} for {verb}(): {', '.join(suitable)}", remedy)


def _queries_near(model: type[Any]) -> list[str]:
    """Return the names of the queries in a record's module, or of all queries if that module has none."""
    same = [name for name in catalogue.taken_by("list") if "okapi_sdk." + catalogue.MODULES[name] == model.__module__]
    return same or catalogue.taken_by("list")
