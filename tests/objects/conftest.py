"""A client of the emulator, and what it has sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import httpx
import pytest

from okapi_sdk.emulator import Emulator
from tests.support import plain
from tests.support.both import Both, Client


class Wire:
    """The calls of a client, as they went out."""

    def __init__(self) -> None:
        self.calls: list[httpx.Request] = []

    def kept(self, request: httpx.Request) -> None:
        if "token" not in request.url.path:
            self.calls.append(request)

    async def kept_async(self, request: httpx.Request) -> None:
        self.kept(request)

    @property
    def last(self) -> tuple[str, str]:
        """Method, and path with query as one writes it by hand."""
        request = self.calls[-1]
        return request.method, unquote_plus(request.url.raw_path.decode().removeprefix("/api"))

    @property
    def body(self) -> Any:
        return json.loads(self.calls[-1].content)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def client(both: Both, emulator: Emulator, wire: Wire) -> Iterator[Client]:
    """A client of the emulator whose calls are kept."""
    http: Any
    if both.kind == "sync":
        http = plain.Client(event_hooks={"request": [wire.kept]})
    else:
        http = plain.AsyncClient(event_hooks={"request": [wire.kept_async]})
    where = {"base_url": emulator.base_url, "token_url": emulator.token_url, "clock": emulator.clock}
    with both.client(username=emulator.username, password=emulator.password, http_client=http, **where) as made:
        yield made
    both.wait(http.close() if both.kind == "sync" else http.aclose())
