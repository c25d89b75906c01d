"""Elevation masks: interpolation around the horizon, and files."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import ElevationMask, InputError

elevations = st.floats(-5, 60)
masks = st.dictionaries(st.integers(0, 35_999).map(lambda units: units / 100), elevations, min_size=1, max_size=12).map(
    lambda points: ElevationMask(points=points)
)


@given(masks, st.floats(-720, 720))
def test_interpolation_is_that_of_numpy(mask: ElevationMask, azimuth: float) -> None:
    azimuths, heights = zip(*mask.points, strict=True)
    assert mask.at(azimuth) == pytest.approx(np.interp(azimuth, azimuths, heights, period=360), abs=1e-9)
    assert mask.lowest - 1e-9 <= mask.at(azimuth) <= mask.highest + 1e-9


@given(masks)
def test_points_are_kept(mask: ElevationMask) -> None:
    for azimuth, elevation in mask.points:
        assert mask.at(azimuth) == elevation
        assert mask.at(azimuth + 360) == pytest.approx(elevation, abs=1e-6)
    assert ElevationMask.model_validate_json(mask.model_dump_json()) == mask
    text = "".join(f"{azimuth!r},{elevation!r}\n" for azimuth, elevation in reversed(mask.points))
    assert ElevationMask.parse(f"azimuth,elevation\n{text}") == mask


def test_a_constant_is_the_same_everywhere() -> None:
    mask = ElevationMask.constant(10)
    assert {mask.at(azimuth) for azimuth in range(-360, 720, 7)} == {10.0}
    assert (mask.lowest, mask.highest) == (10.0, 10.0)


def test_north_is_0_and_360() -> None:
    mask = ElevationMask(points=[(360, 4), (180, 10)])
    assert mask == ElevationMask(points=((0, 4), (180, 10), (360, 4)))
    assert (mask.at(0), mask.at(90), mask.at(270), mask.at(359)) == (4.0, 7.0, 7.0, pytest.approx(4 + 6 / 180))


@pytest.mark.parametrize(
    ("points", "problem"),
    [
        ([], "at least one point"), ([(361, 1)], "azimuths from 0 to 360 degrees, not 361"),
        ([(-1, 1)], "azimuths from 0"), ([(0, 91)], "elevations from -90 to 90 degrees, not 91"),
        ([(10, 1), (10, 2)], "one elevation for each azimuth; 10 has two"), ([(0, 1), (360, 2)], "0 has two"),
        ([(0, math.nan)], "finite"), ([("0", 1)], "a number"), ([(0,)], "given: nothing"), (7, "given: 7"),
        (None, "given: None"), ("0,1", "given: '0,1'"),
    ],
)  # fmt: skip
def test_other_points_are_refused(points: Any, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        ElevationMask(points=points)
    assert caught.value.field.startswith("points")


@pytest.mark.parametrize("elevation", [91, -91, math.nan, math.inf, "5", None, True])
def test_other_constants_are_refused(elevation: Any) -> None:
    with pytest.raises(InputError, match="elevation: an angle from -90 to 90"):
        ElevationMask.constant(elevation)


@pytest.mark.parametrize("azimuth", [math.nan, math.inf, "5", None])
def test_other_azimuths_are_refused(azimuth: Any) -> None:
    with pytest.raises(InputError, match="azimuth: a finite number"):
        ElevationMask.constant(1).at(azimuth)


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mask.csv"
    file.write_text("# surveyed\nElevation,Azimuth\n5,0\n\n12.5,90\n", encoding="utf-8")
    assert ElevationMask.load(file) == ElevationMask(points={0: 5, 90: 12.5})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("azimuth,elevation\n0,x\n1,", r"0\.elevation: line 2: a number of degrees.*\n1\.elevation: line 3: a number"),
        ("azimuth,elevation\n0,1\n5", "1: line 3: 2 cells"), ("azimuth,elevation\n", "at least one point"),
        ("azimuth,height\n0,1", "height: line 1: unknown column"), ("azimuth;elevation\n0;1", "not semicolons"),
        (b"azimuth", "decode bytes"), ("azimuth,elevation\n0,1\n0,2", "one elevation for each azimuth"),
    ],
)  # fmt: skip
def test_other_text_is_refused(text: Any, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        ElevationMask.parse(text)
