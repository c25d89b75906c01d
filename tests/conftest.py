"""Fixtures of the whole suite: the emulator, an instant clock, and both kinds of client."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import HealthCheck, settings

from okapi_sdk import AsyncOkapiClient, OkapiClient
from okapi_sdk._transport.http import Http
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client

# Two busy cores are slow at times, and how long an example takes is not what these tests are about.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

# A shell starts its background jobs with Ctrl-C ignored, and their processes would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--http-library", default="httpx", help="the library that clients use unless a test says otherwise"
    )


def pytest_configure(config: pytest.Config) -> None:
    library = config.getoption("--http-library")
    for kind in (OkapiClient, AsyncOkapiClient):
        cast("dict[str, object]", kind.__init__.__kwdefaults__)["http_library"] = library
    Http.__init__.__defaults__ = (None, library)


@pytest.fixture(params=["sync", "async"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    """Makes clients; the test runs once with the sync and once with the async one."""
    made = Both(request.param)
    yield made
    made.close()


@pytest.fixture
def clock() -> InstantClock:
    return InstantClock()


@pytest.fixture(scope="session")
def _server() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def emulator(_server: Emulator, clock: InstantClock) -> Emulator:
    """The emulator of the session, reset and on the instant clock."""
    _server.clock = clock
    _server.reset()
    return _server


@pytest.fixture
def client(both: Both, emulator: Emulator) -> Iterator[Client]:
    """A client of the emulator, on its instant clock."""
    with both.emulated(emulator) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever runs the tests may have an account of his own.
    for name in ("OKAPI_USERNAME", "OKAPI_PASSWORD", "OKAPI_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
