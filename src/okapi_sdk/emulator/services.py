"""The calculation services of the platform, and which of them the emulator computes.

To add an engine: write a reader (body to request) and a calculation (request to outcome), and name both in the
service's entry below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .answers import NoResultError, Outcome
from .reading import Fields, PassesRequest, PropagationRequest, read_predict_passes, read_propagate_orbit


@dataclass(frozen=True)
class Engine:
    """How a service is computed: `read` a body (or raise InputProblemError), then `compute`, told when it came in."""

    read: Callable[[object], Any]
    compute: Callable[[Any, datetime], Outcome]


@dataclass(frozen=True)
class Service:
    """One service: its path, what it computes in words, the formats of its results, and the engine if there is one."""

    path: str
    purpose: str
    formats: tuple[str, ...]
    engine: Engine | None = None

    def read(self, body: object) -> Any:
        """The request in a body. Without an engine any JSON object will do."""
        return self.engine.read(body) if self.engine else Fields(body)

    def compute(self, request: Any, created: datetime) -> Outcome:
        """The outcome of a request."""
        if self.engine is None:
            raise NoResultError(
                f"The okapi-sdk emulator has no engine for {self.path} yet, which computes {self.purpose}. "
                "The request was accepted but not looked at, and there is no result."
            )
        return self.engine.compute(request, created)


def _predict_passes(request: PassesRequest, created: datetime) -> Outcome:
    # Imported at the first calculation: numpy and skyfield take longer to load than the server to start.
    from .passes import predict_passes

    return predict_passes(request, created)


def _propagate_orbit(request: PropagationRequest, created: datetime) -> Outcome:
    from .propagation import propagate_orbit

    return propagate_orbit(request, created)


_PASSES = ("simple", "summary")
_SIMPLE = ("simple",)
_RISK_METHODS = (
    "alfano-2005",
    "alfriend-1999",
    "all-methods",
    "chan-1997",
    "foster-1992",
    "maximum-probability",
    "monte-carlo",
    "patera-2001",
    "patera-2003",
)

_TABLE = (
    Service("predict-passes/sgp4", "passes from a TLE", _PASSES, Engine(read_predict_passes, _predict_passes)),
    Service("predict-passes/neptune", "passes from a numerically propagated state", _PASSES),
    Service("predict-passes/oems", "passes from an ephemeris", _PASSES),
    Service("predict-passes/orekit-numerical", "passes from a numerically propagated state", _PASSES),
    Service(
        "propagate-orbit/sgp4", "states from a TLE", ("simple", "omm"), Engine(read_propagate_orbit, _propagate_orbit)
    ),
    Service("propagate-orbit/neptune", "states by numerical propagation", ("simple", "oem", "opm")),
    Service("propagate-orbit/orekit-numerical", "states by numerical propagation", ("simple", "opm")),
    *(
        Service(f"estimate-risk/{method}", "the collision probability of a conjunction", _SIMPLE)
        for method in _RISK_METHODS
    ),
    *(
        Service(f"predict-risk/{method}", "the trend of a conjunction's collision probability", _SIMPLE)
        for method in _RISK_METHODS
    ),
    Service("check-orbit", "the close approaches of an orbit to catalogued objects", _SIMPLE),
    Service("generate-maneuver", "collision avoidance manoeuvres", _SIMPLE),
    Service("determine-orbit/wls", "an orbit from observations by weighted least squares", ("simple", "omm")),
    Service("add-ephemerides", "an orbit from uploaded ephemerides", ("simple", "oem", "omm")),
    Service("correlate-observation", "which object an observation belongs to", _SIMPLE),
    Service("estimate-covariance", "the covariance of an orbit", _SIMPLE),
    Service("maneuver-execution-analysis", "how a manoeuvre was carried out", _SIMPLE),
    Service("geo-slot-analysis", "the neighbourhood of a geostationary slot", _SIMPLE),
    Service("cdms", "the conjunction of an uploaded CDM", _SIMPLE),
)

SERVICES: Mapping[str, Service] = {service.path: service for service in _TABLE}
