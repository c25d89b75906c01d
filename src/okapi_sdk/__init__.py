"""A typed client for the OKAPI:Orbits space-traffic platform.

::

    from okapi_sdk import OkapiClient, PredictPasses, Tle, GroundLocation, TimeWindow

    with OkapiClient() as client:
        request = client.submit(PredictPasses(...))
        passes = request.result()

Everything a user asks is a noun, a model such as `PredictPasses`; the client has a handful of verbs; whatever goes
wrong is a subclass of `OkapiError`. Names are loaded when first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .calculations import (
        AnalyzeGeoSlot,
        AnalyzeManeuverExecution,
        Calculation,
        CheckOrbit,
        CorrelateObservation,
        DetermineOrbit,
        Ephemeris,
        EstimateCovariance,
        GeneratedManeuvers,
        GenerateManeuver,
        GeoSlotAnalysis,
        ManeuverConstraints,
        ManeuverWindow,
        OrbitCheck,
        OrbitDetermination,
        OrbitViolation,
        Pass,
        Passes,
        PassSummary,
        PredictPasses,
        PropagateOrbit,
        RawCalculation,
        State,
        TrackPoint,
    )
    from .client import AsyncOkapiClient, OkapiClient
    from .errors import (
        APIError,
        AuthenticationError,
        BadRequestError,
        CalculationError,
        CalculationFailedError,
        ConfigurationError,
        ConflictError,
        InputError,
        InputProblem,
        NotFoundError,
        OkapiError,
        OkapiWarning,
        PermissionDeniedError,
        RateLimitError,
        RedirectError,
        ResponseFormatError,
        ResultExpiredError,
        ServerError,
        SubmissionUncertainError,
        TransportError,
        TransportTimeoutError,
        UnprocessableError,
        WaitTimeoutError,
    )
    from .models import (
        Cdm,
        GroundLocation,
        Oem,
        Omm,
        Opm,
        PropagationSettings,
        StateVector,
        Status,
        Tagged,
        Tdm,
        TimeWindow,
        Tle,
    )
    from .models.response import RawResponse
    from .reference import RequestRef
    from .request import AsyncRequest, PollEvent, Request
    from .settings import Clock, Environment, PollPolicy, RetryPolicy

__all__ = [
    "APIError",
    "AnalyzeGeoSlot",
    "AnalyzeManeuverExecution",
    "AsyncOkapiClient",
    "AsyncRequest",
    "AuthenticationError",
    "BadRequestError",
    "Calculation",
    "CalculationError",
    "CalculationFailedError",
    "Cdm",
    "CheckOrbit",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "CorrelateObservation",
    "DetermineOrbit",
    "Environment",
    "Ephemeris",
    "EstimateCovariance",
    "GenerateManeuver",
    "GeneratedManeuvers",
    "GeoSlotAnalysis",
    "GroundLocation",
    "InputError",
    "InputProblem",
    "ManeuverConstraints",
    "ManeuverWindow",
    "NotFoundError",
    "Oem",
    "OkapiClient",
    "OkapiError",
    "OkapiWarning",
    "Omm",
    "Opm",
    "OrbitCheck",
    "OrbitDetermination",
    "OrbitViolation",
    "Pass",
    "PassSummary",
    "Passes",
    "PermissionDeniedError",
    "PollEvent",
    "PollPolicy",
    "PredictPasses",
    "PropagateOrbit",
    "PropagationSettings",
    "RateLimitError",
    "RawCalculation",
    "RawResponse",
    "RedirectError",
    "Request",
    "RequestRef",
    "ResponseFormatError",
    "ResultExpiredError",
    "RetryPolicy",
    "ServerError",
    "State",
    "StateVector",
    "Status",
    "SubmissionUncertainError",
    "Tagged",
    "Tdm",
    "TimeWindow",
    "Tle",
    "TrackPoint",
    "TransportError",
    "TransportTimeoutError",
    "UnprocessableError",
    "WaitTimeoutError",
    "__version__",
]

# From the ground floor up: a name is looked for where it costs least, so that an error class loads no httpx.
_FLOORS = (".errors", ".models", ".models.response", ".settings", ".calculations", ".reference", ".request", ".client")


if not TYPE_CHECKING:  # with it, type checkers take any name for one

    def __getattr__(name: str) -> Any:
        if name in __all__:
            for floor in _FLOORS:
                room = importlib.import_module(floor, __name__)
                if hasattr(room, name):
                    globals()[name] = getattr(room, name)
                    return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
