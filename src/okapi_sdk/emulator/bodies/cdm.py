"""Conjunction data messages in a body: Space-Track's JSON, the same keys with JSON numbers, or KVN text.

All three are converted to Space-Track's flat format: keys such as `SAT1_X`, the unit under `SAT1_X_UNIT`, numbers as
text or as numbers. The numbers, times, units and frames that a calculation uses are checked; everything else is kept
unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .fields import InputProblemError
from .values import fraction_digits, read_epoch, read_frame, read_number

FORMS = ("cdm.json", "cdm.kvn")
PREFIXES = ("SAT1_", "SAT2_")
"""Key prefixes of the two objects."""
STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
"""The axes of a covariance."""
COVARIANCE = tuple(tuple(f"C{row}_{column}" for column in AXES[: index + 1]) for index, row in enumerate(AXES))
"""The lower triangle of position and velocity, row by row."""
RADIUS = "COMMENT_OPERATOR_HARD_BODY_RADIUS"
EXCLUSION_RADIUS = "COMMENT_EXCLUSION_VOLUME_RADIUS"
_RELATIVE = ("MISS_DISTANCE", "RELATIVE_SPEED")
_NUMBERS = (
    *_RELATIVE,
    *(f"{prefix}{name}" for prefix in PREFIXES for row in (STATE, *COVARIANCE) for name in row),
)
_TIMES = ("TCA", "CREATION_DATE")
UNITS: Mapping[str, str] = {
    "MISS_DISTANCE": "m", "RELATIVE_SPEED": "m/s",
    **{f"RELATIVE_POSITION_{axis}": "m" for axis in "RTN"}, **{f"RELATIVE_VELOCITY_{axis}": "m/s" for axis in "RTN"},
    **dict.fromkeys(STATE[:3], "km"), **dict.fromkeys(STATE[3:], "km/s"),
    "AREA_PC": "m**2", "CD_AREA_OVER_MASS": "m**2/kg", "CR_AREA_OVER_MASS": "m**2/kg",
    "THRUST_ACCELERATION": "m/s**2", "SEDR": "W/kg", "RECOMMENDED_OD_SPAN": "d", "ACTUAL_OD_SPAN": "d",
    "RESIDUALS_ACCEPTED": "%",
    **{f"C{r}_{c}": "m**2" for r in "RTN" for c in "RTN"},
    **{f"C{r}DOT_{c}": "m**2/s" for r in "RTN" for c in "RTN"},
    **{f"C{r}DOT_{c}DOT": "m**2/s**2" for r in "RTN" for c in "RTN"},
}  # fmt: skip
"""Units of CCSDS 508.0-B, by keyword without the object's prefix."""
_KEYWORD = re.compile(r"[A-Z][A-Z0-9_]*")
_RADIUS_COMMENT = re.compile(r"hard[ _-]*body[ _-]*radius|HBR\b", re.IGNORECASE)
_COMBINED_RADIUS = re.compile(r"HBR\b", re.IGNORECASE)
_ANY_RADIUS = re.compile(r"radius|HBR\b", re.IGNORECASE)
# Possessive, so that a long line is read once.
_METRES = re.compile(
    r"(?:^|[=:\s])((?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:E[+-]?[0-9]++)?+)\s*+\[?+\s*+M?+\s*+\]?+$", re.IGNORECASE
)


