"""One page of a stored-object listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Sequence[T], Generic[T]):
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
