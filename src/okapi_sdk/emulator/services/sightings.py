"""The observations in a request: measurements, with the places of the stations and the standard deviations.

No message says where a station is or how well it measures, and no published source shows the fields of a stored sensor
system. The emulator's own convention is a sensor system with these fields, of which the deviations may be missing:

    {"name": "STATION", "ground_location": {"latitude": 52.3, "longitude": 10.6, "altitude": 0.05},
     "range_std": 0.05, "angle_1_std": 0.01, "angle_2_std": 0.01}

in degrees and km. A participant of a TDM is a station if its name is the `name` or the ID of a sensor system.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..bodies.fields import Fields, InputProblemError
from ..bodies.inputs import GroundLocation, read_location
from ..bodies.navsol import NavSol
from ..bodies.oem import Oem
from ..bodies.tdm import TdmSegment
from ..bodies.values import read_number
from ..engines.instants import utc_of_gps
from ..engines.observations import Observation, Site
from ..store.tables import Store
from .outcome import NoResultError

_IDS = ("name", "sensor_system_id", "sensor_id", "id")
_KEYS = {
    "range": "range_std", "azimuth": "angle_1_std", "elevation": "angle_2_std", "right_ascension": "angle_1_std",
    "declination": "angle_2_std",
}  # fmt: skip
_ASSUMED_POSITION, _ASSUMED_RANGE, _ASSUMED_ANGLE = 0.01, 0.05, 0.01


@dataclass
class Sightings:
    """Observations, and what is known about them.

    `objects`: the participants that are not stations, or the object of an ephemeris. `track_ids`: by group. `assumed`:
    the standard deviations that the request does not state, in words. `unused`: measurements that were not used, in
    words. `remarks`: sentences for the status.
    """

    items: list[Observation] = field(default_factory=list)
    objects: set[str] = field(default_factory=set)
    track_ids: dict[int, str] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def assume(self, words: str) -> None:
        """Note an assumption once."""
        if words not in self.assumed:
            self.assumed.append(words)


def sightings_of_tdm(segments: tuple[TdmSegment, ...], store: Store) -> Sightings:
    """Return the angles and ranges of a TDM.

    Raises:
        NoResultError: if no stored sensor system is a participant, or more than one is.
    """
    found = Sightings()
    others: Counter[str] = Counter()
    for group, segment in enumerate(segments, 1):
        others.update(segment.others)
        if not segment.measured:
            continue
        station, objects = _station(segment.participants, store)
        found.objects.update(objects)
        if segment.track_id:
            found.track_ids[group] = segment.track_id
        site = Site(*_location(station))
        for one in segment.measured:
            found.items.append(
                Observation(
                    one.epoch, one.component, one.value, _deviation(station, one.component, found),
                    segment.frame if one.component in ("right_ascension", "declination") else "GCRF", site,
                    segment.light, group,
                )
            )  # fmt: skip
        if segment.two_way and any(one.component == "range" for one in segment.measured):
            found.remarks.append("Two-way ranges are taken as the distance, not as the way there and back.")
    found.unused += [f"{count} {keyword}" for keyword, count in sorted(others.items())]
    if any(one.site for one in found.items):
        timed = [bool(one.light) for one in found.items]
        light = "with light time" if all(timed) else "without light time, because TIMETAG_REF is missing"
        light = "with light time where there is a TIMETAG_REF" if any(timed) and not all(timed) else light
        found.remarks.append(f"Predicted {light}; refraction, aberration and signal delays are not modelled.")
    found.remarks = list(dict.fromkeys(found.remarks))
    return found


def sightings_of_positions(ephemerides: NavSol | Oem, sensor: Mapping[str, Any]) -> Sightings:
    """Return the positions of a GNSS receiver or an ephemeris. `sensor`: a satellite's `gnss_sensor`, if any."""
    found = Sightings()
    deviations = {axis: read_number(sensor.get(f"{axis}_std")) for axis in "xyz"}
    if not all(value is not None and value > 0 for value in deviations.values()):
        found.assume(f"a standard deviation of {_ASSUMED_POSITION * 1000:g} m for each coordinate")
        deviations = dict.fromkeys("xyz", _ASSUMED_POSITION)
    if isinstance(ephemerides, NavSol):
        epochs = utc_of_gps([one.gps_time for one in ephemerides.positions])
        rows = [("ITRF", epoch, one.position) for epoch, one in zip(epochs, ephemerides.positions, strict=True)]
        if ephemerides.without_fix:
            found.unused.append(f"{ephemerides.without_fix} rows without a three-dimensional fix")
        found.remarks.append("The columns are read as those of the NAV-SOL message of u-blox receivers (ms, cm).")
    else:
        rows = [
            (segment.frame, epoch, (row[0], row[1], row[2]))
            for segment in ephemerides.segments
            for epoch, row in zip(segment.epochs, segment.rows, strict=True)
        ]
        found.objects.add(ephemerides.object_id)
        found.remarks.append("Only the positions of the ephemeris are measurements, not its velocities.")
    for frame, epoch, position in rows:
        for axis, value in zip("xyz", position, strict=True):
            found.items.append(Observation(epoch, axis, value, deviations[axis] or _ASSUMED_POSITION, frame))
    return found