@dataclass(frozen=True)
class Cdm:
    """A message in the flat format, with its numbers, times, units and frames checked."""

    flat: Mapping[str, Any]

    def number(self, key: str) -> float | None:
        """Return a number, or None if the message does not contain it."""
        return read_number(self.flat.get(key))

    def text(self, key: str) -> str | None:
        """Return text, or None if the message does not contain it."""
        value = self.flat.get(key)
        return None if value in (None, "") else str(value)

    def time(self, key: str) -> datetime | None:
        """Return a time with its fraction of a second, which Space-Track keeps under a separate key."""
        moment = read_epoch(self.flat.get(key))
        fraction = fraction_digits(self.flat.get(f"{key}_FRACTION"))
        if moment is None or not fraction or moment.microsecond:
            return moment
        return moment + timedelta(microseconds=round(float(f"0.{fraction}") * 1e6))

    def frame(self, prefix: str) -> str | None:
        """Return the reference frame of an object."""
        value = self.text(f"{prefix}REF_FRAME")
        return None if value is None else read_frame(value)

    def radius(self, prefix: str) -> float | None:
        """Return the hard-body radius of an object in metres, from the comment in which operators state it.

        A comment that begins with HBR states the combined radius of both objects; it is assigned to the first object.
        """
        value = self.text(f"{prefix}{RADIUS}")
        if value is None and prefix == PREFIXES[1] and _COMBINED_RADIUS.match(self.text(PREFIXES[0] + RADIUS) or ""):
            return 0.0
        match = None if value is None else _METRES.search(value.strip())
        return read_number(match[1]) if match else None

    @property
    def other_radii(self) -> list[str]:
        """Remarks on radii that are not the hard-body radius of an object."""
        comments = [text for prefix in ("", *PREFIXES) for text in self._comments(prefix)]
        volumes = [self.text(f"{prefix}{EXCLUSION_RADIUS}") for prefix in PREFIXES]
        return [text for text in comments if _ANY_RADIUS.search(text)] + [text for text in volumes if text]

    def _comments(self, prefix: str) -> list[str]:
        comments = self.flat.get(f"{prefix}COMMENTS")
        return [str(text) for text in comments] if isinstance(comments, list) else []


def read_cdm(form: str, content: object, path: str) -> Cdm:
    """Read a message. Raises an InputProblemError that names the invalid field."""
    if form == "cdm.kvn":
        if not isinstance(content, str):
            raise InputProblemError(f"{path} must be the text of a CDM in KVN")
        flat = _from_kvn(content, path)
    elif isinstance(content, list):
        raise InputProblemError(f"{path} must be one CDM as a JSON object; send one element of a downloaded array")
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
        if read_number(flat[key]) is None:
            raise InputProblemError(f"{path}.{key} must be a number, not {str(flat[key])[:80]!r}")
        unit, expected = flat.get(f"{key}_UNIT"), UNITS.get(key.removeprefix("SAT1_").removeprefix("SAT2_"))
        if unit not in (None, "") and expected and _plain_unit(unit) != _plain_unit(expected):
            raise InputProblemError(f"{path}.{key}_UNIT is {str(unit)[:20]!r}; a CDM states {key} in {expected}")
    for key in _TIMES:
        if flat.get(key) not in (None, "") and read_epoch(flat[key]) is None:
            raise InputProblemError(f"{path}.{key} must be a UTC time, not {str(flat[key])[:80]!r}")
    for key in ("SAT1_REF_FRAME", "SAT2_REF_FRAME"):
        if flat.get(key) not in (None, "") and read_frame(flat[key]) in (None, "TEME"):
            raise InputProblemError(f"{path}.{key} must be GCRF, EME2000 or ITRF, not {str(flat[key])[:80]!r}")


def _plain_unit(unit: object) -> str:
    # Some programs escape the slash of km/s for JSON twice.
    return re.sub(r"[\s\[\]\\]", "", str(unit).lower()).replace("^", "**")


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
            elif _COMBINED_RADIUS.match(comment):
                flat[PREFIXES[0] + RADIUS] = comment
            else:
                flat.setdefault(f"{prefix}COMMENTS", []).append(comment)
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not _KEYWORD.fullmatch(key) or (not flat and key != "CCSDS_CDM_VERS"):
            raise InputProblemError(f"{path}, line {index}, must be KEYWORD = value: {line[:80]!r}")
        value, unit = _split_unit(value)
        if key == "OBJECT":
            prefix = {"OBJECT1": "SAT1_", "OBJECT2": "SAT2_"}.get(value.upper(), "")
            if not prefix:
                raise InputProblemError(f"{path}, line {index}: OBJECT must be OBJECT1 or OBJECT2, not {value[:20]!r}")
        if prefix + key in flat:
            raise InputProblemError(f"{path}, line {index}: {key} appears twice")
        flat[prefix + key] = value
        if unit is not None:
            flat[f"{prefix}{key}_UNIT"] = unit
    if not prefix:
        raise InputProblemError(f"{path} is not a CDM in KVN: it has no line OBJECT = OBJECT1")
    return flat


def _split_unit(text: str) -> tuple[str, str | None]:
    """Split `12.5 [m]` into value and unit."""
    value, bracket, unit = text.removesuffix("]").rpartition("[")
    if not text.endswith("]") or not bracket or "]" in unit:
        return text, None
    return value.rstrip(), unit


def space_track_time(moment: datetime) -> str:
    """Return a time in Space-Track's format, without the fraction of a second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
