"""Ground-station passes reported by an operator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator

from ..models.base import Record
from ..models.json_form import wire_time
from ..models.problems import refusal
from ..models.types import Epoch, Limit
from ..values.time_window import TimeWindow
from .base import New, PagedQuery
from .filters import Text

_Listed = BeforeValidator(lambda value: () if value is None else value)


class ContactWindow(Record):
    """A pass over a ground station."""

    start: Epoch | None = None
    """Start, UTC."""
    end: Epoch | None = None
    """End, UTC."""


class SpacecraftPasses(Record):
    """The ground-station passes of a spacecraft."""

    ground_station_passes_id: str | None = None
    """The platform's ID; absent from the response to an addition."""
    spacecraft: str | None = None
    """Name of the spacecraft in Space-Track's public catalogue."""
    object_id: Any = None
    """ID of the spacecraft; the platform's schema does not define its type."""
    start_epoch: Epoch | None = None
    """Start of the time span, UTC; absent from the response to an addition."""
    stop_epoch: Epoch | None = None
    """End of the time span, UTC; absent from the response to an addition."""
    passes: Annotated[tuple[ContactWindow, ...], _Listed] = ()
    """The passes."""


class AddedGroundStationPasses(Record):
    """The response to an addition, with the added passes."""

    elements: Annotated[tuple[SpacecraftPasses, ...], _Listed] = ()
    """The added passes, grouped by spacecraft."""


class GroundStationPasses(PagedQuery[SpacecraftPasses]):
    """Query for the reported ground-station passes."""

    _collection: ClassVar[str] = "multi-ground-station-passes-info"
    _element: ClassVar[type[SpacecraftPasses]] = SpacecraftPasses

    limit: Limit = 20
    """Number of elements per page, 1 to 10000."""
    start: Epoch | None = None
    """Start of the time span, UTC."""
    stop: Epoch | None = None
    """End of the time span, UTC."""
    object_id: Annotated[
        Text | None,
        Field(validation_alias=AliasChoices("object_id", "objectId"), serialization_alias="objectId"),
    ] = None  # fmt: skip
    """ID of the spacecraft; sent as ``objectId``."""
    name: Text | None = None
    """Name of the spacecraft."""

    @model_validator(mode="after")
    def _check_order(self) -> Any:
        if self.start is not None and self.stop is not None and self.start > self.stop:
            allowed = f"a time not before start, {wire_time(self.start)}"
            raise refusal(type(self), "stop", wire_time(self.stop), allowed, "swap the two")
        return self


def _whole_second(time: datetime, up: bool) -> str:
    seconds = time.timestamp()
    whole = datetime.fromtimestamp(math.ceil(seconds) if up else math.floor(seconds), UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%SZ}"


class NewGroundStationPasses(New[AddedGroundStationPasses]):
    """Ground-station passes to add, for any number of spacecraft.

    The platform expects passes in chronological order and without fractions of a second, so they are sorted and each is
    extended to whole seconds.

    >>> NewGroundStationPasses(
    ...     passes={"SALSAT": [TimeWindow.parse("2020-10-13T10:00:23Z", "2020-10-13T10:09:54Z")]}
    ... )._body()["elements"][0]["passes"]
    [{'start': '2020-10-13T10:00:23Z', 'end': '2020-10-13T10:09:54Z'}]
    """

    _collection: ClassVar[str] = "multi-ground-station-passes"
    _record: ClassVar[type[AddedGroundStationPasses]] = AddedGroundStationPasses

    passes: Annotated[
        Mapping[Text, Annotated[Sequence[TimeWindow], Field(min_length=1), AfterValidator(tuple)]],
        Field(min_length=1),
    ]
    """Passes by spacecraft; each key is a name in Space-Track's public catalogue."""

    def _body(self) -> dict[str, Any]:
        """Return the JSON body of the POST."""
        return {
            "elements": [
                {
                    "spacecraft": name,
                    "passes": [
                        {"start": _whole_second(window.start, up=False), "end": _whole_second(window.end, up=True)}
                        for window in sorted(windows, key=lambda window: window.start)
                    ],
                }
                for name, windows in self.passes.items()
            ]
        }
