"""Covariance estimation for orbits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .undocumented import OpenCalculation


class EstimateCovariance(OpenCalculation[dict[str, Any]]):
    """Covariance estimation for an orbit.

    The body and the response are undocumented: you supply the body, and the result is the parsed response.

    >>> EstimateCovariance(body={"orbit": {"type": "oem.kvn", "content": "…"}}).endpoint()
    'estimate-covariance'
    """

    service: ClassVar[str] = "estimate-covariance"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return a dictionary for the platform's ``simple`` format."""
        return {dict: "simple"}
