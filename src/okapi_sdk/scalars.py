"""Numbers of other libraries, such as NumPy's scalars, as Python's own."""

from __future__ import annotations

import re
from decimal import Decimal
from numbers import Integral, Real
from typing import Any


def python_scalar(value: Any) -> Any:
    """Convert a NumPy number, bool or zero-dimensional array to Python's type; return any other value unchanged.

    NumPy registers its numbers with Python's abstract types; its bools and arrays are recognised by their ``dtype``.
    """
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    kind, shape = getattr(getattr(value, "dtype", None), "kind", None), getattr(value, "shape", None)
    return value.item() if kind in ("b", "i", "u", "f") and shape == () else value


def as_number(value: Any) -> float | None:
    """Return a value as a Python number, or None if it is not one; bools and text are not."""
    value = float(value) if isinstance(value, Decimal) else python_scalar(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"


def number_in(text: str | None) -> float | None:
    """Return the number in a text such as ``12.5``, or None if it holds no number."""
    return float(text) if text is not None and re.fullmatch(_NUMBER, text.strip()) else None
