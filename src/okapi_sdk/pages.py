"""Lists of stored objects, read lazily page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Generic

from typing_extensions import TypeVar

from ._drivers.sync_driver import SyncDriver
from ._engine.paging import Cursor
from ._engine.session import Session
from .models.display import model_html
from .objects.base import Query
from .results.columns import Columns, columns_of
from .results.page import Page
from .results.tabular import AsyncTabular, Tabular, plain_rows

if TYPE_CHECKING:
    from ._drivers.async_driver import AsyncDriver
else:
    AsyncDriver = Any  # it needs asyncio, which only async programs load, and annotations must resolve at run time

T = TypeVar("T", covariant=True)


class Pages(Tabular, Generic[T]):
    """A list of stored objects, returned by `OkapiClient.list`. Pages are read during iteration, one at a time.

    Iteration yields every element of every page; iterating again starts over at the query's page. If a page cannot be
    read, the error names it; to continue there, list ``query.model_copy(update={"page": n})``.
    """

    def __init__(self, driver: SyncDriver, session: Session, query: Query[T]) -> None:
        self._driver = driver
        self._session = session
        self.query = query
        """The query that the listed objects match."""

    def pages(self) -> Iterator[Page[T]]:
        """Yield the pages. Each has a number and, if the platform states them, ``total_count`` and ``has_more``.

        Raises:
            ResponseFormatError: if a response contains no list, or the platform repeats a page while announcing more.
            OkapiError: if a page could not be read; the error's note names it.
        """
        cursor = Cursor(self._session, self.query)
        while (page := self._driver.run(cursor.read())) is not None:
            yield page

    def first(self) -> T | None:
        """Return the first element, or None if the list is empty. No later page is read.

        Raises:
            OkapiError: if a page could not be read; see `pages`.
        """
        return next(iter(self), None)

    def to_dicts(self) -> list[Any]:
        """Return all elements as plain data with the platform's names. Secrets are masked.

        Raises:
            OkapiError: if a page could not be read; see `pages`.
        """
        return plain_rows(self)

    def _columns(self) -> Columns:
        return columns_of(list(self), self.query._element)

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page

    def __repr__(self) -> str:
        return f"<Pages of {self.query!r}>"

    def _repr_html_(self) -> str:
        return model_html(self.query, "Pages")


class AsyncPages(AsyncTabular, Generic[T]):
    """A list of stored objects, returned by `AsyncOkapiClient.list`. Pages are read during iteration, one at a time.

    ``async for`` yields every element of every page; iterating again starts over at the query's page. If a page cannot
    be read, the error names it; to continue there, list ``query.model_copy(update={"page": n})``.
    """

    def __init__(self, driver: AsyncDriver, session: Session, query: Query[T]) -> None:
        self._driver = driver
        self._session = session
        self.query = query
        """The query that the listed objects match."""

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Yield the pages. Each has a number and, if the platform states them, ``total_count`` and ``has_more``.

        Raises:
            ResponseFormatError: if a response contains no list, or the platform repeats a page while announcing more.
            OkapiError: if a page could not be read; the error's note names it.
        """
        cursor = Cursor(self._session, self.query)
        while (page := await self._driver.run(cursor.read())) is not None:
            yield page

    async def first(self) -> T | None:
        """Return the first element, or None if the list is empty. No later page is read.

        Raises:
            OkapiError: if a page could not be read; see `pages`.
        """
        cursor = Cursor(self._session, self.query)
        while (page := await self._driver.run(cursor.read())) is not None:
            for element in page:
                return element
        return None

    async def to_dicts(self) -> list[Any]:
        """Return all elements as plain data with the platform's names. Secrets are masked.

        Raises:
            OkapiError: if a page could not be read; see `pages`.
        """
        return plain_rows([element async for element in self])

    async def _columns(self) -> Columns:
        return columns_of([element async for element in self], self.query._element)

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for element in page:
                yield element

    def __repr__(self) -> str:
        return f"<AsyncPages of {self.query!r}>"

    def _repr_html_(self) -> str:
        return model_html(self.query, "AsyncPages")
