"""One page of a list of stored objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Sequence[T], Generic[T]):
    """One page of a list, as a sequence of its elements."""

    elements: tuple[T, ...]
    """The elements on the page."""
    number: int
    """Number of the page, from 1."""
    has_more: bool | None
    """True if the platform says that another page follows; None if it does not say."""
    total_count: int | None
    """Number of elements in the whole list, if the platform counts them."""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.elements[index]

    def __len__(self) -> int:
        return len(self.elements)
