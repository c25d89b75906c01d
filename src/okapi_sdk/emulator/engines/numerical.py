"""Numerical propagation with the library `brahe`, from the extra `emulator-full`.

Forces: spherical harmonics of EGM2008 up to degree and order 120, drag in an NRLMSISE-00 atmosphere that turns with the
Earth, the Sun and the Moon as point masses at low-precision positions, radiation pressure on a sphere with a conical
shadow or none, solid Earth tides, and phases of constant thrust acceleration along R, T, N. The integrator is RKF78.
Earth orientation and space weather are those that brahe has compiled in; nothing is read from a network or a cache.

The orbit is propagated in short steps that scale with the orbital rate at the current distance. `ephemeris`
interpolates between their ends, with an error far below that of the forces. brahe holds Python's global lock while it
integrates, and the steps let other threads run.

brahe keeps its Earth orientation and space weather per process. The engine sets them when it is first used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any

import numpy as np

from .arrays import Array
from .brahe_library import brahe
from .encounter import rtn
from .ephemeris import EphemerisMotion, StateTable
from .errors import PropagationError
from .instants import Instants, iso
from .kepler import GRAVITY

HIGHEST_DEGREE = 120
"""Of the gravity field that brahe has compiled in."""
LOWEST_HEIGHT, FARTHEST = 100.0, 1e6
"""Kilometres above the ellipsoid, and from the centre of the Earth: beyond these, the propagation stops."""
_EQUATOR, _FLATTENING = 6378.137, 1 / 298.257
# A step covers this angle of a circular orbit at the current distance, in radians, but takes no longer than this.
_STEP_ANGLE, _LONGEST_STEP = 2 * math.pi / 90, 1800.0
_ABSOLUTE_TOLERANCE, _RELATIVE_TOLERANCE = 1e-6, 1e-12  # metres and metres per second
# A propagation goes this much beyond its end, because times are rounded to milliseconds.
_MARGIN = timedelta(milliseconds=1)
# The geomagnetic index ap for Kp = 0, 1/3, 2/3, 1, ... (Bartels).
_AP = (0, 2, 3, 4, 5, 6, 7, 9, 12, 15, 18, 22, 27, 32, 39, 48, 56, 67, 80, 94, 111, 132, 154, 179, 207, 236, 300, 400)
_MODIFIED_JULIAN_DAY_0 = datetime(1858, 11, 17, tzinfo=UTC)


@dataclass(frozen=True)
class Weather:
    """Constant space weather: the planetary index ap and the solar flux F10.7."""

    ap: float
    f107: float


@dataclass(frozen=True)
class Forces:
    """The forces on an object. `weather`: constant values instead of the compiled-in data."""

    degree: int = 6
    drag: bool = True
    sun: bool = True
    moon: bool = True
    radiation_pressure: bool = True
    shadow: bool = True
    solid_tides: bool = True
    weather: Weather | None = None


@dataclass(frozen=True)
class Spacecraft:
    """A sphere: mass in kg, cross section in m², coefficients of drag and of radiation pressure."""

    mass: float = 1.0
    area: float = 1.0
    drag_coefficient: float = 2.2
    radiation_coefficient: float = 1.3


@dataclass(frozen=True)
class Thrust:
    """Constant acceleration along R, T, N in km/s² from `start`, for some seconds. The mass does not change."""

    start: datetime
    duration: float
    acceleration: tuple[float, float, float]


@dataclass(frozen=True)
class InitialState:
    """A state in GCRF (km, km/s) and, if known, its covariance in GCRF (6 by 6, km and km/s)."""

    epoch: datetime
    position: Array
    velocity: Array
    covariance: Array | None = None


@dataclass
class _Nodes:
    """The states between two changes of thrust, and the transition matrices from the initial state to each."""

    epochs: list[datetime] = field(default_factory=list)
    rows: list[Array] = field(default_factory=list)
    transitions: list[Array] = field(default_factory=list)


class NumericalMotion(EphemerisMotion):
    """The motion of a state under forces, between two times.

    Raises:
        MissingPackageError: if brahe is not installed or cannot be used.
        PropagationError: if the object re-enters or leaves the Earth within that time, or brahe fails.
    """

    method = "by numerical propagation"

    def __init__(
        self,
        state: InitialState,
        spacecraft: Spacecraft,
        forces: Forces,
        start: datetime,
        end: datetime,
        thrusts: Sequence[Thrust] = (),
    ) -> None:
        # pieces of equal thrust, in chronological order
        run = _Run(state, spacecraft, forces)
        pieces = run.backward(min(start, state.epoch) - _MARGIN)
        pieces += run.forward(max(end, state.epoch) + _MARGIN, sorted(thrusts, key=lambda thrust: thrust.start))
        super().__init__([StateTable("GCRF", piece.epochs, [row.tolist() for row in piece.rows]) for piece in pieces])
        self._initial = state
        self._drag = forces.drag and forces.weather is None
        self._node_seconds = np.concatenate([self._seconds(piece.epochs) for piece in pieces])
        self._node_transitions = [matrix for piece in pieces for matrix in piece.transitions]

    def _seconds(self, epochs: Sequence[datetime]) -> Array:
        return np.array([(epoch - self._initial.epoch).total_seconds() for epoch in epochs])

    def covariance(self, moment: datetime, position: Array, velocity: Array) -> Array | None:
        """Return the covariance in GCRF at a time and for the state then, if the initial one is known."""
        if self._initial.covariance is None:
            return None
        matrix = self._transition(float(self._seconds([moment])[0]), position, velocity)
        covariance: Array = matrix @ self._initial.covariance @ matrix.T
        return (covariance + covariance.T) / 2

    def transitions(self, instants: Instants) -> Array:
        """Return the transition matrices from the initial state, which has a covariance, to some instants (n, 6, 6)."""
        positions, velocities = self.gcrf(instants)
        seconds = instants.seconds + float(self._seconds([instants.origin])[0])
        matrices = [self._transition(*one) for one in zip(seconds.tolist(), positions.T, velocities.T, strict=True)]
        return np.array(matrices)

    def _transition(self, second: float, position: Array, velocity: Array) -> Array:
        """Return the transition matrix to a time, for the state then.

        The transition matrices of the steps before and after are moved to that time by the gravity gradient of a
        sphere, and their errors cancel in the mean.
        """
        after = int(np.clip(np.searchsorted(self._node_seconds, second), 1, self._node_seconds.size - 1))
        times = self._node_seconds[after - 1 : after + 1]
        moved = [
            _short_transition(position - velocity * since / 2, since) @ self._node_transitions[after - 1 + index]
            for index, since in enumerate((second - times).tolist())
        ]
        share = (second - times[0]) / (times[1] - times[0]) if times[1] > times[0] else 0.0
        matrix: Array = moved[0] * (1 - share) + moved[1] * share
        return matrix

    def doubts(self, start: datetime, end: datetime) -> list[str]:
        """A sentence if the drag between two times is not that of observed or predicted space weather."""
        file = _weather_file() if self._drag else None
        if file is None or (_day(file.mjd_min()) <= start and end <= _day(file.mjd_last_monthly_predicted())):
            return []
        first, last = _day(file.mjd_min()), _day(file.mjd_last_monthly_predicted())
        return [f"Drag is uncertain: there is space weather only from {first:%Y-%m-%d} to {last:%Y-%m-%d}."]

    def remarks(self, end: datetime) -> list[str]:
        """A sentence if the space weather at a time is a prediction."""
        last = _day(_weather_file().mjd_last_observed()) if self._drag else None
        if last is None or end <= last:
            return []
        return [f"Space weather was observed until {last:%Y-%m-%d}; after that, it is brahe's prediction."]


def _day(modified_julian_date: float) -> datetime:
    return _MODIFIED_JULIAN_DAY_0 + timedelta(days=modified_julian_date)


class _Run:
    """The propagation of one state, forward or backward."""

    def __init__(self, state: InitialState, spacecraft: Spacecraft, forces: Forces) -> None:
        self._brahe = brahe()
        self._state = state
        self._weather = forces.weather if forces.drag else None
        self._forces = _force_model(self._brahe, spacecraft, forces)
        config = self._brahe.NumericalPropagationConfig.with_method(self._brahe.IntegrationMethod.RKF78)
        config = config.with_abs_tol(_ABSOLUTE_TOLERANCE).with_rel_tol(_RELATIVE_TOLERANCE)
        self._config = config if state.covariance is None else config.with_stm()

    def backward(self, start: datetime) -> list[_Nodes]:
        """Return the states from `start` to the epoch."""
        nodes = self._phase(self._first(), start, None)
        return [_Nodes(nodes.epochs[::-1], nodes.rows[::-1], nodes.transitions[::-1])]

    def forward(self, end: datetime, thrusts: Sequence[Thrust]) -> list[_Nodes]:
        """Return the states from the epoch to `end`, one piece for each phase with or without thrust."""
        pieces = [self._first()]
        for thrust in thrusts:
            stop = thrust.start + timedelta(seconds=thrust.duration)
            for until, acceleration in ((thrust.start, None), (stop, thrust.acceleration)):
                if until > pieces[-1].epochs[-1]:
                    pieces.append(self._phase(pieces[-1], until, acceleration))
        if end > pieces[-1].epochs[-1]:
            pieces.append(self._phase(pieces[-1], end, None))
        return [piece for piece in pieces if len(piece.epochs) > 1]

    def _first(self) -> _Nodes:
        state = self._state
        _check(state.epoch, np.concatenate((state.position, state.velocity)))
        transitions = [] if state.covariance is None else [np.eye(6)]
        return _Nodes([state.epoch], [np.concatenate((state.position, state.velocity))], transitions)

    def _phase(self, before: _Nodes, end: datetime, acceleration: tuple[float, float, float] | None) -> _Nodes:
        """Propagate the last state of `before` to `end`."""
        epoch, row = before.epochs[-1], before.rows[-1]
        nodes = _Nodes([epoch], [row], before.transitions[-1:])
        control = None if acceleration is None else _control(np.array(acceleration) * 1e3)
        covariance = None if self._state.covariance is None else np.eye(6)
        whole = (end - epoch).total_seconds()
        second = 0.0
        try:
            origin = _epoch(self._brahe, epoch)
            with _one_weather:
                _use_weather(self._weather)
                propagator = self._brahe.NumericalOrbitPropagator(
                    origin, row * 1e3, self._config, self._forces, initial_covariance=covariance, control_input=control
                )
            while second != whole:
                distance = float(np.linalg.norm(nodes.rows[-1][:3]))
                step = min(_STEP_ANGLE * math.sqrt(distance**3 / GRAVITY), _LONGEST_STEP)
                rest = whole - second
                second = whole if abs(rest) < 1.2 * step else round(second + math.copysign(step, rest), 3)
                with _one_weather:
                    _use_weather(self._weather)
                    propagator.propagate_to(origin + second)
                nodes.epochs.append(epoch + timedelta(seconds=second))
                nodes.rows.append(np.asarray(propagator.current_state())[:6] / 1e3)
                if before.transitions:
                    nodes.transitions.append(np.asarray(propagator.stm()) @ before.transitions[-1])
                _check(nodes.epochs[-1], nodes.rows[-1])
        except (KeyboardInterrupt, SystemExit, PropagationError):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of brahe is no Exception
            raise PropagationError(f"brahe stops after {iso(nodes.epochs[-1])}: {str(error)[:200]}") from None
        return nodes


def _check(epoch: datetime, row: Array) -> None:
    """Raise PropagationError unless a state is on an ellipse between the atmosphere and the farthest distance."""
    if not np.isfinite(row).all():
        raise PropagationError(
            f"At {iso(epoch)}, the state is no longer a finite number. Check the mass, the area and the thrust."
        )
    distance = float(np.linalg.norm(row[:3]))
    sine = row[2] / distance if distance else 0.0
    height = distance - _EQUATOR * (1 - _FLATTENING * sine**2)
    if not height > LOWEST_HEIGHT:
        raise PropagationError(
            f"The object is {height:,.0f} km above the ground at {iso(epoch)}. It re-enters below {LOWEST_HEIGHT:g} km."
        )
    if not (distance < FARTHEST and row[3:] @ row[3:] / 2 < GRAVITY / distance):
        raise PropagationError(
            f"The object leaves the Earth: at {iso(epoch)}, it is {distance:,.0f} km from the centre and moves at "
            f"{float(np.linalg.norm(row[3:])):.3f} km/s."
        )


def _short_transition(position: Array, seconds: float) -> Array:
    """Return the transition matrix of a few seconds around a position in the field of a sphere."""
    distance = float(np.linalg.norm(position))
    unit = position / distance
    gradient = GRAVITY / distance**3 * (3 * np.outer(unit, unit) - np.eye(3))
    same = np.eye(3) + gradient * seconds**2 / 2
    return np.block([[same, np.eye(3) * seconds + gradient * seconds**3 / 6], [gradient * seconds, same]])


def _control(acceleration: Array) -> Any:
    """Return brahe's callback for an acceleration (m/s²) along R, T, N."""

    def control(_: float, state: Array, __: object) -> Array:
        change = np.zeros_like(state)
        change[3:6] = rtn(state[:3], state[3:6]).T @ acceleration
        return change

    return control


