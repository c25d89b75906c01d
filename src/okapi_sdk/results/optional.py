"""Packages that only some methods need, imported on first use."""

from __future__ import annotations

import importlib
from typing import Any

from ..errors import ConfigurationError
from ..text import install_command


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
        ConfigurationError: if the package is not installed; the message has the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != package:
            raise
    raise ConfigurationError(f"{method} needs {package}, which is not installed: {install_command(extra)}")
