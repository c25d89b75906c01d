"""Lists of stored objects, read page by page as they are looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Generic

from typing_extensions import TypeVar

from ._drivers import AsyncDriver, SyncDriver
from ._engine.flows import Session
from ._engine.stored import Cursor, Page
from .objects.base import Query

__all__ = ["AsyncPages", "Page", "Pages"]

T = TypeVar("T", covariant=True)


class Pages(Generic[T]):
    """A list as `OkapiClient.list` returns it. Nothing is read before it is iterated, and one page at a time is held.

    Iterating it gives every element of every page; iterating it again reads anew from the page of its query. An error
    in the middle names the page: ``query.model_copy(update={"page": n})`` goes on from there.
    """

    def __init__(self, driver: SyncDriver, session: Session, query: Query[T]) -> None:
        self._driver = driver
        self._session = session
        self.query = query
        """What is listed."""

    def pages(self) -> Iterator[Page[T]]:
        """The pages, each with its number and what the platform says of the whole.

        Raises:
            ResponseFormatError: no list came, or the platform repeats a page and promises more.
            OkapiError: a page could not be read; the error's note names it.
        """
        cursor = Cursor(self._session, self.query)
        while (page := self._driver.run(cursor.read())) is not None:
            yield page

    def first(self) -> T | None:
        """The first element, None where there is none. Reads no further than the page it is on; raises as `pages`."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page

    def __repr__(self) -> str:
        return f"<Pages of {self.query!r}>"


class AsyncPages(Generic[T]):
    """As `Pages`, for ``async for``."""

    def __init__(self, driver: AsyncDriver, session: Session, query: Query[T]) -> None:
        self._driver = driver
        self._session = session
        self.query = query
        """What is listed."""

    async def pages(self) -> AsyncIterator[Page[T]]:
        """As `Pages.pages`."""
        cursor = Cursor(self._session, self.query)
        while (page := await self._driver.run(cursor.read())) is not None:
            yield page

    async def first(self) -> T | None:
        """As `Pages.first`."""
        cursor = Cursor(self._session, self.query)
        while (page := await self._driver.run(cursor.read())) is not None:
            for element in page:
                return element
        return None

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for element in page:
                yield element

    def __repr__(self) -> str:
        return f"<AsyncPages of {self.query!r}>"
