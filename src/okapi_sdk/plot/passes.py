"""Plots of passes: the sky, elevation over time, and when which satellite is visible from where."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..calculations.predict_passes import Pass, Passes, TrackPoint
from ..errors import InputError, InputProblem
from ..text import short
from .axes import axes, dashes, polar_axes, time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.projections.polar import PolarAxes


def sky(passes: Iterable[Pass], ax: Axes | None = None) -> PolarAxes:
    """Draw the paths of passes over the sky: the zenith in the centre, the horizon at the edge, north up, east right.

    A dot marks the beginning of each pass. Passes without a track are refused.

    Raises:
        InputError: if an argument is invalid.
        ConfigurationError: if matplotlib is missing.
    """
    tracks = [(item, _track(item)) for item in _passes("sky", passes)]
    polar = polar_axes(ax, 5.0)
    polar.set_theta_zero_location("N")
    polar.set_theta_direction(-1)
    polar.set_rlim(90, 0)
    polar.set_rgrids([0, 30, 60], ["0°", "30°", "60°"], angle=112.5)
    polar.set_thetagrids([0, 90, 180, 270], ["N", "E", "S", "W"])
    for index, (item, track) in enumerate(tracks):
        azimuths = [math.radians(point.azimuth or 0.0) for point in track]
        elevations: Any = [point.elevation for point in track]
        (line,) = polar.plot(azimuths, elevations, dashes(index), label=_label(item))
        polar.plot(azimuths[:1], elevations[:1], "o", color=line.get_color(), clip_on=False)
    if tracks:
        polar.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), title="start (UTC), highest elevation")
    return polar


def elevation(passes: Iterable[Pass], ax: Axes | None = None) -> Axes:
    """Draw the elevation of passes over time, in degrees above the horizon.

    Raises:
        InputError: if an argument is invalid.
        ConfigurationError: if matplotlib is missing.
    """
    tracks = [(item, _track(item)) for item in _passes("elevation", passes)]
    ax = axes(ax, 8.0, 3.5)
    for index, (item, track) in enumerate(tracks):
        times: Any = [point.epoch for point in track]
        elevations: Any = [point.elevation for point in track]
        ax.plot(times, elevations, dashes(index), label=_label(item))
    time_axis(ax)
    ax.set_ylabel("elevation, degrees")
    ax.set_ylim(0, 90)
    ax.set_yticks(range(0, 91, 30))
    ax.grid(visible=True, alpha=0.3)
    return ax


def timeline(rows: Mapping[str, Passes] | Iterable[tuple[str, Passes]], ax: Axes | None = None) -> Axes:
    """Draw one row of bars for each list of passes: when a satellite is visible from a station.

    Args:
        rows: the lists by their labels, from top to bottom, such as ``{"ISS, Braunschweig": passes}``.
        ax: axes to draw on.

    Raises:
        InputError: if an argument is invalid.
        ConfigurationError: if matplotlib is missing.
    """
    pairs: list[Any] = list(rows.items()) if isinstance(rows, Mapping) else list(rows)
    if not all(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        rule = "passes by their labels"
        raise InputError("timeline", (InputProblem("rows", short(pairs), rule, 'for example {"ISS": passes}'),))
    bars = [[_span(item) for item in _passes("timeline", passes)] for _, passes in pairs]
    ax = axes(ax, 8.0, 1.0 + 0.3 * max(1, len(pairs)))
    for index, spans in enumerate(bars):
        # A pass lasts minutes: in a plot of days, the outline keeps it visible.
        lengths: Any = [(start, end - start) for start, end in spans]
        ax.broken_barh(lengths, (index - 0.3, 0.6), facecolors=f"C{index % 10}", edgecolors=f"C{index % 10}")
    ax.set_yticks(range(len(pairs)), [label for label, _ in pairs])
    ax.set_ylim(len(pairs) - 0.5, -0.5)
    time_axis(ax)
    ax.grid(visible=True, axis="x", alpha=0.3)
    return ax


def _passes(function: str, passes: Iterable[Pass]) -> list[Pass]:
    found: list[Any] = list(passes) if isinstance(passes, Iterable) else [passes]
    if all(isinstance(item, Pass) for item in found):
        return found
    remedy = "pass the result of PredictPasses"
    raise InputError(function, (InputProblem("passes", short(passes), "passes", remedy),))


def _track(item: Pass) -> Sequence[TrackPoint]:
    points = [
        point for point in getattr(item, "track", None) or ()
        if None not in (point.epoch, point.azimuth, point.elevation)
    ]  # fmt: skip
    if points:
        return points
    remedy = "request.result(Passes) has tracks, PassSummary has none"
    raise InputError("plot", (InputProblem("passes", short(item), "passes with tracks", remedy),))


def _span(item: Pass) -> tuple[datetime, datetime]:
    if item.start is None or item.end is None:
        raise InputError("timeline", (InputProblem("passes", short(item), "passes with start and end", ""),))
    return item.start, item.end


def _label(item: Pass) -> str:
    start = "" if item.start is None else f"{item.start:%Y-%m-%d %H:%M}"
    return start if item.max_elevation is None else f"{start}, {item.max_elevation:.0f}°"
