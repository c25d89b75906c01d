"""The closest approaches of an orbit to TLEs: filters from the fastest to the slowest, then a search with SGP4.

`engines.catalogue_screening` compares mean elements, and `engines.approach_sieve` the states around what is left. What
does not depend on the orbit is kept between requests; see `known_elements`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from ..bodies.tle import Tle
from ..engines.approach_sieve import joined, may_be_near, pieces_of
from ..engines.arrays import Array
from ..engines.catalogue_screening import Path, sample_seconds, shells_overlap, windows
from ..engines.errors import PropagationError
from ..engines.frames import teme_axes
from ..engines.instants import Instants, in_chunks, whole_milliseconds
from ..engines.motion import Motion
from ..engines.screening import Approach, approaches_in
from ..engines.sgp4_motion import Sgp4Motion
from .known_elements import known_elements, mark_seconds, marks_around
from .outcome import NoResultError


@dataclass(frozen=True)
class Violation:
    """A close approach of an orbit to the object with a NORAD ID."""

    norad_id: int
    approach: Approach


@dataclass(frozen=True)
class ScreenedOrbit:
    """The orbit to check and its span. `words`: sentences of the status; `doubts`: those that make it a WARNING."""

    own_id: int | None
    motion: Motion
    start: datetime
    end: datetime
    words: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    """An object that may come close in some periods, in seconds after the origin."""

    number: int
    motion: Sgp4Motion
    periods: Array


def screen(orbit: ScreenedOrbit, candidates: Sequence[Tle], limit: float) -> tuple[list[Violation], int, int]:
    """Return the violations, the number of candidates that SGP4 cannot propagate, and that of those filtered out."""
    origin = whole_milliseconds(orbit.start)
    first, last = ((edge - origin).total_seconds() for edge in (orbit.start, orbit.end))
    if last <= first:
        raise NoResultError("The ephemeris has a single state, so there is no time to screen.", input_problem=True)
    axes = teme_axes(Instants(orbit.start, np.zeros(1)))
    seconds = sample_seconds(last - first)
    # Without this, an orbit without states would count as a failure of every candidate.
    positions, _ = orbit.motion.gcrf(Instants(orbit.start, seconds))
    path = Path(seconds, (axes @ positions).T)
    near, failed, filtered = _by_mean_elements(orbit, path, candidates, limit)
    violations: list[Violation] = []
    sieved, decayed = _by_states(orbit, axes, near, limit)
    failed += decayed
    for one in sieved:
        try:
            found = list(
                approaches_in(orbit.motion, one.motion, origin, one.periods + first, limit, edges=(first, last))
            )
        except PropagationError:
            failed += 1
            continue
        violations.extend(Violation(one.number, approach) for approach in found)
    violations.sort(key=lambda violation: violation.approach.tca)
    return violations, failed, filtered


def _by_mean_elements(
    orbit: ScreenedOrbit, path: Path, candidates: Sequence[Tle], limit: float
) -> tuple[list[_Candidate], int, int]:
    """Return the candidates that may come close, and how many have no motion or cannot come close."""
    marks = marks_around(orbit.start, orbit.end)
    anchors = mark_seconds(*marks) + (marks[0] - orbit.start).total_seconds()
    whole = path.seconds[[0, -1]][np.newaxis]
    near: list[_Candidate] = []
    usable: list[tuple[int, Sgp4Motion]] = []
    elements: list[Array] = []
    failed = 0
    for tle in candidates:
        known = known_elements(tle)
        if known.motion is None:
            failed += 1
        elif (means := known.means(*marks)) is None:
            # It decays around the span. The search decides whether it is there long enough.
            near.append(_Candidate(tle.catalogue_number, known.motion, whole))
        else:
            usable.append((tle.catalogue_number, known.motion))
            elements.append(means)
    if not usable:
        return near, failed, 0
    every = np.array(elements)
    rows = np.flatnonzero(shells_overlap(path, every, limit))
    periods = windows(path, anchors, every[rows], limit)
    near += [_Candidate(*usable[row], of_row) for row, of_row in zip(rows.tolist(), periods, strict=True)]
    return near, failed, len(usable) - rows.size


def _by_states(
    orbit: ScreenedOrbit, axes: Array, candidates: list[_Candidate], limit: float
) -> tuple[list[_Candidate], int]:
    """Return the candidates with the periods that the sieve leaves, and the number of those without states."""
    if not candidates:
        return [], 0
    owners = np.repeat(np.arange(len(candidates)), [one.periods.shape[0] for one in candidates])
    pieces, periods = pieces_of(np.concatenate([one.periods for one in candidates]))
    owners = owners[periods]
    middles = pieces.mean(axis=1)
    bounds = np.searchsorted(owners, np.arange(len(candidates) + 1))
    theirs = np.full((middles.size, 6), np.inf)
    failed = 0
    for one, begin, end in zip(candidates, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if begin < end:
            try:
                theirs[begin:end] = np.concatenate(one.motion.teme(Instants(orbit.start, middles[begin:end]))).T
            except PropagationError:
                failed += 1
    known = np.flatnonzero(np.isfinite(theirs[:, 0]))
    if not known.size:
        return [], failed
    own = in_chunks(partial(_states, orbit), middles[known]).T
    apart = theirs[known, :3] - (axes @ own[:3]).T
    speed = theirs[known, 3:] - (axes @ own[3:]).T
    near = known[may_be_near(pieces[known], apart, speed, limit)]
    span = (orbit.end - orbit.start).total_seconds()
    if not near.size:
        return [], failed
    rows, begins = np.unique(owners[near], return_index=True)
    groups = np.split(near, begins[1:])
    return [
        _Candidate(candidates[row].number, candidates[row].motion, joined(pieces[group], span))
        for row, group in zip(rows.tolist(), groups, strict=True)
    ], failed


def _states(orbit: ScreenedOrbit, seconds: Array) -> Array:
    """Return position and velocity in GCRF, one row for each time after the start."""
    states: Array = np.concatenate(orbit.motion.gcrf(Instants(orbit.start, seconds))).T
    return states
