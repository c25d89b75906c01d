"""estimate-covariance: the covariance of predictions with the TLEs of an object, from their differences.

The body and the result are undocumented; this is the emulator's own convention. The TLEs are those of the request and
those that are stored for the same object, up to 30 days before the newest. The method is that of
`engines.tle_differences`.

The result is a list `covariances` with one entry for each age of about a whole day that has enough differences: the
age in days, the number of differences, their mean and the lower triangle of their covariance along R, T, N, in km and
km/s.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from ..bodies.cartesian import COVARIANCE
from ..bodies.estimate_covariance import CovarianceRequest
from ..bodies.tle import Tle
from ..engines.errors import PropagationError
from ..engines.instants import iso
from ..engines.sgp4_motion import Sgp4Motion
from ..engines.tle_differences import FEWEST, Sample, differences
from .motions import sgp4_motion_of
from .outcome import Context, Listing, NoResultError, Outcome, Status
from .stored_elements import tles_of

_LONGEST_HISTORY, _LONGEST_AGE = timedelta(days=30), timedelta(days=10)
_MEANS = ("mean_r", "mean_t", "mean_n", "mean_r_dot", "mean_t_dot", "mean_n_dot")
_ROWS, _COLUMNS = np.tril_indices(6)


def estimate_covariance(request: CovarianceRequest, context: Context) -> Outcome:
    """Return the covariances by age.

    Raises:
        NoResultError: if there are too few TLEs.
    """
    sets = _sets(request, context)
    samples = differences(sets, _LONGEST_AGE)
    if not samples:
        raise NoResultError(
            f"The covariance comes from the differences between successive TLEs, and {len(sets)} usable TLEs within "
            f"{_LONGEST_HISTORY.days} days give fewer than {FEWEST} differences of about the same age. Send more in "
            "orbit, or store them in tles.",
            input_problem=True,
        )
    text = (
        f"From the differences between {len(sets)} TLEs from {iso(sets[0][0])} to {iso(sets[-1][0])}, in samples of at "
        f"least {FEWEST} differences. They show how consistent the TLEs are, not how accurate: an error that all of "
        "them share does not show. Maneuvers between the TLEs are not removed. Computed by the okapi-sdk emulator with "
        "SGP4 (WGS 72); the platform's method is undocumented."
    )
    return Outcome(Status("NONE", text), {"simple": Listing("covariances", [_row(sample) for sample in samples])})


def _sets(request: CovarianceRequest, context: Context) -> list[tuple[datetime, Sgp4Motion]]:
    """Return one set for each epoch."""
    known: dict[datetime, Tle] = {}
    for tle in (*tles_of(request.tles[0].catalogue_number, context.store), *request.tles):
        known[tle.epoch] = tle
    newest = max(known)
    sets = []
    for epoch in sorted(known):
        if newest - epoch <= _LONGEST_HISTORY:
            try:
                sets.append((epoch, sgp4_motion_of(known[epoch])))
            except PropagationError:
                continue
    return sets


def _row(sample: Sample) -> dict[str, object]:
    return {
        "age_days": sample.days,
        "differences": sample.size,
        **dict(zip(_MEANS, sample.mean.tolist(), strict=True)),
        "covariance_frame": "RTN",
        **dict(zip((key.lower() for key in COVARIANCE), sample.covariance[_ROWS, _COLUMNS].tolist(), strict=True)),
    }
