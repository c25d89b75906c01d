"""The table of the platform's calculation services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from ..bodies.add_ephemerides import read_add_ephemerides
from ..bodies.check_orbit import read_check_orbit
from ..bodies.correlate_observation import read_correlate_observation
from ..bodies.determine_orbit import read_determine_orbit
from ..bodies.estimate_covariance import read_estimate_covariance
from ..bodies.estimate_risk import read_estimate_risk
from ..bodies.generate_maneuver import read_generate_maneuver
from ..bodies.geo_slot_analysis import read_geo_slot_analysis
from ..bodies.maneuver_execution_analysis import read_maneuver_execution_analysis
from ..bodies.predict_passes import (
    read_predict_passes,
    read_predict_passes_of_oem,
    read_predict_passes_of_state,
)
from ..bodies.propagate_orbit import read_propagate_orbit
from ..bodies.propagate_state import read_propagate_state
from ..bodies.upload_cdm import read_upload_cdm
from .lengths import always, long_window, many_risks, many_states, never
from .outcome import Absent, Context, Document, Listing, NoResultError, Outcome, engine_errors_as_fatal


@dataclass(frozen=True)
class Computation:
    """The functions that turn a body into an outcome.

    `read` reads a body or raises InputProblemError; `compute` takes the request that `read` returns. `stores` is true
    if an outcome may contain elements to store. Requests for which `is_long` is true are computed in another process.
    """

    read: Callable[[object], Any]
    compute: Callable[[Any, Context], Outcome]
    stores: bool = False
    is_long: Callable[[Any], bool] = never


@dataclass(frozen=True)
class UnknownBody:
    """A body of a service whose body is undocumented, without any key of the emulator's own body."""


@dataclass(frozen=True)
class Service:
    """One service: its path, a short description of its purpose, its result formats, and its computation.

    `note` describes the limits of the computation. `own_keys` are the keys that the emulator looks for in a body that
    is undocumented. Another body may be the platform's, so it is accepted, but it cannot be read.
    """

    path: str
    purpose: str
    formats: tuple[str, ...]
    computation: Computation
    note: str = ""
    own_keys: tuple[str, ...] = ()

    @property
    def stores(self) -> bool:
        """Return True if the service's calculations may store something."""
        return self.computation.stores

    def is_long(self, request: Any) -> bool:
        """Return True if a request takes long, or its native library may crash: it needs a process of its own."""
        return self.computation.is_long(request)

    def read(self, body: object) -> Any:
        """Return the request in a body. Raises an InputProblemError that names the invalid field."""
        if self.own_keys and isinstance(body, Mapping) and not any(key in body for key in self.own_keys):
            return UnknownBody()
        return self.computation.read(body)

    def compute(self, request: Any, context: Context) -> Outcome:
        """Return the outcome of a request.

        Raises:
            NoResultError: if there is no result. The rows of a listing may raise it too.
        """
        if isinstance(request, UnknownBody):
            raise NoResultError(
                f"The body of {self.path} is undocumented. The okapi-sdk emulator needs {' or '.join(self.own_keys)} "
                "in it, which is its own convention.",
                input_problem=True,
            )
        with engine_errors_as_fatal():
            outcome = self.computation.compute(request, context)
        return replace(outcome, formats={name: _guarded(result) for name, result in outcome.formats.items()})


