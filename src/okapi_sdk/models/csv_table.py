"""Reading of comma-separated values with a header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from ..errors import InputError, InputProblem
from ..text import short
from .many import Part

_BLANKS = "\ufeff \t\r\n"
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs"}


def csv_columns(text: str) -> list[str]:
    """Return the names in the first line of a text, split at its delimiter; one name if there is no delimiter."""
    head = text.lstrip(_BLANKS).partition("\n")[0].strip()
    delimiter = max(",;\t", key=head.count)
    return [name.strip().strip('"') for name in head.split(delimiter)]


def csv_rows(model: type, text: str, *, comments: str = "") -> Iterator[Part]:
    """Yield each row as a dictionary of its cells, with None for blank cells, or an error if cells are missing.

    Lines that start with ``comments`` are skipped, if it is given. Errors are attributed to the class ``model``.

    Raises:
        InputError: if the header cannot be read, or separates its columns by something other than commas.
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
