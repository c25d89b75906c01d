"""add-ephemerides: store an ephemeris under its satellite.

On the platform, an upload is also a calculation. Here too, the ephemeris is stored only when it has finished. No
published source shows the result, so its key is the emulator's own: `oem_id` under `oem`. The platform then determines
an orbit from the ephemeris, propagates it and screens it; the emulator does not.
"""

from __future__ import annotations

import uuid

from ..bodies.add_ephemerides import EphemeridesRequest
from ..store.tables import Store
from .outcome import Absent, Context, Document, NewElement, NoResultError, Outcome, Status


def add_ephemerides(request: EphemeridesRequest, context: Context) -> Outcome:
    """Store an ephemeris under the satellite that its OBJECT_ID names. Raises NoResultError if no satellite matches."""
    oem = request.oem
    if isinstance(oem, str):
        raise NoResultError(
            "The okapi-sdk emulator does not determine orbits and cannot use raw GNSS data. Send oem.json or oem.kvn."
            if oem == "navsol.txt"
            else f"The okapi-sdk emulator does not read {oem}. Send an oem.json or oem.kvn."
        )
    satellite = _satellite_id(context.store, oem.object_id)
    if satellite is None:
        raise NoResultError(
            f"No stored satellite has the NORAD ID {oem.object_id!r}, which is the OBJECT_ID of the ephemeris. The "
            "platform accepts ephemerides only for satellites that it knows. Add the satellite first.",
            input_problem=True,
        )
    id_ = str(uuid.uuid4())
    element = {"oem_id": id_, "norad_id": oem.object_id, "is_predicted": True, **oem.message}
    return Outcome(
        Status("NONE", f"Stored as oem_id {id_} by the okapi-sdk emulator, which neither propagates nor screens it."),
        {
            "simple": Document("oem", {"oem_id": id_, "satellite_id": satellite}),
            "oem": Document("orbit", oem.message),
            "omm": Absent("The okapi-sdk emulator does not determine mean elements from an ephemeris. Request oem."),
        },
        (NewElement("oems", "oem_id", element, satellite),),
    )


def _satellite_id(store: Store, norad_id: str) -> str | None:
    for satellite in store.elements("satellites"):
        if norad_id in (str(number) for number in satellite.get("norad_ids") or ()):
            return str(satellite["satellite_id"])
    return None
