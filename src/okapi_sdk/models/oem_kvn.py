"""Orbit ephemeris messages as KVN text, version 2.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import InputError, InputProblem
from .kvn import Line, count_in, first_line, in_utc, lines, number_in, remarks, utc_text, value_text, written

if TYPE_CHECKING:
    from .oem import Oem, OemSegment

STATE = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
ACCELERATION = ("x_ddot", "y_ddot", "z_ddot")
ROWS = tuple(tuple(f"c{row}_{column}" for column in STATE[: index + 1]) for index, row in enumerate(STATE))
"""The lower triangle of a covariance, row by row."""
_TIMES = ("creation_date", "start_time", "useable_start_time", "useable_stop_time", "stop_time", "epoch")
_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(_TIMES, in_utc), "ccsds_oem_vers": number_in, "interpolation_degree": count_in,
}  # fmt: skip
_NUMBERS = {*STATE, *ACCELERATION, *(name for row in ROWS for name in row)}
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
        line = first_line(self.lines, "CCSDS_OEM_VERS")
        header: dict[str, Any] = {}
        while True:
            comment = line.comment
            if comment is not None:
                header["comments"] = (*header.get("comments", ()), comment)
            elif line.text.upper() == "META_START":
                break
            else:
                self._pair(line, header, "header")
            found = next(self.lines, None)
            if found is None:
                raise line.refused("META_START after the header", "pass the whole text")
            line = found
        following: Line | None = line
        while following is not None:
            if following.text.upper() != "META_START":
                raise following.refused("META_START, or a state: epoch, x, y, z, x_dot, y_dot, z_dot", "correct it")
            following = self._segment(following)
        return {"header": header, "segments": self.segments}, self.numbers

    def _segment(self, start: Line) -> Line | None:
        path = f"segments.{len(self.segments)}"
        self.numbers[path] = start.number
        states: list[dict[str, Any]] = []
        segment: dict[str, Any] = {"data": states}
        self.segments.append(segment)
        for line in self._until("META_STOP", start):
            comment = line.comment
            if comment is not None:
                segment["comments"] = (*segment.get("comments", ()), comment)
            else:
                self._pair(line, segment, path)
        if str(segment.get("time_system", "UTC")).upper() != "UTC":
            line = Line(self.numbers[f"{path}.time_system"], f"TIME_SYSTEM = {segment['time_system']}")
            raise line.refused("times in UTC, the only system that the platform takes", "convert the times")
        remarks_before: tuple[str, ...] = ()
        for line in self.lines:
            word = line.text.upper()
            if line.comment is not None:
                remarks_before = (*remarks_before, line.comment)
            elif word == "COVARIANCE_START":
                self._covariances(line, segment, path)
            elif word == "META_START" or not line.text[0].isdigit():
                return line
            else:
                self.numbers[f"{path}.data.{len(states)}"] = line.number
                states.append(_state(line, remarks_before))
                remarks_before = ()
        return None

    def _until(self, end: str, start: Line) -> Iterator[Line]:
        for line in self.lines:
            if line.text.upper() == end:
                return
            yield line
        raise start.refused(f"{end} after it", "pass the whole text")

    def _pair(self, line: Line, found: dict[str, Any], path: str) -> None:
        key, value = line.pair()
        name = key.lower()
        if name in found:
            raise line.refused(f"{key} once in its block", "remove one of them")
        found[name] = _value(line, name, value)
        self.numbers[f"{path}.{name}"] = line.number

    def _covariances(self, start: Line, segment: dict[str, Any], path: str) -> None:
        states: list[dict[str, Any]] = segment["data"]
        by_epoch = {_moment(state["epoch"]): index for index, state in enumerate(states)}
        state: dict[str, Any] = {}
        frame, row, place = segment.get("ref_frame", "GCRF"), len(ROWS), path
        for line in self._until("COVARIANCE_STOP", start):
            if line.comment is not None:
                continue
            if "=" in line.text:
                key, value = line.pair()
                if row != len(ROWS):
                    raise line.refused(f"row {row + 1} of a covariance", "give all six rows of the lower triangle")
                if key == "COV_REF_FRAME" and state:
                    frame = state["cov_ref_frame"] = value
                elif key == "EPOCH" and (found := by_epoch.get(_moment(in_utc(value)))) is not None:
                    state, row, place = states[found], 0, f"{path}.data.{found}"
                    state["cov_ref_frame"] = frame
                elif key == "EPOCH":
                    raise line.refused(
                        "the epoch of one of the states above: here a covariance belongs to its state",
                        "remove this covariance, or send the text as it is: Tagged(type='oem.kvn', content=text)",
                    )
                else:
                    raise line.refused("EPOCH, then COV_REF_FRAME, then the rows", "correct it")
                continue
            values = line.text.split()
            if row == len(ROWS) or len(values) != row + 1:
                raise line.refused("the lower triangle: one number, then two, up to six", "correct the covariance")
            for name, value in zip(ROWS[row], values, strict=True):
                state[name] = _value(line, name, value)
                self.numbers[f"{place}.{name}"] = line.number
            row += 1
        if row != len(ROWS):
            raise start.refused("six rows in each covariance", "give the whole lower triangle")


def _state(line: Line, comments: tuple[str, ...]) -> dict[str, Any]:
    epoch, *values = line.text.split()
    if len(values) not in (len(STATE), len(STATE) + len(ACCELERATION)):
        raise line.refused(
            f"an epoch and 6 numbers, or 9 with accelerations; here are {len(values)}", "complete the line"
        )
    names = (*STATE, *ACCELERATION)[: len(values)]
    numbers = {name: _value(line, name, value) for name, value in zip(names, values, strict=True)}
    return {"epoch": in_utc(epoch), "comments": comments, **numbers}


def _value(line: Line, name: str, text: str) -> object:
    try:
        return _READERS.get(name, number_in if name in _NUMBERS else str)(text)
    except ValueError:
        wrong = f"{name.upper()} as a number"
    raise line.refused(wrong, "for example 7000.1 or 1.2E-05")


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
    yield written(kind, "header.ccsds_oem_vers", "CCSDS_OEM_VERS", value_text(header.ccsds_oem_vers))
    yield from remarks(kind, "header.comments", header.comments)
    for name, remedy in (
        ("creation_date", "OemHeader(creation_date=...)"),
        ("originator", "OemHeader(originator=...)"),
    ):
        value = getattr(header, name)
        if not value:
            raise _refused(oem, f"header.{name}", "nothing", "required in KVN", remedy)
        yield written(kind, f"header.{name}", name.upper(), value_text(value))
    for index, segment in enumerate(oem.segments):
        yield ""
        yield from _segment_lines(oem, segment, f"segments.{index}")


def _segment_lines(oem: Oem, segment: OemSegment, path: str) -> Iterator[str]:
    kind = type(oem)
    if segment.time_system != "UTC":
        raise _refused(oem, f"{path}.time_system", segment.time_system, "UTC: epochs are held in it", "set it to UTC")
    if not segment.data:
        raise _refused(oem, f"{path}.data", "no states", "at least one state", "leave the segment out")
    span = {"start_time": segment.data[0].epoch, "stop_time": segment.data[-1].epoch}
    yield "META_START"
    yield from remarks(kind, f"{path}.comments", segment.comments)
    for name in _META:
        value = getattr(segment, name)
        if value is None:
            value = span.get(name)
        if value is not None:
            yield written(kind, f"{path}.{name}", name.upper(), value_text(value))
    yield "META_STOP"
    yield ""
    held: dict[datetime, Any] = {}
    for index, state in enumerate(segment.data):
        yield from remarks(kind, f"{path}.data.{index}.comments", state.comments)
        values = [getattr(state, name) for name in STATE]
        more = [getattr(state, name, None) for name in ACCELERATION]
        yield " ".join([utc_text(state.epoch), *map(str, values + (more if None not in more else []))])
        if any(getattr(state, name) is not None for row in ROWS for name in row):
            held[state.epoch] = state
    if held:
        yield ""
        yield "COVARIANCE_START"
        for state in held.values():
            yield written(kind, f"{path}.data", "EPOCH", utc_text(state.epoch))
            yield written(kind, f"{path}.data", "COV_REF_FRAME", state.cov_ref_frame or "RTN")
            for row in ROWS:
                yield " ".join(str(getattr(state, name) or 0.0) for name in row)
        yield "COVARIANCE_STOP"


def _refused(oem: Oem, field: str, value: str, allowed: str, remedy: str) -> InputError:
    return InputError(type(oem).__name__, (InputProblem(field, value, allowed, remedy),))
