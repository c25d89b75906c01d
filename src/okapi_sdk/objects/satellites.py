"""Satellites of the account."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr, Strict, ValidationError

from ..errors import InputProblem
from ..models.base import OkapiModel, RequestModel
from ..models.problems import rule
from ..models.types import Count, Number, OpenName
from ..redaction import MASK
from ..results.nested import kept
from ..values.orbit_determination_settings import Flag
from .base import (
    Changes,
    Deletable,
    Gettable,
    New,
    PagedQuery,
    Stored,
)
from .filters import Id, Limit, Text
from .gnss import DragManeuverSettings, GnssSensor

SpaceTrackStatus = Literal[
    "sharing_agreement_signed",
    "satellite_registered",
    "space_track_account_exists",
    "no_space_track_account",
    "dont_know",
    "other",
]
ManeuverStrategy = Literal["short_term", "long_term"]


def _strategies(value: Any) -> Any:
    """Both forms of the strategies: a list, and the one text of 2021."""
    return value.split("_and_") if isinstance(value, str) else value


class _Discreet(OkapiModel):
    """Refusals that show no URL, for that of a webhook may stand under the name of another field."""

    @classmethod
    def _problems(cls, error: ValidationError) -> Iterable[InputProblem]:
        for problem in super()._problems(error):
            yield problem._replace(value=repr(MASK)) if "://" in problem.value else problem


class Satellite(_Discreet, Stored, Gettable["Satellite"], Deletable["Satellite"]):
    """A satellite as the platform keeps it. Webhooks and the Space-Track login are secrets and print as asterisks."""

    _collection: ClassVar[str] = "satellites"
    _id_field: ClassVar[str] = "satellite_id"

    satellite_id: str | None = None
    """The platform's id."""
    name: str | None = None
    """Name; the platform takes it from the catalogue."""
    info: str | None = None
    """Notes."""
    norad_ids: tuple[int, ...] | None = None
    """NORAD catalogue numbers."""
    area: float | None = None
    """Collision cross section in m². Platform's default: 0.01."""
    drag_area: float | None = None
    """Drag area in m²."""
    mass: float | None = None
    """Wet mass in kg. Platform's default: 1.3."""
    thrust_uncertainty: float | None = None
    """**Relative** uncertainty of the thrust: 0.05 is 5 %; see `thrust_uncertainty_percent`. In 2020 it was in N."""
    thrust_pointing_uncertainty: float | None = None
    """Uncertainty of the thrust's direction in **seconds of arc**; see `thrust_pointing_uncertainty_deg`. In 2020 it
    was in degrees."""
    thrust_output: float | None = None
    """Thrust in N."""
    max_thrust_duration: float | None = None
    """Longest thrust phase in s. Platform's default: 1."""
    min_thrust_duration: float | None = None
    """Shortest thrust phase in s."""
    in_sun_constraint: bool | None = None
    """Thrust in sunlight only; excludes symmetric maneuvers. Platform's default: off."""
    min_time_in_sun: float | None = None
    """Shortest time in sunlight in s."""
    symmetric_manoeuvres: bool | None = None
    """Maneuver symmetrically. Platform's default: off."""
    use_ground_station_passes: bool | None = None
    """Mind the passes over ground stations."""
    use_offset_cdm_and_earliest_maneuver: bool | None = None
    """Keep `offset_cdm_and_earliest_maneuver`. Platform's default: on."""
    offset_cdm_and_earliest_maneuver: float | None = None
    """Time from the CDM to the earliest maneuver in **seconds**; see `offset_cdm_and_earliest_maneuver_hours`, the unit
    in which maneuver constraints have it. Platform's default: 25200."""
    use_min_time_till_pass: bool | None = None
    """Keep `min_time_till_pass`."""
    min_time_till_pass: float | None = None
    """Shortest time until the next pass in s. Platform's default: 3600."""
    propulsion_type: Literal["impulsive", "continuous"] | str | None = None
    """Kind of propulsion. Platform's default: ``continuous``."""
    accepted_collision_probability: float | None = None
    """Probability of collision that is accepted, 0 to 1. Platform's default: 1e-4."""
    accepted_minimum_distance: float | None = None
    """Distance that is accepted in **km**; see `accepted_minimum_distance_m`. Platform's default: 1."""
    use_ai_risk_prediction: bool | None = None
    """Predict risks by machine learning. Platform's default: off."""
    space_track_status: SpaceTrackStatus | str | None = None
    """State of the registration with Space-Track."""
    space_track_status_other: str | None = None
    """That state in words, with ``other``."""
    space_track_company_name: str | None = None
    """Account data: company."""
    space_track_poc_name: str | None = None
    """Account data: point of contact."""
    space_track_poc_address: str | None = None
    """Account data: address of the point of contact."""
    space_track_login: SecretStr | None = None
    """Account data: login name, kept out of what is printed."""
    active: bool | None = None
    """Whether the platform screens it; the platform sets this."""
    maneuver_strategy: Annotated[tuple[ManeuverStrategy | str, ...] | None, BeforeValidator(_strategies)] = None
    """Strategies that are planned. Platform's default: both. The one text of 2021 is read too."""
    send_mail_notifications: bool | None = None
    """Notify by mail. Platform's default: off."""
    send_slack_notifications: bool | None = None
    """Notify by Slack. Platform's default: off."""
    send_teams_notifications: bool | None = None
    """Notify by Teams. Platform's default: off."""
    slack_webhook: SecretStr | None = None
    """URL of the Slack webhook, a secret: ``slack_webhook.get_secret_value()``."""
    teams_webhook: SecretStr | None = None
    """URL of the Teams webhook, a secret."""
    gnss_sensor: Annotated[GnssSensor | None, BeforeValidator(kept(GnssSensor))] = None
    """Its GNSS sensor."""
    notification_verbosity: Literal["observe", "critical"] | str | None = None
    """From which criticality on it notifies. Platform's default: ``observe``."""
    enable_accepted_collision_probability_limit_recommendation: bool | None = None
    """Recommend a limit of the collision probability."""
    enable_miss_distance_recommendation: bool | None = None
    """Recommend a miss distance."""
    drag_maneuver_settings: Annotated[DragManeuverSettings | None, BeforeValidator(kept(DragManeuverSettings))] = None
    """Maneuvers by drag."""

    @property
    def thrust_uncertainty_percent(self) -> float | None:
        """`thrust_uncertainty` in percent."""
        return None if self.thrust_uncertainty is None else self.thrust_uncertainty * 100

    @property
    def thrust_pointing_uncertainty_deg(self) -> float | None:
        """`thrust_pointing_uncertainty` in degrees."""
        return None if self.thrust_pointing_uncertainty is None else self.thrust_pointing_uncertainty / 3600

    @property
    def offset_cdm_and_earliest_maneuver_hours(self) -> float | None:
        """`offset_cdm_and_earliest_maneuver` in hours."""
        return None if self.offset_cdm_and_earliest_maneuver is None else self.offset_cdm_and_earliest_maneuver / 3600

    @property
    def accepted_minimum_distance_m(self) -> float | None:
        """`accepted_minimum_distance` in metres."""
        return None if self.accepted_minimum_distance is None else self.accepted_minimum_distance * 1000


