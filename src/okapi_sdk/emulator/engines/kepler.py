"""Two-body motion on an ellipse, in equinoctial elements. Only one of them changes, at a constant rate.

The elements of an orbit are counted in its own frame: along the radial, transverse and normal directions of its state
at the epoch. The inclination in that frame is zero, so no orbit is near the singularity of the elements.

The elements are, along the last axis of an array: semi-major axis (km), h and k (the eccentricity vector along the
transverse and the radial direction), p and q (the tilt of the orbit), and the mean longitude (radians). Formulas:
R. A. Broucke, P. J. Cefola, "On the Equinoctial Orbit Elements", Celestial Mechanics 5, 1972.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import Array
from .errors import UnusableInputError

GRAVITY = 398_600.4418
"""The gravity of the Earth in km³/s²."""

Values = NDArray[Any]
"""Floats, or complex numbers whose imaginary part carries a derivative."""

_MOST_ITERATIONS = 30
_SMALL_STEP = 1e-200


class ClassicalElements(NamedTuple):
    """Semi-major axis (km), eccentricity, and angles in degrees. Angles that an orbit does not have are zero."""

    axis: float
    eccentricity: float
    inclination: float
    node: float
    argument_of_perigee: float
    true_anomaly: float
    mean_anomaly: float


def classical_elements(position: Array, velocity: Array) -> ClassicalElements:
    """Return the elements of a state's ellipse, in the frame of the state.

    Raises:
        UnusableInputError: if the state is not on an ellipse.
    """
    distance = float(np.linalg.norm(position))
    momentum = np.cross(position, velocity)
    shape = np.cross(velocity, momentum) / GRAVITY - position / distance
    eccentricity, energy = float(np.linalg.norm(shape)), 2 / distance - float(velocity @ velocity) / GRAVITY
    if not (energy > 0 and eccentricity < 1):
        raise UnusableInputError("The orbit is not an ellipse.")
    node = float(np.arctan2(momentum[0], -momentum[1])) if np.hypot(*momentum[:2]) > 0 else 0.0
    first = np.array((np.cos(node), np.sin(node), 0.0))
    second = np.cross(momentum / np.linalg.norm(momentum), first)
    perigee = float(np.arctan2(shape @ second, shape @ first)) if eccentricity > 0 else 0.0
    true = float(np.arctan2(position @ second, position @ first)) - perigee
    eccentric = float(np.arctan2(np.sqrt(1 - eccentricity**2) * np.sin(true), eccentricity + np.cos(true)))
    mean = eccentric - eccentricity * float(np.sin(eccentric))
    inclination = float(np.degrees(np.arctan2(np.hypot(*momentum[:2]), momentum[2])))
    node, perigee, true, mean = (float(np.degrees(angle) % 360) for angle in (node, perigee, true, mean))
    return ClassicalElements(1 / energy, eccentricity, inclination, node, perigee, true, mean)


def elements_of(distance: Array, radial_speed: Array, transverse_speed: Array) -> Array:
    """The elements of states, each in its own frame, or nan for a state that is not on an ellipse."""
    axis = 1 / (2 / distance - (radial_speed**2 + transverse_speed**2) / GRAVITY)
    k = transverse_speed**2 * distance / GRAVITY - 1
    h = -radial_speed * transverse_speed * distance / GRAVITY
    root = np.sqrt(np.where(h**2 + k**2 < 1, 1 - h**2 - k**2, np.nan))
    beta = 1 / (1 + root)
    scaled = distance / (np.where(axis > 0, axis, np.nan) * root)
    cosine, sine = k + (1 - k**2 * beta) * scaled, h - h * k * beta * scaled
    longitude = np.arctan2(sine, cosine) + h * cosine - k * sine
    zero = np.zeros_like(axis)
    return np.stack((axis, h, k, zero, zero, longitude), axis=-1)


def states_of(elements: Values, seconds: Array | float) -> tuple[Values, Values]:
    """Positions (km) and velocities (km/s) after `seconds`, in the frame of the elements along the last axis."""
    axis, h, k, p, q, longitude = np.moveaxis(elements, -1, 0)
    motion = np.sqrt(GRAVITY / axis**3)
    cosine, sine = _eccentric_longitude(h, k, longitude + motion * seconds)
    beta = 1 / (1 + np.sqrt(1 - h**2 - k**2))
    x = axis * ((1 - h**2 * beta) * cosine + h * k * beta * sine - k)
    y = axis * ((1 - k**2 * beta) * sine + h * k * beta * cosine - h)
    speed = axis * motion / (1 - k * cosine - h * sine)
    x_dot = speed * (h * k * beta * cosine - (1 - h**2 * beta) * sine)
    y_dot = speed * ((1 - k**2 * beta) * cosine - h * k * beta * sine)
    scale = 1 + p**2 + q**2
    first = np.stack(((1 - p**2 + q**2) / scale, 2 * p * q / scale, -2 * p / scale), axis=-1)
    second = np.stack((2 * p * q / scale, (1 + p**2 - q**2) / scale, 2 * q / scale), axis=-1)
    return (
        x[..., None] * first + y[..., None] * second,
        x_dot[..., None] * first + y_dot[..., None] * second,
    )


def derivatives_of(elements: Array, seconds: Array | float) -> tuple[Array, Array]:
    """The derivatives of positions and velocities with respect to the elements, which are the last axis."""
    # An imaginary part that is too small to be rounded into the real part gives derivatives to the last digit.
    perturbed = elements[..., None, :] + 1j * _SMALL_STEP * np.eye(6)
    positions, velocities = states_of(perturbed, np.asarray(seconds)[..., None])
    return (
        np.swapaxes(np.imag(positions), -1, -2) / _SMALL_STEP,
        np.swapaxes(np.imag(velocities), -1, -2) / _SMALL_STEP,
    )


def _eccentric_longitude(h: Values, k: Values, mean: Values) -> tuple[Values, Values]:
    """Cosine and sine of the eccentric longitude, by Newton's method from Danby's starting value."""
    periapsis = np.arctan2(np.real(h), np.real(k))
    eccentricity = np.hypot(np.real(h), np.real(k))
    longitude = mean + 0.85 * eccentricity * np.sign(np.sin(np.real(mean) - periapsis))
    for _ in range(_MOST_ITERATIONS):
        cosine, sine = np.cos(longitude), np.sin(longitude)
        step = (longitude + h * cosine - k * sine - mean) / (1 - k * cosine - h * sine)
        longitude = longitude - step
        if not np.nan_to_num(np.abs(np.real(step))).max(initial=0.0) > 1e-9:
            break
    # The imaginary part converges one step behind the real one.
    cosine, sine = np.cos(longitude), np.sin(longitude)
    longitude = longitude - (longitude + h * cosine - k * sine - mean) / (1 - k * cosine - h * sine)
    return np.cos(longitude), np.sin(longitude)
