"""Orbit ephemeris messages: states along a span of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
)  # fmt: skip

from .base import ANSWER, Count, Epoch, Number, OpenName, rule, wire_form
from .ccsds import CcsdsMessage, Comments, keyword
from .envelope import payload
from .oem_kvn import ACCELERATION, read, write
from .opm import OpmData
from .text_message import Reader, TextMessage


class OemHeader(CcsdsMessage):
    """Header of an OEM. The platform's schema has all but the comments as required."""

    ccsds_oem_vers: Number = 2.0
    """Version of the standard."""
    creation_date: Epoch | None = None
    """When the message was made, UTC."""
    originator: str | None = None
    """Who made it."""
    comments: Comments = ()
    """Remarks, one a line."""
    classification: str | None = None
    """Classification of the message. Version 3.0 of the standard has it, and the message id; no source shows whether
    the platform takes them."""
    message_id: str | None = None
    """Id that the originator gave the message."""


class OemState(OpmData):
    """A state with accelerations, as KVN text may have it. In JSON they are left out: no source shows keys for them."""

    x_ddot: Number
    """Acceleration in km/s²."""
    y_ddot: Number
    """Acceleration in km/s²."""
    z_ddot: Number
    """Acceleration in km/s²."""


def _state(value: Any, info: ValidationInfo) -> Any:
    if (
        isinstance(value, Mapping)
        and info.context is not ANSWER
        and any(name in value or name.upper() in value for name in ACCELERATION)
    ):
        return OemState.model_validate(value)
    return value


class OemSegment(CcsdsMessage):
    """States of one object in one frame, in the order of time."""

    object_name: str = "Unspecified"
    """Name of the object."""
    object_id: str = "Unspecified"
    """Id of the object, its NORAD catalogue number where the platform shall correlate it."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] = "EARTH"
    """Central body."""
    ref_frame: Annotated[Literal["EME2000", "GCRF", "ICRF", "ITRF2000", "J2000", "TEME"] | str, OpenName] = "GCRF"
    """Frame of the states."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame, where the frame has one."""
    time_system: Annotated[Literal["UTC"] | str, OpenName] = "UTC"
    """Time system of all epochs."""
    start_time: Epoch | None = None
    """Begin of the span, UTC."""
    stop_time: Epoch | None = None
    """End of the span, UTC."""
    useable_start_time: Epoch | None = None
    """Begin of the span in which interpolation is sound, UTC. The standard's; no source shows whether the platform
    takes it, or the three below."""
    useable_stop_time: Epoch | None = None
    """End of that span, UTC."""
    interpolation: Annotated[Literal["HERMITE", "LINEAR", "LAGRANGE"] | str, OpenName] | None = None
    """Recommended interpolation."""
    interpolation_degree: Count | None = None
    """Degree of the interpolation."""
    comments: Comments = ()
    """Remarks, one a line."""
    covariance_comments: Annotated[Comments, Field(exclude=True)] = ()
    """Remarks on the covariances, one a line; in KVN only."""
    data: tuple[Annotated[OpmData, BeforeValidator(_state)], ...]
    """The states: km and km/s; each may carry what an `OpmData` carries."""


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

    tag: ClassVar[str] = "oem.json"
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
            return cls.read(found)
        messages = [cls.read(item) for item in found]
        if not messages:
            return cls.read({})
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
        return write(self)

    def wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
