"""Stored orbit mean-elements messages (OMMs)."""

from __future__ import annotations

from typing import ClassVar

from ..messages.omm import Omm
from .base import PagedQuery
from .element_sets import CatalogueFilters, CatalogueRecord
from .embedded_messages import embedded_message
from .filters import FieldOfView
from .text_forms import TextForms


class OmmRecord(CatalogueRecord):
    """Stored mean elements. The fields are undocumented; all fields in the response are kept."""

    def omm(self) -> Omm:
        """Return the mean elements message.

        Raises:
            ResponseFormatError: if the record contains no mean elements.
        """
        fields = self._fields()
        if "MEAN_MOTION" in fields:
            return Omm._read(fields)
        return embedded_message(self, Omm, ("OMM_DATA", "MEAN_MOTION", "mean_motion", "data"))

    def orbit(self) -> Omm:
        """Return the orbit for a calculation, as `omm` does."""
        return self.omm()


class Omms(TextForms, CatalogueFilters, PagedQuery[OmmRecord]):
    """Query for stored mean elements; ``texts("kvn")`` and ``texts("xml")`` list them as text."""

    _collection: ClassVar[str] = "omms"
    _element: ClassVar[type[OmmRecord]] = OmmRecord

    fov: FieldOfView | None = None
    """A sensor's field of view, to list only orbits that the sensor may have observed."""
