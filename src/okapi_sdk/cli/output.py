"""Results on stdout: a table for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from okapi_sdk.text import printable

from .commands import chosen

if TYPE_CHECKING:
    from pydantic import BaseModel

    from okapi_sdk import Pass

    from .target import Target


class Column(NamedTuple):
    """One column of a table."""

    title: str
    """Name and unit, one line each."""
    text: Callable[[Any], str]
    """Return the cell for a record, or an empty string if the record has no value."""
    justify: Literal["left", "right"] = "right"


def _column(field: str, title: str, form: Callable[[Any], str] = str) -> Column:
    def text(record: Any) -> str:
        value = getattr(record, field, None)
        return "" if value is None else printable(form(value))

    return Column("\n".join(map(printable, title.split("\n"))), text)


def _fixed(digits: int) -> Callable[[float], str]:
    return lambda number: f"{number:.{digits}f}"


def _duration(item: Pass) -> str:
    if item.start is None or item.end is None:
        return ""
    # Use the times as the row shows them, without fractions, so that they add up.
    duration = item.end.replace(microsecond=0) - item.start.replace(microsecond=0)
    minutes, seconds = divmod(duration.seconds + duration.days * 86400, 60)
    return f"{minutes}:{seconds:02}"


PASSES = (
    _column("start", "start\nUTC", "{:%Y-%m-%d %H:%M:%S}".format),
    _column("end", "end\nUTC", "{:%H:%M:%S}".format),
    Column("length\nmin:s", _duration),
    _column("max_elevation", "max\nel. °", _fixed(1)),
    _column("culmination", "reached\nUTC", "{:%H:%M:%S}".format),
    _column("aos_azimuth", "AOS\naz. °", _fixed(1)),
    _column("los_azimuth", "LOS\naz. °", _fixed(1)),
    _column("min_range", "nearest\nkm", _fixed(0)),
)
FLEET_PASSES = (
    _column("satellite", "satellite\n")._replace(justify="left"),
    _column("station", "station\n")._replace(justify="left"),
    *(column for column in PASSES if column.title.split()[0] in ("start", "length", "max", "AOS", "LOS")),
)
"""With names, and without what would not fit beside them."""
STATES = (
    _column("epoch", "epoch\nUTC", lambda epoch: f"{epoch:%Y-%m-%d %H:%M:%S.%f}"[:-3]),
    *(_column(name, f"{name}\nkm", _fixed(2)) for name in ("x", "y", "z")),
    *(_column(f"{name}_dot", f"{name}'\nkm/s", _fixed(4)) for name in ("x", "y", "z")),
)


RISKS = (
    _column("collision_probability_method", "method\n", str.lower)._replace(justify="left"),
    Column("probability\n", lambda risk: probability(risk.collision_probability, 3)),
    _column("miss_distance", "miss\nkm", _fixed(3)),
    _column("relative_speed", "speed\nkm/s", _fixed(2)),
    _column("criticality", "criticality\n")._replace(justify="left"),
)


def probability(value: float | None, digits: int = 1) -> str:
    """Return a collision probability for a table."""
    return "unknown" if value is None else f"{value:.{digits}e}"


def form_or_default(form: str | None, on_terminal: str) -> str:
    """Return the format from the option, or the default: ``on_terminal``, or JSON if stdout is a pipe or file."""
    return form or (on_terminal if sys.stdout.isatty() else "json")


def show(result: Any, form: str | None, target: Target) -> None:
    """Print a result. JSON and CSV contain the data as sent, with the platform's field names and units."""
    form = form_or_default(form, "table")
    if form == "oem":
        click.echo(_oem(result), nl=False)
        return
    rows = result.to_dicts() if hasattr(result, "to_dicts") else None
    if form == "csv":
        if rows is None:
            raise click.UsageError("this result is not a list and cannot be written as CSV; use --output json")
        click.echo(_csv(rows, result), nl=False)
    elif form == "json" or rows is None:
        show_json(_to_json(result) if rows is None else rows)
    else:
        _table(result, rows, emulated=target.is_emulated)


