"""Settings of a satellite's GNSS sensor and drag manoeuvres, both stored and sent."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from ..models.base import Message, Sparse
from ..models.ccsds import NotNegative
from ..models.types import Number
from ..results.nested import parsed_or_raw
from ..values.orbit_determination_settings import Flag, OrbitDeterminationSettings
from ..values.propagation_settings import PropagationSettings


class GnssSensor(Sparse, Message):
    """A GNSS receiver: its accuracy, with standard deviations in km and km/s, and its orbit determination settings."""

    x_std: NotNegative | None = None
    """Standard deviation of the x position in **km**."""
    y_std: NotNegative | None = None
    """Standard deviation of the y position in **km**."""
    z_std: NotNegative | None = None
    """Standard deviation of the z position in **km**."""
    x_dot_std: NotNegative | None = None
    """Standard deviation of the x velocity, most likely in km/s; the unit is undocumented."""
    y_dot_std: NotNegative | None = None
    """Standard deviation of the y velocity, in the same unit as `x_dot_std`."""
    z_dot_std: NotNegative | None = None
    """Standard deviation of the z velocity, in the same unit as `x_dot_std`."""
    enable_rms_quality_check: Flag | None = None
    """True to check orbits by their root mean square (RMS)."""
    rms_quality_check_threshold: NotNegative | None = None
    """Threshold of the RMS check; the unit is undocumented."""
    enable_accepted_residuals_quality_check: Flag | None = None
    """True to check orbits by their ratio of accepted residuals."""
    accepted_residuals_ratio: Number | None = None
    """Threshold of the residuals check, as a ratio: 0.95 is 95 %."""
    orbit_determination_settings: Annotated[
        OrbitDeterminationSettings | None, BeforeValidator(parsed_or_raw(OrbitDeterminationSettings))
    ] = None
    """Settings of the orbit determination."""
    propagation_settings: Annotated[
        PropagationSettings | dict[str, Any] | None, BeforeValidator(parsed_or_raw(PropagationSettings))
    ] = None
    """Force model of the orbit determination; raw data if a response contains invalid settings."""


class DragManeuverSettings(Sparse, Message):
    """Settings for manoeuvres that change the drag area."""

    high_drag_area: NotNegative | None = None
    """Drag area in the high-drag attitude, most likely in m²; the unit is undocumented."""
    use_offset_cdm_earliest_drag_maneuver: Flag | None = None
    """True to apply `offset_cdm_earliest_drag_maneuver`."""
    offset_cdm_earliest_drag_maneuver: NotNegative | None = None
    """Time from the CDM to the earliest drag manoeuvre, most likely in **hours**; the unit is undocumented. The
    corresponding setting of thrust manoeuvres is in seconds."""
