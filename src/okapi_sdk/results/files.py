"""Text files: CSV, calendars, maps."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast

from ..errors import InputError, InputProblem
from ..text import short
from .columns import Column, Columns, cell_text

File = str | os.PathLike[str] | IO[str] | IO[bytes]
"""A path, or a file open for writing text or bytes."""


def write(file: File, text: str, of: str) -> None:
    """Write text as UTF-8 to a path or an open file.

    Args:
        file: the path or file.
        text: the text, with its line endings.
        of: the method, for the error.

    Raises:
        InputError: if it is neither a path nor a writable file.
    """
    if isinstance(file, str | os.PathLike):
        Path(file).write_bytes(text.encode(errors="backslashreplace"))
    elif isinstance(file, io.RawIOBase | io.BufferedIOBase):
        cast("IO[bytes]", file).write(text.encode(errors="backslashreplace"))
    elif callable(getattr(file, "write", None)):
        cast("IO[str]", file).write(text)
    else:
        problem = InputProblem("file", short(file), "a path, or a file open for writing", "pass a path such as 'a.csv'")
        raise InputError(of, (problem,))


def csv_text(columns: Columns) -> str:
    """Return columns as CSV with a header, in RFC 4180's quoting and with Unix line endings."""
    lines: list[str] = []
    # The writer quotes only the line endings that it writes itself, so it has to write both.
    target: Any = SimpleNamespace(write=lambda line: lines.append(line.removesuffix("\r\n")))
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    return "".join(f"{line}\n" for line in lines)


def _cells(column: Column) -> Sequence[Any]:
    # The writer itself writes numbers with all digits, and nothing for None.
    return list(map(cell_text, column.values)) if column.kind in ("time", "flag") else column.values
