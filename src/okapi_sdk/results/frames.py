"""Columns as data frames of pandas and polars, and as Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .columns import Column, Columns, Kind
from .optional import optional


def pandas_frame(columns: Columns) -> Any:
    """Return a ``pandas.DataFrame``; whole numbers and flags with gaps become pandas' nullable types."""
    pandas = optional("pandas", "pandas", "to_pandas()")
    return pandas.DataFrame({name: _pandas_series(pandas, column) for name, column in columns.items()})


def _pandas_series(pandas: Any, column: Column) -> Any:
    if column.kind == "time":
        return pandas.Series(numpy_times(column.values)).dt.tz_localize("UTC")
    complete = None not in column.values
    dtypes: Mapping[Kind, str] = {
        "number": "float64",
        "count": "int64" if complete else "Int64",
        "flag": "bool" if complete else "boolean",
        "text": "string",
    }
    return pandas.Series(column.values, dtype=dtypes[column.kind])


def numpy_times(values: Sequence[datetime | None], method: str = "to_numpy()") -> Any:
    """Return UTC times as an array of type ``datetime64[us]``; NaT if missing."""
    numpy = optional("numpy", "numpy", method)
    return numpy.array([None if value is None else value.replace(tzinfo=None) for value in values], "datetime64[us]")


def polars_frame(columns: Columns) -> Any:
    """Return a ``polars.DataFrame``."""
    polars = optional("polars", "polars", "to_polars()")
    dtypes: Mapping[Kind, Any] = {
        "time": polars.Datetime("us", "UTC"),
        "number": polars.Float64,
        "count": polars.Int64,
        "flag": polars.Boolean,
        "text": polars.String,
    }
    return polars.DataFrame(
        [polars.Series(name, column.values, dtype=dtypes[column.kind]) for name, column in columns.items()]
    )


def arrow_table(columns: Columns) -> Any:
    """Return a ``pyarrow.Table``."""
    pyarrow = optional("pyarrow", "arrow", "to_arrow()")
    types: Mapping[Kind, Callable[[], Any]] = {
        "time": lambda: pyarrow.timestamp("us", "UTC"),
        "number": pyarrow.float64,
        "count": pyarrow.int64,
        "flag": pyarrow.bool_,
        "text": pyarrow.string,
    }
    return pyarrow.table({name: pyarrow.array(column.values, types[column.kind]()) for name, column in columns.items()})
