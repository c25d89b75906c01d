"""check-orbit: the stored objects that come close to an orbit.

An orbit is screened against the TLEs that are stored in this emulator (`tles`), propagated with SGP4. Where no
published source describes the platform's behaviour, the emulator does the following:

* A TLE or OMM is propagated for seven days from its epoch, and so is a state or OPM, numerically with the default force
  model. An ephemeris is used from its first state to its last.
* A violation is a closest approach within the accepted minimum distance of the stored satellite with the same number,
  or within 1 km, the platform's default for that distance.
* Closest approaches at the first or last instant of the span count; objects that stay together have one at its start.
* The object itself, and TLEs whose epoch is more than 30 days from the span, are not candidates.
* Filters leave out pairs and times that cannot come close; see `tle_screening`. A candidate that a filter leaves out
  has been screened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..bodies.cartesian import CartesianState
from ..bodies.check_orbit import CheckRequest
from ..bodies.force_settings import ForceSettings
from ..bodies.oem import Oem
from ..bodies.tle import Tle
from ..bodies.values import read_number
from ..engines.instants import iso
from ..store.tables import Store
from .motions import motion_of
from .numerical_motion import ignored_settings, numerical_motion, status_words
from .outcome import Context, Listing, NoResultError, Outcome, Status
from .stored_elements import catalogue_number, satellite_of, stored_tle
from .tle_screening import ScreenedOrbit, Violation, screen

_TLE_SPAN = timedelta(days=7)
_LONGEST_SPAN = timedelta(days=31)
_OLDEST = timedelta(days=30)
_DEFAULT_DISTANCE = 1.0


def check_orbit(request: CheckRequest, context: Context) -> Outcome:
    """Screen an orbit against the stored TLEs."""
    orbit = _orbit(request.orbit)
    start, end = orbit.start, orbit.end
    limit = accepted_distance(context.store, orbit.own_id)
    candidates, excluded = newest_elements(context.store, orbit.own_id, start, end)
    violations, failed, filtered = screen(orbit, candidates, limit)
    screened = len(candidates) - failed
    unpropagated = f", and {failed} because SGP4 cannot propagate them to that span" if failed else ""
    text = (
        f"{screened} of the {len(candidates) + excluded} TLEs stored in this emulator were screened for closest "
        f"approaches within {limit:g} km from {iso(start)} to {iso(end)}; nothing else was screened. {excluded} were "
        "left out because they belong to the same object, have been superseded, or are more than "
        f"{_OLDEST.days} days old{unpropagated}. {filtered} cannot come close, by perigee and apogee. "
        f"Computed by the okapi-sdk emulator: the TLEs with SGP4 (WGS 72), the orbit {orbit.motion.method}."
    )
    doubts = (*orbit.motion.doubts(start, end), *orbit.doubts)
    status = Status("NONE" if screened and not doubts else "WARNING", " ".join((text, *orbit.words, *doubts)))
    rows = [_row(violation) for violation in violations]
    return Outcome(status, {"simple": Listing("violations", rows, {"candidates_checked": screened})})


def _orbit(orbit: Tle | Oem | CartesianState) -> ScreenedOrbit:
    if isinstance(orbit, Tle):
        return ScreenedOrbit(orbit.catalogue_number, motion_of(orbit), orbit.epoch, orbit.epoch + _TLE_SPAN)
    own_id = catalogue_number(orbit.object_id)
    if isinstance(orbit, CartesianState):
        start, end, forces = orbit.epoch, orbit.epoch + _TLE_SPAN, ForceSettings()
        motion = numerical_motion(orbit, forces, start, end)
        words = tuple(status_words(orbit, forces, motion, end))
        return ScreenedOrbit(own_id, motion, start, end, words, tuple(ignored_settings(orbit, forces)))
    if orbit.end - orbit.start > _LONGEST_SPAN:
        raise NoResultError(
            f"The ephemeris is longer than the {_LONGEST_SPAN.days} days that are screened. Send a shorter one.",
            input_problem=True,
        )
    return ScreenedOrbit(own_id, motion_of(orbit), orbit.start, orbit.end)


def newest_elements(store: Store, own_id: int | None, start: datetime, end: datetime) -> tuple[list[Tle], int]:
    """Return the stored TLEs to screen (the newest of each object), and the number of other TLEs."""
    newest: dict[int, Tle] = {}
    total = 0
    for element in store.elements("tles"):
        tle = stored_tle(element)
        if tle is None:
            continue
        total += 1
        in_time = start - _OLDEST <= tle.epoch <= end + _OLDEST
        previous = newest.get(tle.catalogue_number)
        if in_time and tle.catalogue_number != own_id and (previous is None or previous.epoch < tle.epoch):
            newest[tle.catalogue_number] = tle
    return list(newest.values()), total - len(newest)


def _row(violation: Violation) -> dict[str, Any]:
    encounter = violation.approach.encounter
    return {
        "norad_id": violation.norad_id,
        "tca": iso(violation.approach.tca),
        **dict(zip("rtn", encounter.relative_position.round(6).tolist(), strict=True)),
        **dict(zip(("r_dot", "t_dot", "n_dot"), encounter.relative_velocity.round(9).tolist(), strict=True)),
    }


def accepted_distance(store: Store, own_id: int | None) -> float:
    """Return the accepted minimum distance (km) of the stored satellite with that number."""
    distance = read_number(satellite_of(own_id, store).get("accepted_minimum_distance"))
    return distance if distance is not None and distance > 0 else _DEFAULT_DISTANCE
