"""Generation of collision avoidance manoeuvres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from ..models.base import Message
from ..models.ccsds import NotNegative, Positive
from ..models.json_form import wire_form, wire_time
from ..models.problems import refusal
from ..models.types import Epoch
from ..results.answer import Answer
from ..results.maneuver_evaluation import ManeuverEvaluation
from ..results.nested import parsed_or_raw
from ..values.orbit_determination_settings import Flag
from .undocumented import Body, OpenCalculation


class ManeuverWindow(Message):
    """A time span in which the thrusters may fire."""

    start_epoch: Epoch
    """Start, UTC."""
    end_epoch: Epoch
    """End, UTC; later than the start."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.end_epoch <= self.start_epoch:
            raise refusal(
                type(self), "end_epoch", wire_time(self.end_epoch),
                f"a time after start_epoch, {wire_time(self.start_epoch)}", "swap the two, or set a later end",
            )  # fmt: skip
        return self


class ManeuverConstraints(Message):
    """Constraints on a manoeuvre. Only the fields that are set are sent.

    All durations are in seconds except `offset_cdm_and_earliest_maneuver`, which is in **hours** here but in seconds on
    a stored satellite.

    >>> ManeuverConstraints(max_thrust_duration=600, thrust_output=0.02).wire()
    {'max_thrust_duration': 600.0, 'thrust_output': 0.02}
    """

    max_thrust_duration: Positive | None = None
    """Maximum duration of a thrust phase in s."""
    min_thrust_duration: NotNegative | None = None
    """Minimum duration of a thrust phase in s."""
    thrust_output: Positive | None = None
    """Thrust in N."""
    in_sun_constraint: Flag | None = None
    """True to thrust only in sunlight."""
    min_time_in_sun: NotNegative | None = None
    """Minimum time in sunlight before a thrust phase, in s."""
    use_min_time_till_pass: Flag | None = None
    """True to apply `min_time_till_pass`."""
    min_time_till_pass: NotNegative | None = None
    """Minimum time from the calculation to the ground-station pass that uploads the command, in s. Platform default:
    3600."""
    maneuver_windows: tuple[ManeuverWindow, ...] | None = None
    """Time spans in which thrust is possible, in chronological order."""
    use_offset_cdm_and_earliest_maneuver: Flag | None = None
    """True to apply `offset_cdm_and_earliest_maneuver`."""
    offset_cdm_and_earliest_maneuver: NotNegative | None = None
    """Time from the CDM to the earliest manoeuvre, in **hours**; see `offset_seconds`."""
    use_ground_station_passes: Flag | None = None
    """True to consider the stored ground-station passes."""

    @model_validator(mode="after")
    def _check_limits(self) -> Self:
        low, high = self.min_thrust_duration, self.max_thrust_duration
        if low is not None and high is not None and low > high:
            raise refusal(
                type(self),
                "min_thrust_duration",
                low,
                f"a duration up to max_thrust_duration, {high:g} s",
                "swap the two",
            )
        windows = self.maneuver_windows or ()
        for index, (previous, following) in enumerate(pairwise(windows), 1):
            if following.start_epoch < previous.start_epoch:
                raise refusal(
                    type(self), f"maneuver_windows.{index}.start_epoch", wire_time(following.start_epoch),
                    f"a time not before the previous window's start, {wire_time(previous.start_epoch)}",
                    "sort the windows by start time",
                )  # fmt: skip
        return self

    @property
    def offset_seconds(self) -> float | None:
        """`offset_cdm_and_earliest_maneuver` in seconds, the unit of a stored satellite."""
        hours = self.offset_cdm_and_earliest_maneuver
        return None if hours is None else hours * 3600

    def wire(self) -> dict[str, Any]:
        """Return JSON data in the platform's format."""
        return wire_form(self)


class GeneratedManeuvers(Answer):
    """Result of `GenerateManeuver`: the evaluated manoeuvres and their constraints.

    Read from the platform's ``simple`` format. Fields that begin with ``db_sat_`` are the stored satellite's settings
    used in the calculation.
    """

    maneuvers: Annotated[
        tuple[ManeuverEvaluation, ...],
        Field(alias="cam_result_data"),
        BeforeValidator(lambda evaluations: evaluations or ()),
    ] = ()
    """The manoeuvres, each with its residual risk; ``cam_result_data`` in JSON."""
    maneuver_constraints: Annotated[
        ManeuverConstraints | dict[str, Any] | None,
        BeforeValidator(parsed_or_raw(ManeuverConstraints)),
    ] = None
    """The constraints applied, with the offset in **hours**; raw data if they are invalid."""
    db_sat_in_sun: bool | None = None
    """True if thrust was restricted to sunlight."""
    db_sat_min_time_in_sun: float | None = None
    """Minimum time in sunlight before a thrust phase, in s."""
    db_sat_use_ground_station_passes: bool | None = None
    """True if ground-station passes were considered."""
    db_sat_use_offset_cdm_and_earliest_maneuver: bool | None = None
    """True if `db_sat_offset_cdm_and_earliest_maneuver` was applied."""
    db_sat_offset_cdm_and_earliest_maneuver: float | None = None
    """Time from the CDM to the earliest manoeuvre, in **hours**."""
    db_sat_use_min_time_till_pass: bool | None = None
    """True if `db_sat_min_time_till_pass` was applied."""
    db_sat_min_time_till_pass: float | None = None
    """Minimum time to the ground-station pass that uploads the command, in s."""
    db_sat_min_thrust_duration: float | None = None
    """Minimum duration of a thrust phase in s."""
    db_sat_max_thrust_duration: float | None = None
    """Maximum duration of a thrust phase in s."""
    db_sat_thrust_output: float | None = None
    """Thrust in N."""

    @property
    def suggested(self) -> tuple[ManeuverEvaluation, ...]:
        """The manoeuvres that the platform suggests."""
        return tuple(maneuver for maneuver in self.maneuvers if maneuver.suggested)


class GenerateManeuver(OpenCalculation[GeneratedManeuvers]):
    """Generation of manoeuvres that lower the risk of a conjunction.

    The body is undocumented, apart from its contents: the IDs and orbits of both objects and the ID of the conjunction.
    Put these into `body` under the names that the platform gave you. `constraints` are sent as
    ``maneuver_constraints``, the name used in the response; the SDK infers that the platform also accepts it in
    requests. To use a different name, put ``constraints.wire()`` into the body.

    >>> calculation = GenerateManeuver(
    ...     body={"conjunction_id": "550e8400-e29b-11d4-a716-446655440000"},
    ...     constraints=ManeuverConstraints(max_thrust_duration=600),
    ... )
    >>> calculation.body()["maneuver_constraints"]
    {'max_thrust_duration': 600.0}
    """

    service: ClassVar[str] = "generate-maneuver"

    content: Body = Field(alias="body", default_factory=dict)
    """Additional keys of the request body, as JSON data."""
    constraints: ManeuverConstraints | None = None
    """Constraints on the manoeuvre; None for those stored with the satellite."""

    def _parts(self) -> Iterator[tuple[str, Any]]:
        if self.constraints is not None:
            yield "maneuver_constraints", self.constraints.wire()

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return `GeneratedManeuvers` for the platform's ``simple`` format."""
        return {GeneratedManeuvers: "simple"}
