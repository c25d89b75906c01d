"""Collision risk of a conjunction, both stored and newly calculated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from ..models.base import Record
from ..models.types import Epoch
from .nested import StoredOpm

Criticality = Literal["non_critical", "observe", "critical"]
"""Criticality of a conjunction, from harmless to urgent."""
TimeOrText = Annotated[Epoch | str | None, Field(union_mode="left_to_right")]
"""A time that the platform's schema declares as text; kept as text if it is not a valid time."""


def _elements(value: Any) -> Any:
    """Return the elements of a list in any envelope; an empty tuple for null."""
    if isinstance(value, Mapping):
        value = value.get("elements", value.get("content", value))
    return () if value is None else value


class RiskEstimation(Record):
    """Collision risk of a conjunction at the time of closest approach (TCA).

    Values are in km and km/s, including the miss distance, which a CDM gives in **metres**; only the hard-body radii
    are in metres. Components are radial (r), transverse (t) and normal (n).
    """

    _units: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("miss_distance", "r", "t", "n", "r_std", "t_std", "n_std", "b_plane_x", "b_plane_y"), "km",
        ),
        "sat1_hard_body_radius": "m",
        "sat2_hard_body_radius": "m",
    }  # fmt: skip
    _first_shown: ClassVar[tuple[str, ...]] = (
        "tca", "miss_distance", "collision_probability", "collision_probability_method", "criticality",
    )  # fmt: skip

    risk_estimation_id: str | None = None
    """The platform's ID."""
    creation_date: Epoch | None = None
    """Creation time of the CDM, UTC."""
    originator: str | None = None
    """Originator of the CDM."""
    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    collision_probability: float | None = None
    """Collision probability, 0 to 1; None if it could not be computed."""
    collision_probability_method: str | None = None
    """Method used for the probability, such as ``FOSTER-1992``."""
    mahalanobis_distance: float | None = None
    """Mahalanobis distance, dimensionless."""
    miss_distance: float | None = None
    """Distance at TCA in **kilometres**; see `miss_distance_m`."""
    relative_speed: float | None = None
    """Relative speed at TCA in km/s."""
    sat1_hard_body_radius: float | None = None
    """Hard-body radius of the first object in **metres**."""
    sat2_hard_body_radius: float | None = None
    """Hard-body radius of the second object in **metres**."""
    r: float | None = None
    """Radial component of the relative position in km."""
    t: float | None = None
    """Transverse component of the relative position in km."""
    n: float | None = None
    """Normal component of the relative position in km."""
    r_dot: float | None = None
    """Radial component of the relative velocity in km/s."""
    t_dot: float | None = None
    """Transverse component of the relative velocity in km/s."""
    n_dot: float | None = None
    """Normal component of the relative velocity in km/s."""
    r_std: float | None = None
    """Standard deviation of `r` in km."""
    t_std: float | None = None
    """Standard deviation of `t` in km."""
    n_std: float | None = None
    """Standard deviation of `n` in km."""
    r_dot_std: float | None = None
    """Standard deviation of `r_dot` in km/s."""
    t_dot_std: float | None = None
    """Standard deviation of `t_dot` in km/s."""
    n_dot_std: float | None = None
    """Standard deviation of `n_dot` in km/s."""
    sat1_covariance_r_scaling_factor: float | None = None
    """Scaling factor for the first object's radial uncertainty, dimensionless."""
    sat1_covariance_t_scaling_factor: float | None = None
    """Scaling factor for the first object's transverse uncertainty, dimensionless."""
    sat1_covariance_n_scaling_factor: float | None = None
    """Scaling factor for the first object's normal uncertainty, dimensionless."""
    sat2_covariance_r_scaling_factor: float | None = None
    """Scaling factor for the second object's radial uncertainty, dimensionless."""
    sat2_covariance_t_scaling_factor: float | None = None
    """Scaling factor for the second object's transverse uncertainty, dimensionless."""
    sat2_covariance_n_scaling_factor: float | None = None
    """Scaling factor for the second object's normal uncertainty, dimensionless."""
    b_plane_x: float | None = None
    """First coordinate in the encounter plane in km."""
    b_plane_y: float | None = None
    """Second coordinate in the encounter plane in km."""
    b_plane_xx: float | None = None
    """Variance of `b_plane_x` in km²."""
    b_plane_xy: float | None = None
    """Covariance of `b_plane_x` and `b_plane_y` in km²."""
    b_plane_yy: float | None = None
    """Variance of `b_plane_y` in km²."""
    b_plane_yx: float | None = None
    """Covariance of `b_plane_y` and `b_plane_x` in km²."""
    sat1_state_at_tca: StoredOpm = None
    """State of the first object at TCA: an `Opm` in km and km/s; raw data if it is incomplete."""
    sat2_state_at_tca: StoredOpm = None
    """State of the second object at TCA, in the same format."""
    criticality: Criticality | str | None = None
    """Criticality of the conjunction."""
    suggested: bool | None = None
    """True if the platform suggests this estimate; not evaluated for single calculations."""
    comment: str | None = None
    """Comment."""
    based_on: Literal["SPACE_TRACK", "SPACE_TRACK_CUSTOM", "GNSS", "FUSED", "UNKNOWN"] | str | None = None
    """Source of the orbits."""

    @property
    def miss_distance_m(self) -> float | None:
        """`miss_distance` in metres, the unit that CDMs use."""
        return None if self.miss_distance is None else self.miss_distance * 1000


