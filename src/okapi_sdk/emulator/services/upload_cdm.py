"""cdms/requests: store a CDM with its conjunction.

The CDM is stored when the calculation has ended, as on the platform, where an upload is a calculation too. It creates
its conjunction or is added to it; see `new_encounter`. Its risk is estimated with FOSTER-1992 under the rules of
`estimate_risk`. No published source shows the result, so its key is the emulator's own: `cdm_id` under `cdm`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ..bodies.cdm import PREFIXES, Cdm, space_track_time
from ..bodies.upload_cdm import CdmRequest
from .cdm_conjunction import conjunction_of
from .doubts import message_doubts
from .message_estimation import METHOD, estimation_id, message_estimation
from .new_encounter import NewEncounter, NewMessage
from .outcome import Context, Document, New, NoResultError, Outcome, Status
from .stored_elements import catalogue_number


def upload_cdm(request: CdmRequest, context: Context) -> Outcome:
    """Store a CDM, under its CDM_ID if it has one."""
    cdm = request.cdm
    if isinstance(cdm, str):
        raise NoResultError(f"The okapi-sdk emulator does not read {cdm}. Send a cdm.json or cdm.kvn.")
    id_ = cdm.text("CDM_ID") or str(uuid.uuid4())
    inserted = cdm.text("INSERT_EPOCH") or space_track_time(context.created)
    element = {**cdm.flat, "CDM_ID": id_, "INSERT_EPOCH": inserted}
    new, words, doubts = _conjunction(cdm, element)
    text = f"Stored as CDM_ID {id_} by the okapi-sdk emulator{words}"
    return Outcome(
        Status("REMARK" if doubts else "NONE", " ".join((text, *doubts))),
        {"simple": Document("cdm", {"cdm_id": id_})},
        (new,),
    )


def _conjunction(cdm: Cdm, element: Mapping[str, Any]) -> tuple[New, str, list[str]]:
    """Return what to store, what the status says of it, and doubts."""
    first, second = (catalogue_number(cdm.text(f"{prefix}OBJECT_DESIGNATOR")) for prefix in PREFIXES)
    tca = cdm.time("TCA")
    if first is None or second is None or first == second or tca is None:
        reason = "No conjunction was created: it needs a TCA and the NORAD IDs of two objects as designators."
        return NewMessage(element, estimation_id(element["CDM_ID"])), ".", [reason]
    names = tuple(cdm.text(f"{prefix}OBJECT_NAME") or "Unspecified" for prefix in PREFIXES)
    try:
        conjunction = conjunction_of(cdm)
        estimation = message_estimation(conjunction, element["CDM_ID"])
    except NoResultError as missing:
        new = NewEncounter(
            (first, second), (names[0], names[1]), tca, cdm=element, estimation_id=estimation_id(element["CDM_ID"])
        )
        return new, " with its conjunction, but without an estimation.", [missing.status.text]
    new = NewEncounter(
        (first, second), (names[0], names[1]), tca, estimation, element, estimation_id(element["CDM_ID"])
    )
    doubts = message_doubts(cdm, conjunction.geometry) if conjunction.geometry.radius_m else []
    if estimation["criticality"] is None and estimation["comment"]:
        doubts.append(str(estimation["comment"]))
    return new, f" with its conjunction. The risk was estimated with {METHOD.upper()}.", doubts
