"""The usage test of the plane methods, against CARA's verdicts and published Monte Carlo probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from okapi_sdk.emulator.engines.encounter import Encounter
from okapi_sdk.emulator.engines.kepler import derivatives_of, elements_of, states_of
from okapi_sdk.emulator.engines.linearity import linearity

from ..encounters import PublishedEncounter, cara_encounters, older_encounters, table

POSITION, VELOCITY = np.array([7000.0, 0.0, 0.0]), np.array([0.0, 7.5, 0.0])
COVARIANCE = np.diag([0.05, 0.2, 0.05, 1e-4, 5e-5, 1e-4]) ** 2


@pytest.mark.parametrize("encounter", cara_encounters(), ids=lambda encounter: encounter.name)
def test_the_verdict_is_that_of_cara(encounter: PublishedEncounter) -> None:
    assert encounter.is_doubted is not encounter.is_valid
    assert encounter.plane_is_right is encounter.is_valid


@pytest.mark.parametrize(
    "encounter", [one for one in cara_encounters() if not one.is_valid][:9], ids=lambda encounter: encounter.name
)
def test_the_rough_estimate_is_closer_to_monte_carlo(encounter: PublishedEncounter) -> None:
    probability = encounter.geometry.assess("foster-1992").estimate.probability
    factor = encounter.geometry.linearity.factor
    assert probability is not None
    assert factor is not None
    right = encounter.monte_carlo / probability
    assert abs(np.log(factor / right)) < abs(np.log(right))


@pytest.mark.parametrize("encounter", older_encounters(), ids=lambda encounter: encounter.name)
def test_no_wrong_probability_of_the_older_encounters_passes(encounter: PublishedEncounter) -> None:
    assert encounter.plane_is_right or encounter.is_doubted


def test_the_table_of_the_docs_is_what_the_command_prints() -> None:
    page = (Path(__file__).parents[3] / "docs" / "methods" / "risk.md").read_text(encoding="utf-8")
    assert "| CARA's 53, its own verdict | 29 of 29 (100%) | 24 of 24 (100%) |" in table()
    for line in table().splitlines():
        assert line in page or not older_encounters()


def encounter_at(velocity2: np.ndarray, position2: np.ndarray = POSITION) -> Encounter:
    return Encounter(POSITION, VELOCITY, position2 + np.array([0.1, 0.0, 0.0]), velocity2)


def test_a_slow_encounter_lasts_too_long() -> None:
    found = linearity(encounter_at(np.array([0.0, 7.5, 0.005])), COVARIANCE, COVARIANCE, 0.01)
    assert found.duration > 0.02
    assert "lasts for" in str(found.reason)


def test_a_fast_encounter_has_no_reason() -> None:
    found = linearity(encounter_at(np.array([0.0, 0.0, 7.5])), COVARIANCE, COVARIANCE, 0.01)
    assert found.reason is None
    assert found.factor == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    "velocity2",
    [np.array([0.0, 0.0, 12.0]), np.array([0.0, 7.5, 1e-9]), np.array([0.0, -7.5, 0.0]), np.array([9.0, 1e-6, 0.0])],
    ids=["hyperbola", "nearly the same", "head on", "straight up"],
)
@pytest.mark.parametrize("scale", [0.0, 1e-12, 1.0, 1e9])
def test_degenerate_input_never_passes_as_nan(velocity2: np.ndarray, scale: float) -> None:
    found = linearity(encounter_at(velocity2), COVARIANCE * scale, COVARIANCE * scale, 0.01)
    assert found.factor is None or found.factor >= 0
    assert 0 <= found.inaccuracy <= 1
    if scale == 1e9 or velocity2[2] == 12.0:
        assert found.reason is not None


def test_states_come_back_from_their_elements() -> None:
    # Positions along R; the second orbit is at e = 0.97, the third is retrograde in no frame of its own.
    distance, radial, transverse = (
        np.array([7000.0, 6800.0, 42_000.0]),
        np.array([0.1, 2.0, 0.0]),
        np.array([7.5, 10.6, 3.1]),
    )
    positions, velocities = states_of(elements_of(distance, radial, transverse), 0.0)
    zero = np.zeros(3)
    assert positions == pytest.approx(np.stack((distance, zero, zero), axis=-1), abs=1e-6)
    assert velocities == pytest.approx(np.stack((radial, transverse, zero), axis=-1), abs=1e-9)


def test_derivatives_are_those_of_the_states() -> None:
    elements = elements_of(np.array(6800.0), np.array(2.0), np.array(9.0))
    derivatives, _ = derivatives_of(elements, 600.0)
    for index, step in enumerate((1e-3, 1e-7, 1e-7, 1e-7, 1e-7, 1e-7)):
        moved = np.eye(6)[index] * step
        before, after = (states_of(elements + sign * moved, 600.0)[0] for sign in (-1, 1))
        assert derivatives[:, index] == pytest.approx((after - before) / (2 * step), rel=1e-5, abs=1e-4)


def test_a_state_that_is_not_on_an_ellipse_has_no_elements() -> None:
    assert np.isnan(elements_of(np.array(7000.0), np.array(0.0), np.array(11.0))).any()
