"""One page of a stored-object listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from .columns import Columns, columns_of
from .tables import rows_text, table_html
from .tabular import Tabular, plain_rows

T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Page(Tabular, Sequence[T], Generic[T]):
    """One page of a stored-object listing: a sequence of its elements."""

    elements: tuple[T, ...]
    """The elements on the page."""
    number: int
    """Page number, starting at 1."""
    has_more: bool | None
    """True if the platform announces another page, False if it does not; None if the response gives no indication."""
    total_count: int | None
    """Number of elements in the entire list, if the platform reports it."""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.elements[index]

    def __len__(self) -> int:
        return len(self.elements)

    def to_dicts(self) -> list[Any]:
        """Return the elements as plain data with the platform's names. Secrets are masked."""
        return plain_rows(self.elements)

    def _columns(self) -> Columns:
        return columns_of(self.elements, self._model())

    def __repr__(self) -> str:
        return rows_text(self._title(), self.elements, self._model())

    def _repr_html_(self) -> str:
        return table_html(self._title(), self.elements, self._model())

    def _title(self) -> str:
        total = "" if self.total_count is None else f" of {self.total_count}"
        return f"Page {self.number}: {len(self.elements)}{total}"

    def _model(self) -> type[Any]:
        return type(self.elements[0]) if self.elements else object
