"""estimate-covariance: differences between TLEs whose errors are known."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.engines.sgp4_motion import MeanElements, Sgp4Motion
from okapi_sdk.emulator.engines.tle_differences import differences

from .. import samples
from ..candidates import put
from ..conftest import Platform

PATH = "estimate-covariance"
EPOCH = samples.epoch(samples.ISS)
ANOMALY_DEVIATION, MOTION_DEVIATION = 0.005, 2e-6
AXIS = 6783.0


def series(count: int, step: timedelta, seed: int = 0) -> list[tuple[object, Sgp4Motion]]:
    """Sets of one orbit with errors of the mean anomaly (degrees) and the mean motion (revolutions per day)."""
    random = np.random.default_rng(seed)
    truth = MeanElements(EPOCH, 0.0, 0.0, 0.0, 0.0005481, 33.3092, 51.6423, 62.9075, 15.53806849, 126.6422, "0")
    model = Sgp4Motion.of_elements(truth).model
    drift = np.degrees(model.mdot + model.argpdot + model.nodedot * 0) * 1440  # degrees per day along the orbit
    sets = []
    for index in range(count):
        days = index * step / timedelta(days=1)
        perigee, node = (np.degrees(rate) * 1440 * days for rate in (model.argpdot, model.nodedot))
        anomaly = truth.mean_anomaly + (drift - np.degrees(model.argpdot) * 1440) * days
        elements = truth._replace(
            epoch=EPOCH + index * step,
            argument_of_perigee=(truth.argument_of_perigee + perigee) % 360,
            node=(truth.node + node) % 360,
            mean_anomaly=float((anomaly + random.normal() * ANOMALY_DEVIATION) % 360),
            mean_motion=truth.mean_motion + random.normal() * MOTION_DEVIATION,
        )
        sets.append((elements.epoch, Sgp4Motion.of_elements(elements)))
    return sets


def later(days: int) -> samples.Tle:
    """The elements of the ISS, stated for a later epoch."""
    line1, line2 = samples.ISS
    return samples.with_checksums((line1[:18] + f"{18218.76369510 + days:14.8f}" + line1[32:], line2))


def test_the_covariance_is_that_of_the_errors() -> None:
    samples_ = differences(series(60, timedelta(days=0.5)), timedelta(days=6))
    assert [round(one.days) for one in samples_] == [0, 1, 2, 3, 4, 5, 6]
    for one in samples_:
        # both sets have an error of the anomaly; that of the older motion grows with the age
        anomaly = np.sqrt(2) * np.radians(ANOMALY_DEVIATION)
        motion = 2 * np.pi * MOTION_DEVIATION * one.days
        expected = AXIS * np.hypot(anomaly, motion)
        assert one.covariance[1, 1] ** 0.5 == pytest.approx(expected, rel=0.35)
        assert one.covariance[0, 0] ** 0.5 < 0.1 * expected


def test_stored_tles_give_a_covariance_for_each_age(emulator: Emulator, platform: Platform) -> None:
    lines = [later(days) for days in range(12)]
    put(emulator, *lines[:-1])
    body = {"orbit": {"type": "tle.txt", "content": "\n".join(lines[-1])}}
    answer = platform.calculate(PATH, body, "simple")
    assert answer["status"]["type"] == "NONE"
    for words in ("12 TLEs", "not how accurate", "the platform's method is undocumented"):
        assert words in answer["status"]["text"]
    assert [(round(row["age_days"]), row["differences"]) for row in answer["covariances"]] == [(1, 11), (2, 10)]
    assert {"mean_t", "cx_x", "cz_dot_z_dot", "covariance_frame"} <= set(answer["covariances"][0])
    text = "\n".join("\n".join(("NAME", *pair)) for pair in lines)
    emulator.reset()
    with Platform(emulator) as again:
        repeated = again.calculate(PATH, {"orbit": {"type": "tle.txt", "content": text}}, "simple")
    assert repeated["covariances"] == answer["covariances"]


def test_one_tle_has_no_covariance(platform: Platform) -> None:
    body = {"orbit": {"type": "tle.txt", "content": "\n".join(samples.ISS)}}
    status = platform.calculate(PATH, body, "simple")["status"]
    assert (status["type"], status["input_problem"]) == ("FATAL", True)
    assert "1 usable TLEs within 30 days give fewer than 10 differences" in status["text"]


def test_tles_of_two_objects_are_refused(platform: Platform) -> None:
    text = "\n".join((*samples.ISS, *samples.renumbered(samples.ISS, "00005")))
    answer = platform.http.post(f"/{PATH}/requests", json={"orbit": {"type": "tle.txt", "content": text}})
    assert answer.status_code == 422
    assert "TLEs of several objects" in answer.json()["status"]["text"]
