"""Orbit ephemeris messages as KVN text, versions 1.0, 2.0 and 3.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..errors import InputError
from ..models.ccsds import CcsdsMessage
from .covariance import ELEMENTS, ROWS, STATE, Covariance, missing_elements
from .kvn import (
    Line,
    comment_lines,
    kvn_line,
    normalize_time,
    number_text,
    parse_count,
    parse_epoch,
    parse_number,
    parse_printed,
    read_value,
    utc_text,
)
from .kvn_blocks import (
    BlockReader,
    add_comments,
    block_lines,
    head_lines,
    write_error,
)
from .oem_blocks import ACCELERATION, OemHeader, OemSegment

_TIMES = ("creation_date", "start_time", "useable_start_time", "useable_stop_time", "stop_time", "epoch")
_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(_TIMES, normalize_time), "ccsds_oem_vers": parse_number, "interpolation_degree": parse_count,
}  # fmt: skip
_META = (
    "object_name", "object_id", "center_name", "ref_frame", "ref_frame_epoch", "time_system", "start_time",
    "useable_start_time", "useable_stop_time", "stop_time", "interpolation", "interpolation_degree",
)  # fmt: skip


def read_oem_kvn(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Parse KVN text and return the fields of an `Oem` with the line number of each.

    Raises:
        InputError: if a line cannot be parsed; the message gives its number.
    """
    return _Reader(text).message()


class _Reader(BlockReader):
    keyword = "CCSDS_OEM_VERS"
    readers = _READERS
    not_keywords = frozenset(("comments", "covariance_comments", "covariances", "data"))

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.segments: list[dict[str, Any]] = []

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = next(self.lines)
        self.numbers[""] = first.number
        header: dict[str, Any] = {}
        self.add_pair(first, header, "header")
        for line in self.lines_until("META_START", first):
            self.add_entry(line, header, "header")
        following: Line | None = self._segment(self.latest)
        while following is not None:
            if following.text.upper() != "META_START":
                raise following.error("META_START, or a state: epoch, x, y, z, x_dot, y_dot, z_dot", "correct the line")
            following = self._segment(following)
        return {"header": header, "segments": self.segments}, self.numbers

    def _segment(self, start: Line) -> Line | None:
        path = f"segments.{len(self.segments)}"
        self.numbers[path] = start.number
        states: list[dict[str, Any]] = []
        segment: dict[str, Any] = {"data": states}
        self.segments.append(segment)
        for line in self.lines_until("META_STOP", start):
            self.add_entry(line, segment, path)
        pending: list[str] = []
        following = None
        for line in self.lines:
            comment = line.comment
            text = line.text.upper()
            if comment is not None:
                pending.append(comment)
            elif text == "COVARIANCE_START":
                add_comments(segment, "covariance_comments", pending)
                self._covariances(line, segment, path)
            elif text == "META_START" or not line.text[0].isdigit():
                following = line
                break
            else:
                self.numbers[f"{path}.data.{len(states)}"] = line.number
                states.append(_state(line))
                add_comments(states[-1], "comments", pending)
        add_comments(segment, "comments", pending)
        return following

    def _covariances(self, start: Line, segment: dict[str, Any], path: str) -> None:
        states: list[dict[str, Any]] = segment["data"]
        free = {state["epoch"]: index for index, state in enumerate(states) if ELEMENTS[0] not in state}
        covariance: dict[str, Any] = {}
        row, covariance_path = len(ROWS), path
        for line in self.lines_until("COVARIANCE_STOP", start):
            comment = line.comment
            if comment is not None:
                add_comments(segment, "covariance_comments", [comment])
            elif "=" in line.text:
                keyword, value = line.pair()
                if keyword == "COV_REF_FRAME" and row == 0:
                    covariance["cov_ref_frame"] = value or covariance["cov_ref_frame"]
                elif keyword == "EPOCH" and row == len(ROWS):
                    epoch = read_value(line, keyword, parse_epoch, value)
                    index = free.pop(epoch, None)
                    if index is None:
                        others = segment.setdefault("covariances", [])
                        covariance, covariance_path = {"epoch": epoch}, f"{path}.covariances.{len(others)}"
                        others.append(covariance)
                        self.numbers[covariance_path] = line.number
                    else:
                        covariance, covariance_path = states[index], f"{path}.data.{index}"
                    row, covariance["cov_ref_frame"] = 0, segment.get("ref_frame") or "GCRF"
                else:
                    raise line.error("EPOCH, COV_REF_FRAME, then six rows of numbers", "correct the covariance")
            else:
                values = line.text.split()
                if row == len(ROWS) or len(values) != row + 1:
                    raise line.error("a lower triangle: rows of one, two, up to six numbers", "correct the covariance")
                for name, value in zip(ROWS[row], values, strict=True):
                    covariance[name] = read_value(line, name.upper(), parse_printed, value)
                    self.numbers[f"{covariance_path}.{name}"] = line.number
                row += 1
        if row != len(ROWS):
            raise start.error("six rows in each covariance", "add the missing rows of the lower triangle")


