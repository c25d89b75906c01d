"""A local server that speaks the OKAPI:Orbits platform's protocol and answers with real astrodynamics.

    from okapi_sdk.emulator import Emulator

    with Emulator(processing_time=0.5) as emulator:
        print(emulator.base_url, emulator.token_url, emulator.username, emulator.password)

It listens on 127.0.0.1 only, needs no network and keeps nothing on disk. Any client can talk to it: it shares nothing
but the clock with the rest of `okapi_sdk` and reads request bodies with a reader of its own, so that a mistake in the
client cannot cancel out.

What it computes, it computes in earnest: passes and states by SGP4 (the `sgp4` library) or from an ephemeris, Earth
orientation and frames by `skyfield`, collision probabilities by published methods (`probability`, `risk`), closest
approaches to the TLEs that it stores (`screening`). What it cannot compute, it accepts and then ends with status FATAL,
saying why. Stored objects are kept in memory with the platform's envelopes, ids, pages and filters: see `objects`, and
`Emulator.put` and `Emulator.seed_fleet`; uploads are stored when their calculation has ended (`uploads`). Where no
published source shows the name of a result field, the name is the emulator's own: the modules named say which.
"""

from __future__ import annotations

from ..settings import Clock
from .protocol.app import Call
from .protocol.coverage import Endpoint, endpoints
from .protocol.jobs import Calculation
from .server import Emulator

__all__ = ["Calculation", "Call", "Clock", "Emulator", "Endpoint", "endpoints"]
