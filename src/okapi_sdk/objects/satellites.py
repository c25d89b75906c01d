"""The account's satellites."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr, Strict, ValidationError

from ..errors import InputProblem
from ..models.base import OkapiModel, RequestModel
from ..models.dumps import AsItIs
from ..models.problems import rule
from ..models.types import Count, Limit, Number, OpenName
from ..redaction import MASK
from ..results.nested import parsed_or_raw
from ..scalars import as_number
from ..values.orbit_determination_settings import Flag
from .base import (
    Changes,
    Deletable,
    Gettable,
    New,
    PagedQuery,
    Stored,
)
from .filters import Id, Text
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
    """Return the strategies as a list; in 2021 the platform used a single string."""
    return value.split("_and_") if isinstance(value, str) else value


class _UrlRedacting(OkapiModel):
    """Redacts URLs in errors: a webhook may have been passed in the wrong field."""

    @classmethod
    def _problems(cls, error: ValidationError) -> Iterable[InputProblem]:
        for problem in super()._problems(error):
            yield problem._replace(value=repr(MASK)) if "://" in problem.value else problem


class Satellite(_UrlRedacting, Stored, Gettable["Satellite"], Deletable["Satellite"]):
    """A satellite stored on the platform. Webhooks and the Space-Track login are secrets and print as asterisks."""

    _units: ClassVar[Mapping[str, str]] = {"accepted_minimum_distance": "km"}
    _collection: ClassVar[str] = "satellites"
    _id_field: ClassVar[str] = "satellite_id"

    _first_shown: ClassVar[tuple[str, ...]] = ("name", "norad_ids", "satellite_id")

    satellite_id: str | None = None
    """The platform's ID."""
    name: str | None = None
    """Name; the platform takes it from the satellite catalogue."""
    info: str | None = None
    """Notes."""
    norad_ids: tuple[int, ...] | None = None
    """NORAD catalogue numbers."""
    area: float | None = None
    """Collision cross-section in m². Platform default: 0.01."""
    drag_area: float | None = None
    """Drag area in m²."""
    mass: float | None = None
    """Wet mass in kg. Platform default: 1.3."""
    thrust_uncertainty: float | None = None
    """**Relative** thrust uncertainty: 0.05 is 5 %; see `thrust_uncertainty_percent`. In 2020 it was in N."""
    thrust_pointing_uncertainty: float | None = None
    """Thrust pointing uncertainty in **arcseconds**; see `thrust_pointing_uncertainty_deg`. In 2020 it was in
    degrees."""
    thrust_output: float | None = None
    """Thrust in N."""
    max_thrust_duration: float | None = None
    """Maximum duration of a thrust phase in s. Platform default: 1."""
    min_thrust_duration: float | None = None
    """Minimum duration of a thrust phase in s."""
    in_sun_constraint: bool | None = None
    """True to thrust only in sunlight; incompatible with symmetric manoeuvres. Platform default: false."""
    min_time_in_sun: float | None = None
    """Minimum time in sunlight in s."""
    symmetric_manoeuvres: bool | None = None
    """True for symmetric manoeuvres. Platform default: false."""
    use_ground_station_passes: bool | None = None
    """True to consider ground-station passes."""
    use_offset_cdm_and_earliest_maneuver: bool | None = None
    """True to apply `offset_cdm_and_earliest_maneuver`. Platform default: true."""
    offset_cdm_and_earliest_maneuver: float | None = None
    """Time from the CDM to the earliest manoeuvre in **seconds**. Manoeuvre constraints use hours; see
    `offset_cdm_and_earliest_maneuver_hours`. Platform default: 25200."""
    use_min_time_till_pass: bool | None = None
    """True to apply `min_time_till_pass`."""
    min_time_till_pass: float | None = None
    """Minimum time to the next pass in s. Platform default: 3600."""
    propulsion_type: Literal["impulsive", "continuous"] | str | None = None
    """Type of propulsion. Platform default: ``continuous``."""
    accepted_collision_probability: float | None = None
    """Accepted collision probability, 0 to 1. Platform default: 1e-4."""
    accepted_minimum_distance: float | None = None
    """Accepted minimum distance in **km**; see `accepted_minimum_distance_m`. Platform default: 1."""
    use_ai_risk_prediction: bool | None = None
    """True to predict risks by machine learning. Platform default: false."""
    space_track_status: SpaceTrackStatus | str | None = None
    """Status of the registration with Space-Track."""
    space_track_status_other: str | None = None
    """Description of the Space-Track status if it is ``other``."""
    space_track_company_name: str | None = None
    """Space-Track account: company name."""
    space_track_poc_name: str | None = None
    """Space-Track account: name of the point of contact."""
    space_track_poc_address: str | None = None
    """Space-Track account: address of the point of contact."""
    space_track_login: SecretStr | None = None
    """Space-Track account: login name, masked in printed output."""
    active: bool | None = None
    """True if the platform screens the satellite; set by the platform."""
    maneuver_strategy: Annotated[tuple[ManeuverStrategy | str, ...] | None, BeforeValidator(_strategies)] = None
    """Manoeuvre strategies to plan. Platform default: both. The single string of 2021 is parsed too."""
    send_mail_notifications: bool | None = None
    """True to send notifications by e-mail. Platform default: false."""
    send_slack_notifications: bool | None = None
    """True to send notifications to Slack. Platform default: false."""
    send_teams_notifications: bool | None = None
    """True to send notifications to Teams. Platform default: false."""
    slack_webhook: SecretStr | None = None
    """Secret URL of the Slack webhook; read it with ``slack_webhook.get_secret_value()``."""
    teams_webhook: SecretStr | None = None
    """Secret URL of the Teams webhook."""
    gnss_sensor: Annotated[GnssSensor | None, BeforeValidator(parsed_or_raw(GnssSensor))] = None
    """The satellite's GNSS sensor."""
    notification_verbosity: Literal["observe", "critical"] | str | None = None
    """Minimum criticality for notifications. Platform default: ``observe``."""
    enable_accepted_collision_probability_limit_recommendation: bool | None = None
    """True to recommend a limit for the collision probability."""
    enable_miss_distance_recommendation: bool | None = None
    """True to recommend a miss distance."""
    drag_maneuver_settings: Annotated[
        DragManeuverSettings | None, BeforeValidator(parsed_or_raw(DragManeuverSettings))
    ] = None
    """Settings for drag manoeuvres."""

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
    """Query for all satellites of the account."""

    _collection: ClassVar[str] = "satellites"
    _element: ClassVar[type[Satellite]] = Satellite

    limit: Limit = 20
    """Number of elements per page, 1 to 10000."""


