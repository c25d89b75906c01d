"""Queries for collections without an SDK class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Strict

from ..models.base import OkapiModel
from ..models.problems import rule
from ..models.types import is_path_step
from .base import Query
from .filters import Range, query_parameters


def _checked_path(path: str) -> str:
    if not all(is_path_step(step) for step in path.split("/")):
        raise rule("a path below the base URL, without slashes at either end", "for example 'satellites'")
    return path


def _checked_filters(filters: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, value in filters.items():
        values = value if isinstance(value, list | tuple) else [value]
        if not all(item is None or isinstance(item, str | int | float | datetime | Range) for item in values):
            raise rule("text, numbers, times, a Range or a list of them for each filter", f"change the filter {name!r}")
    return filters


class RawQuery(Query[dict[str, Any]]):
    """A query for a collection without an SDK class: a path and its filters, sent as they are.

    Each element is a dictionary with the platform's names. Pass ``page=1`` for a collection that is read page by page
    and does not announce further pages itself.

    >>> RawQuery("conjunctions", criticality=["critical", "warning"])._params()
    {'criticality': 'critical,warning'}
    """

    _element: ClassVar[type[Any]] = dict

    path: Annotated[str, Strict(), AfterValidator(_checked_path)]
    """Path below the base URL, such as ``satellites``."""
    filters: Annotated[Mapping[str, Any], BeforeValidator(_checked_filters)]
    """The filters by the platform's names."""

    def __init__(self, path: str, **filters: Any) -> None:
        OkapiModel.__init__(self, path=path, filters=filters)

    # Keeps model_validate from calling this __init__, which could not report an unknown field by name.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield "path", self.path
        yield from self.filters.items()

    @property
    def page(self) -> int:
        """First page to request."""
        page = self.filters.get("page", 1)
        return page if isinstance(page, int) else 1

    @property
    def limit(self) -> int:
        """Number of elements per page, 1 if it is not set."""
        limit = self.filters.get("limit", 1)
        return limit if isinstance(limit, int) else 1

    @property
    def _paged(self) -> bool:
        return "page" in self.filters

    def _path(self) -> str:
        return self.path

    def _params(self) -> dict[str, str]:
        parameters: dict[str, str] = {}
        for name, value in self.filters.items():
            if value is not None:
                parameters |= query_parameters(name, value)
        return parameters
