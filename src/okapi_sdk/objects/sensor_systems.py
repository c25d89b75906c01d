"""Sensor systems: what measures orbits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, BeforeValidator, Field

from ..models.json_form import json_data
from .base import (
    Gettable,
    New,
    PagedQuery,
    Stored,
)
from .filters import Limit


class SensorSystem(Stored, Gettable["SensorSystem"]):
    """A sensor system. No source shows its fields: what comes is kept as it comes."""

    _collection: ClassVar[str] = "sensor-systems"
    _id_field: ClassVar[str] = "sensor_id"

    sensor_id: Annotated[
        str | None, Field(validation_alias=AliasChoices("sensor_id", "sensor_system_id", "id"))
    ] = None  # fmt: skip
    """The platform's id. Under which key it comes is not documented: ``sensor_id``, ``sensor_system_id`` and ``id`` are
    looked for."""


class SensorSystems(PagedQuery[SensorSystem]):
    """All sensor systems."""

    _collection: ClassVar[str] = "sensor-systems"
    _element: ClassVar[type[SensorSystem]] = SensorSystem

    limit: Limit = 20
    """Elements of a page, 1 to 10000."""


class NewSensorSystem(New[SensorSystem]):
    """A sensor system to add. No source shows which fields the platform takes, so they are open.

    >>> NewSensorSystem(fields={"name": "Telescope"})._body()
    {'name': 'Telescope'}
    """

    _collection: ClassVar[str] = "sensor-systems"
    _record: ClassVar[type[SensorSystem]] = SensorSystem

    fields: Annotated[Mapping[str, Any], BeforeValidator(json_data)]
    """The fields as the platform takes them: JSON data."""

    def _body(self) -> dict[str, Any]:
        """The JSON body of the POST."""
        return dict(self.fields)
