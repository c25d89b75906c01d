from __future__ import annotations

import httpx
import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock

from .. import samples
from ..conftest import Platform, credentials

PASSES = "predict-passes/sgp4"


def test_the_next_matching_calls_fail_and_no_others(emulator: Emulator, platform: Platform) -> None:
    emulator.fail_next(503, times=2, path="/results/", method="get", headers={"Retry-After": "7"})
    id_ = platform.submit(PASSES, samples.passes())
    answers = [platform.http.get(f"/{PASSES}/results/{id_}/simple") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].json()["status"]["type"] == "FATAL"


def test_a_failure_may_be_html_or_any_json(emulator: Emulator, platform: Platform) -> None:
    emulator.fail_next(500, body="<html>Internal Server Error</html>")
    emulator.fail_next(500, body={"state_msg": {"type": "FATAL", "text": "old"}})
    emulator.fail_next(200, body=b"\x00\x01", headers={"Content-Type": "application/octet-stream"})
    html, json, binary = (platform.http.get("/") for _ in range(3))
    assert (html.status_code, html.headers["content-type"]) == (500, "text/html")
    assert html.text == "<html>Internal Server Error</html>"
    assert json.json()["state_msg"]["text"] == "old"
    assert (binary.content, binary.headers["content-type"]) == (b"\x00\x01", "application/octet-stream")


def test_a_failed_submission_makes_no_calculation(emulator: Emulator, platform: Platform) -> None:
    emulator.fail_next(500, path="/requests")
    assert platform.http.post(f"/{PASSES}/requests", json=samples.passes()).status_code == 500
    assert emulator.calculations == []


def test_sign_in_can_fail_too_and_is_counted(emulator: Emulator) -> None:
    emulator.fail_next(429, path="/oauth/token", body={"error": "too_many_attempts"})
    assert httpx.post(emulator.token_url, json=credentials(emulator)).status_code == 429
    assert httpx.post(emulator.token_url, json=credentials(emulator)).status_code == 200
    assert emulator.sign_ins == 2


def test_the_next_calculation_can_take_its_time(emulator: Emulator, platform: Platform, clock: InstantClock) -> None:
    emulator.next_calculation(processing_time=60)
    slow, ordinary = (platform.submit(PASSES, samples.passes()) for _ in range(2))
    assert platform.http.get(f"/{PASSES}/results/{ordinary}/simple").status_code == 200
    assert platform.http.get(f"/{PASSES}/results/{slow}/simple").status_code == 202
    clock.advance(60)
    assert platform.http.get(f"/{PASSES}/results/{slow}/simple").status_code == 200


def test_the_next_calculations_can_end_otherwise(emulator: Emulator, platform: Platform) -> None:
    emulator.next_calculation(status="WARNING", text="old elements")
    emulator.next_calculation(status="fatal")
    emulator.next_calculation(text="only a text")
    warned, failed, noted, plain = (platform.calculate(PASSES, samples.passes(), "summary") for _ in range(4))
    assert (warned["status"]["type"], warned["status"]["text"]) == ("WARNING", "old elements")
    assert (failed["status"]["type"], "passes" in failed) == ("FATAL", False)
    assert (noted["status"]["type"], noted["status"]["text"]) == ("NONE", "only a text")
    assert warned["passes"] == noted["passes"] == plain["passes"]


def test_a_refused_submission_does_not_use_up_a_script(emulator: Emulator, platform: Platform) -> None:
    emulator.next_calculation(status="FATAL")
    assert platform.http.post(f"/{PASSES}/requests", json={}).status_code == 422
    assert platform.calculate(PASSES, samples.passes(), "summary")["status"]["type"] == "FATAL"


def test_reset_forgets_everything(emulator: Emulator, platform: Platform) -> None:
    id_ = platform.submit(PASSES, samples.passes())
    emulator.processing_time, emulator.rows_per_part, emulator.token_lifetime = 5, 1, 9
    emulator.fail_next(500)
    emulator.next_calculation(status="FATAL")
    emulator.reset()
    assert (emulator.processing_time, emulator.rows_per_part, emulator.token_lifetime) == (0, 10_000, 86_400)
    assert (emulator.calls, emulator.calculations, emulator.sign_ins) == ([], [], 0)
    assert platform.http.get(f"/{PASSES}/results/{id_}/simple").status_code == 401
    with Platform(emulator) as again:
        assert again.http.get(f"/{PASSES}/results/{id_}/simple").status_code == 404
        assert again.calculate(PASSES, samples.passes(), "summary")["status"]["type"] == "NONE"


@pytest.mark.parametrize(("name", "value"), [("processing_time", -1), ("token_lifetime", 0), ("rows_per_part", 0)])
def test_settings_are_checked(emulator: Emulator, name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        setattr(emulator, name, value)
    with pytest.raises(ValueError, match=name):
        Emulator(**{name: value})
