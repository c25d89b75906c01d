"""What each service is asked: from the body of a submission to plain values.

A body that is not understood is refused. One that is, but lacks what the calculation needs, as a conjunction without
covariances does, is accepted and ends FATAL: that is the calculation's business.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .cdm import FORMS as CDM_FORMS
from .cdm import Cdm, read_cdm
from .fields import Fields, InputProblemError, is_typed
from .oem import FORMS as OEM_FORMS
from .oem import Oem, read_oem
from .tle import Tle, read_tle

DEFAULT_STEP = 60.0
LONGEST_SPAN = timedelta(days=366)
MOST_ROWS = 1_000_000
MOST_COMBINATIONS = 1_000

# A demonstration page labels it with kilometres, the message's key of that name has metres; T and N by analogy.
_UNCLEAR = tuple(f"RELATIVE_POSITION_{axis}" for axis in "RTN")

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

    orbit: Tle | Oem
    location: GroundLocation
    window: TimeWindow
    step: float


@dataclass(frozen=True)
class PropagationRequest:
    """States from the epoch of the elements to `end`, every `step` seconds."""

    tle: Tle
    end: datetime
    step: float


@dataclass(frozen=True)
class Overrides:
    """What is to be taken in place of a message's own values.

    `radii`: hard-body radii in metres, None for the message's. `scales`: factors on the covariance, for each object and
    axis (`SAT1_`, `R`) the values to go through. `unclear`: keys that the platform knows, but whose unit nobody states.
    """

    radii: tuple[float | None, float | None] = (None, None)
    scales: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True)
class RiskRequest:
    """The collision risk of a conjunction."""

    cdm: Cdm
    overrides: Overrides


@dataclass(frozen=True)
class CheckRequest:
    """The close approaches of an orbit. A tag alone is an orbit that the emulator cannot follow."""

    orbit: Tle | Oem | str


@dataclass(frozen=True)
class EphemeridesRequest:
    """Ephemerides to be stored. A tag alone is a form that the emulator does not read."""

    oem: Oem | str


@dataclass(frozen=True)
class CdmRequest:
    """A conjunction data message to be stored. A tag alone is a form that the emulator does not read."""

    cdm: Cdm | str


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
        _check_extent(window.start, window.end, step)
        return PassesRequest(tle, location, window, step)
    tle = _tle(fields.tagged("orbit", "tle.txt"), "orbit.content")
    return PassesRequest(tle, *_passes_over(fields))


def read_predict_passes_of_oem(body: object) -> PassesRequest:
    """Read a body of predict-passes/oems, which has no typed form."""
    fields = Fields(body)
    oem = read_oem(*fields.tagged_one_of("orbit", OEM_FORMS), "orbit.content")
    location, window, step = _passes_over(fields)
    if gap := oem.gap(window.start, window.end):
        raise InputProblemError(f"time_window.content is not covered by the orbit: {gap}")
    return PassesRequest(oem, location, window, step)


def _passes_over(fields: Fields) -> tuple[GroundLocation, TimeWindow, float]:
    location = _location(Fields(fields.tagged("ground_location", "ground_loc.json"), "ground_location.content"))
    window = _window(Fields(fields.tagged("time_window", "tw.json"), "time_window.content"))
    step = DEFAULT_STEP
    if "settings" in fields:
        settings = Fields(fields.tagged("settings", "shared_prop_settings.json"), "settings.content")
        step = _step(settings, "output_step_size")
        settings.finish(tolerated=_SHARED_SETTINGS)
    fields.finish()
    _check_extent(window.start, window.end, step)
    return location, window, step


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


def read_estimate_risk(body: object) -> RiskRequest:
    """Read a body of estimate-risk."""
    fields = Fields(body)
    overrides = Overrides()
    if is_typed(body):
        cdm = read_cdm("cdm.json", fields.take("CCSDS_CDM"), "CCSDS_CDM")
        if "overrides" in fields:
            overrides = _overrides(fields.fields("overrides"))
    else:
        cdm = read_cdm(*fields.tagged_one_of("conjunction", CDM_FORMS), "conjunction.content")
        if "overrides" in fields:
            content = fields.tagged("overrides", "cdm_overrides.json")
            overrides = _overrides(Fields(content, "overrides.content"))
    fields.finish()
    return RiskRequest(cdm, overrides)


def read_check_orbit(body: object) -> CheckRequest:
    """Read a body of check-orbit: no source shows one, so it is taken to be like that of the other services."""
    fields = Fields(body)
    tag, content = fields.tagged_one_of("orbit", ("tle.txt", *OEM_FORMS, "opm.json", "state.json"))
    fields.finish()
    if tag == "tle.txt":
        return CheckRequest(_tle(content, "orbit.content"))
    return CheckRequest(read_oem(tag, content, "orbit.content") if tag in OEM_FORMS else tag)


def read_add_ephemerides(body: object) -> EphemeridesRequest:
    """Read a body of add-ephemerides. No source shows whether the key is `orbit` or `ephemerides`: both are taken."""
    fields = Fields(body)
    name = "ephemerides" if "ephemerides" in fields else "orbit"
    tag, content = fields.tagged_one_of(name, (*OEM_FORMS, "oem.xml", "navsol.txt"))
    fields.finish()
    return EphemeridesRequest(read_oem(tag, content, f"{name}.content") if tag in OEM_FORMS else tag)


def read_upload_cdm(body: object) -> CdmRequest:
    """Read a body of cdms, which is taken to be like that of tdms."""
    fields = Fields(body)
    tag, content = fields.tagged_one_of("cdm", (*CDM_FORMS, "cdm.xml"))
    fields.finish()
    return CdmRequest(read_cdm(tag, content, "cdm.content") if tag in CDM_FORMS else tag)


def _overrides(fields: Fields) -> Overrides:
    unclear = tuple(name for name in _UNCLEAR if name in fields)
    for name in unclear:
        fields.take(name)
    radii = []
    scales: dict[tuple[str, str], tuple[float, ...]] = {}
    for prefix in ("SAT1_", "SAT2_"):
        name = f"{prefix}HARD_BODY_RADIUS"
        radii.append(fields.number(name, 0, 1e6, "metres") if name in fields else None)
        for axis in "RTN":
            if (name := f"{prefix}COVARIANCE_{axis}_SCALING_RANGE") in fields:
                scales[prefix, axis] = _range(fields.fields(name))
    fields.finish()
    combinations = math.prod(len(values) for values in scales.values())
    if combinations > MOST_COMBINATIONS:
        raise InputProblemError(
            f"the scaling ranges have {combinations:,} combinations; the emulator goes through {MOST_COMBINATIONS:,}"
        )
    return Overrides((radii[0], radii[1]), scales, unclear)


def _range(fields: Fields) -> tuple[float, ...]:
    """`lower_bound`, and so on by `step_size`, to `upper_bound` at most."""
    low, high = (fields.number(name, 1e-6, 1e6, "a factor") for name in ("lower_bound", "upper_bound"))
    step = fields.number("step_size", 1e-6, 1e6, "a factor")
    fields.finish()
    if low > high:
        raise InputProblemError(f"{fields.path('upper_bound')} must not be less than {fields.path('lower_bound')}")
    count = int((high - low) / step + 1e-9) + 1
    if count > MOST_COMBINATIONS:
        raise InputProblemError(f"{fields.path('step_size')}: {count:,} steps; up to {MOST_COMBINATIONS:,} are taken")
    return tuple(round(low + index * step, 12) for index in range(count))


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
