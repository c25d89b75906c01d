"""Seeded recoveries of a known orbit under all forces: how often the truth lies within the determined covariance.

    python -m tests.emulator.recovery --trials 100

The truth and the fit have the same forces, so the misses are those of the noise alone. The command fails if fewer than
95 of 100 trials are within the ellipsoid that holds 99 % of the errors, for any kind of measurement.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

import numpy as np
from scipy.stats import chi2, kstest

from okapi_sdk.emulator.engines.determination import determine
from okapi_sdk.emulator.engines.encounter import rtn
from okapi_sdk.emulator.engines.first_orbit import first_orbit
from okapi_sdk.emulator.engines.least_squares import Rules
from okapi_sdk.emulator.engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft
from okapi_sdk.emulator.engines.orbit_models import NumericalOrbit
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion

from . import samples, trackings

EPOCH = samples.epoch(samples.ISS).replace(microsecond=0)
TWO_PASSES = (*range(0, 400, 40), *range(5900, 6300, 40))
KINDS = {
    "positions": ("xyz", range(0, 2400, 120)),
    "ranges and angles": (("range", "azimuth", "elevation"), TWO_PASSES),
    "right ascensions and declinations": (("right_ascension", "declination"), TWO_PASSES),
}
SPACECRAFT, FORCES = Spacecraft(100.0), Forces()


def main() -> int:
    """Print one line for each kind of measurement."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--trials", type=int, default=100)
    trials = parser.parse_args().trials
    state = trackings.state_at(Sgp4Motion(*samples.ISS), EPOCH)
    start = InitialState(EPOCH, state[:3], state[3:])
    truth = NumericalMotion(start, SPACECRAFT, FORCES, EPOCH, EPOCH + timedelta(hours=2))
    failed = False
    for kind, (components, seconds) in KINDS.items():
        distances = [_distance(truth, components, seconds, seed) for seed in range(trials)]
        inside = sum(distance < chi2.ppf(0.99, 6) for distance in distances)
        chance = kstest(distances, chi2(6).cdf).pvalue
        failed |= inside < 0.95 * trials
        print(f"{kind}: {inside} of {trials} within the 99 % ellipsoid, Kolmogorov-Smirnov p = {chance:.2g}")
    return int(failed)


def _distance(
    truth: NumericalMotion, components: tuple[str, ...] | str, seconds: range | tuple[int, ...], seed: int
) -> float:
    observations = trackings.simulated(truth, EPOCH, seconds, components, seed)
    first = first_orbit(observations).state(observations.end)
    fit = determine(NumericalOrbit(first, SPACECRAFT, FORCES), observations, Rules())
    position, velocity = fit.positions[:, -1], fit.velocities[:, -1]
    error = np.kron(np.eye(2), rtn(position, velocity)) @ (
        trackings.state_at(truth, observations.end) - np.concatenate((position, velocity))
    )
    return float(error @ np.linalg.solve(fit.covariances[-1], error))


if __name__ == "__main__":
    sys.exit(main())
