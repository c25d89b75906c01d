"""Stored tracking data messages."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from ..messages.tdm import Tdm
from ..models.problems import rule
from ..values.tagged import Tagged
from .base import (
    Gettable,
    New,
    PagedQuery,
    Stored,
)
from .filters import (
    CatalogueNumber,
    Limit,
    Text,
    TimeRange,
)

LARGEST = 16 * 2**20


class TdmRecord(Stored, Gettable["TdmRecord"]):
    """A stored tracking data message. No source shows its fields: what comes is kept as it comes."""

    _collection: ClassVar[str] = "tdms"
    _id_field: ClassVar[str] = "tdm_id"

    tdm_id: str | None = None
    """The platform's id."""


class Tdms(PagedQuery[TdmRecord]):
    """Stored tracking data messages."""

    _collection: ClassVar[str] = "tdms"
    _element: ClassVar[type[TdmRecord]] = TdmRecord

    limit: Limit = 20
    """Elements of a page, 1 to 10000."""
    insert_epoch: TimeRange = None
    """When the platform took it in, UTC: a `Range`."""
    epoch: TimeRange = None
    """Epoch of the measurements, UTC: a `Range`."""
    norad_id: CatalogueNumber | None = None
    """NORAD catalogue number."""
    cospar_id: Text | None = None
    """COSPAR id, such as ``1998-067A``."""


def _tdm(value: object) -> object:
    if isinstance(value, Tagged | Tdm):
        return value
    if not isinstance(value, str) or not value.strip() or len(value) > LARGEST:
        raise rule("a Tdm, or the message as KVN text", "read the file as text, or wrap another form in Tagged")
    return value


class NewTdm(New[TdmRecord]):
    """A tracking data message to add: one at a time.

    >>> NewTdm(tdm="CCSDS_TDM_VERS = 1.0")._body()
    {'tdm': {'type': 'tdm.txt', 'content': 'CCSDS_TDM_VERS = 1.0'}}
    """

    _collection: ClassVar[str] = "tdms"
    _record: ClassVar[type[TdmRecord]] = TdmRecord

    tdm: Annotated[Tdm | str | Tagged, PlainValidator(_tdm)]
    """The message: a `Tdm`, KVN text that is sent as it is, or a `Tagged` value for any other form."""

    def _body(self) -> dict[str, Any]:
        """The JSON body of the POST."""
        value = Tagged(type=Tdm._tag, content=self.tdm) if isinstance(self.tdm, str) else self.tdm
        return {"tdm": {"type": value._tag, "content": value._wire()}}
