"""The one table of public names: every calculation, stored collection and value, and the module that defines it.

The package's exports and its type stub, `OkapiClient.resume`, the lists in messages and docstrings, and the coverage
page are made from it. A new service is one file in `calculations` and one line in `SERVICES`; ``nox -s catalogue`` then
rewrites the stub and the page.
"""

from __future__ import annotations

import importlib
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

Verb = Literal["submit", "list", "get", "add", "update", "delete"]


class Service(NamedTuple):
    """A calculation, defined in the module of `calculations` that bears its name in snake case."""

    name: str
    """Name of the class."""
    endpoint: str
    """First part of its path; empty if it serves any path."""
    results: str = ""
    """Types that its result can be read as, defined in the same module."""
    also: str = ""
    """Other public names of the module."""

    @property
    def module(self) -> str:
        """Module below the package."""
        return "calculations." + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower()

    @property
    def names(self) -> list[str]:
        """All public names of the module."""
        return [self.name, *self.results.split(), *self.also.split()]


class Collection(NamedTuple):
    """A collection of stored objects: the module of `objects`, and the classes that each verb of the client takes."""

    place: str
    """Module below `objects`."""
    list: str = ""
    get: str = ""
    add: str = ""
    update: str = ""
    delete: str = ""
    also: str = ""
    """Other public names of the module."""

    @property
    def module(self) -> str:
        """Module below the package."""
        return "objects." + self.place

    @property
    def names(self) -> Iterable[str]:
        """All public names of the module."""
        return dict.fromkeys(" ".join(self[1:]).split())


SERVICES = (
    Service("AddEphemerides", "add-ephemerides"),
    Service("AnalyzeGeoSlot", "geo-slot-analysis", "GeoSlotAnalysis"),
    Service("AnalyzeManeuverExecution", "maneuver-execution-analysis"),
    Service("CheckOrbit", "check-orbit", "OrbitCheck", "OrbitViolation"),
    Service("CorrelateObservation", "correlate-observation"),
    Service(
        "DetermineOrbit", "determine-orbit", "OrbitDetermination",
        "DeterminationResult DeterminedState ExcludedMeasurement WlsFit",
    ),
    Service("EstimateCovariance", "estimate-covariance"),
    Service("EstimateRisk", "estimate-risk", "RiskEstimations"),
    Service("GenerateManeuver", "generate-maneuver", "GeneratedManeuvers", "ManeuverConstraints ManeuverWindow"),
    Service("PredictPasses", "predict-passes", "Passes PassSummary", "Pass TrackPoint"),
    Service("PredictRisk", "predict-risk", "RiskPredictions"),
    Service("PropagateOrbit", "propagate-orbit", "Ephemeris", "State"),
    Service("RawCalculation", ""),
    Service("UploadCdm", "cdms"),
)  # fmt: skip

COLLECTIONS = (
    Collection("cdms", list="Cdms ConjunctionCdms"),
    Collection(
        "conjunctions", get="Conjunction",
        list="Conjunctions ConjunctionManeuverEvaluations ConjunctionRiskEstimations ConjunctionRiskPredictions",
    ),
    Collection(
        "ground_station_passes", list="GroundStationPasses", add="NewGroundStationPasses",
        also="AddedGroundStationPasses ContactWindow SpacecraftPasses",
    ),
    Collection("maneuver_plans", list="ManeuverPlans", add="NewManeuverPlan", also="ManeuverPlan"),
    Collection("neighborhoods", list="SatelliteNeighborhoods", also="Neighborhood"),
    Collection("oems", list="Oems SatelliteOems", get="OemKvn OemRecord OemXml ResidualPlot"),
    Collection("omms", list="Omms", also="OmmRecord"),
    Collection(
        "satellites", list="Satellites", get="Satellite", add="NewSatellite", update="SatelliteChanges",
        delete="Satellite",
    ),
    Collection("sensor_systems", list="SensorSystems", get="SensorSystem", add="NewSensorSystem"),
    Collection("tdms", list="Tdms", get="TdmRecord", add="NewTdm"),
    Collection("text_forms", list="Texts"),
    Collection("tles", list="Tles", also="TleRecord"),
    Collection("uncertainties", list="Uncertainties", also="Uncertainty UncertaintyRtn"),
)  # fmt: skip

