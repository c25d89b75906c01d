"""Stored ephemerides, and the residual plots of their orbit determination."""

from __future__ import annotations

from typing import ClassVar, Self

from ..messages.oem import Oem
from ..models.types import Limit
from ..results.response import RawResponse
from ..values.orbit_determination_settings import Flag
from .base import (
    Gettable,
    PagedQuery,
    Query,
    Stored,
)
from .embedded_messages import embedded_message
from .filters import CatalogueNumber, ElementFilters, FieldOfView, Id, TimeRange
from .text_forms import StoredText, TextForms


class OemRecord(Stored, Gettable["OemRecord"]):
    """A stored ephemeris. The fields outside the message are undocumented; all fields in the response are kept."""

    _collection: ClassVar[str] = "oems"
    _id_field: ClassVar[str] = "oem_id"

    oem_id: str | None = None
    """The platform's ID."""
    tracklet_id: str | None = None
    """ID of the tracklet from which the orbit was determined."""
    is_predicted: bool | None = None
    """True if the ephemeris is a prediction."""

    def oem(self) -> Oem:
        """Return the ephemeris message, in km and km/s.

        Raises:
            ResponseFormatError: if the record contains no ephemeris.
        """
        return embedded_message(self, Oem, ("OEM_META_DATA_DATA", "segments"))

    def orbit(self) -> Oem:
        """Return the orbit for a calculation, as `oem` does."""
        return self.oem()


class _OemText(StoredText):
    _collection: ClassVar[str] = "oems"
    _id_field: ClassVar[str] = "oem_id"
    _form: ClassVar[str]

    oem_id: str | None = None
    """The platform's ID of the ephemeris."""

    @classmethod
    def _query(cls) -> dict[str, str]:
        """Return the parameter that selects the text format."""
        return {"format": cls._form}


class OemKvn(_OemText, Gettable["OemKvn"]):
    """A stored ephemeris as KVN text: ``client.get(OemKvn, oem_id).text``."""

    _form: ClassVar[str] = "kvn"


class OemXml(_OemText, Gettable["OemXml"]):
    """A stored ephemeris as XML text: ``client.get(OemXml, oem_id).text``."""

    _form: ClassVar[str] = "xml"


class ResidualPlot(Stored, Gettable["ResidualPlot"]):
    """HTML page that plots the residuals of an orbit determination. It has the ID of the resulting ephemeris."""

    _collection: ClassVar[str] = "oems"
    _id_field: ClassVar[str] = "oem_id"
    _accept: ClassVar[str] = "text/html"

    oem_id: str | None = None
    """The platform's ID of the ephemeris."""
    html: str = ""
    """The page. It is untrusted content from the platform: save it to a file and open it in a separate browser."""

    @classmethod
    def _address(cls, id: str) -> str:
        """Return the path of the page, relative to the base URL."""
        return f"{super()._address(id)}/plot-od-residuals"

    @classmethod
    def _from_response(cls, response: RawResponse, id: str) -> Self:
        """Return the page from a response, unchanged."""
        return cls.model_validate({"oem_id": id, "html": response.text})


class Oems(TextForms, ElementFilters, PagedQuery[OemRecord]):
    """Query for stored ephemerides; ``texts("kvn")`` and ``texts("xml")`` list them as text."""

    _collection: ClassVar[str] = "oems"
    _element: ClassVar[type[OemRecord]] = OemRecord

    limit: Limit = 20
    """Number of elements per page, 1 to 10000."""
    fov: FieldOfView | None = None
    """A sensor's field of view, to list only orbits that the sensor may have observed."""
    epoch: TimeRange = None
    """Epoch, UTC: a `Range`."""
    tracklet_id: Id | None = None
    """ID of a tracklet."""
    is_predicted: Flag | None = None
    """True for predictions only, False to exclude predictions."""
    norad_id: CatalogueNumber | None = None
    """NORAD catalogue number; the platform declares it as text, but numbers are accepted too."""


class SatelliteOems(TextForms, Query[OemRecord]):
    """Query for the ephemerides of a satellite."""

    _collection: ClassVar[str] = "satellites/{satellite_id}/oems"
    _element: ClassVar[type[OemRecord]] = OemRecord

    satellite_id: Id
    """The platform's ID of the satellite."""
