"""Upload of conjunction data messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .base import Calculation
from .conjunction_risk import AnyCdm
from .orbits import tagged


class UploadCdm(Calculation[dict[str, Any]]):
    """A CDM for the platform to keep: an own one, or one of another provider such as EU SST.

    An upload is a calculation: it is submitted, and its result tells how it ended. No source shows what is in that
    result, so it is the parsed answer. That the body holds a ``cdm``, tagged like other messages, is concluded from
    them; no source shows it. Send any other body with `RawCalculation`.

    >>> from okapi_sdk import Cdm
    >>> cdm = Cdm.model_validate({"CCSDS_CDM_VERS": 1.0, "TCA": "2020-01-10T09:00:00.000Z"})
    >>> UploadCdm(cdm=cdm).body()["cdm"]["type"]
    'cdm.json'
    """

    service: ClassVar[str] = "cdms"

    cdm: AnyCdm
    """The message: a `Cdm`, sent as JSON, or a `Tagged` value, such as ``cdm.kvn`` or ``cdm.xml`` with its text."""

    def _generic_body(self) -> dict[str, Any]:
        return {"cdm": tagged(self.cdm)}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """A dictionary is the platform's ``simple``."""
        return {dict: "simple"}
