"""Orbit mean elements messages as KVN text, versions 2.0 and 3.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..models.ccsds import CcsdsMessage
from .kvn import (
    count_in,
    first_line,
    in_utc,
    number_in,
    remarks,
    value_text,
    without_unit,
    written,
)
from .kvn_blocks import (
    HEADER,
    BlockReader,
    add_remarks,
    block_lines,
    head_lines,
)
from .omm_blocks import OmmData, OmmHeader, OmmMetadata

_COUNTS = ("ephemeris_type", "norad_cat_id", "element_set_no", "rev_at_epoch")
_TIMES = ("creation_date", "epoch")
_METADATA = (
    "object_name", "object_id", "center_name", "ref_frame", "ref_frame_epoch", "time_system", "mean_element_theory",
)  # fmt: skip
_ELEMENTS = (
    "epoch", "mean_motion", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter", "mean_anomaly",
)  # fmt: skip
_OF_TLE = (
    "ephemeris_type", "classification_type", "norad_cat_id", "element_set_no", "rev_at_epoch", "bstar",
    "mean_motion_dot", "mean_motion_ddot",
)  # fmt: skip
_UNITS = {
    "mean_motion": "rev/day", "inclination": "deg", "ra_of_asc_node": "deg", "arg_of_pericenter": "deg",
    "mean_anomaly": "deg", "bstar": "1/ER", "mean_motion_dot": "rev/day**2", "mean_motion_ddot": "rev/day**3",
}  # fmt: skip
_NUMBERS = ("ccsds_omm_vers", "eccentricity", *_UNITS)

_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(_TIMES, in_utc), **dict.fromkeys(_NUMBERS, number_in), **dict.fromkeys(_COUNTS, count_in),
}  # fmt: skip


def read(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """KVN text as fields of an `Omm`, and the line of each.

    Raises:
        InputError: with the number of a line that cannot be read.
    """
    return _Reader(text).message()


class _Reader(BlockReader):
    readers = _READERS
    not_keywords = frozenset(("comments",))

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = first_line(self.lines, "CCSDS_OMM_VERS")
        self.numbers[""] = first.number
        blocks: dict[str, dict[str, Any]] = {"header": {}, "metadata": {}, "data": {}}
        path, waiting = "header", list[str]()
        self.pair(first, blocks[path], path)
        for line in self.lines:
            comment = line.comment
            if comment is not None:
                waiting.append(comment)
                continue
            name = line.pair()[0].lower()
            path = "header" if name in HEADER else "metadata" if name in _METADATA else "data"
            self.numbers.setdefault(path, line.number)
            add_remarks(blocks[path], "comments", waiting)
            # Unknown keywords are kept as they are written: in upper case.
            block = blocks[path] if name in self.readers or name in (*HEADER, *_METADATA, *_OF_TLE) else {}
            self.pair(line, block, path)
            if block is not blocks[path]:
                blocks[path] |= {key.upper(): value for key, value in block.items()}
        add_remarks(blocks[path], "comments", waiting)
        self.check_utc(blocks["metadata"], "metadata")
        return dict(blocks), self.numbers


def write(message: type[CcsdsMessage], header: OmmHeader, metadata: OmmMetadata, data: OmmData) -> str:
    """Return an OMM as KVN text. ``message`` is its class, for errors.

    Raises:
        InputError: naming what the standard requires and is missing, or has no place for.
    """
    return "".join(f"{line}\n" for line in _lines(message, header, metadata, data))


def _lines(message: type[CcsdsMessage], header: OmmHeader, metadata: OmmMetadata, data: OmmData) -> Iterator[str]:
    newer = {"classification": 3.0, "message_id": 3.0}
    yield from head_lines(message, header, "ccsds_omm_vers", (2.0, 3.0), newer)
    required = [name for name in _METADATA if name != "ref_frame_epoch"]
    yield from remarks(message, "metadata.comments", metadata.comments)
    yield from block_lines(message, metadata, "metadata", _METADATA, required)
    yield from remarks(message, "data.comments", data.comments)
    yield from block_lines(message, data, "data", (*_ELEMENTS, *_OF_TLE), _ELEMENTS, _UNITS)
    for key, value in (data.model_extra or {}).items():
        text, unit = without_unit(value) if isinstance(value, str) else (value_text(value), None)
        yield written(message, f"data.{key}", key.upper(), text, unit)
