"""The conjunction of an approach that a screening of an uploaded ephemeris found.

If both objects have ephemerides with covariances around the TCA, the conjunction gets a CDM, and its risk is estimated
from that as for an uploaded one. The covariances are those at most 40 minutes apart before and after the TCA, blended;
see `engines.covariance_blend`. The hard-body radius is that of a disc with the `area` of the stored satellite, its
collision cross section. An area of 0.01 m² counts as unknown: it is the default of the platform's schema.

In every other case, the estimation has no probability, and its comment says why.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..bodies.cartesian import CartesianState, read_covariance
from ..bodies.cdm import read_cdm, space_track_time
from ..bodies.fields import InputProblemError
from ..bodies.oem import Oem
from ..bodies.values import read_number
from ..engines.arrays import Array
from ..engines.covariance_blend import LONGEST_GAP, blended
from ..engines.instants import iso
from ..engines.numerical import InitialState
from ..engines.screening import Approach
from .cdm_conjunction import conjunction_of
from .message_estimation import METHOD, estimation_id, message_estimation, without_probability
from .new_encounter import NewEncounter
from .numerical_motion import initial_state
from .outcome import NoResultError, engine_errors_as_fatal
from .written_cdm import MessageObject, write_cdm

_ORIGINATOR = "okapi-sdk emulator"
_DEFAULT_AREA = 0.01
# A TCA is known to this accuracy, and an epoch is printed to a millisecond.
_SAME = timedelta(milliseconds=1)


@dataclass(frozen=True)
class ScreenedObject:
    """An object with its number, its name and the stored satellite; its ephemeris, if its orbit is no TLE."""

    norad_id: int
    name: str
    satellite: Mapping[str, Any]
    oem: Oem | None = None
    oem_id: str = "NONE"

    @property
    def radius(self) -> float | None:
        """The hard-body radius in metres, or None if it is unknown."""
        area = read_number(self.satellite.get("area"))
        return math.sqrt(area / math.pi) if area is not None and area > 0 and area != _DEFAULT_AREA else None


def screened_encounter(
    objects: tuple[ScreenedObject, ScreenedObject], approach: Approach, created: datetime
) -> NewEncounter:
    """Return the conjunction of two objects, with an estimation and, if possible, a CDM."""
    first, second = objects
    numbers, names = (first.norad_id, second.norad_id), (first.name, second.name)
    try:
        cdm = _cdm(objects, approach, created)
        estimation = message_estimation(conjunction_of(read_cdm("cdm.json", cdm, "cdm")), cdm["CDM_ID"])
    except NoResultError as reason:
        return NewEncounter(numbers, names, approach.tca, _estimation(approach, created, reason.status.text))
    unknown = [one.name for one in objects if one.radius is None]
    if unknown:
        estimation |= without_probability(
            f"the stored satellite {' and '.join(unknown)} states no area but the platform's default, so the "
            "hard-body radius is unknown"
        )
    return NewEncounter(numbers, names, approach.tca, estimation, cdm, estimation_id(cdm["CDM_ID"]))


def _cdm(objects: tuple[ScreenedObject, ScreenedObject], approach: Approach, created: datetime) -> dict[str, Any]:
    first, second = (_message_object(one, approach.tca) for one in objects)
    head = {
        "CONSTELLATION": "OKAPI-SDK EMULATOR",
        "CDM_ID": str(uuid.uuid4()),
        "INSERT_EPOCH": space_track_time(created),
        "GID": "0",
        "CCSDS_CDM_VERS": "1.0",
        "CREATION_DATE": space_track_time(created),
        "CREATION_DATE_FRACTION": f"{created:%f}",
        "ORIGINATOR": _ORIGINATOR,
        "MESSAGE_FOR": objects[0].name,
        "MESSAGE_ID": f"{objects[0].norad_id}_conj_{objects[1].norad_id}_{approach.tca:%Y%j%H%M}",
    }
    return write_cdm(head, approach.tca, approach.encounter, METHOD, (first, second))


def _message_object(one: ScreenedObject, tca: datetime) -> MessageObject:
    metadata = {
        "OBJECT_DESIGNATOR": str(one.norad_id),
        "CATALOG_NAME": "SATCAT",
        "OBJECT_NAME": one.name,
        "INTERNATIONAL_DESIGNATOR": "UNKNOWN",
        "OBJECT_TYPE": "UNKNOWN",
        "EPHEMERIS_NAME": one.oem_id,
        "COVARIANCE_METHOD": "CALCULATED",
        "MANEUVERABLE": "N/A",
    }
    return MessageObject(metadata, _covariance_at(one, tca) * 1e6, one.radius)


def _covariance_at(one: ScreenedObject, tca: datetime) -> Array:
    """Return the covariance along R, T, N at the TCA, in km and km/s.

    Raises:
        NoResultError: if the orbit has no valid covariances around the TCA.
    """
    if one.oem is None:
        raise NoResultError(f"the orbit of {one.name} is a TLE, which has no covariance")
    stated = list(_with_covariances(one.oem))
    before = max((place for place in stated if place[0] <= tca + _SAME), default=None)
    after = min((place for place in stated if place[0] >= tca - _SAME), default=None)
    if before is None or after is None or after[0] - before[0] > LONGEST_GAP:
        raise NoResultError(
            f"the ephemeris of {one.name} has no covariances around the TCA that are at most "
            f"{LONGEST_GAP.total_seconds() / 60:.0f} minutes apart"
        )
    first, last = (_state_at(one, one.oem, *place) for place in (before, after))
    with engine_errors_as_fatal():
        return blended(first, last, tca)


def _with_covariances(oem: Oem) -> Iterator[tuple[datetime, int, int]]:
    """Yield epoch, segment and index of each state that has a covariance."""
    for number, (segment, block) in enumerate(zip(oem.segments, oem.message["OEM_META_DATA_DATA"], strict=True)):
        for index, (epoch, row) in enumerate(zip(segment.epochs, block["DATA"], strict=True)):
            if row.get("CX_X") not in (None, ""):
                yield epoch, number, index


def _state_at(one: ScreenedObject, oem: Oem, epoch: datetime, number: int, index: int) -> InitialState:
    segment = oem.segments[number]
    row = oem.message["OEM_META_DATA_DATA"][number]["DATA"][index]
    try:
        lower, frame = read_covariance(row, f"{one.name}: OEM_META_DATA_DATA[{number}].DATA[{index}]") or ((), "")
        state = CartesianState(epoch, segment.frame, segment.rows[index], covariance=lower, covariance_frame=frame)
        return initial_state(state, with_covariance=True)
    except InputProblemError as problem:
        raise NoResultError(str(problem)) from None
    except NoResultError:
        raise NoResultError(f"the covariance of {one.name} at {iso(epoch)} is not positive definite") from None


def _estimation(approach: Approach, created: datetime, reason: str) -> dict[str, Any]:
    """Return a record whose probability is unknown; see `risk_record`."""
    encounter = approach.encounter
    position, velocity = encounter.relative_position.tolist(), encounter.relative_velocity.tolist()
    return {
        "risk_estimation_id": str(uuid.uuid4()),
        "creation_date": iso(created),
        "originator": _ORIGINATOR,
        "tca": iso(approach.tca),
        "collision_probability_method": "NONE",
        "miss_distance": encounter.miss_distance,
        "relative_speed": encounter.relative_speed,
        **dict(zip("rtn", position, strict=True)),
        **dict(zip(("r_dot", "t_dot", "n_dot"), velocity, strict=True)),
        "suggested": True,
        "based_on": "UNKNOWN",
        **without_probability(reason.rstrip(".")),
    }
