"""Analysis of a geostationary slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..results.answer import Answer
from .undocumented import OpenCalculation


class GeoSlotAnalysis(Answer):
    """Result of `AnalyzeGeoSlot` in the platform's ``simple`` format."""

    html_report: str | None = None
    """The report as an HTML page; None if the response has no report."""


class AnalyzeGeoSlot(OpenCalculation[GeoSlotAnalysis]):
    """Analysis of the surroundings of a geostationary slot.

    The body is undocumented, so you supply it and the SDK sends it unchanged. The only known field of the response is
    the report.

    >>> AnalyzeGeoSlot(body={"longitude": 19.2}).endpoint()
    'geo-slot-analysis'
    """

    service: ClassVar[str] = "geo-slot-analysis"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return `GeoSlotAnalysis` for the platform's ``simple`` format."""
        return {GeoSlotAnalysis: "simple"}
