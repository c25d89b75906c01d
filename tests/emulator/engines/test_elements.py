"""The shape of an orbit from its mean motion and from a state, and its class."""

from __future__ import annotations

import math

import pytest

from okapi_sdk.emulator.engines.elements import (
    EARTH_RATE,
    OrbitShape,
    orbit_class,
    shape_from_mean_motion,
    shape_from_state,
)

GRAVITY = 398_600.4418


def test_the_shape_of_the_iss() -> None:
    shape = shape_from_mean_motion(15.53806849, 0.0005481)
    assert shape.period == pytest.approx(1440 / 15.53806849)
    assert shape.semimajor_axis**3 * (2 * math.pi / (60 * shape.period)) ** 2 == pytest.approx(GRAVITY)
    assert shape.apoapsis - shape.periapsis == pytest.approx(2 * 0.0005481 * shape.semimajor_axis)
    assert shape.inclination is None


def test_a_state_at_the_perigee_has_the_shape_of_its_ellipse() -> None:
    axis, eccentricity, tilt = 10_000.0, 0.3, math.radians(60)
    distance = axis * (1 - eccentricity)
    speed = math.sqrt(GRAVITY * (2 / distance - 1 / axis))
    state = ((distance, 0.0, 0.0), (0.0, speed * math.cos(tilt), speed * math.sin(tilt)))
    shape = shape_from_state(*state)
    assert shape is not None
    assert (shape.semimajor_axis, shape.eccentricity, shape.inclination) == pytest.approx((axis, eccentricity, 60.0))


def test_a_geostationary_satellite_stands_still_in_the_earth_fixed_frame() -> None:
    radius = (GRAVITY / EARTH_RATE**2) ** (1 / 3)
    still = ((radius, 0.0, 0.0), (0.0, 0.0, 0.0))
    assert shape_from_state(*still) is None
    shape = shape_from_state(*still, EARTH_RATE)
    assert shape is not None
    assert (shape.semimajor_axis, shape.eccentricity) == pytest.approx((radius, 0.0), abs=1e-3)


@pytest.mark.parametrize(
    ("position", "velocity"),
    [
        ((7000.0, 0.0, 0.0), (0.0, 11.0, 0.0)),
        ((7000.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
        ((0.0, 0.0, 0.0), (1.0, 2.0, 3.0)),
    ],
    ids=["escape", "radial", "centre"],
)
def test_what_is_not_on_an_ellipse_has_no_shape(
    position: tuple[float, float, float], velocity: tuple[float, float, float]
) -> None:
    assert shape_from_state(position, velocity) is None


@pytest.mark.parametrize(
    ("axis", "eccentricity", "inclination", "name"),
    [
        (6784.0, 0.0005, 51.6, "LEO"),
        (42_164.0, 0.0002, 0.1, "GEO"),
        (42_164.0, 0.0002, 60.0, "IGO"),
        (24_500.0, 0.73, 27.0, "GTO"),
        (29_600.0, 0.0002, 10.0, "MEO"),
        (26_600.0, 0.001, 55.0, "NSO"),
        (100_000.0, 0.1, 10.0, "HAO"),
    ],
)
def test_the_class_of_an_orbit(axis: float, eccentricity: float, inclination: float, name: str) -> None:
    shape = OrbitShape(axis, eccentricity)
    assert orbit_class(axis, eccentricity, inclination, shape.periapsis, shape.apoapsis) == name
