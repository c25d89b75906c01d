"""add-ephemerides and cdms/requests: messages that are stored.

They are stored when the calculation has ended, as on the platform, where an upload is a calculation too. No published
source shows the results, so their keys are the emulator's own: `oem_id` or `cdm_id` under `oem` or `cdm`.

The platform goes on from an uploaded ephemeris to determine an orbit, propagate and screen it. The emulator does not.
"""

from __future__ import annotations

import uuid

from ..bodies.cdm import space_track_time
from ..bodies.requests import CdmRequest, EphemeridesRequest
from ..protocol.envelopes import Absent, Document, NoResultError, Outcome, Status, Stored
from ..store.tables import Context, Store


def add_ephemerides(request: EphemeridesRequest, context: Context) -> Outcome:
    """Store an ephemeris under the satellite that its OBJECT_ID names. Raises NoResultError if there is none."""
    oem = request.oem
    if isinstance(oem, str):
        raise NoResultError(
            "The okapi-sdk emulator determines no orbits, so it cannot use raw GNSS data. Send an oem.json or oem.kvn."
            if oem == "navsol.txt"
            else f"The okapi-sdk emulator does not read {oem}. Send an oem.json or oem.kvn."
        )
    satellite = _satellite(context.store, oem.object_id)
    if satellite is None:
        raise NoResultError(
            f"No stored satellite has the NORAD id {oem.object_id!r} that the ephemeris has as its OBJECT_ID, and the "
            "platform takes ephemerides of satellites that it knows. Add the satellite first.",
            input_problem=True,
        )
    id_ = str(uuid.uuid4())
    element = {"oem_id": id_, "norad_id": oem.object_id, "is_predicted": True, **oem.message}
    return Outcome(
        Status("NONE", f"Stored as oem_id {id_} by the okapi-sdk emulator, which neither propagates nor screens it."),
        {
            "simple": Document("oem", {"oem_id": id_, "satellite_id": satellite}),
            "oem": Document("orbit", oem.message),
            "omm": Absent("The okapi-sdk emulator determines no mean elements from an ephemeris. Ask for oem."),
        },
        (Stored("oems", "oem_id", element, satellite),),
    )


def upload_cdm(request: CdmRequest, context: Context) -> Outcome:
    """Store a CDM, under its CDM_ID if it has one."""
    cdm = request.cdm
    if isinstance(cdm, str):
        raise NoResultError(f"The okapi-sdk emulator does not read {cdm}. Send a cdm.json or cdm.kvn.")
    id_ = cdm.text("CDM_ID") or str(uuid.uuid4())
    inserted = cdm.text("INSERT_EPOCH") or space_track_time(context.created)
    element = {**cdm.flat, "CDM_ID": id_, "INSERT_EPOCH": inserted}
    return Outcome(
        Status("NONE", f"Stored as CDM_ID {id_} by the okapi-sdk emulator. It makes no conjunction of it."),
        {"simple": Document("cdm", {"cdm_id": id_})},
        (Stored("cdms", "CDM_ID", element),),
    )


def _satellite(store: Store, norad_id: str) -> str | None:
    for satellite in store.elements("satellites"):
        if norad_id in (str(number) for number in satellite.get("norad_ids") or ()):
            return str(satellite["satellite_id"])
    return None
