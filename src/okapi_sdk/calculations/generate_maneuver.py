"""Maneuvers that avoid a collision."""

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
from ..results.nested import kept
from ..values.orbit_determination_settings import Flag
from .undocumented import Body, OpenCalculation


class ManeuverWindow(Message):
    """A span in which the thrusters may burn."""

    start_epoch: Epoch
    """Begin, UTC."""
    end_epoch: Epoch
    """End, UTC; after the begin."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end_epoch <= self.start_epoch:
            raise refusal(
                type(self), "end_epoch", wire_time(self.end_epoch), f"after {wire_time(self.start_epoch)}",
                "swap the two, or give a later end",
            )  # fmt: skip
        return self


class ManeuverConstraints(Message):
    """What a maneuver must keep to. What is not given is not sent.

    Mind the units: all durations are in seconds, but for `offset_cdm_and_earliest_maneuver`, which is in **hours** here
    and in seconds on a stored satellite; `at_least_before_tca` takes seconds.

    >>> ManeuverConstraints(max_thrust_duration=600, thrust_output=0.02)._wire()
    {'max_thrust_duration': 600.0, 'thrust_output': 0.02}
    """

    max_thrust_duration: Positive | None = None
    """Longest thrust phase in s."""
    min_thrust_duration: NotNegative | None = None
    """Shortest thrust phase in s."""
    thrust_output: Positive | None = None
    """Thrust in N."""
    in_sun_constraint: Flag | None = None
    """Thrust in sunlight only."""
    min_time_in_sun: NotNegative | None = None
    """Time in sunlight before a thrust phase, at least, in s."""
    use_min_time_till_pass: Flag | None = None
    """Keep to `min_time_till_pass`."""
    min_time_till_pass: NotNegative | None = None
    """Time between the calculation and the ground-station pass that carries the command, at least, in s. Platform's
    default: 3600."""
    maneuver_windows: tuple[ManeuverWindow, ...] | None = None
    """Spans in which thrust is possible, in the order of time."""
    use_offset_cdm_and_earliest_maneuver: Flag | None = None
    """Keep to `offset_cdm_and_earliest_maneuver`."""
    offset_cdm_and_earliest_maneuver: NotNegative | None = None
    """Time between the CDM and the earliest maneuver in **hours**; see `offset_seconds`."""
    use_ground_station_passes: Flag | None = None
    """Take the stored ground-station passes into account."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.min_thrust_duration, self.max_thrust_duration
        if low is not None and high is not None and low > high:
            raise refusal(
                type(self), "min_thrust_duration", low, f"at most max_thrust_duration, {high:g} s", "swap the two"
            )
        windows = self.maneuver_windows or ()
        for index, (one, following) in enumerate(pairwise(windows), 1):
            if following.start_epoch < one.start_epoch:
                raise refusal(
                    type(self), f"maneuver_windows.{index}.start_epoch", wire_time(following.start_epoch),
                    f"not before that of the window ahead, {wire_time(one.start_epoch)}", "sort them by time",
                )  # fmt: skip
        return self

    @property
    def offset_seconds(self) -> float | None:
        """`offset_cdm_and_earliest_maneuver` in seconds, the unit of a stored satellite."""
        hours = self.offset_cdm_and_earliest_maneuver
        return None if hours is None else hours * 3600

    def _wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)


class GeneratedManeuvers(Answer):
    """Result of `GenerateManeuver`: the evaluated maneuvers, and what they were made for.

    The platform's format ``simple``. The fields that begin with ``db_sat_`` are those of the stored satellite that were
    used.
    """

    maneuvers: Annotated[
        tuple[ManeuverEvaluation, ...], Field(alias="cam_result_data"), BeforeValidator(lambda found: found or ())
    ] = ()
    """The maneuvers with the risk that is left after each. On the wire they are ``cam_result_data``."""
    maneuver_constraints: Annotated[
        ManeuverConstraints | dict[str, Any] | None,
        BeforeValidator(kept(ManeuverConstraints)),
    ] = None
    """The constraints that were kept to; mind that its offset is in **hours**."""
    db_sat_in_sun: bool | None = None
    """Thrust in sunlight only."""
    db_sat_min_time_in_sun: float | None = None
    """Time in sunlight before a thrust phase, at least, in s."""
    db_sat_use_ground_station_passes: bool | None = None
    """Whether ground-station passes were taken into account."""
    db_sat_use_offset_cdm_and_earliest_maneuver: bool | None = None
    """Whether the offset after the CDM was kept to."""
    db_sat_offset_cdm_and_earliest_maneuver: float | None = None
    """Time between the CDM and the earliest maneuver in **hours**."""
    db_sat_use_min_time_till_pass: bool | None = None
    """Whether `db_sat_min_time_till_pass` was kept to."""
    db_sat_min_time_till_pass: float | None = None
    """Time until the ground-station pass that carries the command, at least, in s."""
    db_sat_min_thrust_duration: float | None = None
    """Shortest thrust phase in s."""
    db_sat_max_thrust_duration: float | None = None
    """Longest thrust phase in s."""
    db_sat_thrust_output: float | None = None
    """Thrust in N."""

    @property
    def suggested(self) -> tuple[ManeuverEvaluation, ...]:
        """The maneuvers that the platform suggests."""
        return tuple(one for one in self.maneuvers if one.suggested)


class GenerateManeuver(OpenCalculation[GeneratedManeuvers]):
    """Maneuvers that lower the risk of a conjunction.

    No source shows the body. The platform describes it by the ids and orbits of both objects and the id of the
    conjunction: put these into `body` under the names that the platform gave you. `constraints` travel as
    ``maneuver_constraints``, the name under which the answer repeats them; that the platform takes them there is
    concluded from that. To send them otherwise, put ``constraints._wire()`` into the body.

    >>> calculation = GenerateManeuver(
    ...     body={"conjunction_id": "550e8400-e29b-11d4-a716-446655440000"},
    ...     constraints=ManeuverConstraints(max_thrust_duration=600),
    ... )
    >>> calculation.body()["maneuver_constraints"]
    {'max_thrust_duration': 600.0}
    """

    service: ClassVar[str] = "generate-maneuver"

    content: Body = Field(alias="body", default_factory=dict)
    """What else the platform takes: JSON data."""
    constraints: ManeuverConstraints | None = None
    """What the maneuver must keep to; None for what is stored with the satellite."""

    def _parts(self) -> Iterator[tuple[str, Any]]:
        if self.constraints is not None:
            yield "maneuver_constraints", self.constraints._wire()

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """`GeneratedManeuvers` is the platform's ``simple``."""
        return {GeneratedManeuvers: "simple"}
