"""The complete sightings among observations: positions, and directions from a site."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .arrays import Array
from .observations import Observations


class Sighting(NamedTuple):
    """What one place saw at one time: a position, or a direction from a site; all in GCRF (km).

    `second`: after the origin of the observations.
    """

    second: float
    position: Array | None
    direction: Array | None
    site: Array


def sightings(observations: Observations) -> list[Sighting]:
    """Combine the observations of one time and place."""
    groups: dict[tuple[int, object, str], dict[str, int]] = {}
    for index, one in enumerate(observations.items):
        frame = one.frame if one.site is None else ""
        groups.setdefault((int(observations.places[index]), one.site, frame), {})[one.component] = index
    found = []
    for (place, _, _), indices in groups.items():
        values = {name: float(observations.values[index]) for name, index in indices.items()}
        index = next(iter(indices.values()))
        site, second = observations.sites[index], float(observations.seconds[place])
        if {"x", "y", "z"} <= values.keys():
            position = observations.axes[index].T @ np.array([values[name] for name in "xyz"])
            found.append(Sighting(second, position, None, site))
        for east, north in (("azimuth", "elevation"), ("right_ascension", "declination")):
            if {east, north} <= values.keys():
                around, up = np.radians(values[east]), np.radians(values[north])
                local = np.array((np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)))
                direction = observations.axes[indices[east]].T @ local
                position = site + values["range"] * direction if "range" in values else None
                found.append(Sighting(second, position, direction, site))
    return sorted(found, key=lambda one: one.second)
