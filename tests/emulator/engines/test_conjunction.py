"""Covariances of a conjunction: scaling, deviations, and the arc of an encounter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from okapi_sdk.emulator.engines.conjunction import Conjunction, ConjunctionObject
from okapi_sdk.emulator.engines.errors import UnusableInputError

FIRST = ConjunctionObject(
    position=np.array([7000.0, 0.0, 0.0]),
    velocity=np.array([0.0, 7.5, 0.0]),
    covariance=np.array([[0.01, -0.006, 0.0], [-0.006, 0.04, 0.0], [0.0, 0.0, 0.0025]]),
    velocity_covariance=np.eye(3) * 1e-8,
    radius_m=5.0,
)
SECOND = ConjunctionObject(
    position=np.array([7000.1, 0.0, 0.0]),
    velocity=np.array([0.0, 0.0, 7.5]),
    covariance=np.diag([0.04, 0.25, 0.0064]),
    velocity_covariance=None,
    radius_m=None,
)


def test_an_unknown_radius_counts_as_zero() -> None:
    assert Conjunction(FIRST, SECOND).radius_m == 5.0
    assert Conjunction(SECOND, SECOND).radius_m == 0.0


def test_deviations_are_along_the_axes_of_the_first_object() -> None:
    # The second object flies along the normal of the first, so its T is the N of the first.
    found = Conjunction(FIRST, SECOND).position_deviations()
    assert found == pytest.approx([math.sqrt(0.05), math.sqrt(0.0464), math.sqrt(0.2525)])


def test_deviations_are_unknown_if_one_covariance_is() -> None:
    assert Conjunction(FIRST, SECOND).velocity_deviations() == [None] * 3
    assert Conjunction(FIRST, FIRST).velocity_deviations() == pytest.approx([math.sqrt(2e-8)] * 3)


def test_a_factor_multiplies_a_variance_and_its_root_a_covariance() -> None:
    scaled = FIRST.scaled((4.0, 0.25, 1.0)).covariance
    assert np.diag(scaled) == pytest.approx([0.04, 0.01, 0.0025])
    assert scaled[0, 1] == scaled[1, 0] == pytest.approx(-0.006)
    assert FIRST.scaled((4.0, 1.0, 1.0)).covariance[0, 1] == pytest.approx(-0.012)


@pytest.mark.parametrize(
    ("covariance", "valid"), [(np.diag([1.0, 1.0, -1e-7]), True), (np.diag([1.0, 1.0, -1e-5]), False)]
)
def test_rounding_does_not_make_a_covariance_invalid(covariance: Any, valid: bool) -> None:
    one = ConjunctionObject(FIRST.position, FIRST.velocity, covariance, None, None)
    assert one.covariance_is_valid is valid


def test_a_slower_encounter_lasts_for_a_longer_arc() -> None:
    slow = ConjunctionObject(SECOND.position, np.array([0.0, 7.5, 0.001]), SECOND.covariance, None, None)
    assert Conjunction(FIRST, SECOND).arc < 0.01
    assert Conjunction(FIRST, slow).arc > 0.3


def test_without_covariances_there_is_no_probability() -> None:
    exact = ConjunctionObject(SECOND.position, SECOND.velocity, np.zeros((3, 3)), None, 1.0)
    first = ConjunctionObject(FIRST.position, FIRST.velocity, np.zeros((3, 3)), None, 1.0)
    with pytest.raises(UnusableInputError, match="not positive definite"):
        Conjunction(first, exact).assess("foster-1992")
