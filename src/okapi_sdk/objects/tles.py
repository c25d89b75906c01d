"""Stored two-line element sets."""

from __future__ import annotations

from typing import Any, ClassVar

from ..messages.tle import Tle
from .base import PagedQuery
from .element_sets import CatalogueFilters, CatalogueRecord
from .embedded_messages import missing
from .filters import Limit
from .text_forms import TextForms


class TleRecord(CatalogueRecord):
    """A stored element set. The platform's text names the keys of Space-Track; what comes is kept as it comes."""

    def tle(self) -> Tle:
        """The element set itself.

        Raises:
            ResponseFormatError: none stands in the record, or it is no valid one.
        """
        found: dict[str, Any] = {str(key).upper(): value for key, value in (self.model_extra or {}).items()}
        lines = [found.get(key) for key in ("TLE_LINE0", "TLE_LINE1", "TLE_LINE2")]
        if lines[1] and lines[2]:
            return Tle._read("\n".join(str(line) for line in lines if line))
        for value in found.values():
            if isinstance(value, str) and "\n2 " in value:
                return Tle._read(value)
        raise missing(self, "TLE")


class Tles(TextForms, CatalogueFilters, PagedQuery[TleRecord]):
    """Stored element sets; ``texts()`` lists them in the platform's form ``BATCH``, as text."""

    _collection: ClassVar[str] = "tles"
    _element: ClassVar[type[TleRecord]] = TleRecord
    _text_forms: ClassVar[tuple[str, ...]] = ("BATCH",)

    limit: Limit = 1000
    """Elements of a page, 1 to 10000."""
