"""Stored two-line element sets."""

from __future__ import annotations

from typing import Any, ClassVar

from ..models.tle import Tle
from .base import PagedQuery
from .carrying import missing
from .catalogue import CatalogueFilters, CatalogueRecord
from .filters import Limit
from .texts import TextForms


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
            return Tle.read("\n".join(str(line) for line in lines if line))
        for value in found.values():
            if isinstance(value, str) and "\n2 " in value:
                return Tle.read(value)
        raise missing(self, "TLE")


class Tles(TextForms, CatalogueFilters, PagedQuery[TleRecord]):
    """Stored element sets; ``texts()`` lists them in the platform's form ``BATCH``, as text."""

    collection: ClassVar[str] = "tles"
    element: ClassVar[type[TleRecord]] = TleRecord
    text_forms: ClassVar[tuple[str, ...]] = ("BATCH",)

    limit: Limit = 1000
    """Elements of a page, 1 to 10000."""
