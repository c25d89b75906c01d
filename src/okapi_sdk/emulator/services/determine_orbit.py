"""determine-orbit/wls: an orbit from measurements by weighted least squares.

The body is undocumented; see `bodies.determine_orbit` and `sightings`. With the extra ``emulator-full``, the orbit is a
state under the forces of `engines.numerical`; without it, it is a set of mean elements of SGP4.

Where no source describes the result, the emulator does the following:

* `ephemerides` has a state for each measurement, with the covariance along R, T, N in km and km/s. `epoch` is a
  modified Julian date (UTC). `residual_1` to `residual_3` are x, y and z, or range, azimuth and elevation, or range,
  right ascension and declination: observed minus computed, in km and degrees. `residual_2` is on the sky;
  `residual_2_uncorrected` lacks the factor of the cosine.
* `rms` is that of the residuals in standard deviations. If a standard deviation was assumed, the covariance is scaled
  with the mean square of the residuals.
* The orbit is stored as an OEM with the residuals, whose ID is `oem_id`.
* `omm` has mean elements that were fitted to the orbit.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any

import numpy as np

from ..bodies.cartesian import CartesianState
from ..bodies.determine_orbit import DeterminationRequest, FitSettings
from ..bodies.force_settings import ForceSettings
from ..bodies.tle import Tle
from ..bodies.values import read_number
from ..engines.determination import Determination, determine, mean_elements_along
from ..engines.errors import EngineError, UnusableInputError
from ..engines.first_orbit import ARC_WITH_DRAG, first_orbit
from ..engines.instants import Instants, iso
from ..engines.kepler import GRAVITY
from ..engines.least_squares import Rules
from ..engines.numerical import Spacecraft
from ..engines.observations import Observations
from ..engines.orbit_models import KeplerOrbit, MeanOrbit, NumericalOrbit, State, mean_elements_of
from ..engines.sgp4_motion import MeanElements
from ..store.tables import Store
from .determined_orbit import oem_of, result_of, tle_of
from .motions import mean_elements, motion_of
from .numerical_motion import AGREEMENT, forces_of, initial_state, numerical_motion
from .omm import omm_of
from .outcome import Absent, Context, Document, NewElement, NoResultError, Outcome, Status
from .sightings import Sightings, norad_id, sightings_of_positions, sightings_of_tdm
from .stored_elements import satellite_of, tles_of

_LONGEST_SPAN = timedelta(days=31)
_ASSUMED_AREA_TO_MASS = 0.01
# Residuals that are this much larger than their standard deviations make the covariance too small.
_LARGEST_RMS = 2.0
_COEFFICIENTS = {"cd": "drag_coefficient", "cr": "radiation_coefficient"}


@dataclass(frozen=True)
class _Start:
    """A first orbit, as a state or as mean elements, and where it comes from."""

    origin: str
    state: State
    elements: MeanElements


def determine_orbit(request: DeterminationRequest, context: Context) -> Outcome:
    """Fit an orbit to the measurements.

    Raises:
        NoResultError: if there are too few measurements, their place is unknown, or the fit fails.
    """
    found, satellite, number = _sightings(request, context.store)
    observations = _chosen(found, request.settings)
    start = _start(request, observations, tles_of(number, context.store))
    orbit, words = _model(request, start, satellite, found, observations)
    settings = request.settings
    rules = Rules(
        settings.tolerance, settings.most_iterations, settings.damped, settings.residual_limit, bool(found.assumed)
    )
    fit = determine(orbit, observations, rules)
    if found.assumed:
        fit = _scaled(fit)
    id_ = str(uuid.uuid4())
    doubts = _doubts(request, found, fit)
    mean, mean_words = _mean_elements(orbit, fit, observations)
    if found.assumed:
        words.append(f"Assumed: {', '.join(found.assumed)}. The covariance is scaled with the residuals.")
    text = " ".join((_summary(fit, observations, start), *words, *found.remarks, mean_words, *doubts,
                     f"Stored as oem_id {id_}."))  # fmt: skip
    track_ids = sorted(set(found.track_ids.values()))
    result = result_of(fit, observations)
    element = oem_of(fit, observations, number, id_, context.created)
    if track_ids:
        element["tracklet_id"] = track_ids[0]
    satellite_id = satellite.get("satellite_id")
    owner = None if satellite_id is None else ("satellites", str(satellite_id))
    tle = None if mean is None else tle_of(mean, number, str(satellite.get("name") or "") or None)
    return Outcome(
        Status("WARNING" if doubts else "NONE", text),
        {
            "simple": Document("od_result", result, {"tracklet_ids": track_ids, "oem_id": id_}),
            "omm": Absent(mean_words) if tle is None else Document("orbit", omm_of(tle, context.created)),
        },
        (NewElement("oems", "oem_id", element, owner),),
    )


def _sightings(request: DeterminationRequest, store: Store) -> tuple[Sightings, Mapping[str, Any], int | None]:
    """Return the observations, the stored satellite to which they belong, if any, and its catalogue number."""
    satellite: Mapping[str, Any] = {}
    if request.satellite_id is not None:
        entry = store.get("satellites", request.satellite_id)
        if entry is None:
            raise NoResultError(f"There is no satellite {request.satellite_id[:80]!r}.", input_problem=True)
        satellite = entry.element
    if request.ephemerides is None:
        found = sightings_of_tdm(request.tdm, store)
        number = norad_id(found.objects, store)
        satellite = satellite or satellite_of(number, store)
    else:
        number = norad_id({str(getattr(request.ephemerides, "object_id", ""))}, store)
        satellite = satellite or satellite_of(number, store)
        sensor = satellite.get("gnss_sensor")
        found = sightings_of_positions(request.ephemerides, sensor if isinstance(sensor, Mapping) else {})
    if number is None and satellite.get("norad_ids"):
        number = int(satellite["norad_ids"][0])
    return found, satellite, number


def _chosen(found: Sightings, settings: FitSettings) -> Observations:
    """Return the observations to use: the newest, as far as the settings allow."""
    if not found.items:
        raise NoResultError("There are no angles, ranges or positions among the measurements.", input_problem=True)
    observations = Observations(found.items)
    if settings.longest_span is not None:
        first = observations.end - timedelta(days=settings.longest_span)
        observations = observations.select(lambda one: one.epoch >= first) or observations
    if observations.seconds.size > settings.most > 0:
        first = observations.origin + timedelta(seconds=float(observations.seconds[-settings.most]) - 1e-6)
        observations = observations.select(lambda one: one.epoch >= first) or observations
    count, span = observations.seconds.size, observations.end - observations.origin
    if count < max(settings.fewest, 2):
        raise NoResultError(
            f"There are measurements at {count} different times, but the fit needs {max(settings.fewest, 2)}.",
            input_problem=True,
        )
    if span > _LONGEST_SPAN:
        raise NoResultError(
            f"The measurements span {span.days} days; the emulator fits up to {_LONGEST_SPAN.days}. Send fewer, or set "
            "use_maximum_fit_span and maximum_fit_span.",
            input_problem=True,
        )
    return observations


def _start(request: DeterminationRequest, observations: Observations, tles: list[Tle]) -> _Start:
    epoch = observations.end
    if request.orbit is not None:
        return _known(request.orbit, epoch, "The first orbit is that of the request.")
    try:
        first = first_orbit(observations)
        return _Start("The first orbit comes from the measurements.", first.state(epoch), first.mean_elements(epoch))
    except UnusableInputError:
        if not tles:
            raise
    nearest = min(tles, key=lambda tle: abs(tle.epoch - epoch))
    return _known(nearest, epoch, f"The first orbit is the stored TLE of {iso(nearest.epoch)}.")


def _known(orbit: Any, epoch: datetime, origin: str) -> _Start:
    instant = Instants(epoch, np.zeros(1))
    if isinstance(orbit, CartesianState) and not find_spec("brahe"):
        initial = initial_state(orbit, with_covariance=False)
        ellipse = KeplerOrbit(State(initial.epoch, initial.position, initial.velocity))
        path = ellipse.path(ellipse.first, instant)
        positions, velocities = path.positions, path.velocities
    elif isinstance(orbit, CartesianState):
        early, late = min(orbit.epoch, epoch), max(orbit.epoch, epoch)
        positions, velocities = numerical_motion(orbit, ForceSettings(), early, late).gcrf(instant)
    else:
        positions, velocities = motion_of(orbit).gcrf(instant)
    state = State(epoch, positions[:, 0], velocities[:, 0])
    elements = mean_elements(orbit) if isinstance(orbit, Tle) else mean_elements_of(state)
    return _Start(origin, state, elements)


def _model(
    request: DeterminationRequest, start: _Start, satellite: Mapping[str, Any], found: Sightings,
    observations: Observations,
) -> tuple[NumericalOrbit | MeanOrbit, list[str]]:  # fmt: skip
    """Return the orbit to fit, and sentences about it."""
    solved, forces = request.settings.solved, forces_of(request.forces)
    if not find_spec("brahe"):
        orbit = MeanOrbit(start.elements, drag=bool(solved) or float(observations.seconds[-1]) > ARC_WITH_DRAG)
        return orbit, [
            "Computed by the okapi-sdk emulator with SGP4 (WGS 72), because the extra emulator-full is not installed: "
            "the orbit itself is off by up to kilometres, which the covariance does not show."
        ]
    spacecraft = _spacecraft(request, satellite, found)
    steps = {_COEFFICIENTS[name]: step for name, step in solved.items()}
    model = NumericalOrbit(start.state, spacecraft, forces, steps)
    words = [
        "Computed by the okapi-sdk emulator with the library brahe, a stand-in for the platform's propagator.",
        AGREEMENT,
        *model.motion(model.first, observations.end, observations.end).remarks(observations.end),
    ]
    return model, words


def _spacecraft(request: DeterminationRequest, satellite: Mapping[str, Any], found: Sightings) -> Spacecraft:
    orbit = request.orbit
    if isinstance(orbit, CartesianState):
        found.assumed += orbit.assumed
        return Spacecraft(orbit.mass, orbit.area, orbit.drag_coefficient, orbit.radiation_coefficient)
    mass = read_number(satellite.get("mass"))
    area = read_number(satellite.get("drag_area")) or read_number(satellite.get("area"))
    if mass and area and mass > 0 and area > 0:
        return Spacecraft(mass, area)
    found.remarks.append(f"Assumed: an area of {_ASSUMED_AREA_TO_MASS:g} m² per kg.")
    return Spacecraft(1.0, _ASSUMED_AREA_TO_MASS)


def _scaled(fit: Determination) -> Determination:
    """Scale the covariance with the variance of the residuals, because their standard deviations were assumed."""
    solution = fit.solution
    count = int(solution.kept.sum())
    variance = solution.rms**2 * count / (count - solution.parameters.size)
    return replace(
        fit,
        solution=replace(solution, covariance=solution.covariance * variance),
        covariances=fit.covariances * variance,
    )


def _summary(fit: Determination, observations: Observations, start: _Start) -> str:
    solution = fit.solution
    kinds = ", ".join(dict.fromkeys(one.component.replace("_", " ") for one in observations.items))
    return (
        f"An orbit from {int(solution.kept.sum())} of {len(observations)} measurements ({kinds}) from "
        f"{iso(observations.origin)} to {iso(observations.end)}, with a root mean square of {solution.rms:.3g} "
        f"standard deviations after {solution.iterations} iterations. {start.origin}"
    )


def _doubts(request: DeterminationRequest, found: Sightings, fit: Determination) -> list[str]:
    doubts = []
    if not fit.solution.converged:
        doubts.append(f"The fit has not converged after {fit.solution.iterations} iterations.")
    if not found.assumed and fit.solution.rms > _LARGEST_RMS:
        doubts.append(
            "The residuals are larger than the standard deviations of the measurements, so the covariance is too small."
        )
    if found.unused:
        doubts.append(f"Not used: {', '.join(found.unused)}.")
    if ignored := [*request.settings.ignored, *request.forces.ignored]:
        doubts.append(f"Not honoured: {', '.join(ignored)}.")
    return doubts


def _mean_elements(
    orbit: NumericalOrbit | MeanOrbit, fit: Determination, observations: Observations
) -> tuple[MeanElements | None, str]:
    """Return mean elements at the last measurement, and a sentence on how well they fit the orbit."""
    parameters, end = fit.solution.parameters, observations.end
    if isinstance(orbit, MeanOrbit):
        return orbit.elements(parameters), ""
    state = orbit.state(parameters)
    period = 2 * math.pi * math.sqrt(KeplerOrbit(state).first[0] ** 3 / GRAVITY)
    start = min(observations.origin, end - timedelta(seconds=period))
    try:
        elements, rms = mean_elements_along(orbit.motion(parameters, start, end), start, end, end)
    except EngineError as error:
        return None, f"No mean elements fit this orbit: {error}"
    return elements, f"The mean elements of omm were fitted to it and are {rms * 1000:,.0f} m off (root mean square)."
