"""Bodies of determine-orbit/wls.

No source shows a whole body. The emulator reads the parts that are known under the names that the platform uses
elsewhere (`tdm`, `orbit_determination_settings`, `propagation_settings`), and has three names of its own: `ephemerides`
(positions), `orbit` (a first orbit) and `satellite_id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .cartesian import CartesianState
from .check_orbit import read_any_orbit
from .fields import Fields, InputProblemError
from .force_settings import ForceSettings, read_force_settings
from .navsol import NavSol, read_navsol
from .oem import FORMS as OEM_FORMS
from .oem import Oem, read_oem
from .tdm import TdmSegment, read_tdm
from .tle import Tle

LARGEST_TOLERANCE = 1e-3
"""Larger values of `rms_threshold`, whose unit is undocumented, would end a fit before it has begun."""
_MOST_ITERATIONS = 100
_NUMBERS = {
    "rms_threshold": (0, 1e9, "a relative change"),
    "residual_filter_threshold": (0, 1e9, "standard deviations"),
    "maximum_fit_span": (0, 366, "days"),
    "allowed_additional_ephemerides_age": (0, 1e9, "a time"),
    "scale_factor_std_for_in_sun": (0, 1e9, "a factor"),
    "differencing_position_absolute_delta": (-1e9, 1e9, "a step"),
    "differencing_velocity_absolute_delta": (-1e9, 1e9, "a step"),
    "differencing_solve_for_cd_relative_delta": (1e-6, 1, "a relative step"),
    "differencing_solve_for_cr_relative_delta": (1e-6, 1, "a relative step"),
    "rms_max_iterations": (1, _MOST_ITERATIONS, "a whole number"),
    "min_ephemerides": (0, 1e6, "a whole number"),
    "max_ephemerides": (0, 1e6, "a whole number"),
}
_FLAGS = (
    "enable_levenberg_marquardt", "ephemeris_auto_selection", "filter_residuals", "allow_additional_ephemerides",
    "use_maximum_fit_span", "solve_for_cd", "solve_for_cr", "scale_std_for_in_sun",
)  # fmt: skip
# The switches that the emulator does not honour, and the steps, whose derivatives it has in another way.
_IGNORED_FLAGS = ("ephemeris_auto_selection", "allow_additional_ephemerides", "scale_std_for_in_sun")
_IGNORED_NUMBERS = ("differencing_position_absolute_delta", "differencing_velocity_absolute_delta")


@dataclass(frozen=True)
class FitSettings:
    """Settings of a fit.

    `residual_limit`: in standard deviations; None keeps all. `longest_span`: in days. `solved`: the coefficients to
    estimate, ``cd`` and ``cr``, with the relative steps of their derivatives. `ignored`: settings of the request that
    the emulator does not honour.
    """

    tolerance: float = 1e-6
    most_iterations: int = 20
    damped: bool = True
    residual_limit: float | None = None
    fewest: int = 0
    most: int = 5000
    longest_span: float | None = None
    solved: Mapping[str, float] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeterminationRequest:
    """Measurements (either `tdm` or `ephemerides`), settings, and what else is known of the object."""

    tdm: tuple[TdmSegment, ...]
    ephemerides: NavSol | Oem | None
    orbit: Tle | CartesianState | Oem | None
    satellite_id: str | None
    settings: FitSettings
    forces: ForceSettings


def read_determine_orbit(body: object) -> DeterminationRequest:
    """Read a body. Raises an InputProblemError that names the invalid field."""
    fields = Fields(body)
    if "tdm" in fields and "ephemerides" in fields:
        raise InputProblemError("ephemerides and tdm are both measurements; send one of them")
    tdm: tuple[TdmSegment, ...] = ()
    ephemerides: NavSol | Oem | None = None
    if "tdm" in fields:
        tdm = read_tdm(fields.tagged("tdm", "tdm.txt"), "tdm.content")
    else:
        tag, content = fields.tagged_one_of("ephemerides", ("navsol.txt", *OEM_FORMS))
        path = "ephemerides.content"
        ephemerides = read_navsol(content, path) if tag == "navsol.txt" else read_oem(tag, content, path)
    orbit = read_any_orbit(fields) if "orbit" in fields else None
    satellite_id = fields.take("satellite_id") if "satellite_id" in fields else None
    if not (satellite_id is None or (isinstance(satellite_id, str) and satellite_id)):
        raise InputProblemError(f"satellite_id must be the ID of a stored satellite, not {str(satellite_id)[:80]!r}")
    name = "orbit_determination_settings"
    settings = _read_settings(fields.fields(name)) if name in fields else FitSettings()
    forces = read_force_settings(fields.fields("propagation_settings") if "propagation_settings" in fields else None)
    fields.finish()
    return DeterminationRequest(tdm, ephemerides, orbit, satellite_id, settings, forces)


def _read_settings(fields: Fields) -> FitSettings:
    numbers = {name: fields.number(name, *bounds) for name, bounds in _NUMBERS.items() if name in fields}
    for name in ("rms_max_iterations", "min_ephemerides", "max_ephemerides"):
        if numbers.get(name, 0) != int(numbers.get(name, 0)):
            raise InputProblemError(f"{fields.path(name)} must be a whole number, not {numbers[name]}")
    flags = {}
    for name in _FLAGS:
        flags[name] = fields.take(name) if name in fields else None
        if not (flags[name] is None or isinstance(flags[name], bool)):
            raise InputProblemError(f"{fields.path(name)} must be true or false, not {str(flags[name])[:80]!r}")
    fields.finish()
    ignored = [name for name in _IGNORED_FLAGS if flags[name]]
    ignored += [name for name in _IGNORED_NUMBERS if name in numbers]
    span = numbers.get("maximum_fit_span", 0.0)
    if flags["use_maximum_fit_span"] and not span > 0:
        raise InputProblemError(f"{fields.path('maximum_fit_span')} must be above 0 if use_maximum_fit_span is true")
    solved = {
        name: numbers.get(f"differencing_solve_for_{name}_relative_delta", 0.1)
        for name in ("cd", "cr")
        if flags[f"solve_for_{name}"]
    }
    return FitSettings(
        tolerance=min(numbers.get("rms_threshold", FitSettings.tolerance), LARGEST_TOLERANCE),
        most_iterations=int(numbers.get("rms_max_iterations", FitSettings.most_iterations)),
        damped=flags["enable_levenberg_marquardt"] is not False,
        residual_limit=numbers.get("residual_filter_threshold", 3.0) if flags["filter_residuals"] else None,
        fewest=int(numbers.get("min_ephemerides", 0)),
        most=int(numbers.get("max_ephemerides", FitSettings.most)),
        longest_span=span if flags["use_maximum_fit_span"] else None,
        solved=solved,
        ignored=tuple(ignored),
    )