def show_text(line: str, label: str = "") -> None:
    """Print a line for people, without control characters and with ``?`` for what the terminal cannot encode.

    The label in front of it keeps its blanks.
    """
    click.echo(label + _encodable(printable(line)))


def show_note(line: str) -> None:
    """Print a line about a result for people, such as a heading, unless --quiet is given."""
    if not chosen().quiet:
        show_text(line)


def _encodable(text: str) -> str:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def show_json(data: Any) -> None:
    """Print JSON."""
    click.echo(json.dumps(data, indent=2))


def _to_json(result: Any) -> Any:
    return result.model_dump(mode="json") if hasattr(result, "model_dump") else result


def _csv(rows: Sequence[Any], result: Any) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _names(rows, _layout(result).fields), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if isinstance(row, Mapping))
    lines = text.getvalue()
    # A file gets the data as sent.
    return "".join(f"{printable(line)}\n" for line in lines.splitlines()) if sys.stdout.isatty() else lines


def show_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print flat rows with the same keys as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0] if rows else (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    click.echo(text.getvalue(), nl=False)


def _names(rows: Sequence[Any], first: Iterable[str]) -> list[str]:
    # The model's names come first and are always present; other names found in the rows follow.
    items = [item for row in rows if isinstance(row, Mapping) for item in row.items()]
    nested = {name for name, value in items if isinstance(value, list | Mapping)}
    return [name for name in dict.fromkeys([*first, *(name for name, _ in items)]) if name not in nested]


def _table(result: Any, rows: Sequence[Any], *, emulated: bool) -> None:
    layout = _layout(result)
    records = list(result)
    used = [column for column in layout.columns if any(map(column.text, records))]
    if not used:  # the platform uses different names than the SDK expects
        used = [_column(name, name) for name in _names(rows, ())]
    source = ", computed by the emulator" if emulated else ""
    show_table(used, records, f"{len(records)} {layout.singular if len(records) == 1 else layout.plural}{source}")


def show_table(columns: Sequence[Column], records: Sequence[Any], summary: str) -> None:
    """Print records as a table, and a line below it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column.title, justify=column.justify, vertical="top", overflow="fold")
    for record in records:
        table.add_row(*(column.text(record) for column in columns))
    # A file has no width to fit into.
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)
    with console.capture() as captured:
        if records:
            console.print(table)
        if not chosen().quiet:
            console.print(summary)
    # Without the blanks that fill each line.
    click.echo(_encodable("\n".join(map(str.rstrip, captured.get().split("\n")))), nl=False)


class _Layout(NamedTuple):
    """How the rows of a result are shown."""

    singular: str
    plural: str
    columns: tuple[Column, ...]
    """The columns of the table."""
    fields: tuple[str, ...] = ()
    """The first columns of CSV."""


def _layout(result: Any) -> _Layout:
    from okapi_sdk import Ephemeris, Pass, Passes, PassSummary, RiskEstimation, RiskEstimations, State

    if isinstance(result, Passes | PassSummary):
        is_fleet = any(getattr(item, "station", None) for item in result[:1])
        return _Layout("pass", "passes", FLEET_PASSES if is_fleet else PASSES, _fields(Pass))
    if isinstance(result, RiskEstimations):
        return _Layout("estimate", "estimates", RISKS, _fields(RiskEstimation))
    if isinstance(result, Ephemeris):
        return _Layout("state", "states", STATES, _fields(State))
    return _Layout("row", "rows", ())


def _fields(model: type[BaseModel]) -> tuple[str, ...]:
    # Fields with several values, such as the track of a pass, have a default other than None.
    return tuple(name for name, field in model.model_fields.items() if field.default is None)


def _oem(result: Any) -> str:
    from okapi_sdk import Ephemeris

    if not isinstance(result, Ephemeris):
        raise click.UsageError("only an ephemeris can be written as OEM; use --output json")
    return result.to_oem().to_kvn()
