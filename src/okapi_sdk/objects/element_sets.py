"""What the catalogues of OMMs and TLEs have in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, Field, model_validator

from ..models.base import Record
from ..models.json_form import wire_time
from ..models.problems import refusal
from ..models.types import Count, Epoch
from ..values.orbit_determination_settings import Flag
from .filters import (
    ElementFilters,
    NumberRange,
    Originator,
    Text,
)


class CatalogueRecord(Record):
    """Stored elements of an object."""

    norad_cat_id: Annotated[int | None, Field(validation_alias=AliasChoices("NORAD_CAT_ID", "norad_cat_id"))] = None
    """NORAD catalogue number."""
    creation_date: Annotated[
        Epoch | None, Field(validation_alias=AliasChoices("CREATION_DATE", "creation_date"))
    ] = None  # fmt: skip
    """When they were made, UTC."""


class CatalogueFilters(ElementFilters):
    """Filters of the catalogues."""

    originator: Originator | None = None
    """Who made them: the United States Space Force, EON, or OKAPI:Orbits."""
    latest: Flag | None = None
    """Only the newest of each object. Platform's default: off."""
    start: Epoch | None = None
    """Made at that time or later, UTC."""
    stop: Epoch | None = None
    """Made at that time or earlier, UTC."""
    norad_id: Count | None = None
    """NORAD catalogue number."""
    cospar_id: Text | None = None
    """COSPAR id, such as ``1998-067A``."""
    semimajoraxis: NumberRange = None
    """Semi-major axis; km most likely, no source names the unit."""

    @model_validator(mode="after")
    def _forward(self) -> Any:
        if self.start is not None and self.stop is not None and self.start > self.stop:
            allowed = f"not before the start, {wire_time(self.start)}"
            raise refusal(type(self), "stop", wire_time(self.stop), allowed, "swap the two")
        return self
