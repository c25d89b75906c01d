"""Reading request bodies, in both dialects, into plain values.

The generic dialect (since 2020) wraps every input as `{"type": tag, "content": ...}`; the typed one (2019 to 2020) has
a key of its own for each kind of input. Everything that is not understood is refused by name, for a request that
silently loses a misspelt setting teaches nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .tle import Tle, read_tle

DEFAULT_STEP = 60.0
LONGEST_SPAN = timedelta(days=366)
MOST_ROWS = 1_000_000

TYPED_KEYS = frozenset(
    {
        "tle",
        "simple_state",
        "CCSDS_OPM",
        "CCSDS_CDM",
        "simple_ground_location",
        "predict_passes_settings",
        "neptune_config",
    }
)

# SharedPropagationSettings of the platform. SGP4 knows only the step; the rest is the force model of numerical methods.
# fmt: off
_SHARED_SETTINGS = frozenset({
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

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|\+00:00)")


class InputProblemError(Exception):
    """The body is JSON, but not a request that can be calculated. The text names the field."""


@dataclass(frozen=True)
class GroundLocation:
    """Geodetic position: degrees, north and east positive, and kilometres above the WGS 84 ellipsoid."""

    latitude: float
    longitude: float
    altitude: float


@dataclass(frozen=True)
class TimeWindow:
    """From `start` to `end`, UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class PassesRequest:
    """Passes of a satellite over a ground location, with tracking data every `step` seconds."""

    tle: Tle
    location: GroundLocation
    window: TimeWindow
    step: float


@dataclass(frozen=True)
class PropagationRequest:
    """States from the epoch of the elements to `end`, every `step` seconds."""

    tle: Tle
    end: datetime
    step: float


