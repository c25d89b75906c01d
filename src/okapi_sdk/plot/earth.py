"""Ground tracks over a map of the Earth."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..errors import InputError, InputProblem
from ..text import short
from .axes import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[float, float]
"""Longitude and latitude in degrees."""


def ground_track(track: Any, ax: Axes | None = None) -> Axes:
    """Draw where a satellite is in the zenith, over the coastlines of the Earth.

    The map is equirectangular. Its coastlines are those of Natural Earth at 1:110 million, to 0.01 degrees.

    Args:
        track: an `Ephemeris`, or rows with ``latitude`` and ``longitude`` in degrees such as those of
            `Ephemeris.ground_track`.
        ax: axes to draw on.

    Raises:
        InputError: if an argument is invalid.
        ConfigurationError: if matplotlib is missing.
    """
    rows = track.ground_track() if hasattr(track, "ground_track") else track
    points = _points(rows)
    ax = axes(ax, 8.0, 4.3)
    outline = ax.spines["left"].get_edgecolor()
    for line in _coastline():
        ax.plot(
            [point[0] for point in line], [point[1] for point in line], "-", color=outline, linewidth=0.5, alpha=0.6
        )
    color = None
    for part in _parts(points):
        (drawn,) = ax.plot([point[0] for point in part], [point[1] for point in part], "-", color=color)
        color = drawn.get_color()
    if points:
        ax.plot(*points[0], "o", color=color, label="start")
        ax.plot(*points[-1], "s", color=color, label="end")
        ax.legend(loc="lower left")
    ax.set_xlim(-180, 180)
    ax.set_ylim(-90, 90)
    ax.set_xticks(range(-180, 181, 60))
    ax.set_yticks(range(-90, 91, 30))
    ax.set_xlabel("longitude, degrees")
    ax.set_ylabel("latitude, degrees")
    ax.set_aspect("equal")
    ax.grid(visible=True, alpha=0.3)
    return ax


def _points(rows: Any) -> list[Point]:
    found = list(rows) if isinstance(rows, Iterable) else [rows]
    try:
        return [(float(row.longitude), float(row.latitude)) for row in found]
    except (AttributeError, TypeError, ValueError):
        remedy = "pass the result of PropagateOrbit"
    rule = "an Ephemeris, or rows with latitude and longitude"
    raise InputError("ground_track", (InputProblem("track", short(rows), rule, remedy),))


def _parts(points: list[Point]) -> Iterator[list[Point]]:
    """Yield the parts of a track between its passages over the 180th meridian, each drawn up to the edge of the map."""
    part: list[Point] = []
    for point in points:
        if part and abs(point[0] - part[-1][0]) > 180:
            # The same two points, one of them beyond the edge.
            shift = 360.0 if part[-1][0] > point[0] else -360.0
            yield [*part, (point[0] + shift, point[1])]
            part = [(part[-1][0] - shift, part[-1][1])]
        part.append(point)
    if part:
        yield part


@cache
def _coastline() -> list[list[Point]]:
    """Return the lines of the coast. The file has steps of 0.01 degrees from each point to the next."""
    lines = []
    for steps in json.loads(files("okapi_sdk.plot").joinpath("coastline.json").read_text(encoding="ascii")):
        longitude = latitude = 0
        line = []
        for east, north in zip(steps[::2], steps[1::2], strict=True):
            longitude, latitude = longitude + east, latitude + north
            line.append((longitude / 100, latitude / 100))
        lines.append(line)
    return lines
