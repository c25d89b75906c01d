"""A local server that speaks the OKAPI:Orbits platform's protocol and computes real astrodynamics.

    from okapi_sdk.emulator import Emulator

    with Emulator(processing_time=0.5) as emulator:
        print(emulator.base_url, emulator.token_url, emulator.username, emulator.password)

The emulator listens on 127.0.0.1 only, needs no network and keeps nothing on disk. Any client can talk to it. It shares
only the clock with the rest of `okapi_sdk` and has its own code for reading request bodies, so a mistake in the client
cannot be hidden by the same mistake here.

It computes passes and states with SGP4 (the `sgp4` library), from an ephemeris, or by numerical propagation (`brahe`,
with the extra ``emulator-full``), Earth orientation and frames with `skyfield`, collision probabilities with published
methods, and closest approaches to the TLEs that it stores. It accepts requests that it cannot compute, then ends them
with status FATAL and the reason. Stored objects are kept in memory, with the platform's envelopes, IDs, pages and
filters; add some with `Emulator.put` or `Emulator.seed_fleet`. If no published source shows the name of a result field,
the emulator uses its own name, and the docstring of the service module says so.

The rooms, from the outside in: `protocol` (HTTP), `services` (one module per service), `store` (stored objects),
`bodies` (reading requests), `engines` (astrodynamics).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _extra as _extra  # must come first: raises if the extra is not installed

if TYPE_CHECKING:
    from ..settings import Clock
    from .protocol.app import Call
    from .protocol.coverage import Endpoint, endpoints
    from .protocol.jobs import Calculation
    from .server import Emulator

__all__ = ["Calculation", "Call", "Clock", "Emulator", "Endpoint", "endpoints"]

# Loaded on first use: a process that only computes needs no HTTP server.
_MODULES = {
    "Calculation": "okapi_sdk.emulator.protocol.jobs",
    "Call": "okapi_sdk.emulator.protocol.app",
    "Clock": "okapi_sdk.settings",
    "Emulator": "okapi_sdk.emulator.server",
    "Endpoint": "okapi_sdk.emulator.protocol.coverage",
    "endpoints": "okapi_sdk.emulator.protocol.coverage",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loaded = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return loaded


def __dir__() -> list[str]:
    return sorted(__all__)
