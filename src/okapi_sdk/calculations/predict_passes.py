"""Prediction of satellite passes over a ground location."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from typing_extensions import TypeIs

from ..errors import InputError, InputProblem
from ..models.base import Record
from ..models.types import Epoch
from ..results.files import File, write
from ..results.rows import Rows
from ..scalars import as_number
from ..text import short
from ..values.ground_location import GroundLocation
from ..values.propagation_settings import PropagationSettings
from ..values.time_window import TimeWindow
from .base import Calculation
from .orbits import (
    Orbit,
    check_points,
    kind_of,
    method_for,
    stale_tle_warnings,
    tagged,
    tagged_orbit,
)

if TYPE_CHECKING:
    from ..values.elevation_mask import ElevationMask
else:
    ElevationMask = Any  # most programs use none, and annotations must resolve at run time


class TrackPoint(Record):
    """Position of the satellite as seen from the ground at one time during a pass: degrees and km."""

    _units: ClassVar[Mapping[str, str]] = {"range": "km"}

    epoch: Epoch | None = None
    """Time of the point, UTC."""
    azimuth: float | None = None
    """Azimuth in degrees, clockwise from north."""
    elevation: float | None = None
    """Elevation above the horizon in degrees."""
    range: float | None = None
    """Distance in km."""


class Pass(Record):
    """A pass over the ground location: times in UTC, angles in degrees, distances in km.

    The platform's field names are undocumented; those below are the emulator's. Missing fields are None, and unknown
    fields are available as attributes under their own names.
    """

    _units: ClassVar[Mapping[str, str]] = {"min_range": "km"}
    _first_shown: ClassVar[tuple[str, ...]] = ("start", "end", "max_elevation", "min_range")

    start: Epoch | None = None
    """Start of the pass or of the time window, whichever is later, UTC."""
    end: Epoch | None = None
    """End of the pass or of the time window, whichever is earlier, UTC."""
    aos: Epoch | None = None
    """Acquisition of signal, the rise above the horizon, UTC; None if outside the time window."""
    los: Epoch | None = None
    """Loss of signal, the set below the horizon, UTC; None if outside the time window."""
    culmination: Epoch | None = None
    """Time of the maximum elevation, UTC."""
    max_elevation: float | None = None
    """Maximum elevation in degrees."""
    aos_azimuth: float | None = None
    """Azimuth at `aos` in degrees, clockwise from north."""
    los_azimuth: float | None = None
    """Azimuth at `los` in degrees, clockwise from north."""
    min_range: float | None = None
    """Minimum distance in km."""
    track: Annotated[tuple[TrackPoint, ...], BeforeValidator(lambda points: points or ())] = ()
    """Points along the pass, one per output step; empty in a `PassSummary`."""

    @property
    def duration(self) -> timedelta | None:
        """Time from `start` to `end`; None if either is missing."""
        return None if self.start is None or self.end is None else self.end - self.start


class _PassRows(Rows[Pass]):
    """Base class of the lists of passes."""

    __slots__ = ()

    _element: ClassVar[type[Record]] = Pass

    def above(self, elevation: float | ElevationMask) -> Self:
        """Return the passes that reach an elevation in degrees, unchanged from horizon to horizon; filtered locally.

        Passes without a maximum elevation are omitted. A mask by azimuth needs tracks, which a `PassSummary` lacks.

        Raises:
            InputError: if the elevation is not a number from -90 to 90, or a track is needed and missing.
        """
        if _is_mask(elevation) and elevation.lowest < elevation.highest:
            from .visible_passes import visible_rows

            rows = [
                row for index, (row, item) in enumerate(zip(self._rows, self, strict=True))
                if visible_rows(type(self), index, row, item, elevation)
            ]  # fmt: skip
            return self._with_rows(rows)
        degrees = elevation.lowest if _is_mask(elevation) else as_number(elevation)
        if degrees is None or not -90 <= degrees <= 90:
            problem = InputProblem("elevation", short(elevation), "an angle from -90 to 90 degrees", "")
            raise InputError(type(self).__name__, (problem,))
        rows = [
            row for row, item in zip(self._rows, self, strict=True)
            if item.max_elevation is not None and item.max_elevation >= degrees
        ]  # fmt: skip
        return self._with_rows(rows)

    def visible_over(self, mask: float | ElevationMask) -> Self:
        """Return the parts of the passes above a mask, or above an elevation in degrees; computed locally.

        Times, angles and ranges are interpolated between the points of the tracks. A pass that a mask by azimuth
        interrupts becomes several passes. An interval shorter than 1 degree along the path may be missed.

        Raises:
            InputError: if a pass has no track, as in a `PassSummary`, or if its points are too far apart to interpolate
                directions to 0.02 degrees; request the tracks with a smaller ``output_step_size``.
        """
        from ..values.elevation_mask import ElevationMask
        from .visible_passes import visible_rows

        profile = mask if isinstance(mask, ElevationMask) else ElevationMask.constant(mask)
        rows = [
            part for index, (row, item) in enumerate(zip(self._rows, self, strict=True))
            for part in visible_rows(type(self), index, row, item, profile)
        ]  # fmt: skip
        return self._with_rows(rows)

    def to_ics(self, file: File) -> None:
        """Write the passes as a calendar (RFC 5545), an event in UTC for each pass.

        A title names the satellite and the ground location if the calculation is known and they have names.

        Args:
            file: a path, or a file open for writing; an existing file is replaced.

        Raises:
            InputError: if ``file`` is neither.
            ResponseFormatError: if a pass has no start or no end.
        """
        from ..results.calendar import ics_text
        from ..results.pass_events import events

        write(file, ics_text(events(self), datetime.now(UTC)), "to_ics")


def _is_mask(value: object) -> TypeIs[ElevationMask]:
    return kind_of(value, ("ElevationMask",)) != ""


class Passes(_PassRows):
    """Passes with their tracks, in the order of the response, from the platform's ``simple`` format."""

    __slots__ = ()