def _guarded(result: Listing | Document | Absent) -> Listing | Document | Absent:
    """Return a result whose rows raise NoResultError if an engine fails while computing them."""

    def rows(unguarded: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        with engine_errors_as_fatal():
            yield from unguarded

    return replace(result, rows=rows(result.rows)) if isinstance(result, Listing) else result


def _from_module(name: str, **options: str) -> Callable[[Any, Context], Outcome]:
    """Return the function `name` from this package's module `name`, imported at the first calculation.

    numpy and skyfield take longer to load than the server takes to start.
    """

    def compute(request: Any, context: Context) -> Outcome:
        outcome: Outcome = getattr(import_module(f"{__package__}.{name}"), name)(request, context, **options)
        return outcome

    return compute


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

_STAND_IN = "With the extra emulator-full: the library brahe is a stand-in for the platform's propagator."
_OWN_BODY = "The body is the emulator's own, because the platform's is undocumented."

_TABLE = (
    Service(
        "predict-passes/sgp4",
        "passes from a TLE",
        _PASSES,
        Computation(read_predict_passes, _from_module("predict_passes"), is_long=long_window),
    ),
    *(
        Service(
            f"predict-passes/{method}",
            "passes by numerical propagation",
            _PASSES,
            Computation(read_predict_passes_of_state, _from_module("predict_passes"), is_long=always),
            _STAND_IN,
        )
        for method in ("neptune", "orekit-numerical")
    ),
    Service(
        "predict-passes/oems",
        "passes from an ephemeris",
        _PASSES,
        Computation(read_predict_passes_of_oem, _from_module("predict_passes"), is_long=long_window),
        "The ephemeris is in the body; it is interpolated.",
    ),
    Service(
        "propagate-orbit/sgp4",
        "states from a TLE",
        ("simple", "omm"),
        Computation(read_propagate_orbit, _from_module("propagate_orbit"), is_long=many_states),
    ),
    *(
        Service(
            f"propagate-orbit/{method}",
            "states by numerical propagation",
            formats,
            Computation(read_propagate_state, _from_module("propagate_state"), is_long=always),
            _STAND_IN,
        )
        for method, formats in (("neptune", ("simple", "oem", "opm")), ("orekit-numerical", ("simple", "opm")))
    ),
    *(
        Service(
            f"estimate-risk/{method}",
            "the collision probability of a conjunction",
            _SIMPLE,
            Computation(read_estimate_risk, _from_module("estimate_risk", method=method), is_long=many_risks),
            "For straight relative motion, except patera-2003; no risk without hard-body radii.",
        )
        for method in _RISK_METHODS
    ),
    *(
        Service(
            f"predict-risk/{method}",
            "the trend of a collision probability",
            _SIMPLE,
            Computation(read_estimate_risk, _from_module("predict_risk", method=method), stores=True, is_long=always),
            "From the CDM and the stored CDMs of the same conjunction, under the emulator's own assumptions.",
        )
        for method in _RISK_METHODS
    ),
    Service(
        "check-orbit",
        "the close approaches of an orbit to stored TLEs",
        _SIMPLE,
        Computation(read_check_orbit, _from_module("check_orbit"), is_long=always),
        "An orbit against the TLEs that are stored in the emulator, and nothing else.",
    ),
    Service(
        "generate-maneuver",
        "collision avoidance maneuvers",
        _SIMPLE,
        Computation(read_generate_maneuver, _from_module("generate_maneuver"), stores=True, is_long=always),
        f"{_OWN_BODY} {_STAND_IN}",
        ("conjunction_id", "conjunction"),
    ),
    Service(
        "determine-orbit/wls",
        "an orbit from observations by weighted least squares",
        ("simple", "omm"),
        Computation(read_determine_orbit, _from_module("determine_orbit"), stores=True, is_long=always),
        f"From angles and ranges of stored stations, GNSS positions or an ephemeris. {_STAND_IN} Without it: SGP4.",
        ("tdm", "ephemerides"),
    ),
    Service(
        "add-ephemerides",
        "an orbit from uploaded ephemerides",
        ("simple", "oem", "omm"),
        Computation(read_add_ephemerides, _from_module("add_ephemerides"), stores=True, is_long=always),
        "An OEM is stored and screened; the emulator neither determines an orbit from it nor propagates it.",
    ),
    Service(
        "correlate-observation",
        "the object to which an observation belongs",
        _SIMPLE,
        Computation(read_correlate_observation, _from_module("correlate_observation"), is_long=always),
        f"Tracklets of stored stations against the stored TLEs. {_OWN_BODY}",
        ("tdm",),
    ),
    Service(
        "estimate-covariance",
        "the covariance of an orbit",
        _SIMPLE,
        Computation(read_estimate_covariance, _from_module("estimate_covariance"), is_long=always),
        f"From the differences between successive TLEs of an object. {_OWN_BODY}",
        ("orbit",),
    ),
    Service(
        "maneuver-execution-analysis",
        "the execution of a maneuver",
        _SIMPLE,
        Computation(read_maneuver_execution_analysis, _from_module("maneuver_execution_analysis"), is_long=always),
        f"{_OWN_BODY} {_STAND_IN}",
        ("maneuver",),
    ),
    Service(
        "geo-slot-analysis",
        "the neighbourhood of a geostationary slot",
        _SIMPLE,
        Computation(read_geo_slot_analysis, _from_module("geo_slot_analysis"), is_long=always),
        f"{_OWN_BODY} From the stored TLEs and the orbit in the body.",
        ("longitude",),
    ),
    Service(
        "cdms",
        "the conjunction of an uploaded CDM",
        _SIMPLE,
        Computation(read_upload_cdm, _from_module("upload_cdm"), stores=True),
        "The CDM creates its conjunction or updates it, with a risk estimation by FOSTER-1992.",
    ),
)

SERVICES: Mapping[str, Service] = {service.path: service for service in _TABLE}
