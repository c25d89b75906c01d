"""The single table of public names: every calculation, stored collection and value, with its defining module.

The package exports, the type stub, `OkapiClient.resume`, the lists in messages and docstrings, and the coverage page
all derive from it. To add a service, create one file in `calculations`, add one line to `SERVICES` and run
``nox -s catalogue``, which regenerates the stub and the page.
"""

from __future__ import annotations

import importlib
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

Verb = Literal["submit", "list", "get", "add", "update", "delete"]


class Service(NamedTuple):
    """A calculation, defined in the `calculations` module named after it in snake case."""

    name: str
    """Class name."""
    endpoint: str
    """First segment of the endpoint path; empty if the class serves any path."""
    results: str = ""
    """Result types defined in the same module, separated by spaces."""
    also: str = ""
    """Other public names of the module, separated by spaces."""

    @property
    def module(self) -> str:
        """Module path relative to the package."""
        words = "".join(f" {char.lower()}" if char.isupper() else char for char in self.name).split()
        return f"calculations.{'_'.join(words)}"

    @property
    def names(self) -> list[str]:
        """All public names of the module."""
        return [self.name, *self.results.split(), *self.also.split()]


class Collection(NamedTuple):
    """A collection of stored objects: its `objects` module and the classes that each client method accepts."""

    place: str
    """Module name within `objects`."""
    list: str = ""
    get: str = ""
    add: str = ""
    update: str = ""
    delete: str = ""
    also: str = ""
    """Other public names of the module, separated by spaces."""

    @property
    def module(self) -> str:
        """Module path relative to the package."""
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
    Collection("raw_query", list="RawQuery"),
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
    "completion": "as_completed wait_all",
    "errors": (
        "APIError AuthenticationError BadRequestError CalculationError CalculationFailedError ConfigurationError "
        "ConflictError InputError InputProblem NotFoundError OkapiError OkapiWarning PermissionDeniedError "
        "RateLimitError RedirectError RequestRef ResponseFormatError ResultExpiredError ServerError "
        "SubmissionUncertainError TransportError TransportTimeoutError UnprocessableError WaitTimeoutError"
    ),
    "journal": "JournalEntry read_journal",
    "messages.cdm": "Cdm",
    "messages.cdm_object": "CdmObject",
    "messages.oem": "Oem",
    "messages.oem_blocks": "OemCovariance OemHeader OemSegment OemState",
    "messages.omm": "Omm",
    "messages.omm_blocks": "OmmData OmmHeader OmmMetadata",
    "messages.opm": "Opm",
    "messages.opm_blocks": "OpmData OpmHeader OpmManeuver OpmMetadata",
    "messages.tdm": "Tdm",
    "messages.tdm_blocks": "TdmHeader TdmObservation TdmSegment",
    "messages.tle": "Tle",
    "objects.base": "Changes Deletable Gettable New PagedQuery Query Stored",
    "objects.filters": "FieldOfView Range",
    "objects.gnss": "DragManeuverSettings GnssSensor",
    "outcome": "AsyncOutcome MapProgress Outcome",
    "pages": "AsyncPages Pages",
    "progress": "Progress",
    "request": "AsyncRequest Request",
    "results.ground_track": "GroundPoint GroundTrack",
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
    "values.elevation_mask": "ElevationMask",
    "watch.comparison": "ConjunctionChange ConjunctionReport",
    "watch.conjunctions": "ConjunctionWatch",
    "watch.sighting": "ConjunctionSighting",
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
"""The module of each public name, relative to the package."""


def load(name: str) -> Any:
    """Return the object with a public name, importing its module on first use."""
    return getattr(importlib.import_module("." + MODULES[name], __package__), name)


def taken_by(verb: Verb) -> list[str]:
    """Return the names of the classes that a client method accepts."""
    if verb == "submit":
        return [service.name for service in SERVICES]
    return sorted(name for row in COLLECTIONS for name in getattr(row, verb).split())


def serving(endpoint: str) -> str | None:
    """Return the name of the calculation for an endpoint such as ``predict-passes/sgp4``, or None."""
    first = endpoint.partition("/")[0]
    return next((service.name for service in SERVICES if service.endpoint == first), None)


def takes(verb: Verb) -> Callable[[F], F]:
    """Return a decorator that lists the accepted classes in the docstring of a client method."""
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
    """Return the text of ``__init__.pyi``, which declares the lazy exports to type checkers and editors."""
    by_module: dict[str, list[str]] = {}
    for name, module in MODULES.items():
        by_module.setdefault(module, []).append(name)
    lines = ["# Written by `nox -s catalogue` from catalogue.py; do not edit.", "", "from ._version import __version__"]
    for module in sorted(by_module):
        lines += [f"from .{module} import {name} as {name}" for name in by_module[module]]
    names = "".join(f'    "{name}",\n' for name in (*MODULES, "__version__"))
    return "\n".join(lines) + f"\n\n__all__ = [\n{names}]\n"
