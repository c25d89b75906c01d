"""States with mass and area in a body: the platform's state.json and opm.json."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .fields import Fields, InputProblemError
from .values import read_epoch, read_frame, read_number

FORMS = ("state.json", "opm.json")
"""Tags of states."""
TYPED_KEYS = {"simple_state": "state.json", "CCSDS_OPM": "opm.json"}
"""Keys of the typed dialect, with the tags of the same content."""
STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE = tuple(f"C{row}_{column}" for index, row in enumerate(STATE) for column in STATE[: index + 1])
"""The keys of the lower triangle, row by row."""
MOST_MANEUVERS = 5
# Kilometres, kilometres per second, kilograms, square metres.
_NEAREST, _FARTHEST, _FASTEST, _LARGEST = 6356.0, 1e6, 100.0, 1e9
# One frame under several names.
_RTN = ("RTN", "RSW", "UVW")


@dataclass(frozen=True)
class Maneuver:
    """A thrust phase: start, seconds, and the acceleration along R, T, N in km/s²."""

    start: datetime
    duration: float
    acceleration: tuple[float, float, float]


@dataclass(frozen=True)
class CartesianState:
    """Position (km) and velocity (km/s) in a frame of `values.read_frame`, and the properties of the object.

    `covariance`: the lower triangle, row by row, in km and km/s, along the axes of `covariance_frame`, RTN or GCRF.
    `assumed`: the properties that the body does not state, in words. `ignored`: fields that the emulator ignores.
    """

    epoch: datetime
    frame: str
    state: tuple[float, ...]
    mass: float = 1.0
    area: float = 1.0
    drag_coefficient: float = 2.2
    radiation_coefficient: float = 1.3
    covariance: tuple[float, ...] | None = None
    covariance_frame: str = "RTN"
    maneuvers: tuple[Maneuver, ...] = ()
    name: str = "Unspecified"
    object_id: str = "Unspecified"
    assumed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def read_cartesian(tag: str, content: object, path: str) -> CartesianState:
    """Read a state. Raises an InputProblemError that names the invalid field."""
    return _read_state(Fields(content, path)) if tag == "state.json" else _read_opm(content, path)


def read_typed_cartesian(fields: Fields) -> CartesianState:
    """Read a state from a body of the typed dialect."""
    key = "CCSDS_OPM" if "CCSDS_OPM" in fields else "simple_state"
    return read_cartesian(TYPED_KEYS[key], fields.take(key), key)


def _read_state(fields: Fields) -> CartesianState:
    state = _checked(tuple(fields.number(name.lower(), -1e9, 1e9, _unit(name)) for name in STATE), fields.path("x"))
    epoch = _epoch(fields, "epoch")
    assumed = tuple(f"{name} 1 {unit}" for name, unit in (("mass", "kg"), ("area", "m²")) if name not in fields)
    mass, area = (fields.number(name, 1e-9, _LARGEST, u) if name in fields else 1.0 for name, u in _PROPERTIES)
    fields.finish()
    return CartesianState(epoch, "GCRF", state, mass, area, assumed=assumed)


_PROPERTIES = (("mass", "kilograms"), ("area", "square metres"))
_DEFAULTS = {"MASS": 1.0, "SOLAR_RAD_COEFF": 1.3, "DRAG_AREA": 1.0, "DRAG_COEFF": 2.2}
_UNITS = {"MASS": " kg", "DRAG_AREA": " m²"}


def _read_opm(content: object, path: str) -> CartesianState:
    message = Fields(content, path)
    header = message.fields("OPM_HEADER")
    if (version := header.take("CCSDS_OPM_VERS")) not in (2, 3):
        raise InputProblemError(f"{header.path('CCSDS_OPM_VERS')} must be 2.0, not {version!r}")
    metadata = _mapping(message.take("OPM_META_DATA"), message.path("OPM_META_DATA"))
    for key, expected in (("CENTER_NAME", "EARTH"), ("TIME_SYSTEM", "UTC")):
        if str(metadata.get(key, expected)).upper() != expected:
            raise InputProblemError(f"{message.path('OPM_META_DATA')}.{key} must be {expected}, not {metadata[key]!r}")
    frame = read_frame(metadata.get("REF_FRAME", "GCRF"))
    if frame is None:
        raise InputProblemError(f"{message.path('OPM_META_DATA')}.REF_FRAME must be GCRF, EME2000, TEME or ITRF2000")
    here = message.path("OPM_DATA")
    data = _mapping(message.take("OPM_DATA"), here)
    message.finish()
    state = _checked(tuple(_number(data, name, here) for name in STATE), f"{here}.X")
    values = {key: _number(data, key, here, default) for key, default in _DEFAULTS.items()}
    covariance, covariance_frame = read_covariance(data, here) or (None, "RTN")
    if not 0 < values["MASS"] < _LARGEST or not all(0 <= value < _LARGEST for value in values.values()):
        raise InputProblemError(f"{here}: mass must be above 0; area and coefficients must not be negative")
    return CartesianState(
        epoch=_time(data.get("EPOCH"), f"{here}.EPOCH"),
        frame=frame,
        state=state,
        mass=values["MASS"],
        area=values["DRAG_AREA"],
        drag_coefficient=values["DRAG_COEFF"],
        radiation_coefficient=values["SOLAR_RAD_COEFF"],
        covariance=covariance,
        covariance_frame=covariance_frame,
        maneuvers=_maneuvers(data.get("MANEUVERS"), here),
        name=str(metadata.get("OBJECT_NAME") or "Unspecified")[:80],
        object_id=str(metadata.get("OBJECT_ID") or "Unspecified")[:80],
        assumed=tuple(
            f"{key} {default:g}{_UNITS.get(key, '')}" for key, default in _DEFAULTS.items() if _is_absent(data, key)
        ),
        ignored=tuple(key for key in _IGNORED if read_number(data.get(key))),
    )


_IGNORED = ("USER_DEFINED_BC", "USER_DEFINED_THRUST_UNCERTAINTY", "USER_DEFINED_THRUST_POINTING_UNCERTAINTY")


def read_covariance(data: Mapping[str, Any], here: str) -> tuple[tuple[float, ...], str] | None:
    """Return the lower triangle of the covariance of a state and its frame, RTN or GCRF; None if it states none.

    Raises:
        InputProblemError: if an element is not a number, or the frame is another one.
    """
    if all(_is_absent(data, key) for key in COVARIANCE):
        return None
    frame = str(data.get("COV_REF_FRAME") or "RTN").upper()
    if frame not in (*_RTN, "GCRF"):
        raise InputProblemError(f"{here}.COV_REF_FRAME must be RTN, RSW, UVW or GCRF, not {frame[:20]!r}")
    return tuple(_number(data, key, here, 0.0) for key in COVARIANCE), "RTN" if frame in _RTN else frame


def _maneuvers(value: object, here: str) -> tuple[Maneuver, ...]:
    path = f"{here}.MANEUVERS"
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_MANEUVERS:
        raise InputProblemError(f"{path} must be a list of up to {MOST_MANEUVERS} maneuvers")
    maneuvers = []
    for index, one in enumerate(value):
        block = _mapping(one, f"{path}[{index}]")
        if str(block.get("MAN_REF_FRAME", "RTN")).upper() not in _RTN:
            raise InputProblemError(
                f"{path}[{index}].MAN_REF_FRAME must be RTN, not {str(block['MAN_REF_FRAME'])[:20]!r}"
            )
        duration = _number(block, "MAN_DURATION", f"{path}[{index}]")
        if not 0 <= duration <= timedelta(days=366).total_seconds():
            raise InputProblemError(f"{path}[{index}].MAN_DURATION must be from 0 to 366 days in seconds")
        keys = [f"USER_DEFINED_MAN_A_{axis}" for axis in (1, 2, 3)]
        # The examples of 2019 have the shorter keys.
        keys = [key if key in block else key.removeprefix("USER_DEFINED_") for key in keys]
        first, second, third = (_number(block, key, f"{path}[{index}]") for key in keys)
        start = _time(block.get("MAN_EPOCH_IGNITION"), f"{path}[{index}].MAN_EPOCH_IGNITION")
        maneuvers.append(Maneuver(start, duration, (first, second, third)))
    return tuple(sorted(maneuvers, key=lambda maneuver: maneuver.start))


def _checked(state: tuple[float, ...], path: str) -> tuple[float, ...]:
    distance, speed = math.hypot(*state[:3]), math.hypot(*state[3:])
    if not (_NEAREST <= distance <= _FARTHEST and 0 < speed <= _FASTEST):
        raise InputProblemError(
            f"{path}: the state is {distance:g} km from the Earth's centre and moves at {speed:g} km/s. "
            f"Send km and km/s, from {_NEAREST:,.0f} to {_FARTHEST:,.0f} km."
        )
    return state


def _mapping(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputProblemError(f"{path} must be a JSON object")
    return value


def _is_absent(data: Mapping[str, Any], key: str) -> bool:
    return data.get(key) in (None, "")


def _number(data: Mapping[str, Any], key: str, here: str, default: float | None = None) -> float:
    if default is not None and _is_absent(data, key):
        return default
    value = data.get(key)
    if isinstance(value, str) or (number := read_number(value)) is None:
        raise InputProblemError(f"{here}.{key} must be a number, not {str(value)[:80]!r}")
    return number


def _time(value: object, path: str) -> datetime:
    moment = read_epoch(value)
    if moment is None:
        raise InputProblemError(f"{path} must be a UTC time, not {str(value)[:80]!r}")
    return moment


def _epoch(fields: Fields, name: str) -> datetime:
    return _time(fields.take(name), fields.path(name))


def _unit(name: str) -> str:
    return "kilometres per second" if name.endswith("DOT") else "kilometres"
