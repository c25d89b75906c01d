"""Stored mean elements messages."""

from __future__ import annotations

from typing import ClassVar

from ..messages.omm import Omm
from .base import PagedQuery
from .element_sets import CatalogueFilters, CatalogueRecord
from .embedded_messages import carried
from .filters import FieldOfView
from .text_forms import TextForms


class OmmRecord(CatalogueRecord):
    """Stored mean elements. What the platform sends is not documented: unknown keys are kept as they come."""

    def omm(self) -> Omm:
        """The mean elements themselves.

        Raises:
            ResponseFormatError: none stand in the record.
        """
        return carried(self, Omm, ("OMM_DATA", "MEAN_MOTION", "mean_motion", "data"))


class Omms(TextForms, CatalogueFilters, PagedQuery[OmmRecord]):
    """Stored mean elements messages; ``texts("kvn")`` and ``texts("xml")`` list them as text."""

    _collection: ClassVar[str] = "omms"
    _element: ClassVar[type[OmmRecord]] = OmmRecord

    fov: FieldOfView | None = None
    """Only orbits that a sensor may have seen."""
