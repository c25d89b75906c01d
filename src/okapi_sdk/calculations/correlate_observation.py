"""Observations and the objects that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .undocumented import OpenCalculation


class CorrelateObservation(OpenCalculation[dict[str, Any]]):
    """Which object an observation belongs to.

    No source shows what the platform takes, most likely a `Tdm`, or what it answers. The body is sent as it is, and the
    result is the parsed answer.

    >>> CorrelateObservation(body={"tdm": {"type": "tdm.txt", "content": "…"}}).endpoint()
    'correlate-observation'
    """

    service: ClassVar[str] = "correlate-observation"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """A dictionary is the platform's ``simple``."""
        return {dict: "simple"}
