"""The interface of everything that moves an object: SGP4, an ephemeris, and any future propagator."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from .arrays import Array
from .instants import Instants


class Motion(Protocol):
    """The position and velocity of one object at any time. Both methods raise `EngineError` if there is no state."""

    @property
    def period(self) -> float:
        """The approximate time of one revolution in seconds."""
        ...

    @property
    def method(self) -> str:
        """A description of the method, worded to follow "computed"."""
        ...

    def gcrf(self, instants: Instants) -> tuple[Array, Array]:
        """Return positions (km) and velocities (km/s) in GCRF, one column per instant."""
        ...

    def earth_fixed(self, instants: Instants) -> Array:
        """Return positions (km) in the Earth-fixed frame, one column per instant."""
        ...

    def doubts(self, start: datetime, end: datetime) -> list[str]:
        """Return sentences that explain why the states between two times may be wrong."""
        ...
