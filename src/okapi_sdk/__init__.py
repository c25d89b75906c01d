"""A typed client for the OKAPI:Orbits space-traffic platform.

::

    from okapi_sdk import OkapiClient, PredictPasses, Tle, GroundLocation, TimeWindow

    with OkapiClient() as client:
        request = client.submit(PredictPasses(...))
        passes = request.result()

Every request is described by a model such as `PredictPasses`, the client has a handful of methods, and every failure
raises a subclass of `OkapiError`. Names are loaded on first use; `catalogue` lists them.

PYTEST_DONT_REWRITE: the package has a pytest plugin, and pytest would warn if it is imported before pytest starts.
"""

from typing import Any

from . import catalogue
from ._version import __version__

__all__ = [*catalogue.MODULES, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in catalogue.MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loaded = globals()[name] = catalogue.load(name)
    return loaded


def __dir__() -> list[str]:
    return sorted(__all__)
