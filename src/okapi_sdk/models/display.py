"""How objects print: one line for a model, ten lines for a list, a small table in a notebook.

Values are shortened for reading; the objects themselves keep every digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import BaseModel

from ..redaction import masked
from ..text import printable, short

LINE = 120
"""Longest line that a model prints."""
_NESTED = 56
_ITEM = 80
_HTML_ROWS = 30


class Verbatim:
    """Text whose ``repr`` is the text itself."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def utc_text(moment: datetime) -> str:
    """Return a time in UTC as ISO 8601 text, with as many decimal places as it has: none, three or six."""
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    places = "microseconds" if moment.microsecond % 1000 else "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=places) + "Z"


def value_text(value: Any, *, exact: bool = False) -> str:
    """Return a value as short printable text: times in UTC, long lists by their length, numbers with six digits.

    ``exact``: show numbers with all digits.
    """
    if isinstance(value, float):
        return repr(value) if exact else f"{value:.6g}"
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, BaseModel):
        return line(value, _NESTED)
    if isinstance(value, list | tuple | Mapping):
        if not any(map(_is_compound, value.values() if isinstance(value, Mapping) else value)):
            text = repr(value)
            if len(text) <= _ITEM:
                return text
        elif not any(isinstance(item, BaseModel) for item in value):
            return short(masked(value), _ITEM)
        return f"<{len(value)} {'item' if len(value) == 1 else 'items'}>"
    return short(value, _ITEM)


def _is_compound(value: Any) -> bool:
    return isinstance(value, list | tuple | Mapping | BaseModel | datetime)


def line(model: BaseModel, limit: int = LINE) -> str:
    """Return a model as one line; ``...`` replaces the fields that do not fit."""
    shown = ", ".join(f"{name}={text}" if name else text for name, text in _fitting(model, limit))
    return f"{_name(model)}({shown})"


def rich_fields(model: BaseModel) -> Iterator[Any]:
    """Yield the fields that `line` shows, in the form that rich expects."""
    yield from ((name, Verbatim(text)) if name else Verbatim(text) for name, text in _fitting(model, LINE))


def _fitting(model: BaseModel, limit: int) -> Iterator[tuple[str, str]]:
    room = limit - len(_name(model)) - len("()")
    pairs = _pairs(model)
    for index, (name, text) in enumerate(pairs):
        size = len(name) + len(text) + (1 if name else 0)
        rest = len(", ...") if index < len(pairs) - 1 else 0
        if size + rest > room:
            yield "", "..."
            return
        yield name, text
        room -= size + len(", ")


def model_html(model: BaseModel, of: str = "") -> str:
    """Return the fields of a model as an HTML table, escaped. ``of``: what the model describes, for the title."""
    return fields_html(f"{of} of {_name(model)}" if of else _name(model), _pairs(model))


def _pairs(model: BaseModel) -> list[tuple[str, str]]:
    exact = getattr(model, "_exact", True)
    return [(printable(name or ""), value_text(value, exact=exact)) for name, value in model.__repr_args__()]


def _name(model: BaseModel) -> str:
    name: str = cast(Any, model).__repr_name__()
    return name


def fields_html(title: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Return names and texts as an HTML table of two columns, escaped."""
    more = [("", f"... {len(pairs) - _HTML_ROWS} more")] if len(pairs) > _HTML_ROWS else []
    rows = [(_th(name), _td(text)) for name, text in (*pairs[:_HTML_ROWS], *more)]
    return _html(title, [], rows)


def rows_html(title: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return rows of texts as an HTML table with a header, escaped."""
    return _html(title, map(_th, header), (map(_td, row) for row in rows))


def _html(title: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(header)
    lines = [f"<caption>{_escaped(title)}</caption>", f"<thead><tr>{head}</tr></thead>" if head else ""]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table>{''.join(lines)}<tbody>{body}</tbody></table>"


def _th(text: str) -> str:
    return f"<th>{_escaped(text)}</th>"


def _td(text: str) -> str:
    return f"<td>{_escaped(text)}</td>"


def _escaped(text: str) -> str:
    from html import escape  # only now: it loads a table of all HTML entities

    return escape(printable(text))
