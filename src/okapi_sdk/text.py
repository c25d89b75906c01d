"""Shortening and quoting of text for error messages and logs."""

from __future__ import annotations

import math
from collections.abc import Iterable


def is_broken(text: str) -> bool:
    """Return True if text contains lone surrogates and therefore cannot be encoded as UTF-8."""
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def short(value: object, limit: int = 80) -> str:
    """Return a ``repr`` of bounded length for error messages; it never raises."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str | bytes):
        value = value[: limit + 1]
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a user's broken __repr__ must not hide the actual problem
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def printable(text: str) -> str:
    """Return external text as one line that a terminal shows and does not obey.

    Control and formatting characters, such as escape sequences and bidi overrides, become spaces.
    """
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def one_line(text: str) -> str:
    """Return external text as one printable line of at most 500 characters, safe to quote in a message or log."""
    return printable(text[:500])


def closest(name: str, names: Iterable[str]) -> list[str]:
    """Return the name that a misspelt one most resembles, in a list of one; an empty list if none is close."""
    import difflib  # only now: most programs never need it

    return difflib.get_close_matches(name, list(names), 1)


def install_command(extra: str) -> str:
    """Return the commands that install an extra: from the package index, and in a clone of the repository."""
    return f'pip install "okapi-sdk[{extra}]", or in a clone of the repository: pip install ".[{extra}]"'
