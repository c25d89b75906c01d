"""Stored conjunction data messages; `UploadCdm` uploads them."""

from __future__ import annotations

from typing import ClassVar

from ..messages.cdm import Cdm
from ..models.types import Count, Limit
from .base import PagedQuery, Query
from .filters import CountRange, Id, Items, Names, NumberRange, TimeRange
from .text_forms import TextForms


class Cdms(TextForms, PagedQuery[Cdm]):
    """Query for conjunction data messages; ``texts("kvn")`` and ``texts("xml")`` list them as text.

    Elements use one of two JSON formats: Space-Track's, or the one with CCSDS keywords. The platform does not document
    which one it sends. Distances are in **metres** in both.
    """

    _collection: ClassVar[str] = "cdms"
    _element: ClassVar[type[Cdm]] = Cdm

    limit: Limit = 20
    """Number of elements per page, 1 to 10000."""
    sat1_object_designator: Count | None = None
    """NORAD catalogue number of the first object."""
    sat2_object_designator: Count | None = None
    """NORAD catalogue number of the second object."""
    inserted: TimeRange = None
    """Time at which the platform stored the message, UTC: a `Range`."""
    relative_position_r: NumberRange = None
    """Radial component of the relative position: a `Range`, most likely in metres as in the message itself."""
    relative_position_t: NumberRange = None
    """Transverse component, in the same unit as `relative_position_r`."""
    relative_position_n: NumberRange = None
    """Normal component, in the same unit as `relative_position_r`."""
    time_to_tca: CountRange = None
    """Time to closest approach: a `Range` of whole numbers, most likely in seconds; the unit is undocumented."""
    sort: Names | None = None
    """Field to sort by, or a list of fields; a leading ``-`` reverses the order. Field names are undocumented."""
    include: Items | None = None
    """Fields to include in the response."""
    exclude: Items | None = None
    """Fields to exclude from the response."""


class ConjunctionCdms(TextForms, Query[Cdm]):
    """Query for the conjunction data messages of a conjunction; distances are in **metres**."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/cdms"
    _element: ClassVar[type[Cdm]] = Cdm

    conjunction_id: Id
    """The platform's ID of the conjunction."""
