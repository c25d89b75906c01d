"""Inputs that the tests of models and calculations share."""

from __future__ import annotations

from typing import Any

from okapi_sdk import GroundLocation, Oem, Opm, OpmData, PredictPasses, PropagateOrbit, StateVector, TimeWindow, Tle

LINE1 = "1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993"
LINE2 = "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382"
LINES = f"{LINE1}\n{LINE2}"

STATE: dict[str, Any] = {
    "epoch": "2016-07-21T00:31:50.000Z",
    "x": 615.119526,
    "y": -7095.644839,
    "z": -678.668352,
    "x_dot": 0.390367,
    "y_dot": 0.741902,
    "z_dot": -7.39698,
}
"""The state of the platform's NEPTUNE examples."""
OPM_STATE = {key.upper(): value for key, value in STATE.items()}
OEM: dict[str, Any] = {
    "OEM_HEADER": {
        "CCSDS_OEM_VERS": 2.0,
        "CREATION_DATE": "2020-09-18T10:00:00.000Z",
        "ORIGINATOR": "OKAPI:Orbits GmbH",
        "COMMENTS": [],
    },
    "OEM_META_DATA_DATA": [
        {
            "OBJECT_NAME": "Unspecified",
            "OBJECT_ID": "Unspecified",
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "GCRF",
            "TIME_SYSTEM": "UTC",
            "START_TIME": "2016-07-21T00:31:50.000Z",
            "STOP_TIME": "2016-07-23T00:31:50.000Z",
            "DATA": [OPM_STATE],
        }
    ],
}
"""The OEM of the platform's documentation of results."""


def checked(line: str) -> str:
    """A TLE line with its last column replaced by the right checksum."""
    digits = sum(int(sign) for sign in line[:68] if sign in "0123456789") + line[:68].count("-")
    return f"{line[:68]}{digits % 10}"


def changed(line: str, first: int, text: str) -> str:
    """A TLE line with other text from a column on, and the checksum that fits."""
    return checked(line[: first - 1] + text + line[first - 1 + len(text) :])


def tle() -> Tle:
    return Tle.parse(LINES)


def state(**changes: Any) -> StateVector:
    return StateVector(**{**STATE, **changes})


def opm() -> Opm:
    return Opm(data=OpmData.model_validate(OPM_STATE))


def oem() -> Oem:
    return Oem.model_validate(OEM)


def brunswick() -> GroundLocation:
    return GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48)


def evening() -> TimeWindow:
    return TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")


def passes(**changes: Any) -> PredictPasses:
    return PredictPasses(**{"orbit": tle(), "ground_location": brunswick(), "time_window": evening(), **changes})


def propagation(**changes: Any) -> PropagateOrbit:
    return PropagateOrbit(**{"orbit": state(), "end": "2016-07-23T00:31:50.000Z", **changes})
