"""Orbit mean elements messages: the mean elements of SGP4 under the keywords of the CCSDS standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import ConfigDict

from ..models.ccsds import (
    keyword_field,
    last_message,
)
from ..models.envelope import payload
from ..models.json_form import wire_form
from .omm_blocks import OmmData, OmmHeader, OmmMetadata
from .omm_kvn import read_omm_kvn, write_omm_kvn
from .text_message import Reader, TextMessage

_BLOCKS = {"OMM_HEADER", "OMM_META_DATA", "OMM_DATA", "header", "metadata", "data"}


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

    _tag: ClassVar[str] = "omm.json"
    _reader: ClassVar[Reader] = read_omm_kvn

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    header: Annotated[OmmHeader, keyword_field("OMM_HEADER", "header")] = OmmHeader()
    """Version, date and originator."""
    metadata: Annotated[OmmMetadata, keyword_field("OMM_META_DATA", "metadata")] = OmmMetadata()
    """Object, frame and theory."""
    data: Annotated[OmmData, keyword_field("OMM_DATA", "data")] = OmmData()
    """The mean elements."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message from KVN text, version 2.0 or 3.0 of the standard, with times in UTC.

        Raises:
            InputError: naming the line, and what is due there.
        """
        return cls._parse_kvn(text)

    @classmethod
    def _data(cls, value: Any) -> Any:
        return _blocks(value)

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Read the parsed JSON of a finished answer. Of several messages this is the last, the end of the propagation.

        Raises:
            ResponseFormatError: the answer has another shape.
        """
        return cls._read(last_message(payload(data, "orbit")))

    def to_kvn(self) -> str:
        """The message as KVN text, in the version of its header. Unknown keywords are written behind the known ones.

        Raises:
            InputError: naming what the standard requires and is missing, or what does not fit into a line.
        """
        return write_omm_kvn(type(self), self.header, self.metadata, self.data)

    def _wire(self) -> dict[str, Any]:
        """The content in JSON, in blocks like those of the platform's OPM."""
        return wire_form(self)
