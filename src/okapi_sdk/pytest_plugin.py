"""Fixtures for tests of code that uses the SDK. pytest loads them if okapi-sdk is installed.

::

    def test_tonight(okapi_emulator, okapi_client):
        okapi_emulator.next_calculation(processing_time=600)    # seconds, but the test takes none
        assert plan_tonight(okapi_client)

`okapi_emulator` is one server for the whole session, reset before each test. `okapi_client` and `async_okapi_client`
are clients for it. All use `okapi_clock`, which skips every pause. They require the ``emulator`` extra.

pytest loads this module in every test run of an environment with the SDK, so it imports nothing but pytest until a test
requests a fixture.

PYTEST_DONT_REWRITE: it has no assertions, and pytest would warn if this module is imported before pytest starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .async_client import AsyncOkapiClient
    from .client import OkapiClient
    from .emulator import Emulator
    from .settings.clock import Clock


@pytest.fixture
def okapi_clock() -> Clock:
    """The clock of `okapi_emulator` and `okapi_client`, new for each test. It skips every pause.

    For tests in real time, override this fixture in their class or module to return
    ``okapi_sdk.settings.SystemClock()``.
    """
    from .testing import InstantClock

    return InstantClock()


@pytest.fixture(scope="session")
def _okapi_server() -> Iterator[Emulator]:
    from .packages import culprit, unusable

    try:
        from .emulator import Emulator
    except Exception as error:
        if (package := culprit(error)) is None:
            raise
        reason = unusable(package, error, "emulator")
    else:
        with Emulator() as running:
            yield running
        return
    pytest.fail(f"The fixture okapi_emulator needs {reason}", pytrace=False)


@pytest.fixture
def okapi_emulator(_okapi_server: Emulator, okapi_clock: Clock) -> Emulator:
    """Emulator of the platform: a real HTTP server on 127.0.0.1, shared by the session and reset before each test.

    `next_calculation` scripts processing times and statuses, and `fail_next` scripts failures. `calls` and
    `calculations` record what the emulator received. Other clients can use it too, with its `base_url`, `token_url`,
    `username` and `password`.
    """
    _okapi_server.clock = okapi_clock
    _okapi_server.reset()
    return _okapi_server


@pytest.fixture
def okapi_client(okapi_emulator: Emulator) -> Iterator[OkapiClient]:
    """A client for `okapi_emulator`, new for each test."""
    from .client import OkapiClient

    with OkapiClient.emulated(okapi_emulator) as client:
        yield client


@pytest.fixture
def async_okapi_client(okapi_emulator: Emulator) -> Iterator[AsyncOkapiClient]:
    """An async client for `okapi_emulator`, new for each test. It belongs to the event loop of its first call.

    Close it in the test, while that loop runs: ``async with async_okapi_client as client:``. The fixture itself is not
    asynchronous, so that it works with every plugin that runs async tests.
    """
    from .async_client import AsyncOkapiClient

    client = AsyncOkapiClient.emulated(okapi_emulator)
    yield client
    client._mark_closed()
