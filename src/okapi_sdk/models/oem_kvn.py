"""Orbit ephemeris messages as KVN text, versions 1.0, 2.0 and 3.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import InputError, InputProblem
from .base import short
from .kvn import (
    Line,
    count_in,
    first_line,
    in_utc,
    lines,
    number_in,
    number_text,
    read_value,
    remarks,
    utc_text,
    value_text,
    written,
)  # fmt: skip

if TYPE_CHECKING:
    from .oem import Oem, OemSegment

STATE = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
ACCELERATION = ("x_ddot", "y_ddot", "z_ddot")
ROWS = tuple(tuple(f"c{row}_{column}" for column in STATE[: index + 1]) for index, row in enumerate(STATE))
"""The lower triangle of a covariance, row by row."""
_ELEMENTS = sum(map(len, ROWS))
_TIMES = ("creation_date", "start_time", "useable_start_time", "useable_stop_time", "stop_time", "epoch")
_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(_TIMES, in_utc), "ccsds_oem_vers": number_in, "interpolation_degree": count_in,
}  # fmt: skip
_REQUIRED = {
    "creation_date": "OemHeader(creation_date=...)", "originator": "OemHeader(originator=...)",
}  # fmt: skip
_VERSIONS = (1.0, 2.0, 3.0)
_HEADER = ("classification", "creation_date", "originator", "message_id")
_META = (
    "object_name", "object_id", "center_name", "ref_frame", "ref_frame_epoch", "time_system", "start_time",
    "useable_start_time", "useable_stop_time", "stop_time", "interpolation", "interpolation_degree",
)  # fmt: skip


def read(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """KVN text as fields of an `Oem`, and the line of each.

    Raises:
        InputError: with the number of a line that cannot be read.
    """
    return _Reader(text).message()


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = lines(text)
        self.numbers: dict[str, int] = {}
        self.segments: list[dict[str, Any]] = []

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = first_line(self.lines, "CCSDS_OEM_VERS")
        self.numbers[""] = first.number
        header: dict[str, Any] = {}
        self._pair(first, header, "header")
        for line in self._until("META_START", first):
            self._entry(line, header, "header")
        following: Line | None = self._segment(self.latest)
        while following is not None:
            if following.text.upper() != "META_START":
                raise following.refused("META_START, or a state: epoch, x, y, z, x_dot, y_dot, z_dot", "correct it")
            following = self._segment(following)
        return {"header": header, "segments": self.segments}, self.numbers

    def _until(self, end: str, start: Line) -> Iterator[Line]:
        for line in self.lines:
            if line.text.upper() == end:
                self.latest = line
                return
            yield line
        raise start.refused(f"{end} after it", "pass the whole text")

    def _entry(self, line: Line, block: dict[str, Any], path: str) -> None:
        comment = line.comment
        if comment is None:
            self._pair(line, block, path)
        else:
            _add_remarks(block, "comments", [comment])

    def _pair(self, line: Line, block: dict[str, Any], path: str) -> None:
        keyword, value = line.pair()
        name = keyword.lower()
        place = f"{path}.{name}"
        if place in self.numbers:
            raise line.refused(f"{keyword} once; it stands in line {self.numbers[place]} too", "remove one of them")
        if name in ("comments", "covariance_comments", "data"):
            raise line.refused("a keyword of the standard", "write remarks as COMMENT and the remark")
        block[name] = read_value(line, keyword, _READERS.get(name, str), value)
        self.numbers[place] = line.number

    def _segment(self, start: Line) -> Line | None:
        path = f"segments.{len(self.segments)}"
        self.numbers[path] = start.number
        states: list[dict[str, Any]] = []
        segment: dict[str, Any] = {"data": states}
        self.segments.append(segment)
        for line in self._until("META_STOP", start):
            self._entry(line, segment, path)
        if str(segment.get("time_system", "UTC")).upper() != "UTC":
            line = Line(self.numbers[f"{path}.time_system"], f"TIME_SYSTEM = {segment['time_system']}")
            raise line.refused("times in UTC, the only system that the platform takes", "convert the times")
        waiting: list[str] = []
        following = None
        for line in self.lines:
            comment = line.comment
            word = line.text.upper()
            if comment is not None:
                waiting.append(comment)
            elif word == "COVARIANCE_START":
                _add_remarks(segment, "covariance_comments", waiting)
                self._covariances(line, segment, path)
            elif word == "META_START" or not line.text[0].isdigit():
                following = line
                break
            else:
                self.numbers[f"{path}.data.{len(states)}"] = line.number
                states.append(_state(line))
                _add_remarks(states[-1], "comments", waiting)
        _add_remarks(segment, "comments", waiting)
        return following

    def _covariances(self, start: Line, segment: dict[str, Any], path: str) -> None:
        states: list[dict[str, Any]] = segment["data"]
        by_epoch = {_moment(state["epoch"]): index for index, state in enumerate(states)}
        state: dict[str, Any] = {}
        row, place = len(ROWS), path
        for line in self._until("COVARIANCE_STOP", start):
            comment = line.comment
            if comment is not None:
                _add_remarks(segment, "covariance_comments", [comment])
            elif "=" in line.text:
                keyword, value = line.pair()
                if keyword == "COV_REF_FRAME" and row == 0:
                    state["cov_ref_frame"] = value
                elif keyword == "EPOCH" and row == len(ROWS):
                    found = by_epoch.pop(_moment(read_value(line, keyword, in_utc, value)), None)
                    if found is None:
                        raise line.refused(
                            "the epoch of one of the states above, once: here a covariance belongs to its state",
                            "remove this covariance, or send the text as it is: Tagged(type='oem.kvn', content=text)",
                        )
                    state, row, place = states[found], 0, f"{path}.data.{found}"
                    state["cov_ref_frame"] = segment.get("ref_frame", "GCRF")
                else:
                    raise line.refused("EPOCH, then COV_REF_FRAME, then six rows", "correct the covariance")
            else:
                values = line.text.split()
                if row == len(ROWS) or len(values) != row + 1:
                    raise line.refused("the lower triangle: one number, then two, up to six", "correct the covariance")
                for name, value in zip(ROWS[row], values, strict=True):
                    state[name] = read_value(line, name.upper(), number_in, value)
                    self.numbers[f"{place}.{name}"] = line.number
                row += 1
        if row != len(ROWS):
            raise start.refused("six rows in each covariance", "give the whole lower triangle")


def _add_remarks(block: dict[str, Any], name: str, waiting: list[str]) -> None:
    if waiting:
        block[name] = (*block.get(name, ()), *waiting)
        waiting.clear()


def _state(line: Line) -> dict[str, Any]:
    epoch, *values = line.text.split()
    if len(values) not in (len(STATE), len(STATE) + len(ACCELERATION)):
        raise line.refused(
            f"an epoch and 6 numbers, or 9 with accelerations; here are {len(values)}", "complete the line"
        )
    names = (*STATE, *ACCELERATION)[: len(values)]
    numbers = {
        name: read_value(line, name.upper(), number_in, value) for name, value in zip(names, values, strict=True)
    }
    return {"epoch": read_value(line, "EPOCH", in_utc, epoch), **numbers}


def _moment(text: object) -> object:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return text


def write(oem: Oem) -> str:
    """An `Oem` as KVN text.

    Raises:
        InputError: naming what the standard requires and is missing, or has no place for.
    """
    return "".join(f"{line}\n" for line in _lines(oem))


def _lines(oem: Oem) -> Iterator[str]:
    kind, header = type(oem), oem.header
    if header.ccsds_oem_vers not in _VERSIONS:
        raise _refused(oem, "header.ccsds_oem_vers", header.ccsds_oem_vers, "1.0, 2.0 or 3.0", "give one of them")
    yield written(kind, "header.ccsds_oem_vers", "CCSDS_OEM_VERS", value_text(header.ccsds_oem_vers))
    yield from remarks(kind, "header.comments", header.comments)
    for name in _HEADER:
        value = getattr(header, name)
        if value is None and name in _REQUIRED:
            raise _refused(oem, f"header.{name}", None, "required in KVN", _REQUIRED[name])
        if value is None:
            continue
        if name not in _REQUIRED and header.ccsds_oem_vers < 3:
            raise _refused(oem, f"header.{name}", value, "in version 3.0 only", "OemHeader(ccsds_oem_vers=3.0)")
        yield written(kind, f"header.{name}", name.upper(), value_text(value))
    for index, segment in enumerate(oem.segments):
        yield ""
        yield from _metadata_lines(oem, segment, f"segments.{index}")
        yield ""
        yield from _state_lines(oem, segment, f"segments.{index}")


def _metadata_lines(oem: Oem, segment: OemSegment, path: str) -> Iterator[str]:
    kind = type(oem)
    if segment.time_system != "UTC":
        raise _refused(oem, f"{path}.time_system", segment.time_system, "UTC: epochs are held in it", "set it to UTC")
    if not segment.data:
        raise _refused(oem, f"{path}.data", None, "at least one state", "leave the segment out")
    if segment.interpolation is not None and segment.interpolation_degree is None:
        raise _refused(oem, f"{path}.interpolation_degree", None, "required with an interpolation", "give it")
    first, last = segment.data[0].epoch, segment.data[-1].epoch
    for name, wrong in (
        ("start_time", segment.start_time is not None and segment.start_time > first),
        ("stop_time", segment.stop_time is not None and segment.stop_time < last),
    ):
        if wrong:
            allowed = "a span that holds all states"
            raise _refused(oem, f"{path}.{name}", getattr(segment, name), allowed, "correct it, or leave it out")
    span = {"start_time": first, "stop_time": last}
    yield "META_START"
    yield from remarks(kind, f"{path}.comments", segment.comments)
    for name in _META:
        value = getattr(segment, name)
        if value is None:
            value = span.get(name)
        if value is not None:
            yield written(kind, f"{path}.{name}", name.upper(), value_text(value))
    yield "META_STOP"


def _state_lines(oem: Oem, segment: OemSegment, path: str) -> Iterator[str]:
    kind, held = type(oem), []
    yield from remarks(kind, f"{path}.data.0.comments", segment.data[0].comments)
    before = None
    for index, state in enumerate(segment.data):
        place = f"{path}.data.{index}"
        if before is not None and state.epoch <= before:
            raise _refused(oem, f"{place}.epoch", state.epoch, "later than that of the state before it", "sort them")
        if index and state.comments:
            remedy = "give them to the first state or to the segment"
            raise _refused(oem, f"{place}.comments", state.comments, "remarks before the first state only", remedy)
        before = state.epoch
        values = [getattr(state, name) for name in STATE]
        more = [getattr(state, name, None) for name in ACCELERATION]
        yield " ".join([utc_text(before), *map(number_text, values + (more if None not in more else []))])
        missing = [name for row in ROWS for name in row if getattr(state, name) is None]
        if not missing:
            held.append(state)
        elif len(missing) < _ELEMENTS:
            allowed = "required with the other elements of the covariance in KVN"
            raise _refused(oem, f"{place}.{missing[0]}", None, allowed, "give it; 0.0 where that is meant")
    if held or segment.covariance_comments:
        yield ""
        yield "COVARIANCE_START"
        yield from remarks(kind, f"{path}.covariance_comments", segment.covariance_comments)
        for state in held:
            yield written(kind, f"{path}.data", "EPOCH", utc_text(state.epoch))
            yield written(kind, f"{path}.data", "COV_REF_FRAME", state.cov_ref_frame or "RTN")
            for row in ROWS:
                yield " ".join(number_text(getattr(state, name)) for name in row)
        yield "COVARIANCE_STOP"


def _refused(oem: Oem, field: str, value: object, allowed: str, remedy: str) -> InputError:
    given = "nothing" if value is None else short(value)
    return InputError(type(oem).__name__, (InputProblem(field, given, allowed, remedy),))
