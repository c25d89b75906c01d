"""The parts of a pass that are visible over an elevation mask, computed from its track."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Protocol

from ..errors import InputError, InputProblem
from ..models.json_form import wire_time
from ..values.elevation_mask import ElevationMask
from .sky_track import LARGEST_ERROR_DEG, Look, SkyTrack

_ROUNDING_DEG = 1e-6
"""Directions in a track are rounded."""
_ROUNDING_SECONDS = 0.005
"""Crossings this close to an end of the track are that end: its time is rounded to milliseconds."""
_LOW_DEG = 10.0
"""Below this elevation, the azimuth of a pass changes in one direction."""
_DIGITS = 6


class _Point(Protocol):
    epoch: datetime | None
    azimuth: float | None
    elevation: float | None
    range: float | None


class _Pass(Protocol):
    aos: datetime | None
    los: datetime | None
    culmination: datetime | None
    max_elevation: float | None

    @property
    def track(self) -> Sequence[_Point]: ...


def visible_rows(
    model: type, index: int, row: Mapping[str, Any], item: _Pass, mask: ElevationMask
) -> list[Mapping[str, Any]]:
    """Return a row of passes for each part of the pass above the mask.

    Raises:
        InputError: if the pass has no usable track; attributed to the class ``model``.
    """
    if item.max_elevation is not None and item.max_elevation < mask.lowest:
        return []
    origin, points = _looks(item.track)
    if origin is None or len(points) < 2:
        allowed = "a track of at least two points with epoch, azimuth, elevation and range"
        remedy = "the summary has no tracks: use request.result(Passes), or PassSummary.above(elevation)"
        raise InputError(model.__name__, (InputProblem(f"{index}.track", f"{len(points)} points", allowed, remedy),))
    track = SkyTrack(points)
    if track.error_deg > LARGEST_ERROR_DEG:
        visible = _visible_throughout(item, points, mask)
        if visible is not None:
            return [row] if visible else []
        gap = ceil(track.largest_gap)
        allowed = f"points close enough to interpolate directions to {LARGEST_ERROR_DEG} degrees"
        remedy = f"predict the passes with settings=PropagationSettings(output_step_size={min(60, max(1, gap // 2))})"
        given = f"{len(points)} points, up to {gap} s apart"
        raise InputError(model.__name__, (InputProblem(f"{index}.track", given, allowed, remedy),))
    spans = list(track.spans(lambda look: look.elevation - mask.at(look.azimuth) + _ROUNDING_DEG))
    if len(spans) == 1 and _begins(track, spans[0]) and _ends(track, spans[0]):
        return [row]
    return [_part(row, item, origin, track, span) for span in spans]


def _looks(points: Iterable[_Point]) -> tuple[datetime | None, list[Look]]:
    """Return the first epoch and the complete points, with times in seconds after it."""
    origin: datetime | None = None
    looks: list[Look] = []
    for point in points:
        if point.epoch is None or point.azimuth is None or point.elevation is None or not point.range:
            continue
        origin = origin or point.epoch
        time = (point.epoch - origin).total_seconds()
        if not looks or time > looks[-1].time:
            looks.append(Look(time, point.azimuth, point.elevation, point.range))
    return origin, looks


def _visible_throughout(item: _Pass, points: list[Look], mask: ElevationMask) -> bool | None:
    """Return the visibility of a low pass if it does not change along its path, or None if it may.

    A pass of less than one output step is too short to interpolate, but is close to the horizon all the time.
    """
    if item.max_elevation is None or item.max_elevation > _LOW_DEG:
        return None
    first, last = points[0].azimuth, points[-1].azimuth
    turn = (last - first + 180) % 360 - 180
    heights = [mask.at(first + turn * share / 100) for share in range(101)]
    if item.max_elevation < min(heights):
        return False
    return True if min(point.elevation for point in points) + _ROUNDING_DEG >= max(heights) else None


def _part(row: Mapping[str, Any], item: _Pass, origin: datetime, track: SkyTrack, span: list[Look]) -> dict[str, Any]:
    first, last = span[0], span[-1]
    times: dict[str, Any] = {}
    # Where the part begins or ends with the pass itself, its values stay; otherwise the satellite crosses the mask.
    if not _begins(track, span):
        start = _time(origin, first)
        times |= {"start": start, "aos": start, "aos_azimuth": round(first.azimuth, _DIGITS)}
    if not _ends(track, span):
        end = _time(origin, last)
        times |= {"end": end, "los": end, "los_azimuth": round(last.azimuth, _DIGITS)}
    peak = None if item.culmination is None else (item.culmination - origin).total_seconds()
    if peak is None or not first.time <= peak <= last.time:
        highest = track.highest(span, lambda look: look.elevation)
        times |= {"culmination": _time(origin, highest), "max_elevation": round(highest.elevation, _DIGITS)}
    nearest = track.highest(span, lambda look: -look.range)
    inside = [point for point in track.points if first.time < point.time < last.time]
    return {
        **row,
        **times,
        "min_range": round(nearest.range, _DIGITS),
        "track": [_point(origin, look) for look in (first, *inside, last)],
    }


def _begins(track: SkyTrack, span: list[Look]) -> bool:
    return span[0].time - track.points[0].time < _ROUNDING_SECONDS


def _ends(track: SkyTrack, span: list[Look]) -> bool:
    return track.points[-1].time - span[-1].time < _ROUNDING_SECONDS


def _point(origin: datetime, look: Look) -> dict[str, Any]:
    values = {"azimuth": look.azimuth, "elevation": look.elevation, "range": look.range}
    return {"epoch": _time(origin, look), **{name: round(value, _DIGITS) for name, value in values.items()}}


def _time(origin: datetime, look: Look) -> str:
    return wire_time(origin + timedelta(seconds=look.time))
