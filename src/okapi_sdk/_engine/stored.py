"""Stored objects: reading pages to their end, and the calls that read, add, change and delete one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import SecretBytes, SecretStr

from ..errors import OkapiError, ResponseFormatError
from ..models.base import Record
from ..models.envelope import unwrap
from ..objects.base import (
    Changes,
    New,
    Query,
    Stored,
)
from ..redaction import masked, short
from ..results.page import Page
from ..results.response import RawResponse
from .bodies import encoded, query_string
from .effects import Flow
from .flows import Call, Session, new_key

T = TypeVar("T")


@dataclass
class Cursor(Generic[T]):
    """Where the reading of a list stands: which page comes next, and whether one does."""

    session: Session
    query: Query[T]
    next_page: int | None = field(init=False)
    _first: Any = None
    _mark: Any = None
    _pages: int = 0
    _seen: int = 0

    def __post_init__(self) -> None:
        self.next_page = getattr(self.query, "page", 1)

    def read(self) -> Flow[Page[T] | None]:
        """The next page; None after the last. A page that could not be read is asked for again by the next call."""
        number = self.next_page
        if number is None:
            return None
        params = self.query._params()
        # A collection that no client pages is asked for page 2 only where its answer promises more.
        if self.query._paged or number > 1:
            params["page"] = str(number)
        call = Call("read", "GET", self.query._path(), query=query_string(params))
        try:
            response = self.session.good(call, (yield from self.session.call(call, self.session.deadline())))
            page, rows = self._page(call, response, number)
        except OkapiError as error:
            error.add_note(f"Page {number} of {call.path} could not be read; the pages before it are not affected. "
                           f"Go on with page={number} in the query.")  # fmt: skip
            raise
        if self._pages and not rows:
            self.next_page = None
            return None
        self._seen += len(rows)
        self.next_page = number + 1 if self._goes_on(page) else None
        if rows:
            self._first = rows[0]
        # A page to meet again if they go round in a circle: the first, second, fourth, eighth ... finds any circle.
        self._pages += 1
        if self._pages & (self._pages - 1) == 0:
            self._mark = rows
        return page

    def _page(self, call: Call, response: RawResponse, number: int) -> tuple[Page[T], list[Any]]:
        body = self.query._content(response)
        envelope: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
        rows = unwrap(envelope.get("elements", envelope.get("data", body)))
        if not isinstance(rows, list):
            raise ResponseFormatError(
                f"GET {call.path}: no list stands in the answer, neither under elements nor under data.",
                reason="schema",
                body=short(masked(body)),
            )
        if self._pages and rows and (rows[0] == self._first or rows == self._mark):
            # The server does not turn pages, or turns them in a circle: to go on would never end.
            if envelope.get("has_more") is True:
                raise ResponseFormatError(
                    f"GET {call.path}: page {number} repeats an earlier one although more is promised.", reason="schema"
                )
            rows = []
        more, total = envelope.get("has_more"), envelope.get("total_count")
        elements = tuple(read_as(self.query._element, row) for row in rows)
        return (
            Page(elements, number, more if isinstance(more, bool) else None, total if isinstance(total, int) else None),
            rows,
        )

    def _goes_on(self, page: Page[T]) -> bool:
        if not page.elements or page.has_more is not None:
            return bool(page.elements) and page.has_more is True
        limit = getattr(self.query, "limit", 1)
        if page.total_count is not None:
            return (getattr(self.query, "page", 1) - 1) * limit + self._seen < page.total_count
        return self.query._paged and not self.query._ends(page.elements)


def get(session: Session, model: type[Stored], id: str) -> Flow[Any]:
    """GET one object, in the form in which its class reads it."""
    call = Call("read", "GET", model._address(id), None, {"accept": model._accept}, query_string(model._query()))
    response = session.good(call, (yield from session.call(call, session.deadline())))
    return model._from_response(response, id)


def add(session: Session, new: New[T]) -> Flow[T]:
    """POST an object."""
    headers = {"idempotency-key": new_key()}
    query = query_string(new._params())
    content = SecretBytes(encoded(new._body()))
    call = Call("write", "POST", new._collection, content, headers, query, secrets=_secrets(new))
    record: type[T] = new._record
    return (yield from _written(session, call, record, {}))


def update(session: Session, id: str, changes: Changes[T]) -> Flow[T]:
    """PATCH an object."""
    record: type[T] = changes._record
    path = changes._record._address(id)
    content = SecretBytes(encoded(changes._body(id)))
    call = Call("write", "PATCH", path, content, secrets=_secrets(changes))
    return (yield from _written(session, call, record, {changes._record._id_field: id}))


def _secrets(noun: object) -> tuple[SecretStr, ...]:
    return tuple(value for value in vars(noun).values() if isinstance(value, SecretStr))


def delete(session: Session, model: type[Stored], id: str) -> Flow[Any]:
    """DELETE an object."""
    call = Call("write", "DELETE", model._address(id))
    return (yield from _written(session, call, model, {model._id_field: id}))


def _written(session: Session, call: Call, record: type[T], known: Mapping[str, str]) -> Flow[T]:
    response = session.good(call, (yield from session.call(call, session.deadline())))
    # Some answers are empty: then what is known is all there is to read.
    return read_as(record, response.json() if response.content.strip() else known)


def read_as(kind: type[T], data: Any) -> T:
    """Data of an answer as its type: a record, a message, or a text."""
    if issubclass(kind, Record):
        return kind.model_validate(unwrap(data))
    read: Callable[[Any], T] | None = getattr(kind, "_read", None)
    if read is not None:
        return read(unwrap(data))
    if isinstance(data, kind):
        return data
    raise ResponseFormatError(f"A text was due, not {short(masked(data))}.", reason="schema")
