"""Thrust against the closed form of Clohessy and Wiltshire, and against a propagation with that thrust."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from okapi_sdk.emulator.engines.encounter import rtn
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft, Thrust
from okapi_sdk.emulator.engines.thrust_effect import ThrustEffect

EPOCH = datetime(2023, 5, 2, 12, 30, 15, tzinfo=UTC)
RADIUS = 7000.0
RATE = math.sqrt(398_600.4415 / RADIUS**3)
POSITION, VELOCITY = np.array((RADIUS, 0.0, 0.0)), RADIUS * RATE * np.array((0.0, math.cos(1.7), math.sin(1.7)))
TWO_BODY = Forces(0, drag=False, sun=False, moon=False, radiation_pressure=False, solid_tides=False)


def backward(forces: Forces, hours: float) -> NumericalMotion:
    state = InitialState(EPOCH, POSITION, VELOCITY, np.eye(6))
    return NumericalMotion(state, Spacecraft(100.0), forces, EPOCH - timedelta(hours=hours), EPOCH)


def clohessy_wiltshire(seconds: float) -> NDArray[np.float64]:
    """The displacement along R, T, N some seconds after a change of the velocity by one along each."""
    angle = RATE * seconds
    sine, rest = math.sin(angle), 2 * (1 - math.cos(angle))
    return np.array(((sine, rest, 0.0), (-rest, 4 * sine - 3 * angle, 0.0), (0.0, 0.0, sine))) / RATE


def test_an_impulse_on_a_circle_has_the_effect_of_the_closed_form() -> None:
    effect = ThrustEffect(backward(TWO_BODY, 4.0), EPOCH, -4 * 3600.0)
    axes = rtn(POSITION, VELOCITY)
    for seconds in (600.0, 2914.0, 5000.0, 14_000.0):
        middle = np.array(-seconds)
        found = axes @ effect.between(middle - 0.5, middle + 0.5)[:3]
        assert found == pytest.approx(clohessy_wiltshire(seconds), rel=1e-3, abs=2e-4 * seconds)


def test_thrust_has_the_effect_that_a_propagation_shows() -> None:
    forces, start, duration = Forces(), EPOCH - timedelta(hours=3), 900.0
    motion = backward(forces, 3.1)
    acceleration = (2e-7, -5e-7, 4e-7)
    positions, velocities = motion.gcrf(Instants(start, np.zeros(1)))
    state = InitialState(start, positions[:, 0], velocities[:, 0])
    flown = NumericalMotion(state, Spacecraft(100.0), forces, start, EPOCH, [Thrust(start, duration, acceleration)])
    positions, velocities = flown.gcrf(Instants(EPOCH, np.zeros(1)))
    begin = np.array(-3 * 3600.0)
    change = ThrustEffect(motion, EPOCH, -3 * 3600.0).between(begin, begin + duration) @ np.array(acceleration)
    assert np.linalg.norm(change[:3]) > 10
    assert change[:3] == pytest.approx(positions[:, 0] - POSITION, abs=0.003 * np.linalg.norm(change[:3]))
    assert change[3:] == pytest.approx(velocities[:, 0] - VELOCITY, abs=0.003 * np.linalg.norm(change[3:]))
