"""The results of an orbit determination: rows, a stored ephemeris, and mean elements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.cartesian import COVARIANCE, STATE
from ..bodies.tle import Tle
from ..engines.determination import Determination
from ..engines.instants import iso
from ..engines.kepler import classical_elements
from ..engines.observations import Observations
from ..engines.orbit_models import NumericalOrbit
from ..engines.sgp4_motion import MeanElements

_ROWS, _COLUMNS = np.tril_indices(6)
_MODIFIED_JULIAN_DAY_0 = datetime(1858, 11, 17, tzinfo=UTC)
RESIDUALS = {
    "x": "1", "y": "2", "z": "3", "range": "1", "azimuth": "2", "right_ascension": "2", "elevation": "3",
    "declination": "3",
}  # fmt: skip
"""The numbers of the residuals."""


def result_of(fit: Determination, observations: Observations) -> dict[str, Any]:
    """Return the value of `od_result`."""
    solution = fit.solution
    coefficients = {}
    if isinstance(fit.orbit, NumericalOrbit):
        spacecraft = fit.orbit.spacecraft(solution.parameters)
        coefficients = {"cd": spacecraft.drag_coefficient, "cr": spacecraft.radiation_coefficient}
    return {
        "wls_result": {
            "rms": solution.rms,
            "iterations": solution.iterations,
            "converged": solution.converged,
            "accepted_residuals": float(solution.kept.mean()),
        },
        "ephemerides": [
            {**_state(fit, place, moment), **residuals, **coefficients}
            for place, moment, residuals in _rows(fit, observations)
        ],
        "excluded_measurements": [
            {
                "tracklet_id": one.group,
                "epochGd": iso(one.epoch),
                "component": one.component,
                "measurement": one.value,
                "residual": float(solution.residuals[index]) * one.deviation,
                "residual_std": one.deviation,
            }
            for index, one in enumerate(observations.items)
            if not solution.kept[index]
        ],
    }


def oem_of(
    fit: Determination, observations: Observations, number: int | None, id_: str, created: datetime
) -> dict[str, Any]:
    """Return the orbit as a stored ephemeris, with residuals in its states.

    `residuals`: the emulator's own, for the page that plots them: what each residual is.
    """
    rows: dict[int, dict[str, Any]] = {}
    for place, moment, residuals in _rows(fit, observations):
        stated = {f"USER_DEFINED_{name.upper()}": value for name, value in residuals.items()}
        # an ephemeris has one state for each time
        rows.setdefault(place, {"EPOCH": _microseconds(moment), **_cartesian(fit, place), **stated})
    data = list(rows.values())
    object_id = str(number) if number is not None else "Unspecified"
    return {
        "oem_id": id_,
        "norad_id": object_id,
        "is_predicted": False,
        "residuals": _components(fit, observations),
        "OEM_HEADER": {"CCSDS_OEM_VERS": 2.0, "CREATION_DATE": iso(created), "ORIGINATOR": "okapi-sdk emulator"},
        "OEM_META_DATA_DATA": [
            {
                "OBJECT_NAME": "Unspecified",
                "OBJECT_ID": object_id,
                "CENTER_NAME": "EARTH",
                "REF_FRAME": "GCRF",
                "TIME_SYSTEM": "UTC",
                "START_TIME": data[0]["EPOCH"],
                "STOP_TIME": data[-1]["EPOCH"],
                "DATA": data,
            }
        ],
    }


def tle_of(elements: MeanElements, number: int | None, name: str | None) -> Tle:
    """Return mean elements as those of a TLE without lines."""
    return Tle(
        line1="", line2="", name=name, catalogue_number=number or 0, classification="U", cospar_id="",
        epoch=elements.epoch, mean_motion_dot=elements.mean_motion_dot, mean_motion_ddot=elements.mean_motion_ddot,
        bstar=elements.bstar, ephemeris_type=0, element_set=0, inclination=elements.inclination,
        right_ascension_of_node=elements.node, eccentricity=elements.eccentricity,
        argument_of_perigee=elements.argument_of_perigee, mean_anomaly=elements.mean_anomaly,
        mean_motion=elements.mean_motion, revolution=0,
    )  # fmt: skip


def _components(fit: Determination, observations: Observations) -> list[dict[str, Any]]:
    """What the numbered residuals are, and the times of the excluded ones."""
    found: dict[str, dict[str, Any]] = {}
    for index, one in enumerate(observations.items):
        entry = found.setdefault(
            one.component,
            {"number": RESIDUALS[one.component], "component": one.component, "unit": one.unit,
             "deviation": one.deviation, "excluded": []},
        )  # fmt: skip
        if not fit.solution.kept[index]:
            entry["excluded"].append(_microseconds(one.epoch))
    return list(found.values())


def _rows(fit: Determination, observations: Observations) -> Iterator[tuple[int, datetime, dict[str, float]]]:
    """Yield the place in the states, the time and the residuals of each sighting."""
    sightings: dict[tuple[int, int], dict[str, float]] = {}
    path_factors = observations.predict(fit.positions, fit.velocities).factors
    for index, one in enumerate(observations.items):
        residuals = sightings.setdefault((int(observations.places[index]), one.group), {})
        value = float(fit.solution.residuals[index]) * one.deviation
        name = f"residual_{RESIDUALS[one.component]}"
        residuals[name] = value
        if one.component in ("azimuth", "right_ascension"):
            residuals[f"{name}_uncorrected"] = value / float(path_factors[index])
    for (place, _), residuals in sightings.items():
        yield place, observations.origin + timedelta(seconds=float(observations.seconds[place])), residuals


def _cartesian(fit: Determination, place: int) -> dict[str, float]:
    values = (*np.round(fit.positions[:, place], 9).tolist(), *np.round(fit.velocities[:, place], 12).tolist())
    return dict(zip(STATE, values, strict=True))


def _state(fit: Determination, place: int, moment: datetime) -> dict[str, Any]:
    elements = classical_elements(fit.positions[:, place], fit.velocities[:, place])
    lower = fit.covariances[place][_ROWS, _COLUMNS].tolist()
    return {
        **{name.lower(): value for name, value in _cartesian(fit, place).items()},
        "epoch": (moment - _MODIFIED_JULIAN_DAY_0) / timedelta(days=1),
        "epochGd": _microseconds(moment),
        "semi-major-axis": elements.axis,
        "eccentricity": elements.eccentricity,
        "inclination": elements.inclination,
        "raan": elements.node,
        "aop": elements.argument_of_perigee,
        "mean_anomaly": elements.mean_anomaly,
        "true_anomaly": elements.true_anomaly,
        **{name.lower(): value for name, value in zip(COVARIANCE, lower, strict=True)},
    }


def _microseconds(moment: datetime) -> str:
    """Return a time to the microsecond. A state belongs to the exact time of its measurement."""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
