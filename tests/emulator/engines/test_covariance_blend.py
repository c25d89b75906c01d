"""Covariances between two times: exact at both, with the published weights between them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from okapi_sdk.emulator.engines.covariance_blend import blended
from okapi_sdk.emulator.engines.encounter import both_axes
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.numerical import InitialState
from okapi_sdk.emulator.engines.orbit_models import KeplerOrbit, State

EPOCH = datetime(2024, 5, 1, 12, tzinfo=UTC)
GAP = timedelta(minutes=32)
DEVIATIONS = np.array((0.05, 0.4, 0.03, 4e-4, 5e-5, 3e-5))
BEFORE = InitialState(EPOCH, np.array((7000.0, 100.0, -50.0)), np.array((0.2, 5.3, 5.2)), np.diag(DEVIATIONS**2) + 1e-9)


def after(factor: float) -> InitialState:
    """The same object on its ellipse after the gap, with its covariance times a factor."""
    orbit = KeplerOrbit(State(BEFORE.epoch, BEFORE.position, BEFORE.velocity))
    path = orbit.path(orbit.first, Instants(EPOCH, np.array((0.0, GAP.total_seconds()))))
    transition = path.slopes[1] @ np.linalg.inv(path.slopes[0])
    covariance = factor * transition @ BEFORE.covariance @ transition.T
    return InitialState(EPOCH + GAP, path.positions[:, 1], path.velocities[:, 1], covariance)


@pytest.mark.parametrize(("share", "weight"), [(0.0, 0.0), (0.25, 0.15625), (0.5, 0.5), (1.0, 1.0)])
def test_the_weight_is_a_smoothstep(share: float, weight: float) -> None:
    one, four = (blended(BEFORE, after(factor), EPOCH + share * GAP) for factor in (1.0, 4.0))
    assert four == pytest.approx((1 + 3 * weight) * one, rel=1e-9, abs=1e-16)


def test_at_an_epoch_it_is_what_is_stated() -> None:
    axes = both_axes(BEFORE.position, BEFORE.velocity)
    stated = axes @ BEFORE.covariance @ axes.T
    assert blended(BEFORE, after(4.0), EPOCH) == pytest.approx(stated, rel=1e-9, abs=1e-16)
    assert blended(BEFORE, BEFORE, EPOCH) == pytest.approx(stated, rel=1e-9, abs=1e-16)
