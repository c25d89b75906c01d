"""A plain HTTP client for the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import pytest

from okapi_sdk.emulator import Emulator
from tests.support import plain


class Platform:
    """The calls of a client, without a client."""

    def __init__(self, emulator: Emulator) -> None:
        self.http = plain.Client(base_url=emulator.base_url, trust_env=False)
        answer = self.http.post("/oauth/token", json=credentials(emulator))
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def submit(self, path: str, body: Any, **options: Any) -> str:
        answer = self.http.post(f"/{path}/requests", json=body, **options)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["request_id"])

    def calculate(self, path: str, body: Any, format: str) -> dict[str, Any]:
        answer = self.http.get(f"/{path}/results/{self.submit(path, body)}/{format}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def credentials(emulator: Emulator, **changes: str) -> dict[str, str]:
    return {"grant_type": "password", "username": emulator.username, "password": emulator.password, **changes}


@pytest.fixture
def platform(emulator: Emulator) -> Iterator[Platform]:
    with Platform(emulator) as platform:
        yield platform
