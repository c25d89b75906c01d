"""A maneuver flown a second time, and its risk estimated anew, with nothing of the emulator.

The integrator is scipy's DOP853, the forces are those of the Earth with its oblateness, and the difference between the
flights with and without thrust is added to the state in the CDM. Covariances turn with R, T, N of the objects. The
probability is scipy's integral over the disc.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import dblquad, solve_ivp

Vector = NDArray[np.float64]
_GRAVITY, _RADIUS, _J2 = 398_600.4415, 6378.1363, 1.08262668e-3
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")


def risk_after(opm: Mapping[str, Any], cdm: Mapping[str, Any], radius_m: float) -> tuple[float, float]:
    """The probability and the miss distance (km) of a CDM after the maneuvers of an OPM in the platform's JSON."""
    data, tca = opm["OPM_DATA"], _time(cdm["TCA"])
    epoch = _time(data["EPOCH"])
    state = np.array([data[name] for name in _STATE])
    seconds = (tca - epoch).total_seconds()
    thrusts = [
        (
            (_time(one["MAN_EPOCH_IGNITION"]) - epoch).total_seconds(),
            one["MAN_DURATION"],
            np.array([one[f"USER_DEFINED_MAN_A_{axis}"] for axis in (1, 2, 3)]),
        )
        for one in data["MANEUVERS"]
    ]
    change = flown(state, seconds, thrusts) - flown(state, seconds, [])
    first, second = (np.array([float(cdm[f"SAT{n}_{name}"]) for name in _STATE]) for n in (1, 2))
    first = first + change
    relative = second - first
    later = -float(relative[:3] @ relative[3:]) / float(relative[3:] @ relative[3:])
    first, second = (_coasted(one, later) for one in (first, second))
    covariance = _covariance(cdm, 1, first) + _covariance(cdm, 2, second)
    nearest, velocity = (second - first)[:3], (second - first)[3:]
    nearest = nearest - velocity * (nearest @ velocity) / (velocity @ velocity)
    x = nearest / np.linalg.norm(nearest)
    plane = np.array((x, np.cross(velocity / np.linalg.norm(velocity), x)))
    covariance = plane @ covariance @ plane.T
    return _over_disc(plane @ nearest, covariance, radius_m / 1000), float(np.linalg.norm(nearest))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def flown(state: Vector, seconds: float, thrusts: Sequence[tuple[float, float, Vector]]) -> Vector:
    """Return a state after some seconds with phases of thrust: start, duration, and acceleration along R, T, N."""
    edges = sorted({0.0, seconds, *(edge for start, length, _ in thrusts for edge in (start, start + length))})
    for begin, end in pairwise(edges):
        middle = (begin + end) / 2
        push = sum((a for start, length, a in thrusts if start < middle < start + length), np.zeros(3))
        state = solve_ivp(_forces, (begin, end), state, "DOP853", rtol=1e-12, atol=1e-10, args=(push,)).y[:, -1]
    return state


def _coasted(state: Vector, seconds: float) -> Vector:
    return solve_ivp(_forces, (0.0, seconds), state, "DOP853", rtol=1e-12, atol=1e-10, args=(np.zeros(3),)).y[:, -1]


def _forces(_: float, state: Vector, push: Vector) -> Vector:
    position, velocity = state[:3], state[3:]
    distance = math.sqrt(position @ position)
    z = 5 * (position[2] / distance) ** 2
    oblate = 1.5 * _J2 * (_RADIUS / distance) ** 2
    pull = -_GRAVITY / distance**3 * position * (1 + oblate * (np.array((1.0, 1.0, 3.0)) - z))
    return np.concatenate((velocity, pull + _axes(position, velocity).T @ push))


def _axes(position: Vector, velocity: Vector) -> Vector:
    radial, normal = position / np.linalg.norm(position), np.cross(position, velocity)
    normal = normal / np.linalg.norm(normal)
    return np.array((radial, np.cross(normal, radial), normal))


def _covariance(cdm: Mapping[str, Any], number: int, state: Vector) -> Vector:
    names = "RTN"
    lower = [[float(cdm[f"SAT{number}_C{names[max(i, j)]}_{names[min(i, j)]}"]) for j in range(3)] for i in range(3)]
    axes = _axes(state[:3], state[3:])
    return axes.T @ np.array(lower) @ axes / 1e6


def _over_disc(miss: Vector, covariance: Vector, radius: float) -> float:
    inverse = np.linalg.inv(covariance)

    def density(angle: float, distance: float) -> float:
        place = miss + distance * np.array((math.cos(angle), math.sin(angle)))
        return distance * math.exp(-place @ inverse @ place / 2)

    total = dblquad(density, 0, radius, 0, 2 * math.pi, epsrel=1e-8)[0]
    return float(total / (2 * math.pi * math.sqrt(np.linalg.det(covariance))))