def _force_model(library: Any, spacecraft: Spacecraft, forces: Forces) -> Any:
    value = library.ParameterSource.value
    low_precision = library.EphemerisSource.LowPrecision
    bodies = [(forces.sun, library.ThirdBody.SUN), (forces.moon, library.ThirdBody.MOON)]
    area, degree = value(spacecraft.area), min(forces.degree, HIGHEST_DEGREE)
    shadow = library.EclipseModel.CONICAL if forces.shadow else library.EclipseModel.NONE
    radiation = value(spacecraft.radiation_coefficient)
    model = library.ForceModelConfig(
        gravity=library.GravityConfiguration(degree=degree, order=degree) if degree > 1 else None,
        drag=library.DragConfiguration(library.AtmosphericModel.NRLMSISE00, area, value(spacecraft.drag_coefficient))
        if forces.drag
        else None,
        srp=library.SolarRadiationPressureConfiguration(area, radiation, shadow) if forces.radiation_pressure else None,
        third_body=[library.ThirdBodyConfiguration(body, low_precision) for is_on, body in bodies if is_on] or None,
        mass=value(spacecraft.mass),
    )
    if forces.solid_tides:
        permanent, solid = library.PermanentTideConfig.AUTO, library.SolidTideConfig()
        model.tides = library.TidesConfiguration(permanent, solid=solid)
    return model


def _epoch(library: Any, moment: datetime) -> Any:
    return library.Epoch.from_datetime(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, float(moment.second),
        moment.microsecond * 1e3, library.TimeSystem.UTC,
    )  # fmt: skip


_one_weather = Lock()
_NOT_SET = object()
_weather_in_use: object = _NOT_SET


def _use_weather(weather: Weather | None) -> None:
    """Set brahe's space weather, which is the same for all threads. The caller holds `_one_weather`."""
    global _weather_in_use
    if weather == _weather_in_use:
        return
    library = brahe()
    if weather is None:
        provider = library.FileSpaceWeatherProvider.from_default_file()
    else:
        index = float(np.interp(weather.ap, _AP, np.arange(len(_AP)) / 3))
        provider = library.StaticSpaceWeatherProvider.from_values(index, weather.ap, weather.f107, weather.f107, 0)
    library.set_global_space_weather_provider(provider)
    _weather_in_use = weather


@cache
def _weather_file() -> Any:
    return brahe().FileSpaceWeatherProvider.from_default_file()
