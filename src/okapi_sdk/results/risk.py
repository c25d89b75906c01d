"""Collision risk of a conjunction, as it is stored and as it is calculated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ..models.base import Record
from ..models.types import Epoch
from .nested import StoredOpm

Criticality = Literal["non_critical", "observe", "critical"]
"""How critical a conjunction is, from harmless to urgent."""
Moment = Annotated[Epoch | str | None, Field(union_mode="left_to_right")]
"""A time that the platform's schema declares as text: what does not read as a time stays text."""


def _listed(value: Any) -> Any:
    """The elements of a list in any envelope; nothing for null."""
    if isinstance(value, Mapping):
        value = value.get("elements", value.get("content", value))
    return () if value is None else value


class RiskEstimation(Record):
    """Collision risk of a conjunction at its time of closest approach (TCA).

    Kilometres and km/s, also for the miss distance, which a CDM has in **metres**; only the hard body radii are in
    metres. Components are radial (r), transverse (t) and normal (n).
    """

    risk_estimation_id: str | None = None
    """The platform's id."""
    creation_date: Epoch | None = None
    """When the CDM was made, UTC."""
    originator: str | None = None
    """Who made the CDM."""
    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    collision_probability: float | None = None
    """Probability of collision, 0 to 1; None where it could not be derived."""
    collision_probability_method: str | None = None
    """How the probability was computed, such as ``FOSTER-1992``."""
    mahalanobis_distance: float | None = None
    """Mahalanobis distance, without unit."""
    miss_distance: float | None = None
    """Distance at TCA in **kilometres**; see `miss_distance_m`."""
    relative_speed: float | None = None
    """Relative speed at TCA in km/s."""
    sat1_hard_body_radius: float | None = None
    """Hard body radius of the first object in **metres**."""
    sat2_hard_body_radius: float | None = None
    """Hard body radius of the second object in **metres**."""
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
    """Factor on the first object's radial uncertainty, without unit."""
    sat1_covariance_t_scaling_factor: float | None = None
    """Factor on the first object's transverse uncertainty, without unit."""
    sat1_covariance_n_scaling_factor: float | None = None
    """Factor on the first object's normal uncertainty, without unit."""
    sat2_covariance_r_scaling_factor: float | None = None
    """Factor on the second object's radial uncertainty, without unit."""
    sat2_covariance_t_scaling_factor: float | None = None
    """Factor on the second object's transverse uncertainty, without unit."""
    sat2_covariance_n_scaling_factor: float | None = None
    """Factor on the second object's normal uncertainty, without unit."""
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
    """State of the first object at TCA: an `Opm`, km and km/s; where it is incomplete, the data as they came."""
    sat2_state_at_tca: StoredOpm = None
    """State of the second object at TCA; as `sat1_state_at_tca`."""
    criticality: Criticality | str | None = None
    """How critical it is."""
    suggested: bool | None = None
    """Whether the platform suggests this estimation; not evaluated for single calculations."""
    comment: str | None = None
    """Remark."""
    based_on: Literal["SPACE_TRACK", "SPACE_TRACK_CUSTOM", "GNSS", "FUSED", "UNKNOWN"] | str | None = None
    """Where the orbits come from."""

    @property
    def miss_distance_m(self) -> float | None:
        """`miss_distance` in metres, the unit that CDMs use."""
        return None if self.miss_distance is None else self.miss_distance * 1000


class RiskAtTca(Record):
    """One point of a risk trend."""

    time_to_tca: float | None = None
    """Time until the closest approach in **seconds**; see `hours`."""
    collision_probability: float | None = None
    """Probability of collision, 0 to 1; None where it could not be derived."""

    @property
    def hours(self) -> float | None:
        """`time_to_tca` in hours."""
        return None if self.time_to_tca is None else self.time_to_tca / 3600


class RiskPrediction(Record):
    """How the collision risk of a conjunction is expected to develop until its time of closest approach (TCA).

    Kilometres and km/s, also for the miss distance, which a CDM has in **metres**; times to TCA in **seconds**.
    """

    risk_prediction_id: str | None = None
    """The platform's id."""
    creation_date: Moment = None
    """When the CDM was made, UTC; text that is no time is kept as text."""
    originator: str | None = None
    """Who made the CDM."""
    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    collision_probability: float | None = None
    """Probability of collision, 0 to 1; None where it could not be derived."""
    collision_probability_method: str | None = None
    """How the probability was computed."""
    time_of_peak_risk: Moment = None
    """When the risk is highest, UTC; text that is no time is kept as text."""
    approx_peak_risk: float | None = None
    """Highest probability of collision, approximately, 0 to 1; None where it could not be derived."""
    risk_trend: Annotated[tuple[RiskAtTca, ...], BeforeValidator(_listed)] = ()
    """The expected course of the probability; times to TCA in seconds."""
    risk_trend_increase: Any = None
    """The course where the risk increases; its form is not documented."""
    risk_trend_decrease: Any = None
    """The course where the risk decreases; its form is not documented."""
    risk_quartiles: Any = None
    """Quartiles of the course; their form is not documented."""
    probability_of_increase: float | None = None
    """Probability that the risk increases, without unit."""
    probability_of_critical: float | None = None
    """Probability that the risk becomes critical, without unit."""
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
    """Factor on the first object's radial uncertainty, without unit."""
    sat1_covariance_t_scaling_factor: float | None = None
    """Factor on the first object's transverse uncertainty, without unit."""
    sat1_covariance_n_scaling_factor: float | None = None
    """Factor on the first object's normal uncertainty, without unit."""
    sat2_covariance_r_scaling_factor: float | None = None
    """Factor on the second object's radial uncertainty, without unit."""
    sat2_covariance_t_scaling_factor: float | None = None
    """Factor on the second object's transverse uncertainty, without unit."""
    sat2_covariance_n_scaling_factor: float | None = None
    """Factor on the second object's normal uncertainty, without unit."""
    criticality: Criticality | str | None = None
    """How critical it is."""
    suggested: bool | None = None
    """Whether the platform suggests this prediction."""
    comment: str | None = None
    """Remark."""
    based_on: Literal["SPACE_TRACK", "SPACE_TRACK_CUSTOM", "GNSS", "FUSED", "UNKNOWN"] | str | None = None
    """Where the orbits come from."""

    @property
    def miss_distance_m(self) -> float | None:
        """`miss_distance` in metres, the unit that CDMs use."""
        return None if self.miss_distance is None else self.miss_distance * 1000