def _seconds(value: object) -> object:
    if isinstance(value, timedelta):
        value = value.total_seconds()
    number = as_number(value)
    if value is not None and (number is None or not 0 <= number < math.inf):
        raise rule("a timedelta, or a number of seconds of at least 0", "for example timedelta(hours=7)")
    return number


def _secret(value: object) -> object:
    if value is None:
        return None
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not text.strip():
        raise rule("text", "pass a str or a SecretStr")
    if not text.strip("*"):
        raise rule("the secret itself, not the asterisks printed for it", "pass the secret; omit it to leave it unset")
    return SecretStr(text)


def _at_most(limit: float, allowed: str, remedy: str) -> AfterValidator:
    def check(value: float | None) -> float | None:
        if value is not None and not 0 <= value <= limit:
            raise rule(allowed, remedy)
        return value

    return AfterValidator(check)


def _required(value: object) -> object:
    if value is None:
        raise rule("a value, because the platform requires one", "omit the field to keep the stored value")
    return value


_REQUIRED = BeforeValidator(_required)
Seconds = Annotated[float | timedelta | None, PlainValidator(_seconds), AsItIs]
"""A duration: a number of seconds or a timedelta."""
Secret = Annotated[SecretStr | str | None, PlainValidator(_secret, json_schema_input_type=str | None)]
"""Text that is masked in printed output and in dumps. A mask is refused, so that it never replaces the secret."""
_StrictText = Annotated[str, Strict()]
_Positive = Annotated[Number, Field(gt=0)]
_NotNegative = Annotated[Number, Field(ge=0)]
_NoradIds = Annotated[Sequence[Annotated[Count, Field(ge=1)]], Field(min_length=1), AfterValidator(tuple)]


