"""Numerical propagation against Orekit, a second integrator with its own forces, and closed forms."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from okapi_sdk.emulator.engines.errors import PropagationError
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.numerical import (
    Forces,
    InitialState,
    NumericalMotion,
    Spacecraft,
    Thrust,
    Weather,
)

from ..orekit_states import CASES, THRUST_SECONDS, THRUST_START, Case, read_table

EPOCH = datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC)
POSITION = np.array((615.119526, -7095.644839, -678.668352))
VELOCITY = np.array((0.390367, 0.741902, -7.39698))
GRAVITY = 398_600.4415  # of EGM2008
TWO_BODY = Forces(0, drag=False, sun=False, moon=False, radiation_pressure=False, solid_tides=False)


def state_after(motion: NumericalMotion, epoch: datetime, seconds: float) -> NDArray[np.float64]:
    positions, velocities = motion.gcrf(Instants(epoch, np.array((seconds,))))
    return np.concatenate((positions[:, 0], velocities[:, 0]))


def motion_for(
    forces: Forces, hours: float, *, position: object = POSITION, velocity: object = VELOCITY, covariance: object = None
) -> NumericalMotion:
    known = None if covariance is None else np.array(covariance)
    state = InitialState(EPOCH, np.array(position), np.array(velocity), known)
    return NumericalMotion(state, Spacecraft(100.0), forces, EPOCH, EPOCH + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("case", "expected"), list(zip(CASES, read_table(), strict=True)), ids=lambda one: getattr(one, "name", "")
)
def test_states_agree_with_orekit(case: Case, expected: tuple[float, ...]) -> None:
    bodies = "bodies" in case.has
    forces = Forces(
        drag="drag" in case.has, sun=bodies, moon=bodies, solid_tides=bodies, radiation_pressure="radiation" in case.has
    )
    thrusts = [Thrust(case.epoch + timedelta(seconds=THRUST_START), THRUST_SECONDS, case.thrust)] * any(case.thrust)
    state = InitialState(case.epoch, np.array(case.state[:3]), np.array(case.state[3:]))
    end = case.epoch + timedelta(hours=case.hours)
    motion = NumericalMotion(state, Spacecraft(100.0, case.area), forces, case.epoch, end, thrusts)
    found = state_after(motion, case.epoch, 3600 * case.hours)
    assert 1e3 * np.linalg.norm(found[:3] - expected[:3]) < case.tolerance


def test_two_bodies_agree_with_another_integrator() -> None:
    def derivative(_: float, row: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate((row[3:], -GRAVITY * row[:3] / np.linalg.norm(row[:3]) ** 3))

    seconds = np.linspace(0, 43_200, 500)
    row = np.concatenate((POSITION, VELOCITY))
    theirs = solve_ivp(derivative, (0, 43_200), row, "DOP853", seconds, rtol=1e-13, atol=1e-10).y
    ours = np.concatenate(motion_for(TWO_BODY, 12).gcrf(Instants(EPOCH, seconds)))
    assert np.abs(ours - theirs)[:3].max() < 5e-6
    assert np.abs(ours - theirs)[3:].max() < 1e-7


def test_back_and_forth_is_where_it_began() -> None:
    forces = Forces(drag=False)
    end = state_after(motion_for(forces, 6), EPOCH, 21_600)
    back = NumericalMotion(
        InitialState(EPOCH + timedelta(hours=6), end[:3], end[3:]), Spacecraft(100.0), forces, EPOCH, EPOCH
    )
    assert np.abs(state_after(back, EPOCH, 0.0) - np.concatenate((POSITION, VELOCITY))).max() < 2e-6


def test_a_covariance_moves_as_displaced_states_do() -> None:
    forces, seconds = Forces(), 5 * 3600.0
    deviations = np.diag((0.1, 0.2, 0.15, 1e-4, 2e-4, 1e-4))
    motion = motion_for(forces, 6, covariance=deviations**2)
    columns = []
    for shift in deviations:
        ends = [
            state_after(
                motion_for(forces, 6, position=POSITION + s * shift[:3], velocity=VELOCITY + s * shift[3:]),
                EPOCH,
                seconds,
            )
            for s in (-0.5, 0.5)
        ]
        columns.append(ends[1] - ends[0])
    jacobian = np.array(columns).T
    expected = jacobian @ jacobian.T
    row = state_after(motion, EPOCH, seconds)
    found = motion.covariance(EPOCH + timedelta(seconds=seconds), row[:3], row[3:])
    assert found is not None
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert np.abs((found - expected) / scale).max() < 1e-4


def test_the_covariance_at_the_epoch_is_the_given_one() -> None:
    covariance = np.diag((1.0, 4.0, 9.0, 1e-6, 1e-6, 1e-6))
    found = motion_for(Forces(), 1, covariance=covariance).covariance(EPOCH, POSITION, VELOCITY)
    assert found == pytest.approx(covariance)


def test_denser_air_pulls_harder() -> None:
    position, velocity = POSITION * 6800 / 7160, VELOCITY * (7160 / 6800) ** 0.5
    energies = []
    for f107 in (70.0, 250.0):
        row = state_after(
            motion_for(Forces(weather=Weather(15, f107)), 6, position=position, velocity=velocity), EPOCH, 21_600
        )
        energies.append(row[3:] @ row[3:] / 2 - GRAVITY / np.linalg.norm(row[:3]))
    assert energies[1] < energies[0] - 1e-5


@pytest.mark.parametrize(
    ("velocity", "reason"),
    [
        ((0.0, 0.0, -5.0), "re-enters"),
        ((-0.9, 7.0, 0.6), "re-enters"),
        ((0.0, 0.0, -12.0), "leaves the Earth"),
        ((0.0, 0.0, -10.54), "leaves the Earth"),
    ],
    ids=["impact", "straight down", "escape", "beyond the farthest"],
)
def test_an_orbit_that_ends_says_why(velocity: tuple[float, ...], reason: str) -> None:
    with pytest.raises(PropagationError, match=reason):
        motion_for(Forces(), 24 * 20, velocity=velocity)


def test_a_decaying_orbit_ends() -> None:
    state = InitialState(EPOCH, np.array((6378.137 + 140, 0, 0)), np.array((0, 5.5, 5.5)) * 7.82 / 7.778)
    with pytest.raises(PropagationError, match="re-enters"):
        NumericalMotion(state, Spacecraft(1.0), Forces(), EPOCH, EPOCH + timedelta(days=3))


def test_times_without_space_weather_are_doubted() -> None:
    motion = motion_for(Forces(), 1)
    assert not motion.doubts(EPOCH, EPOCH + timedelta(hours=1))
    assert not motion.remarks(EPOCH)
    assert "Drag is uncertain" in motion.doubts(EPOCH, datetime(2200, 1, 1, tzinfo=UTC))[0]
    assert "prediction" in motion.remarks(datetime(2200, 1, 1, tzinfo=UTC))[0]
    without = motion_for(TWO_BODY, 1)
    assert not without.doubts(EPOCH, datetime(2200, 1, 1, tzinfo=UTC))


def test_the_library_outlives_the_thread_that_first_used_it() -> None:
    # In a process of its own, because brahe has been imported here, and because it crashed the process.
    program = """
import threading
import numpy as np
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from okapi_sdk.emulator.engines.numerical import Forces, InitialState, NumericalMotion, Spacecraft
epoch = datetime(2023, 5, 2, 6, tzinfo=UTC)
state = InitialState(epoch, np.array((7078.0, 0.0, 0.0)), np.array((0.0, 1.2, 7.4)))
def propagate():
    NumericalMotion(state, Spacecraft(), Forces(), epoch, epoch + timedelta(minutes=10))
for _ in range(3):
    thread = threading.Thread(target=propagate)
    thread.start()
    thread.join()
"""
    subprocess.run([sys.executable, "-c", program], check=True)
