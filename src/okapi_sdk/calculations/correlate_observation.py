"""Correlation of observations with objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .undocumented import OpenCalculation


class CorrelateObservation(OpenCalculation[dict[str, Any]]):
    """Correlation of an observation with the object it shows.

    The body and the response are undocumented: you supply the body, most likely with a `Tdm`, and the result is the
    parsed response.

    >>> CorrelateObservation(body={"tdm": {"type": "tdm.txt", "content": "…"}}).endpoint()
    'correlate-observation'
    """

    service: ClassVar[str] = "correlate-observation"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return a dictionary for the platform's ``simple`` format."""
        return {dict: "simple"}
