"""correlate-observation: the stored TLE that tracklets belong to.

The body and the result are undocumented; what follows is the emulator's own convention. Each segment of a TDM is one
tracklet of a single object; its participants must include a stored sensor system, see `sightings`. Of each object, the
stored TLE whose epoch is closest to the tracklet is compared, unless it is more than 30 days away.

The deviations of a TLE are assumed: 0.5 km along R and N, and along T 1 km and 2 km for each day from its epoch. A
candidate is an object whose residuals are no rarer than one in 10,000 under these deviations and those of the station.
Among the candidates, the likelihoods of the observations give shares, as if all objects were equally probable before.

The result is a list `correlations`, one entry for each tracklet: the object `norad_id`, null without a candidate;
`ambiguous`, true if another candidate has a share of at least 5 %; and `candidates`, the most likely first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.correlate_observation import CorrelationRequest
from ..bodies.tle import Tle
from ..engines.arrays import Array, Mask
from ..engines.correlation import Match, match, near
from ..engines.errors import PropagationError
from ..engines.frames import to_gcrf
from ..engines.instants import Instants, iso
from ..engines.observations import Observations
from ..engines.sgp4_motion import Sgp4Motion, rough_positions
from .motions import sgp4_motion_of
from .outcome import Context, Listing, NoResultError, Outcome, Status
from .sightings import sightings_of_tdm
from .stored_elements import stored_tle

_OLDEST = timedelta(days=30)
_ACROSS, _ALONG, _ALONG_PER_DAY = 0.5, 1.0, 2.0
_LEAST_SIGNIFICANCE, _AMBIGUOUS_SHARE = 1e-4, 0.05
# The rough filter: this many deviations, and kilometres for the errors of angles.
_ROUGH_DEVIATIONS, _ROUGH_DISTANCE = 6.0, 300.0
_ROUGH_TIMES = 5
_MOST_CANDIDATES = 20


@dataclass(frozen=True)
class _Candidate:
    tle: Tle
    match: Match


def correlate_observation(request: CorrelationRequest, context: Context) -> Outcome:
    """Find the objects of the tracklets.

    Raises:
        NoResultError: if the place of the station is unknown, or there is nothing to compare.
    """
    found = sightings_of_tdm(request.tdm, context.store)
    groups = sorted({one.group for one in found.items})
    if not groups:
        raise NoResultError("There are no angles or ranges among the measurements.", input_problem=True)
    tles = [tle for element in context.store.elements("tles") if (tle := stored_tle(element)) is not None]
    if not tles:
        raise NoResultError("No TLEs are stored in this emulator, so there is nothing to compare with.")
    rows, checked = [], 0
    for group in groups:
        observations = Observations([one for one in found.items if one.group == group])
        newest = _closest(tles, observations.origin)
        checked = max(checked, len(newest))
        candidates = _candidates(observations, newest)
        rows.append(_row(group, found.track_ids.get(group), observations, candidates))
    text = (
        f"{len(rows)} tracklets were compared with the TLEs of up to {checked} objects that are stored in this "
        f"emulator and no more than {_OLDEST.days} days old; nothing else was compared. Computed by the okapi-sdk "
        f"emulator with SGP4 (WGS 72). Assumed for the TLEs: standard deviations of {_ACROSS:g} km along R and N, and "
        f"along T of {_ALONG:g} km and {_ALONG_PER_DAY:g} km per day."
    )
    words = [text, *found.remarks]
    if found.assumed:
        words.append(f"Assumed: {', '.join(found.assumed)}.")
    doubts = _doubts(rows, found.unused)
    status = Status("WARNING" if doubts else "NONE", " ".join((*words, *doubts)))
    return Outcome(status, {"simple": Listing("correlations", rows, {"candidates_checked": checked})})


def _closest(tles: list[Tle], moment: datetime) -> list[Tle]:
    """Return the TLE of each object that is closest to a time."""
    chosen: dict[int, Tle] = {}
    for tle in tles:
        age = abs(tle.epoch - moment)
        before = chosen.get(tle.catalogue_number)
        if age <= _OLDEST and (before is None or age < abs(before.epoch - moment)):
            chosen[tle.catalogue_number] = tle
    return list(chosen.values())


def _candidates(observations: Observations, tles: list[Tle]) -> list[_Candidate]:
    """Return the objects that the observations may show, the most likely first."""
    motions: list[tuple[Tle, Sgp4Motion]] = []
    for tle in tles:
        try:
            motions.append((tle, sgp4_motion_of(tle)))
        except PropagationError:
            continue
    if not motions:
        return []
    deviations = [_deviations(tle, observations.origin) for tle, _ in motions]
    found = []
    for index in np.flatnonzero(_possible(observations, [motion for _, motion in motions], deviations)):
        tle, motion = motions[index]
        try:
            result = match(observations, *motion.gcrf(observations.instants), deviations[index])
        except PropagationError:
            continue
        if result.significance >= _LEAST_SIGNIFICANCE:
            found.append(_Candidate(tle, result))
    return sorted(found, key=lambda one: -one.match.log_likelihood)


def _possible(observations: Observations, motions: list[Sgp4Motion], deviations: list[Array]) -> Mask:
    """Return a flag for each object: a rough filter by its position at some of the times."""
    places = np.unique(np.linspace(0, observations.seconds.size - 1, _ROUGH_TIMES).astype(int))
    seconds = set(observations.seconds[places].tolist())
    some = observations.select(lambda one: (one.epoch - observations.origin).total_seconds() in seconds) or observations
    teme = rough_positions(motions, some.instants)
    positions = np.stack([_gcrf(teme[:, :, place], some, place) for place in range(some.seconds.size)], axis=2)
    distance = _ROUGH_DISTANCE + _ROUGH_DEVIATIONS * np.array([one.max() for one in deviations])
    return near(some, positions, distance)


def _gcrf(teme: Array, observations: Observations, place: int) -> Array:
    instants = Instants(observations.origin, np.full(teme.shape[1], observations.seconds[place]))
    return to_gcrf("TEME", instants, teme, np.zeros_like(teme))[0]


def _deviations(tle: Tle, moment: datetime) -> Array:
    days = abs(tle.epoch - moment) / timedelta(days=1)
    return np.array((_ACROSS, _ALONG + _ALONG_PER_DAY * days, _ACROSS))


def _row(group: int, track_id: str | None, observations: Observations, candidates: list[_Candidate]) -> dict[str, Any]:
    likelihoods = np.array([one.match.log_likelihood for one in candidates])
    shares = np.exp(likelihoods - likelihoods.max()) if candidates else likelihoods
    shares = (shares / shares.sum()).tolist() if candidates else []
    return {
        "tracklet_id": group,
        "track_id": track_id,
        "start": iso(observations.origin),
        "end": iso(observations.end),
        "observations": len(observations),
        "norad_id": candidates[0].tle.catalogue_number if candidates else None,
        "ambiguous": len(shares) > 1 and shares[1] >= _AMBIGUOUS_SHARE,
        "candidates": [
            {
                "norad_id": one.tle.catalogue_number,
                "tle_epoch": iso(one.tle.epoch),
                "mahalanobis_distance": one.match.squared**0.5,
                "significance": one.match.significance,
                "share": share,
                **dict(zip(("offset_r", "offset_t", "offset_n"), one.match.offset.tolist(), strict=True)),
            }
            for one, share in zip(candidates[:_MOST_CANDIDATES], shares, strict=False)
        ],
    }


def _doubts(rows: list[dict[str, Any]], unused: list[str]) -> list[str]:
    doubts = []
    if lost := [str(row["tracklet_id"]) for row in rows if row["norad_id"] is None]:
        doubts.append(f"No stored object fits the tracklets {', '.join(lost)}.")
    if several := [str(row["tracklet_id"]) for row in rows if row["ambiguous"]]:
        doubts.append(f"Several objects fit the tracklets {', '.join(several)}.")
    if unused:
        doubts.append(f"Not used: {', '.join(unused)}.")
    return doubts
