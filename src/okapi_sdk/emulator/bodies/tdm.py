"""Tracking data messages in a body: KVN text of CCSDS 503.0-B, versions 1.0 and 2.0.

Only angles and ranges are read. Other observations are counted, so that a status can name them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .fields import InputProblemError
from .values import read_epoch, read_frame, read_number

SPEED_OF_LIGHT = 299_792.458
"""In km/s."""
_ANGLES = {"AZEL": ("azimuth", "elevation"), "RADEC": ("right_ascension", "declination")}
_LIGHT = {"": 0, "RECEIVE": -1, "TRANSMIT": 1}
_LARGEST_RANGE = 1e7
_MOST_OBSERVATIONS = 100_000


@dataclass(frozen=True)
class Measured:
    """One scalar: `component` is range (km), azimuth, elevation, right_ascension or declination (degrees)."""

    epoch: datetime
    component: str
    value: float


@dataclass(frozen=True)
class TdmSegment:
    """Observations with the same participants.

    `frame`: that of right ascensions and declinations. `light`: -1 if the times are those of reception, 1 if they are
    those of transmission, 0 if the segment does not say. `two_way`: a signal went there and back. `others`: the number
    of observations of each keyword that is not read.
    """

    participants: tuple[str, ...]
    track_id: str | None
    frame: str
    light: int
    two_way: bool
    measured: tuple[Measured, ...]
    others: Mapping[str, int]


def read_tdm(content: object, path: str) -> tuple[TdmSegment, ...]:
    """Read a message. Raises an InputProblemError that names the line or the keyword."""
    if not isinstance(content, str):
        raise InputProblemError(f"{path} must be the text of a TDM in KVN")
    header: dict[str, str] = {}
    segments: list[TdmSegment] = []
    metadata: dict[str, str] = {}
    rows: list[tuple[int, str, str]] = []
    section = "header"
    for index, line in enumerate(content.removeprefix("\ufeff").splitlines(), 1):
        line = line.strip()
        key, equals, value = (part.strip() for part in line.partition("="))
        if not line or line == "COMMENT" or line.startswith("COMMENT "):
            continue
        if line in _SECTIONS and section in _SECTIONS[line][0]:
            section = _SECTIONS[line][1]
            if line == "META_START":
                metadata, rows = {}, []
            elif line == "DATA_STOP":
                segments.append(_segment(metadata, rows, path))
        elif section == "header" and equals:
            header[key] = value
        elif section == "metadata" and equals:
            metadata[key] = value
        elif section == "data" and equals:
            rows.append((index, key, value))
        else:
            raise InputProblemError(f"{path}, line {index}, does not belong in the {section} of a TDM: {line[:80]!r}")
    if "CCSDS_TDM_VERS" not in header:
        raise InputProblemError(f"{path} must be a TDM in KVN, which begins with CCSDS_TDM_VERS")
    if not segments or section != "end of a segment":
        raise InputProblemError(f"{path} must have a segment with META_START, META_STOP, DATA_START and DATA_STOP")
    if sum(len(one.measured) for one in segments) > _MOST_OBSERVATIONS:
        raise InputProblemError(f"{path} has more than {_MOST_OBSERVATIONS:,} angles and ranges")
    return tuple(segments)


# The sections that a line may end, and the one that it begins.
_SECTIONS = {
    "META_START": (("header", "end of a segment"), "metadata"),
    "META_STOP": (("metadata",), "middle of a segment"),
    "DATA_START": (("middle of a segment",), "data"),
    "DATA_STOP": (("data",), "end of a segment"),
}


def _segment(metadata: Mapping[str, str], rows: list[tuple[int, str, str]], path: str) -> TdmSegment:
    if (system := metadata.get("TIME_SYSTEM", "UTC")) != "UTC":
        raise InputProblemError(f"{path}: TIME_SYSTEM must be UTC, not {system[:20]!r}")
    participants = tuple(metadata[name] for index in range(1, 6) if (name := f"PARTICIPANT_{index}") in metadata)
    if not participants:
        raise InputProblemError(f"{path}: PARTICIPANT_1 is missing")
    if (reference := metadata.get("TIMETAG_REF", "")) not in _LIGHT:
        raise InputProblemError(f"{path}: TIMETAG_REF must be TRANSMIT or RECEIVE, not {reference[:20]!r}")
    measured: list[Measured] = []
    others: Counter[str] = Counter()
    for index, keyword, text in rows:
        here = f"{path}, line {index}"
        words = text.split()
        if len(words) != 2 or (epoch := read_epoch(words[0])) is None or (value := read_number(words[1])) is None:
            raise InputProblemError(f"{here}, must have a UTC time and a number after {keyword[:40]}")
        if keyword == "RANGE":
            measured.append(Measured(epoch, "range", _range(value, metadata, here)))
        elif keyword in ("ANGLE_1", "ANGLE_2"):
            measured.append(_angle(keyword, epoch, value, metadata, here))
        else:
            others[keyword[:40]] += 1
    path_text = metadata.get("PATH", "")
    return TdmSegment(
        participants=participants,
        track_id=metadata.get("TRACK_ID"),
        frame=_frame(metadata, path) if any(one.component == "declination" for one in measured) else "EME2000",
        light=_LIGHT[reference],
        two_way=len(re.findall(r"\d", path_text)) > 2,
        measured=tuple(measured),
        others=dict(others),
    )


def _frame(metadata: Mapping[str, str], path: str) -> str:
    frame = read_frame(metadata.get("REFERENCE_FRAME", "EME2000"))
    if frame in (None, "ITRF"):
        raise InputProblemError(f"{path}: REFERENCE_FRAME of right ascensions must be EME2000, ICRF, GCRF or TEME")
    return str(frame)


def _range(value: float, metadata: Mapping[str, str], here: str) -> float:
    unit = metadata.get("RANGE_UNITS", "km")
    if unit not in ("km", "s"):
        raise InputProblemError(f"{here}: RANGE_UNITS must be km or s, not {unit[:20]!r}")
    if read_number(metadata.get("RANGE_MODULUS", "0")) != 0:
        raise InputProblemError(f"{here}: ambiguous ranges (RANGE_MODULUS) are not read")
    value = (value + _correction("CORRECTION_RANGE", metadata, here)) * (SPEED_OF_LIGHT if unit == "s" else 1)
    if not 0 < value < _LARGEST_RANGE:
        raise InputProblemError(f"{here}: a range of {value:g} km is not that of an object around the Earth")
    return value


def _angle(keyword: str, epoch: datetime, value: float, metadata: Mapping[str, str], here: str) -> Measured:
    kind = metadata.get("ANGLE_TYPE", "")
    if kind not in _ANGLES:
        raise InputProblemError(f"{here}: ANGLE_TYPE must be AZEL or RADEC, not {kind[:20]!r}")
    second = keyword == "ANGLE_2"
    value += _correction(f"CORRECTION_{keyword}", metadata, here)
    if not (-90 <= value <= 90 if second else -180 <= value <= 360):
        bounds = "-90 to 90" if second else "-180 to 360"
        raise InputProblemError(f"{here}: {keyword} is {value:g} degrees; it must be from {bounds}")
    return Measured(epoch, _ANGLES[kind][second], value)


def _correction(name: str, metadata: Mapping[str, str], here: str) -> float:
    """Return a correction to add: 0 if there is none, or if it has been applied."""
    if name not in metadata or metadata.get("CORRECTIONS_APPLIED") == "YES":
        return 0.0
    if metadata.get("CORRECTIONS_APPLIED") != "NO":
        raise InputProblemError(f"{here}: CORRECTIONS_APPLIED must be YES or NO, because there is a {name}")
    value = read_number(metadata[name])
    if value is None:
        raise InputProblemError(f"{here}: {name} must be a number")
    return value
