"""The lowest usable elevation over a ground location."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from operator import itemgetter
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator

from ..errors import InputError, InputProblem
from ..models.base import RequestModel
from ..models.csv_table import csv_rows
from ..models.files import TextPath, load_text
from ..models.many import build_all
from ..models.problems import refusal, rule
from ..models.types import Number
from ..scalars import as_number, number_in
from ..text import short

Points = tuple[tuple[float, float], ...]

_COLUMNS = ("azimuth", "elevation")


def _pairs(value: Any) -> Any:
    return tuple(value.items()) if isinstance(value, Mapping) else value


def _around(points: Points) -> Points:
    """Return the points in order of azimuth from 0 to below 360."""
    if not points:
        raise rule("at least one point", "use ElevationMask.constant(elevation) for a constant mask")
    elevations: dict[float, float] = {}
    for azimuth, elevation in points:
        if not 0 <= azimuth <= 360:
            raise rule(f"azimuths from 0 to 360 degrees, not {azimuth:g}", "count clockwise from north")
        if not -90 <= elevation <= 90:
            raise rule(f"elevations from -90 to 90 degrees, not {elevation:g}", "pass degrees above the horizon")
        if elevations.setdefault(azimuth % 360, elevation) != elevation:
            allowed = f"one elevation for each azimuth; {azimuth % 360:g} has two"
            raise rule(allowed, "for a vertical edge, pass two azimuths that differ slightly; 0 and 360 are the same")
    return tuple(sorted(elevations.items()))


class ElevationMask(RequestModel):
    """The lowest usable elevation over a ground location, constant or by azimuth, in degrees.

    Between two azimuths, the elevation is interpolated linearly, also from the last one over north to the first. The
    platform predicts passes above the horizon; `Passes.above` and `Passes.visible_over` apply a mask locally.

    >>> mask = ElevationMask(points={0: 5, 90: 15, 270: 5})
    >>> mask.at(45), mask.at(360), ElevationMask.constant(10).at(123)
    (10.0, 5.0, 10.0)
    """

    points: Annotated[tuple[tuple[Number, Number], ...], AfterValidator(_around), BeforeValidator(_pairs)]
    """Pairs of azimuth, clockwise from north, and elevation, in degrees, or a dictionary; sorted by azimuth."""

    @classmethod
    def constant(cls, elevation: float) -> Self:
        """Return the mask with the same elevation in every direction.

        Raises:
            InputError: if the elevation is not a number from -90 to 90.
        """
        degrees = as_number(elevation)
        if degrees is None or not -90 <= degrees <= 90:
            raise refusal(cls, "elevation", elevation, "an angle from -90 to 90 degrees", "pass degrees")
        return cls(points=((0.0, degrees),))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse comma-separated values with the columns ``azimuth`` and ``elevation``, in degrees.

        The first line names the columns; lines that start with ``#`` are comments.

        Raises:
            InputError: if the text is invalid; lists all invalid lines with their numbers.
        """
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes, or read a file with load")
        rows = csv_rows(cls, text, columns=_COLUMNS, required=_COLUMNS, comments="#")
        return cls(points=build_all(cls, rows, cls._point))

    @classmethod
    def load(cls, path: TextPath) -> Self:
        """Read a mask from a UTF-8 file, as `parse` does.

        Raises:
            InputError: if the file is missing, a directory, larger than 256 MiB or not UTF-8, or its text is invalid.
        """
        return load_text(cls, path, cls.parse)

    @classmethod
    def _point(cls, row: Mapping[str, str | None]) -> tuple[float, float]:
        numbers = {name: number_in(row[name]) for name in _COLUMNS}
        problems = [
            InputProblem(name, short(row[name]), "a number of degrees", "write it like 12.5")
            for name, number in numbers.items()
            if number is None
        ]
        if problems:
            raise InputError(cls.__name__, problems)
        return numbers["azimuth"] or 0.0, numbers["elevation"] or 0.0

    @property
    def lowest(self) -> float:
        """The lowest elevation of the mask in degrees."""
        return min(elevation for _, elevation in self.points)

    @property
    def highest(self) -> float:
        """The highest elevation of the mask in degrees."""
        return max(elevation for _, elevation in self.points)

    def at(self, azimuth: float) -> float:
        """Return the elevation in degrees at an azimuth in degrees, clockwise from north; azimuths wrap at 360.

        Raises:
            InputError: if the azimuth is not a finite number.
        """
        degrees = as_number(azimuth)
        if degrees is None or not -1e9 < degrees < 1e9:
            raise refusal(type(self), "azimuth", azimuth, "a finite number of degrees", "pass a float")
        index = bisect_right(self.points, degrees % 360, key=itemgetter(0))
        (left, low), (right, high) = self.points[index - 1], self.points[index % len(self.points)]
        return low + (high - low) * ((degrees - left) % 360) / ((right - left) % 360 or 360)
