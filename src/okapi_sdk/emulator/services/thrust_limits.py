"""When and how a stored satellite may thrust: the constraints of a request and, where it has none, the satellite's.

The names are those of the platform; no source states their exact meaning. The emulator reads them as follows:

* Thrust begins no earlier than now, and no earlier than `offset_cdm_and_earliest_maneuver` after the creation of the
  CDM if `use_offset_cdm_and_earliest_maneuver` is true.
* With `use_ground_station_passes`, it begins after the first stored pass of the satellite that starts from now on, or
  `min_time_till_pass` from now if `use_min_time_till_pass` is true. That pass uploads the command.
* With `in_sun_constraint`, a phase of thrust lies in full sunlight, which has lasted for `min_time_in_sun`.
* `maneuver_windows` contain all phases. Phases end before the closest approach.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.generate_maneuver import Constraints
from ..bodies.values import read_epoch, read_number
from ..engines.avoidance import Thruster
from ..engines.instants import Instants, iso
from ..engines.motion import Motion
from ..engines.numerical import Spacecraft
from ..engines.sunlight import is_sunlit
from ..store.tables import Store
from .outcome import NoResultError

_HOUR = 3600.0
_ARC_SECOND = math.pi / 180 / 3600
_SUN_STEP = 5.0
# The defaults of the platform's schema for a stored satellite.
_DEFAULTS = {
    "mass": 1.3, "area": 0.01, "thrust_output": 0.0, "max_thrust_duration": 1.0, "min_thrust_duration": 0.0,
    "min_time_in_sun": 0.0, "min_time_till_pass": _HOUR, "offset_cdm_and_earliest_maneuver": 7 * _HOUR,
    "thrust_uncertainty": 0.0, "thrust_pointing_uncertainty": 0.0, "accepted_collision_probability": 1e-4,
    "in_sun_constraint": False, "use_min_time_till_pass": False, "use_offset_cdm_and_earliest_maneuver": True,
    "use_ground_station_passes": False,
}  # fmt: skip
# By name: the lowest and the highest value of a satellite's number.
_RANGES = {
    "mass": (1e-3, 1e9), "area": (0.0, 1e6), "drag_area": (0.0, 1e6), "thrust_output": (0.0, 1e6),
    "thrust_uncertainty": (0.0, 1.0), "thrust_pointing_uncertainty": (0.0, 324_000.0),
    "accepted_collision_probability": (0.0, 1.0),
}  # fmt: skip
_FASTEST = 10.0  # metres per second squared
_ECHOED = {
    "db_sat_in_sun": "in_sun_constraint",
    **{
        f"db_sat_{name}": name
        for name in (
            "min_time_in_sun", "use_ground_station_passes", "use_offset_cdm_and_earliest_maneuver",
            "offset_cdm_and_earliest_maneuver", "use_min_time_till_pass", "min_time_till_pass", "min_thrust_duration",
            "max_thrust_duration", "thrust_output",
        )
    },
}  # fmt: skip


@dataclass(frozen=True)
class ThrustLimits:
    """The satellite that maneuvers and the constraints on it. Durations are in seconds."""

    satellite: Mapping[str, Any]
    constraints: Constraints

    def number(self, name: str) -> float:
        """Return a number of the request or of the satellite. Offsets are in seconds."""
        if (stated := self.constraints.values.get(name)) is not None:
            return float(stated) * (_HOUR if name == "offset_cdm_and_earliest_maneuver" else 1.0)
        return self._of_satellite(name)

    def flag(self, name: str) -> bool:
        """Return a flag of the request or of the satellite."""
        if (stated := self.constraints.values.get(name)) is not None:
            return bool(stated)
        return bool(self._stated(name))

    def echoed(self) -> dict[str, Any]:
        """Return the satellite's values as the platform's result names them; the offset is in hours."""
        found = {}
        for key, name in _ECHOED.items():
            value = self.satellite.get(name)
            if name == "offset_cdm_and_earliest_maneuver" and (seconds := read_number(value)) is not None:
                value = seconds / _HOUR
            if value is not None:
                found[key] = value
        return found

    @property
    def thruster(self) -> Thruster:
        """The thruster.

        Raises:
            NoResultError: if it has no thrust or no duration, or the satellite no mass.
        """
        thrust, mass = self.number("thrust_output"), self._of_satellite("mass")
        shortest, longest = self.number("min_thrust_duration"), self.number("max_thrust_duration")
        for name, value in (("thrust_output", thrust), ("mass", mass), ("max_thrust_duration", longest)):
            if not value > 0:
                raise NoResultError(
                    f"{name} is {value:g}, so the satellite cannot maneuver. Set it in the satellite or, unless it is "
                    "the mass, in maneuver_constraints.",
                    input_problem=True,
                )
        if thrust / mass > _FASTEST:
            raise NoResultError(
                f"thrust_output of {thrust:g} N accelerates {mass:g} kg by {thrust / mass:g} m/s², more than the "
                f"{_FASTEST:g} m/s² that maneuvers are designed for. Change one of them.",
                input_problem=True,
            )
        if shortest > longest:
            raise NoResultError(
                f"min_thrust_duration is {shortest:g} s, but max_thrust_duration is {longest:g} s. Change one of them.",
                input_problem=True,
            )
        return Thruster(
            acceleration=thrust / mass / 1000,
            shortest=shortest,
            longest=longest,
            magnitude_error=self._of_satellite("thrust_uncertainty"),
            pointing_error=self._of_satellite("thrust_pointing_uncertainty") * _ARC_SECOND,
        )

    @property
    def spacecraft(self) -> Spacecraft:
        """The satellite's mass and area, with the emulator's coefficients."""
        has_drag_area = self.satellite.get("drag_area") is not None
        return Spacecraft(self._of_satellite("mass"), self._of_satellite("drag_area" if has_drag_area else "area"))

    @property
    def accepted_probability(self) -> float:
        """The collision probability that the satellite's operator accepts."""
        return self._of_satellite("accepted_collision_probability")

    def earliest(self, now: datetime, created: datetime | None, tca: datetime, store: Store) -> datetime:
        """Return the time from which the satellite may thrust.

        Raises:
            NoResultError: if it is not before the closest approach, or the CDM does not state its creation.
        """
        if tca <= now:
            raise NoResultError(f"The TCA, {iso(tca)}, has passed. Send a later conjunction.", input_problem=True)
        bounds = {"the present time": now}
        if self.flag("use_offset_cdm_and_earliest_maneuver"):
            if created is None:
                raise NoResultError(
                    "The CDM states no CREATION_DATE, from which offset_cdm_and_earliest_maneuver counts. Send a CDM "
                    "that states one, or set use_offset_cdm_and_earliest_maneuver to false.",
                    input_problem=True,
                )
            offset = timedelta(seconds=self.number("offset_cdm_and_earliest_maneuver"))
            bounds["offset_cdm_and_earliest_maneuver after the CDM"] = created + offset
        if self.flag("use_ground_station_passes"):
            bounds["the end of the pass that uploads the command"] = self._end_of_pass(now, store)
        reason = max(bounds, key=lambda name: bounds[name])
        if not bounds[reason] < tca:
            raise NoResultError(
                f"The earliest time for thrust, {reason}, is {iso(bounds[reason])}, which is not before the TCA, "
                f"{iso(tca)}. Change the constraints.",
                input_problem=True,
            )
        return bounds[reason]

    def windows(self, tca: datetime, earliest: datetime) -> list[tuple[float, float]]:
        """Return the times in which the satellite may thrust apart from sunlight, in seconds after the TCA.

        Raises:
            NoResultError: if there are none.
        """
        spans = [((earliest - tca).total_seconds(), 0.0)]
        if self.constraints.windows is not None:
            windows = [tuple((edge - tca).total_seconds() for edge in window) for window in self.constraints.windows]
            spans = _overlap(spans, [(start, end) for start, end in windows])
        if not spans:
            raise NoResultError(
                f"No window of maneuver_windows overlaps the time for thrust, from {iso(earliest)} to the TCA, "
                f"{iso(tca)}. Send other windows.",
                input_problem=True,
            )
        return spans

    @property
    def time_in_sun(self) -> float:
        """The seconds before a time for thrust for which it must be known whether the satellite is in sunlight."""
        return self.number("min_time_in_sun") if self.flag("in_sun_constraint") else 0.0

    def sunlit(self, spans: list[tuple[float, float]], motion: Motion, tca: datetime) -> list[tuple[float, float]]:
        """Return the parts of spans that are in sunlight, if the satellite may thrust only there.

        The motion begins `time_in_sun` before the first span.

        Raises:
            NoResultError: if there are none.
        """
        if not self.flag("in_sun_constraint"):
            return spans
        seconds = np.arange(spans[0][0] - self.time_in_sun, spans[-1][1], _SUN_STEP)
        instants = Instants(tca, seconds)
        lit = is_sunlit(motion.gcrf(instants)[0], instants).astype(int)
        edges = np.diff(np.concatenate(([0], lit, [0])))
        starts, ends = seconds[edges[:-1] == 1] + self.time_in_sun, seconds[edges[1:] == -1]
        lit_spans = _overlap(spans, list(zip(starts.tolist(), ends.tolist(), strict=True)))
        if not lit_spans:
            raise NoResultError("The satellite is never in sunlight for long enough when it may thrust.")
        return lit_spans

    def _end_of_pass(self, now: datetime, store: Store) -> datetime:
        wait = self.number("min_time_till_pass") if self.flag("use_min_time_till_pass") else 0.0
        after = now + timedelta(seconds=wait)
        ids = {self.satellite.get("name"), *(self.satellite.get("norad_ids") or ())}
        times = [
            (start, end)
            for element in store.elements("multi-ground-station-passes-info")
            if element.get("spacecraft") in ids or element.get("object_id") in ids
            for one in element.get("passes") or ()
            if (start := read_epoch(one.get("start"))) and (end := read_epoch(one.get("end"))) and start >= after
        ]
        if not times:
            raise NoResultError(
                f"use_ground_station_passes is true, but no stored pass of {self.satellite.get('name')} begins after "
                f"{iso(after)}. Add passes to multi-ground-station-passes.",
                input_problem=True,
            )
        return min(times)[1]

    def _stated(self, name: str) -> Any:
        value = self.satellite.get(name)
        return _DEFAULTS[name] if value is None else value

    def _of_satellite(self, name: str) -> float:
        number = read_number(self._stated(name))
        if number is None:
            raise NoResultError(f"The satellite's {name} is not a number. Change it.", input_problem=True)
        lowest, highest = _RANGES.get(name, (0.0, math.inf))
        if not lowest <= number <= highest:
            raise NoResultError(
                f"The satellite's {name} is {number:g}. It must be from {lowest:g} to {highest:g}. Change it.",
                input_problem=True,
            )
        return number


def _overlap(spans: list[tuple[float, float]], others: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the parts that two lists of spans have in common."""
    pairs = [(max(a, c), min(b, d)) for a, b in spans for c, d in others]
    return sorted((start, end) for start, end in pairs if start < end)
