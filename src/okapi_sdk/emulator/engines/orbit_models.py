"""Orbits as functions of the parameters that a fit estimates, with the derivatives of their states.

Three kinds: an ellipse, for a first fit over a short arc; the mean elements of SGP4; a state under the forces of
`numerical`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np

from .arrays import Array
from .encounter import rtn
from .errors import UnusableInputError
from .frames import teme_axes
from .instants import SECONDS_PER_DAY, Instants
from .kepler import GRAVITY, classical_elements, derivatives_of, elements_of, states_of
from .least_squares import Linearised, Model
from .numerical import Forces, InitialState, NumericalMotion, Spacecraft
from .observations import Observations
from .sgp4_motion import MeanElements, Sgp4Motion

# Of the central differences, in the units of the parameters.
_STEP = 1e-6
# In km and km/s.
_NEARBY = np.array((5.0, 5.0, 5.0, 0.005, 0.005, 0.005))
_OBLATE = Forces(2, drag=False, sun=False, moon=False, radiation_pressure=False, solid_tides=False)


class State(NamedTuple):
    """Position (km) and velocity (km/s) in GCRF."""

    epoch: datetime
    position: Array
    velocity: Array


class Path(NamedTuple):
    """Positions (km) and velocities (km/s) in GCRF, one column per instant, and the derivatives of both (n, 6, p)."""

    positions: Array
    velocities: Array
    slopes: Array


class OrbitModel(Protocol):
    """An orbit with parameters. `first`: those to begin with."""

    first: Array

    def path(self, parameters: Array, instants: Instants) -> Path:
        """Return the orbit at some instants. Raises EngineError if there is none."""
        ...

    def state(self, parameters: Array) -> State:
        """Return the state at the epoch of the parameters."""
        ...


def fitted_to(orbit: OrbitModel, observations: Observations) -> Model:
    """Return what a least-squares fit of an orbit to observations needs."""

    def model(parameters: Array) -> Linearised:
        path = orbit.path(parameters, observations.instants)
        prediction = observations.predict(path.positions, path.velocities)
        slopes = np.einsum("nj,njp->np", prediction.slopes, path.slopes[observations.places, :3])
        weights = 1 / observations.deviations
        return Linearised(prediction.residuals * weights, slopes * weights[:, np.newaxis])

    return model


class KeplerOrbit:
    """The ellipse of a state. Parameters: the elements of `kepler`, in the state's own frame."""

    def __init__(self, state: State) -> None:
        self._epoch, self._axes = state.epoch, rtn(state.position, state.velocity)
        radial, transverse, _ = self._axes @ state.velocity
        distance = np.linalg.norm(state.position)
        self.first: Array = elements_of(
            np.asarray(distance, float), np.asarray(radial, float), np.asarray(transverse, float)
        )
        if not np.all(np.isfinite(self.first)):
            raise UnusableInputError("The first orbit is not an ellipse.")

    def path(self, parameters: Array, instants: Instants) -> Path:
        """Return the ellipse at some instants."""
        axis, h, k = parameters[:3]
        if not (axis > 0 and h**2 + k**2 < 1):
            raise UnusableInputError("The orbit is not an ellipse.")
        seconds = instants.seconds + (instants.origin - self._epoch).total_seconds()
        positions, velocities = states_of(parameters, seconds)
        slopes = [np.einsum("ji,njp->nip", self._axes, one) for one in derivatives_of(parameters, seconds)]
        return Path((positions @ self._axes).T, (velocities @ self._axes).T, np.concatenate(slopes, axis=1))

    def state(self, parameters: Array) -> State:
        """Return the state at the epoch."""
        path = self.path(parameters, Instants(self._epoch, np.zeros(1)))
        return State(self._epoch, path.positions[:, 0], path.velocities[:, 0])


class MeanOrbit:
    """Mean elements of SGP4.

    Parameters: mean motion (revolutions per day), the eccentricity's components along and across the node's zero
    direction, the two components of half the tilt's tangent, the mean longitude (radians), and, if estimated, B*.
    They have no singularity at circular or equatorial orbits.
    """

    def __init__(self, elements: MeanElements, *, drag: bool = False) -> None:
        self._elements = elements
        self._sign = 1.0 if elements.inclination <= 90 else -1.0
        node, perigee = np.radians(elements.node), np.radians(elements.argument_of_perigee)
        tilt = np.tan(np.radians(elements.inclination) / 2) ** self._sign
        longitude = perigee + self._sign * node
        parameters = (
            elements.mean_motion, elements.eccentricity * np.cos(longitude), elements.eccentricity * np.sin(longitude),
            tilt * np.cos(node), tilt * np.sin(node), np.radians(elements.mean_anomaly) + longitude,
        )  # fmt: skip
        self.first: Array = np.array((*parameters, elements.bstar) if drag else parameters)

    def elements(self, parameters: Array) -> MeanElements:
        """Return the elements that parameters describe."""
        motion, f, g, p, q, longitude = parameters[:6].tolist()
        eccentricity, tilt = float(np.hypot(f, g)), float(np.hypot(p, q))
        if not (motion > 0 and eccentricity < 1):
            raise UnusableInputError("The mean orbit is not an ellipse.")
        node = np.arctan2(q, p)
        perigee = np.arctan2(g, f)
        return self._elements._replace(
            bstar=float(parameters[6]) if parameters.size > 6 else self._elements.bstar,
            mean_motion=motion,
            eccentricity=eccentricity,
            inclination=float(np.degrees(2 * np.arctan2(*((tilt, 1) if self._sign > 0 else (1, tilt))))),
            node=float(np.degrees(node) % 360),
            argument_of_perigee=float(np.degrees(perigee - self._sign * node) % 360),
            mean_anomaly=float(np.degrees(longitude - perigee) % 360),
        )

    def path(self, parameters: Array, instants: Instants) -> Path:
        """Return SGP4's states, with derivatives from central differences."""
        positions, velocities = self._states(parameters, instants)
        slopes = np.empty((instants.seconds.size, 6, parameters.size))
        for index in range(parameters.size):
            change = np.zeros(parameters.size)
            change[index] = _STEP
            later, earlier = (np.concatenate(self._states(parameters + sign * change, instants)) for sign in (1, -1))
            slopes[:, :, index] = ((later - earlier) / (2 * _STEP)).T
        return Path(positions, velocities, slopes)

    def state(self, parameters: Array) -> State:
        """Return the state at the epoch."""
        epoch = self._elements.epoch
        positions, velocities = self._states(parameters, Instants(epoch, np.zeros(1)))
        return State(epoch, positions[:, 0], velocities[:, 0])

    def _states(self, parameters: Array, instants: Instants) -> tuple[Array, Array]:
        return Sgp4Motion.of_elements(self.elements(parameters)).gcrf(instants)