def _station(participants: tuple[str, ...], store: Store) -> tuple[Mapping[str, Any], list[str]]:
    """Return the sensor system among the participants, and the other participants."""
    stations: list[tuple[str, Mapping[str, Any]]] = []
    objects: list[str] = []
    for name in participants:
        matches = [one for one in store.elements("sensor-systems") if name.casefold() in _names(one)]
        if matches:
            stations.append((name, matches[-1]))
        else:
            objects.append(name)
    if not stations:
        raise NoResultError(
            f"The emulator does not know where {' or '.join(participants)[:200]} is. Add the station first: POST "
            "sensor-systems with its name and a ground_location (latitude, longitude, altitude in km).",
            input_problem=True,
        )
    if len(stations) > 1:
        raise NoResultError(
            f"The emulator uses measurements of one station, not of {' with '.join(name for name, _ in stations)}.",
            input_problem=True,
        )
    return stations[0][1], objects


def _names(element: Mapping[str, Any]) -> Iterator[str]:
    return (str(element[key]).casefold() for key in _IDS if element.get(key))


def _location(station: Mapping[str, Any]) -> tuple[float, float, float]:
    value = station.get("ground_location", station)
    if isinstance(value, Mapping) and set(value) == {"type", "content"}:
        value = value["content"]
    names = ("latitude", "longitude", "altitude")
    values = {name: value.get(name) for name in names} if isinstance(value, Mapping) else {}
    try:
        place: GroundLocation = read_location(Fields(values, "ground_location"))
    except InputProblemError as problem:
        name = next(_names(station), "")
        raise NoResultError(f"The place of the sensor system {name[:80]!r}: {problem}", input_problem=True) from None
    return place.latitude, place.longitude, place.altitude


def _deviation(station: Mapping[str, Any], component: str, found: Sightings) -> float:
    value = read_number(station.get(_KEYS[component]))
    if value is not None and value > 0:
        return value
    if component == "range":
        found.assume(f"a standard deviation of {_ASSUMED_RANGE * 1000:g} m for ranges")
        return _ASSUMED_RANGE
    found.assume(f"a standard deviation of {_ASSUMED_ANGLE:g} degrees for angles on the sky")
    return _ASSUMED_ANGLE


def norad_id(objects: set[str], store: Store) -> int | None:
    """Return the catalogue number of the observed object, if its ID is one or a stored object has that COSPAR ID."""
    for name in sorted(objects):
        if re.fullmatch(r"\d{1,9}", name):
            return int(name)
        for element in store.elements("tles"):
            if name and name in (element.get("OBJECT_ID"), element.get("OBJECT_NAME")):
                number = read_number(element.get("NORAD_CAT_ID"))
                return None if number is None else int(number)
    return None
