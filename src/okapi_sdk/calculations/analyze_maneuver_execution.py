"""Analysis of executed manoeuvres."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .undocumented import OpenCalculation


class AnalyzeManeuverExecution(OpenCalculation[dict[str, Any]]):
    """Analysis of an executed manoeuvre.

    The body and the response are undocumented: you supply the body, and the result is the parsed response.

    >>> AnalyzeManeuverExecution(body={"maneuver_plan_id": "550e8400"}).endpoint()
    'maneuver-execution-analysis'
    """

    service: ClassVar[str] = "maneuver-execution-analysis"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return a dictionary for the platform's ``simple`` format."""
        return {dict: "simple"}
