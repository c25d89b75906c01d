"""Stored ephemerides, and the page that shows how well their determination went."""

from __future__ import annotations

from typing import ClassVar, Self

from ..messages.oem import Oem
from ..results.response import RawResponse
from ..values.orbit_determination_settings import Flag
from .base import (
    Gettable,
    PagedQuery,
    Query,
    Stored,
)
from .embedded_messages import carried
from .filters import (
    CatalogueNumber,
    ElementFilters,
    FieldOfView,
    Id,
    Limit,
    TimeRange,
)
from .text_forms import StoredText, TextForms


class OemRecord(Stored, Gettable["OemRecord"]):
    """A stored ephemeris. What stands beside the message in an answer is not documented: it is kept as it comes."""

    _collection: ClassVar[str] = "oems"
    _id_field: ClassVar[str] = "oem_id"

    oem_id: str | None = None
    """The platform's id."""
    tracklet_id: str | None = None
    """Id of the tracklet that it was determined from."""
    is_predicted: bool | None = None
    """Whether it is a prediction."""

    def oem(self) -> Oem:
        """The ephemeris itself: km and km/s.

        Raises:
            ResponseFormatError: none stands in the record.
        """
        return carried(self, Oem, ("OEM_META_DATA_DATA", "segments"))


class _OemText(StoredText):
    _collection: ClassVar[str] = "oems"
    _id_field: ClassVar[str] = "oem_id"
    _form: ClassVar[str]

    oem_id: str | None = None
    """The platform's id of the ephemeris."""

    @classmethod
    def _query(cls) -> dict[str, str]:
        """The form that is asked for."""
        return {"format": cls._form}


class OemKvn(_OemText, Gettable["OemKvn"]):
    """A stored ephemeris as KVN text: ``client.get(OemKvn, oem_id).text``."""

    _form: ClassVar[str] = "kvn"


class OemXml(_OemText, Gettable["OemXml"]):
    """A stored ephemeris as XML text: ``client.get(OemXml, oem_id).text``."""

    _form: ClassVar[str] = "xml"


class ResidualPlot(Stored, Gettable["ResidualPlot"]):
    """The HTML page that plots the residuals of an orbit determination, by the id of the ephemeris that came of it."""

    _collection: ClassVar[str] = "oems"
    _id_field: ClassVar[str] = "oem_id"
    _accept: ClassVar[str] = "text/html"

    oem_id: str | None = None
    """The platform's id of the ephemeris."""
    html: str = ""
    """The page. It is the platform's: open it as a file, in a browser of its own."""

    @classmethod
    def _address(cls, id: str) -> str:
        """Path of the page below the base URL."""
        return f"{super()._address(id)}/plot-od-residuals"

    @classmethod
    def _from_response(cls, response: RawResponse, id: str) -> Self:
        """Read the answer: the page as it came."""
        return cls.model_validate({"oem_id": id, "html": response.text})


class Oems(TextForms, ElementFilters, PagedQuery[OemRecord]):
    """Stored ephemerides; ``texts("kvn")`` and ``texts("xml")`` list them as text."""

    _collection: ClassVar[str] = "oems"
    _element: ClassVar[type[OemRecord]] = OemRecord

    limit: Limit = 20
    """Elements of a page, 1 to 10000."""
    fov: FieldOfView | None = None
    """Only orbits that a sensor may have seen."""
    epoch: TimeRange = None
    """Epoch, UTC: a `Range`."""
    tracklet_id: Id | None = None
    """Id of a tracklet."""
    is_predicted: Flag | None = None
    """Only predictions, or none of them."""
    norad_id: CatalogueNumber | None = None
    """NORAD catalogue number; the platform declares text here, and a number is taken too."""


class SatelliteOems(TextForms, Query[OemRecord]):
    """The ephemerides of a satellite."""

    _collection: ClassVar[str] = "satellites/{satellite_id}/oems"
    _element: ClassVar[type[OemRecord]] = OemRecord

    satellite_id: Id
    """The platform's id of the satellite."""
