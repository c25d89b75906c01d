"""Orbital elements of stored orbits, for filtering lists.

A TLE is stored under the names of Space-Track's GP class (`INCLINATION`, `PERIOD`, ...), an OMM in the platform's
blocks, an OEM as states. Units are those of GP; see `engines.elements`. Elements that a record does not contain are
derived from its mean motion or, as osculating elements, from the first state of an OEM. For an Earth-fixed frame, they
refer to the inertial frame that coincides with it at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..bodies.values import read_number
from ..engines import elements

Element = Mapping[str, Any]
"""A stored object as JSON."""

_DERIVED = frozenset({"SEMIMAJOR_AXIS", "PERIOD", "PERIAPSIS", "APOAPSIS", "ECCENTRICITY", "INCLINATION"})
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")


def orbit_value(element: Element, name: str) -> object:
    """Return an orbital element or a piece of metadata of an orbit by its GP name, or None."""
    for block in _blocks(element):
        if block.get(name) is not None:
            return block[name]
    return derived_elements(element).get(name) if name in _DERIVED else None


def derived_elements(element: Element) -> dict[str, float]:
    """Return semi-major axis, period, periapsis, apoapsis, eccentricity and inclination; empty if unknown."""
    mean_motion, eccentricity = (read_number(_stated(element, name)) for name in ("MEAN_MOTION", "ECCENTRICITY"))
    if mean_motion is not None and mean_motion > 0 and eccentricity is not None:
        return _by_name(elements.shape_from_mean_motion(mean_motion, eccentricity))
    for frame, row in _states(element):
        values = [read_number(row.get(name)) for name in _STATE]
        known = [value for value in values if value is not None]
        if len(known) < len(_STATE):
            return {}
        x, y, z, *velocity = known
        rate = elements.EARTH_RATE if frame.startswith("ITRF") else 0.0
        shape = elements.shape_from_state((x, y, z), (velocity[0], velocity[1], velocity[2]), rate)
        return {} if shape is None else _by_name(shape)
    return {}


def orbit_class(element: Element) -> str | None:
    """Return the class of a stored orbit, such as LEO, or None if it is unknown."""
    names = ("SEMIMAJOR_AXIS", "ECCENTRICITY", "INCLINATION", "PERIAPSIS", "APOAPSIS")
    axis, eccentricity, inclination, low, high = (read_number(orbit_value(element, name)) for name in names)
    if axis is None or eccentricity is None or low is None or high is None:
        return None
    return elements.orbit_class(axis, eccentricity, inclination or 0.0, low, high)


def _by_name(shape: elements.OrbitShape) -> dict[str, float]:
    named = {
        "SEMIMAJOR_AXIS": shape.semimajor_axis,
        "ECCENTRICITY": shape.eccentricity,
        "PERIOD": shape.period,
        "PERIAPSIS": shape.periapsis,
        "APOAPSIS": shape.apoapsis,
    }
    return named if shape.inclination is None else {**named, "INCLINATION": shape.inclination}


def _blocks(element: Element) -> Iterator[Mapping[str, Any]]:
    yield element
    for name in ("OMM_DATA", "OMM_META_DATA", "OMM_HEADER", "OEM_HEADER"):
        if isinstance(block := element.get(name), Mapping):
            yield block
    yield from _segments(element)


def _stated(element: Element, name: str) -> object:
    return next((block[name] for block in _blocks(element) if block.get(name) is not None), None)


def _segments(element: Element) -> list[Mapping[str, Any]]:
    segments = element.get("OEM_META_DATA_DATA")
    return [block for block in segments if isinstance(block, Mapping)] if isinstance(segments, list) else []


def _states(element: Element) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for segment in _segments(element):
        rows, frame = segment.get("DATA"), str(segment.get("REF_FRAME"))
        yield from ((frame, row) for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()