def mean_elements_of(state: State) -> MeanElements:
    """Return the mean elements that equal the elements of a state's ellipse, in TEME, without drag."""
    axes = teme_axes(Instants(state.epoch, np.zeros(1)))
    orbit = classical_elements(axes @ state.position, axes @ state.velocity)
    motion = float(np.sqrt(GRAVITY / orbit.axis**3)) * SECONDS_PER_DAY / (2 * np.pi)
    return MeanElements(
        state.epoch, 0.0, 0.0, 0.0, orbit.eccentricity, orbit.argument_of_perigee, orbit.inclination,
        orbit.mean_anomaly, motion, orbit.node, "0",
    )  # fmt: skip


class NumericalOrbit:
    """A state under forces. Parameters: position (km), velocity (km/s) and, if estimated, the coefficients of drag and
    of radiation pressure.

    The derivatives by the state are those of a field of the second degree without other forces, which is enough: over a
    day, they differ by less than a percent. Those by the coefficients are differences of two propagations.
    """

    def __init__(
        self, state: State, spacecraft: Spacecraft, forces: Forces, solved: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self._epoch, self._spacecraft, self._forces = state.epoch, spacecraft, forces
        self._solved = dict(solved)
        self._newest: tuple[tuple[bytes, bytes], Path] | None = None
        self._partials: tuple[Array, NumericalMotion] | None = None
        coefficients = [getattr(spacecraft, name) for name in self._solved]
        self.first: Array = np.concatenate((state.position, state.velocity, coefficients))

    def spacecraft(self, parameters: Array) -> Spacecraft:
        """Return the object with the estimated coefficients."""
        return replace(self._spacecraft, **dict(zip(self._solved, parameters[6:].tolist(), strict=True)))

    def motion(self, parameters: Array, start: datetime, end: datetime) -> NumericalMotion:
        """Return the motion between two times."""
        spacecraft = self.spacecraft(parameters)
        if not min(spacecraft.drag_coefficient, spacecraft.radiation_coefficient) > 0:
            raise UnusableInputError("An estimated coefficient is not positive. Do not solve for it over a short arc.")
        state = InitialState(self._epoch, parameters[:3], parameters[3:6])
        return NumericalMotion(state, spacecraft, self._forces, start, end)

    def path(self, parameters: Array, instants: Instants) -> Path:
        """Return the orbit at some instants."""
        key = parameters.tobytes(), instants.seconds.tobytes()
        if self._newest is None or self._newest[0] != key:
            self._newest = key, self._new_path(parameters, instants)
        return self._newest[1]

    def _new_path(self, parameters: Array, instants: Instants) -> Path:
        start, end = (instants.origin + timedelta(seconds=float(edge)) for edge in instants.seconds[[0, -1]])
        positions, velocities = self.motion(parameters, start, end).gcrf(instants)
        slopes = [self._transitions(parameters[:6], instants, start, end)]
        for index, delta in enumerate(self._solved.values(), 6):
            change = np.zeros(parameters.size)
            change[index] = delta * parameters[index]
            other = np.concatenate(self.motion(parameters + change, start, end).gcrf(instants))
            slopes.append(((other - np.concatenate((positions, velocities))) / change[index]).T[:, :, np.newaxis])
        return Path(positions, velocities, np.concatenate(slopes, axis=2))

    def _transitions(self, state: Array, instants: Instants, start: datetime, end: datetime) -> Array:
        """Return the transition matrices. Those of a state nearby are used again."""
        if self._partials is None or np.any(np.abs(state - self._partials[0]) > _NEARBY):
            begin = InitialState(self._epoch, state[:3], state[3:], np.eye(6))
            self._partials = state, NumericalMotion(begin, self._spacecraft, _OBLATE, start, end)
        return self._partials[1].transitions(instants)

    def state(self, parameters: Array) -> State:
        """Return the state at the epoch."""
        return State(self._epoch, parameters[:3], parameters[3:6])