class Satellites(PagedQuery[Satellite]):
    """All satellites of the account."""

    _collection: ClassVar[str] = "satellites"
    _element: ClassVar[type[Satellite]] = Satellite

    limit: Limit = 20
    """Elements of a page, 1 to 10000."""


def _seconds(value: object) -> object:
    if isinstance(value, timedelta):
        value = value.total_seconds()
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    if value is not None and not number:
        raise rule("seconds, at least 0, or a timedelta", "for example timedelta(hours=7)")
    return value


def _secret(value: object) -> object:
    if isinstance(value, str) and value.strip():
        return SecretStr(value)
    if value is None or isinstance(value, SecretStr):
        return value
    raise rule("text", "pass a str or a SecretStr")


def _at_most(limit: float, allowed: str, remedy: str) -> AfterValidator:
    def check(value: float | None) -> float | None:
        if value is not None and not 0 <= value <= limit:
            raise rule(allowed, remedy)
        return value

    return AfterValidator(check)


def _required(value: object) -> object:
    if value is None:
        raise rule("a value: the platform requires one", "leave the field out to keep what is stored")
    return value


_REQUIRED = BeforeValidator(_required)
Seconds = Annotated[float | timedelta | None, PlainValidator(_seconds)]
"""A duration: seconds or a timedelta."""
Secret = Annotated[SecretStr | str | None, BeforeValidator(_secret)]
"""A text that is not printed."""
_Words = Annotated[str, Strict()]
_Positive = Annotated[Number, Field(gt=0)]
_NotNegative = Annotated[Number, Field(ge=0)]
_NoradIds = Annotated[Sequence[Annotated[Count, Field(ge=1)]], Field(min_length=1), AfterValidator(tuple)]


