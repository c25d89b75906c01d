"""Covariances of orbits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .undocumented import OpenCalculation


class EstimateCovariance(OpenCalculation[dict[str, Any]]):
    """The covariance of an orbit.

    No source shows what the platform takes or answers. The body is sent as it is, and the result is the parsed answer.

    >>> EstimateCovariance(body={"orbit": {"type": "oem.kvn", "content": "…"}}).endpoint()
    'estimate-covariance'
    """

    service: ClassVar[str] = "estimate-covariance"

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """A dictionary is the platform's ``simple``."""
        return {dict: "simple"}
