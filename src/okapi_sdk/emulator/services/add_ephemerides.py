"""add-ephemerides: store an ephemeris under its satellite, and screen it.

On the platform, an upload is also a calculation. Here too, the ephemeris is stored only when it has finished. No
published source shows the result, so its key is the emulator's own: `oem_id` under `oem`. The platform also determines
an orbit from the ephemeris and propagates it; the emulator screens the ephemeris as it is:

* against the stored TLEs, as `check_orbit` does, and against the newest ephemeris of each other satellite;
* for the first 7 days in a low orbit and 30 days in any other, which the platform's documentation states;
* within the `accepted_minimum_distance` of the satellite.

Each closest approach creates a conjunction or is added to one; see `new_encounter`. With covariances of both objects
around the TCA, it has a probability and a CDM; see `screened_encounter`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from ..bodies.add_ephemerides import EphemeridesRequest
from ..bodies.fields import InputProblemError
from ..bodies.oem import Oem, read_oem
from ..engines.errors import EngineError
from ..engines.instants import iso
from ..engines.screening import Approach, closest_approaches
from ..store.tables import Store
from .check_orbit import accepted_distance, newest_elements
from .motions import motion_of
from .new_encounter import NewEncounter
from .outcome import Absent, Context, Document, NewElement, NoResultError, Outcome, Status
from .screened_encounter import ScreenedObject, screened_encounter
from .stored_elements import catalogue_number, satellite_of
from .tle_screening import ScreenedOrbit, screen

_LOW_SPAN, _HIGH_SPAN, _LOW = timedelta(days=7), timedelta(days=30), 8_378.0


def add_ephemerides(request: EphemeridesRequest, context: Context) -> Outcome:
    """Store an ephemeris under the satellite that its OBJECT_ID names. Raises NoResultError if no satellite matches."""
    oem = request.oem
    if isinstance(oem, str):
        raise NoResultError(
            "The okapi-sdk emulator does not determine orbits from raw GNSS data in an upload. Send the data to "
            "determine-orbit/wls as ephemerides, or send oem.json or oem.kvn."
            if oem == "navsol.txt"
            else f"The okapi-sdk emulator does not read {oem}. Send an oem.json or oem.kvn."
        )
    satellite = satellite_of(oem.object_id, context.store)
    if not satellite:
        raise NoResultError(
            f"No stored satellite has the NORAD ID {oem.object_id!r}, which is the OBJECT_ID of the ephemeris. The "
            "platform accepts ephemerides only for satellites that it knows. Add the satellite first.",
            input_problem=True,
        )
    id_ = str(uuid.uuid4())
    element = {"oem_id": id_, "norad_id": oem.object_id, "is_predicted": True, **oem.message}
    owner = str(satellite["satellite_id"])
    encounters, words, doubts = _screened(oem, id_, satellite, context)
    text = f"Stored as oem_id {id_} by the okapi-sdk emulator. {words}"
    return Outcome(
        Status("WARNING" if doubts else "NONE", " ".join((text, *doubts))),
        {
            "simple": Document("oem", {"oem_id": id_, "satellite_id": owner}),
            "oem": Document("orbit", oem.message),
            "omm": Absent("The okapi-sdk emulator does not determine mean elements from an ephemeris. Request oem."),
        },
        (NewElement("oems", "oem_id", element, ("satellites", owner)), *encounters),
    )


def _screened(
    oem: Oem, oem_id: str, satellite: Mapping[str, Any], context: Context
) -> tuple[list[NewEncounter], str, list[str]]:
    """Return the encounters, what the status says of them, and doubts."""
    own_id, store = catalogue_number(oem.object_id), context.store
    is_low = float(np.linalg.norm(oem.segments[0].rows[0][:3])) < _LOW
    end = min(oem.end, oem.start + (_LOW_SPAN if is_low else _HIGH_SPAN))
    if own_id is None or oem.start >= end:
        return [], "It was not screened, which needs a number as OBJECT_ID and more than one state.", []
    limit = accepted_distance(store, own_id)
    orbit = ScreenedOrbit(own_id, motion_of(oem), oem.start, end)
    candidates, _ = newest_elements(store, own_id, oem.start, end)
    names = {tle.catalogue_number: tle.name or "Unspecified" for tle in candidates}
    try:
        found = [
            (ScreenedObject(one.norad_id, names[one.norad_id], satellite_of(one.norad_id, store)), one.approach)
            for one in screen(orbit, candidates, limit)[0]
        ]
        others = list(_other_ephemerides(store, oem))
        for other, ephemeris in others:
            found += [(other, approach) for approach in _approaches(orbit, ephemeris, limit)]
        doubts = list(orbit.motion.doubts(oem.start, end))
    except EngineError as error:
        return [], "It could not be screened.", [str(error)]
    own = ScreenedObject(own_id, str(satellite.get("name") or "Unspecified"), satellite, oem, oem_id)
    encounters = [
        screened_encounter((own, other), approach, context.created)
        for other, approach in sorted(found, key=lambda pair: pair[1].tca)
    ]
    words = (
        f"Screened from {iso(oem.start)} to {iso(end)} against {len(candidates)} stored TLEs and {len(others)} "
        f"ephemerides: {len(encounters)} closest approaches within {limit:g} km, which are now conjunctions."
    )
    return encounters, words, doubts


def _approaches(orbit: ScreenedOrbit, other: Oem, limit: float) -> list[Approach]:
    start, end = max(orbit.start, other.start), min(orbit.end, other.end)
    return list(closest_approaches(orbit.motion, motion_of(other), start, end, limit)) if start < end else []


def _other_ephemerides(store: Store, own: Oem) -> Iterator[tuple[ScreenedObject, Oem]]:
    """Yield each other satellite with its newest ephemeris."""
    for satellite in store.elements("satellites"):
        numbers = [str(number) for number in satellite.get("norad_ids") or ()]
        elements = store.elements("oems", str(satellite["satellite_id"]))
        if own.object_id in numbers or not elements:
            continue
        try:
            oem = read_oem("oem.json", elements[-1], "oem")
        except InputProblemError:
            continue
        number = catalogue_number(oem.object_id)
        if number is not None and oem.object_id in numbers:
            name, id_ = str(satellite.get("name") or "Unspecified"), str(elements[-1].get("oem_id"))
            yield ScreenedObject(number, name, satellite, oem, id_), oem
