"""Orbit parameter messages (OPM): one state with object properties, covariance and manoeuvres."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import ValidationInfo, model_validator

from ..models.ccsds import keyword_field, last_message
from ..models.envelope import payload
from ..models.json_form import wire_form
from ..models.types import ANSWER
from ..values.state_vector import check_vector
from .opm_blocks import OpmData, OpmHeader, OpmMetadata
from .opm_kvn import read_opm_kvn, write_opm_kvn
from .text_message import Reader, TextMessage


class Opm(TextMessage):
    """An orbit parameter message (OPM): header, metadata and one state with its covariance and manoeuvres.

    Fields are the CCSDS standard's keywords in lower case. JSON uses upper case; both spellings are accepted.

    >>> from datetime import UTC, datetime
    >>> opm = Opm(data=OpmData(
    ...     epoch=datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC),
    ...     mass=4.0, drag_area=0.04,
    ...     x=615.119526, y=-7095.644839, z=-678.668352, x_dot=0.390367, y_dot=0.741902, z_dot=-7.39698,
    ... ))
    >>> opm.metadata.ref_frame
    'GCRF'
    """

    _tag: ClassVar[str] = "opm.json"
    _reader: ClassVar[Reader] = read_opm_kvn

    header: Annotated[OpmHeader, keyword_field("OPM_HEADER", "header")] = OpmHeader()
    """Version, creation date and originator."""
    metadata: Annotated[OpmMetadata, keyword_field("OPM_META_DATA", "metadata")] = OpmMetadata()
    """Object and frame."""
    data: Annotated[OpmData, keyword_field("OPM_DATA", "data")]
    """The state with its object properties, covariance and manoeuvres."""

    @model_validator(mode="after")
    def _around_the_earth(self, info: ValidationInfo) -> Self:
        if info.context is not ANSWER:
            data = self.data
            check_vector(type(self), (data.x, data.y, data.z), (data.x_dot, data.y_dot, data.z_dot), "data.")
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse an OPM as KVN or XML (version 2.0 or 3.0 of the standard, times in UTC, the Earth as centre).

        A covariance without a frame is in the frame of the state. The velocity increment of a manoeuvre is converted to
        a constant acceleration. Keplerian elements, which repeat the state, the radiation area and losses of mass are
        not kept: the platform does not use them. An `OkapiWarning` lists the other keywords that are dropped.

        Raises:
            InputError: if the text is invalid; the message gives the line and what is expected there.
        """
        return cls._parse_text(text)

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Build a message from the decoded JSON of a result.

        If there are several messages, return the last one: the state at the end of the propagation.

        Raises:
            ResponseFormatError: if the JSON does not have the expected structure.
        """
        return cls._read(last_message(payload(data, "orbit")))

    @property
    def epoch(self) -> datetime:
        """Epoch of the state, UTC."""
        return self.data.epoch

    def to_kvn(self) -> str:
        """Return the message as KVN text in the version given by its header.

        The acceleration of a manoeuvre is written as the velocity increment over its duration, with a mass loss of 0.

        Raises:
            InputError: if a field that the standard requires is missing, or if a value does not fit on one line.
        """
        return write_opm_kvn(type(self), self.header, self.metadata, self.data)

    def wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts."""
        return wire_form(self)