class _SatelliteFields(_Discreet, RequestModel):
    """What both a new satellite and a change may set. What is not set is not sent: the platform's default holds."""

    info: _Words | None = None
    """Notes."""
    area: _Positive | None = None
    """Collision cross section in m². Platform's default: 0.01."""
    drag_area: _NotNegative | None = None
    """Drag area in m²."""
    mass: _Positive | None = None
    """Wet mass in kg. Platform's default: 1.3."""
    thrust_uncertainty: Annotated[
        Number | None, _at_most(1, "0 to 1: it is relative, 0.05 is 5 %", "divide percents by 100")
    ] = None
    """**Relative** uncertainty of the thrust, 0 to 1: 0.05 is 5 %. Platform's default: 0."""
    thrust_pointing_uncertainty: Annotated[
        Number | None, _at_most(648_000, "0 to 648000 seconds of arc, which are 180 degrees", "give seconds of arc")
    ] = None
    """Uncertainty of the thrust's direction in **seconds of arc**: 3600 are a degree. Platform's default: 0."""
    thrust_output: _NotNegative | None = None
    """Thrust in N. Platform's default: 0."""
    max_thrust_duration: Seconds = None
    """Longest thrust phase: seconds, or a timedelta. Platform's default: 1 s."""
    min_thrust_duration: Seconds = None
    """Shortest thrust phase: seconds, or a timedelta."""
    in_sun_constraint: Flag | None = None
    """Thrust in sunlight only; excludes symmetric maneuvers. Platform's default: off."""
    min_time_in_sun: Seconds = None
    """Shortest time in sunlight: seconds, or a timedelta."""
    symmetric_manoeuvres: Flag | None = None
    """Maneuver symmetrically. Platform's default: off."""
    use_ground_station_passes: Flag | None = None
    """Mind the passes over ground stations."""
    use_offset_cdm_and_earliest_maneuver: Flag | None = None
    """Keep `offset_cdm_and_earliest_maneuver`. Platform's default: on."""
    offset_cdm_and_earliest_maneuver: Seconds = None
    """Time from the CDM to the earliest maneuver: **seconds**, or a timedelta. Maneuver constraints have it in hours.
    Platform's default: 25200 s."""
    use_min_time_till_pass: Flag | None = None
    """Keep `min_time_till_pass`."""
    min_time_till_pass: Seconds = None
    """Shortest time until the next pass: seconds, or a timedelta. Platform's default: 3600 s."""
    propulsion_type: Annotated[Literal["impulsive", "continuous"] | str, OpenName] | None = None
    """Kind of propulsion. Platform's default: ``continuous``."""
    accepted_collision_probability: Annotated[Number | None, _at_most(1, "0 to 1", "give a probability")] = None
    """Probability of collision that is accepted, 0 to 1. Platform's default: 1e-4."""
    accepted_minimum_distance: Annotated[
        Number | None, _at_most(1000, "0 to 1000 km: this looks like metres", "divide metres by 1000")
    ] = None
    """Distance that is accepted in **km**, 0 to 1000: 0.1 are 100 m. Platform's default: 1."""
    use_ai_risk_prediction: Flag | None = None
    """Predict risks by machine learning. Platform's default: off."""
    space_track_status_other: _Words | None = None
    """State of the registration with Space-Track in words, with ``space_track_status="other"``."""
    space_track_company_name: _Words | None = None
    """Account data: company."""
    space_track_poc_name: _Words | None = None
    """Account data: point of contact."""
    space_track_poc_address: _Words | None = None
    """Account data: address of the point of contact."""
    space_track_login: Secret = None
    """Account data: login name, kept out of what is printed."""
    maneuver_strategy: Annotated[
        Sequence[Annotated[ManeuverStrategy | str, OpenName]], AfterValidator(tuple), BeforeValidator(_strategies)
    ] | None = None  # fmt: skip
    """Strategies that are planned. Platform's default: both."""
    send_mail_notifications: Flag | None = None
    """Notify by mail. Platform's default: off."""
    send_slack_notifications: Flag | None = None
    """Notify by Slack. Platform's default: off."""
    send_teams_notifications: Flag | None = None
    """Notify by Teams. Platform's default: off."""
    slack_webhook: Secret = None
    """URL of the Slack webhook, a secret."""
    teams_webhook: Secret = None
    """URL of the Teams webhook, a secret."""
    gnss_sensor: GnssSensor | None = None
    """Its GNSS sensor; whether the platform keeps what a change leaves out of it is not documented: send it whole."""
    notification_verbosity: Annotated[Literal["observe", "critical"] | str, OpenName] | None = None
    """From which criticality on it notifies. Platform's default: ``observe``."""
    enable_accepted_collision_probability_limit_recommendation: Flag | None = None
    """Recommend a limit of the collision probability."""
    enable_miss_distance_recommendation: Flag | None = None
    """Recommend a miss distance."""
    drag_maneuver_settings: DragManeuverSettings | None = None
    """Maneuvers by drag; as `gnss_sensor`."""