OTHERS: Mapping[str, str] = {
    "calculations.base": "Calculation",
    "calculations.conjunction_risk": "RiskMethod",
    "async_client": "AsyncOkapiClient",
    "client": "OkapiClient",
    "errors": (
        "APIError AuthenticationError BadRequestError CalculationError CalculationFailedError ConfigurationError "
        "ConflictError InputError InputProblem NotFoundError OkapiError OkapiWarning PermissionDeniedError "
        "RateLimitError RedirectError RequestRef ResponseFormatError ResultExpiredError ServerError "
        "SubmissionUncertainError TransportError TransportTimeoutError UnprocessableError WaitTimeoutError"
    ),
    "messages.cdm": "Cdm",
    "messages.cdm_object": "CdmObject",
    "messages.oem": "Oem",
    "messages.oem_blocks": "OemHeader OemSegment OemState",
    "messages.omm": "Omm",
    "messages.omm_blocks": "OmmData OmmHeader OmmMetadata",
    "messages.opm": "Opm OpmData OpmHeader OpmManeuver OpmMetadata",
    "messages.tdm": "Tdm",
    "messages.tdm_blocks": "TdmHeader TdmObservation TdmSegment",
    "messages.tle": "Tle",
    "objects.base": "Changes Deletable Gettable New PagedQuery Query Stored",
    "objects.filters": "FieldOfView Range",
    "objects.gnss": "DragManeuverSettings GnssSensor",
    "pages": "AsyncPages Pages",
    "request": "AsyncRequest Request",
    "results.maneuver_evaluation": "ManeuverEvaluation",
    "results.page": "Page",
    "results.poll_event": "PollEvent",
    "results.response": "RawResponse",
    "results.risk": "RiskAtTca RiskEstimation RiskPrediction",
    "results.rows": "Rows",
    "results.status": "Severity Status",
    "settings.clock": "Clock",
    "settings.environments": "Environment",
    "settings.policies": "Dialect PollPolicy RetryPolicy",
    "values.ground_location": "GroundLocation",
    "values.orbit_determination_settings": "OrbitDeterminationSettings",
    "values.propagation_settings": "PropagationSettings",
    "values.risk_overrides": "RiskOverrides ScalingRange",
    "values.state_vector": "StateVector",
    "values.tagged": "Tagged",
    "values.time_window": "TimeWindow",
}
"""The remaining public names, by module."""


def _homes() -> Iterator[tuple[str, str]]:
    for row in (*SERVICES, *COLLECTIONS):
        yield from ((name, row.module) for name in row.names)
    for module, names in OTHERS.items():
        yield from ((name, module) for name in names.split())


MODULES: Mapping[str, str] = dict(sorted(_homes()))
"""The module of each public name, below the package."""


def load(name: str) -> Any:
    """Return a public name's object; its module is imported when it is first asked for."""
    return getattr(importlib.import_module("." + MODULES[name], __package__), name)


def taken_by(verb: Verb) -> list[str]:
    """Return the names of the classes that a verb of the client takes."""
    if verb == "submit":
        return [service.name for service in SERVICES]
    return sorted(name for row in COLLECTIONS for name in getattr(row, verb).split())


def serving(endpoint: str) -> str | None:
    """Return the name of the calculation that serves an endpoint such as ``predict-passes/sgp4``, None if none does."""
    first = endpoint.partition("/")[0]
    return next((service.name for service in SERVICES if service.endpoint == first), None)


def takes(verb: Verb) -> Callable[[F], F]:
    """Add the classes that a verb takes to the docstring of the method it decorates."""
    *names, last = (f"`{name}`" for name in taken_by(verb))
    listed = textwrap.fill(
        f"Takes {', '.join(names)} or {last}." if names else f"Takes {last}.",
        width=112, initial_indent=" " * 8, subsequent_indent=" " * 8,
    )  # fmt: skip

    def document(method: F) -> F:
        summary, blank, rest = (method.__doc__ or "").partition("\n\n")
        method.__doc__ = f"{summary}\n\n{listed}\n{blank[1:]}{rest}"
        return method

    return document


def stub() -> str:
    """Return the text of ``__init__.pyi``, by which type checkers and editors know the lazy exports."""
    by_module: dict[str, list[str]] = {}
    for name, module in MODULES.items():
        by_module.setdefault(module, []).append(name)
    lines = ["# Written by `nox -s catalogue` from catalogue.py; do not edit.", "", "from ._version import __version__"]
    for module in sorted(by_module):
        lines += [f"from .{module} import {name} as {name}" for name in by_module[module]]
    names = "".join(f'    "{name}",\n' for name in (*MODULES, "__version__"))
    return "\n".join(lines) + f"\n\n__all__ = [\n{names}]\n"
