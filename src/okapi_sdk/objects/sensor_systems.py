"""Sensor systems that observe space objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, BeforeValidator, Field

from ..models.json_form import json_data
from ..models.types import Limit
from .base import (
    Gettable,
    New,
    PagedQuery,
    Stored,
)


class SensorSystem(Stored, Gettable["SensorSystem"]):
    """A sensor system. Its fields are undocumented; all fields in the response are kept."""

    _collection: ClassVar[str] = "sensor-systems"
    _id_field: ClassVar[str] = "sensor_id"

    sensor_id: Annotated[
        str | None, Field(validation_alias=AliasChoices("sensor_id", "sensor_system_id", "id"))
    ] = None  # fmt: skip
    """The platform's ID. Its key is undocumented; it is read from ``sensor_id``, ``sensor_system_id`` or ``id``."""


class SensorSystems(PagedQuery[SensorSystem]):
    """Query for all sensor systems."""

    _collection: ClassVar[str] = "sensor-systems"
    _element: ClassVar[type[SensorSystem]] = SensorSystem

    limit: Limit = 20
    """Number of elements per page, 1 to 10000."""


class NewSensorSystem(New[SensorSystem]):
    """A sensor system to add. Its fields are undocumented, so any are accepted.

    >>> NewSensorSystem(fields={"name": "Telescope"})._body()
    {'name': 'Telescope'}
    """

    _collection: ClassVar[str] = "sensor-systems"
    _record: ClassVar[type[SensorSystem]] = SensorSystem

    fields: Annotated[Mapping[str, Any], BeforeValidator(json_data)]
    """The fields to send, as JSON data."""

    def _body(self) -> dict[str, Any]:
        """Return the JSON body of the POST."""
        return dict(self.fields)
