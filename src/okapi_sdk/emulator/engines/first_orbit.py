"""A first orbit from observations alone, good enough to begin a fit with.

It comes from observations close to one another: positions or, without ranges, directions. It is fitted as an ellipse
over a short arc, and then with the mean elements of SGP4 over arcs that grow to all observations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from .arrays import Array
from .errors import EngineError, UnusableInputError
from .initial_orbit import orbits_from_directions, velocity_from_positions
from .instants import Instants
from .kepler import GRAVITY
from .least_squares import Rules, Solution, estimate
from .lines_of_sight import Sighting, sightings
from .observations import Observations
from .orbit_models import KeplerOrbit, MeanOrbit, OrbitModel, State, fitted_to, mean_elements_of
from .sgp4_motion import MeanElements

# Of a revolution: the arcs in which the first positions are looked for, and the shortest arc before and after its epoch
# that the first ellipse is fitted to.
_POSITION_ARCS = (0.15, 0.45)
_LEAST_SHARE = 0.15
# Seconds. Nothing tells the period of an orbit that is seen in directions only.
_DIRECTION_ARCS = (1200.0, 300.0, 14_400.0)
_GROWTH = 6.0
ARC_WITH_DRAG = 21_600.0
"""Seconds. Over longer arcs, the drag of mean elements is estimated too."""
# The fits need not be exact, and an outlier must not spoil them.
_ROUGH = Rules(tolerance=1e-3, most_iterations=30, limit=6.0)
_LARGEST_AXIS = 1e6


@dataclass(frozen=True)
class FirstOrbit:
    """An orbit near the observations."""

    orbit: KeplerOrbit | MeanOrbit
    parameters: Array

    def state(self, epoch: datetime) -> State:
        """Return the state at an epoch, which is best within the span of the observations."""
        path = self.orbit.path(self.parameters, Instants(epoch, np.zeros(1)))
        return State(epoch, path.positions[:, 0], path.velocities[:, 0])

    def mean_elements(self, epoch: datetime) -> MeanElements:
        """Return mean elements of SGP4; at an epoch of their own if they were fitted."""
        if isinstance(self.orbit, MeanOrbit):
            return self.orbit.elements(self.parameters)
        return mean_elements_of(self.state(epoch))


def first_orbit(observations: Observations) -> FirstOrbit:
    """Return an orbit near the observations, from them alone.

    Raises:
        UnusableInputError: if no three of them are close enough to one another, or they show no orbit.
    """
    problem = "No three complete sightings (positions, or pairs of angles) are close enough to one another."
    for arc, states in _first_states(sightings(observations), observations.origin):
        fits: list[tuple[float, KeplerOrbit, Solution]] = []
        for state in states:
            try:
                share = max(_LEAST_SHARE, arc / _period(state))
                orbit = KeplerOrbit(state)
                fits.append((share, orbit, _fitted(orbit, observations, state, share)))
            except EngineError as error:
                problem = str(error)
        if not fits:
            continue
        try:
            best = min(fits, key=lambda fit: float(np.median(np.abs(fit[2].residuals))))
            return _grown(best[0], best[1], best[2], observations)
        except EngineError as error:
            problem = str(error)
    raise UnusableInputError(f"The observations give no first orbit. {problem} Send a first orbit with them.")


def _grown(share: float, orbit: KeplerOrbit | MeanOrbit, solution: Solution, observations: Observations) -> FirstOrbit:
    """Fit mean elements over longer and longer arcs, until they hold all observations."""
    while not _covers(observations, state := orbit.state(solution.parameters), share):
        share *= _GROWTH
        elements = FirstOrbit(orbit, solution.parameters).mean_elements(state.epoch)
        width = min(2 * share * _period(state), float(observations.seconds[-1]))
        orbit = MeanOrbit(elements, drag=width > ARC_WITH_DRAG)
        solution = _fitted(orbit, observations, state, share)
    return FirstOrbit(orbit, solution.parameters)


def _fitted(orbit: OrbitModel, observations: Observations, state: State, share: float) -> Solution:
    part = observations.between(*_window(observations, state, share))
    return estimate(fitted_to(orbit, part), orbit.first, _ROUGH)


def _covers(observations: Observations, state: State, share: float) -> bool:
    first, last = _window(observations, state, share)
    return first <= 0 and last >= observations.seconds[-1]


def _window(observations: Observations, state: State, share: float) -> tuple[float, float]:
    """The seconds after the origin up to a share of a revolution around a state."""
    middle, width = (state.epoch - observations.origin).total_seconds(), share * _period(state)
    return middle - width, middle + width


def _period(state: State) -> float:
    speed, distance = float(np.linalg.norm(state.velocity)), float(np.linalg.norm(state.position))
    return _revolution(1 / max(2 / distance - speed**2 / GRAVITY, 1 / _LARGEST_AXIS))


def _revolution(axis: float) -> float:
    return float(2 * np.pi * np.sqrt(axis**3 / GRAVITY))


def _first_states(seen: list[Sighting], origin: datetime) -> Iterator[tuple[float, list[State]]]:
    """Yield the possible states from three sightings and the seconds between these, for several choices of them."""
    positions = {one.second: one.position for one in seen if one.position is not None}
    revolution = _revolution(float(np.median(np.linalg.norm(list(positions.values()), axis=1)))) if positions else 0.0
    complete = [one for one in seen if one.position is not None]
    for share in _POSITION_ARCS:
        if (chosen := _three(complete, share * revolution)) is None:
            continue
        three, seconds = np.array([positions[one.second] for one in chosen]), np.array([one.second for one in chosen])
        state = State(origin + timedelta(seconds=seconds[1]), three[1], velocity_from_positions(three, seconds))
        yield float(seconds[2] - seconds[0]), [state]
    directed = [one for one in seen if one.direction is not None]
    for arc in _DIRECTION_ARCS:
        if (chosen := _three(directed, arc)) is None:
            continue
        directions, sites = np.array([one.direction for one in chosen]), np.array([one.site for one in chosen])
        try:
            found = orbits_from_directions(directions, sites, np.array([one.second for one in chosen]))
        except UnusableInputError:
            continue
        epoch = origin + timedelta(seconds=chosen[1].second)
        yield chosen[2].second - chosen[0].second, [State(epoch, *one) for one in found]


def _three(series: list[Sighting], arc: float) -> list[Sighting] | None:
    """The first, the middle and the last sighting of the arc that holds the most, or None if there are no three."""
    seconds = np.array([one.second for one in series])
    counts = np.searchsorted(seconds, seconds + arc, side="right") - np.arange(seconds.size)
    if not counts.size or counts.max() < 3:
        return None
    first = int(counts.argmax())
    last = first + int(counts[first]) - 1
    middle = first + int(np.abs(seconds[first : last + 1] - (seconds[first] + seconds[last]) / 2).argmin())
    middle = min(max(middle, first + 1), last - 1)
    chosen = [series[index] for index in (first, middle, last)]
    return chosen if chosen[0].second < chosen[1].second < chosen[2].second else None
