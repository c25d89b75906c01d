"""Header and relative data of a conjunction data message."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ValidationInfo, model_validator

from ..models.ccsds import Comments
from ..models.problems import refusal
from ..models.types import ANSWER, OpenName
from .cdm_object import (
    CdmBlock,
    Metres,
    MetresPerSecond,
    SpaceTrackText,
)
from .kvn import TextNumber, UtcEpoch


class CdmRelativeData(CdmBlock):
    """Header of a CDM and its data on the closest approach.

    Units: **metres** and m/s, unlike the platform's risk records, which use km and km/s. Times are in UTC.
    """

    ccsds_cdm_vers: TextNumber = 1.0
    """Version of the standard."""
    comments: Comments = ()
    """Comments on the message, one per line; KVN only."""
    creation_date: UtcEpoch | None = None
    """Creation time of the message, UTC."""
    originator: str | None = None
    """Originator of the message."""
    message_for: str | None = None
    """Recipient of the message."""
    message_id: str | None = None
    """ID assigned to the message by its originator."""
    relative_comments: Comments = ()
    """Comments on the closest approach, one per line; KVN only."""
    tca: UtcEpoch
    """Time of closest approach, UTC."""
    miss_distance: Metres | None = None
    """Distance at the TCA in **m**; see `miss_distance_km`."""
    relative_speed: MetresPerSecond | None = None
    """Relative speed at the TCA in m/s."""
    relative_position_r: Metres | None = None
    """Radial position of object 2 relative to object 1 in **m**, in the RTN frame of object 1."""
    relative_position_t: Metres | None = None
    """Transverse position of object 2 relative to object 1 in **m**."""
    relative_position_n: Metres | None = None
    """Normal position of object 2 relative to object 1 in **m**."""
    relative_velocity_r: MetresPerSecond | None = None
    """Radial velocity of object 2 relative to object 1 in m/s."""
    relative_velocity_t: MetresPerSecond | None = None
    """Transverse velocity of object 2 relative to object 1 in m/s."""
    relative_velocity_n: MetresPerSecond | None = None
    """Normal velocity of object 2 relative to object 1 in m/s."""
    start_screen_period: UtcEpoch | None = None
    """Start of the screening period, UTC."""
    stop_screen_period: UtcEpoch | None = None
    """End of the screening period, UTC."""
    screen_volume_frame: Annotated[Literal["RTN", "TVN"] | str, OpenName] | None = None
    """Frame of the screening volume."""
    screen_volume_shape: Annotated[Literal["ELLIPSOID", "BOX"] | str, OpenName] | None = None
    """Shape of the screening volume."""
    screen_volume_x: Metres | None = None
    """Size of the screening volume along its first axis in m."""
    screen_volume_y: Metres | None = None
    """Size of the screening volume along its second axis in m."""
    screen_volume_z: Metres | None = None
    """Size of the screening volume along its third axis in m."""
    screen_entry_time: UtcEpoch | None = None
    """Time at which object 2 enters the screening volume, UTC."""
    screen_exit_time: UtcEpoch | None = None
    """Time at which object 2 leaves the screening volume, UTC."""
    collision_probability: TextNumber | None = None
    """Probability of collision, 0 to 1."""
    collision_probability_method: str | None = None
    """Method used to compute the probability, such as ``FOSTER-1992``."""
    constellation: SpaceTrackText | None = None
    """Space-Track's constellation. Required by the platform's schema of Space-Track's format."""
    cdm_id: SpaceTrackText | None = None
    """Space-Track's ID of the message. Required by the platform's schema of Space-Track's format."""
    filename: SpaceTrackText | None = None
    """Space-Track's file name."""
    insert_epoch: SpaceTrackText | None = None
    """Time at which Space-Track stored the message. Required by the platform's schema of Space-Track's format."""
    gid: SpaceTrackText | None = None
    """Space-Track's group. Required by the platform's schema of Space-Track's format."""
    comment_emergency_reportable: SpaceTrackText | None = None
    """Space-Track's comment on whether the conjunction is emergency-reportable."""
    comment_screening_option: SpaceTrackText | None = None
    """Space-Track's comment on the screening option."""

    @model_validator(mode="after")
    def _in_metres(self, info: ValidationInfo) -> CdmRelativeData:
        parts = (self.relative_position_r, self.relative_position_t, self.relative_position_n)
        if info.context is not ANSWER and self.miss_distance and None not in parts:
            size = sum((part or 0.0) ** 2 for part in parts) ** 0.5
            for factor, field in ((1000, "miss_distance"), (0.001, "relative_position_r")):
                if abs(size - self.miss_distance * factor) < 0.01 * size and size > 0.001:
                    allowed = "metres for miss distance and relative position; one of them looks like kilometres"
                    raise refusal(type(self), field, getattr(self, field), allowed, "multiply kilometres by 1000")
        return self

    @property
    def miss_distance_km(self) -> float | None:
        """`miss_distance` in **km**, the unit of the platform's risk records."""
        return None if self.miss_distance is None else self.miss_distance / 1000
