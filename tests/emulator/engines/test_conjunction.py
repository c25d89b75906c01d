"""Covariances of a conjunction: scaling and deviations."""

from __future__ import annotations

import math
from dataclasses import replace
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
    state_covariance=None,
    radius_m=5.0,
)
SECOND = ConjunctionObject(
    position=np.array([7000.1, 0.0, 0.0]),
    velocity=np.array([0.0, 0.0, 7.5]),
    covariance=np.diag([0.04, 0.25, 0.0064]),
    velocity_covariance=None,
    state_covariance=None,
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


def test_errors_along_an_orbit_stay_errors_along_the_orbit() -> None:
    # The velocity along R is that of an object that is early or late; it grows with the position along T.
    late = np.zeros((6, 6))
    late[np.ix_((1, 3), (1, 3))] = np.outer((1.0, -1e-3), (1.0, -1e-3))
    scaled = replace(FIRST, state_covariance=late).scaled((1.0, 9.0, 1.0)).state_covariance
    assert scaled is not None
    assert scaled == pytest.approx(9 * late)


def test_without_a_velocity_covariance_a_displaced_object_flies_on_its_circle() -> None:
    rate = 7.5 / 7000
    full = FIRST.full_covariance
    assert full[:3, :3] == pytest.approx(FIRST.covariance)
    assert full[3, 3] == pytest.approx(rate**2 * 0.04)
    assert full[3, 1] == pytest.approx(-rate * 0.04)
    assert full[4, 0] == pytest.approx(-rate / 2 * 0.01)


@pytest.mark.parametrize(
    ("covariance", "valid"), [(np.diag([1.0, 1.0, -1e-7]), True), (np.diag([1.0, 1.0, -1e-5]), False)]
)
def test_rounding_does_not_make_a_covariance_invalid(covariance: Any, valid: bool) -> None:
    one = ConjunctionObject(FIRST.position, FIRST.velocity, covariance, None, None, None)
    assert one.covariance_is_valid is valid


def test_without_covariances_there_is_no_probability() -> None:
    exact = ConjunctionObject(SECOND.position, SECOND.velocity, np.zeros((3, 3)), None, None, 1.0)
    first = ConjunctionObject(FIRST.position, FIRST.velocity, np.zeros((3, 3)), None, None, 1.0)
    with pytest.raises(UnusableInputError, match="not positive definite"):
        Conjunction(first, exact).assess("foster-1992")
