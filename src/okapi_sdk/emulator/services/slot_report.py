"""The report of geo-slot-analysis: a page with a table and a drawing of the slot, without scripts or other files."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ..engines.instants import iso
from ..engines.slot import Slot, Track

_SIDE, _MARGIN = 480, 1.6
_MOST_POINTS = 300
_COLOURS = ("#0b62a4", "#b4430d", "#2e7d32", "#6a1b9a", "#00838f", "#9e1b32")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}th,td{padding:.3rem .8rem;text-align:right;border-bottom:1px solid #8886}"
    "th:first-child,td:first-child{text-align:left}svg{max-width:100%;height:auto;background:#fff}"
)


@dataclass(frozen=True)
class SlotObject:
    """An object in or near a slot: its name, its number, its origin in words, and its track."""

    name: str
    number: int | None
    origin: str
    track: Track


def slot_report(slot: Slot, objects: Sequence[SlotObject], start: datetime, end: datetime, text: str) -> str:
    """Return the page as HTML."""
    title = f"Slot at {slot.longitude:g}° E ± {slot.half_width:g}°"
    head = ("object", "longitude from", "to (°)", "latitude from", "to (°)", "drift (°/day)", "time in the slot")
    rows = "".join(
        f'<tr><td><span style="color:{_colour(index)}">■</span> {html.escape(one.name)} '
        f"({'-' if one.number is None else one.number}, {one.origin})</td>"
        + "".join(f"<td>{cell}</td>" for cell in _cells(one.track, slot))
        + "</tr>"
        for index, one in enumerate(objects)
    )
    table = f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{rows}</table>"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"</head><body><h1>{title}</h1><p>{iso(start)} to {iso(end)}</p>{_drawing(slot, objects)}"
        f"{table if objects else '<p>No object.</p>'}<p>{html.escape(text)}</p></body></html>"
    )


def _cells(track: Track, slot: Slot) -> tuple[str, ...]:
    east, north = track.east + slot.longitude, track.north
    drift = "-" if track.drift is None else f"{track.drift:.4f}"
    share = f"{track.inside(slot).mean():.0%}"
    return (f"{east.min():.4f}", f"{east.max():.4f}", f"{north.min():.4f}", f"{north.max():.4f}", drift, share)


def _drawing(slot: Slot, objects: Sequence[SlotObject]) -> str:
    """Return the paths of the sub-satellite points; what is outside the drawing is cut off."""
    scale = _SIDE / (2 * _MARGIN * slot.half_width)
    edge = _SIDE / 2 / _MARGIN
    lines = "".join(
        f'<polyline fill="none" stroke="{_colour(index)}" points="{_points(one.track, scale)}"/>'
        for index, one in enumerate(objects)
    )
    middle = _SIDE / 2
    return (
        f'<svg viewBox="0 0 {_SIDE} {_SIDE}" width="{_SIDE}" role="img" aria-label="Paths in the slot">'
        f'<g transform="translate({middle},{middle})">'
        f'<rect x="{-edge}" y="{-edge}" width="{2 * edge}" height="{2 * edge}" fill="none" stroke="#555"/>'
        f"{lines}</g></svg>"
    )


def _points(track: Track, scale: float) -> str:
    step = max(1, -(-track.seconds.size // _MOST_POINTS))
    limit = _SIDE * 10
    east, north = (np.clip(values[::step] * scale, -limit, limit) for values in (track.east, track.north))
    return " ".join(f"{x:.1f},{-y:.1f}" for x, y in zip(east.tolist(), north.tolist(), strict=True))


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]
