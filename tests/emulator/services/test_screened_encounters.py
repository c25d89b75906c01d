"""Covariances of uploaded ephemerides: probabilities of published encounters, and the reason if there is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.bodies.cdm import COVARIANCE as CDM_ELEMENTS
from okapi_sdk.emulator.engines.encounter import rtn

from ..conftest import Platform
from ..encounters import PublishedEncounter, cara_encounters
from ..oems import STATE
from ..oems import kvn as oem_kvn

ELEMENTS = [f"C{row}_{column}" for index, row in enumerate(STATE) for column in STATE[: index + 1]]
LOWER = np.tril_indices(6)
NUMBERS = (90001, 90002)
# Seconds from the TCA to the states, and to those that have covariances.
STEPS = np.arange(-2400.0, 2401.0, 60.0) + 7.25
KNOWN = (STEPS[26], STEPS[60])
Change = Callable[[dict[str, Any]], None]


def moved(state: Any, seconds: float) -> Any:
    """A state after some seconds of two-body motion, by integration."""
    if not seconds:
        return np.asarray(state)

    def rates(_: float, y: Any) -> Any:
        return np.concatenate((y[3:], -398_600.4418 * y[:3] / np.linalg.norm(y[:3]) ** 3))

    return solve_ivp(rates, (0.0, seconds), state, method="DOP853", rtol=1e-12, atol=1e-12).y[:, -1]


def moved_covariance(state: Any, covariance: Any, seconds: float) -> Any:
    """Its covariance in the same frame, with finite differences of the motion."""
    steps = np.diag([1e-2] * 3 + [1e-5] * 3)
    columns = [(moved(state + step, seconds) - moved(state - step, seconds)) / (2 * step.sum()) for step in steps]
    transition = np.array(columns).T
    return transition @ covariance @ transition.T


def ephemeris(encounter: PublishedEncounter, index: int) -> dict[str, Any]:
    """An ephemeris of one of the objects, with two covariances in GCRF around the TCA."""
    prefix, one = f"SAT{index + 1}_", encounter.geometry.objects[index]
    lower = [float(encounter.message[f"{prefix}{name}"]) / 1e6 for row in CDM_ELEMENTS for name in row]
    covariance = np.zeros((6, 6))
    covariance[LOWER] = covariance.T[LOWER] = lower
    axes = np.kron(np.eye(2), rtn(one.position, one.velocity))
    covariance, state = axes.T @ covariance @ axes, np.concatenate((one.position, one.velocity))
    tca = datetime.fromisoformat(f"{encounter.message['TCA']}Z")
    rows: list[dict[str, Any]] = []
    for seconds in STEPS.tolist():
        row = {"EPOCH": (tca + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        rows.append({**row, **dict(zip(STATE, moved(state, seconds).tolist(), strict=True))})
        if seconds in KNOWN:
            elements = moved_covariance(state, covariance, seconds)[LOWER].tolist()
            rows[-1] |= {"COV_REF_FRAME": "GCRF", **dict(zip(ELEMENTS, elements, strict=True))}
    block = {
        "OBJECT_NAME": "TEST", "OBJECT_ID": str(NUMBERS[index]), "CENTER_NAME": "EARTH", "REF_FRAME": "GCRF",
        "TIME_SYSTEM": "UTC", "DATA": rows,
    }  # fmt: skip
    header = {"CCSDS_OEM_VERS": 2.0, "CREATION_DATE": "2021-01-01T00:00:00.000Z", "ORIGINATOR": "TEST"}
    return {"OEM_HEADER": header, "OEM_META_DATA_DATA": [block]}


@pytest.fixture(scope="module")
def encounter() -> PublishedEncounter:
    """One for which the plane method holds, in a low orbit, with covariances that differ between the objects."""
    return next(one for one in cara_encounters() if one.is_valid and one.monte_carlo > 1e-4)


@pytest.fixture(scope="module")
def both(encounter: PublishedEncounter) -> tuple[dict[str, Any], dict[str, Any]]:
    return ephemeris(encounter, 0), ephemeris(encounter, 1)


@pytest.fixture
def radius(emulator: Emulator, encounter: PublishedEncounter) -> float:
    """Both satellites, of different sizes, with areas that give the combined radius of the encounter, in metres."""
    radii = 0.25 * encounter.radius_m, 0.75 * encounter.radius_m
    for number, own in zip(NUMBERS, radii, strict=True):
        content = {"norad_ids": [number], "name": f"BODY {number}", "area": math.pi * own**2}
        emulator.put("satellites", [{**content, "accepted_minimum_distance": 5.0}])
    return encounter.radius_m


def upload(platform: Platform, content: object, tag: str = "oem.json") -> str:
    status = platform.calculate("add-ephemerides", {"orbit": {"type": tag, "content": content}}, "simple")["status"]
    assert status["type"] == "NONE", status
    return str(status["text"])


def elements(platform: Platform, path: str) -> list[dict[str, Any]]:
    answer = platform.http.get(f"/{path}")
    assert answer.status_code == 200
    return list(answer.json()["elements"])


def close_encounter(platform: Platform) -> dict[str, Any]:
    """The conjunction of both satellites with the smallest miss distance."""
    found = elements(platform, "conjunctions")
    return min(found, key=lambda one: float(one["newest_risk_estimation"]["miss_distance"]))


@pytest.mark.parametrize("tag", ["oem.json", "oem.kvn"])
def test_a_published_probability_comes_from_two_ephemerides(
    tag: str, both: tuple[dict[str, Any], ...], encounter: PublishedEncounter, radius: float, platform: Platform
) -> None:
    for message in both:
        upload(platform, message if tag == "oem.json" else with_covariances(message), tag)
    conjunction = close_encounter(platform)
    newest = conjunction["newest_risk_estimation"]
    assert newest["collision_probability"] == pytest.approx(encounter.monte_carlo, rel=0.02)
    plane = encounter.geometry.assess("foster-1992").estimate.probability
    assert newest["collision_probability"] == pytest.approx(plane, rel=2e-3)
    assert newest["sat1_hard_body_radius"] + newest["sat2_hard_body_radius"] == pytest.approx(radius)
    assert (conjunction["criticality"], newest["comment"]) == ("critical", "")
    # The message gives what the conjunction shows.
    (cdm,) = elements(platform, f"conjunctions/{conjunction['conjunction_id']}/cdms")
    body = {"conjunction": {"type": "cdm.json", "content": cdm}}
    own = platform.calculate("estimate-risk/foster-1992", body, "simple")["risk_estimations"]["content"][0]
    assert own["collision_probability"] == newest["collision_probability"]
    assert (cdm["SAT1_OBJECT_DESIGNATOR"], cdm["SAT2_OBJECT_DESIGNATOR"]) == (str(NUMBERS[1]), str(NUMBERS[0]))


def with_covariances(message: dict[str, Any]) -> str:
    """The same ephemeris as KVN, whose own covariance is incomplete."""
    text, _, _ = oem_kvn(message).partition("COVARIANCE_START")
    lines = ["COVARIANCE_START"]
    for row in message["OEM_META_DATA_DATA"][0]["DATA"]:
        if "CX_X" in row:
            values = iter(ELEMENTS)
            lines += [f"EPOCH = {row['EPOCH'].removesuffix('Z')}", "COV_REF_FRAME = GCRF"]
            lines += [" ".join(repr(row[next(values)]) for _ in range(size)) for size in range(1, 7)]
    return "\n".join((text, *lines, "COVARIANCE_STOP"))


def without(seconds: float) -> Change:
    """Removes one covariance."""

    def change(block: dict[str, Any]) -> None:
        row = block["DATA"][int(np.flatnonzero(seconds == STEPS)[0])]
        for name in ELEMENTS:
            del row[name]

    return change


def changed(**values: object) -> Change:
    """Changes the covariance before the TCA."""

    def change(block: dict[str, Any]) -> None:
        block["DATA"][int(np.flatnonzero(KNOWN[0] == STEPS)[0])] |= values

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            without(KNOWN[0]),
            "the ephemeris of BODY 90002 has no covariances around the TCA that are at most 40 minutes",
        ),
        (
            without(KNOWN[1]),
            "the ephemeris of BODY 90002 has no covariances around the TCA that are at most 40 minutes",
        ),
        (changed(CX_X=-1.0), "Z is not positive definite."),
        (changed(CX_X="much"), "BODY 90002: OEM_META_DATA_DATA[0].DATA[26].CX_X must be a number, not 'much'"),
        (changed(COV_REF_FRAME="TNW"), "DATA[26].COV_REF_FRAME must be RTN, RSW, UVW or GCRF, not 'TNW'"),
    ],
)
def test_without_a_valid_covariance_there_is_no_probability(
    change: Change, reason: str, both: tuple[dict[str, Any], ...], radius: float, platform: Platform
) -> None:
    assert radius
    upload(platform, both[0])
    (block,) = both[1]["OEM_META_DATA_DATA"]
    block = {**block, "DATA": [dict(row) for row in block["DATA"]]}
    change(block)
    upload(platform, {**both[1], "OEM_META_DATA_DATA": [block]})
    conjunction = close_encounter(platform)
    newest = conjunction["newest_risk_estimation"]
    assert (newest["collision_probability"], conjunction["criticality"]) == (None, None)
    assert newest["comment"].startswith("No probability: ")
    assert reason in newest["comment"]
    assert elements(platform, "cdms") == []


def test_without_an_area_there_is_a_message_and_no_probability(
    both: tuple[dict[str, Any], ...], radius: float, emulator: Emulator, platform: Platform
) -> None:
    assert radius
    (satellite,) = (one for one in elements(platform, "satellites") if one["norad_ids"] == [NUMBERS[0]])
    emulator.put("satellites", [{**satellite, "area": 0.01}])
    for message in both:
        upload(platform, message)
    newest = close_encounter(platform)["newest_risk_estimation"]
    assert newest["collision_probability"] is None
    assert newest["comment"].startswith("No probability: the stored satellite BODY 90001 states no area")
    assert elements(platform, "cdms")
