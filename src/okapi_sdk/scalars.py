"""Numbers of other libraries, such as NumPy's scalars, as Python's own."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any


def python_scalar(value: Any) -> Any:
    """Return a NumPy number or bool as Python's int, float or bool; any other value unchanged.

    NumPy registers its numbers with Python's abstract types; its bool is recognised by its ``dtype``.
    """
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    is_numpy_bool = getattr(getattr(value, "dtype", None), "kind", "") == "b" and getattr(value, "shape", None) == ()
    return bool(value) if is_numpy_bool else value


def as_number(value: Any) -> float | None:
    """Return a value as a Python number, or None if it is not one; bools and text are not."""
    value = python_scalar(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
