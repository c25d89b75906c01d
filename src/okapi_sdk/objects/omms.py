"""Stored mean elements messages."""

from __future__ import annotations

from typing import ClassVar

from ..models.omm import Omm
from .base import PagedQuery
from .carrying import carried
from .catalogue import CatalogueFilters, CatalogueRecord
from .filters import FieldOfView
from .texts import TextForms


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

    collection: ClassVar[str] = "omms"
    element: ClassVar[type[OmmRecord]] = OmmRecord

    fov: FieldOfView | None = None
    """Only orbits that a sensor may have seen."""
