"""Uncertainties of catalogued orbits, which the platform computes on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from ..models.base import Record
from ..models.types import Epoch, Limit, OpenName
from .base import PagedQuery
from .filters import Counts, Items, OpenItem

_Key = Annotated[
    Literal["sum", "rtn.r", "rtn.t", "rtn.n", "-sum", "-rtn.r", "-rtn.t", "-rtn.n"] | str, OpenName, OpenItem
]  # fmt: skip


class UncertaintyRtn(Record):
    """Uncertainty by direction. The unit is undocumented."""

    r: float | None = None
    """Radial component; the unit is undocumented."""
    t: float | None = None
    """Transverse component, in the same unit as `r`."""
    n: float | None = None
    """Normal component, in the same unit as `r`."""


class Uncertainty(Record):
    """Uncertainty of an orbit. The record is undocumented; its fields are inferred from the sort keys."""

    sum: float | None = None
    """Total uncertainty; the unit is undocumented."""
    rtn: UncertaintyRtn | None = None
    """Uncertainty by direction."""


class Uncertainties(PagedQuery[Uncertainty]):
    """Query for the uncertainties of orbits at an epoch."""

    _collection: ClassVar[str] = "uncertainties"
    _element: ClassVar[type[Uncertainty]] = Uncertainty

    limit: Limit = 1000
    """Number of elements per page, 1 to 10000."""
    epoch: Epoch | None = None
    """Time for which the uncertainties are computed, UTC."""
    norad_id: Counts | None = None
    """NORAD catalogue numbers."""
    cospar_id: Items | None = None
    """COSPAR IDs, such as ``1998-067A``."""
    sort: Annotated[Sequence[_Key], Field(min_length=1), AfterValidator(tuple)] | None = None
    """Sort keys; a leading ``-`` reverses the order."""
