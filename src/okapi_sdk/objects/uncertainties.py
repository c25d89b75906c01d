"""Uncertainties of catalogued orbits, which the platform computes when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from ..models.base import Record
from ..models.types import Epoch, OpenName
from .base import PagedQuery
from .filters import (
    Counts,
    Items,
    Limit,
    OpenItem,
)

_Key = Annotated[
    Literal["sum", "rtn.r", "rtn.t", "rtn.n", "-sum", "-rtn.r", "-rtn.t", "-rtn.n"] | str, OpenName, OpenItem
]  # fmt: skip


class UncertaintyRtn(Record):
    """Uncertainty by direction. No source names the unit."""

    r: float | None = None
    """Radial component; no source names the unit."""
    t: float | None = None
    """Transverse component; as `r`."""
    n: float | None = None
    """Normal component; as `r`."""


class Uncertainty(Record):
    """How well an orbit is known. No source shows this record: its fields follow from the keys to sort by."""

    sum: float | None = None
    """Uncertainty in all; no source names the unit."""
    rtn: UncertaintyRtn | None = None
    """Uncertainty by direction."""


class Uncertainties(PagedQuery[Uncertainty]):
    """Uncertainties of orbits at an epoch."""

    _collection: ClassVar[str] = "uncertainties"
    _element: ClassVar[type[Uncertainty]] = Uncertainty

    limit: Limit = 1000
    """Elements of a page, 1 to 10000."""
    epoch: Epoch | None = None
    """Time for which they are computed, UTC."""
    norad_id: Counts | None = None
    """NORAD catalogue numbers."""
    cospar_id: Items | None = None
    """COSPAR ids."""
    sort: Annotated[Sequence[_Key], Field(min_length=1), AfterValidator(tuple)] | None = None
    """Keys to sort by, ``-`` before one for the reverse."""
