"""Orbits from measurements."""

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


def _listed(value: Any) -> Any:
    return value or ()


class WlsFit(Record):
    """How a weighted least squares fit ended."""

    rms: float | None = None
    """Root mean square of the weighted residuals, without unit."""
    iterations: int | None = None
    """Number of iterations."""
    converged: bool | None = None
    """Whether it converged."""
    accepted_residuals: float | None = None
    """Share of the residuals that were accepted, **0 to 1**; see `accepted_residuals_percent`."""

    @property
    def accepted_residuals_percent(self) -> float | None:
        """`accepted_residuals` in percent."""
        return None if self.accepted_residuals is None else self.accepted_residuals * 100


class DeterminedState(Record):
    """A determined state and its elements: km and km/s in the GCRF, degrees."""

    epoch: float | str | None = None
    """Epoch as a number, whose scale is not documented; see `epoch_gd`."""
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
    """Semi-major axis in km. On the wire its key has hyphens."""
    eccentricity: float | None = None
    """Eccentricity, without unit."""
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
    """Drag coefficient, without unit."""
    cr: float | None = None
    """Radiation pressure coefficient, without unit."""


class ExcludedMeasurement(Record):
    """A measurement that the fit left out."""

    tracklet_id: int | str | None = None
    """Id of its tracklet: here a number, elsewhere text."""
    epoch_gd: Annotated[Epoch | None, Field(alias="epochGd")] = None
    """When it was measured, UTC."""
    component: str | None = None
    """What was measured, such as ``range``."""
    measurement: float | None = None
    """The measured value, in the unit of its component, which is not documented."""
    residual: float | None = None
    """Its residual, in the same unit."""
    residual_std: float | None = None
    """Standard deviation of the residual, in the same unit."""


class DeterminationResult(Record):
    """What a fit found."""

    wls_result: Annotated[WlsFit | None, BeforeValidator(unwrap)] = None
    """How the fit ended."""
    ephemerides: Annotated[tuple[DeterminedState, ...], BeforeValidator(_listed)] = ()
    """Determined states: km, km/s and degrees."""
    excluded_measurements: Annotated[tuple[ExcludedMeasurement, ...], BeforeValidator(_listed)] = ()
    """Measurements that were left out."""


class OrbitDetermination(Answer):
    """Result of `DetermineOrbit`. The platform's format ``simple``."""

    tracklet_ids: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """Ids of the tracklets that were used."""
    od_result: DeterminationResult | None = None
    """States, quality of the fit, and what was left out."""


class DetermineOrbit(OpenCalculation[OrbitDetermination]):
    """An orbit from measurements, by weighted least squares.

    No source shows the body. Its measurements are most likely a `Tdm`; ``tdm``, ``orbit_determination_settings`` and
    ``propagation_settings`` are the names that the platform uses for such values elsewhere (stored TDMs, and the GNSS
    sensor of a satellite). Whatever else it takes stands in `body`.

    Results: an `OrbitDetermination`, or with ``request.result(Omm)`` an `Omm`.

    >>> calculation = DetermineOrbit(
    ...     tdm=Tagged(type="tdm.txt", content="CCSDS_TDM_VERS = 2.0"),
    ...     orbit_determination_settings=OrbitDeterminationSettings(solve_for_cd=True),
    ... )
    >>> calculation.body()["orbit_determination_settings"]
    {'solve_for_cd': True}
    """

    service: ClassVar[str] = "determine-orbit"

    content: Body = Field(alias="body", default_factory=dict)
    """What else the platform takes: JSON data."""
    tdm: Tdm | Tagged | None = None
    """The measurements."""
    orbit_determination_settings: OrbitDeterminationSettings | None = None
    """How the fit works; None for the platform's defaults."""
    propagation_settings: PropagationSettings | None = None
    """The force model; None for the platform's defaults."""
    method: Annotated[Literal["wls"] | str, OpenName] = "wls"
    """How the orbit is determined: ``wls``, weighted least squares, is the only method that a source shows."""

    def _parts(self) -> Iterator[tuple[str, Any]]:
        if self.tdm is not None:
            yield "tdm", tagged(self.tdm)
        for key in ("orbit_determination_settings", "propagation_settings"):
            settings = getattr(self, key)
            if settings is not None:
                yield key, settings._wire()

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """`OrbitDetermination` is the platform's ``simple``, `Omm` its ``omm``."""
        return {OrbitDetermination: "simple", Omm: "omm"}
