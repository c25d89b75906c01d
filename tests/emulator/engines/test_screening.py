"""Closest approaches of straight lines, whose times and distances are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from okapi_sdk.emulator.engines.arrays import Array
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.screening import closest_approaches

START = datetime(2024, 1, 1, tzinfo=UTC)
END = START + timedelta(hours=1)


class StraightLine:
    """A constant velocity from a position at `START`."""

    method = "by hand"
    period = 5400.0

    def __init__(self, position: tuple[float, float, float], velocity: tuple[float, float, float]) -> None:
        self.position = np.array(position)
        self.velocity = np.array(velocity)

    def gcrf(self, instants: Instants) -> tuple[Array, Array]:
        seconds = instants.seconds + (instants.origin - START).total_seconds()
        positions = self.position[:, np.newaxis] + np.outer(self.velocity, seconds)
        return positions, np.repeat(self.velocity[:, np.newaxis], seconds.size, axis=1)

    def earth_fixed(self, instants: Instants) -> Array:
        raise NotImplementedError


FIRST = StraightLine((7000.0, 0.0, 0.0), (0.0, 7.5, 0.0))


def crossing(seconds: float, radial: float) -> StraightLine:
    """A line that crosses the first one at a right angle after some seconds, `radial` km above it."""
    return StraightLine((7000.0 + radial, 7.5 * seconds, -7.5 * seconds), (0.0, 0.0, 7.5))


def test_time_distance_and_relative_motion() -> None:
    (one,) = closest_approaches(FIRST, crossing(1234.5, 0.4), START, END, 1.0)
    assert abs((one.tca - START).total_seconds() - 1234.5) < 1e-3
    assert one.encounter.miss_distance == pytest.approx(0.4, abs=1e-6)
    assert one.encounter.relative_speed == pytest.approx(7.5 * 2**0.5)


@pytest.mark.parametrize("radial", [0.0, 1e-9])
def test_a_collision_is_found_although_the_distance_has_a_kink(radial: float) -> None:
    (one,) = closest_approaches(FIRST, crossing(2000.0, radial), START, END, 1.0)
    assert abs((one.tca - START).total_seconds() - 2000) < 1e-3


def test_the_limit_holds() -> None:
    assert list(closest_approaches(FIRST, crossing(1234.5, 1.001), START, END, 1.0)) == []
    assert len(list(closest_approaches(FIRST, crossing(1234.5, 0.999), START, END, 1.0))) == 1


@pytest.mark.parametrize(("seconds", "edge"), [(-60.0, START), (3660.0, END)])
def test_objects_that_are_nearest_at_an_edge_of_the_span_count(seconds: float, edge: datetime) -> None:
    (one,) = closest_approaches(FIRST, crossing(seconds, 0.1), START, END, 1000.0)
    assert abs((one.tca - edge).total_seconds()) < 1e-3
    assert one.encounter.miss_distance == pytest.approx(60 * 7.5 * 2**0.5, rel=1e-4)
    assert list(closest_approaches(FIRST, crossing(seconds, 0.1), START, END, 600.0)) == []


@pytest.mark.parametrize("apart", [0.0, 0.25])
def test_objects_that_stay_together_count_once_from_the_start(apart: float) -> None:
    (one,) = closest_approaches(FIRST, StraightLine((7000.0 + apart, 0.0, 0.0), (0.0, 7.5, 0.0)), START, END, 1.0)
    assert abs((one.tca - START).total_seconds()) < 1e-3
    assert one.encounter.miss_distance == apart


@pytest.mark.parametrize("length", [0.01, 1.0, 40.0])
def test_a_span_shorter_than_a_step_is_screened(length: float) -> None:
    end = START + timedelta(seconds=length)
    (one,) = closest_approaches(FIRST, crossing(length / 2, 0.3), START, end, 1.0)
    assert abs((one.tca - START).total_seconds() - length / 2) < 1e-3
