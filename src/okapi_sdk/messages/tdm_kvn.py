"""Tracking data messages as KVN text, versions 1.0 and 2.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..models.ccsds import CcsdsMessage
from .kvn import (
    Line,
    comment_lines,
    kvn_line,
    normalize_time,
    number_text,
    parse_count,
    parse_number,
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
from .tdm_blocks import TdmHeader, TdmSegment

_FIVE = range(1, 6)
METADATA = (
    "track_id", "data_types", "time_system", "start_time", "stop_time", *(f"participant_{n}" for n in _FIVE), "mode",
    "path", "path_1", "path_2", *(f"ephemeris_name_{n}" for n in _FIVE), "transmit_band", "receive_band",
    "turnaround_numerator", "turnaround_denominator", "timetag_ref", "integration_interval", "integration_ref",
    "freq_offset", "range_mode", "range_modulus", "range_units", "angle_type", "reference_frame", "interpolation",
    "interpolation_degree", "doppler_count_bias", "doppler_count_scale", "doppler_count_rollover",
    *(f"transmit_delay_{n}" for n in _FIVE), *(f"receive_delay_{n}" for n in _FIVE), "data_quality",
    "correction_angle_1", "correction_angle_2", "correction_doppler", "correction_mag", "correction_range",
    "correction_rcs", "correction_receive", "correction_transmit", "correction_aberration_yearly",
    "correction_aberration_diurnal", "corrections_applied",
)  # fmt: skip
_COUNTS = ("turnaround_numerator", "turnaround_denominator", "interpolation_degree", "doppler_count_scale")
_TIMES = ("creation_date", "start_time", "stop_time")
_NUMBERS = (
    "ccsds_tdm_vers", "integration_interval", "freq_offset", "range_modulus", "doppler_count_bias",
    *(name for name in METADATA if "delay" in name or name.startswith("correction_")),
)  # fmt: skip
_UNITS: Mapping[str, str] = {
    **dict.fromkeys((name for name in METADATA if "delay" in name), "s"),
    "integration_interval": "s",
    "freq_offset": "Hz",
}
_NEWER = ("track_id", "data_types")

_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(_TIMES, normalize_time),
    **dict.fromkeys(_NUMBERS, parse_number),
    **dict.fromkeys(_COUNTS, parse_count),
}


def read_tdm_kvn(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Parse KVN text and return the fields of a `Tdm` with the line number of each.

    Raises:
        InputError: if a line cannot be parsed; the message gives its number.
    """
    return _Reader(text).message()


class _Reader(BlockReader):
    keyword = "CCSDS_TDM_VERS"
    readers = _READERS
    units = _UNITS
    not_keywords = frozenset(("comments", "data_comments", "observations"))

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = next(self.lines)
        self.numbers[""] = first.number
        header: dict[str, Any] = {}
        self.add_pair(first, header, "header")
        for line in self.lines_until("META_START", first):
            self.add_entry(line, header, "header")
        segments = [self._segment(self.latest, "segments.0")]
        pending: list[str] = []
        for line in self.lines:
            comment = line.comment
            if comment is not None:
                pending.append(comment)
            elif line.text.upper() == "META_START":
                segments.append(self._segment(line, f"segments.{len(segments)}"))
            else:
                raise line.error("META_START, or the end of the text", "correct or remove the line")
        add_comments(segments[-1], "data_comments", pending)
        return {"header": header, "segments": segments}, self.numbers

    def _segment(self, start: Line, path: str) -> dict[str, Any]:
        self.numbers[path] = start.number
        observations: list[dict[str, Any]] = []
        segment: dict[str, Any] = {"observations": observations}
        for line in self.lines_until("META_STOP", start):
            self.add_entry(line, segment, path)
        pending: list[str] = []
        for line in self.lines_until("DATA_START", self.latest):
            comment = line.comment
            if comment is None:
                raise line.error("DATA_START", "correct or remove the line")
            pending.append(comment)
        for line in self.lines_until("DATA_STOP", self.latest):
            comment = line.comment
            if comment is None:
                self.numbers[f"{path}.observations.{len(observations)}"] = line.number
                observations.append(_observation(line))
            else:
                pending.append(comment)
        add_comments(segment, "data_comments", pending)
        return segment


def _observation(line: Line) -> dict[str, Any]:
    keyword, rest = line.pair()
    parts = rest.split()
    if len(parts) != 2:
        raise line.error("KEYWORD = epoch value", "write one epoch and one number")
    epoch = read_value(line, "epoch", normalize_time, parts[0])
    return {"keyword": keyword, "epoch": epoch, "value": read_value(line, keyword, parse_number, parts[1])}


def write_tdm_kvn(message: type[CcsdsMessage], header: TdmHeader, segments: Sequence[TdmSegment]) -> str:
    """Return a TDM as KVN text. Errors are attributed to the class ``message``.

    Raises:
        InputError: if a required field is missing, or if the standard does not allow a value.
    """
    return "".join(f"{line}\n" for line in _lines(message, header, segments))


def _lines(message: type[CcsdsMessage], header: TdmHeader, segments: Sequence[TdmSegment]) -> Iterator[str]:
    yield from head_lines(message, header, "ccsds_tdm_vers", (1.0, 2.0), {"message_id": 2.0})
    for index, segment in enumerate(segments):
        yield ""
        yield from _segment_lines(message, header, segment, f"segments.{index}")


def _segment_lines(message: type[CcsdsMessage], header: TdmHeader, segment: TdmSegment, path: str) -> Iterator[str]:
    if segment.time_system != "UTC":
        allowed = "UTC, the time system in which the SDK stores epochs"
        raise write_error(message, f"{path}.time_system", segment.time_system, allowed, "set it to UTC")
    if not segment.observations:
        raise write_error(message, f"{path}.observations", None, "at least one observation", "remove the segment")
    for name in _NEWER:
        if getattr(segment, name) is not None and header.ccsds_tdm_vers < 2:
            allowed = "allowed only in version 2.0 or later"
            raise write_error(message, f"{path}.{name}", getattr(segment, name), allowed, "omit it")
    latest: dict[str, Any] = {}
    for index, item in enumerate(segment.observations):
        if item.keyword in latest and item.epoch < latest[item.keyword]:
            allowed = f"not earlier than the previous {item.keyword}"
            remedy = "sort the observations by epoch"
            raise write_error(message, f"{path}.observations.{index}.epoch", item.epoch, allowed, remedy)
        latest[item.keyword] = item.epoch
    yield "META_START"
    yield from comment_lines(message, f"{path}.comments", segment.comments)
    yield from block_lines(message, segment, path, METADATA)
    yield "META_STOP"
    yield "DATA_START"
    yield from comment_lines(message, f"{path}.data_comments", segment.data_comments)
    for index, item in enumerate(segment.observations):
        text = f"{utc_text(item.epoch)} {number_text(item.value)}"
        yield kvn_line(message, f"{path}.observations.{index}", item.keyword, text)
    yield "DATA_STOP"
