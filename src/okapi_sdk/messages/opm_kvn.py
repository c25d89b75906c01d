"""Orbit parameter messages as KVN text, versions 2.0 and 3.0 of the standard."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ..errors import OkapiWarning
from ..models.ccsds import CcsdsMessage
from .covariance import ELEMENTS, STATE, missing_elements
from .kvn import (
    Line,
    comment_lines,
    kvn_line,
    normalize_time,
    number_text,
    parse_number,
    parse_printed,
    utc_text,
)
from .kvn_blocks import (
    HEADER,
    BlockReader,
    add_comments,
    block_lines,
    head_lines,
    write_error,
)
from .opm_blocks import OpmData, OpmHeader, OpmManeuver, OpmMetadata
from .units import ORBIT_UNITS

_METADATA = ("object_name", "object_id", "center_name", "ref_frame", "ref_frame_epoch", "time_system")
_KEPLERIAN = (
    "semi_major_axis", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter", "true_anomaly",
    "mean_anomaly", "gm",
)  # fmt: skip
_SPACECRAFT = ("mass", "solar_rad_coeff", "drag_area", "drag_coeff")
_DROPPED = ("solar_rad_area", "man_delta_mass")
_INCREMENTS = tuple(f"man_dv_{axis}" for axis in (1, 2, 3))
_ACCELERATIONS = tuple(f"user_defined_man_a_{axis}" for axis in (1, 2, 3))
_USER_DEFINED = tuple(
    name for name in OpmData.model_fields if name.startswith("user_defined_") and name != "user_defined_in_sun"
)
_NUMBERS = (
    "ccsds_opm_vers", *STATE, *_KEPLERIAN, *_SPACECRAFT, *_DROPPED, "man_duration", *_ACCELERATIONS, *_USER_DEFINED,
)  # fmt: skip
_PRINTED = (*_INCREMENTS, *ELEMENTS)
_TIMES = ("creation_date", "epoch", "man_epoch_ignition")
_EXACT = Context(prec=21)
"""Enough digits for an acceleration to be exact again after the increment is divided by the duration."""


def read_opm_kvn(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Parse KVN text and return the fields of an `Opm` with the line number of each.

    Raises:
        InputError: if a line cannot be parsed; the message gives its number.
    """
    return _Reader(text).message()


class _Reader(BlockReader):
    keyword = "CCSDS_OPM_VERS"
    readers: ClassVar[Mapping[str, Callable[[object], object]]] = {
        **dict.fromkeys(_NUMBERS, parse_number),
        **dict.fromkeys(_PRINTED, parse_printed),
        **dict.fromkeys(_TIMES, normalize_time),
    }
    units = ORBIT_UNITS
    not_keywords = frozenset(("comments", "maneuvers"))

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = next(self.lines)
        self.numbers[""] = first.number
        blocks: dict[str, dict[str, Any]] = {"header": {}, "metadata": {}, "data": {}}
        maneuvers: list[tuple[Line, dict[str, Any]]] = []
        path, pending = "header", list[str]()
        self.add_pair(first, blocks[path], path)
        for line in self.unframed_lines():
            comment = line.comment
            if comment is not None:
                pending.append(comment)
                continue
            name = line.pair()[0].lower()
            path = "header" if name in HEADER else "metadata" if name in _METADATA else "data"
            add_comments(blocks[path], "comments", pending)
            self.numbers.setdefault(path, line.number)
            if name == "man_epoch_ignition":
                maneuvers.append((line, {}))
                self.numbers[f"data.maneuvers.{len(maneuvers) - 1}"] = line.number
            if name.startswith(("man_", "user_defined_man_")):
                if not maneuvers:
                    raise line.error("MAN_EPOCH_IGNITION as the first keyword of a manoeuvre", "move the line")
                self.add_pair(line, maneuvers[-1][1], f"data.maneuvers.{len(maneuvers) - 1}")
            else:
                self.add_pair(line, blocks[path], path)
        add_comments(blocks[path], "comments", pending)
        data = blocks["data"]
        if data.get("cov_ref_frame") is None and not data.keys().isdisjoint(ELEMENTS):
            # The platform's default is RTN; the standard's is the frame of the state.
            data["cov_ref_frame"] = blocks["metadata"].get("ref_frame") or OpmMetadata().ref_frame
        data["maneuvers"] = [_with_acceleration(line, maneuver) for line, maneuver in maneuvers]
        _drop(data)
        return dict(blocks), self.numbers


