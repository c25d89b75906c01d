"""Conversion of a conjunction data message to the input of the conjunction engine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ..bodies.cdm import COVARIANCE, PREFIXES, RADIUS, STATE, Cdm
from ..engines.arrays import Array
from ..engines.conjunction import Conjunction, ConjunctionObject
from ..engines.frames import to_gcrf
from ..engines.instants import Instants
from .outcome import NoResultError

# Kilometres from the Earth's centre, and kilometres per second.
_NEAREST, _FARTHEST, _FASTEST = 1e2, 1e7, 1e2
_LARGEST_RADIUS = 1e6
"""Metres, as in the overrides."""


@dataclass(frozen=True)
class CdmConjunction:
    """The conjunction that a message describes, and the message's metadata.

    `names` and `designators` hold the values of the first and the second object.
    """

    tca: datetime
    created: datetime | None
    originator: str
    names: tuple[str, str]
    designators: tuple[str, str]
    geometry: Conjunction


def conjunction_of(cdm: Cdm, radii: tuple[float | None, float | None] = (None, None)) -> CdmConjunction:
    """Return the conjunction that a message describes. `radii` (in metres) replace those in the message.

    Raises:
        NoResultError: if a value that a collision probability needs is missing or unusable.
    """
    tca = cdm.time("TCA")
    if tca is None:
        raise _missing("TCA")
    frames = {cdm.frame(prefix) for prefix in PREFIXES}
    if len(frames) > 1 and "ITRF" in frames:
        raise NoResultError(
            "One state is in ITRF and the other is not. The emulator does not model polar motion, so it cannot "
            "compare the two with metre accuracy. Send both in the same frame.",
            input_problem=True,
        )
    first, second = (_read_object(cdm, prefix, tca, radius) for prefix, radius in zip(PREFIXES, radii, strict=True))
    if not np.linalg.norm(second.velocity - first.velocity) > 1e-9:
        raise NoResultError("Both objects have the same velocity, so there is no encounter plane.", input_problem=True)
    return CdmConjunction(
        tca,
        cdm.time("CREATION_DATE"),
        cdm.text("ORIGINATOR") or "Unspecified",
        _texts(cdm, "OBJECT_NAME"),
        _texts(cdm, "OBJECT_DESIGNATOR"),
        Conjunction(first, second),
    )


def _texts(cdm: Cdm, key: str) -> tuple[str, str]:
    first, second = (cdm.text(f"{prefix}{key}") or "Unspecified" for prefix in PREFIXES)
    return first, second


def _read_object(cdm: Cdm, prefix: str, tca: datetime, radius: float | None) -> ConjunctionObject:
    frame = cdm.frame(prefix)
    if frame is None:
        raise _missing(f"{prefix}REF_FRAME")
    state = np.array([_number(cdm, f"{prefix}{name}") for name in STATE])
    if not (_NEAREST < math.hypot(*state[:3]) < _FARTHEST and 0 < math.hypot(*state[3:]) < _FASTEST):
        raise NoResultError(
            f"{prefix}X to {prefix}Z_DOT do not describe an Earth orbit in km and km/s.", input_problem=True
        )
    instant = Instants(tca, np.zeros(1))
    position, velocity = to_gcrf(frame, instant, state[:3, np.newaxis], state[3:, np.newaxis])
    covariance = _symmetric([[_number(cdm, f"{prefix}{name}") for name in row] for row in COVARIANCE[:3]]) / 1e6
    if np.abs(covariance).max() > _FARTHEST**2 or not np.linalg.norm(np.cross(position.T, velocity.T)) > 1e-6:
        raise NoResultError(f"{prefix}: the covariance or the state does not fit an Earth orbit.", input_problem=True)
    return ConjunctionObject(
        position=position[:, 0],
        velocity=velocity[:, 0],
        covariance=covariance,
        velocity_covariance=_known_covariance(cdm, prefix, first=3),
        state_covariance=_state_covariance(cdm, prefix),
        radius_m=_radius(cdm, prefix) if radius is None else radius,
    )


def _known_covariance(cdm: Cdm, prefix: str, first: int) -> Array | None:
    """The covariance of the axes from `first` on, in km and km/s, or None if the message does not state all of it."""
    rows = [[cdm.number(f"{prefix}{name}") for name in row[first:]] for row in COVARIANCE[first:]]
    if any(value is None for row in rows for value in row):
        return None
    return _symmetric([[value or 0.0 for value in row] for row in rows]) / 1e6


def _state_covariance(cdm: Cdm, prefix: str) -> Array | None:
    """The covariance of position and velocity, or None if velocity variances are missing or zero, that is unknown."""
    covariance = _known_covariance(cdm, prefix, first=0)
    return covariance if covariance is not None and np.diag(covariance)[3:].all() else None


def _radius(cdm: Cdm, prefix: str) -> float | None:
    radius = cdm.radius(prefix)
    if radius is None and (text := cdm.text(f"{prefix}{RADIUS}")) is not None:
        raise NoResultError(
            f"{prefix}{RADIUS} is {text[:80]!r}, not a number of metres. Send overrides with {prefix}HARD_BODY_RADIUS.",
            input_problem=True,
        )
    if radius is not None and radius > _LARGEST_RADIUS:
        raise NoResultError(
            f"{prefix}{RADIUS} is {radius:g} m, more than the {_LARGEST_RADIUS:g} m that are read.", input_problem=True
        )
    return radius


def _symmetric(lower_rows: list[list[float]]) -> Array:
    """Return the symmetric matrix with the given lower triangle."""
    matrix = np.zeros((len(lower_rows), len(lower_rows)))
    for index, row in enumerate(lower_rows):
        matrix[index, : index + 1] = matrix[: index + 1, index] = row
    return matrix


def _number(cdm: Cdm, key: str) -> float:
    number = cdm.number(key)
    if number is None:
        raise _missing(key)
    return number


def _missing(key: str) -> NoResultError:
    return NoResultError(f"The CDM does not state {key}, which a collision probability needs.", input_problem=True)
