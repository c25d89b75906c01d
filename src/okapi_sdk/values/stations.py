"""Lists of ground locations, as comma-separated values or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import from_json

from ..errors import InputError, InputProblem
from ..models.csv_table import csv_rows, unknown_column
from ..models.many import Part
from ..models.problems import refusal
from ..scalars import number_in
from ..text import short

COLUMNS = ("name", "latitude", "longitude", "height_m", "altitude")
_REQUIRED = ("latitude", "longitude")


def station_parts(model: type[Any], text: str) -> Iterator[Part]:
    """Yield the fields of each location. Errors are attributed to the class ``model``.

    Raises:
        InputError: if the text is neither a JSON list nor comma-separated values with a header.
    """
    if not text.lstrip("\ufeff \t\r\n").startswith(("[", "{")):
        for part in csv_rows(model, text, columns=COLUMNS, required=_REQUIRED, comments="#"):
            yield part if isinstance(part.data, InputError) else part._replace(data=_fields(model, part.data))
        return
    try:
        data = from_json(text.lstrip("\ufeff"), allow_inf_nan=False)
    except ValueError as error:
        problem = f"valid JSON; {error}"
    else:
        problem = "a list of objects" if not isinstance(data, list) else ""
        for item in data if not problem else ():
            yield Part(_fields(model, item))
    if problem:
        raise refusal(model, "", text, problem, 'write [{"name": ..., "latitude": ..., "longitude": ...}]')


def _fields(model: type[Any], row: Any) -> dict[str, Any] | InputError:
    """Return the fields of one location with numbers instead of text, or an error that lists all problems."""
    if not isinstance(row, Mapping):
        return refusal(model, "", row, f"an object with {', '.join(COLUMNS)}", "correct it")
    fields = {str(key).lower(): value for key, value in row.items() if value is not None}
    problems = [unknown_column(key, COLUMNS, value) for key, value in fields.items() if key not in COLUMNS]
    for name in _REQUIRED:
        if name not in fields:
            problems.append(InputProblem(name, "nothing", "required", "pass degrees, north and east positive"))
    if "height_m" in fields and "altitude" in fields:
        allowed = "either height_m in metres or altitude in km"
        problems.append(InputProblem("altitude", short(fields["altitude"]), allowed, "remove one of them"))
    for name in COLUMNS[1:]:
        if isinstance(text := fields.get(name), str):
            fields[name] = number_in(text)
            if fields[name] is None:
                problems.append(InputProblem(name, short(text), "a number", "write it like -12.5, without a unit"))
    return InputError(model.__name__, problems) if problems else fields
