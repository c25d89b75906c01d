"""Orbit mean-elements messages (OMM): SGP4 mean elements under the keywords of the CCSDS standard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import ConfigDict

from ..models.ccsds import (
    keyword_field,
    last_message,
)
from ..models.envelope import payload
from ..models.json_form import wire_form
from .kvn import utc_text
from .omm_blocks import OmmData, OmmHeader, OmmMetadata
from .omm_kvn import read_omm_kvn, write_omm_kvn
from .omm_tle import fields_of, tle_of
from .text_message import ListedMessage, Reader
from .tle import Tle

_BLOCK_KEYS = {"OMM_HEADER", "OMM_META_DATA", "OMM_DATA", "header", "metadata", "data"}


def _without_blanks(block: Any) -> Any:
    return {key: item for key, item in block.items() if item != ""} if isinstance(block, Mapping) else block


def _in_blocks(value: Any) -> Any:
    """Arrange the flat form into blocks, and drop blank values."""
    if not isinstance(value, Mapping) or not value:
        return value
    if value.keys() & _BLOCK_KEYS:
        return {key: _without_blanks(block) for key, block in value.items()}
    blocks: dict[str, dict[Any, Any]] = {"header": {}, "metadata": {}, "data": {}}
    for key, item in _without_blanks(value).items():
        name = str(key).lower()
        if name == "comment":
            blocks["header"]["comments"] = item
        elif name != "comments" and name in OmmHeader.model_fields:
            blocks["header"][key] = item
        else:
            blocks["metadata" if name in OmmMetadata.model_fields else "data"][key] = item
    return blocks


class Omm(ListedMessage):
    """An orbit mean-elements message (OMM).

    The platform's OMM format is undocumented. This class reads blocks like those of the platform's OPM, the flat JSON
    published by catalogues, and KVN text. Unknown keywords are kept, and no keyword is required.
    """

    _tag: ClassVar[str] = "omm.json"
    _keyword: ClassVar[str] = "CCSDS_OMM_VERS"
    _reader: ClassVar[Reader] = read_omm_kvn

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    header: Annotated[OmmHeader, keyword_field("OMM_HEADER", "header")] = OmmHeader()
    """Version, creation date and originator."""
    metadata: Annotated[OmmMetadata, keyword_field("OMM_META_DATA", "metadata")] = OmmMetadata()
    """Object, frame and mean-element theory."""
    data: Annotated[OmmData, keyword_field("OMM_DATA", "data")] = OmmData()
    """The mean elements."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse an OMM as KVN or XML (version 2.0 or 3.0 of the standard, times in UTC) or as a catalogue's JSON.

        Raises:
            InputError: if the text is invalid; the message gives the line and what is expected there.
        """
        return cls._parse_text(text)

    @classmethod
    def parse_many(cls, text: str) -> tuple[Self, ...]:
        """Parse any number of messages as catalogues publish them: a JSON array, CSV, KVN or XML.

        Raises:
            InputError: if messages are invalid; lists all of them, with line numbers except in JSON. `field` begins
                with the index of the message.
        """
        return super().parse_many(text)

    @classmethod
    def _data(cls, value: Any) -> Any:
        return _in_blocks(value)

    @classmethod
    def from_tle(cls, tle: Tle) -> Self:
        """Return the elements of a TLE as a message; `to_tle` gives an equal TLE back.

        Formats that mean the same, such as a zero for a blank, come back in their usual form.
        """
        return cls.model_validate(fields_of(tle))

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Build a message from the decoded JSON of a result.

        If there are several messages, return the last one: the elements at the end of the propagation.

        Raises:
            ResponseFormatError: if the JSON does not have the expected structure.
        """
        return cls._read(last_message(payload(data, "orbit")))

    def to_kvn(self) -> str:
        """Return the message as KVN text in the version given by its header, with unknown keywords last.

        Raises:
            InputError: if a field that the standard requires is missing, or if a value does not fit on one line.
        """
        return write_omm_kvn(type(self), self.header, self.metadata, self.data)

    def to_tle(self) -> Tle:
        """Return the elements as a TLE. Catalogue numbers from 100000 to 339999 are written in Alpha-5 form.

        Raises:
            InputError: if two lines cannot hold the elements exactly; the problems name each field.
        """
        return tle_of(self.metadata, self.data)

    @property
    def epoch(self) -> datetime | None:
        """Epoch of the elements, UTC."""
        return self.data.epoch

    def wire(self) -> dict[str, Any]:
        """Return the content as JSON data, in blocks like those of the platform's OPM."""
        content = wire_form(self)
        if self.data.epoch is not None:
            # Not rounded to milliseconds: the epoch is one of the elements.
            content["OMM_DATA"]["EPOCH"] = f"{utc_text(self.data.epoch)}Z"
        return content
