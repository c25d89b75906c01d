"""check-orbit: which stored objects come close to an orbit.

An orbit, given as a TLE or an ephemeris, is screened against the TLEs that are stored in this emulator (`tles`), which
SGP4 propagates. What no published source says, and how it is done here:

* a TLE is followed for seven days from its epoch, an ephemeris from its first state to its last;
* a violation is a closest approach within the accepted minimum distance of the stored satellite of the same number, or
  within 1 km, the platform's default of that;
* a TLE whose epoch is more than 30 days from the span, and the object itself, are no candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.requests import CheckRequest
from ..bodies.tle import Tle, read_tle
from ..engines.encounter import Encounter
from ..engines.instants import Instants, Vector, chunks, iso, whole_milliseconds
from ..engines.search import refine_peaks
from ..engines.sgp4_motion import Motion, Orbit, PropagationError
from ..protocol.envelopes import Listing, NoResultError, Outcome, Status
from ..store.elements import number
from ..store.tables import Context, Store
from .predict_passes import motion_of

_SPAN = timedelta(days=7)
_LONGEST_SPAN = timedelta(days=31)
_OLDEST = timedelta(days=30)
_DISTANCE = 1.0
_SAMPLES_PER_REVOLUTION = 180
# Kilometres per second: no two objects around the Earth pass each other faster.
_FASTEST = 16.0


@dataclass(frozen=True)
class _Approach:
    number: int
    tca: datetime
    encounter: Encounter


def check_orbit(request: CheckRequest, context: Context) -> Outcome:
    """Screen an orbit. Raises NoResultError for one that the emulator cannot follow."""
    orbit = request.orbit
    if isinstance(orbit, str):
        raise NoResultError(
            f"The okapi-sdk emulator screens a tle.txt, oem.json or oem.kvn. To screen {orbit} it would have to "
            "propagate the state numerically, and it has no engine for that. Send one of those three."
        )
    own: int | None
    if isinstance(orbit, Tle):
        own, start, end = orbit.catalogue_number, orbit.epoch, orbit.epoch + _SPAN
    else:
        own, start, end = _number(orbit.object_id), orbit.start, orbit.end
        if end - start > _LONGEST_SPAN:
            raise NoResultError(
                f"The ephemeris is longer than the {_LONGEST_SPAN.days} days that are screened. Send a shorter one.",
                input_problem=True,
            )
    limit = _limit(context.store, own)
    candidates, others = _candidates(context.store, own, start, end)
    motion = motion_of(orbit)
    found: list[_Approach] = []
    failed = 0
    for candidate in candidates:
        try:
            found.extend(_approaches(motion, candidate, start, end, limit))
        except PropagationError:
            failed += 1
    found.sort(key=lambda approach: approach.tca)
    checked = len(candidates) - failed
    rows = [_violation(approach) for approach in found]
    unpropagated = f", and {failed} as SGP4 cannot propagate them so far" if failed else ""
    text = (
        f"{checked} of the {len(candidates) + others} TLEs stored in this emulator were screened, and nothing else, "
        f"for closest approaches within {limit:g} km from {iso(start)} to {iso(end)}. {others} were left out, being of "
        f"the same object, not the newest of theirs, or more than {_OLDEST.days} days old{unpropagated}. Computed by "
        f"the okapi-sdk emulator: the TLEs with SGP4 (WGS 72), the orbit {motion.method}."
    )
    status = Status("NONE" if checked else "WARNING", text)
    return Outcome(status, {"simple": Listing("violations", rows, {"candidates_checked": checked})})


def _candidates(store: Store, own: int | None, start: datetime, end: datetime) -> tuple[list[Tle], int]:
    """The stored TLEs to be screened, the newest of each object, and how many others there are."""
    newest: dict[int, Tle] = {}
    total = 0
    for element in store.elements("tles"):
        try:
            tle = read_tle(f"{element.get('TLE_LINE1')}\n{element.get('TLE_LINE2')}")
        except ValueError:
            continue
        total += 1
        near = start - _OLDEST <= tle.epoch <= end + _OLDEST
        before = newest.get(tle.catalogue_number)
        if near and tle.catalogue_number != own and (before is None or before.epoch < tle.epoch):
            newest[tle.catalogue_number] = tle
    return list(newest.values()), total - len(newest)


def _approaches(motion: Motion, candidate: Tle, start: datetime, end: datetime, limit: float) -> Iterator[_Approach]:
    other = Orbit(candidate)
    origin = whole_milliseconds(start)
    first, last = ((edge - origin).total_seconds() for edge in (start, end))

    def nearness(seconds: Vector) -> Vector:
        at = Instants(origin, seconds)
        distance: Vector = -np.linalg.norm(other.gcrf(at)[0] - motion.gcrf(at)[0], axis=0)
        return distance

    step = min(motion.period, other.period) / _SAMPLES_PER_REVOLUTION
    samples = np.linspace(first, last, int((last - first) / step) + 2)
    near = np.concatenate([nearness(chunk) for chunk in chunks(samples)])
    padded = np.concatenate(([-np.inf], near, [-np.inf]))
    peaks = (near >= padded[:-2]) & (near > padded[2:]) & (near > -limit - _FASTEST * (samples[1] - samples[0]))
    at = np.flatnonzero(peaks)
    # Where the span begins or ends on the way to an approach, there is none within it.
    at = at[(at > 0) & (at < samples.size - 1)]
    # The square is smooth also where the distance has a kink, at nothing.
    times = refine_peaks(lambda seconds: -(nearness(seconds) ** 2), samples[at - 1], samples[at + 1])
    for second, distance in zip(times.tolist(), (-nearness(times)).tolist() if times.size else [], strict=True):
        if distance <= limit:
            instant = Instants(origin, np.array([second]))
            states = (*motion.gcrf(instant), *other.gcrf(instant))
            yield _Approach(
                candidate.catalogue_number,
                origin + timedelta(seconds=second),
                Encounter(*(state[:, 0] for state in states)),
            )


def _violation(approach: _Approach) -> dict[str, Any]:
    position, velocity = approach.encounter.relative_position, approach.encounter.relative_velocity
    return {
        "norad_id": approach.number,
        "tca": iso(approach.tca),
        **dict(zip("rtn", position.round(6).tolist(), strict=True)),
        **dict(zip(("r_dot", "t_dot", "n_dot"), velocity.round(9).tolist(), strict=True)),
    }


def _limit(store: Store, own: int | None) -> float:
    """The accepted minimum distance (km) of the satellite with that number."""
    for satellite in store.elements("satellites"):
        if own is not None and own in _numbers(satellite):
            found = number(satellite.get("accepted_minimum_distance"))
            return found if found is not None and found > 0 else _DISTANCE
    return _DISTANCE


def _numbers(satellite: Mapping[str, Any]) -> list[object]:
    found = satellite.get("norad_ids")
    return found if isinstance(found, list) else []


def _number(object_id: str) -> int | None:
    return int(object_id) if object_id.isascii() and object_id.isdigit() else None
