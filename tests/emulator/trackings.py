"""Measurements of a known orbit, and a published pass, as bodies and as observations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.motion import Motion
from okapi_sdk.emulator.engines.observations import Observation, Observations, Site

Array = NDArray[np.float64]
SITE = Site(40.0, -100.0, 0.5)
RANGE_DEVIATION, ANGLE_DEVIATION, POSITION_DEVIATION = 0.03, 0.005, 0.01

# The beginning of a pass of GEOS-3 over Kaena Point, from public copies of an example in Vallado, "Fundamentals of
# Astrodynamics and Applications", chapter 10: UTC, azimuth, elevation (degrees), range (km).
KAENA_POINT = Site(21.5748, -158.2706, 0.3002)
KAENA_DEVIATIONS = {"azimuth": 0.0224, "elevation": 0.0139, "range": 0.0925}
GEOS3 = """
1995-01-29T02:38:37  60.4991 16.1932 2047.502
1995-01-29T02:38:49  62.1435 17.2761 1984.677
1995-01-29T02:39:02  64.0566 18.5515 1918.489
1995-01-29T02:39:14  65.8882 19.7261 1859.320
1995-01-29T02:39:26  67.9320 20.9351 1802.186
1995-01-29T02:39:38  70.1187 22.1319 1747.290
1995-01-29T02:39:50  72.5159 23.3891 1694.891
1995-01-29T02:40:03  75.3066 24.7484 1641.201
1995-01-29T02:40:15  78.1000 25.9799 1594.770
1995-01-29T02:40:27  81.1197 27.1896 1551.640
"""
GEOS3_ESTIMATE = np.array((5753.173, 2673.361, 3440.304, 4.324207, -1.924299, -5.728216))
"""His estimate at the first of these times, of date: km, km/s."""


def geos3() -> list[tuple[datetime, dict[str, float]]]:
    """The pass, one sighting for each time."""
    rows = []
    for line in GEOS3.split("\n")[1:-1]:
        epoch, azimuth, elevation, distance = line.split()
        values = {"azimuth": float(azimuth), "elevation": float(elevation), "range": float(distance)}
        rows.append((datetime.fromisoformat(epoch).replace(tzinfo=UTC), values))
    return rows


def geos3_observations() -> Observations:
    """The pass for the engines."""
    return Observations(
        [
            Observation(epoch, name, value, KAENA_DEVIATIONS[name], site=KAENA_POINT)
            for epoch, values in geos3()
            for name, value in values.items()
        ]
    )


def deviation(component: str) -> float:
    """The standard deviation of simulated measurements."""
    if component in "xyz":
        return POSITION_DEVIATION
    return RANGE_DEVIATION if component == "range" else ANGLE_DEVIATION


def simulated(
    truth: Motion, origin: datetime, seconds: Sequence[float], components: Sequence[str], seed: int | None, **more: Any
) -> Observations:
    """Measurements of an orbit with Gaussian noise, or without any for the seed None."""
    random = None if seed is None else np.random.default_rng(seed)
    site = None if set(components) <= set("xyz") else SITE
    exact = Observations(
        [
            Observation(origin + timedelta(seconds=float(second)), name, 0.0, deviation(name), site=site, **more)
            for second in seconds
            for name in components
        ]
    )
    prediction = exact.predict(*truth.gcrf(exact.instants))
    noise = np.zeros(len(exact)) if random is None else random.normal(size=len(exact)) * exact.deviations
    values = (noise - prediction.residuals) / prediction.factors
    return Observations(
        [
            Observation(
                one.epoch, one.component, float(value), one.deviation, one.frame, one.site, one.light, one.group
            )
            for one, value in zip(exact.items, values, strict=True)
        ]
    )


def tdm(sightings: Sequence[tuple[datetime, dict[str, float]]], *, station: str, target: str, **more: str) -> str:
    """A TDM with one segment."""
    keywords = {"azimuth": "ANGLE_1", "right_ascension": "ANGLE_1", "range": "RANGE"}
    kind = "RADEC" if any("declination" in values for _, values in sightings) else "AZEL"
    metadata = {
        "TIME_SYSTEM": "UTC", "PARTICIPANT_1": station, "PARTICIPANT_2": target, "MODE": "SEQUENTIAL", "PATH": "2,1",
        "ANGLE_TYPE": kind, "RANGE_UNITS": "km", **more,
    }  # fmt: skip
    rows = [
        f"{keywords.get(name, 'ANGLE_2')} = {epoch.replace(tzinfo=None).isoformat(timespec='microseconds')} {value!r}"
        for epoch, values in sightings
        for name, value in values.items()
    ]
    return "\n".join(
        (
            "CCSDS_TDM_VERS = 2.0", "CREATION_DATE = 2020-09-18T10:00:00", "ORIGINATOR = TEST", "META_START",
            *(f"{name} = {value}" for name, value in metadata.items()), "META_STOP", "DATA_START", *rows, "DATA_STOP",
        )
    )  # fmt: skip


def sightings_of(observations: Observations) -> list[tuple[datetime, dict[str, float]]]:
    """Observations as the sightings of a TDM."""
    found: dict[datetime, dict[str, float]] = {}
    for one in observations.items:
        found.setdefault(one.epoch, {})[one.component] = one.value
    return list(found.items())


def station(name: str, site: Site = SITE, **more: float) -> dict[str, Any]:
    """A stored sensor system."""
    place = {"latitude": site.latitude, "longitude": site.longitude, "altitude": site.altitude}
    return {"name": name, "ground_location": place, **more}


def state_at(motion: Motion, moment: datetime) -> Array:
    """Position and velocity in GCRF."""
    return np.concatenate(motion.gcrf(Instants(moment, np.zeros(1))))[:, 0]
