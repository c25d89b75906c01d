"""propagate-orbit: states against sgp4 and astropy, and the mean elements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import GCRS, TEME, CartesianDifferential, CartesianRepresentation
from astropy.time import Time
from sgp4.api import Satrec

from .. import samples
from ..conftest import Platform
from ..reference import iers

PATH = "propagate-orbit/sgp4"
TLES = samples.verification_tles()
assert not iers.conf.auto_download


def states(platform: Platform, body: dict[str, Any]) -> tuple[list[datetime], Any]:
    answer = platform.calculate(PATH, body, "simple")
    assert answer["status"]["type"] == "NONE"
    epochs = [datetime.fromisoformat(state["epoch"]) for state in answer["states"]]
    names = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
    return epochs, np.array([[state[name] for name in names] for state in answer["states"]])


def expected(tle: samples.Tle, epochs: list[datetime]) -> Any:
    """The same states by sgp4 alone, taken from TEME to GCRS by astropy."""
    time = Time([epoch.replace(tzinfo=None) for epoch in epochs], scale="utc")
    codes, positions, velocities = Satrec.twoline2rv(*tle).sgp4_array(time.jd1, time.jd2)
    assert not codes.any()
    teme = TEME(
        CartesianRepresentation(positions.T * u.km, differentials=CartesianDifferential(velocities.T * u.km / u.s)),
        obstime=time,
    )
    gcrs = teme.transform_to(GCRS(obstime=time)).cartesian
    velocity = gcrs.differentials["s"].d_xyz.to_value(u.km / u.s)
    return np.concatenate((gcrs.xyz.to_value(u.km), velocity)).T


@pytest.mark.parametrize(
    ("satellite", "hours", "step"),
    [
        ("ISS", 29.7, 60),
        ("ISS", 240, 7200),
        ("08195", 48, 600),
        ("28626", 24, 30),
        ("28057", 24, 60),
        ("00005", 24, 60),
    ],
)
def test_states_are_gcrf_and_agree_with_astropy(platform: Platform, satellite: str, hours: float, step: float) -> None:
    tle = samples.ISS if satellite == "ISS" else TLES[satellite]
    end = samples.epoch(tle) + timedelta(hours=hours)
    epochs, found = states(platform, samples.propagation(tle, end, step))
    difference = np.abs(found - expected(tle, epochs))
    assert difference[:, :3].max() < 1e-4
    assert difference[:, 3:].max() < 1e-5


def test_after_a_leap_second_an_object_is_behind_by_that_second(platform: Platform) -> None:
    line1, line2 = samples.ISS
    tle = samples.with_checksums((line1[:18] + "16366.50000000" + line1[32:], line2))
    epochs, found = states(platform, samples.propagation(tle, datetime.fromisoformat("2017-01-01T06:00Z"), 3600))
    # SGP4 and TLEs count days of 86,400 s, but the last day of 2016 had one second more. astropy counts it.
    after = [index for index, epoch in enumerate(epochs) if epoch.year == 2017]
    assert 0 < len(after) < len(epochs)
    assert np.abs(found[after] - expected(tle, [epochs[index] for index in after]))[:, :3].max() < 1e-4
    elapsed = (Time([epoch.replace(tzinfo=None) for epoch in epochs], scale="utc") - Time("2016-12-31T12:00")).sec
    satellite = Satrec.twoline2rv(*tle)
    for index in after:
        real, counted = (
            np.array(satellite.sgp4_tsince(seconds / 60)[1]) for seconds in (elapsed[index], elapsed[index] - 1)
        )
        assert np.linalg.norm(counted) == pytest.approx(np.linalg.norm(found[index, :3]), abs=1e-3)
        assert np.linalg.norm(real - counted) == pytest.approx(np.linalg.norm(found[index, 3:]), rel=1e-3)


def test_states_run_from_the_epoch_to_the_end_at_the_step(platform: Platform) -> None:
    end = datetime.fromisoformat("2018-08-08T00:00:00.000Z")
    epochs, _ = states(platform, samples.propagation(samples.ISS, end, 100))
    assert samples.iso(epochs[0]) == "2018-08-06T18:19:43.257Z"
    assert epochs[-1] == end
    steps = [(later - earlier).total_seconds() for earlier, later in pairwise(epochs)]
    assert set(steps[:-1]) == {100.0}
    assert 0 < steps[-1] <= 100


def test_the_step_is_a_minute_unless_given(platform: Platform) -> None:
    end = samples.epoch(samples.ISS) + timedelta(minutes=10)
    epochs, _ = states(platform, samples.propagation(samples.ISS, end))
    assert len(epochs) == 11


def test_both_dialects_are_the_same_request(platform: Platform) -> None:
    end = samples.epoch(samples.ISS) + timedelta(hours=1)
    typed = {
        "tle": "\n".join(samples.ISS),
        "settings": {"propagation_end_epoch": samples.iso(end), "output_step_size": 100},
    }
    generic = samples.propagation(samples.ISS, end, 100)
    assert platform.calculate(PATH, typed, "simple") == platform.calculate(PATH, generic, "simple")


def test_long_ephemerides_come_in_parts(platform: Platform) -> None:
    body = samples.propagation(samples.ISS, samples.epoch(samples.ISS) + timedelta(seconds=25_000), 1)
    id_ = platform.submit(PATH, body)

    def parts() -> Iterator[dict[str, Any]]:
        number, foreseen = 0, True
        while foreseen:
            number += 1
            part = platform.http.get(f"/{PATH}/results/{id_}/simple/{number}").json()
            foreseen = part["next_result_part_foreseen"]
            yield part

    lengths = [len(part["states"]) for part in parts()]
    assert lengths[:2] == [10_000, 10_000]
    assert sum(lengths) in (25_001, 25_002)


def test_the_omm_holds_the_elements_of_the_tle(platform: Platform) -> None:
    tle = samples.renumbered(samples.ISS, "T0001")
    body = samples.propagation(("ISS (ZARYA)\n" + tle[0], tle[1]), samples.epoch(tle) + timedelta(hours=1))
    answer = platform.calculate(PATH, body, "omm")
    assert set(answer) == {"status", "result_part_id", "next_result_part_foreseen", "orbit"}
    omm = answer["orbit"]
    assert set(omm) == {"OMM_HEADER", "OMM_META_DATA", "OMM_DATA"}
    assert omm["OMM_HEADER"]["CCSDS_OMM_VERS"] == 2.0
    assert omm["OMM_META_DATA"] == {
        "OBJECT_NAME": "ISS (ZARYA)",
        "OBJECT_ID": "1998-067A",
        "CENTER_NAME": "EARTH",
        "REF_FRAME": "TEME",
        "TIME_SYSTEM": "UTC",
        "MEAN_ELEMENT_THEORY": "SGP4",
    }
    assert omm["OMM_DATA"] == {
        "EPOCH": "2018-08-06T18:19:43.256640Z",
        "MEAN_MOTION": 15.53806849,
        "ECCENTRICITY": 0.0005481,
        "INCLINATION": 51.6423,
        "RA_OF_ASC_NODE": 126.6422,
        "ARG_OF_PERICENTER": 33.3092,
        "MEAN_ANOMALY": 62.9075,
        "EPHEMERIS_TYPE": 0,
        "CLASSIFICATION_TYPE": "U",
        "NORAD_CAT_ID": 270001,
        "ELEMENT_SET_NO": 999,
        "REV_AT_EPOCH": 12638,
        "BSTAR": 0.29472e-4,
        "MEAN_MOTION_DOT": 0.00001449,
        "MEAN_MOTION_DDOT": 0.0,
    }


def test_the_omm_propagates_as_the_tle_does(platform: Platform) -> None:
    from sgp4 import omm

    end = samples.epoch(samples.ISS) + timedelta(hours=1)
    blocks = platform.calculate(PATH, samples.propagation(samples.ISS, end), "omm")["orbit"]
    fields = {name: str(value) for block in blocks.values() for name, value in block.items()}
    fields["EPOCH"] = fields["EPOCH"].removesuffix("Z")
    from_omm = Satrec()
    omm.initialize(from_omm, fields)
    _, theirs, _ = Satrec.twoline2rv(*samples.ISS).sgp4(2458338.0, 0.25)
    _, ours, _ = from_omm.sgp4(2458338.0, 0.25)
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_a_decayed_satellite_has_no_states(platform: Platform) -> None:
    tle = TLES["28872"]
    answer = platform.calculate(PATH, samples.propagation(tle, samples.epoch(tle) + timedelta(hours=24)), "simple")
    assert answer["status"]["type"] == "FATAL"
    assert "decayed" in answer["status"]["text"]
    assert "states" not in answer
