"""Orbit determination settings, shared by a satellite's GNSS sensor and by calculations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Strict, ValidationInfo

from ..models.base import Message
from ..models.ccsds import NotNegative
from ..models.json_form import wire_form
from ..models.problems import rule
from ..models.types import ANSWER, Count, Number
from ..scalars import python_scalar

Flag = Annotated[bool, Strict(), BeforeValidator(python_scalar)]
"""True or False, also of NumPy; text and numbers are rejected."""


def _not_negative(value: int, info: ValidationInfo) -> int:
    if value < 0 and info.context is not ANSWER:
        raise rule("at least 0", "omit it if unknown")
    return value


_Natural = Annotated[Count, AfterValidator(_not_negative)]


class OrbitDeterminationSettings(Message):
    """Settings of a weighted least-squares fit. Unset fields are not sent, so the platform's defaults apply.

    The defaults below are those of the platform's 2023 schema.

    >>> OrbitDeterminationSettings(filter_residuals=True, residual_filter_threshold=3.0).wire()
    {'filter_residuals': True, 'residual_filter_threshold': 3.0}
    """

    rms_threshold: NotNegative | None = None
    """Root mean square at which the fit counts as converged; its unit is undocumented."""
    rms_max_iterations: _Natural | None = None
    """Maximum number of iterations."""
    enable_levenberg_marquardt: Flag | None = None
    """Use of the Levenberg-Marquardt method. According to the platform's schema, this is disabled on its server."""
    ephemeris_auto_selection: Flag | None = None
    """Automatic selection of the ephemerides. According to the platform's schema, this is disabled on its server."""
    filter_residuals: Flag | None = None
    """Rejection of measurements whose residual exceeds `residual_filter_threshold`."""
    residual_filter_threshold: NotNegative | None = None
    """Largest accepted residual in standard deviations, if `filter_residuals` is on."""
    differencing_position_absolute_delta: Number | None = None
    """Step of the numerical derivatives with respect to position; the unit is undocumented, probably km. Platform's
    default: 0.001."""
    differencing_velocity_absolute_delta: Number | None = None
    """Step of the numerical derivatives with respect to velocity; the unit is undocumented, probably km/s. Platform's
    default: 1e-6."""
    differencing_solve_for_cd_relative_delta: Number | None = None
    """Relative step of the derivative with respect to the drag coefficient. Platform's default: 0.1."""
    differencing_solve_for_cr_relative_delta: Number | None = None
    """Relative step of the derivative with respect to the radiation pressure coefficient. Platform's default: 0.1."""
    min_ephemerides: _Natural | None = None
    """Minimum number of ephemerides."""
    max_ephemerides: _Natural | None = None
    """Maximum number of ephemerides. Platform's default: 5000."""
    allow_additional_ephemerides: Flag | None = None
    """Use of older ephemerides as well. Platform's default: off."""
    allowed_additional_ephemerides_age: NotNegative | None = None
    """Maximum age of the older ephemerides, if `allow_additional_ephemerides` is on; the unit is undocumented.
    Platform's default: 0."""
    use_maximum_fit_span: Flag | None = None
    """Limitation of the fit span to `maximum_fit_span`. Platform's default: off."""
    maximum_fit_span: NotNegative | None = None
    """Maximum fit span in **days**, if `use_maximum_fit_span` is on. Platform's default: 0."""
    solve_for_cd: Flag | None = None
    """Estimation of the drag coefficient. Platform's default: off."""
    solve_for_cr: Flag | None = None
    """Estimation of the radiation pressure coefficient. Platform's default: off."""
    scale_std_for_in_sun: Flag | None = None
    """Scaling of the standard deviations of measurements taken in sunlight. Platform's default: off."""
    scale_factor_std_for_in_sun: NotNegative | None = None
    """Dimensionless factor of this scaling, if `scale_std_for_in_sun` is on."""

    def wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts."""
        return wire_form(self)
