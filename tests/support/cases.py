"""Inputs that many tests use."""

from __future__ import annotations

from okapi_sdk import (
    GroundLocation,
    PredictPasses,
    PropagateOrbit,
    PropagationSettings,
    TimeWindow,
    Tle,
)

ISS = """ISS (ZARYA)
1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
"""


def iss_passes() -> PredictPasses:
    """The ISS over Brunswick in the evening of 2018-08-07: two passes."""
    return PredictPasses(
        orbit=Tle.parse(ISS),
        ground_location=GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48),
        time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
    )


def iss_orbit(step: int = 60) -> PropagateOrbit:
    """The ISS over about a day."""
    end = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z").start
    return PropagateOrbit(orbit=Tle.parse(ISS), end=end, settings=PropagationSettings(output_step_size=step))
