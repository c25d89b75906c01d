"""The page that plots the residuals of an orbit determination: one HTML document with its drawings and no scripts.

The residuals are those in the states of a stored ephemeris, `USER_DEFINED_RESIDUAL_1` and so on. What each of them is
comes from the emulator's own key `residuals`, which `determine-orbit` writes; other ephemerides have no such key.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..bodies.values import read_epoch, read_number

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
"""The page loads nothing and runs nothing."""
_KEY = re.compile(r"USER_DEFINED_RESIDUAL_([1-6])")
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 220, 76, 12, 12, 34
_BAND = 3.0
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #c9ced4; --soft: #59636e; --mark: #0b62c4;
  --out: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #14171a; --faint: #3b424a; --soft: #a0a9b3;
  --mark: #6cb2ff; --out: #ff8a80; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 800px; padding: 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-bottom: 0; } h1, p { overflow-wrap: anywhere; }
svg { display: block; height: auto; max-width: 100%; } svg text { fill: var(--soft); font-size: 13px; }
.grid { stroke: var(--faint); } .zero { stroke: var(--soft); } .band { stroke: var(--soft); stroke-dasharray: 5 4; }
.kept { fill: none; stroke: var(--mark); stroke-linecap: round; stroke-width: 5; }
.out { fill: none; stroke: var(--out); stroke-width: 2; }
div { overflow-x: auto; } table { border-collapse: collapse; } th, td { border-bottom: 1px solid var(--faint);
  padding: .25rem .75rem .25rem 0; text-align: right; } th:first-child { text-align: left; }
"""


@dataclass
class _Series:
    """One residual over time. `unit` is empty and `deviation` None if nothing tells them."""

    name: str
    unit: str = ""
    deviation: float | None = None
    excluded: frozenset[datetime] = frozenset()
    epochs: list[datetime] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def split(self) -> tuple[list[tuple[datetime, float]], list[tuple[datetime, float]]]:
        """Return the points that were used, and those that were excluded."""
        points = list(zip(self.epochs, self.values, strict=True))
        kept = [point for point in points if point[0] not in self.excluded]
        return kept, [point for point in points if point[0] in self.excluded]


def residual_page(oem: Mapping[str, Any], id_: str) -> str:
    """Return the page of a stored ephemeris."""
    series = _series(oem)
    title = f"Residuals of the orbit determination of OEM {id_}"
    parts = [f"<h1>{html.escape(title)}</h1>"]
    if not series:
        parts.append("<p>This ephemeris contains no residuals.</p>")
    else:
        first, last = (choose(epoch for one in series for epoch in one.epochs) for choose in (min, max))
        parts += [
            "<p>Observed minus computed, over time (UTC). A dot is a measurement that was used, a cross one that was "
            f"excluded; at the edge, it lies beyond the scale. Dashed lines: {_BAND:g} standard deviations.</p>",
            _table(series),
            *(_plot(one, first, last) for one in series),
        ]
    parts.append("<p>A page of the okapi-sdk emulator.</p>")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _series(oem: Mapping[str, Any]) -> list[_Series]:
    known = _known(oem.get("residuals"))
    found: dict[str, _Series] = {}
    blocks = oem.get("OEM_META_DATA_DATA")
    for block in blocks if isinstance(blocks, list) else []:
        rows = block.get("DATA") if isinstance(block, Mapping) else None
        for row in rows if isinstance(rows, list) else []:
            if not isinstance(row, Mapping) or (epoch := read_epoch(row.get("EPOCH"))) is None:
                continue
            for key, text in row.items():
                if (match := _KEY.fullmatch(key)) and (value := read_number(text)) is not None:
                    number = match[1]
                    one = found.setdefault(number, known.get(number) or _Series(f"residual {number}"))
                    one.epochs.append(epoch)
                    one.values.append(value)
    return [found[number] for number in sorted(found)]


def _known(components: object) -> dict[str, _Series]:
    found = {}
    for entry in components if isinstance(components, list) else []:
        if isinstance(entry, Mapping) and isinstance(entry.get("excluded"), list):
            times = (read_epoch(text) for text in entry["excluded"])
            found[str(entry.get("number"))] = _Series(
                str(entry.get("component")).replace("_", " ")[:40],
                str(entry.get("unit"))[:10],
                read_number(entry.get("deviation")),
                frozenset(time for time in times if time is not None),
            )
    return found


def _table(series: Sequence[_Series]) -> str:
    rows = []
    for one in series:
        kept, out = one.split()
        values = [value for _, value in kept]
        mean = sum(values) / len(values) if values else None
        rms = (sum(value * value for value in values) / len(values)) ** 0.5 if values else None
        cells = "".join(f"<td>{_number(value)}</td>" for value in (mean, rms, one.deviation))
        unit = f" ({html.escape(one.unit)})" if one.unit else ""
        rows.append(f"<tr><th>{html.escape(one.name)}{unit}</th><td>{len(kept)}</td><td>{len(out)}</td>{cells}</tr>")
    head = "".join(f"<th>{name}</th>" for name in ("residual", "used", "excluded", "mean", "rms", "deviation"))
    return f"<div><table><tr>{head}</tr>{''.join(rows)}</table></div>"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _plot(series: _Series, first: datetime, last: datetime) -> str:
    """Return the drawing of one residual."""
    kept, out = series.split()
    band = _BAND * series.deviation if series.deviation else 0.0
    # An excluded measurement may be so far off that the others would be a line.
    scale = max((abs(value) for _, value in kept), default=0.0)
    reach = max(band, scale) * 1.15 or max(map(abs, series.values)) or 1.0
    span = max((last - first).total_seconds(), 1e-6)
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(epoch: datetime) -> float:
        return _LEFT + wide * (epoch - first).total_seconds() / span

    def y(value: float) -> float:
        return _TOP + high * (1 - max(-1.0, min(1.0, value / reach))) / 2

    def line(kind: str, value: float) -> str:
        return f'<path class="{kind}" d="M{_LEFT} {y(value):.1f}h{wide}"/>'

    def label(value: float) -> str:
        return f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.3g}</text>'

    dots = "".join(f"M{x(epoch):.1f} {y(value):.1f}h0" for epoch, value in kept)
    crosses = "".join(f"M{x(epoch) - 4:.1f} {y(value) - 4:.1f}l8 8m-8 0l8-8" for epoch, value in out)
    marks = [reach * share for share in (-1, -0.5, 0.5, 1)]
    lines = [line("grid", value) + label(value) for value in marks]
    lines += [line("zero", 0.0) + label(0.0), *(line("band", sign * band) for sign in (-1, 1) if band)]
    bottom = _HEIGHT - 10
    times = (
        f'<text x="{_LEFT}" y="{bottom}">{first:%Y-%m-%d %H:%M:%S}</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{bottom}" text-anchor="end">{last:%Y-%m-%d %H:%M:%S}</text>'
    )
    heading = html.escape(f"{series.name} ({series.unit})" if series.unit else series.name)
    described = f"{heading}: {len(kept)} used and {len(out)} excluded measurements over time"
    return (
        f'<h2>{heading}</h2><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-label="{described}">'
        f'{"".join(lines)}{times}<path class="kept" d="{dots}"/><path class="out" d="{crosses}"/></svg>'
    )
