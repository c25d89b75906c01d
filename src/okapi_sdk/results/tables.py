"""Lists as text and HTML: the first rows, as many columns as fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import OkapiError
from ..models.display import rows_html, value_text
from ..text import printable, short
from .columns import NAMES, Columns, Kind, columns_of

WIDTH = 100
"""Longest line of a list, in characters; a notebook shows about as many."""
_TEXT_ROWS = 7
_HTML_ROWS = 10
_CELL = 28
_GAP = "  "


class _Shown(NamedTuple):
    name: str
    kind: Kind
    cells: list[str]

    @property
    def width(self) -> int:
        return max(len(self.name), *map(len, self.cells))

    def line(self, text: str) -> str:
        return text.ljust(self.width) if self.kind in ("text", "time") else text.rjust(self.width)


def rows_text(title: str, elements: Sequence[Any], model: type[Any]) -> str:
    """Return the first rows of a list as at most ten lines of 100 characters.

    Args:
        title: what the list is, for the first line.
        elements: the list, of models, dictionaries or text.
        model: the type of its elements.
    """
    title = f"<{printable(title)[: WIDTH - 2]}>"
    if not elements:
        return title
    more = [f"... {len(elements) - _TEXT_ROWS} more"] if len(elements) > _TEXT_ROWS else []
    columns = _columns(elements, _TEXT_ROWS, model)
    if columns is None:
        return "\n".join([title, *(_bare(elements, index) for index in range(min(len(elements), _TEXT_ROWS))), *more])
    fitting = _fitting(columns)
    header = _GAP.join(column.line(column.name) for column in fitting)
    size = len(fitting[0].cells) if fitting else 0
    lines = [_GAP.join(column.line(column.cells[index]) for column in fitting) for index in range(size)]
    return "\n".join(line.rstrip() for line in (title, header, *lines, *more))


def table_html(title: str, elements: Sequence[Any], model: type[Any]) -> str:
    """Return the first rows of a list as an HTML table, escaped; see `rows_text`."""
    if len(elements) > _HTML_ROWS:
        title = f"{title}; the first {_HTML_ROWS}"
    columns = _columns(elements, _HTML_ROWS, model)
    if columns is None:
        return rows_html(title, [], [[_bare(elements, index)] for index in range(min(len(elements), _HTML_ROWS))])
    fitting = _fitting(columns)
    return rows_html(
        title, [column.name for column in fitting], zip(*(column.cells for column in fitting), strict=True)
    )


def _columns(elements: Sequence[Any], count: int, model: type[Any]) -> list[_Shown] | None:
    """Return the columns of the first rows that have values; None if a row cannot be parsed."""
    try:
        columns: Columns = columns_of(list(elements[:count]), model)
    except OkapiError:
        return None
    units = getattr(model, "_units", {})
    first = [
        *(name for name in NAMES if name not in getattr(model, "model_fields", ())),
        *(f"{name}_{units[name]}" if name in units else name for name in getattr(model, "_first_shown", ())),
    ]
    names = [*(name for name in first if name in columns), *(name for name in columns if name not in first)]
    return [
        _Shown(printable(name)[:_CELL], columns[name].kind, list(map(_cell, columns[name].values)))
        for name in names if any(value is not None for value in columns[name].values)
    ]  # fmt: skip


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = printable(value) if isinstance(value, str) else value_text(value)
    return text if len(text) <= _CELL else text[: _CELL - 3] + "..."


def _fitting(columns: list[_Shown]) -> list[_Shown]:
    fitting: list[_Shown] = []
    room = WIDTH
    for column in columns:
        if column.width > room:
            break
        fitting.append(column)
        room -= column.width + len(_GAP)
    return fitting


def _bare(elements: Sequence[Any], index: int) -> str:
    try:
        return short(elements[index], WIDTH)
    except OkapiError as error:
        return short(error, WIDTH)
