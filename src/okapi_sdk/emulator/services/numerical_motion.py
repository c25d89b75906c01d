"""Numerical propagation of the state in a request, and what its status says about it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from ..bodies.cartesian import CartesianState
from ..bodies.force_settings import ForceSettings
from ..engines.arrays import Array
from ..engines.encounter import both_axes
from ..engines.frames import to_gcrf
from ..engines.instants import Instants, iso
from ..engines.numerical import (
    HIGHEST_DEGREE,
    Forces,
    InitialState,
    NumericalMotion,
    Spacecraft,
    Thrust,
    Weather,
)
from .outcome import NoResultError

# A year takes minutes.
_LONGEST = timedelta(days=366, milliseconds=1)
# tests/emulator/orekit_states.py has the cases.
AGREEMENT = (
    "After 24 hours, it was within 1 m of Orekit in low orbits without drag, within 4 m in high orbits, and within "
    "0.5 % of the distance by which drag moves the object."
)


def numerical_motion(state: CartesianState, settings: ForceSettings, start: datetime, end: datetime) -> NumericalMotion:
    """Return the motion of a state between two times, with its maneuvers.

    Raises:
        NoResultError: if the covariance is not one, or the times are too far from the epoch.
    """
    if start < state.epoch - _LONGEST or end > state.epoch + _LONGEST:
        raise NoResultError(
            f"The emulator propagates a state for up to {_LONGEST.days} days, but the request is for "
            f"{iso(start)} to {iso(end)}, and the epoch of the state is {iso(state.epoch)}. Send a newer state.",
            input_problem=True,
        )
    spacecraft = Spacecraft(state.mass, state.area, state.drag_coefficient, state.radiation_coefficient)
    thrusts = [Thrust(one.start, one.duration, one.acceleration) for one in state.maneuvers]
    return NumericalMotion(
        initial_state(state, settings.covariance), spacecraft, forces_of(settings), start, end, thrusts
    )


def forces_of(settings: ForceSettings) -> Forces:
    """Return the force model that settings describe."""
    constant = settings.constant_weather
    return Forces(
        degree=min(settings.degree, HIGHEST_DEGREE),
        drag=settings.drag,
        sun=settings.sun,
        moon=settings.moon,
        radiation_pressure=settings.radiation_pressure,
        shadow=settings.shadow,
        solid_tides=settings.solid_tides,
        weather=None if constant is None else Weather(*constant),
    )


def initial_state(state: CartesianState, with_covariance: bool) -> InitialState:
    """Return a state in GCRF, with its covariance if it has one and it is asked for."""
    instant = Instants(state.epoch, np.zeros(1))
    values = np.array(state.state)[:, np.newaxis]
    positions, velocities = to_gcrf(state.frame, instant, values[:3], values[3:])
    position, velocity = positions[:, 0], velocities[:, 0]
    covariance = None
    if with_covariance and state.covariance is not None:
        covariance = _matrix(state.covariance)
        variances = np.linalg.eigvalsh(covariance)
        if variances[0] < -1e-6 * abs(variances[-1]) or not variances[-1] > 0:
            raise NoResultError(
                "The covariance of the orbit is not positive definite, so it cannot be propagated.", input_problem=True
            )
        if state.covariance_frame == "RTN":
            axes = both_axes(position, velocity)
            covariance = axes.T @ covariance @ axes
    return InitialState(state.epoch, position, velocity, covariance)


def status_words(state: CartesianState, settings: ForceSettings, motion: NumericalMotion, end: datetime) -> list[str]:
    """Return the sentences of a status on the stand-in, the properties that were assumed, and the age of the data."""
    words = [
        "Computed by the okapi-sdk emulator with the library brahe, a stand-in for the platform's propagator.",
        AGREEMENT,
        "Albedo of the Earth and ocean tides are not modelled.",
    ]
    if state.assumed and (settings.drag or settings.radiation_pressure):
        words.append(f"Assumed: {', '.join(state.assumed)}.")
    return words + motion.remarks(end)


def ignored_settings(state: CartesianState, settings: ForceSettings) -> list[str]:
    """Return a sentence on the settings that are not honoured."""
    ignored = [*settings.ignored, *state.ignored]
    if settings.covariance and state.covariance is None:
        ignored.append("covariance_propagation, because the orbit has no covariance")
    return [f"Not honoured: {', '.join(ignored)}."] if ignored else []


def _matrix(lower: tuple[float, ...]) -> Array:
    matrix = np.zeros((6, 6))
    rows, columns = np.tril_indices(6)
    matrix[rows, columns] = matrix[columns, rows] = lower
    return matrix
