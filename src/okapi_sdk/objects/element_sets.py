"""Base classes for the OMM and TLE catalogues."""

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
    """Base class of stored orbital elements of an object."""

    norad_cat_id: Annotated[int | None, Field(validation_alias=AliasChoices("NORAD_CAT_ID", "norad_cat_id"))] = None
    """NORAD catalogue number."""
    creation_date: Annotated[
        Epoch | None, Field(validation_alias=AliasChoices("CREATION_DATE", "creation_date"))
    ] = None  # fmt: skip
    """Creation time, UTC."""

    def _fields(self) -> dict[str, Any]:
        """Return all fields of the response, with keys in upper case."""
        fields = {str(key).upper(): value for key, value in (self.model_extra or {}).items()}
        return fields | {"NORAD_CAT_ID": self.norad_cat_id, "CREATION_DATE": self.creation_date}


class CatalogueFilters(ElementFilters):
    """Filters for the OMM and TLE catalogues."""

    originator: Originator | None = None
    """Originator of the elements: the United States Space Force, EON or OKAPI:Orbits."""
    latest: Flag | None = None
    """True for only the newest elements of each object. Platform default: false."""
    start: Epoch | None = None
    """Earliest creation time, UTC."""
    stop: Epoch | None = None
    """Latest creation time, UTC."""
    norad_id: Count | None = None
    """NORAD catalogue number."""
    cospar_id: Text | None = None
    """COSPAR ID, such as ``1998-067A``."""
    semimajoraxis: NumberRange = None
    """Semi-major axis, most likely in km; the unit is undocumented."""

    @model_validator(mode="after")
    def _check_order(self) -> Any:
        if self.start is not None and self.stop is not None and self.start > self.stop:
            allowed = f"a time not before start, {wire_time(self.start)}"
            raise refusal(type(self), "stop", wire_time(self.stop), allowed, "swap the two")
        return self
