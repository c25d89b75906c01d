"""Stored tracking data messages (TDMs)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from ..messages.tdm import Tdm
from ..models.dumps import Named, from_named
from ..models.problems import rule
from ..models.types import Limit
from ..values.tagged import Tagged
from .base import (
    Gettable,
    New,
    PagedQuery,
    Stored,
)
from .filters import CatalogueNumber, Text, TimeRange

MAX_LENGTH = 16 * 2**20


class TdmRecord(Stored, Gettable["TdmRecord"]):
    """A stored tracking data message. Its fields are undocumented; all fields in the response are kept."""

    _collection: ClassVar[str] = "tdms"
    _id_field: ClassVar[str] = "tdm_id"

    tdm_id: str | None = None
    """The platform's ID."""


class Tdms(PagedQuery[TdmRecord]):
    """Query for stored tracking data messages."""

    _collection: ClassVar[str] = "tdms"
    _element: ClassVar[type[TdmRecord]] = TdmRecord

    limit: Limit = 20
    """Number of elements per page, 1 to 10000."""
    insert_epoch: TimeRange = None
    """Time at which the platform stored the message, UTC: a `Range`."""
    epoch: TimeRange = None
    """Epoch of the measurements, UTC: a `Range`."""
    norad_id: CatalogueNumber | None = None
    """NORAD catalogue number."""
    cospar_id: Text | None = None
    """COSPAR ID, such as ``1998-067A``."""


def _tdm(value: object) -> object:
    value = from_named(value, Tdm, Tagged)
    if isinstance(value, Tagged | Tdm):
        return value
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_LENGTH:
        raise rule("a Tdm, or the message as KVN text", "read the file as text, or wrap other formats in Tagged")
    return value


class NewTdm(New[TdmRecord]):
    """A tracking data message to add.

    >>> NewTdm(tdm="CCSDS_TDM_VERS = 1.0")._body()
    {'tdm': {'type': 'tdm.txt', 'content': 'CCSDS_TDM_VERS = 1.0'}}
    """

    _collection: ClassVar[str] = "tdms"
    _record: ClassVar[type[TdmRecord]] = TdmRecord

    tdm: Annotated[Tdm | str | Tagged, PlainValidator(_tdm), Named]
    """The message: a `Tdm`, KVN text (sent unchanged), or a `Tagged` value for other formats."""

    def _body(self) -> dict[str, Any]:
        """Return the JSON body of the POST."""
        value = Tagged(type=Tdm._tag, content=self.tdm) if isinstance(self.tdm, str) else self.tdm
        return {"tdm": {"type": value._tag, "content": value.wire()}}
