"""The lists of problems in the platform's error bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from ..text import one_line

LISTS = ("detail", "details", "errors", "validation", "violations")
"""Keys that hold problems: a list, or an object by field. ``error.details`` is read too."""
TEXTS = ("msg", "message", "description", "detail", "text", "error", "title", "reason")
"""Keys that hold the text of one problem, in order of preference."""
PLACES = ("loc", "path", "field", "pointer", "param", "property", "instancePath")
"""Keys that hold the field of one problem."""
MOST = 20
DEEPEST = 6


def problem_texts(body: Any) -> list[str]:
    """Return one line for each problem that an error body lists, with its field; at most 20, then their number.

    Only fields and texts are quoted, never the values at fault, which may be secrets.
    """
    if not isinstance(body, Mapping):
        return []
    holders = [body, *(inner for inner in [body.get("error")] if isinstance(inner, Mapping))]
    lists = [holder[key] for holder in holders for key in LISTS if isinstance(holder.get(key), list | Mapping)]
    texts = list(dict.fromkeys(text for problems in lists for text in islice(_texts("", problems, DEEPEST), 1000)))
    return texts[:MOST] + ([f"and {len(texts) - MOST} more"] if len(texts) > MOST else [])


def _texts(place: str, problem: Any, deep: int) -> Iterator[str]:
    if isinstance(problem, str) and problem.strip():
        text = one_line(problem).rstrip(". ")
        yield f"{place}: {text}" if place else text
    elif isinstance(problem, list) and deep:
        for item in problem:
            yield from _texts(place, item, deep - 1)
    elif isinstance(problem, Mapping) and deep:
        texts = [problem[key] for key in TEXTS if isinstance(problem.get(key), str)]
        if texts:
            field = next(filter(None, map(problem.get, PLACES)), "")
            yield from _texts(_joined(place, field), texts[0], deep - 1)
            return
        for key, item in problem.items():
            if isinstance(item, list | Mapping) or (isinstance(item, str) and not place):
                yield from _texts(_joined(place, key), item, deep - 1)


def _joined(place: str, step: Any) -> str:
    steps = step if isinstance(step, list) else [step]
    return ".".join(one_line(str(part)) for part in (place, *steps) if part not in ("", None))
