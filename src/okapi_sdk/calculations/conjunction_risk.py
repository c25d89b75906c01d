"""The conjunction that a calculation is about, and what both risk services share."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, get_args

from pydantic import AfterValidator, BeforeValidator

from ..errors import R
from ..messages.cdm import Cdm
from ..models.problems import rule
from ..models.types import is_path_step
from ..values.risk_overrides import RiskOverrides
from ..values.tagged import Tagged
from .base import Calculation
from .orbits import tagged


def _cdm(value: Any) -> Any:
    if isinstance(value, Cdm | Tagged):
        return value
    if isinstance(value, Mapping) and value.keys() == {"type", "content"} and value["type"] != Cdm._tag:
        return Tagged.model_validate(value)
    if isinstance(value, str | list | Mapping):
        return Cdm.model_validate(value)
    if stored := getattr(value, "conjunction_id", None):
        remedy = f"its messages: client.list(ConjunctionCdms(conjunction_id={stored!r}))"
        raise rule("a Cdm or Tagged", remedy)
    raise rule("a Cdm or Tagged", "Cdm.parse(text) makes one from KVN text or from the text of a JSON download")


AnyCdm = Annotated[Cdm | Tagged, BeforeValidator(_cdm)]
"""A CDM; also its text, its dictionary in either JSON form, tagged or not, or a list of one."""

RiskMethod = Literal[
    "alfano-2005",
    "alfriend-1999",
    "all-methods",
    "chan-1997",
    "foster-1992",
    "maximum-probability",
    "monte-carlo",
    "patera-2001",
    "patera-2003",
]
"""Methods that the platform is known to have."""


def _method(value: str) -> str:
    if not is_path_step(value):
        raise rule("text of letters, digits, '-', '_' and '.'", "for example 'foster-1992'")
    if value != value.lower():
        near = difflib.get_close_matches(value.lower(), get_args(RiskMethod), 1)
        raise rule("in lower case; answers have it in upper case", f"use {(*near, value.lower())[0]!r}")
    return value


Method = Annotated[RiskMethod | str, AfterValidator(_method)]
"""The known names are listed for editors, and any other is sent too."""


class ConjunctionRisk(Calculation[R], Generic[R]):
    """A calculation of the risk of one conjunction."""

    conjunction: AnyCdm
    """The conjunction: a `Cdm`, or a `Tagged` value for a form that the SDK has no class for, such as ``cdm.xml``. A
    `Cdm` is sent as it came in JSON, and in JSON too where it came as KVN text; remarks, also one that states a
    hard-body radius, do not travel then. ``Tagged(type="cdm.kvn", content=text)`` sends the text itself."""
    overrides: RiskOverrides | None = None
    """What is taken in place of the message's own values, such as hard-body radii in **metres**."""
    method: Method = "foster-1992"
    """How the probability is computed. ``foster-1992`` where none is given: it integrates over the whole disc without
    further approximation, and is the method that the CDMs of Space-Track name, so that the two can be compared. With
    ``all-methods`` there is a record for each method."""

    def _doubts(self) -> list[str]:
        """Overrides whose unit is not certain."""
        return [] if self.overrides is None else self.overrides._doubts()

    def _generic_body(self) -> dict[str, Any]:
        body = {"conjunction": tagged(self.conjunction)}
        return body if self.overrides is None else body | {"overrides": tagged(self.overrides)}
