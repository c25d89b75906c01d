"""Satellites of the account."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ..models.base import Count
from .base import Changes, Deletable, Gettable, New, PagedQuery, Stored


class Satellite(Stored, Gettable["Satellite"], Deletable["Satellite"]):
    """A satellite as the platform keeps it."""

    collection: ClassVar[str] = "satellites"
    id_field: ClassVar[str] = "satellite_id"

    satellite_id: str | None = None
    """The platform's id."""
    name: str | None = None
    """Name; the platform takes it from the catalogue."""
    area: float | None = None
    """Collision cross section in m²."""


class Satellites(PagedQuery[Satellite]):
    """All satellites of the account."""

    collection: ClassVar[str] = "satellites"
    element: ClassVar[type[Satellite]] = Satellite

    limit: Annotated[Count, Field(ge=1, le=10_000)] = 20
    """Elements of a page."""


class NewSatellite(New[Satellite]):
    """A satellite to add."""

    collection: ClassVar[str] = "satellites"
    record: ClassVar[type[Satellite]] = Satellite

    name: str


class SatelliteChanges(Changes[Satellite]):
    """What to change of a satellite."""

    record: ClassVar[type[Satellite]] = Satellite

    name: str | None = None
    area: float | None = None
