"""Tracking data messages as KVN text, versions 1.0 and 2.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
_NEWER = ("track_id", "data_types")

_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(_TIMES, in_utc), **dict.fromkeys(_NUMBERS, number_in), **dict.fromkeys(_COUNTS, count_in),
}  # fmt: skip


def read(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """KVN text as fields of a `Tdm`, and the line of each.

    Raises:
        InputError: with the number of a line that cannot be read.
    """
    return _Reader(text).message()


class _Reader(BlockReader):
    readers = _READERS
    not_keywords = frozenset(("comments", "data_comments", "observations"))

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = first_line(self.lines, "CCSDS_TDM_VERS")
        self.numbers[""] = first.number
        header: dict[str, Any] = {}
        self.pair(first, header, "header")
        for line in self.until("META_START", first):
            self.entry(line, header, "header")
        segments = [self._segment(self.latest, "segments.0")]
        waiting: list[str] = []
        for line in self.lines:
            comment = line.comment
            if comment is not None:
                waiting.append(comment)
            elif line.text.upper() == "META_START":
                segments.append(self._segment(line, f"segments.{len(segments)}"))
            else:
                raise line.refused("META_START, or the end of the text", "correct or remove the line")
        add_remarks(segments[-1], "data_comments", waiting)
        return {"header": header, "segments": segments}, self.numbers

    def _segment(self, start: Line, path: str) -> dict[str, Any]:
        self.numbers[path] = start.number
        observations: list[dict[str, Any]] = []
        segment: dict[str, Any] = {"observations": observations}
        for line in self.until("META_STOP", start):
            self.entry(line, segment, path)
        self.check_utc(segment, path)
        waiting: list[str] = []
        for line in self.until("DATA_START", self.latest):
            comment = line.comment
            if comment is None:
                raise line.refused("DATA_START", "correct or remove the line")
            waiting.append(comment)
        for line in self.until("DATA_STOP", self.latest):
            comment = line.comment
            if comment is None:
                self.numbers[f"{path}.observations.{len(observations)}"] = line.number
                observations.append(_observation(line))
            else:
                waiting.append(comment)
        add_remarks(segment, "data_comments", waiting)
        return segment


def _observation(line: Line) -> dict[str, Any]:
    keyword, rest = line.pair()
    parts = rest.split()
    if len(parts) != 2:
        raise line.refused("KEYWORD = epoch value", "give one epoch and one number")
    epoch = read_value(line, "the epoch", in_utc, parts[0])
    return {"keyword": keyword, "epoch": epoch, "value": read_value(line, keyword, number_in, parts[1])}


def write(message: type[CcsdsMessage], header: TdmHeader, segments: Sequence[TdmSegment]) -> str:
    """Return a TDM as KVN text. ``message`` is its class, for errors.

    Raises:
        InputError: naming what the standard requires and is missing, or has no place for.
    """
    return "".join(f"{line}\n" for line in _lines(message, header, segments))


def _lines(message: type[CcsdsMessage], header: TdmHeader, segments: Sequence[TdmSegment]) -> Iterator[str]:
    yield from head_lines(message, header, "ccsds_tdm_vers", (1.0, 2.0), {"message_id": 2.0})
    for index, segment in enumerate(segments):
        yield ""
        yield from _segment_lines(message, header, segment, f"segments.{index}")


def _segment_lines(message: type[CcsdsMessage], header: TdmHeader, segment: TdmSegment, path: str) -> Iterator[str]:
    if segment.time_system != "UTC":
        raise refused(
            message, f"{path}.time_system", segment.time_system, "UTC: epochs are held in it", "set it to UTC"
        )
    if not segment.observations:
        raise refused(message, f"{path}.observations", None, "at least one observation", "leave the segment out")
    for name in _NEWER:
        if getattr(segment, name) is not None and header.ccsds_tdm_vers < 2:
            raise refused(message, f"{path}.{name}", getattr(segment, name), "in version 2.0 only", "leave it out")
    latest: dict[str, Any] = {}
    for index, item in enumerate(segment.observations):
        if item.keyword in latest and item.epoch < latest[item.keyword]:
            allowed = f"not before the last {item.keyword}"
            raise refused(message, f"{path}.observations.{index}.epoch", item.epoch, allowed, "sort them by time")
        latest[item.keyword] = item.epoch
    yield "META_START"
    yield from remarks(message, f"{path}.comments", segment.comments)
    yield from block_lines(message, segment, path, METADATA)
    yield "META_STOP"
    yield "DATA_START"
    yield from remarks(message, f"{path}.data_comments", segment.data_comments)
    for index, item in enumerate(segment.observations):
        text = f"{utc_text(item.epoch)} {number_text(item.value)}"
        yield written(message, f"{path}.observations.{index}", item.keyword, text)
    yield "DATA_STOP"
