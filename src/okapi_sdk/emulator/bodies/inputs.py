"""Parts of bodies that several services share: TLE, ground location, time window, output step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from .fields import Fields, InputProblemError
from .tle import Tle, read_tle

DEFAULT_STEP = 60.0
LONGEST_SPAN = timedelta(days=366)
MOST_ROWS = 1_000_000

# The platform's SharedPropagationSettings. SGP4 uses only the step; the rest is the force model of numerical methods.
# fmt: off
SHARED_SETTINGS = frozenset({
    "output_step_size", "geopotential_degree_order", "atmospheric_drag", "horizontal_wind", "sun_gravity",
    "moon_gravity", "solar_radiation_pressure", "solid_tides", "ocean_tides", "earth_albedo", "geopotential_model",
    "atmospheric_model", "shadow_model", "shadow_boundary_correction", "covariance_propagation",
    "covariance_propagation_method", "covariance_geopotential", "covariance_atmospheric_drag",
    "covariance_sun_gravity", "covariance_moon_gravity", "covariance_solar_radiation_pressure",
    "compute_noise_matrix", "use_eop", "precession_nutation_lookup", "solar_activity_forecast", "geo_ap",
    "solar_f107", "stormer_cowell_rel_tolerance", "stormer_cowell_abs_tolerance", "covariance_integration_step",
    "covariance_integration_method",
})
# fmt: on


@dataclass(frozen=True)
class GroundLocation:
    """A geodetic position: degrees (north and east positive) and height in km above the WGS 84 ellipsoid."""

    latitude: float
    longitude: float
    altitude: float


@dataclass(frozen=True)
class TimeWindow:
    """The time from `start` to `end`, UTC."""

    start: datetime
    end: datetime


def read_tle_text(value: object, path: str) -> Tle:
    """Return the TLE in a field. Raises an InputProblemError that names the field."""
    if not isinstance(value, str):
        raise InputProblemError(f"{path} must be the text of a TLE")
    try:
        return read_tle(value)
    except ValueError as error:
        raise InputProblemError(f"{path} is not a valid TLE: {error}") from None


def read_location(fields: Fields) -> GroundLocation:
    """Return a ground location. Its format is the same in both dialects."""
    location = GroundLocation(
        latitude=fields.number("latitude", -90, 90, "degrees, north positive"),
        longitude=fields.number("longitude", -180, 360, "degrees, east positive"),
        # The highest ground is at 8.85 km. A larger number is almost certainly in metres.
        altitude=fields.number("altitude", -1, 9, "kilometres"),
    )
    fields.finish()
    return location


def read_window(fields: Fields) -> TimeWindow:
    """Return a time window. Its format is the same in both dialects."""
    window = TimeWindow(fields.time("start"), fields.time("end"))
    if window.start >= window.end:
        raise InputProblemError(f"{fields.path('end')} must be later than {fields.path('start')}")
    fields.finish()
    return window


def read_step(fields: Fields, name: str) -> float:
    """Return the seconds between two rows of output; one minute if the field is missing."""
    if name not in fields:
        return DEFAULT_STEP
    return fields.number(name, 0.001, LONGEST_SPAN.total_seconds(), "seconds")


def check_extent(start: datetime, end: datetime, step: float) -> None:
    """Reject a span or a number of rows that is too large."""
    # The client prints times in whole milliseconds, which can lengthen a span by one.
    if end - start > LONGEST_SPAN + timedelta(milliseconds=1):
        raise InputProblemError(
            f"the span from {start.isoformat()} to {end.isoformat()} is longer than {LONGEST_SPAN.days} days, the "
            "longest that the emulator takes"
        )
    if (rows := math.ceil((end - start).total_seconds() / step)) > MOST_ROWS:
        raise InputProblemError(f"the request asks for up to {rows:,} rows; the emulator returns up to {MOST_ROWS:,}")
