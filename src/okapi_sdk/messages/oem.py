"""Orbit ephemeris messages: states along a span of time."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
)  # fmt: skip

from ..models.ccsds import keyword
from ..models.envelope import payload
from ..models.json_form import wire_form
from ..models.problems import rule
from .oem_blocks import OemHeader, OemSegment
from .oem_kvn import read, write
from .opm import OpmData
from .text_message import Reader, TextMessage


def _not_empty(segments: tuple[OemSegment, ...]) -> tuple[OemSegment, ...]:
    # A minimal length of the field would be missed too where a segment is refused.
    if not segments:
        raise rule("at least 1 segment", "give the states as a segment")
    return segments


class Oem(TextMessage):
    """An orbit ephemeris message: segments of states, in km and km/s.

    `states` are those of all segments. On the wire the segments stand under the platform's key ``OEM_META_DATA_DATA``.
    `parse` and `to_kvn` read and write the text form of the standard.

    >>> oem = Oem.parse('''
    ... CCSDS_OEM_VERS = 2.0
    ... CREATION_DATE = 2020-09-18T10:00:00
    ... ORIGINATOR = OPERATOR
    ... META_START
    ... OBJECT_NAME = A
    ... OBJECT_ID = 25544
    ... CENTER_NAME = EARTH
    ... REF_FRAME = GCRF
    ... TIME_SYSTEM = UTC
    ... START_TIME = 2016-07-21T00:31:50
    ... STOP_TIME = 2016-07-21T00:31:50
    ... META_STOP
    ... 2016-07-21T00:31:50.000 615.119526 -7095.644839 -678.668352 0.390367 0.741902 -7.39698
    ... ''')
    >>> oem.states[0].y
    -7095.644839
    """

    _tag: ClassVar[str] = "oem.json"
    _reader: ClassVar[Reader] = read

    header: Annotated[OemHeader, keyword("OEM_HEADER", "header")] = OemHeader()
    """Version, date and originator."""
    segments: Annotated[tuple[OemSegment, ...], keyword("OEM_META_DATA_DATA", "segments"), AfterValidator(_not_empty)]
    """Spans of states, each with its object and frame."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message from KVN text, version 1.0, 2.0 or 3.0 of the standard, with times in UTC.

        A covariance must have the epoch of a state; without a frame of its own it is in that of the states. Remarks
        among the states go to the state behind them, those behind the last one to the segment.

        Raises:
            InputError: naming the line, and what is due there.
        """
        return cls._parsed(text)

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Read the parsed JSON of a finished answer. The segments of several messages are chained.

        Raises:
            ResponseFormatError: the answer has another shape.
        """
        found = payload(data, "orbit")
        if not isinstance(found, list):
            return cls._read(found)
        messages = [cls._read(item) for item in found]
        if not messages:
            return cls._read({})
        return messages[0].model_copy(update={"segments": tuple(s for m in messages for s in m.segments)})

    @property
    def states(self) -> tuple[OpmData, ...]:
        """The states of all segments, one after the other."""
        return tuple(state for segment in self.segments for state in segment.data)

    def to_kvn(self) -> str:
        """The message as KVN text, in the version of its header: states, accelerations and covariances.

        A covariance without a frame is written in RTN, the platform's default, and all its 21 elements must be there. A
        segment without a span is given that of its states. Masses, areas and maneuvers have no place there and are left
        out.

        Raises:
            InputError: naming what the standard requires and is missing, or what does not fit into a line.
        """
        return write(type(self), self.header, self.segments)

    def _wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
