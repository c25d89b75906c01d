"""Orbit mean-elements messages as KVN text, versions 2.0 and 3.0 of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..models.ccsds import CcsdsMessage
from .covariance import ELEMENTS
from .kvn import (
    comment_lines,
    kvn_line,
    normalize_time,
    parse_count,
    parse_number,
    value_text,
)
from .kvn_blocks import (
    HEADER,
    BlockReader,
    add_comments,
    block_lines,
    head_lines,
    write_error,
)
from .omm_blocks import OmmData, OmmHeader, OmmMetadata
from .units import ORBIT_UNITS

_COUNTS = ("ephemeris_type", "norad_cat_id", "element_set_no", "rev_at_epoch")
_TIMES = ("creation_date", "epoch")
_METADATA = (
    "object_name", "object_id", "center_name", "ref_frame", "ref_frame_epoch", "time_system", "mean_element_theory",
)  # fmt: skip
_ELEMENTS = (
    "epoch", "semi_major_axis", "mean_motion", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter",
    "mean_anomaly", "gm",
)  # fmt: skip
_SPACECRAFT = ("mass", "solar_rad_area", "solar_rad_coeff", "drag_area", "drag_coeff")
_OF_TLE = (
    "ephemeris_type", "classification_type", "norad_cat_id", "element_set_no", "rev_at_epoch", "bstar", "bterm",
    "mean_motion_dot", "mean_motion_ddot", "agom",
)  # fmt: skip
_DATA = (*_ELEMENTS, *_SPACECRAFT, *_OF_TLE, "cov_ref_frame", *ELEMENTS)
"""Keywords of the standard in its order. Those without a field are kept as unknown keywords, in upper case."""
_TEXTS = ("classification_type", "cov_ref_frame")
_USER_DEFINED = "USER_DEFINED_"

_READERS: Mapping[str, Callable[[object], object]] = {
    "ccsds_omm_vers": parse_number,
    **dict.fromkeys((name for name in _DATA if name not in _TEXTS), parse_number),
    **dict.fromkeys(_TIMES, normalize_time),
    **dict.fromkeys(_COUNTS, parse_count),
}


def read_omm_kvn(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Parse KVN text and return the fields of an `Omm` with the line number of each.

    Raises:
        InputError: if a line cannot be parsed; the message gives its number.
    """
    return _Reader(text).message()


class _Reader(BlockReader):
    keyword = "CCSDS_OMM_VERS"
    readers = _READERS
    units = ORBIT_UNITS
    not_keywords = frozenset(("comments",))

    def message(self) -> tuple[dict[str, Any], dict[str, int]]:
        first = next(self.lines)
        self.numbers[""] = first.number
        blocks: dict[str, dict[str, Any]] = {"header": {}, "metadata": {}, "data": {}}
        path, pending = "header", list[str]()
        self.add_pair(first, blocks[path], path)
        for line in self.unframed_lines():
            comment = line.comment
            if comment is not None:
                pending.append(comment)
                continue
            name = line.pair()[0].lower()
            path = "header" if name in HEADER else "metadata" if name in _METADATA else "data"
            self.numbers.setdefault(path, line.number)
            add_comments(blocks[path], "comments", pending)
            self.add_pair(line, blocks[path], path)
            if path == "data" and name not in OmmData.model_fields:
                # The standard writes keywords in upper case, and so do the unknown ones that are kept.
                value = blocks[path].pop(name)
                if value is not None:
                    blocks[path][name.upper()] = value
        add_comments(blocks[path], "comments", pending)
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
    yield from _data_lines(message, data)


def _data_lines(message: type[CcsdsMessage], data: OmmData) -> Iterator[str]:
    extras = {key.upper(): (key, value) for key, value in (data.model_extra or {}).items() if value is not None}
    values = {name: (name, getattr(data, name, None)) for name in _DATA}
    values |= {name: extras.pop(name.upper()) for name in _DATA if name.upper() in extras}
    _check_complete(message, {name for name, (_, value) in values.items() if value is not None})
    for name, (key, value) in values.items():
        if value is not None:
            yield _value_line(message, key, name.upper(), value, ORBIT_UNITS.get(name))
    for keyword, (key, value) in extras.items():
        yield _value_line(message, key, f"{_USER_DEFINED}{keyword.removeprefix(_USER_DEFINED)}", value, None)


def _check_complete(message: type[CcsdsMessage], names: set[str]) -> None:
    """Refuse data that lack what the standard requires: elements, or parameters of the TLE if there are any."""
    if {"mean_motion", "semi_major_axis"} <= names:
        allowed = "either mean_motion or semi_major_axis in KVN"
        raise write_error(message, "data.semi_major_axis", "both", allowed, "omit one of them")
    choices: list[tuple[str, ...]] = [
        (name,) for name in _ELEMENTS if name not in ("semi_major_axis", "mean_motion", "gm")
    ]
    choices.append(("mean_motion", "semi_major_axis"))
    if names & set(_OF_TLE):
        choices += [("bstar", "bterm"), ("mean_motion_dot",), ("mean_motion_ddot", "agom")]
    for choice in choices:
        if not names & set(choice):
            allowed = "required in KVN" if len(choice) == 1 else f"{' or '.join(choice)} required in KVN"
            raise write_error(message, f"data.{choice[0]}", None, allowed, "pass a value")


def _value_line(message: type[CcsdsMessage], key: str, keyword: str, value: Any, unit: str | None) -> str:
    if not isinstance(value, str | int | float | datetime):
        raise write_error(message, f"data.{key}", value, "text or a number in KVN", "omit it, or convert it to text")
    return kvn_line(message, f"data.{key}", keyword, value_text(value), unit)
