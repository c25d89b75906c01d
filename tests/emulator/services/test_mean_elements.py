"""Mean elements as an OMM: the results of the TLE with the same numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from okapi_sdk.emulator.bodies.fields import InputProblemError
from okapi_sdk.emulator.bodies.omm import read_omm
from okapi_sdk.emulator.bodies.tle import Tle, read_tle
from okapi_sdk.emulator.services.omm import omm_of

from .. import samples
from ..conftest import Platform
from .test_predict_passes import PATH, TLES

SATELLITES = ("ISS", "T0001", "28626", "08195", "88888")


def elements(name: str = "ISS") -> Tle:
    return read_tle("\n".join(TLES[name]))


def message(tle: Tle) -> dict[str, dict[str, object]]:
    return omm_of(tle, tle.epoch)


@pytest.mark.parametrize("name", SATELLITES)
def test_states_are_those_of_the_tle(platform: Platform, name: str) -> None:
    body = samples.propagation(TLES[name], elements(name).epoch + timedelta(hours=3))
    orbit = {"type": "omm.json", "content": message(elements(name))}
    ours = platform.calculate("propagate-orbit/sgp4", {**body, "orbit": orbit}, "simple")["states"]
    theirs = platform.calculate("propagate-orbit/sgp4", body, "simple")["states"]
    assert [state["epoch"] for state in ours] == [state["epoch"] for state in theirs]
    for state, reference in zip(ours, theirs, strict=True):
        assert [state[axis] for axis in "xyz"] == pytest.approx([reference[axis] for axis in "xyz"], abs=1e-5)


def test_passes_need_no_catalogue_number_that_a_tle_could_hold(platform: Platform) -> None:
    body = samples.passes(samples.ISS)
    flat = {key: value for block in message(elements()).values() for key, value in block.items()}
    orbit = {"type": "omm.json", "content": flat | {"NORAD_CAT_ID": 399001}}
    assert (
        platform.calculate(PATH, {**body, "orbit": orbit}, "summary")["passes"]
        == (platform.calculate(PATH, body, "summary")["passes"])
    )


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("EPOCH", None, "lacks a valid EPOCH"), ("MEAN_MOTION", "often", "lacks a valid MEAN_MOTION"),
        ("MEAN_MOTION", 0, "from 0 to 18"), ("ECCENTRICITY", 1, "from 0 to 1"), ("TIME_SYSTEM", "TAI", "must be UTC"),
        ("REF_FRAME", "GCRF", "must be TEME"), ("CENTER_NAME", "MOON", "must be EARTH"),
    ],
)  # fmt: skip
def test_other_elements_are_refused_by_name(key: str, value: Any, problem: str) -> None:
    flat = {name: item for block in message(elements()).values() for name, item in block.items()}
    with pytest.raises(InputProblemError, match=problem):
        read_omm({**flat, key: value}, "orbit.content")
    with pytest.raises(InputProblemError, match="must be an object"):
        read_omm("text", "orbit.content")