def _state(line: Line) -> dict[str, Any]:
    epoch, *values = line.text.split()
    if len(values) not in (len(STATE), len(STATE) + len(ACCELERATION)):
        raise line.error(
            f"an epoch and 6 numbers, or 9 with accelerations; this line has {len(values)}", "correct the line"
        )
    names = (*STATE, *ACCELERATION)[: len(values)]
    numbers = {
        name: read_value(line, name.upper(), parse_number, value) for name, value in zip(names, values, strict=True)
    }
    return {"epoch": read_value(line, "EPOCH", parse_epoch, epoch), **numbers}


def write_oem_kvn(message: type[CcsdsMessage], header: OemHeader, segments: Sequence[OemSegment]) -> str:
    """Return an OEM as KVN text. Errors are attributed to the class ``message``.

    Raises:
        InputError: if a required field is missing, or if the standard does not allow a value.
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
        allowed = "UTC, the time system in which the SDK stores epochs"
        raise write_error(message, f"{path}.time_system", segment.time_system, allowed, "set it to UTC")
    if not segment.data:
        raise write_error(message, f"{path}.data", None, "at least one state", "remove the segment")
    if segment.interpolation is not None and segment.interpolation_degree is None:
        allowed = "required with an interpolation method"
        raise write_error(message, f"{path}.interpolation_degree", None, allowed, "pass a value")
    first, last = segment.data[0].epoch, segment.data[-1].epoch
    for name, wrong in (
        ("start_time", segment.start_time is not None and segment.start_time > first),
        ("stop_time", segment.stop_time is not None and segment.stop_time < last),
    ):
        if wrong:
            allowed = "a span that includes all states"
            raise write_error(message, f"{path}.{name}", getattr(segment, name), allowed, "correct or omit it")
    if segment.start_time is None or segment.stop_time is None:
        span = {"start_time": segment.start_time or first, "stop_time": segment.stop_time or last}
        segment = segment.model_copy(update=span)
    yield "META_START"
    yield from comment_lines(message, f"{path}.comments", segment.comments)
    yield from block_lines(message, segment, path, _META)
    yield "META_STOP"


def _state_lines(message: type[CcsdsMessage], segment: OemSegment, path: str) -> Iterator[str]:
    covariances: list[tuple[datetime, Covariance]] = []
    yield from comment_lines(message, f"{path}.data.0.comments", segment.data[0].comments)
    previous = None
    for index, state in enumerate(segment.data):
        state_path = f"{path}.data.{index}"
        if previous is not None and state.epoch <= previous:
            allowed = "later than the epoch of the previous state"
            raise write_error(message, f"{state_path}.epoch", state.epoch, allowed, "sort the states by epoch")
        if index and state.comments:
            allowed, remedy = "comments on the first state only", "move them to the first state or to the segment"
            raise write_error(message, f"{state_path}.comments", state.comments, allowed, remedy)
        previous = state.epoch
        values = [getattr(state, name) for name in STATE]
        acceleration = [getattr(state, name, None) for name in ACCELERATION]
        if None not in acceleration:
            values += acceleration
        yield " ".join([utc_text(state.epoch), *map(number_text, values)])
        missing = missing_elements(state)
        if not missing:
            covariances.append((state.epoch, state))
        elif len(missing) < len(ELEMENTS):
            raise _incomplete(message, f"{state_path}.{missing[0]}")
    covariances += [(item.epoch, item) for item in segment.covariances]
    if covariances or segment.covariance_comments:
        yield ""
        yield "COVARIANCE_START"
        yield from comment_lines(message, f"{path}.covariance_comments", segment.covariance_comments)
        for epoch, covariance in sorted(covariances, key=lambda item: item[0]):
            missing = missing_elements(covariance)
            if missing:
                raise _incomplete(message, f"{path}.covariances.{missing[0]}")
            yield kvn_line(message, f"{path}.data", "EPOCH", utc_text(epoch))
            yield kvn_line(message, f"{path}.data", "COV_REF_FRAME", covariance.cov_ref_frame or "RTN")
            for row in ROWS:
                yield " ".join(number_text(getattr(covariance, name)) for name in row)
        yield "COVARIANCE_STOP"


def _incomplete(message: type[CcsdsMessage], field: str) -> InputError:
    allowed = "required in KVN, like all elements of the covariance"
    return write_error(message, field, None, allowed, "pass a value, 0.0 if uncorrelated")
