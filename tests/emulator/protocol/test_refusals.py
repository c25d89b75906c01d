"""Bodies that cannot be calculated, and calls that must not be answered."""

from __future__ import annotations

import copy
import socket
from typing import Any

import httpx
import pytest

from okapi_sdk.emulator import Emulator
from tests.support import plain

from .. import samples
from ..conftest import Platform, credentials

PASSES = "/predict-passes/sgp4/requests"
PROPAGATE = "/propagate-orbit/sgp4/requests"
DECAYED_LINE = samples.ISS[0][:68] + "0"


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of `body` in which the field at `path` is `value`, or gone if that is `...`."""
    copied = copy.deepcopy(body)
    *outer, last = path.split(".")
    inner = copied
    for name in outer:
        inner = inner[name]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return copied


GENERIC = samples.passes(step=60)
TYPED = {**samples.typed_passes(), "predict_passes_settings": {"output_time_step": 60}}
PROPAGATION = samples.propagation(samples.ISS, samples.epoch(samples.ISS).replace(day=8), 60)

GENERIC_FAULTS = [
    ("orbit", ..., "orbit is missing"),
    ("orbit", samples.ISS[0], "orbit must be a JSON object"),
    ("orbit.type", ..., "orbit.type is missing"),
    ("orbit.type", "tle", "orbit.type must be 'tle.txt'"),
    ("orbit.type", "state.json", "'tle.txt' or 'omm.json' for this service, not 'state.json'"),
    ("orbit.more", 1, "orbit.more is not a field"),
    ("orbit.content", 7, "orbit.content must be the text of a TLE"),
    ("orbit.content", "\n".join((DECAYED_LINE, samples.ISS[1])), "checksum is 0, expected 3"),
    ("ground_location.type", "ground.json", "ground_location.type must be 'ground_loc.json'"),
    (
        "ground_location.content.latitude",
        90.1,
        "ground_location.content.latitude must be from -90 to 90 (degrees, north positive), not 90.1",
    ),
    ("ground_location.content.latitude", "52", "must be a number"),
    ("ground_location.content.latitude", True, "must be a number"),
    ("ground_location.content.longitude", ..., "ground_location.content.longitude is missing"),
    ("ground_location.content.longitude", 361, "degrees, east positive"),
    ("ground_location.content.altitude", 48, "(kilometres), not 48"),
    ("ground_location.content.height", 1, "ground_location.content.height is not a field"),
    ("time_window.type", "time_window.json", "must be 'tw.json'"),
    ("time_window.content.start", "2018-08-08T00:00:00.000Z", "time_window.content.end must be later"),
    ("time_window.content.start", "2018-08-07T18:00:00", "must be a UTC time"),
    ("time_window.content.start", "2018-08-07T18:00:00+02:00", "must be a UTC time"),
    ("time_window.content.start", "2018-02-30T18:00:00Z", "is not a valid date and time"),
    ("time_window.content.start", 1533664800, "must be a UTC time"),
    ("time_window.content.end", "2019-08-09T18:00:00Z", "is longer than 366 days, the longest that"),
    ("settings.type", "prop_settings.json", "must be 'shared_prop_settings.json'"),
    ("settings.content.output_step_size", 0, "settings.content.output_step_size must be from 0.001 to"),
    ("settings.content.output_step_size", 10**400, "must be from"),
    ("settings.content.output_step_size", 0.01, "up to 2,160,000 rows; the emulator returns up to 1,000,000"),
    ("settings.content.output_stepsize", 60, "settings.content.output_stepsize is not a field"),
    ("groud_location", {}, "groud_location is not a field"),
]
TYPED_FAULTS = [
    ("tle", "x", "tle is not a valid TLE"),
    ("simple_ground_location", ..., "simple_ground_location is missing"),
    ("time_window.type", "tw.json", "type is not a field"),
    ("predict_passes_settings.output_step_size", 60, "predict_passes_settings.output_step_size is not a field"),
    ("ground_location", {}, "ground_location is not a field"),
]
PROPAGATION_FAULTS = [
    ("settings", ..., "settings is missing"),
    ("settings.content.propagation_end_epoch", ..., "settings.content.propagation_end_epoch is missing"),
    ("settings.content.propagation_end_epoch", "2018-08-06T18:00:00Z", "is not after the epoch of the TLE"),
    ("settings.content.output_step_size", 60, "settings.content.output_step_size is not a field"),
    ("settings.content.more.output_step_size", 0.1, "rows"),
]


@pytest.mark.parametrize(
    ("url", "body", "key", "text"),
    [(PASSES, changed(GENERIC, path, value), "status", text) for path, value, text in GENERIC_FAULTS]
    + [(PASSES, changed(TYPED, path, value), "state_msg", text) for path, value, text in TYPED_FAULTS]
    + [(PROPAGATE, changed(PROPAGATION, path, value), "status", text) for path, value, text in PROPAGATION_FAULTS],
)
def test_a_faulty_body_is_refused_by_field(
    emulator: Emulator, platform: Platform, url: str, body: Any, key: str, text: str
) -> None:
    answer = platform.http.post(url, json=body)
    assert answer.status_code == 422
    assert set(answer.json()) == {key}
    status = answer.json()[key]
    assert text in status["text"]
    assert (status["type"], status["input_problem"]) == ("FATAL", True)
    assert emulator.calculations == []


@pytest.mark.parametrize("content", ["[]", '"text"', "null", "1", "[{}]"])
def test_a_body_must_be_an_object(platform: Platform, content: str) -> None:
    for path in (PASSES, "/check-orbit/requests"):
        answer = platform.http.post(path, content=content)
        assert answer.status_code == 422
        assert answer.json()["status"]["text"] == "the body must be a JSON object"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"latitude": NaN}', b'{"a": Infinity}', b"[" * 100_000])
def test_a_body_that_is_not_json_is_a_bad_request(platform: Platform, content: bytes) -> None:
    answer = platform.http.post(PASSES, content=content)
    assert answer.status_code == 400
    assert answer.json()["status"]["input_problem"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/predict-passes/requests",
        "/predict-passes/sgp5/requests",
        "/predict-passes/sgp4",
        "/predict-passes/sgp4/requests/extra",
        "/predict-passes/sgp4/results/a/simple/1/2",
        "/predict-passes/sgp4/results/a%2Fb/simple",
        "/predict-passes/sgp4/results/" + "a" * 129 + "/simple",
        "/pass/prediction/requests/long",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_not_found(platform: Platform, path: str, method: str) -> None:
    answer = platform.http.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["status"]["type"] == "FATAL"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", PASSES, "POST"),
        ("DELETE", PASSES, "POST"),
        ("POST", "/predict-passes/sgp4/results/a/simple", "GET"),
        ("HEAD", "/predict-passes/sgp4/results/a/simple", "GET"),
        ("GET", "/oauth/token", "POST"),
        ("POST", "/", "GET"),
        ("OPTIONS", "/", "GET"),
    ],
)
def test_a_wrong_method_is_named(platform: Platform, method: str, path: str, allowed: str) -> None:
    answer = platform.http.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


def test_a_body_has_a_limit(emulator: Emulator, platform: Platform) -> None:
    limit = 8 * 1024 * 1024
    assert platform.http.post(PASSES, content=b" " * limit).status_code == 400
    assert platform.http.post(PASSES, content=b" " * (limit + 1)).status_code == 413


def test_a_body_of_unknown_length_has_the_same_limit(platform: Platform) -> None:
    answer = platform.http.post(PASSES, content=(b" " * 1_000_000 for _ in range(9)))
    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}", "evil.localhost:{port}"])
def test_another_host_name_is_refused(emulator: Emulator, host: str) -> None:
    port = httpx.URL(emulator.base_url).port
    answer = plain.get(emulator.base_url, headers={"Host": host.format(port=port)})
    assert answer.status_code == 421
    assert "okapi-sdk emulator" not in answer.text


def test_localhost_is_a_good_host_name(emulator: Emulator) -> None:
    port = httpx.URL(emulator.base_url).port
    assert plain.get(emulator.base_url, headers={"Host": f"LocalHost:{port}"}).status_code == 200


def test_a_call_without_host_is_refused(emulator: Emulator) -> None:
    with socket.create_connection(("127.0.0.1", httpx.URL(emulator.base_url).port or 0)) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 421 " in plain.makefile("rb").readline()


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://127.0.0.1", "https://127.0.0.1:{port}"])
def test_a_web_page_of_another_origin_is_refused(emulator: Emulator, origin: str) -> None:
    port = httpx.URL(emulator.base_url).port
    headers = {"Origin": origin.format(port=port)}
    answer = plain.post(emulator.token_url, json=credentials(emulator), headers=headers)
    assert answer.status_code == 403
    assert emulator.sign_ins == 0
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_its_own_origin_is_welcome(emulator: Emulator) -> None:
    assert plain.get(emulator.base_url, headers={"Origin": emulator.base_url}).status_code == 200


@pytest.mark.parametrize("key", ["", "with space", "x" * 256])
def test_an_odd_idempotency_key_is_refused(platform: Platform, key: str) -> None:
    answer = platform.http.post(PASSES, json=samples.passes(), headers={"Idempotency-Key": key})
    assert answer.status_code == 400
