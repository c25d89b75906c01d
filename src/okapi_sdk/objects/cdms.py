"""Stored conjunction data messages. They are uploaded by a calculation."""

from __future__ import annotations

from typing import ClassVar

from ..messages.cdm import Cdm
from ..models.types import Count
from .base import PagedQuery, Query
from .filters import (
    CountRange,
    Id,
    Items,
    Limit,
    Names,
    NumberRange,
    TimeRange,
)
from .text_forms import TextForms


class Cdms(TextForms, PagedQuery[Cdm]):
    """Conjunction data messages; ``texts("kvn")`` and ``texts("xml")`` list them as text.

    The elements are read in both JSON forms, that of Space-Track and that of the CCSDS keywords: which one comes is not
    documented. In both, distances are in **metres**.
    """

    _collection: ClassVar[str] = "cdms"
    _element: ClassVar[type[Cdm]] = Cdm

    limit: Limit = 20
    """Elements of a page, 1 to 10000."""
    sat1_object_designator: Count | None = None
    """NORAD catalogue number of the first object."""
    sat2_object_designator: Count | None = None
    """NORAD catalogue number of the second object."""
    inserted: TimeRange = None
    """When the platform took it in, UTC: a `Range`."""
    relative_position_r: NumberRange = None
    """Radial component of the relative position: a `Range`; metres most likely, as in the message itself."""
    relative_position_t: NumberRange = None
    """Transverse component; as `relative_position_r`."""
    relative_position_n: NumberRange = None
    """Normal component; as `relative_position_r`."""
    time_to_tca: CountRange = None
    """Time until the closest approach: a `Range` of whole numbers, seconds most likely; no source names the unit."""
    sort: Names | None = None
    """Field to sort by, ``-`` before it for the reverse; or a list of such."""
    include: Items | None = None
    """Fields that are to come."""
    exclude: Items | None = None
    """Fields that are not to come."""


class ConjunctionCdms(TextForms, Query[Cdm]):
    """The conjunction data messages of a conjunction; distances in **metres**."""

    _collection: ClassVar[str] = "conjunctions/{conjunction_id}/cdms"
    _element: ClassVar[type[Cdm]] = Cdm

    conjunction_id: Id
    """The platform's id of the conjunction."""
