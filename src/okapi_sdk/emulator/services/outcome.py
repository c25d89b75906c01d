"""The outcome of a calculation: its status, its results, and the objects to store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..engines.errors import EngineError, UnusableInputError
from ..store.tables import OwnerGoneError, Store


@dataclass(frozen=True)
class Status:
    """The platform's status object. The server's types are NONE, DEBUG, REMARK, WARNING and FATAL."""

    type: str = "NONE"
    text: str = "No messages"
    input_problem: bool = False


class NoResultError(Exception):
    """Raised when an accepted calculation has no result. It ends with status FATAL and this text.

    `input_problem` is true if other input would have a result.
    """

    def __init__(self, text: str, *, input_problem: bool = False) -> None:
        super().__init__(text)
        self.status: Status = Status("FATAL", text, input_problem)


@dataclass(frozen=True)
class Context:
    """The context of a calculation: the time of its submission and the stored objects."""

    created: datetime
    store: Store


@dataclass(frozen=True)
class Listing:
    """A result that is a list under `key`. A long list is split into parts, each with the values of `beside`."""

    key: str
    rows: Iterable[Mapping[str, object]]
    beside: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """A result that is one object under `key`, with the values of `beside`. It is never split.

    An iterator in `value` stands for a long list.
    """

    key: str
    value: Mapping[str, object]
    beside: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Absent:
    """The absence of a result in this format, although other formats have one. Its status is FATAL, with this text."""

    text: str


class New(Protocol):
    """Something to store when the calculation has ended."""

    def put(self, store: Store) -> None:
        """Store it.

        Raises:
            StoreFullError: if there is no room.
            OwnerGoneError: if the object to which it belongs was removed in the meantime.
        """
        ...


@dataclass(frozen=True)
class NewElement:
    """An element to store; see `store.tables.Store.put`. `owner`: table and ID of the object to which it belongs."""

    table: str
    id_field: str
    element: Mapping[str, object]
    owner: tuple[str, str] | None = None

    def put(self, store: Store) -> None:
        """Store the element."""
        table, owner = self.owner or (None, None)
        if table is not None and owner is not None and store.get(table, owner) is None:
            raise OwnerGoneError(f"{owner} was removed from {table} during this calculation.")
        store.put(self.table, self.id_field, [self.element], owner)


@dataclass(frozen=True)
class Outcome:
    """A status, the result in each format of the service (none after FATAL), and the elements to store."""

    status: Status
    formats: Mapping[str, Listing | Document | Absent] = field(default_factory=dict)
    new_elements: tuple[New, ...] = ()


@contextmanager
def engine_errors_as_fatal() -> Iterator[None]:
    """Turn an engine's error into NoResultError."""
    try:
        yield
    except EngineError as error:
        raise NoResultError(str(error), input_problem=isinstance(error, UnusableInputError)) from error
