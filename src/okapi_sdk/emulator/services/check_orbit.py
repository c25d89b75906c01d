"""check-orbit: the stored objects that come close to an orbit.

An orbit, given as a TLE or an ephemeris, is screened against the TLEs that are stored in this emulator (`tles`),
propagated with SGP4. Where no published source describes the platform's behaviour, the emulator does the following:

* A TLE is propagated for seven days from its epoch, an ephemeris is used from its first state to its last.
* A violation is a closest approach within the accepted minimum distance of the stored satellite with the same number,
  or within 1 km, the platform's default for that distance.
* Closest approaches at the first or last instant of the span count; objects that stay together have one at its start.
* The object itself, and TLEs whose epoch is more than 30 days from the span, are not candidates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.check_orbit import CheckRequest
from ..bodies.fields import InputProblemError
from ..bodies.omm import read_omm
from ..bodies.tle import Tle, read_tle
from ..bodies.values import read_number
from ..engines.errors import PropagationError
from ..engines.instants import Instants, iso
from ..engines.screening import Approach, closest_approaches
from ..store.tables import Store
from .motions import motion_of
from .outcome import Context, Listing, NoResultError, Outcome, Status

_TLE_SPAN = timedelta(days=7)
_LONGEST_SPAN = timedelta(days=31)
_OLDEST = timedelta(days=30)
_DEFAULT_DISTANCE = 1.0


@dataclass(frozen=True)
class _Violation:
    norad_id: int
    approach: Approach


def check_orbit(request: CheckRequest, context: Context) -> Outcome:
    """Screen an orbit. Raises NoResultError for an orbit that the emulator cannot propagate."""
    orbit = request.orbit
    if isinstance(orbit, str):
        raise NoResultError(
            f"The okapi-sdk emulator screens a tle.txt, oem.json or oem.kvn. To screen {orbit} it would have to "
            "propagate the state numerically, and it has no engine for that. Send one of those three."
        )
    own_id: int | None
    if isinstance(orbit, Tle):
        own_id, start, end = orbit.catalogue_number, orbit.epoch, orbit.epoch + _TLE_SPAN
    else:
        own_id, start, end = _catalogue_number(orbit.object_id), orbit.start, orbit.end
        if end - start > _LONGEST_SPAN:
            raise NoResultError(
                f"The ephemeris is longer than the {_LONGEST_SPAN.days} days that are screened. Send a shorter one.",
                input_problem=True,
            )
    limit = _limit(context.store, own_id)
    candidates, excluded = _candidates(context.store, own_id, start, end)
    motion = motion_of(orbit)
    # Without this check, an orbit without states would count as a failure of every candidate.
    motion.gcrf(Instants(start, np.array((0.0, (end - start).total_seconds()))))
    violations: list[_Violation] = []
    failed = 0
    for candidate in candidates:
        try:
            approaches = closest_approaches(motion, motion_of(candidate), start, end, limit)
            violations.extend(_Violation(candidate.catalogue_number, approach) for approach in approaches)
        except PropagationError:
            failed += 1
    violations.sort(key=lambda violation: violation.approach.tca)
    screened = len(candidates) - failed
    unpropagated = f", and {failed} because SGP4 cannot propagate them to that span" if failed else ""
    text = (
        f"{screened} of the {len(candidates) + excluded} TLEs stored in this emulator were screened for closest "
        f"approaches within {limit:g} km from {iso(start)} to {iso(end)}; nothing else was screened. {excluded} were "
        "left out because they belong to the same object, have been superseded, or are more than "
        f"{_OLDEST.days} days old{unpropagated}. "
        f"Computed by the okapi-sdk emulator: the TLEs with SGP4 (WGS 72), the orbit {motion.method}."
    )
    doubts = motion.doubts(start, end)
    status = Status("NONE" if screened and not doubts else "WARNING", " ".join((text, *doubts)))
    rows = [_row(violation) for violation in violations]
    return Outcome(status, {"simple": Listing("violations", rows, {"candidates_checked": screened})})


def _candidates(store: Store, own_id: int | None, start: datetime, end: datetime) -> tuple[list[Tle], int]:
    """Return the stored TLEs to screen (the newest of each object), and the number of other TLEs."""
    newest: dict[int, Tle] = {}
    total = 0
    for element in store.elements("tles"):
        tle = _elements(element)
        if tle is None:
            continue
        total += 1
        in_time = start - _OLDEST <= tle.epoch <= end + _OLDEST
        previous = newest.get(tle.catalogue_number)
        if in_time and tle.catalogue_number != own_id and (previous is None or previous.epoch < tle.epoch):
            newest[tle.catalogue_number] = tle
    return list(newest.values()), total - len(newest)


def _elements(element: Mapping[str, Any]) -> Tle | None:
    """Return the two lines of a stored TLE or, for a number that no TLE can hold, its elements."""
    try:
        if element.get("TLE_LINE1") is None:
            return read_omm(element, "tle")
        return read_tle(f"{element['TLE_LINE1']}\n{element.get('TLE_LINE2')}")
    except (ValueError, InputProblemError):
        return None


def _row(violation: _Violation) -> dict[str, Any]:
    encounter = violation.approach.encounter
    return {
        "norad_id": violation.norad_id,
        "tca": iso(violation.approach.tca),
        **dict(zip("rtn", encounter.relative_position.round(6).tolist(), strict=True)),
        **dict(zip(("r_dot", "t_dot", "n_dot"), encounter.relative_velocity.round(9).tolist(), strict=True)),
    }


def _limit(store: Store, own_id: int | None) -> float:
    """Return the accepted minimum distance (km) of the stored satellite with that number."""
    for satellite in store.elements("satellites"):
        if own_id is not None and own_id in _norad_ids(satellite):
            distance = read_number(satellite.get("accepted_minimum_distance"))
            return distance if distance is not None and distance > 0 else _DEFAULT_DISTANCE
    return _DEFAULT_DISTANCE


def _norad_ids(satellite: Mapping[str, Any]) -> list[object]:
    ids = satellite.get("norad_ids")
    return ids if isinstance(ids, list) else []


def _catalogue_number(object_id: str) -> int | None:
    return int(object_id) if object_id.isascii() and object_id.isdigit() else None
