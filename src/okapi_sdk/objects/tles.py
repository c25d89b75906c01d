"""Stored two-line element sets (TLEs)."""

from __future__ import annotations

from typing import Any, ClassVar

from ..messages.tle import Tle
from .base import PagedQuery
from .element_sets import CatalogueFilters, CatalogueRecord
from .embedded_messages import missing_message
from .filters import Limit
from .text_forms import TextForms


class TleRecord(CatalogueRecord):
    """A stored element set. The platform documents Space-Track's keys; all fields in the response are kept."""

    def tle(self) -> Tle:
        """Return the element set.

        Raises:
            ResponseFormatError: if the record contains no valid element set.
        """
        fields: dict[str, Any] = {str(key).upper(): value for key, value in (self.model_extra or {}).items()}
        lines = [fields.get(key) for key in ("TLE_LINE0", "TLE_LINE1", "TLE_LINE2")]
        if lines[1] and lines[2]:
            return Tle._read("\n".join(str(line) for line in lines if line))
        for value in fields.values():
            if isinstance(value, str) and "\n2 " in value:
                return Tle._read(value)
        raise missing_message(self, "TLE")


class Tles(TextForms, CatalogueFilters, PagedQuery[TleRecord]):
    """Query for stored element sets; ``texts()`` lists them as text in the platform's ``BATCH`` format."""

    _collection: ClassVar[str] = "tles"
    _element: ClassVar[type[TleRecord]] = TleRecord
    _text_forms: ClassVar[tuple[str, ...]] = ("BATCH",)

    limit: Limit = 1000
    """Number of elements per page, 1 to 10000."""
