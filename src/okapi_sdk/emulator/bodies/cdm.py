"""Conjunction data messages as they are sent: in Space-Track's JSON, in CCSDS numbers, or as KVN text.

All three become one flat form, that of Space-Track: `SAT1_X` and the like, a unit under `SAT1_X_UNIT`, numbers as text
or as numbers. What is looked at here is checked: numbers and times are some, units are those of the standard. The rest
is kept as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..store.elements import number
from ..store.text_forms import UNITS
from .fields import InputProblemError, frame_of, read_epoch

FORMS = ("cdm.json", "cdm.kvn")
STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
COVARIANCE = tuple(tuple(f"C{row}_{column}" for column in _AXES[: index + 1]) for index, row in enumerate(_AXES))
"""The lower triangle of position and velocity, row by row."""
RADIUS = "COMMENT_OPERATOR_HARD_BODY_RADIUS"
_RELATIVE = ("MISS_DISTANCE", "RELATIVE_SPEED")
_NUMBERS = (
    *_RELATIVE,
    *(f"{prefix}{name}" for prefix in ("SAT1_", "SAT2_") for row in (STATE, *COVARIANCE) for name in row),
)
_TIMES = ("TCA", "CREATION_DATE")
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*(?:\[([^\[\]]*)\])?")
_RADIUS_COMMENT = re.compile(r"hard[ _-]*body[ _-]*radius", re.IGNORECASE)
_METRES = re.compile(r"(?:.*[=:\s])?([0-9]*\.?[0-9]+(?:E[+-]?\d+)?)\s*\[?\s*M?\s*\]?", re.IGNORECASE)


@dataclass(frozen=True)
class Cdm:
    """A message in its flat form, whose numbers, times, units and frames are known to be readable."""

    flat: Mapping[str, Any]

    def number(self, key: str) -> float | None:
        """A number, None if the message does not state it."""
        return number(self.flat.get(key))

    def text(self, key: str) -> str | None:
        """A text, None if the message does not state it."""
        value = self.flat.get(key)
        return None if value in (None, "") else str(value)

    def time(self, key: str) -> datetime | None:
        """A time, with the fraction of its second, which Space-Track gives apart."""
        found = read_epoch(self.flat.get(key))
        digits = re.sub(r"\D", "", str(self.flat.get(f"{key}_FRACTION") or ""))
        if found is None or not digits or found.microsecond:
            return found
        return found + timedelta(microseconds=round(float(f"0.{digits}") * 1e6))

    def frame(self, prefix: str) -> str | None:
        """The reference frame of an object."""
        value = self.text(f"{prefix}REF_FRAME")
        return None if value is None else frame_of(value)

    def radius(self, prefix: str) -> float | None:
        """The hard-body radius of an object in metres, from the comment that operators use for it."""
        value = self.text(f"{prefix}{RADIUS}")
        match = None if value is None else _METRES.fullmatch(value.strip())
        return float(match[1]) if match else None


def read_cdm(form: str, content: object, path: str) -> Cdm:
    """Read a message. Raises InputProblemError that names what cannot be used."""
    if form == "cdm.kvn":
        if not isinstance(content, str):
            raise InputProblemError(f"{path} must be the text of a CDM in KVN")
        flat = _from_kvn(content, path)
    elif isinstance(content, list):
        raise InputProblemError(f"{path} must be one CDM as an object; of a downloaded array, send its element")
    elif isinstance(content, Mapping):
        flat = {str(key): value for key, value in content.items()}
    else:
        raise InputProblemError(f"{path} must be one CDM as a JSON object")
    _check(flat, path)
    return Cdm(flat)


def _check(flat: Mapping[str, Any], path: str) -> None:
    for key in _NUMBERS:
        if flat.get(key) in (None, ""):
            continue
        if number(flat[key]) is None:
            raise InputProblemError(f"{path}.{key} must be a number, not {str(flat[key])[:80]!r}")
        unit, due = flat.get(f"{key}_UNIT"), UNITS.get(key.removeprefix("SAT1_").removeprefix("SAT2_"))
        if unit not in (None, "") and due and _plain(unit) != _plain(due):
            raise InputProblemError(f"{path}.{key}_UNIT is {str(unit)[:20]!r}; a CDM states {key} in {due}")
    for key in _TIMES:
        if flat.get(key) not in (None, "") and read_epoch(flat[key]) is None:
            raise InputProblemError(f"{path}.{key} must be a UTC time, not {str(flat[key])[:80]!r}")
    for key in ("SAT1_REF_FRAME", "SAT2_REF_FRAME"):
        if flat.get(key) not in (None, "") and frame_of(flat[key]) in (None, "TEME"):
            raise InputProblemError(f"{path}.{key} must be GCRF, EME2000 or ITRF, not {str(flat[key])[:80]!r}")


def _plain(unit: object) -> str:
    return re.sub(r"[\s\[\]]", "", str(unit).lower()).replace("^", "**")


def _from_kvn(text: str, path: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    prefix = ""
    for index, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line:
            continue
        if line == "COMMENT" or line.startswith("COMMENT "):
            comment = line.removeprefix("COMMENT").strip()
            if prefix and _RADIUS_COMMENT.search(comment):
                flat[prefix + RADIUS] = comment
            else:
                flat.setdefault(f"{prefix}COMMENTS", []).append(comment)
            continue
        match = _LINE.fullmatch(line)
        if match is None or (not flat and match[1] != "CCSDS_CDM_VERS"):
            raise InputProblemError(f"{path}, line {index}, must be KEYWORD = value: {line[:80]!r}")
        key, value, unit = match.groups()
        if key == "OBJECT":
            prefix = {"OBJECT1": "SAT1_", "OBJECT2": "SAT2_"}.get(value.upper(), "")
            if not prefix:
                raise InputProblemError(f"{path}, line {index}: OBJECT must be OBJECT1 or OBJECT2, not {value[:20]!r}")
        if prefix + key in flat:
            raise InputProblemError(f"{path}, line {index}: {key} stands there twice")
        flat[prefix + key] = value
        if unit is not None:
            flat[f"{prefix}{key}_UNIT"] = unit
    if not prefix:
        raise InputProblemError(f"{path} is no CDM in KVN: it has no line OBJECT = OBJECT1")
    return flat


def space_track_time(moment: datetime) -> str:
    """A time as Space-Track writes it, without the fraction of its second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
