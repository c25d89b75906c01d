"""cdms/requests: store a CDM.

The CDM is stored when the calculation has ended, as on the platform, where an upload is a calculation too. No published
source shows the result, so its key is the emulator's own: `cdm_id` under `cdm`.
"""

from __future__ import annotations

import uuid

from ..bodies.cdm import space_track_time
from ..bodies.upload_cdm import CdmRequest
from .outcome import Context, Document, NewElement, NoResultError, Outcome, Status


def upload_cdm(request: CdmRequest, context: Context) -> Outcome:
    """Store a CDM, under its CDM_ID if it has one."""
    cdm = request.cdm
    if isinstance(cdm, str):
        raise NoResultError(f"The okapi-sdk emulator does not read {cdm}. Send a cdm.json or cdm.kvn.")
    id_ = cdm.text("CDM_ID") or str(uuid.uuid4())
    inserted = cdm.text("INSERT_EPOCH") or space_track_time(context.created)
    element = {**cdm.flat, "CDM_ID": id_, "INSERT_EPOCH": inserted}
    return Outcome(
        Status("NONE", f"Stored as CDM_ID {id_} by the okapi-sdk emulator, which creates no conjunction from it."),
        {"simple": Document("cdm", {"cdm_id": id_})},
        (NewElement("cdms", "CDM_ID", element),),
    )
