"""``python -m tests.benchmarks.pictures``: draw the tables of docs/benchmarks.md, from the page itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .page import PAGE, PICTURES, Spread

GREY = "#7f7f7f"
"""Text and axes: as legible on white as on a dark page."""
OURS, OTHERS = "#2f7fc1", "#b4b4b4"
"""Told apart by their lightness in grey, and by the dashes of the others."""
_TABLE = re.compile(r"((?:^\|.*\|\n)+)\n!\[[^\]]*\]\([^)]*/(\w+)\.svg\)", re.MULTILINE)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Panel:
    """One part of a picture: a column of the table, and the part of its cells between semicolons."""

    column: int
    unit: str
    title: str = ""
    part: int = 0
    limit: float | None = None
    """A line to compare with."""


RATIO = "CPU time, as a multiple of bare httpx"
DRAWN: Mapping[str, Sequence[Panel]] = {
    "costs": (Panel(2, "CPU time, as a multiple of its peer in the table", limit=1.0), Panel(4, "CPU time in µs")),
    "waits": tuple(Panel(i, "s lost", f"calculation of {s} s") for i, s in enumerate(("0.3", "1.2", "3.7", "12"), 1)),
    "connections": (Panel(1, "connections opened"),),
    "imports": (Panel(1, "CPU time in ms"), Panel(2, "peak memory in MB")),
    "profile": (Panel(1, "µs under the profiler", "bare httpx"), Panel(2, "µs under the profiler", "okapi-sdk")),
    "fleets": (Panel(1, "s", "500 calculations"), Panel(2, "s", "5,000 calculations")),
    "learned": tuple(Panel(i, "s lost", f"calculation of {s} s") for i, s in enumerate(("0.3", "1.2", "3.7", "12"), 1)),
    "polls": (Panel(1, RATIO, limit=1.0), Panel(2, "CPU time in µs")),
    "large": (
        Panel(1, "CPU time, as a multiple of json.loads", limit=1.0),
        Panel(2, "peak memory, as a multiple of json.loads", limit=1.0),
    ),
    "local": (Panel(1, "ms"),),
}


def spread(cell: str, part: int = 0) -> Spread | None:
    """Return the figures of a cell: median and range, or one figure alone. None if it has none."""
    found = [float(one.replace(",", "")) for one in _NUMBER.findall(cell.split(";")[part])]
    if not found:
        return None
    median, low, high = found if len(found) == 3 else found[:1] * 3
    return Spread(low, median, high)


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
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for ax, panel in zip(axes, panels, strict=True):
            ax.patch.set_alpha(0)
            _bars(ax, panel, names, [spread(row[panel.column], panel.part) for row in rows])
        axes[0].set_yticks(range(len(names)), names)
        axes[0].invert_yaxis()
        figure.patch.set_alpha(0)
    return figure


def _bars(ax: Any, panel: Panel, names: Sequence[str], found: Sequence[Spread | None]) -> None:
    for place, (name, one) in enumerate(zip(names, found, strict=True)):
        if one is None:
            ax.text(0, place, " no result", va="center")
            continue
        ours = "okapi" in name and "python-connector" not in name and "aether" not in name and "depend" not in name
        ax.barh(place, one.median, 0.66, color=OURS if ours else OTHERS, hatch=None if ours else "//", edgecolor=GREY)
        if one.high > one.low:
            ax.plot((one.low, one.high), (place, place), color=GREY, lw=2.2, marker="|", ms=7)
        ax.text(one.high, place, f"  {one.median:,g}", va="center")
    if panel.limit is not None:
        ax.axvline(panel.limit, color=GREY, ls="--", lw=1)
    ax.set_xlim(0, 1.22 * max((one.high for one in found if one is not None), default=1.0))
    ax.set_xlabel(panel.unit)
    ax.set_title(panel.title, fontsize=9)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(axis="y", length=0)


def save(folder: Path) -> list[Path]:
    """Draw all tables of the page into a folder, as SVG without the date, so that the same tables give the same files."""
    from matplotlib import rc_context

    files = []
    for name, rows in tables(PAGE.read_text(encoding="utf-8")).items():
        with rc_context({"svg.hashsalt": name}):
            files.append(folder / f"{name}.svg")
            draw(rows, DRAWN[name]).savefig(files[-1], metadata={"Date": None, "Creator": None})
    return files


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for file in save(PICTURES):
        print(file.relative_to(PAGE.parent))
