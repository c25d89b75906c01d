"""TLEs whose orbits cross that of the ISS, and the screening of the ISS against them."""

from __future__ import annotations

from typing import Any

from okapi_sdk.emulator import Emulator

from . import samples

_LINE1, _LINE2 = samples.ISS


def other(number: str, **columns: str) -> samples.Tle:
    """A TLE like that of the ISS with another number and other columns of the second line."""
    line2 = _LINE2
    for name, value in columns.items():
        start, end = {"inclination": (8, 16), "node": (17, 25), "anomaly": (43, 51)}[name]
        line2 = line2[:start] + value.rjust(end - start) + line2[end:]
    return samples.renumbered((_LINE1, line2), number)


# Where two orbits of one shape cross: twice a revolution at the same distance from their common node.
CANDIDATES = {
    "90001": other("90001", inclination="98.2000", anomaly="62.9300"),
    "90002": other("90002", node="206.6422", anomaly="359.1000"),
    "90003": other("90003", anomaly="242.9075"),
}


def put(emulator: Emulator, *tles: samples.Tle) -> None:
    emulator.put("tles", [{"TLE_LINE1": line1, "TLE_LINE2": line2} for line1, line2 in tles])


def tle_body(tle: samples.Tle = samples.ISS) -> dict[str, Any]:
    return {"orbit": {"type": "tle.txt", "content": "\n".join(tle)}}
