"""Orbit ephemeris messages (OEM): states over a span of time."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
)  # fmt: skip

from ..models.ccsds import keyword_field
from ..models.envelope import payload
from ..models.json_form import wire_form
from ..models.problems import rule
from .oem_blocks import OemHeader, OemSegment
from .oem_kvn import read_oem_kvn, write_oem_kvn
from .opm_blocks import OpmData
from .text_message import Reader, TextMessage


def _not_empty(segments: tuple[OemSegment, ...]) -> tuple[OemSegment, ...]:
    # Field(min_length=1) would also report an error whenever a segment is invalid.
    if not segments:
        raise rule("at least 1 segment", "pass the states as a segment")
    return segments


class Oem(TextMessage):
    """An orbit ephemeris message (OEM): segments of states in km and km/s.

    `states` joins the states of all segments. In JSON, the segments are under the platform's key
    ``OEM_META_DATA_DATA``. `parse` and `to_kvn` read and write the standard's text format.

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
    _reader: ClassVar[Reader] = read_oem_kvn

    header: Annotated[OemHeader, keyword_field("OEM_HEADER", "header")] = OemHeader()
    """Version, creation date and originator."""
    segments: Annotated[
        tuple[OemSegment, ...], keyword_field("OEM_META_DATA_DATA", "segments"), AfterValidator(_not_empty)
    ]
    """Sequences of states, each with its object and frame."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse an OEM as KVN or XML (version 1.0, 2.0 or 3.0 of the standard, times in UTC).

        A covariance without a frame is in the frame of the states. A covariance with the epoch of a state becomes part
        of that state; all others are in `OemSegment.covariances`. A comment among the states belongs to the state that
        follows it, or to the segment if none follows.

        Raises:
            InputError: if the text is invalid; the message gives the line and what is expected there.
        """
        return cls._parse_text(text)

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Build a message from the decoded JSON of a result. The segments of several messages are joined.

        Raises:
            ResponseFormatError: if the JSON does not have the expected structure.
        """
        orbit = payload(data, "orbit")
        if not isinstance(orbit, list):
            return cls._read(orbit)
        messages = [cls._read(item) for item in orbit]
        if not messages:
            return cls._read({})
        return messages[0].model_copy(update={"segments": tuple(s for m in messages for s in m.segments)})

    @property
    def states(self) -> tuple[OpmData, ...]:
        """The states of all segments, in order."""
        return tuple(state for segment in self.segments for state in segment.data)

    def to_kvn(self) -> str:
        """Return the message as KVN text in the version given by its header: states, accelerations and covariances.

        A covariance without a frame is written as RTN, the platform's default, and needs all 21 elements. A segment
        without a time span gets the span of its states. Masses, areas and manoeuvres are omitted: an OEM cannot hold
        them.

        Raises:
            InputError: if a field that the standard requires is missing, or if a value does not fit on one line.
        """
        return write_oem_kvn(type(self), self.header, self.segments)

    def wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts: covariances only with their states."""
        content = wire_form(self)
        for segment in content["OEM_META_DATA_DATA"]:
            for key in ("COVARIANCES", "COVARIANCE_COMMENTS"):
                segment.pop(key, None)
        return content
