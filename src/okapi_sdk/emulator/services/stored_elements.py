"""Stored objects: their TLEs, and the satellite to which they belong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..bodies.fields import InputProblemError
from ..bodies.omm import read_omm
from ..bodies.tle import Tle, read_tle
from ..store.tables import Store

_MOST_KNOWN = 30_000
_MOST_DIGITS = 9


def stored_tle(element: Mapping[str, Any]) -> Tle | None:
    """Return the two lines of a stored TLE or, for a number that no TLE can hold, its elements."""
    line1, line2 = element.get("TLE_LINE1"), element.get("TLE_LINE2")
    if line1 is not None:
        return _of_lines(str(line1), str(line2))
    try:
        return read_omm(element, "tle")
    except (ValueError, InputProblemError):
        return None


@lru_cache(maxsize=_MOST_KNOWN)
def _of_lines(line1: str, line2: str) -> Tle | None:
    """Return a TLE. Each request reads the whole catalogue, so those that were read before are kept."""
    try:
        return read_tle(f"{line1}\n{line2}")
    except ValueError:
        return None


def tles_of(number: int | None, store: Store) -> list[Tle]:
    """Return the stored TLEs of an object, the oldest first."""
    tles = (stored_tle(element) for element in store.elements("tles"))
    found = [tle for tle in tles if tle is not None and tle.catalogue_number == number]
    return sorted(found, key=lambda tle: tle.epoch)


def catalogue_number(name: str | None) -> int | None:
    """Return the number in an OBJECT_ID or a designator, or None if it is another kind of name."""
    is_number = name is not None and name.isascii() and name.isdigit()
    return int(name) if name and is_number and len(name) <= _MOST_DIGITS else None


def satellite_of(number: int | str | None, store: Store) -> Mapping[str, Any]:
    """Return the stored satellite with a catalogue number, or an empty mapping."""
    for satellite in store.elements("satellites"):
        ids = satellite.get("norad_ids")
        if number is not None and isinstance(ids, list) and str(number) in map(str, ids):
            return satellite
    return {}
