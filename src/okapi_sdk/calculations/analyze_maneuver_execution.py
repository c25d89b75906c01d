"""Maneuvers as they were carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .undocumented import OpenCalculation


class AnalyzeManeuverExecution(OpenCalculation[dict[str, Any]]):
    """How a maneuver was carried out.

    No source shows what the platform takes or answers. The body is sent as it is, and the result is the parsed answer.

    >>> AnalyzeManeuverExecution(body={"maneuver_plan_id": "550e8400"}).endpoint()
    'maneuver-execution-analysis'
    """

    service: ClassVar[str] = "maneuver-execution-analysis"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """A dictionary is the platform's ``simple``."""
        return {dict: "simple"}
