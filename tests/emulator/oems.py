"""Orbit ephemeris messages made from SGP4 states, in every frame."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import astropy.units as u
import numpy as np
from astropy.coordinates import GCRS, ITRS, CartesianDifferential, CartesianRepresentation
from astropy.time import Time

from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion

from . import samples
from .reference import iers

STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
START = datetime.fromisoformat("2018-08-07T17:30:00Z")
assert not iers.conf.auto_download


def states(tle: samples.Tle, start: datetime, seconds: Any, frame: str) -> Any:
    """Rows of six: SGP4 in TEME, or turned to GCRF or ITRF by astropy's tables."""
    orbit, at = Sgp4Motion(*tle), Instants(start, np.asarray(seconds, dtype=float))
    if frame == "TEME":
        return np.concatenate(orbit.teme(at)).T
    gcrf = np.concatenate(orbit.gcrf(at)).T
    if frame == "GCRF":
        return gcrf
    time = Time([(start + timedelta(seconds=float(s))).replace(tzinfo=None) for s in at.seconds], scale="utc")
    given = GCRS(
        CartesianRepresentation(gcrf[:, :3].T * u.km, differentials=CartesianDifferential(gcrf[:, 3:].T * u.km / u.s)),
        obstime=time,
    )
    turned = given.transform_to(ITRS(obstime=time)).cartesian
    return np.concatenate((turned.xyz.to_value(u.km), turned.differentials["s"].d_xyz.to_value(u.km / u.s))).T


def oem(
    tle: samples.Tle = samples.ISS,
    start: datetime = START,
    hours: float = 7.0,
    step: float = 60.0,
    frame: str = "GCRF",
    segments: int = 1,
) -> dict[str, Any]:
    total = np.arange(0, hours * 3600 + step / 2, step)
    blocks = []
    # The last state of a segment is the first of the next.
    edges = np.linspace(0, total.size - 1, segments + 1).astype(int)
    for first, last in pairwise(edges):
        seconds = total[first : last + 1]
        rows = states(tle, start, seconds, frame).round(9).tolist()
        blocks.append(
            {
                "OBJECT_NAME": "TEST",
                "OBJECT_ID": "25544",
                "CENTER_NAME": "EARTH",
                "REF_FRAME": "ITRF2000" if frame == "ITRF" else frame,
                "TIME_SYSTEM": "UTC",
                "DATA": [
                    {"EPOCH": samples.iso(start + timedelta(seconds=second)), **dict(zip(STATE, row, strict=True))}
                    for second, row in zip(seconds.tolist(), rows, strict=True)
                ],
            }
        )
    header = {"CCSDS_OEM_VERS": 2.0, "CREATION_DATE": samples.iso(start), "ORIGINATOR": "TEST"}
    return {"OEM_HEADER": header, "OEM_META_DATA_DATA": blocks}


def kvn(message: dict[str, Any]) -> str:
    lines = [f"{key} = {value}" for key, value in message["OEM_HEADER"].items()]
    for block in message["OEM_META_DATA_DATA"]:
        lines += ["", "META_START", "COMMENT made for a test"]
        lines += [f"{key:<12} = {value}" for key, value in block.items() if key != "DATA"]
        lines += ["META_STOP", ""]
        for row in block["DATA"]:
            lines.append(" ".join([row["EPOCH"].removesuffix("Z"), *(repr(row[name]) for name in STATE)]))
        lines += ["COVARIANCE_START", f"EPOCH = {block['DATA'][0]['EPOCH']}", "1.0", "COVARIANCE_STOP"]
    return "\n".join(lines)
