"""The calculation services of the platform, and which of them the emulator computes.

To add an engine: write a reader (body to request) and a calculation (request to outcome), and name both in the
service's entry below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..bodies import requests
from ..bodies.fields import Fields
from ..protocol.envelopes import NoResultError, Outcome
from ..store.tables import Context


@dataclass(frozen=True)
class Engine:
    """How a service is computed: `read` a body (or raise InputProblemError), then `compute`, told what is stored.

    `stores` says that an outcome may hold elements that are to be stored.
    """

    read: Callable[[object], Any]
    compute: Callable[[Any, Context], Outcome]
    stores: bool = False


@dataclass(frozen=True)
class Service:
    """One service: its path, what it computes in words, the formats of its results, and the engine if there is one.

    `note` says how far the engine goes, or why there is none and what to do about it.
    """

    path: str
    purpose: str
    formats: tuple[str, ...]
    engine: Engine | None = None
    note: str = ""

    @property
    def stores(self) -> bool:
        """Whether its calculations may store something."""
        return self.engine is not None and self.engine.stores

    def read(self, body: object) -> Any:
        """The request in a body. Without an engine any JSON object will do."""
        return self.engine.read(body) if self.engine else Fields(body)

    def compute(self, request: Any, context: Context) -> Outcome:
        """The outcome of a request."""
        if self.engine is None:
            raise NoResultError(
                f"The okapi-sdk emulator has no engine for {self.path}, which computes {self.purpose}. The request was "
                f"accepted but not looked at, and there is no result. {self.note}"
            )
        return self.engine.compute(request, context)


# Each engine is imported at the first calculation: numpy and skyfield take longer to load than the server to start.


def _predict_passes(request: requests.PassesRequest, context: Context) -> Outcome:
    from .predict_passes import predict_passes

    return predict_passes(request, context)


def _propagate_orbit(request: requests.PropagationRequest, context: Context) -> Outcome:
    from .propagate_orbit import propagate_orbit

    return propagate_orbit(request, context)


def _estimate_risk(method: str) -> Engine:
    def compute(request: requests.RiskRequest, context: Context) -> Outcome:
        from .estimate_risk import estimate_risk

        return estimate_risk(request, context, method)

    return Engine(requests.read_estimate_risk, compute)


def _check_orbit(request: requests.CheckRequest, context: Context) -> Outcome:
    from .check_orbit import check_orbit

    return check_orbit(request, context)


def _add_ephemerides(request: requests.EphemeridesRequest, context: Context) -> Outcome:
    from .add_ephemerides import add_ephemerides

    return add_ephemerides(request, context)


def _upload_cdm(request: requests.CdmRequest, context: Context) -> Outcome:
    from .add_ephemerides import upload_cdm

    return upload_cdm(request, context)


_NUMERICAL_PASSES = "passes by numerical propagation"
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

_SCRIPT = "A test that needs this to end otherwise can script its status with Emulator.next_calculation."
_NO_NEPTUNE = "It has no numerical propagator, neither NEPTUNE nor another. A TLE can be sent to {}/sgp4."
_NO_PATERA_2003 = (
    "R. P. Patera's method for nonlinear relative motion is not among those that it has. Ask patera-2001 for a fast "
    "encounter."
)
_NO_PREDICTION = (
    "No published source says how the platform predicts it. Ask estimate-risk for the risk by the message at hand."
)
_NO_MANEUVER = "No published source says how the platform designs them, and there is no propagator for thrust here."
_NO_FIT = "It has no numerical propagator to fit to observations."
_UNKNOWN = "No published source shows what is sent to it or how the platform computes it."


def _without(path: str, purpose: str, formats: tuple[str, ...], why: str) -> Service:
    return Service(path, purpose, formats, None, f"{why} {_SCRIPT}")


_TABLE = (
    Service("predict-passes/sgp4", "passes from a TLE", _PASSES, Engine(requests.read_predict_passes, _predict_passes)),
    _without("predict-passes/neptune", _NUMERICAL_PASSES, _PASSES, _NO_NEPTUNE.format("predict-passes")),
    Service(
        "predict-passes/oems",
        "passes from an ephemeris",
        _PASSES,
        Engine(requests.read_predict_passes_of_oem, _predict_passes),
        "The ephemeris is in the body; it is interpolated.",
    ),
    _without(
        "predict-passes/orekit-numerical",
        _NUMERICAL_PASSES,
        _PASSES,
        _NO_NEPTUNE.format("predict-passes"),
    ),
    Service(
        "propagate-orbit/sgp4",
        "states from a TLE",
        ("simple", "omm"),
        Engine(requests.read_propagate_orbit, _propagate_orbit),
    ),
    _without(
        "propagate-orbit/neptune",
        "states by numerical propagation",
        ("simple", "oem", "opm"),
        _NO_NEPTUNE.format("propagate-orbit"),
    ),
    _without(
        "propagate-orbit/orekit-numerical",
        "states by numerical propagation",
        ("simple", "opm"),
        _NO_NEPTUNE.format("propagate-orbit"),
    ),
    *(
        Service(
            f"estimate-risk/{method}",
            "the collision probability of a conjunction",
            _SIMPLE,
            _estimate_risk(method),
            "For straight relative motion; no risk without hard-body radii in the CDM or the overrides.",
        )
        for method in _RISK_METHODS
        if method != "patera-2003"
    ),
    _without("estimate-risk/patera-2003", "the collision probability of a conjunction", _SIMPLE, _NO_PATERA_2003),
    *(
        _without(f"predict-risk/{method}", "the trend of a collision probability", _SIMPLE, _NO_PREDICTION)
        for method in _RISK_METHODS
    ),
    Service(
        "check-orbit",
        "the close approaches of an orbit to stored TLEs",
        _SIMPLE,
        Engine(requests.read_check_orbit, _check_orbit),
        "A TLE or an ephemeris against the TLEs that are stored in the emulator, and nothing else.",
    ),
    _without("generate-maneuver", "collision avoidance maneuvers", _SIMPLE, _NO_MANEUVER),
    _without("determine-orbit/wls", "an orbit from observations by weighted least squares", ("simple", "omm"), _NO_FIT),
    Service(
        "add-ephemerides",
        "an orbit from uploaded ephemerides",
        ("simple", "oem", "omm"),
        Engine(requests.read_add_ephemerides, _add_ephemerides, stores=True),
        "An OEM is stored; the emulator neither determines an orbit from it nor propagates or screens it.",
    ),
    _without("correlate-observation", "which object an observation belongs to", _SIMPLE, _UNKNOWN),
    _without("estimate-covariance", "the covariance of an orbit", _SIMPLE, _UNKNOWN),
    _without("maneuver-execution-analysis", "how a maneuver was carried out", _SIMPLE, _UNKNOWN),
    _without("geo-slot-analysis", "the neighbourhood of a geostationary slot", _SIMPLE, _UNKNOWN),
    Service(
        "cdms",
        "the conjunction of an uploaded CDM",
        _SIMPLE,
        Engine(requests.read_upload_cdm, _upload_cdm, stores=True),
        "The CDM is stored; the emulator makes no conjunction of it.",
    ),
)

SERVICES: Mapping[str, Service] = {service.path: service for service in _TABLE}
