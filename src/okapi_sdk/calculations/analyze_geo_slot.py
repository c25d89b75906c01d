"""The neighbourhood of a geostationary slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..results.answer import Answer
from .undocumented import OpenCalculation


class GeoSlotAnalysis(Answer):
    """Result of `AnalyzeGeoSlot`. The platform's format ``simple``."""

    html_report: str | None = None
    """The report as an HTML page; None where the platform sent none."""


class AnalyzeGeoSlot(OpenCalculation[GeoSlotAnalysis]):
    """What goes on around a geostationary slot.

    No source shows what the platform takes. The body is sent as it is; of the answer only the report is known.

    >>> AnalyzeGeoSlot(body={"longitude": 19.2}).endpoint()
    'geo-slot-analysis'
    """

    service: ClassVar[str] = "geo-slot-analysis"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """`GeoSlotAnalysis` is the platform's ``simple``."""
        return {GeoSlotAnalysis: "simple"}
