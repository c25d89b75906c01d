"""Orbit determination from measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from ..messages.omm import Omm
from ..messages.tdm import Tdm
from ..models.base import Record
from ..models.envelope import unwrap
from ..models.types import Epoch, OpenName
from ..results.answer import Answer
from ..values.orbit_determination_settings import OrbitDeterminationSettings
from ..values.propagation_settings import PropagationSettings
from ..values.tagged import Tagged
from .orbits import tagged
from .undocumented import Body, OpenCalculation


def _or_empty(value: Any) -> Any:
    return value or ()


class WlsFit(Record):
    """Outcome of a weighted least squares fit."""

    rms: float | None = None
    """Root mean square of the weighted residuals, dimensionless."""
    iterations: int | None = None
    """Number of iterations."""
    converged: bool | None = None
    """True if the fit converged."""
    accepted_residuals: float | None = None
    """Fraction of accepted residuals, **0 to 1**; see `accepted_residuals_percent`."""

    @property
    def accepted_residuals_percent(self) -> float | None:
        """`accepted_residuals` in percent."""
        return None if self.accepted_residuals is None else self.accepted_residuals * 100


class DeterminedState(Record):
    """A determined state and its orbital elements: km and km/s in the GCRF, angles in degrees."""

    epoch: float | str | None = None
    """Epoch as a number on an undocumented scale; use `epoch_gd` instead."""
    epoch_gd: Annotated[Epoch | None, Field(alias="epochGd")] = None
    """Epoch, UTC."""
    x: float | None = None
    """Position in km."""
    y: float | None = None
    """Position in km."""
    z: float | None = None
    """Position in km."""
    x_dot: float | None = None
    """Velocity in km/s."""
    y_dot: float | None = None
    """Velocity in km/s."""
    z_dot: float | None = None
    """Velocity in km/s."""
    semi_major_axis: Annotated[float | None, Field(alias="semi-major-axis")] = None
    """Semi-major axis in km; ``semi-major-axis`` in JSON."""
    eccentricity: float | None = None
    """Eccentricity."""
    inclination: float | None = None
    """Inclination in degrees."""
    raan: float | None = None
    """Right ascension of the ascending node in degrees."""
    aop: float | None = None
    """Argument of perigee in degrees."""
    mean_anomaly: float | None = None
    """Mean anomaly in degrees."""
    true_anomaly: float | None = None
    """True anomaly in degrees."""
    cd: float | None = None
    """Drag coefficient, dimensionless."""
    cr: float | None = None
    """Radiation pressure coefficient, dimensionless."""


class ExcludedMeasurement(Record):
    """A measurement that the fit excluded."""

    tracklet_id: int | str | None = None
    """ID of the tracklet: a number here, text elsewhere in the API."""
    epoch_gd: Annotated[Epoch | None, Field(alias="epochGd")] = None
    """Time of the measurement, UTC."""
    component: str | None = None
    """The measured quantity, such as ``range``."""
    measurement: float | None = None
    """The measured value; the units of the components are undocumented."""
    residual: float | None = None
    """Residual of the measurement, in the same unit."""
    residual_std: float | None = None
    """Standard deviation of the residual, in the same unit."""


class DeterminationResult(Record):
    """Result of a fit."""

    wls_result: Annotated[WlsFit | None, BeforeValidator(unwrap)] = None
    """Outcome of the fit."""
    ephemerides: Annotated[tuple[DeterminedState, ...], BeforeValidator(_or_empty)] = ()
    """Determined states in km, km/s and degrees."""
    excluded_measurements: Annotated[tuple[ExcludedMeasurement, ...], BeforeValidator(_or_empty)] = ()
    """Measurements that the fit excluded."""


class OrbitDetermination(Answer):
    """Result of `DetermineOrbit` in the platform's ``simple`` format."""

    tracklet_ids: Annotated[tuple[str, ...], BeforeValidator(_or_empty)] = ()
    """IDs of the tracklets used."""
    od_result: DeterminationResult | None = None
    """States, quality of the fit and excluded measurements."""


class DetermineOrbit(OpenCalculation[OrbitDetermination]):
    """Orbit determination from measurements by weighted least squares.

    The body is undocumented. The measurements are most likely a `Tdm`. The names ``tdm``,
    ``orbit_determination_settings`` and ``propagation_settings`` are those that the platform uses elsewhere (stored
    TDMs and a satellite's GNSS sensor). Put everything else into `body`.

    Result: an `OrbitDetermination`; ``request.result(Omm)`` returns an `Omm`.

    >>> calculation = DetermineOrbit(
    ...     tdm=Tagged(type="tdm.txt", content="CCSDS_TDM_VERS = 2.0"),
    ...     orbit_determination_settings=OrbitDeterminationSettings(solve_for_cd=True),
    ... )
    >>> calculation.body()["orbit_determination_settings"]
    {'solve_for_cd': True}
    """

    service: ClassVar[str] = "determine-orbit"

    content: Body = Field(alias="body", default_factory=dict)
    """Additional keys of the request body, as JSON data."""
    tdm: Tdm | Tagged | None = None
    """The measurements."""
    orbit_determination_settings: OrbitDeterminationSettings | None = None
    """Settings of the fit; None for the platform's defaults."""
    propagation_settings: PropagationSettings | None = None
    """The force model; None for the platform's defaults."""
    method: Annotated[Literal["wls"] | str, OpenName] = "wls"
    """Method of the determination; ``wls`` (weighted least squares) is the only documented one."""

    def _parts(self) -> Iterator[tuple[str, Any]]:
        if self.tdm is not None:
            yield "tdm", tagged(self.tdm)
        for key in ("orbit_determination_settings", "propagation_settings"):
            settings = getattr(self, key)
            if settings is not None:
                yield key, settings.wire()

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return `OrbitDetermination` for the ``simple`` format and `Omm` for ``omm``."""
        return {OrbitDetermination: "simple", Omm: "omm"}
