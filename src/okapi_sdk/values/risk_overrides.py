"""What a risk calculation takes in place of a CDM's own values."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, model_validator

from ..models.base import RequestModel
from ..models.ccsds import CcsdsMessage
from ..models.json_form import untag, wire_form
from ..models.problems import refusal, rule
from ..models.types import Number

MOST_COMBINATIONS = 1_000_000
"""Combinations of scaling factors that the SDK asks for. The platform's own limit is not documented."""
LARGEST_RADIUS_M = 1_000_000.0
SMALLEST_FACTOR, LARGEST_FACTOR = 1e-6, 1e6


def _radius(metres: float) -> float:
    if not 0 <= metres <= LARGEST_RADIUS_M:
        raise rule(f"0 to {LARGEST_RADIUS_M:,.0f} m", "give the radius in metres; leave it out where it is not known")
    return metres


def _factor(value: float) -> float:
    if not SMALLEST_FACTOR <= value <= LARGEST_FACTOR:
        raise rule(f"a factor of {SMALLEST_FACTOR:g} to {LARGEST_FACTOR:,.0f}", "1 leaves the covariance as it is")
    return value


_Factor = Annotated[Number, AfterValidator(_factor)]
_Radius = Annotated[Number, AfterValidator(_radius)]


class ScalingRange(RequestModel):
    """Factors on a covariance, without unit: from `lower_bound`, by `step_size`, up to `upper_bound`.

    No source says whether a factor multiplies the variance or the standard deviation. The emulator multiplies the
    variance, and says so.

    >>> ScalingRange(lower_bound=0.1, upper_bound=1.0, step_size=0.1).count
    10
    """

    lower_bound: _Factor
    """First factor, 1e-6 to 1e6."""
    upper_bound: _Factor
    """Last factor, at most 1e6; not below `lower_bound`."""
    step_size: _Factor
    """From one factor to the next, 1e-6 to 1e6."""

    @property
    def count(self) -> int:
        """Number of factors."""
        return int((self.upper_bound - self.lower_bound) / self.step_size + 1e-9) + 1

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.upper_bound < self.lower_bound:
            raise refusal(
                type(self), "upper_bound", self.upper_bound, f"at least lower_bound, {self.lower_bound:g}",
                "swap the two",
            )  # fmt: skip
        return self


class RiskOverrides(CcsdsMessage):
    """What is taken in place of a CDM's own values. What is not given is not sent.

    Mind the units: hard-body radii are in **metres**; for relative positions the sources disagree, see
    `relative_position_r`.

    >>> RiskOverrides(
    ...     sat1_hard_body_radius=2.0,
    ...     sat2_covariance_t_scaling_range=ScalingRange(lower_bound=0.5, upper_bound=1.0, step_size=0.5),
    ... )._wire()
    {'SAT1_HARD_BODY_RADIUS': 2.0, 'SAT2_COVARIANCE_T_SCALING_RANGE': {'lower_bound': 0.5, 'upper_bound': 1.0, \
'step_size': 0.5}}
    """

    _tag: ClassVar[str] = "cdm_overrides.json"

    sat1_hard_body_radius: _Radius | None = None
    """Hard-body radius of the first object in **metres**."""
    sat2_hard_body_radius: _Radius | None = None
    """Hard-body radius of the second object in **metres**. The key is concluded from that of the first object."""
    relative_position_r: Number | None = None
    """Radial component of the relative position. **Unit not certain**: the platform's demonstration page labels it km,
    the CDM's key of this name is in metres. It is sent as it is, with a warning in the log."""
    relative_position_t: Number | None = None
    """Transverse component of the relative position; as `relative_position_r`, from which its key is concluded."""
    relative_position_n: Number | None = None
    """Normal component of the relative position; as `relative_position_r`, from which its key is concluded."""
    sat1_covariance_r_scaling_range: ScalingRange | None = None
    """Factors on the first object's radial uncertainty. The key is concluded from the transverse one."""
    sat1_covariance_t_scaling_range: ScalingRange | None = None
    """Factors on the first object's transverse uncertainty."""
    sat1_covariance_n_scaling_range: ScalingRange | None = None
    """Factors on the first object's normal uncertainty. The key is concluded from the transverse one."""
    sat2_covariance_r_scaling_range: ScalingRange | None = None
    """Factors on the second object's radial uncertainty. The key is concluded from the transverse one."""
    sat2_covariance_t_scaling_range: ScalingRange | None = None
    """Factors on the second object's transverse uncertainty."""
    sat2_covariance_n_scaling_range: ScalingRange | None = None
    """Factors on the second object's normal uncertainty. The key is concluded from the transverse one."""

    _untag = model_validator(mode="before")(untag(_tag))

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        ranges = dict(self._ranges())
        count = prod(one.count for one in ranges.values())
        if count > MOST_COMBINATIONS:
            name = max(ranges, key=lambda one: ranges[one].count)
            raise refusal(
                type(self), f"{name}.step_size", ranges[name].step_size,
                f"at most {MOST_COMBINATIONS:,} combinations of factors; these are {count:,}", "take a larger step",
            )  # fmt: skip
        return self

    def _ranges(self) -> Iterator[tuple[str, ScalingRange]]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, ScalingRange):
                yield name, value

    def _doubts(self) -> list[str]:
        """What is allowed and yet most likely not meant, or not certain."""
        return [
            f"The unit of {name} is not certain: the platform's demonstration page has km, a CDM has metres."
            for name in ("relative_position_r", "relative_position_t", "relative_position_n")
            if getattr(self, name) is not None
        ]

    def _wire(self) -> dict[str, Any]:
        """The content as the platform takes it."""
        return wire_form(self)