def _with_acceleration(line: Line, maneuver: dict[str, Any]) -> dict[str, Any]:
    """Return a manoeuvre with the mean acceleration for its velocity increment."""
    increments = [maneuver.pop(name, None) for name in _INCREMENTS]
    maneuver.pop("man_delta_mass", None)
    if None in increments or any(name in maneuver for name in _ACCELERATIONS):
        return maneuver
    duration = maneuver.get("man_duration") or 0.0
    if not duration > 0:
        raise line.error(
            "a manoeuvre with a duration greater than 0; the platform takes accelerations, not velocity increments",
            "set MAN_DURATION, or split the orbit at the manoeuvre",
        )
    return maneuver | {
        name: _quotient(increment, duration) for name, increment in zip(_ACCELERATIONS, increments, strict=True)
    }


def _quotient(increment: Decimal | float, duration: float) -> float:
    if not isinstance(increment, Decimal):
        return float(increment) / duration
    return float(Fraction(increment) / Fraction(duration))


def _drop(data: dict[str, Any]) -> None:
    """Remove keywords without a field, with a warning unless they only repeat the state."""
    for name in _KEPLERIAN:
        data.pop(name, None)
    user_defined = [name for name in data if name.startswith("user_defined_") and name not in OpmData.model_fields]
    dropped = [name.upper() for name in (*_DROPPED, *user_defined) if data.pop(name, None) is not None]
    if dropped:
        warnings.warn(f"Opm.parse drops {', '.join(dropped)}: the platform's OPM has no such field", OkapiWarning, 9)


def write_opm_kvn(message: type[CcsdsMessage], header: OpmHeader, metadata: OpmMetadata, data: OpmData) -> str:
    """Return an OPM as KVN text. Errors are attributed to the class ``message``.

    Raises:
        InputError: if a required field is missing, or if the standard does not allow a value.
    """
    return "".join(f"{line}\n" for line in _lines(message, header, metadata, data))


def _lines(message: type[CcsdsMessage], header: OpmHeader, metadata: OpmMetadata, data: OpmData) -> Iterator[str]:
    newer = {"classification": 3.0, "message_id": 3.0}
    yield from head_lines(message, header, "ccsds_opm_vers", (2.0, 3.0), newer)
    yield from comment_lines(message, "metadata.comments", metadata.comments)
    yield from block_lines(message, metadata, "metadata", _METADATA)
    yield from comment_lines(message, "data.comments", data.comments)
    yield from block_lines(message, data, "data", ("epoch", *STATE), units=ORBIT_UNITS)
    yield from block_lines(message, data, "data", _SPACECRAFT, units=ORBIT_UNITS)
    missing = missing_elements(data)
    if len(missing) < len(ELEMENTS):
        if missing:
            allowed = "required in KVN, like all elements of the covariance"
            raise write_error(message, f"data.{missing[0]}", None, allowed, "pass a value, 0.0 if uncorrelated")
        yield kvn_line(message, "data.cov_ref_frame", "COV_REF_FRAME", data.cov_ref_frame or "RTN")
        yield from block_lines(message, data, "data", ELEMENTS, units=ORBIT_UNITS)
    for index, maneuver in enumerate(data.maneuvers):
        yield from _maneuver_lines(message, maneuver, f"data.maneuvers.{index}")
    yield from block_lines(message, data, "data", _USER_DEFINED)


def _maneuver_lines(message: type[CcsdsMessage], maneuver: OpmManeuver, path: str) -> Iterator[str]:
    if not maneuver.man_duration > 0:
        raise write_error(message, f"{path}.man_duration", maneuver.man_duration, "greater than 0 in KVN", "omit it")
    lines = {
        "man_epoch_ignition": utc_text(maneuver.man_epoch_ignition),
        "man_duration": number_text(maneuver.man_duration),
        "man_delta_mass": "0.0",
        "man_ref_frame": maneuver.man_ref_frame,
    }
    for name, acceleration in zip(_INCREMENTS, _ACCELERATIONS, strict=True):
        product = _EXACT.multiply(Decimal(getattr(maneuver, acceleration)), Decimal(maneuver.man_duration))
        lines[name] = f"{product:e}" if product else "0.0"
    for name, text in lines.items():
        yield kvn_line(message, f"{path}.{name}", name.upper(), text, ORBIT_UNITS.get(name))
