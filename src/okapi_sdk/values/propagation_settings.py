"""Propagation settings: output step and force model."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ..models.base import RequestModel
from ..models.json_form import sent_fields, untag
from ..models.problems import refusal, rule
from ..models.types import Count, Number, OpenName
from ..scalars import python_scalar


def _switch(value: object) -> bool:
    value = python_scalar(value)
    if isinstance(value, bool) or (type(value) is int and value in (0, 1)):
        return bool(value)
    raise rule("True or False", "pass a bool, 1 or 0")


Switch = Annotated[bool, BeforeValidator(_switch)]
"""On or off. The platform uses 1 and 0; the SDK accepts them as well as True and False."""
_Positive = Annotated[Number, Field(gt=0)]
_Step = Annotated[Count, Field(gt=0)]
_Degree = Annotated[Count, Field(ge=0)]


class PropagationSettings(RequestModel):
    """Output step and force model of a propagation. Unset fields are not sent, so the platform's defaults apply.

    The defaults below are those of the platform's 2023 schema. SGP4 uses only `output_step_size`. The covariance
    settings have an effect only if the orbit includes a covariance.

    >>> PropagationSettings(output_step_size=30, geopotential_degree_order=20, ocean_tides=True).wire()
    {'output_step_size': 30, 'geopotential_degree_order': 20, 'ocean_tides': 1}
    """

    _tag: ClassVar[str] = "shared_prop_settings.json"

    output_step_size: _Step | None = None
    """Time between output points in whole seconds. Platform's default: 60."""
    geopotential_degree_order: _Degree | None = None
    """Degree and order of the geopotential. Platform's default: 6."""
    atmospheric_drag: Switch | None = None
    """Atmospheric drag. Platform's default: on."""
    horizontal_wind: Switch | None = None
    """Horizontal wind. Platform's default: off."""
    sun_gravity: Switch | None = None
    """Gravity of the Sun. Platform's default: on."""
    moon_gravity: Switch | None = None
    """Gravity of the Moon. Platform's default: on."""
    solar_radiation_pressure: Switch | None = None
    """Solar radiation pressure. Platform's default: on."""
    solid_tides: Switch | None = None
    """Solid Earth tides. Platform's default: on."""
    ocean_tides: Switch | None = None
    """Ocean tides. Platform's default: off."""
    earth_albedo: Switch | None = None
    """Radiation pressure of sunlight reflected by the Earth. Platform's default: on."""
    geopotential_model: Annotated[Literal["EGM96", "EGM2008", "EIGEN-GL04C"] | str, OpenName] | None = None
    """Geopotential model. Platform's default: ``EIGEN-GL04C``."""
    atmospheric_model: Annotated[Literal["Exponential", "NRLMSISE-00", "JB2008"] | str, OpenName] | None = None
    """Atmospheric model. Platform's default: ``NRLMSISE-00``."""
    shadow_model: Annotated[Literal["conical", "none"] | str, OpenName] | None = None
    """Model of the Earth's shadow. Platform's default: ``conical``."""
    shadow_boundary_correction: Switch | None = None
    """Correction of the integration at shadow boundaries. Platform's default: off."""
    covariance_propagation: Switch | None = None
    """Propagation of the covariance along with the state. Platform's default: off."""
    covariance_propagation_method: Annotated[Literal["Numerical", "Unscented"] | str, OpenName] | None = None
    """Method of covariance propagation. Platform's default: ``Numerical``."""
    covariance_geopotential: _Degree | None = None
    """Degree of the geopotential for the covariance, at most `geopotential_degree_order`; 0 means two-body motion.
    Platform's default: 6 according to its schema, 0 according to the description in that schema."""
    covariance_atmospheric_drag: Switch | None = None
    """Atmospheric drag for the covariance. Platform's default: off."""
    covariance_sun_gravity: Switch | None = None
    """Gravity of the Sun for the covariance. Platform's default: off."""
    covariance_moon_gravity: Switch | None = None
    """Gravity of the Moon for the covariance. Platform's default: off."""
    covariance_solar_radiation_pressure: Switch | None = None
    """Solar radiation pressure for the covariance. Platform's default: off."""
    compute_noise_matrix: Switch | None = None
    """Computation of the process noise matrix. Platform's default: off."""
    use_eop: Switch | None = None
    """Use of Earth orientation parameters. Platform's default: on."""
    precession_nutation_lookup: Switch | None = None
    """Lookup of precession and nutation in a table. Platform's default: on."""
    solar_activity_forecast: Annotated[Literal["celestrak", "esa", "constant", "jb2008"] | str, OpenName] | None = None
    """Source of the solar activity forecast. Platform's default: ``esa``."""
    geo_ap: Annotated[Count, Field(ge=0)] | None = None
    """Geomagnetic index Ap for the ``constant`` forecast. Platform's default: 15."""
    solar_f107: _Positive | None = None
    """Solar radio flux F10.7 in solar flux units for the ``constant`` forecast. Platform's default: 150."""
    stormer_cowell_rel_tolerance: _Positive | None = None
    """Relative tolerance of the Störmer-Cowell integrator. Platform's default: 1e-10."""
    stormer_cowell_abs_tolerance: _Positive | None = None
    """Absolute tolerance of the Störmer-Cowell integrator. Platform's default: 1e-11."""
    covariance_integration_step: _Positive | None = None
    """Step of the covariance integration in seconds, a divisor of the output step. Platform's default: 60."""
    covariance_integration_method: Literal[1, 2, 3] | None = None
    """Method of the covariance integration: 1 (Taylor), 2 (Runge-Kutta 4) or 3 (Runge-Kutta 8). Platform's default:
    2."""

    _untag = model_validator(mode="before")(untag(_tag))

    @model_validator(mode="after")
    def _covariance_fits(self) -> Self:
        output_step, step = self.output_step_size, self.covariance_integration_step
        if output_step is not None and step is not None and (step > output_step or output_step % step):
            raise refusal(
                type(self), "covariance_integration_step", step, f"a divisor of output_step_size, {output_step} s",
                f"use {output_step}, or {output_step} divided by a whole number",
            )  # fmt: skip
        highest, degree = self.geopotential_degree_order, self.covariance_geopotential
        if degree is not None and highest is not None and degree > highest:
            raise refusal(
                type(self), "covariance_geopotential", degree, f"at most geopotential_degree_order, {highest}",
                f"use {highest} or less",
            )  # fmt: skip
        return self

    def wire(self) -> dict[str, Any]:
        """Return the content in the platform's format: switches as 1 and 0, except `covariance_propagation`."""
        return {
            name: int(value) if isinstance(value, bool) and name != "covariance_propagation" else value
            for name, value in sent_fields(self)
        }