class NewSatellite(_SatelliteFields, New[Satellite]):
    """A satellite to add.

    >>> NewSatellite(name="My satellite", norad_ids=[25544], space_track_status="dont_know", mass=4.0).name
    'My satellite'
    """

    _collection: ClassVar[str] = "satellites"
    _record: ClassVar[type[Satellite]] = Satellite

    satellite_id: Id = Field(default_factory=lambda: str(uuid.uuid4()))
    """The platform wants one and replaces it: a random one is made."""
    name: Text
    """Name; the platform replaces it by that of the catalogue."""
    norad_ids: _NoradIds
    """NORAD catalogue numbers."""
    space_track_status: Annotated[SpaceTrackStatus | str, OpenName]
    """State of the registration with Space-Track."""

    def _body(self) -> Any:
        """The JSON body of the POST."""
        return {"satellite_id": self.satellite_id, **super()._body()}


class SatelliteChanges(_SatelliteFields, Changes[Satellite]):
    """What to change of a satellite: only what is set travels, ``None`` too where it is allowed.

    >>> SatelliteChanges(area=0.01)._body("550e8400-e29b-11d4-a716-446655440000")
    {'satellite_id': '550e8400-e29b-11d4-a716-446655440000', 'area': 0.01}
    """

    _record: ClassVar[type[Satellite]] = Satellite

    name: Annotated[Text | None, _REQUIRED] = None
    """Name; the platform replaces it by that of the catalogue. It can be changed, not taken away."""
    norad_ids: Annotated[_NoradIds | None, _REQUIRED] = None
    """NORAD catalogue numbers; as `name`."""
    space_track_status: Annotated[SpaceTrackStatus | str | None, OpenName, _REQUIRED] = None
    """State of the registration with Space-Track; as `name`."""
