"""The calendar event of each pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..errors import ResponseFormatError
from .calendar import Event
from .rows import Rows
from .subject import satellite_of, station_of


def events(passes: Rows[Any]) -> Iterator[Event]:
    """Yield an event for each pass, named after its satellite and ground location if they are known.

    Raises:
        ResponseFormatError: if a pass has no start or no end.
    """
    place = getattr(passes.calculation, "ground_location", None)
    geo = None if place is None else (place.latitude, place.longitude)
    for index, (item, row) in enumerate(zip(passes, passes.to_dicts(), strict=True)):
        start, end = item.start, item.end
        if not isinstance(start, datetime) or not isinstance(end, datetime):
            missing = "start" if start is None else "end"
            which = f"{type(passes).__name__}[{index}]"
            raise ResponseFormatError(
                f"{which} has no {missing}, which a calendar needs. Its fields: {', '.join(row)}",
                reason="schema",
                body=row,
            )
        names = row if isinstance(row, Mapping) else {}
        satellite = str(names.get("satellite") or satellite_of(passes.calculation) or "Pass")
        station = str(names.get("station") or station_of(passes.calculation) or "")
        over = f" over {station}" if station else ""
        highest = "" if item.max_elevation is None else f", max {item.max_elevation:.0f}°"
        yield Event(start, end, f"{satellite}{over}{highest}", "\n".join(_lines(item)), station, geo)


def _lines(item: Any) -> Iterator[str]:
    if item.culmination is not None:
        yield f"Culmination: {item.culmination:%H:%M:%S} UTC"
    for name, label, unit in (
        ("max_elevation", "Maximum elevation", "°"),
        ("aos_azimuth", "Azimuth at AOS", "°"),
        ("los_azimuth", "Azimuth at LOS", "°"),
        ("min_range", "Minimum distance", " km"),
    ):
        value = getattr(item, name)
        if value is not None:
            yield f"{label}: {value:.1f}{unit}"
