"""Fixtures for tests of code that uses the SDK. pytest finds them where okapi-sdk is installed.

::

    def test_tonight(okapi_emulator, okapi_client):
        okapi_emulator.next_calculation(processing_time=600)    # and yet the test takes no time
        assert plan_tonight(okapi_client)

`okapi_emulator` is one server for the whole session, as new in each test; `okapi_client` is a client of it; both run on
`okapi_clock`, which jumps over every pause. They need the extra ``emulator``.

pytest loads this module in every test run of an environment that has it, so it imports nothing but pytest until a
fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .client import OkapiClient
    from .emulator import Emulator
    from .settings.clock import Clock


@pytest.fixture
def okapi_clock() -> Clock:
    """The clock of `okapi_emulator` and `okapi_client`: it jumps over every pause, and starts anew in each test.

    For real time in some tests, override it beside them: return ``okapi_sdk.settings.SystemClock()``.
    """
    from .testing import InstantClock

    return InstantClock()


@pytest.fixture(scope="session")
def _okapi_server() -> Iterator[Emulator]:
    from .text import install_command

    try:
        from .emulator import Emulator
    except ImportError as error:
        missing = error.name
    else:
        with Emulator() as running:
            yield running
        return
    pytest.fail(
        f"The fixture okapi_emulator needs an extra ({missing} is missing): {install_command('emulator')}",
        pytrace=False,
    )


@pytest.fixture
def okapi_emulator(_okapi_server: Emulator, okapi_clock: Clock) -> Emulator:
    """The emulator: a real HTTP server on 127.0.0.1, the same for the whole session and as new in each test.

    `next_calculation` scripts processing times and statuses, `fail_next` failures; `calls` and `calculations` tell what
    came. Any client can talk to it: it has a `base_url`, a `token_url`, a `username` and a `password`.
    """
    _okapi_server.clock = okapi_clock
    _okapi_server.reset()
    return _okapi_server


@pytest.fixture
def okapi_client(okapi_emulator: Emulator) -> Iterator[OkapiClient]:
    """A client of `okapi_emulator`, new in each test."""
    from .client import OkapiClient

    with OkapiClient.emulated(okapi_emulator) as client:
        yield client
