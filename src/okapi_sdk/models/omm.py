"""Orbit mean elements messages: the mean elements of SGP4 under the keywords of the CCSDS standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict

from .base import OpenName, wire_form
from .ccsds import CcsdsMessage, Comments, keyword, last
from .envelope import payload
from .kvn import TextCount, TextNumber, UtcEpoch
from .omm_kvn import read, write
from .text_message import Reader, TextMessage

_BLOCKS = {"OMM_HEADER", "OMM_META_DATA", "OMM_DATA", "header", "metadata", "data"}


class OmmHeader(CcsdsMessage):
    """Header of an OMM."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    ccsds_omm_vers: TextNumber = 2.0
    """Version of the standard."""
    creation_date: UtcEpoch | None = None
    """When the message was made, UTC."""
    classification: str | None = None
    """Classification of the message. Version 3.0 of the standard has it, and the message id."""
    originator: str | None = None
    """Who made it."""
    message_id: str | None = None
    """Id that the originator gave the message."""
    comments: Comments = ()
    """Remarks, one a line."""


class OmmMetadata(CcsdsMessage):
    """Metadata of an OMM: object, frame and theory."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    object_name: str | None = None
    """Name of the object."""
    object_id: str | None = None
    """International designator."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] | None = None
    """Central body."""
    ref_frame: Annotated[Literal["TEME"] | str, OpenName] | None = None
    """Frame of the elements."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame, where the frame has one."""
    time_system: Annotated[Literal["UTC"] | str, OpenName] | None = None
    """Time system of the epoch."""
    mean_element_theory: Annotated[Literal["SGP4"] | str, OpenName] | None = None
    """Theory of the elements."""
    comments: Comments = ()
    """Remarks, one a line."""


class OmmData(CcsdsMessage):
    """Mean elements: degrees, and revolutions per day."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    comments: Comments = ()
    """Remarks, one a line."""
    epoch: UtcEpoch | None = None
    """Epoch of the elements, UTC."""
    mean_motion: TextNumber | None = None
    """Mean motion in revolutions per day."""
    eccentricity: TextNumber | None = None
    """Eccentricity."""
    inclination: TextNumber | None = None
    """Inclination in degrees."""
    ra_of_asc_node: TextNumber | None = None
    """Right ascension of the ascending node in degrees."""
    arg_of_pericenter: TextNumber | None = None
    """Argument of pericentre in degrees."""
    mean_anomaly: TextNumber | None = None
    """Mean anomaly in degrees."""
    ephemeris_type: TextCount | None = None
    """Ephemeris type."""
    classification_type: str | None = None
    """Classification: U unclassified."""
    norad_cat_id: TextCount | None = None
    """NORAD catalogue number."""
    element_set_no: TextCount | None = None
    """Number of the element set."""
    rev_at_epoch: TextCount | None = None
    """Revolution number at the epoch."""
    bstar: TextNumber | None = None
    """BSTAR drag term in inverse Earth radii."""
    mean_motion_dot: TextNumber | None = None
    """Half the first derivative of the mean motion in revolutions per day²."""
    mean_motion_ddot: TextNumber | None = None
    """A sixth of the second derivative of the mean motion in revolutions per day³."""


def _blocks(value: Any) -> Any:
    """The flat form in blocks; anything else as it is."""
    if not isinstance(value, Mapping) or not value or value.keys() & _BLOCKS:
        return value
    found: dict[str, dict[Any, Any]] = {"header": {}, "metadata": {}, "data": {}}
    for key, item in value.items():
        name = str(key).lower()
        if name == "comment":
            found["header"]["comments"] = item
        elif name != "comments" and name in OmmHeader.model_fields:
            found["header"][key] = item
        else:
            found["metadata" if name in OmmMetadata.model_fields else "data"][key] = item
    return found


class Omm(TextMessage):
    """An orbit mean elements message.

    The platform's form of it is not documented. This class reads blocks like those of its OPM, the flat form in which
    catalogues publish OMMs as JSON, and KVN text; keywords that it does not know are kept, and no keyword is required.
    """

    tag: ClassVar[str] = "omm.json"
    _reader: ClassVar[Reader] = read

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    header: Annotated[OmmHeader, keyword("OMM_HEADER", "header")] = OmmHeader()
    """Version, date and originator."""
    metadata: Annotated[OmmMetadata, keyword("OMM_META_DATA", "metadata")] = OmmMetadata()
    """Object, frame and theory."""
    data: Annotated[OmmData, keyword("OMM_DATA", "data")] = OmmData()
    """The mean elements."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message from KVN text, version 2.0 or 3.0 of the standard, with times in UTC.

        Raises:
            InputError: naming the line, and what is due there.
        """
        return cls._parsed(text)

    @classmethod
    def _data(cls, value: Any) -> Any:
        return _blocks(value)

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Read the parsed JSON of a finished answer. Of several messages this is the last, the end of the propagation.

        Raises:
            ResponseFormatError: the answer has another shape.
        """
        return cls.read(last(payload(data, "orbit")))

    def to_kvn(self) -> str:
        """The message as KVN text, in the version of its header. Unknown keywords are written behind the known ones.

        Raises:
            InputError: naming what the standard requires and is missing, or what does not fit into a line.
        """
        return write(self)

    def wire(self) -> dict[str, Any]:
        """The content in JSON, in blocks like those of the platform's OPM."""
        return wire_form(self)
