"""Reading of comma-separated values with a header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from ..errors import InputError, InputProblem
from ..text import closest, short
from .many import Part

_BLANKS = "\ufeff \t\r\n"
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs"}


def csv_columns(text: str) -> list[str]:
    """Return the names in the first line of a text, split at its delimiter; one name if there is no delimiter."""
    head = text.lstrip(_BLANKS).partition("\n")[0].strip()
    delimiter = max(",;\t", key=head.count)
    return [name.strip().strip('"') for name in head.split(delimiter)]


def csv_rows(
    model: type, text: str, *, columns: Sequence[str] = (), required: Sequence[str] = (), comments: str = ""
) -> Iterator[Part]:
    """Yield each row as a dictionary of its cells, with None for blank cells, or an error if cells are missing.

    If ``columns`` are given, they are the only ones allowed, in upper or lower case, and are the keys of the rows.
    Lines that start with ``comments`` are skipped, if it is given. Errors are attributed to the class ``model``.

    Raises:
        InputError: if the header lacks a column or has an unknown one, or separates columns by something but commas.
    """
    rows = _rows(model, text, comments)
    number, header = next(rows, (1, [""]))
    names = [name.strip() for name in header]
    head = ",".join(names)
    for delimiter, plural in _OTHER_DELIMITERS.items():
        if len(names) == 1 and delimiter in head:
            allowed = f"columns separated by commas, not {plural}"
            raise _refusal(model, number, head, allowed, "convert the text to commas, and numbers to decimal points")
    if "" in names or len({*map(str.lower, names)}) < len(names):
        raise _refusal(model, number, head, "a header that names each column once", "correct the first line")
    if columns:
        names = [name.lower() for name in names]
        problems = [unknown_column(name, columns) for name in names if name not in columns]
        missing = [name for name in required if name not in names]
        problems += [InputProblem(name, "nothing", "required column", "add it to the header") for name in missing]
        if problems:
            placed = [problem._replace(rule=f"line {number}: {problem.rule}") for problem in problems]
            raise InputError(model.__name__, placed)
    for number, cells in rows:
        while len(cells) > len(names) and not cells[-1]:
            cells.pop()
        place = {"": f"line {number}: "}
        if len(cells) == len(names):
            yield Part({name: cell.strip() or None for name, cell in zip(names, cells, strict=True)}, place)
        else:
            allowed = f"{len(names)} cells, as in the header; this row has {len(cells)}"
            problem = InputProblem("", short(",".join(cells)), allowed, "complete the row, or quote cells with commas")
            yield Part(InputError(model.__name__, (problem,)), place)


def unknown_column(name: str, columns: Sequence[str], value: object = None) -> InputProblem:
    """Return the problem with a name that is none of the columns."""
    matches = [column for column in columns if column.startswith(name)] or closest(name, columns)
    remedy = f"did you mean {matches[0]}?" if matches else "remove it"
    allowed = f"unknown column; allowed: {', '.join(columns)}"
    return InputProblem(name, short(name if value is None else value), allowed, remedy)


def _rows(model: type, text: str, comments: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, with the line number of their beginning."""
    body = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(re.sub(r"\r\n?", "\n", body)), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            problem = str(error)
        else:
            if row is None:
                return
            if any(cell.strip() for cell in row) and not (comments and row[0].lstrip().startswith(comments)):
                yield number, row
            continue
        raise _refusal(model, number, "", f"comma-separated values; {problem}", "correct the quotes in this line")


def _refusal(model: type, number: int, value: str, allowed: str, remedy: str) -> InputError:
    return InputError(model.__name__, (InputProblem("", short(value), f"line {number}: {allowed}", remedy),))
