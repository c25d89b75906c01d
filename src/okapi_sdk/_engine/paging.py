"""Lists of stored objects, read page by page to their end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass
class Cursor(Generic[T]):
    """The position in a list: the number of the next page, or None after the last."""

    session: Session
    query: Query[T]
    next_page: int | None = field(init=False)
    _first_row: Any = None
    _kept_rows: Any = None
    _pages_read: int = 0
    _rows_read: int = 0

    def __post_init__(self) -> None:
        self.next_page = getattr(self.query, "page", 1)

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
        self._rows_read += len(rows)
        self.next_page = number + 1 if self._has_next(page) else None
        if rows:
            self._first_row = rows[0]
        # Keep a page to compare with later ones: keeping the 1st, 2nd, 4th, 8th ... detects any cycle.
        self._pages_read += 1
        if self._pages_read & (self._pages_read - 1) == 0:
            self._kept_rows = rows
        return page

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
        if self._pages_read and rows and (rows[0] == self._first_row or rows == self._kept_rows):
            # The server ignores the page number, or its pages form a cycle: reading on would never end.
            if envelope.get("has_more") is True:
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
        limit = getattr(self.query, "limit", 1)
        if page.total_count is not None:
            return (getattr(self.query, "page", 1) - 1) * limit + self._rows_read < page.total_count
        return self.query._paged and not self.query._ends(page.elements)
