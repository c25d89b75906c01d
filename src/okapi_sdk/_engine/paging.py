"""Lists of stored objects, read page by page to their end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from ..errors import OkapiError, ResponseFormatError
from ..models.envelope import unwrap
from ..objects.base import Query
from ..redaction import masked, short
from ..results.page import Page
from ..results.response import RawResponse
from .effects import Flow
from .json_bodies import query_string
from .session import Call, Session
from .stored_objects import parse_as

T = TypeVar("T")


class Cursor(Generic[T]):
    """The position in a list: the number of the next page, or None after the last."""

    def __init__(self, session: Session, query: Query[T]) -> None:
        self.session = session
        self.query = query
        self.next_page: int | None = getattr(query, "page", 1)
        # Hashes of the rows of the last page, and of the 1st, 2nd, 4th, 8th ... page: one of these detects any cycle.
        self._last: tuple[int, ...] = ()
        self._kept: tuple[int, ...] = ()
        self._brought_rows = False  # by the last page, new ones
        self._pages_read = self._rows_read = 0

    def read(self) -> Flow[Page[T] | None]:
        """Return the next page, or None after the last. If a page cannot be read, the next call requests it again."""
        number = self.next_page
        if number is None:
            return None
        params = self.query._params()
        # For unpaged collections, request page 2 only if the response says there is more.
        if self.query._paged or number > 1:
            params["page"] = str(number)
        call = Call("read", "GET", self.query._path(), query=query_string(params))
        try:
            outcome = yield from self.session.call(call, self.session.deadline())
            page, rows = self._parse(call, self.session.require_success(call, outcome), number)
        except OkapiError as error:
            error.add_note(f"Page {number} of {call.path} could not be read; earlier pages are not affected. "
                           f"Continue with page={number} in the query.")  # fmt: skip
            raise
        if self._pages_read and not rows:
            self.next_page = None
            return None
        self._rows_read += self._record(rows)
        self.next_page = number + 1 if self._has_next(page) else None
        return page

    def _record(self, rows: list[Any]) -> int:
        """Record a page, and return the number of its new rows."""
        known = {*self._last, *self._kept}
        self._last = tuple(map(self._hash, rows))
        self._pages_read += 1
        if self._pages_read & (self._pages_read - 1) == 0:
            self._kept = self._last
        new = sum(row not in known for row in self._last)
        self._brought_rows = new > 0
        return new

    def _is_repeated(self, rows: list[Any]) -> bool:
        # A known row proves nothing: rows move on when others are added meanwhile. Even all rows of a page may have
        # moved, but not those of two pages.
        hashes = tuple(map(self._hash, rows))
        if not {*self._last, *self._kept}.issuperset(hashes):
            return False
        return not self._brought_rows or hashes in (self._last, self._kept)

    def _hash(self, row: Any) -> int:
        # Other fields of an object can differ from response to response, such as a time stamp.
        id = row.get(self._id_field) if isinstance(row, Mapping) else None
        return hash(id if isinstance(id, str | int) else json.dumps(row, sort_keys=True))

    @property
    def _id_field(self) -> str:
        return getattr(self.query._element, "_id_field", "")

    def _parse(self, call: Call, response: RawResponse, number: int) -> tuple[Page[T], list[Any]]:
        body = self.query._content(response)
        envelope: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
        rows = unwrap(envelope.get("elements", envelope.get("data", body)))
        if not isinstance(rows, list):
            raise ResponseFormatError(
                f"GET {call.path}: the response has no list, neither under elements nor under data.",
                reason="schema",
                body=short(masked(body)),
            )
        if self._pages_read and rows and self._is_repeated(rows):
            # The server ignores the page number, or its pages form a cycle: reading on would never end.
            total = envelope.get("total_count")
            if envelope.get("has_more") is True or (isinstance(total, int) and self._is_short_of(total)):
                raise ResponseFormatError(
                    f"GET {call.path}: page {number} repeats an earlier one, although the platform announces more.",
                    reason="schema",
                )
            rows = []
        more, total = envelope.get("has_more"), envelope.get("total_count")
        elements = tuple(parse_as(self.query._element, row) for row in rows)
        return (
            Page(elements, number, more if isinstance(more, bool) else None, total if isinstance(total, int) else None),
            rows,
        )

    def _has_next(self, page: Page[T]) -> bool:
        if not page.elements or page.has_more is not None:
            return bool(page.elements) and page.has_more is True
        if page.total_count is not None:
            return self._is_short_of(page.total_count)
        return self.query._paged and not self.query._ends(page.elements)

    def _is_short_of(self, total: int) -> bool:
        skipped = (getattr(self.query, "page", 1) - 1) * getattr(self.query, "limit", 1)
        return skipped + self._rows_read < total
