"""Orbit ephemeris messages as KVN text, versions 1.0, 2.0 and 3.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..models.ccsds import CcsdsMessage
from .kvn import (
    Line,
    count_in,
    first_line,
    in_utc,
    number_in,
    number_text,
    read_value,
    remarks,
    utc_text,
    written,
)
from .kvn_blocks import (
    BlockReader,
    add_remarks,
    block_lines,
    head_lines,
    refused,
)
from .oem_blocks import ACCELERATION, STATE, OemHeader, OemSegment

ROWS = tuple(tuple(f"c{row}_{column}" for column in STATE[: index + 1]) for index, row in enumerate(STATE))
"""The lower triangle of a covariance, row by row."""
_ELEMENTS = sum(map(len, ROWS))
_TIMES = ("creation_date", "start_time", "useable_start_time", "useable_stop_time", "stop_time", "epoch")
_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(_TIMES, in_utc), "ccsds_oem_vers": number_in, "interpolation_degree": count_in,
}  # fmt: skip
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


class _Reader(BlockReader):
    readers = _READERS
    not_keywords = frozenset(("comments", "covariance_comments", "data"))

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.segments: list[dict[str, Any]] = []

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = first_line(self.lines, "CCSDS_OEM_VERS")
        self.numbers[""] = first.number
        header: dict[str, Any] = {}
        self.pair(first, header, "header")
        for line in self.until("META_START", first):
            self.entry(line, header, "header")
        following: Line | None = self._segment(self.latest)
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
        for line in self.until("META_STOP", start):
            self.entry(line, segment, path)
        self.check_utc(segment, path)
        waiting: list[str] = []
        following = None
        for line in self.lines:
            comment = line.comment
            word = line.text.upper()
            if comment is not None:
                waiting.append(comment)
            elif word == "COVARIANCE_START":
                add_remarks(segment, "covariance_comments", waiting)
                self._covariances(line, segment, path)
            elif word == "META_START" or not line.text[0].isdigit():
                following = line
                break
            else:
                self.numbers[f"{path}.data.{len(states)}"] = line.number
                states.append(_state(line))
                add_remarks(states[-1], "comments", waiting)
        add_remarks(segment, "comments", waiting)
        return following

    def _covariances(self, start: Line, segment: dict[str, Any], path: str) -> None:
        states: list[dict[str, Any]] = segment["data"]
        by_epoch = {_moment(state["epoch"]): index for index, state in enumerate(states)}
        state: dict[str, Any] = {}
        row, place = len(ROWS), path
        for line in self.until("COVARIANCE_STOP", start):
            comment = line.comment
            if comment is not None:
                add_remarks(segment, "covariance_comments", [comment])
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


def write(message: type[CcsdsMessage], header: OemHeader, segments: Sequence[OemSegment]) -> str:
    """Return an OEM as KVN text. ``message`` is its class, for errors.

    Raises:
        InputError: naming what the standard requires and is missing, or has no place for.
    """
    return "".join(f"{line}\n" for line in _lines(message, header, segments))


def _lines(message: type[CcsdsMessage], header: OemHeader, segments: Sequence[OemSegment]) -> Iterator[str]:
    newer = {"classification": 3.0, "message_id": 3.0}
    yield from head_lines(message, header, "ccsds_oem_vers", (1.0, 2.0, 3.0), newer)
    for index, segment in enumerate(segments):
        yield ""
        yield from _metadata_lines(message, segment, f"segments.{index}")
        yield ""
        yield from _state_lines(message, segment, f"segments.{index}")


def _metadata_lines(message: type[CcsdsMessage], segment: OemSegment, path: str) -> Iterator[str]:
    if segment.time_system != "UTC":
        raise refused(
            message, f"{path}.time_system", segment.time_system, "UTC: epochs are held in it", "set it to UTC"
        )
    if not segment.data:
        raise refused(message, f"{path}.data", None, "at least one state", "leave the segment out")
    if segment.interpolation is not None and segment.interpolation_degree is None:
        raise refused(message, f"{path}.interpolation_degree", None, "required with an interpolation", "give it")
    first, last = segment.data[0].epoch, segment.data[-1].epoch
    for name, wrong in (
        ("start_time", segment.start_time is not None and segment.start_time > first),
        ("stop_time", segment.stop_time is not None and segment.stop_time < last),
    ):
        if wrong:
            allowed = "a span that holds all states"
            raise refused(message, f"{path}.{name}", getattr(segment, name), allowed, "correct it, or leave it out")
    if segment.start_time is None or segment.stop_time is None:
        span = {"start_time": segment.start_time or first, "stop_time": segment.stop_time or last}
        segment = segment.model_copy(update=span)
    yield "META_START"
    yield from remarks(message, f"{path}.comments", segment.comments)
    yield from block_lines(message, segment, path, _META)
    yield "META_STOP"


def _state_lines(message: type[CcsdsMessage], segment: OemSegment, path: str) -> Iterator[str]:
    held = []
    yield from remarks(message, f"{path}.data.0.comments", segment.data[0].comments)
    before = None
    for index, state in enumerate(segment.data):
        place = f"{path}.data.{index}"
        if before is not None and state.epoch <= before:
            raise refused(message, f"{place}.epoch", state.epoch, "later than that of the state before it", "sort them")
        if index and state.comments:
            remedy = "give them to the first state or to the segment"
            raise refused(message, f"{place}.comments", state.comments, "remarks before the first state only", remedy)
        before = state.epoch
        values = [getattr(state, name) for name in STATE]
        more = [getattr(state, name, None) for name in ACCELERATION]
        yield " ".join([utc_text(before), *map(number_text, values + (more if None not in more else []))])
        missing = [name for row in ROWS for name in row if getattr(state, name) is None]
        if not missing:
            held.append(state)
        elif len(missing) < _ELEMENTS:
            allowed = "required with the other elements of the covariance in KVN"
            raise refused(message, f"{place}.{missing[0]}", None, allowed, "give it; 0.0 where that is meant")
    if held or segment.covariance_comments:
        yield ""
        yield "COVARIANCE_START"
        yield from remarks(message, f"{path}.covariance_comments", segment.covariance_comments)
        for state in held:
            yield written(message, f"{path}.data", "EPOCH", utc_text(state.epoch))
            yield written(message, f"{path}.data", "COV_REF_FRAME", state.cov_ref_frame or "RTN")
            for row in ROWS:
                yield " ".join(number_text(getattr(state, name)) for name in row)
        yield "COVARIANCE_STOP"
