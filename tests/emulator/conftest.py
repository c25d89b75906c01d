"""An emulator on a clock of the test's own, and a plain HTTP client to speak with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import httpx
import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[Emulator, InstantClock]]:
    clock = InstantClock()
    with Emulator(clock=clock) as emulator:
        yield emulator, clock


@pytest.fixture
def emulator(running: tuple[Emulator, InstantClock]) -> Emulator:
    emulator, _ = running
    emulator.reset()
    return emulator


@pytest.fixture
def clock(running: tuple[Emulator, InstantClock]) -> InstantClock:
    return running[1]


class Platform:
    """The calls of a client, without a client."""

    def __init__(self, emulator: Emulator) -> None:
        self.http = httpx.Client(base_url=emulator.base_url, trust_env=False)
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