class RiskAtTca(Record):
    """A point of a risk trend."""

    time_to_tca: float | None = None
    """Time to closest approach in **seconds**; see `hours`."""
    collision_probability: float | None = None
    """Collision probability, 0 to 1; None if it could not be computed."""

    @property
    def hours(self) -> float | None:
        """`time_to_tca` in hours."""
        return None if self.time_to_tca is None else self.time_to_tca / 3600


class RiskPrediction(Record):
    """Predicted collision risk of a conjunction until the time of closest approach (TCA).

    Values are in km and km/s, including the miss distance, which a CDM gives in **metres**. Times to TCA are in
    **seconds**.
    """

    _units: ClassVar[Mapping[str, str]] = dict.fromkeys(("miss_distance", "r", "t", "n"), "km")
    _first_shown: ClassVar[tuple[str, ...]] = (
        "tca",
        "miss_distance",
        "collision_probability",
        "approx_peak_risk",
        "criticality",
    )

    risk_prediction_id: str | None = None
    """The platform's ID."""
    creation_date: TimeOrText = None
    """Creation time of the CDM, UTC; kept as text if it is not a valid time."""
    originator: str | None = None
    """Originator of the CDM."""
    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    collision_probability: float | None = None
    """Collision probability, 0 to 1; None if it could not be computed."""
    collision_probability_method: str | None = None
    """Method used for the probability."""
    time_of_peak_risk: TimeOrText = None
    """Time of the highest risk, UTC; kept as text if it is not a valid time."""
    approx_peak_risk: float | None = None
    """Approximate maximum of the collision probability, 0 to 1; None if it could not be computed."""
    risk_trend: Annotated[tuple[RiskAtTca, ...], BeforeValidator(_elements)] = ()
    """Predicted collision probability over time; times to TCA in seconds."""
    risk_trend_increase: Any = None
    """Trend if the risk increases; its structure is undocumented."""
    risk_trend_decrease: Any = None
    """Trend if the risk decreases; its structure is undocumented."""
    risk_quartiles: Any = None
    """Quartiles of the trend; their structure is undocumented."""
    probability_of_increase: float | None = None
    """Probability that the risk increases, dimensionless."""
    probability_of_critical: float | None = None
    """Probability that the risk becomes critical, dimensionless."""
    miss_distance: float | None = None
    """Distance at TCA in **kilometres**; see `miss_distance_m`."""
    relative_speed: float | None = None
    """Relative speed at TCA in km/s."""
    r: float | None = None
    """Radial component of the relative position in km."""
    t: float | None = None
    """Transverse component of the relative position in km."""
    n: float | None = None
    """Normal component of the relative position in km."""
    r_dot: float | None = None
    """Radial component of the relative velocity in km/s."""
    t_dot: float | None = None
    """Transverse component of the relative velocity in km/s."""
    n_dot: float | None = None
    """Normal component of the relative velocity in km/s."""
    sat1_covariance_r_scaling_factor: float | None = None
    """Scaling factor for the first object's radial uncertainty, dimensionless."""
    sat1_covariance_t_scaling_factor: float | None = None
    """Scaling factor for the first object's transverse uncertainty, dimensionless."""
    sat1_covariance_n_scaling_factor: float | None = None
    """Scaling factor for the first object's normal uncertainty, dimensionless."""
    sat2_covariance_r_scaling_factor: float | None = None
    """Scaling factor for the second object's radial uncertainty, dimensionless."""
    sat2_covariance_t_scaling_factor: float | None = None
    """Scaling factor for the second object's transverse uncertainty, dimensionless."""
    sat2_covariance_n_scaling_factor: float | None = None
    """Scaling factor for the second object's normal uncertainty, dimensionless."""
    criticality: Criticality | str | None = None
    """Criticality of the conjunction."""
    suggested: bool | None = None
    """True if the platform suggests this prediction."""
    comment: str | None = None
    """Comment."""
    based_on: Literal["SPACE_TRACK", "SPACE_TRACK_CUSTOM", "GNSS", "FUSED", "UNKNOWN"] | str | None = None
    """Source of the orbits."""

    @property
    def miss_distance_m(self) -> float | None:
        """`miss_distance` in metres, the unit that CDMs use."""
        return None if self.miss_distance is None else self.miss_distance * 1000
