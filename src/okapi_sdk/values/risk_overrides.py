"""Overrides of CDM values in risk calculations."""

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
"""Largest number of scaling factor combinations that the SDK submits. The platform's own limit is undocumented."""
LARGEST_RADIUS_M = 1_000_000.0
SMALLEST_FACTOR, LARGEST_FACTOR = 1e-6, 1e6


def _radius(metres: float) -> float:
    if not 0 <= metres <= LARGEST_RADIUS_M:
        raise rule(f"0 to {LARGEST_RADIUS_M:,.0f} m", "pass the radius in metres, or omit it if unknown")
    return metres


def _factor(value: float) -> float:
    if not SMALLEST_FACTOR <= value <= LARGEST_FACTOR:
        allowed = f"a factor from {SMALLEST_FACTOR:g} to {LARGEST_FACTOR:,.0f}"
        raise rule(allowed, "use 1 to leave the covariance unchanged")
    return value


_Factor = Annotated[Number, AfterValidator(_factor)]
_Radius = Annotated[Number, AfterValidator(_radius)]


class ScalingRange(RequestModel):
    """Dimensionless scaling factors for a covariance: from `lower_bound` to `upper_bound` in steps of `step_size`.

    No source says whether the platform scales variances or standard deviations. The emulator scales variances and says
    so in its results.

    >>> ScalingRange(lower_bound=0.1, upper_bound=1.0, step_size=0.1).count
    10
    """

    lower_bound: _Factor
    """Smallest factor, 1e-6 to 1e6."""
    upper_bound: _Factor
    """Upper limit of the factors, at most 1e6 and not below `lower_bound`."""
    step_size: _Factor
    """Difference between successive factors, 1e-6 to 1e6."""

    @property
    def count(self) -> int:
        """Number of factors."""
        return int((self.upper_bound - self.lower_bound) / self.step_size + 1e-9) + 1

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.upper_bound < self.lower_bound:
            raise refusal(
                type(self), "upper_bound", self.upper_bound, f"at least lower_bound, {self.lower_bound:g}",
                "swap the bounds",
            )  # fmt: skip
        return self


class RiskOverrides(CcsdsMessage):
    """Values that replace those of a CDM in a risk calculation. Unset fields are not sent.

    Hard-body radii are in **metres**. For relative positions the sources disagree; see `relative_position_r`.

    >>> RiskOverrides(
    ...     sat1_hard_body_radius=2.0,
    ...     sat2_covariance_t_scaling_range=ScalingRange(lower_bound=0.5, upper_bound=1.0, step_size=0.5),
    ... ).wire()
    {'SAT1_HARD_BODY_RADIUS': 2.0, 'SAT2_COVARIANCE_T_SCALING_RANGE': {'lower_bound': 0.5, 'upper_bound': 1.0, \
'step_size': 0.5}}
    """

    _tag: ClassVar[str] = "cdm_overrides.json"

    sat1_hard_body_radius: _Radius | None = None
    """Hard-body radius of the first object in **metres**."""
    sat2_hard_body_radius: _Radius | None = None
    """Hard-body radius of the second object in **metres**. The key is inferred from the first object's."""
    relative_position_r: Number | None = None
    """Radial component of the relative position. **The unit is uncertain**: the platform's demonstration page shows km,
    while the CDM keyword of the same name is in metres. The value is sent unchanged, with a warning in the log."""
    relative_position_t: Number | None = None
    """Transverse component of the relative position, with the same uncertain unit as `relative_position_r`. The key is
    inferred from the radial one."""
    relative_position_n: Number | None = None
    """Normal component of the relative position, with the same uncertain unit as `relative_position_r`. The key is
    inferred from the radial one."""
    sat1_covariance_r_scaling_range: ScalingRange | None = None
    """Scaling factors for the first object's radial uncertainty. The key is inferred from the transverse one."""
    sat1_covariance_t_scaling_range: ScalingRange | None = None
    """Scaling factors for the first object's transverse uncertainty."""
    sat1_covariance_n_scaling_range: ScalingRange | None = None
    """Scaling factors for the first object's normal uncertainty. The key is inferred from the transverse one."""
    sat2_covariance_r_scaling_range: ScalingRange | None = None
    """Scaling factors for the second object's radial uncertainty. The key is inferred from the transverse one."""
    sat2_covariance_t_scaling_range: ScalingRange | None = None
    """Scaling factors for the second object's transverse uncertainty."""
    sat2_covariance_n_scaling_range: ScalingRange | None = None
    """Scaling factors for the second object's normal uncertainty. The key is inferred from the transverse one."""

    _untag = model_validator(mode="before")(untag(_tag))

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        ranges = dict(self._ranges())
        count = prod(scaling.count for scaling in ranges.values())
        if count > MOST_COMBINATIONS:
            name = max(ranges, key=lambda name: ranges[name].count)
            raise refusal(
                type(self), f"{name}.step_size", ranges[name].step_size,
                f"at most {MOST_COMBINATIONS:,} combinations of factors; there are {count:,}", "use a larger step",
            )  # fmt: skip
        return self

    def _ranges(self) -> Iterator[tuple[str, ScalingRange]]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, ScalingRange):
                yield name, value

    def _doubts(self) -> list[str]:
        """Return warnings about valid but suspicious values."""
        return [
            f"The unit of {name} is uncertain: the platform's demonstration page shows km, but a CDM uses metres."
            for name in ("relative_position_r", "relative_position_t", "relative_position_n")
            if getattr(self, name) is not None
        ]

    def wire(self) -> dict[str, Any]:
        """Return the content in the format that the platform accepts."""
        return wire_form(self)
