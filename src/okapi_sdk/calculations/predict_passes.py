"""Passes of a satellite over a place on the ground."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ..messages.oem import Oem
from ..messages.opm import Opm
from ..messages.tle import Tle
from ..models.base import Record
from ..models.types import Epoch
from ..results.rows import Rows
from ..values.ground_location import GroundLocation
from ..values.propagation_settings import PropagationSettings
from ..values.state_vector import StateVector
from ..values.time_window import TimeWindow
from .base import Calculation
from .orbits import (
    FittingMethod,
    Orbit,
    check_points,
    method_of,
    stale,
    tagged,
)


class TrackPoint(Record):
    """Where the satellite stands at one moment of a pass, seen from the ground: degrees and km."""

    epoch: Epoch | None = None
    """The moment, UTC."""
    azimuth: float | None = None
    """Azimuth in degrees, from north over east."""
    elevation: float | None = None
    """Elevation above the horizon in degrees."""
    range: float | None = None
    """Distance in km."""


class Pass(Record):
    """One pass over the ground location: times in UTC, angles in degrees, distances in km.

    No source shows the names under which the platform sends these values: those here are the emulator's. What is
    missing is None, and what comes under another name is kept and can be read by that name.
    """

    start: Epoch | None = None
    """Begin of the pass, or of the time window where that is later, UTC."""
    end: Epoch | None = None
    """End of the pass, or of the time window where that is earlier, UTC."""
    aos: Epoch | None = None
    """Acquisition of signal: the rise above the horizon, UTC; None where it is outside the time window."""
    los: Epoch | None = None
    """Loss of signal: the set below the horizon, UTC; None where it is outside the time window."""
    culmination: Epoch | None = None
    """Time of the maximum elevation, UTC."""
    max_elevation: float | None = None
    """Maximum elevation in degrees."""
    aos_azimuth: float | None = None
    """Azimuth at `aos` in degrees, from north over east."""
    los_azimuth: float | None = None
    """Azimuth at `los` in degrees, from north over east."""
    min_range: float | None = None
    """Smallest distance in km."""
    track: Annotated[tuple[TrackPoint, ...], BeforeValidator(lambda points: points or ())] = ()
    """Points along the pass at the output step; empty in a summary."""

    @property
    def duration(self) -> timedelta | None:
        """Time from `start` to `end`; None where one of them is missing."""
        return None if self.start is None or self.end is None else self.end - self.start


class Passes(Rows[Pass]):
    """Passes with their tracks, in the order of the answer. The platform's format ``simple``."""

    __slots__ = ()

    _element: ClassVar[type[Record]] = Pass
    _first_of: ClassVar[str] = "start"

    def above(self, elevation: float) -> Self:
        """The passes that reach an elevation in degrees; a pass of unknown maximum elevation is left out."""
        high = [
            row for row, found in zip(self.to_dicts(), self, strict=True)
            if found.max_elevation is not None and found.max_elevation >= elevation
        ]  # fmt: skip
        return self._only(high)


class PassSummary(Rows[Pass]):
    """Passes without their tracks. The platform's format ``summary``."""

    __slots__ = ()

    _element: ClassVar[type[Record]] = Pass
    _first_of: ClassVar[str] = "start"


class PredictPasses(Calculation[Passes]):
    """When a satellite can be seen from a place on the ground.

    Results: `Passes` with tracks, or with ``request.result(PassSummary)`` the main values of each pass.

    >>> calculation = PredictPasses(
    ...     orbit=Tle.parse(
    ...         "1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993\\n"
    ...         "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382"
    ...     ),
    ...     ground_location=GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48),
    ...     time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
    ... )
    >>> calculation.endpoint()
    'predict-passes/sgp4'
    """

    service: ClassVar[str] = "predict-passes"

    orbit: Orbit
    """Orbit of the satellite: a `Tle`, `StateVector`, `Opm` or `Oem`, or a `Tagged` value for any other type."""
    ground_location: GroundLocation
    """The place on the ground."""
    time_window: TimeWindow
    """Span in which passes are looked for. The platform's examples start it 1 s after the epoch of a state."""
    settings: PropagationSettings | None = None
    """Output step and, for numerical methods, force model; None for the platform's defaults."""
    method: Annotated[Literal["sgp4", "neptune", "oems"] | str, FittingMethod] = Field(
        default_factory=method_of({Tle: "sgp4", StateVector: "neptune", Opm: "neptune", Oem: "oems"}),
        validate_default=True,
    )
    """How the orbit is propagated. Where it is not given, it follows from the orbit's type: ``sgp4`` for a `Tle`,
    ``neptune`` for a `StateVector` or an `Opm`, ``oems`` for an `Oem`; for a `Tagged` orbit it must be given."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        step = None if self.settings is None else self.settings.output_step_size
        check_points(type(self), "time_window", self.time_window.duration, step)
        return self

    def _doubts(self) -> list[str]:
        """A TLE whose epoch is far from the time window."""
        return stale(self.orbit, self.time_window.start, self.time_window.end)

    def _generic_body(self) -> dict[str, Any]:
        body = {
            "orbit": tagged(self.orbit),
            "ground_location": tagged(self.ground_location),
            "time_window": tagged(self.time_window),
        }
        return body if self.settings is None else body | {"settings": tagged(self.settings)}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """`Passes` is the platform's ``simple``, `PassSummary` its ``summary``."""
        return {Passes: "simple", PassSummary: "summary"}
