"""Header and relative data of a CDM."""

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
    """What a CDM says of itself and of the closest approach.

    Units: **metres** and m/s, where the platform's risk records have km and km/s. Times are UTC.
    """

    ccsds_cdm_vers: TextNumber = 1.0
    """Version of the standard."""
    comments: Comments = ()
    """Comments on the message, one a line; in KVN only."""
    creation_date: UtcEpoch | None = None
    """When the message was made, UTC."""
    originator: str | None = None
    """Who made it."""
    message_for: str | None = None
    """Whom it is for."""
    message_id: str | None = None
    """Id that the originator gave it."""
    relative_comments: Comments = ()
    """Comments on the closest approach, one a line; in KVN only."""
    tca: UtcEpoch
    """Time of closest approach, UTC."""
    miss_distance: Metres | None = None
    """Distance at the TCA in **m**; see `miss_distance_km`."""
    relative_speed: MetresPerSecond | None = None
    """Relative speed at the TCA in m/s."""
    relative_position_r: Metres | None = None
    """Radial position of object 2 relative to object 1 in **m**, in the RTN frame of object 1."""
    relative_position_t: Metres | None = None
    """Transverse relative position in **m**."""
    relative_position_n: Metres | None = None
    """Normal relative position in **m**."""
    relative_velocity_r: MetresPerSecond | None = None
    """Radial relative velocity in m/s."""
    relative_velocity_t: MetresPerSecond | None = None
    """Transverse relative velocity in m/s."""
    relative_velocity_n: MetresPerSecond | None = None
    """Normal relative velocity in m/s."""
    start_screen_period: UtcEpoch | None = None
    """Begin of the screening, UTC."""
    stop_screen_period: UtcEpoch | None = None
    """End of the screening, UTC."""
    screen_volume_frame: Annotated[Literal["RTN", "TVN"] | str, OpenName] | None = None
    """Frame of the screening volume."""
    screen_volume_shape: Annotated[Literal["ELLIPSOID", "BOX"] | str, OpenName] | None = None
    """Shape of the screening volume."""
    screen_volume_x: Metres | None = None
    """First size of the screening volume in m."""
    screen_volume_y: Metres | None = None
    """Second size of the screening volume in m."""
    screen_volume_z: Metres | None = None
    """Third size of the screening volume in m."""
    screen_entry_time: UtcEpoch | None = None
    """When object 2 enters the screening volume, UTC."""
    screen_exit_time: UtcEpoch | None = None
    """When object 2 leaves it, UTC."""
    collision_probability: TextNumber | None = None
    """Probability of collision, 0 to 1."""
    collision_probability_method: str | None = None
    """How that was computed, such as ``FOSTER-1992``."""
    constellation: SpaceTrackText | None = None
    """Space-Track's constellation. The platform's schema of that form requires it."""
    cdm_id: SpaceTrackText | None = None
    """Space-Track's id of the message. The platform's schema of that form requires it."""
    filename: SpaceTrackText | None = None
    """Space-Track's file name."""
    insert_epoch: SpaceTrackText | None = None
    """When Space-Track stored it. The platform's schema of that form requires it."""
    gid: SpaceTrackText | None = None
    """Space-Track's group. The platform's schema of that form requires it."""
    comment_emergency_reportable: SpaceTrackText | None = None
    """Whether Space-Track reports it as an emergency, in its words."""
    comment_screening_option: SpaceTrackText | None = None
    """Space-Track's screening option, in its words."""

    @model_validator(mode="after")
    def _in_metres(self, info: ValidationInfo) -> CdmRelativeData:
        parts = (self.relative_position_r, self.relative_position_t, self.relative_position_n)
        if info.context is not ANSWER and self.miss_distance and None not in parts:
            size = sum((part or 0.0) ** 2 for part in parts) ** 0.5
            for factor, field in ((1000, "miss_distance"), (0.001, "relative_position_r")):
                if abs(size - self.miss_distance * factor) < 0.01 * size and size > 0.001:
                    allowed = "in metres, like the relative position it goes with; one of them looks like kilometres"
                    raise refusal(type(self), field, getattr(self, field), allowed, "multiply kilometres by 1000")
        return self

    @property
    def miss_distance_km(self) -> float | None:
        """`miss_distance` in **km**, the unit of the platform's risk records."""
        return None if self.miss_distance is None else self.miss_distance / 1000
