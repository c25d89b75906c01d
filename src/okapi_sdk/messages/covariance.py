"""Covariances of position and velocity, as in OPM and OEM."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import ModelWrapValidatorHandler, ValidationInfo, model_validator

from ..models.ccsds import CcsdsMessage
from ..models.problems import refusal
from ..models.types import ANSWER, Number, OpenName

STATE = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
"""Field names of the position and velocity components throughout the SDK."""
ROWS = tuple(tuple(f"c{row}_{column}" for column in STATE[: index + 1]) for index, row in enumerate(STATE))
"""Field names of the lower triangle of a covariance, row by row."""
ELEMENTS = tuple(name for row in ROWS for name in row)
"""Field names of all 21 elements of a covariance."""
_FEWEST_DIGITS = 3
"""Digits that a printed number is taken to have at least; one more in JSON, which drops trailing zeros."""


class Covariance(CcsdsMessage):
    """Lower triangle of the covariance of a state, in km and km/s.

    A `Decimal` keeps the digits of a number that was printed. They decide how far a correlation may exceed 1 by
    rounding alone.
    """

    cov_ref_frame: Annotated[Literal["RTN", "RSW", "GCRF", "UVW"] | str, OpenName] | None = None
    """Frame of the covariance, if it differs from that of the state. Platform's default: ``RTN``."""
    cx_x: Number | None = None
    """Variance of the x position in km²."""
    cy_x: Number | None = None
    """Covariance between y position and x position in km²."""
    cy_y: Number | None = None
    """Variance of the y position in km²."""
    cz_x: Number | None = None
    """Covariance between z position and x position in km²."""
    cz_y: Number | None = None
    """Covariance between z position and y position in km²."""
    cz_z: Number | None = None
    """Variance of the z position in km²."""
    cx_dot_x: Number | None = None
    """Covariance between x velocity and x position in km²/s."""
    cx_dot_y: Number | None = None
    """Covariance between x velocity and y position in km²/s."""
    cx_dot_z: Number | None = None
    """Covariance between x velocity and z position in km²/s."""
    cx_dot_x_dot: Number | None = None
    """Variance of the x velocity in km²/s²."""
    cy_dot_x: Number | None = None
    """Covariance between y velocity and x position in km²/s."""
    cy_dot_y: Number | None = None
    """Covariance between y velocity and y position in km²/s."""
    cy_dot_z: Number | None = None
    """Covariance between y velocity and z position in km²/s."""
    cy_dot_x_dot: Number | None = None
    """Covariance between y velocity and x velocity in km²/s²."""
    cy_dot_y_dot: Number | None = None
    """Variance of the y velocity in km²/s²."""
    cz_dot_x: Number | None = None
    """Covariance between z velocity and x position in km²/s."""
    cz_dot_y: Number | None = None
    """Covariance between z velocity and y position in km²/s."""
    cz_dot_z: Number | None = None
    """Covariance between z velocity and z position in km²/s."""
    cz_dot_x_dot: Number | None = None
    """Covariance between z velocity and x velocity in km²/s²."""
    cz_dot_y_dot: Number | None = None
    """Covariance between z velocity and y velocity in km²/s²."""
    cz_dot_z_dot: Number | None = None
    """Variance of the z velocity in km²/s²."""

    @model_validator(mode="wrap")
    @classmethod
    def _check_covariance(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        printed: dict[str, Decimal] = {}
        if isinstance(value, Mapping):
            printed = {key: number for key, number in value.items() if isinstance(number, Decimal)}
            value = {**value, **{key: float(number) for key, number in printed.items()}} if printed else value
        covariance = handler(value)
        if info.context is not ANSWER:
            for name, limit, allowed in _limits(covariance, printed):
                element = getattr(covariance, name)
                if element is not None and not abs(element) <= limit:
                    remedy = "pass the lower triangle in km and km/s, with variances instead of standard deviations"
                    raise refusal(cls, name, element, allowed, remedy)
        return covariance


def missing_elements(covariance: Covariance) -> list[str]:
    """Return the names of the elements that have no value."""
    return [name for name in ELEMENTS if getattr(covariance, name) is None]


def _limits(data: Covariance, printed: Mapping[str, Decimal]) -> Iterator[tuple[str, float, str]]:
    """Yield the elements that have a limit, each with its largest absolute value and the rule.

    The limit is the square root of the product of the variances, plus what rounding to the printed digits can explain.
    """
    values = {name: value for name in ELEMENTS if (value := getattr(data, name)) is not None}
    rounding = _roundings(values, printed)
    for row, axis in enumerate(STATE):
        variance = f"c{axis}_{axis}"
        if values.get(variance, 0.0) < 0:
            yield variance, 0.0, "a variance, which is not negative"
        for column in range(row):
            name, variances = f"c{axis}_{STATE[column]}", (variance, f"c{STATE[column]}_{STATE[column]}")
            if name in values:
                exact, largest = (
                    math.prod(math.sqrt(max(0.0, values.get(key, 0.0) + slack.get(key, 0.0))) for key in variances)
                    for slack in ({}, rounding)
                )
                allowed = f"an absolute value of at most {exact:.6g}, the square root of the product of the variances"
                yield name, largest * (1 + 1e-9) + rounding.get(name, 0.0), allowed


def _roundings(values: Mapping[str, float], printed: Mapping[str, Decimal]) -> dict[str, float]:
    """Return the largest error that rounding to the printed digits makes in each element that is not 0.

    All elements are taken to be printed with the same number of digits, or of decimal places, whichever is coarser.
    """
    numbers = [
        _padded(printed[name], _FEWEST_DIGITS) if name in printed else _padded(Decimal(repr(value)), _FEWEST_DIGITS + 1)
        for name, value in values.items() if value
    ]  # fmt: skip
    if not numbers:
        return {}
    relative = 0.5 * 10.0 ** (1 - max(len(number.as_tuple().digits) for number in numbers))
    absolute = 0.5 * 10.0 ** min(number.adjusted() - len(number.as_tuple().digits) + 1 for number in numbers)
    return {name: max(relative * abs(value), absolute) for name, value in values.items() if value}


def _padded(number: Decimal, fewest: int) -> Decimal:
    digits = number.as_tuple().digits
    zeros = (0,) * (fewest - len(digits))
    return Decimal((0, (*digits, *zeros), number.adjusted() - len((*digits, *zeros)) + 1))
