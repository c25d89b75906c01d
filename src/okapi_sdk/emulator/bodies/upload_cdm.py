"""Bodies of cdms/requests."""

from __future__ import annotations

from dataclasses import dataclass

from .cdm import FORMS as CDM_FORMS
from .cdm import Cdm, read_cdm
from .fields import Fields


@dataclass(frozen=True)
class CdmRequest:
    """A conjunction data message to be stored; only the tag if the emulator does not read the format."""

    cdm: Cdm | str


def read_upload_cdm(body: object) -> CdmRequest:
    """Read a body of cdms. No source shows one, so the emulator assumes the same structure as for tdms."""
    fields = Fields(body)
    tag, content = fields.tagged_one_of("cdm", (*CDM_FORMS, "cdm.xml"))
    fields.finish()
    return CdmRequest(read_cdm(tag, content, "cdm.content") if tag in CDM_FORMS else tag)
