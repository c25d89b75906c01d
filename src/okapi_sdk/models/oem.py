"""Orbit ephemeris messages: states along a span of time."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from .base import Epoch, Number, OpenName, untag, wire_form
from .ccsds import CcsdsMessage, Comments, keyword
from .envelope import payload
from .opm import OpmData


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
    time_system: Annotated[Literal["UTC"] | str, OpenName] = "UTC"
    """Time system of all epochs."""
    start_time: Epoch | None = None
    """Begin of the span, UTC."""
    stop_time: Epoch | None = None
    """End of the span, UTC."""
    comments: Comments = ()
    """Remarks, one a line."""
    data: tuple[OpmData, ...]
    """The states: km and km/s; each may carry what an `OpmData` carries."""


class Oem(CcsdsMessage):
    """An orbit ephemeris message: segments of states, in km and km/s.

    `states` are those of all segments. On the wire the segments stand under the platform's key ``OEM_META_DATA_DATA``.
    """

    tag: ClassVar[str] = "oem.json"

    header: Annotated[OemHeader, keyword("OEM_HEADER", "header")] = OemHeader()
    """Version, date and originator."""
    segments: Annotated[tuple[OemSegment, ...], keyword("OEM_META_DATA_DATA", "segments"), Field(min_length=1)]
    """Spans of states, each with its object and frame."""

    _untag = model_validator(mode="before")(untag(tag))

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

    def wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
