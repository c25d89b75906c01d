"""Orbit ephemeris messages in a body: the platform's JSON, or KVN text of CCSDS 502.0-B.

States are checked when a message is read. Covariances, which only a screening needs, are checked when they are used.
Accelerations and manoeuvres are ignored, and so are covariances in KVN that have no state at their epoch, for which the
JSON has no place, or not all elements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .cartesian import COVARIANCE, STATE
from .fields import Fields, InputProblemError
from .values import read_epoch, read_frame, read_number

FORMS = ("oem.json", "oem.kvn")
# Kilometres and kilometres per second.
_LARGEST_POSITION, _LARGEST_SPEED = 1e7, 1e2
_LONGEST_ID = 80
_HEADER = ("CCSDS_OEM_VERS", "CREATION_DATE", "ORIGINATOR")


@dataclass(frozen=True)
class Segment:
    """States in one frame: `rows` of position (km) and velocity (km/s) at `epochs` in ascending order."""

    frame: str
    epochs: tuple[datetime, ...]
    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Oem:
    """An ephemeris: its object's ID, its segments in chronological order, and the message in the platform's JSON."""

    object_id: str
    segments: tuple[Segment, ...]
    message: Mapping[str, Any]

    @property
    def start(self) -> datetime:
        """The first epoch."""
        return self.segments[0].epochs[0]

    @property
    def end(self) -> datetime:
        """The last epoch."""
        return self.segments[-1].epochs[-1]

    def gap(self, start: datetime, end: datetime) -> str | None:
        """Return the part of a span that the ephemeris does not cover, in words; None if it covers the whole span."""
        if start < self.start or end > self.end:
            return f"the ephemeris covers {self.start.isoformat()} to {self.end.isoformat()}"
        for before, after in zip(self.segments, self.segments[1:], strict=False):
            if before.epochs[-1] < min(after.epochs[0], end) and start < after.epochs[0]:
                hole = f"{before.epochs[-1].isoformat()} and {after.epochs[0].isoformat()}"
                return f"the ephemeris has no states between {hole}"
        return None


def read_oem(form: str, content: object, path: str) -> Oem:
    """Read a message. Raises an InputProblemError that names the invalid field."""
    if form == "oem.kvn":
        if not isinstance(content, str):
            raise InputProblemError(f"{path} must be the text of an OEM in KVN")
        message = _from_kvn(content, path)
    elif isinstance(content, Mapping):
        message = dict(content)
    else:
        raise InputProblemError(f"{path} must be an OEM as a JSON object")
    blocks = message.get("OEM_META_DATA_DATA")
    if not isinstance(blocks, list) or not blocks:
        raise InputProblemError(f"{path}.OEM_META_DATA_DATA must be a list of segments")
    segments = []
    for index, block in enumerate(blocks):
        segments.append(_segment(block, f"{path}.OEM_META_DATA_DATA[{index}]"))
        if index and segments[-1].epochs[0] < segments[-2].epochs[-1]:
            raise InputProblemError(f"{path}.OEM_META_DATA_DATA[{index}] begins before the previous segment ends")
    object_id = str(blocks[0].get("OBJECT_ID") or "")
    if len(object_id) > _LONGEST_ID:
        raise InputProblemError(f"{path}.OEM_META_DATA_DATA[0].OBJECT_ID is longer than {_LONGEST_ID} characters")
    return Oem(object_id, tuple(segments), message)


def _segment(block: object, path: str) -> Segment:
    fields = Fields(block, path)
    frame = read_frame(fields.take("REF_FRAME"))
    if frame is None:
        raise InputProblemError(f"{path}.REF_FRAME must be GCRF, ICRF, EME2000, J2000, TEME or ITRF2000")
    if (system := fields.take("TIME_SYSTEM")) != "UTC":
        raise InputProblemError(
            f"{path}.TIME_SYSTEM must be UTC, the only time system that the platform accepts, not {system!r}"
        )
    if str(fields.take("CENTER_NAME")).upper() != "EARTH":
        raise InputProblemError(f"{path}.CENTER_NAME must be EARTH")
    rows = fields.take("DATA")
    if not isinstance(rows, list) or not rows:
        raise InputProblemError(f"{path}.DATA must be a list of states")
    epochs: list[datetime] = []
    states: list[tuple[float, ...]] = []
    for index, row in enumerate(rows):
        here = f"{path}.DATA[{index}]"
        if not isinstance(row, Mapping):
            raise InputProblemError(f"{here} must be a JSON object")
        epoch = read_epoch(row.get("EPOCH"))
        if epoch is None:
            raise InputProblemError(f"{here}.EPOCH must be a UTC time, not {str(row.get('EPOCH'))[:80]!r}")
        if epochs and epoch <= epochs[-1]:
            raise InputProblemError(f"{here}.EPOCH is not after the previous epoch")
        state = []
        for name in STATE:
            value = row.get(name)
            if isinstance(value, str) or (component := read_number(value)) is None:
                raise InputProblemError(f"{here}.{name} must be a number, not {str(value)[:80]!r}")
            if abs(component) > (_LARGEST_SPEED if name.endswith("DOT") else _LARGEST_POSITION):
                raise InputProblemError(f"{here}.{name} is {component:g}, too large for an Earth orbit in km and km/s")
            state.append(component)
        epochs.append(epoch)
        states.append(tuple(state))
    return Segment(frame, tuple(epochs), tuple(states))


def _from_kvn(text: str, path: str) -> dict[str, Any]:
    header: dict[str, Any] = {}
    blocks: list[dict[str, Any]] = []
    covariances: list[list[str]] = []
    target, section = header, "header"
    for index, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = line.strip()
        key, equals, value = (part.strip() for part in line.partition("="))
        if not line or line == "COMMENT" or line.startswith("COMMENT "):
            continue
        if line == "META_START":
            target, section = {}, "metadata"
            blocks.append(target)
            covariances.append([])
        elif line == "META_STOP" and section == "metadata":
            target["DATA"], section = [], "data"
        elif line in ("COVARIANCE_START", "COVARIANCE_STOP") and section in ("data", "covariance"):
            section = "covariance" if line == "COVARIANCE_START" else "data"
        elif section == "covariance":
            covariances[-1].append(line)
        elif section == "data" and not equals:
            target["DATA"].append(_state_line(line.split(), f"{path}, line {index},"))
        elif section != "data" and equals:
            target[key] = value
        else:
            raise InputProblemError(f"{path}, line {index}, does not belong in the {section} of an OEM: {line[:80]!r}")
    if "CCSDS_OEM_VERS" not in header:
        raise InputProblemError(f"{path} must be an OEM in KVN, which begins with CCSDS_OEM_VERS")
    for block, lines in zip(blocks, covariances, strict=True):
        _add_covariances(block, lines)
    stated = {name: header[name] for name in _HEADER if name in header}
    return {
        "OEM_HEADER": {**stated, "CCSDS_OEM_VERS": read_number(header["CCSDS_OEM_VERS"])},
        "OEM_META_DATA_DATA": blocks,
    }


def _add_covariances(block: dict[str, Any], lines: list[str]) -> None:
    """Add the complete covariances in the lines of a segment to the states at their epochs."""
    rows = {read_epoch(row["EPOCH"]): row for row in block.get("DATA", ())}
    row: dict[str, Any] | None = None
    frame, words = str(block.get("REF_FRAME")), list[str]()
    for line in (*lines, "EPOCH ="):
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals:
            words += line.split()
        elif key == "COV_REF_FRAME":
            frame = value
        elif key == "EPOCH":
            elements = [read_number(word) for word in words]
            if row is not None and len(elements) == len(COVARIANCE) and None not in elements:
                row |= {"COV_REF_FRAME": frame, **dict(zip(COVARIANCE, elements, strict=True))}
            row, frame, words = rows.get(read_epoch(value)), str(block.get("REF_FRAME")), []


def _state_line(words: list[str], here: str) -> dict[str, Any]:
    if len(words) not in (7, 10):
        raise InputProblemError(f"{here} must have an epoch and 6 numbers, or 9 numbers with accelerations")
    values = [read_number(word) for word in words[1:7]]
    if None in values:
        raise InputProblemError(f"{here} must have numbers after the epoch")
    epoch = read_epoch(words[0])
    if epoch is None:
        raise InputProblemError(f"{here} must begin with a UTC time, not {words[0][:80]!r}")
    return {"EPOCH": _epoch_text(epoch), **dict(zip(STATE, values, strict=True))}


def _epoch_text(moment: datetime) -> str:
    text = moment.replace(tzinfo=None).isoformat(timespec="microseconds")
    return (text.removesuffix("000") if text.endswith("000") else text) + "Z"