class Fields:
    """A JSON object being read: each reading takes one key away, and `finish` refuses what is left."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise InputProblemError(f"{path or 'the body'} must be a JSON object")
        self._left = dict(value)
        self._path = path

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def path(self, name: str) -> str:
        """The field's name from the top of the body, for messages."""
        return f"{self._path}.{name}" if self._path else name

    def take(self, name: str) -> object:
        """A value of any kind."""
        if name not in self._left:
            raise InputProblemError(f"{self.path(name)} is missing")
        return self._left.pop(name)

    def fields(self, name: str) -> Fields:
        """An object inside this one."""
        return Fields(self.take(name), self.path(name))

    def tagged(self, name: str, tag: str) -> object:
        """The content of a `{"type": tag, "content": ...}` pair."""
        pair = self.fields(name)
        if (found := pair.take("type")) != tag:
            raise InputProblemError(f"{self.path(name)}.type must be '{tag}' for this service, not {found!r}")
        content = pair.take("content")
        pair.finish()
        return content

    def number(self, name: str, lowest: float, highest: float, meaning: str) -> float:
        """A number within its range."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputProblemError(f"{self.path(name)} must be a number ({meaning}), not {value!r}")
        if not lowest <= value <= highest:
            raise InputProblemError(
                f"{self.path(name)} is {value}; it is {meaning} and must lie in {lowest:g} to {highest:g}"
            )
        return float(value)

    def time(self, name: str) -> datetime:
        """A UTC time in ISO 8601."""
        value = self.take(name)
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise InputProblemError(
                f"{self.path(name)} must be a UTC time such as 2018-08-07T18:00:00.000Z, not {value!r}"
            )
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise InputProblemError(f"{self.path(name)} is no date and time: {value!r} ({error})") from None

    def finish(self, *, tolerated: frozenset[str] = frozenset()) -> None:
        """Refuse what was not read, but for `tolerated`."""
        if unknown := sorted(self._left.keys() - tolerated):
            raise InputProblemError(f"{self.path(unknown[0])} is not a field of this request")


def is_typed(body: object) -> bool:
    """Whether a body speaks the typed dialect, so that its answer can."""
    if not isinstance(body, Mapping):
        return False
    return not TYPED_KEYS.isdisjoint(body)


def read_predict_passes(body: object) -> PassesRequest:
    """Read a body of predict-passes/sgp4."""
    fields = Fields(body)
    if is_typed(body):
        tle = _tle(fields.take("tle"), "tle")
        location = _location(fields.fields("simple_ground_location"))
        window = _window(fields.fields("time_window"))
        step = DEFAULT_STEP
        if "predict_passes_settings" in fields:
            settings = fields.fields("predict_passes_settings")
            step = _step(settings, "output_time_step")
            settings.finish()
        fields.finish(tolerated=frozenset({"neptune_config"}))
    else:
        tle = _tle(fields.tagged("orbit", "tle.txt"), "orbit.content")
        location = _location(Fields(fields.tagged("ground_location", "ground_loc.json"), "ground_location.content"))
        window = _window(Fields(fields.tagged("time_window", "tw.json"), "time_window.content"))
        step = DEFAULT_STEP
        if "settings" in fields:
            settings = Fields(fields.tagged("settings", "shared_prop_settings.json"), "settings.content")
            step = _step(settings, "output_step_size")
            settings.finish(tolerated=_SHARED_SETTINGS)
        fields.finish()
    _check_extent(window.start, window.end, step)
    return PassesRequest(tle, location, window, step)


def read_propagate_orbit(body: object) -> PropagationRequest:
    """Read a body of propagate-orbit/sgp4."""
    fields = Fields(body)
    if is_typed(body):
        tle = _tle(fields.take("tle"), "tle")
        settings = fields.fields("settings")
        end = settings.time("propagation_end_epoch")
        step = _step(settings, "output_step_size")
        settings.finish(tolerated=frozenset({"neptune_config"}))
    else:
        tle = _tle(fields.tagged("orbit", "tle.txt"), "orbit.content")
        settings = Fields(fields.tagged("settings", "prop_settings.json"), "settings.content")
        end = settings.time("propagation_end_epoch")
        step = DEFAULT_STEP
        if "more" in settings:
            more = settings.fields("more")
            step = _step(more, "output_step_size")
            more.finish(tolerated=_SHARED_SETTINGS)
        settings.finish()
    fields.finish()
    if end <= tle.epoch:
        raise InputProblemError(
            f"{settings.path('propagation_end_epoch')} is not after the epoch of the TLE, {tle.epoch.isoformat()}"
        )
    _check_extent(tle.epoch, end, step)
    return PropagationRequest(tle, end, step)


def _tle(value: object, path: str) -> Tle:
    if not isinstance(value, str):
        raise InputProblemError(f"{path} must be the text of a TLE")
    try:
        return read_tle(value)
    except ValueError as error:
        raise InputProblemError(f"{path} is no valid TLE: {error}") from None


def _location(fields: Fields) -> GroundLocation:
    location = GroundLocation(
        latitude=fields.number("latitude", -90, 90, "degrees, north positive"),
        longitude=fields.number("longitude", -180, 360, "degrees, east positive"),
        # The highest ground is 8.85 km up. A larger number is almost surely metres.
        altitude=fields.number("altitude", -1, 9, "kilometres"),
    )
    fields.finish()
    return location


def _window(fields: Fields) -> TimeWindow:
    window = TimeWindow(fields.time("start"), fields.time("end"))
    if window.start >= window.end:
        raise InputProblemError(f"{fields.path('end')} must be later than {fields.path('start')}")
    fields.finish()
    return window


def _step(fields: Fields, name: str) -> float:
    if name not in fields:
        return DEFAULT_STEP
    return fields.number(name, 0.001, LONGEST_SPAN.total_seconds(), "seconds")


def _check_extent(start: datetime, end: datetime, step: float) -> None:
    span = end - start
    if span > LONGEST_SPAN:
        raise InputProblemError(f"the span is {span.days} days; the emulator takes up to {LONGEST_SPAN.days}")
    if (rows := span.total_seconds() / step) > MOST_ROWS:
        raise InputProblemError(f"the request asks for up to {rows:,.0f} rows; the emulator gives up to {MOST_ROWS:,}")
