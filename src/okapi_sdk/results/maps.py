"""Map formats: GeoJSON (RFC 7946), KML 2.2 and CZML. Names are kept, control characters are not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from ..models.display import utc_text
from ..text import printable
from .arrays import POSITION
from .columns import Columns

_KML = "http://www.opengis.net/kml/2.2"

Line = list[tuple[float, float]]
"""Longitudes and latitudes in degrees."""


def lines(columns: Columns) -> list[Line]:
    """Return a ground track as lines that do not cross the antimeridian; each cut is a point of both lines."""
    parts: list[Line] = [[]]
    for longitude, latitude in zip(columns["longitude"].values, columns["latitude"].values, strict=True):
        part = parts[-1]
        if part and abs(longitude - part[-1][0]) > 180:
            side = 180.0 if part[-1][0] > 0 else -180.0
            crossing = _latitude_at(side, part[-1], (longitude + 2 * side, latitude))
            part.append((side, crossing))
            parts.append([(-side, crossing)])
        parts[-1].append((longitude, latitude))
    return [part for part in parts if len(part) > 1] or parts


def _latitude_at(longitude: float, first: tuple[float, float], second: tuple[float, float]) -> float:
    width = second[0] - first[0]
    share = (longitude - first[0]) / width if width else 0.0
    return first[1] + share * (second[1] - first[1])


def geojson(columns: Columns) -> dict[str, Any]:
    """Return a ground track as a GeoJSON feature collection."""
    parts = [[list(point) for point in part] for part in lines(columns)]
    geometry = {"type": "MultiLineString", "coordinates": parts} if _span(columns) else None
    properties = {"satellite": _name(columns), **_span(columns)}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def geojson_text(columns: Columns) -> str:
    """Return a ground track as the text of a GeoJSON file."""
    return json.dumps(geojson(columns)) + "\n"


def kml_text(columns: Columns) -> str:
    """Return a ground track as the text of a KML file."""
    ElementTree.register_namespace("", _KML)
    root = ElementTree.Element(f"{{{_KML}}}kml")
    placemark = _child(_child(root, "Document"), "Placemark")
    _child(placemark, "name", _name(columns) or "Ground track")
    span = _span(columns)
    if span:
        time_span = _child(placemark, "TimeSpan")
        _child(time_span, "begin", span["start"])
        _child(time_span, "end", span["end"])
    geometry = _child(placemark, "MultiGeometry")
    for part in lines(columns):
        line = _child(geometry, "LineString")
        _child(line, "tessellate", "1")
        _child(line, "coordinates", " ".join(f"{longitude:.7f},{latitude:.7f}" for longitude, latitude in part))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def czml_text(columns: Columns) -> str:
    """Return states in the GCRF as the text of a CZML file: an inertial position over time, and its path."""
    epochs: list[datetime] = list(columns["epoch"].values)
    packets: list[dict[str, Any]] = [{"id": "document", "name": _name(columns) or "Ephemeris", "version": "1.0"}]
    if epochs:
        interval = f"{utc_text(epochs[0])}/{utc_text(epochs[-1])}"
        packets[0]["clock"] = {"interval": interval, "currentTime": utc_text(epochs[0])}
        packets.append(
            {
                "id": "satellite",
                "name": _name(columns) or "Satellite",
                "availability": interval,
                "position": {
                    "referenceFrame": "INERTIAL",
                    "epoch": utc_text(epochs[0]),
                    "interpolationAlgorithm": "LAGRANGE",
                    "interpolationDegree": 5,
                    "cartesian": list(_samples(columns, epochs)),
                },
                "point": {"pixelSize": 8, "color": {"rgba": [255, 255, 255, 255]}},
                "path": {"width": 1, "material": {"solidColor": {"color": {"rgba": [255, 255, 0, 255]}}}},
            }
        )
    return json.dumps(packets) + "\n"


def _samples(columns: Columns, epochs: list[datetime]) -> Iterator[float]:
    """Yield seconds since the first epoch and the position in metres, sample after sample."""
    for epoch, *position in zip(epochs, *(columns[name].values for name in POSITION), strict=True):
        yield (epoch - epochs[0]).total_seconds()
        yield from (coordinate * 1000 for coordinate in position)


def _child(parent: ElementTree.Element, tag: str, text: str | None = None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_KML}}}{tag}")
    child.text = text
    return child


def _name(columns: Columns) -> str | None:
    column = columns.get("satellite")
    return printable(column.values[0]) if column is not None and column.values else None


def _span(columns: Columns) -> dict[str, str]:
    epochs = columns["epoch"].values
    return {"start": utc_text(epochs[0]), "end": utc_text(epochs[-1])} if epochs else {}
