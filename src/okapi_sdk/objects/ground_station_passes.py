"""Passes over ground stations that an operator reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator

from ..models.base import Record
from ..models.json_form import wire_time
from ..models.problems import refusal
from ..models.types import Epoch
from ..values.time_window import TimeWindow
from .base import New, PagedQuery
from .filters import Limit, Text

_Listed = BeforeValidator(lambda value: () if value is None else value)


class ContactWindow(Record):
    """One pass over a ground station."""

    start: Epoch | None = None
    """Begin, UTC."""
    end: Epoch | None = None
    """End, UTC."""


class SpacecraftPasses(Record):
    """The passes of one spacecraft."""

    ground_station_passes_id: str | None = None
    """The platform's id; missing in the answer to an addition."""
    spacecraft: str | None = None
    """Name as in the public catalogue of Space-Track."""
    object_id: Any = None
    """Id of the spacecraft; the platform's schema leaves its type open."""
    start_epoch: Epoch | None = None
    """Begin of the span, UTC; missing in the answer to an addition."""
    stop_epoch: Epoch | None = None
    """End of the span, UTC; missing in the answer to an addition."""
    passes: Annotated[tuple[ContactWindow, ...], _Listed] = ()
    """The passes."""


class AddedGroundStationPasses(Record):
    """The answer to an addition: what was added."""

    elements: Annotated[tuple[SpacecraftPasses, ...], _Listed] = ()
    """The passes of each spacecraft."""


class GroundStationPasses(PagedQuery[SpacecraftPasses]):
    """Passes over ground stations that were reported."""

    _collection: ClassVar[str] = "multi-ground-station-passes-info"
    _element: ClassVar[type[SpacecraftPasses]] = SpacecraftPasses

    limit: Limit = 20
    """Elements of a page, 1 to 10000."""
    start: Epoch | None = None
    """Begin of a span, UTC."""
    stop: Epoch | None = None
    """End of a span, UTC."""
    object_id: Annotated[
        Text | None,
        Field(validation_alias=AliasChoices("object_id", "objectId"), serialization_alias="objectId"),
    ] = None  # fmt: skip
    """Id of the spacecraft; on the wire ``objectId``."""
    name: Text | None = None
    """Name of the spacecraft."""

    @model_validator(mode="after")
    def _forward(self) -> Any:
        if self.start is not None and self.stop is not None and self.start > self.stop:
            allowed = f"not before the start, {wire_time(self.start)}"
            raise refusal(type(self), "stop", wire_time(self.stop), allowed, "swap the two")
        return self


def _whole(moment: datetime, up: bool) -> str:
    seconds = moment.timestamp()
    whole = datetime.fromtimestamp(math.ceil(seconds) if up else math.floor(seconds), UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%SZ}"


class NewGroundStationPasses(New[AddedGroundStationPasses]):
    """Passes over ground stations to add, of any number of spacecraft.

    The platform wants them in the order of time, and without fractions of a second: they are sorted, and each is
    widened to whole seconds.

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
    """Passes of each spacecraft, by its name as in the public catalogue of Space-Track."""

    def _body(self) -> dict[str, Any]:
        """The JSON body of the POST."""
        return {
            "elements": [
                {
                    "spacecraft": name,
                    "passes": [
                        {"start": _whole(window.start, up=False), "end": _whole(window.end, up=True)}
                        for window in sorted(windows, key=lambda window: window.start)
                    ],
                }
                for name, windows in self.passes.items()
            ]
        }
