"""How an orbit determination works: settings that a satellite's GNSS sensor and a calculation share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Strict, ValidationInfo

from ..models.base import Message
from ..models.ccsds import NotNegative
from ..models.json_form import wire_form
from ..models.problems import rule
from ..models.types import ANSWER, Count, Number

Flag = Annotated[bool, Strict()]
"""True or False; neither text nor a number is one."""


def _not_negative(value: int, info: ValidationInfo) -> int:
    if value < 0 and info.context is not ANSWER:
        raise rule("at least 0", "leave it out where it is not known")
    return value


_Natural = Annotated[Count, AfterValidator(_not_negative)]


class OrbitDeterminationSettings(Message):
    """Settings of a weighted least squares fit. What is not given is not sent: the platform's default holds.

    The defaults below are those of the platform's schema of 2023.

    >>> OrbitDeterminationSettings(filter_residuals=True, residual_filter_threshold=3.0)._wire()
    {'filter_residuals': True, 'residual_filter_threshold': 3.0}
    """

    rms_threshold: NotNegative | None = None
    """Limit at which the root mean square counts as converged; its unit is not documented."""
    rms_max_iterations: _Natural | None = None
    """Iterations at most."""
    enable_levenberg_marquardt: Flag | None = None
    """Use the Levenberg-Marquardt method. The platform's schema says that its server has it disabled."""
    ephemeris_auto_selection: Flag | None = None
    """Choose the ephemerides automatically. The platform's schema says that its server has it disabled."""
    filter_residuals: Flag | None = None
    """Leave out measurements whose residual exceeds `residual_filter_threshold`."""
    residual_filter_threshold: NotNegative | None = None
    """Limit of the residuals in standard deviations, used with `filter_residuals`."""
    differencing_position_absolute_delta: Number | None = None
    """Step of the numerical derivatives by position; its unit, km most likely, is not documented. Platform's default:
    0.001."""
    differencing_velocity_absolute_delta: Number | None = None
    """Step of the numerical derivatives by velocity; its unit, km/s most likely, is not documented. Platform's default:
    1e-6."""
    differencing_solve_for_cd_relative_delta: Number | None = None
    """Relative step of the derivative by the drag coefficient. Platform's default: 0.1."""
    differencing_solve_for_cr_relative_delta: Number | None = None
    """Relative step of the derivative by the radiation pressure coefficient. Platform's default: 0.1."""
    min_ephemerides: _Natural | None = None
    """Ephemerides at least."""
    max_ephemerides: _Natural | None = None
    """Ephemerides at most. Platform's default: 5000."""
    allow_additional_ephemerides: Flag | None = None
    """Take older ephemerides too. Platform's default: off."""
    allowed_additional_ephemerides_age: NotNegative | None = None
    """Age of the older ephemerides at most, used with `allow_additional_ephemerides`; its unit is not documented.
    Platform's default: 0."""
    use_maximum_fit_span: Flag | None = None
    """Limit the span of the fit to `maximum_fit_span`. Platform's default: off."""
    maximum_fit_span: NotNegative | None = None
    """Longest span of the fit in **days**, used with `use_maximum_fit_span`. Platform's default: 0."""
    solve_for_cd: Flag | None = None
    """Determine the drag coefficient too. Platform's default: off."""
    solve_for_cr: Flag | None = None
    """Determine the radiation pressure coefficient too. Platform's default: off."""
    scale_std_for_in_sun: Flag | None = None
    """Scale the standard deviations of measurements in sunlight. Platform's default: off."""
    scale_factor_std_for_in_sun: NotNegative | None = None
    """Factor of that scaling, without unit, used with `scale_std_for_in_sun`."""

    def _wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
