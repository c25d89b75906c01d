"""``python -m tests.benchmarks.pictures``: draw the tables of docs/benchmarks.md, from the page itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .clients import DURATIONS
from .page import PAGE, PICTURES, Spread

GREY = "#7f7f7f"
"""Text and axes: as legible on white as on a dark page."""
OURS, OTHERS = "#2f7fc1", "#cccccc"
"""Told apart by their lightness in grey, and by the dashes of the others."""
_TABLE = re.compile(r"((?:^\|.*\|\n)+)\n!\[[^\]]*\]\([^)]*/(\w+)\.svg\)", re.MULTILINE)
_OURS = re.compile(r"(import )?okapi[-_ ](sdk|--help)|emulator|.*: okapi-sdk")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Panel:
    """One part of a picture: a column of the table, of whose cells the first figures are drawn."""

    column: int
    unit: str
    title: str = ""
    limit: float | None = None
    """A dashed line to compare with."""


_LOST = tuple(Panel(i, "time lost in s", f"calculation of {s:g} s") for i, s in enumerate(DURATIONS, 1))
DRAWN: Mapping[str, Sequence[Panel]] = {
    "costs": (Panel(2, "CPU time ÷ that of the compared client", limit=1.0), Panel(4, "CPU time in µs")),
    "waits": _LOST,
    "connections": (Panel(1, "connections opened"),),
    "imports": (Panel(1, "CPU time in ms"), Panel(2, "peak memory in MB")),
    "profile": (Panel(1, "CPU time in µs", "bare httpx"), Panel(2, "CPU time in µs", "okapi-sdk")),
    "fleets": (Panel(1, "time in s for 500 calculations"), Panel(2, "time in s for 5,000 calculations")),
    "fleet_profile": (Panel(1, "CPU time in µs", "the ideal"), Panel(2, "CPU time in µs", "okapi-sdk")),
    "distant": (Panel(1, "time ÷ the least that the connections need", limit=1.0),),
    "learned": _LOST,
    "polls": (Panel(2, "CPU time ÷ that of the compared client", limit=1.0), Panel(3, "CPU time in µs")),
    "large": (
        Panel(1, "CPU time ÷ json.loads", limit=1.0),
        Panel(2, "peak memory ÷ json.loads", limit=1.0),
    ),
    "local": (Panel(1, "time in ms"),),
}


def spread(cell: str) -> tuple[Spread, str] | None:
    """Return what a cell says before the first semicolon: median and range or one figure, and the text of the first.

    None if it says no figure.
    """
    texts = _NUMBER.findall(cell.split(";")[0])
    if not texts:
        return None
    median, low, high = (float(one.replace(",", "")) for one in (texts if len(texts) == 3 else texts[:1] * 3))
    return Spread(low, median, high), texts[0]


def tables(page: str) -> dict[str, list[list[str]]]:
    """Return the rows of each table that a picture follows, without the head."""
    found: dict[str, list[list[str]]] = {}
    for lines, name in _TABLE.findall(page):
        _, _, *rows = ([cell.strip() for cell in line.strip("|").split(" | ")] for line in lines.splitlines())
        found[name] = rows
    return found


def draw(rows: Sequence[Sequence[str]], panels: Sequence[Panel]) -> Any:
    """Return a figure: a bar for each row, with its range, side by side for each panel."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    plain = {"text.color": GREY, "axes.edgecolor": GREY, "axes.labelcolor": GREY, "xtick.color": GREY,
             "ytick.color": GREY, "font.size": 9, "hatch.linewidth": 0.6}  # fmt: skip
    names = [re.sub(r"[`*]", "", row[0]) for row in rows]
    with rc_context(plain):
        figure = Figure((9.0, 0.9 + 0.34 * len(rows)), layout="constrained")
        same_unit = len({panel.unit for panel in panels}) == 1
        axes = figure.subplots(1, len(panels), sharex=same_unit, sharey=True, squeeze=False)[0]
        for ax, panel in zip(axes, panels, strict=True):
            _bars(ax, panel, names, [spread(row[panel.column]) for row in rows])
        most = [ax.dataLim.xmax for ax in axes]
        for ax, own in zip(axes, most, strict=True):
            ax.set_xlim(0, 1.3 * (max(most) if same_unit else own))
        axes[0].set_yticks(range(len(names)), names)
        axes[0].invert_yaxis()
        figure.patch.set_alpha(0)
    return figure


def _bars(ax: Any, panel: Panel, names: Sequence[str], found: Sequence[tuple[Spread, str] | None]) -> None:
    for place, (name, one) in enumerate(zip(names, found, strict=True)):
        if one is None:
            ax.text(0, place, " no result", va="center")
            continue
        figures, text = one
        ours = _OURS.match(name) is not None
        ax.barh(
            place, figures.median, 0.66, color=OURS if ours else OTHERS, hatch=None if ours else "//", edgecolor=GREY
        )
        if figures.high > figures.low:
            ax.plot((figures.low, figures.high), (place, place), color=GREY, lw=2.2, marker="|", ms=7)
        ax.text(figures.high, place, f"  {text}", va="center")
    if panel.limit is not None:
        ax.axvline(panel.limit, color=GREY, ls="--", lw=0.8)
    ax.set_xlabel(panel.unit)
    ax.set_title(panel.title, fontsize=9)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.patch.set_alpha(0)


def told(rows: Sequence[Sequence[str]]) -> str:
    """Return what a picture shows, as the text that it carries."""
    return "; ".join(" | ".join(row) for row in rows)


def save(folder: Path) -> list[Path]:
    """Draw all tables of the page into a folder. The same tables give the same files: they have no date."""
    from matplotlib import rc_context

    files = []
    for name, rows in tables(PAGE.read_text(encoding="utf-8")).items():
        with rc_context({"svg.hashsalt": name}):
            files.append(folder / f"{name}.svg")
            metadata = {"Date": None, "Creator": None, "Description": told(rows)}
            draw(rows, DRAWN[name]).savefig(files[-1], metadata=metadata)
    return files


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for file in save(PICTURES):
        print(file.relative_to(PAGE.parent))
