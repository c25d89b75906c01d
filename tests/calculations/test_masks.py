"""Passes over an elevation mask, against the emulator's own search with that mask as its horizon."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okapi_sdk import (
    ElevationMask,
    InputError,
    OkapiClient,
    Passes,
    PassSummary,
    PredictPasses,
    PropagationSettings,
    Status,
    TimeWindow,
    Tle,
)
from okapi_sdk.calculations.sky_track import Look, SkyTrack
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.bodies.tle import read_tle
from okapi_sdk.emulator.engines.local_sky import LocalSky
from okapi_sdk.emulator.engines.search import Span, positive_spans
from okapi_sdk.emulator.services.motions import motion_of
from tests.models.samples import LINES, brunswick, checked

HILLS = ElevationMask(points={0: 3, 40: 12, 41: 2, 120: 5, 180: 20, 181: 5, 250: 8, 300: 15, 330: 4})
DAY = TimeWindow.parse("2018-08-07T00:00Z", "2018-08-08T00:00Z")
MOLNIYA = "\n".join(
    map(
        checked,
        (
            "1 99999U          18218.76369510  .00000000  00000-0  00000-0 0  9990",
            "2 99999  63.4000 100.0000 7200000 270.0000  20.0000  2.00610000    10",
        ),
    )
)


def sky(lines: str) -> LocalSky:
    place = brunswick()
    location = {"latitude": place.latitude, "longitude": place.longitude, "altitude": place.altitude}
    return LocalSky(motion_of(read_tle(lines)), DAY.start, **location)


def engine(lines: str, mask: ElevationMask) -> list[Span]:
    """What the emulator finds if the mask is its horizon."""
    heavens = sky(lines)

    def margin(seconds: Any) -> Any:
        look = heavens.look_angles(seconds)
        above = look.elevation - np.array([mask.at(azimuth) for azimuth in look.azimuth.tolist()])
        return np.minimum(above, look.elevation)

    return positive_spans(margin, 0.0, DAY.duration.total_seconds(), 2.0, margin=20.0)


@pytest.fixture(scope="module")
def predicted() -> dict[tuple[str, int], Passes]:
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        return {
            (lines, step): client.run(
                PredictPasses(
                    orbit=Tle.parse(lines),
                    ground_location=brunswick(),
                    time_window=DAY,
                    settings=PropagationSettings(output_step_size=step),
                )
            )
            for lines in (LINES, MOLNIYA)
            for step in (10, 60, 120)
        }


Predicted = dict[tuple[str, int], Passes]


def seconds(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - DAY.start).total_seconds()


@pytest.mark.parametrize("step", [10, 60, 120])
@pytest.mark.parametrize("lines", [LINES, MOLNIYA], ids=["ISS", "Molniya"])
@pytest.mark.parametrize("mask", [ElevationMask.constant(5), ElevationMask.constant(30), HILLS])
def test_times_are_those_of_the_engine(predicted: Predicted, lines: str, step: int, mask: ElevationMask) -> None:
    passes = predicted[lines, step]
    spans = engine(lines, mask)
    visible = passes.visible_over(mask)
    assert len(visible) == len(spans) > 0
    heavens = sky(lines)
    for one, span in zip(visible, spans, strict=True):
        assert [seconds(one.start), seconds(one.end)] == pytest.approx([span.start, span.end], abs=0.006)
        edges = heavens.look_angles(np.array([seconds(one.start), seconds(one.end)]))
        if one.aos is not None and one.los is not None:
            found = [one.aos_azimuth, one.los_azimuth]
            assert (one.aos, one.los) == (one.start, one.end)
            assert found == pytest.approx(edges.azimuth.tolist(), abs=1e-3)
        inside = heavens.look_angles(np.linspace(span.start, span.end, 2000))
        assert one.max_elevation == pytest.approx(inside.elevation.max(), abs=1e-3)
        assert one.min_range == pytest.approx(inside.range.min(), abs=0.05)
        assert [point.epoch for point in one.track] == sorted({point.epoch for point in one.track})
        assert (one.track[0].epoch, one.track[-1].epoch) == (one.start, one.end)


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.integers(0, 359), st.integers(-2, 40), min_size=1, max_size=8).map(
        lambda points: ElevationMask(points=points)
    )
)
def test_no_interval_is_lost(predicted: Predicted, mask: ElevationMask) -> None:
    spans = [span for span in engine(LINES, mask) if span.end - span.start > 2]
    visible = predicted[LINES, 60].visible_over(mask)
    found = [(seconds(one.start), seconds(one.end)) for one in visible if one.duration > timedelta(seconds=2)]
    assert len(found) == len(spans)
    for times, span in zip(found, spans, strict=True):
        assert times == pytest.approx((span.start, span.end), abs=0.02)
    kept = {one.start for one in predicted[LINES, 60].above(mask)}
    assert len(kept) <= len(visible) or not spans
    assert all(any(start <= one.start <= one.end for start in kept) for one in visible)


def test_a_mask_below_the_horizon_changes_nothing(predicted: Predicted) -> None:
    passes = predicted[LINES, 60]
    assert passes.visible_over(0) == passes.visible_over(ElevationMask(points={0: -5, 90: 0})) == passes
    assert passes.above(ElevationMask(points={0: -5, 90: 0})) == passes
    assert len(passes.visible_over(90)) == len(passes.above(HILLS.model_copy(update={"points": {0: 89, 1: 90}}))) == 0


def test_the_status_and_other_fields_stay(predicted: Predicted) -> None:
    passes = predicted[LINES, 60]
    rows = [{**row, "orbit_number": 7} for row in passes._rows]
    extended = Passes(rows, status=Status.of({"status": {"type": "WARNING", "text": "old TLE"}}), raw=passes.raw)
    visible = extended.visible_over(10)
    assert visible.status.text == "old TLE"
    assert {one.model_extra["orbit_number"] for one in visible if one.model_extra} == {7}


def test_a_pass_cut_off_by_the_window_keeps_its_open_end(predicted: Predicted) -> None:
    highest = max(predicted[LINES, 60], key=lambda one: one.max_elevation or 0.0)
    assert highest.culmination is not None
    minute = TimeWindow.starting(highest.culmination - timedelta(seconds=30), timedelta(seconds=60))
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        passes = client.run(
            PredictPasses(
                orbit=Tle.parse(LINES),
                ground_location=brunswick(),
                time_window=minute,
                settings=PropagationSettings(output_step_size=10),
            )
        )
    assert passes.visible_over(10) == passes
    (one,) = passes.visible_over((highest.max_elevation or 0.0) - 0.5)
    assert minute.start < one.start < highest.culmination < one.end < minute.end
    assert (one.aos, one.los) == (one.start, one.end)
    *_, late = passes.visible_over(ElevationMask(points={one.aos_azimuth: 80, (one.los_azimuth or 0.0): 0}))
    assert (late.los, late.los_azimuth, late.end) == (None, None, minute.end)
    assert late.start == late.aos


def test_a_summary_has_no_tracks(predicted: Predicted) -> None:
    passes = predicted[LINES, 60]
    rows = [{key: value for key, value in row.items() if key != "track"} for row in passes._rows]
    summary = PassSummary(rows, status=passes.status, raw=passes.raw)
    constant = summary.above(ElevationMask.constant(10))
    assert [one.start for one in constant] == [one.start for one in passes.above(10)]
    assert len(constant) == len(passes.visible_over(10)) > 0
    for refused in (lambda: summary.above(HILLS), lambda: summary.visible_over(10)):
        with pytest.raises(InputError, match=r"track: a track of at least two points.*the summary has no tracks"):
            refused()


@pytest.mark.parametrize("mask", [91, "10", None, float("nan")])
def test_other_masks_are_refused(predicted: Predicted, mask: Any) -> None:
    for method in (predicted[LINES, 60].visible_over, predicted[LINES, 60].above):
        with pytest.raises(InputError, match="elevation: an angle from -90 to 90 degrees"):
            method(mask)


def test_a_coarse_track_is_refused_if_it_matters(predicted: Predicted) -> None:
    passes = predicted[LINES, 10]
    rows = [{**row, "track": [row["track"][0], row["track"][-1]]} for row in passes._rows]
    coarse = Passes(rows, status=passes.status, raw=passes.raw)
    with pytest.raises(InputError, match=r"track: points close enough .*2 points, up to .*output_step_size=60\)"):
        coarse.visible_over(10)
    # A mask that is lower or higher all along a low pass needs no interpolation.
    low = [row for row in rows if row["max_elevation"] < 10]
    assert low
    coarse = Passes(low, status=passes.status, raw=passes.raw)
    steps = ElevationMask(points={0: -1, 90: 0})
    assert list(coarse.visible_over(steps)) == list(coarse)
    assert len(coarse.visible_over(ElevationMask(points={0: 11, 180: 12}))) == 0


def looks(heavens: LocalSky, times: list[float]) -> list[Look]:
    angles = heavens.look_angles(np.array(times))
    columns = (column.tolist() for column in (angles.azimuth, angles.elevation, angles.range))
    return [Look(*values) for values in zip(times, *columns, strict=True)]


@pytest.mark.parametrize("lines", [LINES, MOLNIYA], ids=["ISS", "Molniya"])
@pytest.mark.parametrize("gap", [20, 60, 120, 240, 480])
@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_the_error_is_estimated(lines: str, gap: int, count: int) -> None:
    heavens = sky(lines)
    first = engine(lines, ElevationMask.constant(0))[1].start
    track = SkyTrack(looks(heavens, [first + gap * index for index in range(count)]))
    between = np.linspace(first, first + gap * (count - 1), 301).tolist()
    worst = 0.0
    for time, true in zip(between, looks(heavens, between), strict=True):
        found = track.look(time)
        cosine = np.sin(np.radians(found.elevation)) * np.sin(np.radians(true.elevation)) + np.cos(
            np.radians(found.elevation)
        ) * np.cos(np.radians(true.elevation)) * np.cos(np.radians(found.azimuth - true.azimuth))
        worst = max(worst, float(np.degrees(np.arccos(min(1.0, cosine)))))
    assert worst <= (1 if lines is LINES else 5) * track.error_deg + 1e-5
