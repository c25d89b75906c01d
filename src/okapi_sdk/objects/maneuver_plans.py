"""Manoeuvre plans of an operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from ..messages.oem import Oem
from ..messages.opm import Opm
from ..models.base import Record
from ..models.dumps import Named, from_named
from ..models.json_form import json_data
from ..models.problems import rule
from ..models.types import Limit
from ..values.orbit_determination_settings import Flag
from ..values.tagged import Tagged
from .base import New, PagedQuery


class ManeuverPlan(Record):
    """A manoeuvre plan. Its fields are undocumented; all fields in the response are kept."""


class ManeuverPlans(PagedQuery[ManeuverPlan]):
    """Query for all manoeuvre plans."""

    _collection: ClassVar[str] = "maneuver-plans"
    _element: ClassVar[type[ManeuverPlan]] = ManeuverPlan

    limit: Limit = 20
    """Number of elements per page, 1 to 10000."""


def _plan(value: object) -> object:
    value = from_named(value, Opm, Oem, Tagged)
    if isinstance(value, Opm | Oem | Tagged):
        return value
    if isinstance(value, Mapping):
        return json_data(value)
    raise rule("an Opm, Oem, Tagged or dictionary", "wrap other formats in Tagged(type=..., content=...)")


class NewManeuverPlan(New[ManeuverPlan]):
    """A manoeuvre plan to add.

    The structure of a plan is undocumented. An `Opm`, `Oem` or `Tagged` value is sent as ``{type, content}``, like the
    inputs of calculations; a dictionary is sent unchanged.

    >>> NewManeuverPlan(plan={"type": "opm.json", "content": {}}, force=True)._params()
    {'force': 'true'}
    """

    _collection: ClassVar[str] = "maneuver-plans"
    _record: ClassVar[type[ManeuverPlan]] = ManeuverPlan

    plan: Annotated[Opm | Oem | Tagged | Mapping[str, Any], PlainValidator(_plan), Named]
    """The plan."""
    force: Flag = False
    """True to store the plan despite warnings. This is inferred from the name; the flag is undocumented."""

    def _body(self) -> Any:
        """Return the JSON body of the POST."""
        if isinstance(self.plan, Mapping):
            return dict(self.plan)
        return {"type": self.plan._tag, "content": self.plan.wire()}

    def _params(self) -> dict[str, str]:
        """Return the query string parameters; ``force`` is always sent."""
        return {"force": "true" if self.force else "false"}
