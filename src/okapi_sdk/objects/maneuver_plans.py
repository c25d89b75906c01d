"""Maneuver plans: what an operator intends to fly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from ..messages.oem import Oem
from ..messages.opm import Opm
from ..models.base import Record
from ..models.json_form import json_data
from ..models.problems import rule
from ..values.orbit_determination_settings import Flag
from ..values.tagged import Tagged
from .base import New, PagedQuery
from .filters import Limit


class ManeuverPlan(Record):
    """A maneuver plan. No source shows its fields: what comes is kept as it comes."""


class ManeuverPlans(PagedQuery[ManeuverPlan]):
    """All maneuver plans."""

    _collection: ClassVar[str] = "maneuver-plans"
    _element: ClassVar[type[ManeuverPlan]] = ManeuverPlan

    limit: Limit = 20
    """Elements of a page, 1 to 10000."""


def _plan(value: object) -> object:
    if isinstance(value, Opm | Oem | Tagged):
        return value
    if isinstance(value, Mapping):
        return json_data(value)
    raise rule("an Opm, Oem or Tagged value, or a dictionary", "wrap any other form in Tagged(type=..., content=...)")


class NewManeuverPlan(New[ManeuverPlan]):
    """A maneuver plan to add.

    No source shows the form of a plan. An `Opm`, `Oem` or `Tagged` value is sent as ``{type, content}``, like the
    inputs of calculations; a dictionary is sent as it is.

    >>> NewManeuverPlan(plan={"type": "opm.json", "content": {}}, force=True)._params()
    {'force': 'true'}
    """

    _collection: ClassVar[str] = "maneuver-plans"
    _record: ClassVar[type[ManeuverPlan]] = ManeuverPlan

    plan: Annotated[Opm | Oem | Tagged | Mapping[str, Any], PlainValidator(_plan)]
    """The plan."""
    force: Flag = False
    """Take it in spite of doubts; that is how the name reads, no source explains it."""

    def _body(self) -> Any:
        """The JSON body of the POST."""
        if isinstance(self.plan, Mapping):
            return dict(self.plan)
        return {"type": self.plan._tag, "content": self.plan._wire()}

    def _params(self) -> dict[str, str]:
        """The query string's keys and values: ``force`` always travels."""
        return {"force": "true" if self.force else "false"}
