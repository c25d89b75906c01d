"""Orbital elements of stored orbits: what lists are filtered by.

A TLE is kept under the names of Space-Track's GP class (`INCLINATION`, `PERIOD`, ...), an OMM in the platform's blocks,
an OEM as states. Units are those of GP: degrees, minutes, kilometres; `PERIAPSIS` and `APOAPSIS` are heights above a
radius of 6378.135 km. What a record does not state is derived from its mean motion, or from an OEM's first state, whose
elements are the osculating ones; those of an Earth-fixed frame are taken as if its axes stood still at that moment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

Element = Mapping[str, Any]

_GRAVITY = 398_600.4418
_RADIUS = 6378.135
_EARTH_RATE = 7.292115e-5
"""Radians per second about the z axis."""
_DERIVED = frozenset({"SEMIMAJOR_AXIS", "PERIOD", "PERIAPSIS", "APOAPSIS", "ECCENTRICITY", "INCLINATION"})


def orbital(element: Element, name: str) -> object:
    """An element or a piece of metadata of an orbit by its GP name, or None."""
    for block in _blocks(element):
        if block.get(name) is not None:
            return block[name]
    return derived(element).get(name) if name in _DERIVED else None


def derived(element: Element) -> dict[str, float]:
    """Semi-major axis, period, heights of periapsis and apoapsis, eccentricity, inclination; none if unknown."""
    mean_motion, eccentricity = (
        number(_stated(element, name)) for name in ("MEAN_MOTION", "ECCENTRICITY")
    )  # revolutions per day
    if mean_motion is not None and mean_motion > 0 and eccentricity is not None:
        axis = (_GRAVITY * (86_400 / (2 * math.pi * mean_motion)) ** 2) ** (1 / 3)
        return _shape(axis, eccentricity)
    for frame, state in _states(element):
        return _osculating(state, _EARTH_RATE if frame.startswith("ITRF") else 0.0)
    return {}


def orbit_class(element: Element) -> str | None:
    """The class of an orbit by the limits of ESA's Annual Space Environment Report; None outside all of them."""
    names = ("SEMIMAJOR_AXIS", "ECCENTRICITY", "INCLINATION", "PERIAPSIS", "APOAPSIS")
    axis, eccentricity, inclination, low, high = (number(orbital(element, name)) for name in names)
    if axis is None or eccentricity is None or low is None or high is None:
        return None
    tilt = inclination or 0.0
    synchronous = 37_948 <= axis <= 46_380 and eccentricity <= 0.25
    tests = {
        "GEO": tilt <= 25 and low >= 35_586 and high <= 35_986,
        "IGO": synchronous and tilt > 25,
        "EGO": synchronous and tilt <= 25,
        "NSO": 50 <= tilt <= 70 and low >= 18_100 and high <= 24_300,
        "GTO": tilt <= 90 and low <= 2000 and 31_570 <= high <= 40_002,
        "MEO": low >= 2000 and high <= 31_570,
        "GHO": 31_570 <= low <= 40_002 < high,
        "LEO": high <= 2000,
        "HAO": low > 40_002,
        "MGO": 2000 <= low <= 31_570 <= high <= 40_002,
        "HEO": low <= 31_570 and high > 40_002,
    }
    return next((name for name, fits in tests.items() if fits), None)


def number(value: object) -> float | None:
    """A finite number, also from text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _blocks(element: Element) -> Iterator[Mapping[str, Any]]:
    yield element
    for name in ("OMM_DATA", "OMM_META_DATA", "OMM_HEADER", "OEM_HEADER"):
        if isinstance(block := element.get(name), Mapping):
            yield block
    for block in _segments(element):
        yield block


def _stated(element: Element, name: str) -> object:
    return next((block[name] for block in _blocks(element) if block.get(name) is not None), None)


def _segments(element: Element) -> list[Mapping[str, Any]]:
    found = element.get("OEM_META_DATA_DATA")
    return [block for block in found if isinstance(block, Mapping)] if isinstance(found, list) else []


def _states(element: Element) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for segment in _segments(element):
        rows, frame = segment.get("DATA"), str(segment.get("REF_FRAME"))
        yield from ((frame, row) for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()


def _shape(axis: float, eccentricity: float) -> dict[str, float]:
    return {
        "SEMIMAJOR_AXIS": axis,
        "ECCENTRICITY": eccentricity,
        "PERIOD": 2 * math.pi * math.sqrt(axis**3 / _GRAVITY) / 60,
        "PERIAPSIS": axis * (1 - eccentricity) - _RADIUS,
        "APOAPSIS": axis * (1 + eccentricity) - _RADIUS,
    }


def _osculating(state: Mapping[str, Any], turning: float) -> dict[str, float]:
    values = [number(state.get(name)) for name in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")]
    known = [value for value in values if value is not None]
    if len(known) < 6:
        return {}
    x, y, z, u, v, w = known
    u, v = u - turning * y, v + turning * x
    distance, squared_speed = math.sqrt(x * x + y * y + z * z), u * u + v * v + w * w
    momentum = (y * w - z * v, z * u - x * w, x * v - y * u)
    length = math.hypot(*momentum)
    energy = squared_speed / 2 - _GRAVITY / distance if distance else 0.0
    if energy >= 0 or not length:
        return {}
    axis = -_GRAVITY / (2 * energy)
    eccentricity = math.sqrt(max(0.0, 1 - length**2 / (_GRAVITY * axis)))
    return {**_shape(axis, eccentricity), "INCLINATION": math.degrees(math.acos(momentum[2] / length))}
