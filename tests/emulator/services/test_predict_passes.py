"""Passes, as they come over the wire, against an independent computation: see `reference`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from .. import samples
from ..conftest import Platform
from ..reference import Reference, iers

PATH = "predict-passes/sgp4"
TLES = {**samples.verification_tles(), "ISS": samples.ISS}
TLES["T0001"] = samples.renumbered(samples.ISS, "T0001")
# A true polar orbit, made of CBERS 2.
_cbers1, _cbers2 = TLES["28057"]
TLES["polar"] = samples.with_checksums((_cbers1, _cbers2.replace(" 98.4283 ", " 90.0000 ")))
# The ISS, years before it was there.
for _year, _epoch in (("1963", "63200.50000000"), ("1968", "68131.25000000"), ("1971", "71250.50000000")):
    TLES[_year] = samples.with_checksums((samples.ISS[0].replace("18218.76369510", _epoch), samples.ISS[1]))


@dataclass(frozen=True)
class Case:
    """A satellite over a place, from a time after the epoch of the elements or from a date, for some hours."""

    satellite: str
    latitude: float
    longitude: float
    altitude: float
    start: str | float
    hours: float
    passes: int

    @property
    def window(self) -> tuple[datetime, datetime]:
        if isinstance(self.start, str):
            start = datetime.fromisoformat(self.start)
        else:
            start = (samples.epoch(TLES[self.satellite]) + timedelta(hours=self.start)).replace(microsecond=0)
        return start, start + timedelta(hours=self.hours)


CASES = {
    "the platform's example": Case("ISS", 52.3283, 10.645, 0.048, "2018-08-07T18:00:00Z", 6, 2),
    "Alpha-5 catalogue number": Case("T0001", 52.3283, 10.645, 0.048, "2018-08-07T18:00:00Z", 6, 2),
    "ten days": Case("ISS", 52.3283, 10.645, 0.048, "2018-08-07T18:00:00Z", 240, 62),
    "east of the date line": Case("ISS", -17.0, -179.9, 0.01, "2018-08-07T00:00:00Z", 24, 5),
    "west of the date line": Case("ISS", -17.0, 179.9, 0.01, "2018-08-07T00:00:00Z", 24, 5),
    "east longitude beyond 180": Case("ISS", -17.0, 180.1, 0.01, "2018-08-07T00:00:00Z", 24, 5),
    "grazing, 0.15 degrees": Case("ISS", 56.51589050, 10.645, 0.048, "2018-08-07T20:30:00Z", 0.5, 1),
    "grazing, 0.02 degrees": Case("ISS", 56.72402381, 10.645, 0.048, "2018-08-07T20:30:00Z", 0.5, 1),
    "just below the horizon": Case("ISS", 56.76, 10.645, 0.048, "2018-08-07T20:30:00Z", 0.5, 0),
    "cut at the start": Case("ISS", 52.3283, 10.645, 0.048, "2018-08-07T19:04:00Z", 1, 1),
    "cut at the start, after culmination": Case("ISS", 52.3283, 10.645, 0.048, "2018-08-07T19:09:00Z", 1, 1),
    "cut at the end": Case("ISS", 52.3283, 10.645, 0.048, "2018-08-07T18:30:00Z", 0.55, 1),
    "inside a pass": Case("ISS", 52.3283, 10.645, 0.048, "2018-08-07T19:03:00Z", 0.1, 1),
    "seconds inside a pass": Case("ISS", 52.3283, 10.645, 0.048, "2018-08-07T19:03:00Z", 0.001, 1),
    "geostationary, in view": Case("28626", 0.5, -60.0, 0.0, 0.0, 24, 1),
    "geostationary, behind the Earth": Case("28626", 0.5, 120.0, 0.0, 0.0, 24, 0),
    "geosynchronous, drifting over the horizon": Case("14128", 12.0, 24.0, 0.0, 0.0, 72, 2),
    "Molniya from mid-latitudes": Case("08195", 52.3, 10.6, 0.05, 0.0, 48, 4),
    "Molniya, cut at the end": Case("21897", 64.0, -147.0, 0.2, 0.0, 48, 5),
    "Molniya from Japan": Case("22674", 35.0, 140.0, 0.0, 0.0, 72, 6),
    "transfer orbit": Case("28623", 28.5, -80.6, 0.0, 0.0, 48, 6),
    "polar": Case("polar", -77.85, 166.67, 0.1, 0.0, 24, 14),
    "near the south pole": Case("28057", -89.99, 0.0, 2.8, 0.0, 12, 7),
    "at the north pole": Case("28057", 90.0, 0.0, 0.0, 0.0, 12, 7),
    "sun-synchronous over Svalbard": Case("28057", 78.23, 15.4, 0.45, 0.0, 24, 15),
    "below sea level": Case("ISS", 31.5, 35.5, -0.43, "2018-08-07T18:00:00Z", 24, 7),
    "low inclination from a high mountain": Case("00005", 19.0, -155.0, 4.2, 0.0, 24, 7),
    "near-circular MEO": Case("28129", 48.0, 11.0, 0.5, 0.0, 24, 2),
    "in 1980": Case("88888", 10.0, 179.9, 0.0, 0.0, 48, 7),
}


def calculate(platform: Platform, case: Case, format: str = "summary", step: float = 60) -> list[dict[str, Any]]:
    start, end = case.window
    body = samples.passes(
        TLES[case.satellite],
        latitude=case.latitude,
        longitude=case.longitude,
        altitude=case.altitude,
        start=samples.iso(start),
        end=samples.iso(end),
        step=step,
    )
    answer = platform.calculate(PATH, body, format)
    assert answer["status"]["type"] == "NONE"
    return list(answer["passes"])


def reference(case: Case) -> Reference:
    return Reference(TLES[case.satellite], case.latitude, case.longitude, case.altitude, *case.window)


def apart(one: float, other: float) -> float:
    """The angle between two azimuths, degrees."""
    return abs((one - other + 180) % 360 - 180)


@pytest.mark.parametrize("name", CASES)
def test_passes_agree_with_the_independent_reference(platform: Platform, name: str) -> None:
    case = CASES[name]
    sky = reference(case)
    found, expected = calculate(platform, case), sky.passes()
    assert len(found) == len(expected) == case.passes
    start, end = case.window
    for ours, theirs in zip(found, expected, strict=True):
        for event, edge, clipped in (("aos", "start", start), ("los", "end", end)):
            moment, azimuth = getattr(theirs, event), getattr(theirs, f"{event}_azimuth")
            if moment is None:
                assert ours[event] is ours[f"{event}_azimuth"] is None
                assert ours[edge] == samples.iso(clipped)
            else:
                found_at = datetime.fromisoformat(ours[event])
                late = abs((found_at - moment).total_seconds())
                # A satellite that creeps over the horizon may be late, if it is there to 1/10,000 of a degree.
                assert late < 0.02 or abs(sky.elevation((found_at - start).total_seconds())) < 0.0001
                assert apart(ours[f"{event}_azimuth"], azimuth) < 0.003
                assert ours[edge] == ours[event]
        assert ours["max_elevation"] == pytest.approx(theirs.max_elevation, abs=0.001)
        assert ours["min_range"] == pytest.approx(theirs.min_range, abs=0.02)
        assert ours["start"] <= ours["culmination"] <= ours["end"]


@pytest.mark.parametrize("year", ["1963", "1968", "1971"])
def test_passes_before_utc_had_leap_seconds_agree_with_the_iers(platform: Platform, year: str) -> None:
    # Only series B of the IERS goes back to 1962.
    with iers.earth_orientation_table.set(iers.IERS_B.open()):
        case = Case(year, 52.3283, 10.645, 0.048, 3.0, 24, 0)
        found, expected = calculate(platform, case), reference(case).passes()
    assert len(found) == len(expected) > 3
    for ours, theirs in zip(found, expected, strict=True):
        for event in ("aos", "los"):
            if (moment := getattr(theirs, event)) is not None:
                assert abs((datetime.fromisoformat(ours[event]) - moment).total_seconds()) < 0.02
        assert ours["max_elevation"] == pytest.approx(theirs.max_elevation, abs=0.002)


@pytest.mark.parametrize("name", ["the platform's example", "ten days", "Molniya, cut at the end", "cut at the end"])
def test_the_culmination_is_where_the_reference_is_highest(platform: Platform, name: str) -> None:
    case = CASES[name]
    sky = reference(case)
    for ours, theirs in zip(calculate(platform, case), sky.passes(), strict=True):
        # By its height, not its time: the top of a high orbit's pass is flat.
        second = (datetime.fromisoformat(ours["culmination"]) - case.window[0]).total_seconds()
        assert sky.elevation(second) == pytest.approx(theirs.max_elevation, abs=0.002)


@pytest.mark.parametrize("name", ["the platform's example", "cut at the start", "Molniya from mid-latitudes"])
def test_the_track_follows_the_reference(platform: Platform, name: str) -> None:
    case = CASES[name]
    sky = reference(case)
    passes = calculate(platform, case, "simple", step=20)
    assert passes
    for found in passes:
        track = found["track"]
        times = [datetime.fromisoformat(point["epoch"]) for point in track]
        assert (track[0]["epoch"], track[-1]["epoch"]) == (found["start"], found["end"])
        steps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
        assert set(steps[:-1]) == {20.0}
        assert 0 < steps[-1] <= 20
        seconds = np.array([(time - case.window[0]).total_seconds() for time in times])
        for point, azimuth, elevation, distance in zip(track, *sky.look(seconds), strict=True):
            # Near the zenith the azimuth says little: what counts is the distance on the sky.
            assert apart(point["azimuth"], azimuth) * math.cos(math.radians(elevation)) < 0.001
            assert point["elevation"] == pytest.approx(elevation, abs=0.001)
            assert point["range"] == pytest.approx(distance, abs=0.02)


def test_a_pass_shorter_than_the_search_step_is_found(platform: Platform) -> None:
    case = Case("ISS", 56.75537309, 10.645, 0.048, "2018-08-07T20:30:00Z", 0.5, 1)
    (found,) = calculate(platform, case)
    assert 0 < found["max_elevation"] < 0.001
    length = datetime.fromisoformat(found["los"]) - datetime.fromisoformat(found["aos"])
    assert length < timedelta(seconds=10)
    # The time of such a crossing says little; its elevation must be that of the horizon.
    for event in ("aos", "los"):
        second = (datetime.fromisoformat(found[event]) - case.window[0]).total_seconds()
        assert reference(case).elevation(second) == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("geostationary, behind the Earth", "No passes: the satellite is never above the horizon"),
        ("geostationary, in view", "1 pass."),
        ("the platform's example", "2 passes."),
    ],
)
def test_the_status_says_what_was_found(platform: Platform, name: str, text: str) -> None:
    case = CASES[name]
    start, end = (samples.iso(edge) for edge in case.window)
    body = samples.passes(TLES[case.satellite], latitude=case.latitude, longitude=case.longitude, start=start, end=end)
    status = platform.calculate(PATH, body, "simple")["status"]
    assert status["text"].startswith(text)


def test_a_window_with_microseconds_keeps_its_edges_to_the_nearest_millisecond(platform: Platform) -> None:
    body = samples.passes(start="2018-08-07T19:03:00.000600Z", end="2018-08-07T19:04:00.000400Z")
    (found,) = platform.calculate(PATH, body, "simple")["passes"]
    assert (found["start"], found["end"]) == ("2018-08-07T19:03:00.001Z", "2018-08-07T19:04:00.000Z")


@pytest.mark.parametrize(
    ("satellite", "meaning"),
    [
        ("28872", "has decayed (SGP4 error 6)"),
        ("33334", "(SGP4 error 3)"),
        ("33333", "but its orbit reaches 31,000 km"),
    ],
)
def test_elements_that_fail_within_the_window_are_fatal(platform: Platform, satellite: str, meaning: str) -> None:
    tle = samples.with_checksums(TLES[satellite])
    start = samples.epoch(tle)
    body = samples.passes(tle, start=samples.iso(start), end=samples.iso(start + timedelta(hours=24)))
    answer = platform.calculate(PATH, body, "simple")
    assert answer["status"]["type"] == "FATAL"
    assert meaning in answer["status"]["text"]
    assert "passes" not in answer