class _SatelliteFields(_UrlRedacting, RequestModel):
    """Fields shared by new satellites and changes. Fields that are not set are not sent."""

    info: _StrictText | None = None
    """Notes."""
    area: _Positive | None = None
    """Collision cross-section in m². Platform default: 0.01."""
    drag_area: _NotNegative | None = None
    """Drag area in m²."""
    mass: _Positive | None = None
    """Wet mass in kg. Platform default: 1.3."""
    thrust_uncertainty: Annotated[
        Number | None, _at_most(1, "a relative value from 0 to 1, such as 0.05 for 5 %", "divide percentages by 100")
    ] = None
    """**Relative** thrust uncertainty, 0 to 1: 0.05 is 5 %. Platform default: 0."""
    thrust_pointing_uncertainty: Annotated[
        Number | None, _at_most(648_000, "0 to 648000 arcseconds (180 degrees)", "multiply degrees by 3600")
    ] = None
    """Thrust pointing uncertainty in **arcseconds** (1/3600 degree). Platform default: 0."""
    thrust_output: _NotNegative | None = None
    """Thrust in N. Platform default: 0."""
    max_thrust_duration: Seconds = None
    """Maximum duration of a thrust phase: seconds or a timedelta. Platform default: 1 s."""
    min_thrust_duration: Seconds = None
    """Minimum duration of a thrust phase: seconds or a timedelta."""
    in_sun_constraint: Flag | None = None
    """True to thrust only in sunlight; incompatible with symmetric manoeuvres. Platform default: false."""
    min_time_in_sun: Seconds = None
    """Minimum time in sunlight: seconds or a timedelta."""
    symmetric_manoeuvres: Flag | None = None
    """True for symmetric manoeuvres. Platform default: false."""
    use_ground_station_passes: Flag | None = None
    """True to consider ground-station passes."""
    use_offset_cdm_and_earliest_maneuver: Flag | None = None
    """True to apply `offset_cdm_and_earliest_maneuver`. Platform default: true."""
    offset_cdm_and_earliest_maneuver: Seconds = None
    """Time from the CDM to the earliest manoeuvre: **seconds** or a timedelta. Manoeuvre constraints use hours.
    Platform default: 25200 s."""
    use_min_time_till_pass: Flag | None = None
    """True to apply `min_time_till_pass`."""
    min_time_till_pass: Seconds = None
    """Minimum time to the next pass: seconds or a timedelta. Platform default: 3600 s."""
    propulsion_type: Annotated[Literal["impulsive", "continuous"] | str, OpenName] | None = None
    """Type of propulsion. Platform default: ``continuous``."""
    accepted_collision_probability: Annotated[
        Number | None, _at_most(1, "a probability from 0 to 1", "divide percentages by 100")
    ] = None
    """Accepted collision probability, 0 to 1. Platform default: 1e-4."""
    accepted_minimum_distance: Annotated[
        Number | None, _at_most(1000, "a distance from 0 to 1000 km", "divide metres by 1000")
    ] = None
    """Accepted minimum distance in **km**, 0 to 1000: 0.1 is 100 m. Platform default: 1."""
    use_ai_risk_prediction: Flag | None = None
    """True to predict risks by machine learning. Platform default: false."""
    space_track_status_other: _StrictText | None = None
    """Description of the registration with Space-Track if ``space_track_status="other"``."""
    space_track_company_name: _StrictText | None = None
    """Space-Track account: company name."""
    space_track_poc_name: _StrictText | None = None
    """Space-Track account: name of the point of contact."""
    space_track_poc_address: _StrictText | None = None
    """Space-Track account: address of the point of contact."""
    space_track_login: Secret = None
    """Space-Track account: login name, masked in printed output."""
    maneuver_strategy: Annotated[
        Sequence[Annotated[ManeuverStrategy | str, OpenName]], AfterValidator(tuple), BeforeValidator(_strategies)
    ] | None = None  # fmt: skip
    """Manoeuvre strategies to plan. Platform default: both."""
    send_mail_notifications: Flag | None = None
    """True to send notifications by e-mail. Platform default: false."""
    send_slack_notifications: Flag | None = None
    """True to send notifications to Slack. Platform default: false."""
    send_teams_notifications: Flag | None = None
    """True to send notifications to Teams. Platform default: false."""
    slack_webhook: Secret = None
    """Secret URL of the Slack webhook."""
    teams_webhook: Secret = None
    """Secret URL of the Teams webhook."""
    gnss_sensor: GnssSensor | None = None
    """The satellite's GNSS sensor. In a change, include all of its fields: the platform does not document whether it
    keeps omitted fields."""
    notification_verbosity: Annotated[Literal["observe", "critical"] | str, OpenName] | None = None
    """Minimum criticality for notifications. Platform default: ``observe``."""
    enable_accepted_collision_probability_limit_recommendation: Flag | None = None
    """True to recommend a limit for the collision probability."""
    enable_miss_distance_recommendation: Flag | None = None
    """True to recommend a miss distance."""
    drag_maneuver_settings: DragManeuverSettings | None = None
    """Settings for drag manoeuvres. In a change, include all fields, as for `gnss_sensor`."""


class NewSatellite(_SatelliteFields, New[Satellite]):
    """A satellite to add.

    >>> NewSatellite(name="My satellite", norad_ids=[25544], space_track_status="dont_know", mass=4.0).name
    'My satellite'
    """

    _collection: ClassVar[str] = "satellites"
    _record: ClassVar[type[Satellite]] = Satellite

    satellite_id: Id = Field(default_factory=lambda: str(uuid.uuid4()))
    """ID required by the platform, which then replaces it; random by default."""
    name: Text
    """Name; the platform replaces it with the name in the satellite catalogue."""
    norad_ids: _NoradIds
    """NORAD catalogue numbers."""
    space_track_status: Annotated[SpaceTrackStatus | str, OpenName]
    """Status of the registration with Space-Track."""

    def _body(self) -> Any:
        """Return the JSON body of the POST."""
        return {"satellite_id": self.satellite_id, **super()._body()}


class SatelliteChanges(_SatelliteFields, Changes[Satellite]):
    """Changes to a satellite. Only fields that are set are sent, including ``None`` in fields that allow it.

    >>> SatelliteChanges(area=0.01)._body("550e8400-e29b-11d4-a716-446655440000")
    {'satellite_id': '550e8400-e29b-11d4-a716-446655440000', 'area': 0.01}
    """

    _record: ClassVar[type[Satellite]] = Satellite

    name: Annotated[Text | None, _REQUIRED] = None
    """Name; the platform replaces it with the name in the satellite catalogue. Cannot be None."""
    norad_ids: Annotated[_NoradIds | None, _REQUIRED] = None
    """NORAD catalogue numbers. Cannot be None."""
    space_track_status: Annotated[SpaceTrackStatus | str | None, OpenName, _REQUIRED] = None
    """Status of the registration with Space-Track. Cannot be None."""
