"""Input types and base class of the two risk services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, SerializerFunctionWrapHandler, WrapSerializer

from ..errors import R
from ..messages.cdm import Cdm
from ..models.problems import rule
from ..models.types import is_path_step
from ..text import closest
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
    if conjunction_id := getattr(value, "conjunction_id", None):
        remedy = f"get its CDMs with client.list(ConjunctionCdms(conjunction_id={conjunction_id!r}))"
        raise rule("a Cdm or Tagged", remedy)
    raise rule("a Cdm or Tagged", "parse KVN text or downloaded JSON text with Cdm.parse(text)")


def _as_sent(value: Any, handler: SerializerFunctionWrapHandler) -> Any:
    # A CDM read from JSON is sent with its original values, also after a round trip.
    return value.wire() if isinstance(value, Cdm) and value._keeps_json else handler(value)


AnyCdm = Annotated[Cdm | Tagged, BeforeValidator(_cdm), WrapSerializer(_as_sent, when_used="json")]
"""A CDM, or input that converts to one: text, a dictionary in either JSON format (tagged or not), a one-item list."""

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
"""Names of the documented methods for the collision probability."""


def _method(value: str) -> str:
    if not is_path_step(value):
        raise rule("a name of letters, digits, '-', '_' and '.'", "for example 'foster-1992'")
    if value != value.lower():
        close = closest(value.lower(), get_args(RiskMethod))
        raise rule("a name in lower case (only results use upper case)", f"use {(*close, value.lower())[0]!r}")
    return value


Method = Annotated[RiskMethod | str, AfterValidator(_method)]
"""The name of a method: editors complete the known names, and other names are sent too."""


class ConjunctionRisk(Calculation[R], Generic[R]):
    """Base class of the calculations for the risk of one conjunction."""

    conjunction: AnyCdm
    """The conjunction: a `Cdm`, or a `Tagged` value for formats without an SDK class, such as ``cdm.xml``. A `Cdm` read
    from JSON is sent in that JSON format. A `Cdm` read from KVN is converted to JSON, which drops its comments,
    including any that state a hard-body radius; to send the KVN text itself, pass ``Tagged(type="cdm.kvn",
    content=text)``."""
    overrides: RiskOverrides | None = None
    """Values that override those of the CDM, such as hard-body radii in **metres**."""
    method: Method = "foster-1992"
    """Method for the collision probability. The default, ``foster-1992``, integrates over the full disc without further
    approximation. Space-Track's CDMs name the same method, so results are comparable. ``all-methods`` returns one
    record for each method."""

    def _doubts(self) -> list[str]:
        """Return warnings about overrides whose unit is uncertain."""
        return [] if self.overrides is None else self.overrides._doubts()

    def _generic_body(self) -> dict[str, Any]:
        body = {"conjunction": tagged(self.conjunction)}
        return body if self.overrides is None else body | {"overrides": tagged(self.overrides)}
