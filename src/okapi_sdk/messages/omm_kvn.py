"""Orbit mean-elements messages as KVN text, versions 2.0 and 3.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..models.ccsds import CcsdsMessage
from .kvn import (
    comment_lines,
    first_line,
    kvn_line,
    normalize_time,
    parse_count,
    parse_number,
    split_unit,
    value_text,
)
from .kvn_blocks import (
    HEADER,
    BlockReader,
    add_comments,
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
    **dict.fromkeys(_TIMES, normalize_time),
    **dict.fromkeys(_NUMBERS, parse_number),
    **dict.fromkeys(_COUNTS, parse_count),
}


def read_omm_kvn(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Parse KVN text and return the fields of an `Omm` with the line number of each.

    Raises:
        InputError: if a line cannot be parsed; the message gives its number.
    """
    return _Reader(text).message()


class _Reader(BlockReader):
    readers = _READERS
    not_keywords = frozenset(("comments",))

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = first_line(self.lines, "CCSDS_OMM_VERS")
        self.numbers[""] = first.number
        blocks: dict[str, dict[str, Any]] = {"header": {}, "metadata": {}, "data": {}}
        path, pending = "header", list[str]()
        self.add_pair(first, blocks[path], path)
        for line in self.lines:
            comment = line.comment
            if comment is not None:
                pending.append(comment)
                continue
            name = line.pair()[0].lower()
            path = "header" if name in HEADER else "metadata" if name in _METADATA else "data"
            self.numbers.setdefault(path, line.number)
            add_comments(blocks[path], "comments", pending)
            # Keep unknown keywords in upper case, as the standard writes them.
            block = blocks[path] if name in self.readers or name in (*HEADER, *_METADATA, *_OF_TLE) else {}
            self.add_pair(line, block, path)
            if block is not blocks[path]:
                blocks[path] |= {key.upper(): value for key, value in block.items()}
        add_comments(blocks[path], "comments", pending)
        self.check_utc(blocks["metadata"], "metadata")
        return dict(blocks), self.numbers


def write_omm_kvn(message: type[CcsdsMessage], header: OmmHeader, metadata: OmmMetadata, data: OmmData) -> str:
    """Return an OMM as KVN text. Errors are attributed to the class ``message``.

    Raises:
        InputError: if a required field is missing, or if the standard does not allow a value.
    """
    return "".join(f"{line}\n" for line in _lines(message, header, metadata, data))


def _lines(message: type[CcsdsMessage], header: OmmHeader, metadata: OmmMetadata, data: OmmData) -> Iterator[str]:
    newer = {"classification": 3.0, "message_id": 3.0}
    yield from head_lines(message, header, "ccsds_omm_vers", (2.0, 3.0), newer)
    required = [name for name in _METADATA if name != "ref_frame_epoch"]
    yield from comment_lines(message, "metadata.comments", metadata.comments)
    yield from block_lines(message, metadata, "metadata", _METADATA, required)
    yield from comment_lines(message, "data.comments", data.comments)
    yield from block_lines(message, data, "data", (*_ELEMENTS, *_OF_TLE), _ELEMENTS, _UNITS)
    for key, value in (data.model_extra or {}).items():
        text, unit = split_unit(value) if isinstance(value, str) else (value_text(value), None)
        yield kvn_line(message, f"data.{key}", key.upper(), text, unit)