class PassSummary(_PassRows):
    """Passes without tracks, from the platform's ``summary`` format."""

    __slots__ = ()


_METHODS: Mapping[str, str] = {"Tle": "sgp4", "Omm": "sgp4", "StateVector": "neptune", "Opm": "neptune", "Oem": "oems"}


class PredictPasses(Calculation[Passes]):
    """Prediction of the passes of a satellite over a ground location.

    Result: `Passes`, which include tracks; ``request.result(PassSummary)`` returns only the main values of each pass.

    >>> from okapi_sdk import Tle
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
    """Orbit of the satellite: a `Tle`, `Omm`, `StateVector`, `Opm` or `Oem`; a `Tagged` value for other types. An
    `Omm` is sent as a TLE if two lines can hold it exactly, otherwise under the inferred type ``omm.json``."""
    ground_location: GroundLocation
    """The ground location."""
    time_window: TimeWindow
    """Time span to search for passes. In the platform's examples it starts 1 s after the epoch of the state."""
    settings: PropagationSettings | None = None
    """Output step and, for numerical methods, the force model; None for the platform's defaults."""
    method: Annotated[Literal["sgp4", "neptune", "oems"] | str, method_for(_METHODS)] = Field(
        default="", validate_default=True
    )
    """Propagation method. By default it follows from the type of the orbit: ``sgp4`` for a `Tle` or `Omm`, ``neptune``
    for a `StateVector` or `Opm`, ``oems`` for an `Oem`. It is required for a `Tagged` orbit."""

    @model_validator(mode="after")
    def _check_point_count(self) -> Self:
        step = None if self.settings is None else self.settings.output_step_size
        check_points(type(self), "time_window", self.time_window.duration, step)
        return self

    def _doubts(self) -> list[str]:
        """Return a warning if the epoch of the TLE is far from the time window."""
        return stale_tle_warnings(self.orbit, self.time_window.start, self.time_window.end)

    def _generic_body(self) -> dict[str, Any]:
        body = {
            "orbit": tagged_orbit(self.orbit),
            "ground_location": tagged(self.ground_location),
            "time_window": tagged(self.time_window),
        }
        return body if self.settings is None else body | {"settings": tagged(self.settings)}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return `Passes` for the ``simple`` format and `PassSummary` for ``summary``."""
        return {Passes: "simple", PassSummary: "summary"}
