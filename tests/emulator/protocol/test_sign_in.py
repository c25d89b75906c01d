from __future__ import annotations

from typing import Any

import httpx
import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock

from ..conftest import Platform, credentials

PATH = "/predict-passes/sgp4/results/unknown/simple"


@pytest.mark.parametrize("form", ["data", "json"])
def test_a_form_and_json_both_sign_in(emulator: Emulator, form: str) -> None:
    payload: Any = {form: credentials(emulator, scope="something", audience="x", client_id="y")}
    answer = httpx.post(emulator.token_url, **payload)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "expires_in", "token_type", "scope"}
    assert (body["expires_in"], body["token_type"], body["scope"]) == (86_400, "Bearer", "something")
    assert emulator.sign_ins == 1


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "someone@example.com"}])
def test_a_wrong_user_or_password_is_refused_as_the_platform_does(emulator: Emulator, changes: dict[str, str]) -> None:
    answer = httpx.post(emulator.token_url, json=credentials(emulator, **changes))
    assert answer.status_code == 403
    assert answer.json() == {"error": "invalid_grant", "error_description": "Wrong email or password."}


@pytest.mark.parametrize("missing", ["grant_type", "username", "password"])
def test_a_missing_field_is_a_bad_request(emulator: Emulator, missing: str) -> None:
    answer = httpx.post(emulator.token_url, data=credentials(emulator, **{missing: ""}))
    assert answer.status_code == 400
    assert missing in answer.json()["error_description"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_neither_form_nor_json_is_a_bad_request(emulator: Emulator, content: bytes) -> None:
    answer = httpx.post(emulator.token_url, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_another_grant_is_a_bad_request(emulator: Emulator) -> None:
    answer = httpx.post(emulator.token_url, json=credentials(emulator, grant_type="client_credentials"))
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_ten_refusals_block_the_account_until_reset(emulator: Emulator) -> None:
    wrong = credentials(emulator, password="wrong")
    assert [httpx.post(emulator.token_url, json=wrong).status_code for _ in range(11)] == [403] * 10 + [429]
    blocked = httpx.post(emulator.token_url, json=credentials(emulator))
    assert (blocked.status_code, blocked.json()["error"]) == (429, "too_many_attempts")
    other = httpx.post(emulator.token_url, json=credentials(emulator, username="other@example.com"))
    assert other.status_code == 403
    emulator.reset()
    assert httpx.post(emulator.token_url, json=credentials(emulator)).status_code == 200


def test_success_forgives_earlier_refusals(emulator: Emulator) -> None:
    for _ in range(2):
        for _ in range(9):
            httpx.post(emulator.token_url, json=credentials(emulator, password="wrong"))
        assert httpx.post(emulator.token_url, json=credentials(emulator)).status_code == 200


def test_both_token_headers_are_accepted(platform: Platform) -> None:
    token = platform.http.headers.pop("authorization").removeprefix("Bearer ")
    assert platform.http.get(PATH).status_code == 401
    assert platform.http.get(PATH, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    assert platform.http.get(PATH, headers={"authorization": f"bearer {token}"}).status_code == 404
    assert platform.http.get(PATH, headers={"access_token": token}).status_code == 404


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic abc", "wrong"])
def test_a_call_without_a_good_token_is_refused(platform: Platform, header: str) -> None:
    answer = platform.http.get(PATH, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["status"]["type"] == "FATAL"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_tokens_expire(emulator: Emulator, platform: Platform, clock: InstantClock) -> None:
    clock.advance(86_399)
    assert platform.http.get(PATH).status_code == 404
    clock.advance(1)
    assert platform.http.get(PATH).status_code == 401


def test_the_lifetime_can_be_set(emulator: Emulator, clock: InstantClock) -> None:
    emulator.token_lifetime = 10
    with Platform(emulator) as platform:
        clock.advance(9)
        assert platform.http.get(PATH).status_code == 404
        clock.advance(1)
        assert platform.http.get(PATH).status_code == 401


def test_tokens_can_be_revoked(emulator: Emulator, platform: Platform) -> None:
    emulator.revoke_tokens()
    assert platform.http.get(PATH).status_code == 401
