"""Upload of conjunction data messages (CDMs)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .base import Calculation
from .conjunction_risk import AnyCdm
from .orbits import tagged


class UploadCdm(Calculation[dict[str, Any]]):
    """Upload of a CDM to the platform: your own, or one from another provider such as EU SST.

    An upload is submitted like a calculation. The response is undocumented, so the result is the parsed response. The
    body is undocumented too; the SDK infers a ``cdm``, tagged like other messages. To send a different body, use
    `RawCalculation`.

    >>> from okapi_sdk import Cdm
    >>> cdm = Cdm.model_validate({"CCSDS_CDM_VERS": 1.0, "TCA": "2020-01-10T09:00:00.000Z"})
    >>> UploadCdm(cdm=cdm).body()["cdm"]["type"]
    'cdm.json'
    """

    service: ClassVar[str] = "cdms"

    cdm: AnyCdm
    """The message: a `Cdm`, which is sent as JSON, or a `Tagged` value, such as ``cdm.kvn`` or ``cdm.xml`` text."""

    def _generic_body(self) -> dict[str, Any]:
        return {"cdm": tagged(self.cdm)}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return a dictionary for the platform's ``simple`` format."""
        return {dict: "simple"}
