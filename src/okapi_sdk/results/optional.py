"""Packages that only some methods need, imported on first use."""

from __future__ import annotations

import importlib
from typing import Any

from ..errors import ConfigurationError
from ..packages import culprit, unusable


class Unloaded:
    """A package that is not imported, for annotations that name its classes: they resolve to `Any` at run time."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules

    def __getattr__(self, name: str) -> Any:
        return self if name in self._modules else Any


def optional(module: str, extra: str, method: str) -> Any:
    """Import and return a module of an optional package.

    Args:
        module: the module, such as ``astropy.time``.
        extra: the extra of the SDK that installs it.
        method: the method that needs it, for the message.

    Raises:
        ConfigurationError: if the package is not installed or cannot be imported; the message has the remedy.
    """
    try:
        return importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - whatever a broken package raises
        reason = unusable(culprit(error) or module.partition(".")[0], error, extra)
    raise ConfigurationError(f"{method} needs {reason}")
