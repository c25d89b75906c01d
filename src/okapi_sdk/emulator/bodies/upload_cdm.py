"""Bodies of cdms/requests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .cdm import FORMS as CDM_FORMS
from .cdm import Cdm, read_cdm
from .fields import Fields, InputProblemError

_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True)
class CdmRequest:
    """A conjunction data message to be stored; only the tag if the emulator does not read the format."""

    cdm: Cdm | str


def read_upload_cdm(body: object) -> CdmRequest:
    """Read a body of cdms. No source shows one, so the emulator assumes the same structure as for tdms."""
    fields = Fields(body)
    tag, content = fields.tagged_one_of("cdm", (*CDM_FORMS, "cdm.xml"))
    fields.finish()
    if tag not in CDM_FORMS:
        return CdmRequest(tag)
    cdm = read_cdm(tag, content, "cdm.content")
    id_ = cdm.flat.get("CDM_ID")
    is_number = isinstance(id_, int) and not isinstance(id_, bool)
    if id_ not in (None, "") and not is_number and not (isinstance(id_, str) and _ID.fullmatch(id_)):
        raise InputProblemError("cdm.content.CDM_ID must be text of letters, digits, dots and hyphens")
    return CdmRequest(cdm)
