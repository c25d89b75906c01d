"""Stored two-line element sets (TLEs)."""

from __future__ import annotations

from typing import ClassVar

from ..messages.omm import Omm
from ..messages.tle import Tle
from ..models.types import Limit
from .base import PagedQuery
from .element_sets import CatalogueFilters, CatalogueRecord
from .embedded_messages import missing_message
from .text_forms import TextForms


class TleRecord(CatalogueRecord):
    """A stored element set. The platform documents Space-Track's keys; all fields in the response are kept.

    Objects with catalogue numbers above 339999 have elements, but no lines. `orbit` serves both.
    """

    def tle(self) -> Tle:
        """Return the element set: its two lines or, if there are none, the TLE that holds its elements exactly.

        Raises:
            ResponseFormatError: if the record contains no valid element set.
            InputError: if the record has no lines, and two lines cannot hold its elements; names each field.
        """
        lines = self._lines()
        return self.omm().to_tle() if lines is None else Tle._read(lines)

    def omm(self) -> Omm:
        """Return the elements as a message, also if no TLE can hold them.

        Raises:
            ResponseFormatError: if the record contains no valid element set.
        """
        fields = self._fields()
        if fields.get("MEAN_MOTION") is not None:
            return Omm._read(fields)
        lines = self._lines()
        if lines is None:
            raise missing_message(self, "TLE")
        return Omm.from_tle(Tle._read(lines))

    def orbit(self) -> Tle | Omm:
        """Return the orbit for a calculation: the two lines of the record or, if there are none, its elements.

        Raises:
            ResponseFormatError: if the record contains no valid element set.
        """
        lines = self._lines()
        return self.omm() if lines is None else Tle._read(lines)

    def _lines(self) -> str | None:
        fields = self._fields()
        lines = [fields.get(key) for key in ("TLE_LINE0", "TLE_LINE1", "TLE_LINE2")]
        if lines[1] and lines[2]:
            return "\n".join(str(line) for line in lines if line)
        return next((value for value in fields.values() if isinstance(value, str) and "\n2 " in value), None)


class Tles(TextForms, CatalogueFilters, PagedQuery[TleRecord]):
    """Query for stored element sets; ``texts()`` lists them as text in the platform's ``BATCH`` format."""

    _collection: ClassVar[str] = "tles"
    _element: ClassVar[type[TleRecord]] = TleRecord
    _text_forms: ClassVar[tuple[str, ...]] = ("BATCH",)

    limit: Limit = 1000
    """Number of elements per page, 1 to 10000."""
