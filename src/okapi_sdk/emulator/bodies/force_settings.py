"""The platform's SharedPropagationSettings for a numerical propagation."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Fields, InputProblemError
from .inputs import DEFAULT_STEP, read_step

# The settings that the emulator's propagator honours only with these values. Those that it honours with all values are
# read below. `earth_albedo` is on by default on the platform; it counts as ignored only if a request asks for it.
_ONLY: dict[str, tuple[object, ...]] = {
    "horizontal_wind": (0,),
    "ocean_tides": (0,),
    "earth_albedo": (0,),
    "geopotential_model": ("EGM2008",),
    "atmospheric_model": ("NRLMSISE-00",),
    "shadow_boundary_correction": (0,),
    "covariance_propagation_method": ("Numerical",),
    "compute_noise_matrix": (0,),
    "use_eop": (1,),
    "stormer_cowell_rel_tolerance": (),
    "stormer_cowell_abs_tolerance": (),
}
# They are honoured or ignored together with `covariance_propagation`.
_OF_COVARIANCE = (
    "covariance_geopotential", "covariance_atmospheric_drag", "covariance_sun_gravity", "covariance_moon_gravity",
    "covariance_solar_radiation_pressure", "covariance_integration_step", "covariance_integration_method",
)  # fmt: skip
_HIGHEST_DEGREE = 120


@dataclass(frozen=True)
class ForceSettings:
    """The output step and the force model. `ignored`: settings of the request that the emulator does not honour."""

    step: float = DEFAULT_STEP
    degree: int = 6
    drag: bool = True
    sun: bool = True
    moon: bool = True
    radiation_pressure: bool = True
    solid_tides: bool = True
    shadow: bool = True
    covariance: bool = False
    constant_weather: tuple[float, float] | None = None
    ignored: tuple[str, ...] = ()


def read_force_settings(fields: Fields | None, step_fields: Fields | None = None, step_name: str = "") -> ForceSettings:
    """Return the settings in an object. The typed dialect has the output step in another one.

    Raises:
        InputProblemError: if a setting is unknown or has a value of the wrong kind.
    """
    step = DEFAULT_STEP if step_fields is None else read_step(step_fields, step_name)
    if fields is None:
        return ForceSettings(step)
    if "output_step_size" in fields:
        step = read_step(fields, "output_step_size")
    ignored = []
    degree = _whole(fields, "geopotential_degree_order", 6, 2159)
    if degree > _HIGHEST_DEGREE:
        ignored.append(f"geopotential_degree_order above {_HIGHEST_DEGREE}")
    switches = {
        field: _switch(fields, name)
        for field, name in {
            "drag": "atmospheric_drag", "sun": "sun_gravity", "moon": "moon_gravity",
            "radiation_pressure": "solar_radiation_pressure", "solid_tides": "solid_tides",
        }.items()
    }  # fmt: skip
    shadow = _text(fields, "shadow_model", "conical")
    if shadow not in ("conical", "none"):
        ignored.append(f"shadow_model {shadow!r}")
    covariance = "covariance_propagation" in fields and _flag(fields, "covariance_propagation")
    ignored += [f"{name} {value!r}" for name, value in _others(fields, covariance) if value is not None]
    weather = _weather(fields, ignored)
    fields.finish()
    return ForceSettings(
        step, degree, **switches, shadow=shadow != "none", covariance=covariance, constant_weather=weather,
        ignored=tuple(ignored),
    )  # fmt: skip


def _others(fields: Fields, covariance: bool) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, honoured in _ONLY.items():
        value = fields.take(name) if name in fields else None
        found.append((name, None if value in honoured else value))
    for name in _OF_COVARIANCE:
        value = fields.take(name) if name in fields else None
        found.append((name, value if covariance else None))
    if "precession_nutation_lookup" in fields:
        fields.take("precession_nutation_lookup")  # a matter of speed
    return found


def _weather(fields: Fields, ignored: list[str]) -> tuple[float, float] | None:
    forecast = _text(fields, "solar_activity_forecast", "celestrak")
    given = "geo_ap" in fields or "solar_f107" in fields
    ap = fields.number("geo_ap", 0, 400, "the planetary index ap") if "geo_ap" in fields else 15.0
    f107 = fields.number("solar_f107", 1, 1000, "solar flux units") if "solar_f107" in fields else 150.0
    if forecast == "constant":
        return ap, f107
    if forecast != "celestrak":
        ignored.append(f"solar_activity_forecast {forecast!r}")
    if given:
        ignored.append("geo_ap and solar_f107, which belong to the forecast 'constant'")
    return None


def _switch(fields: Fields, name: str) -> bool:
    return name not in fields or _flag(fields, name)


def _flag(fields: Fields, name: str) -> bool:
    value = fields.take(name)
    if value not in (0, 1):
        raise InputProblemError(f"{fields.path(name)} must be 0 or 1, not {value!r}")
    return bool(value)


def _whole(fields: Fields, name: str, default: int, highest: int) -> int:
    if name not in fields:
        return default
    number = fields.number(name, 0, highest, "a whole number")
    if number != int(number):
        raise InputProblemError(f"{fields.path(name)} must be a whole number, not {number}")
    return int(number)


def _text(fields: Fields, name: str, default: str) -> str:
    value = fields.take(name) if name in fields else default
    if not isinstance(value, str):
        raise InputProblemError(f"{fields.path(name)} must be text, not {value!r}")
    return value[:40]
