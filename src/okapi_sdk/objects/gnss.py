"""A satellite's GNSS sensor and drag maneuvers: settings that are both stored and sent."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from ..models.base import Message
from ..models.ccsds import NotNegative
from ..models.types import Number
from ..results.nested import kept
from ..values.orbit_determination_settings import Flag, OrbitDeterminationSettings
from ..values.propagation_settings import PropagationSettings


class GnssSensor(Message):
    """A GNSS receiver: its accuracy, and how orbits are determined from it. Standard deviations in km and km/s."""

    x_std: NotNegative | None = None
    """Standard deviation of the x position in **km**."""
    y_std: NotNegative | None = None
    """Standard deviation of the y position in **km**."""
    z_std: NotNegative | None = None
    """Standard deviation of the z position in **km**."""
    x_dot_std: NotNegative | None = None
    """Standard deviation of the x velocity; km/s most likely, no source names the unit."""
    y_dot_std: NotNegative | None = None
    """Standard deviation of the y velocity; as `x_dot_std`."""
    z_dot_std: NotNegative | None = None
    """Standard deviation of the z velocity; as `x_dot_std`."""
    enable_rms_quality_check: Flag | None = None
    """Judge an orbit by its root mean square."""
    rms_quality_check_threshold: NotNegative | None = None
    """Limit of that check; its unit is not documented."""
    enable_accepted_residuals_quality_check: Flag | None = None
    """Judge an orbit by the share of accepted residuals."""
    accepted_residuals_ratio: Number | None = None
    """Limit of that check, a ratio: 0.95 is 95 %."""
    orbit_determination_settings: Annotated[
        OrbitDeterminationSettings | None, BeforeValidator(kept(OrbitDeterminationSettings))
    ] = None
    """How orbits are determined."""
    propagation_settings: Annotated[
        PropagationSettings | dict[str, Any] | None, BeforeValidator(kept(PropagationSettings))
    ] = None
    """Force model of the determination; in an answer, what does not read as such stays as it came."""


class DragManeuverSettings(Message):
    """Maneuvers by a change of the drag area."""

    high_drag_area: NotNegative | None = None
    """Drag area in the attitude of high drag; m² most likely, no source names the unit."""
    use_offset_cdm_earliest_drag_maneuver: Flag | None = None
    """Keep `offset_cdm_earliest_drag_maneuver`."""
    offset_cdm_earliest_drag_maneuver: NotNegative | None = None
    """Time from the CDM to the earliest drag maneuver; **hours** most likely, no source names the unit. The same
    setting of thrust maneuvers is in seconds."""
