"""Packages whose names are loaded when first used: a program pays for the nouns that it takes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any


def export(package: str, homes: Mapping[str, str]) -> None:
    """Give a package its public names: ``homes`` has the module and, in one text, the names that are loaded out of it.

    It is done here rather than by a ``__getattr__`` in the package, with which type checkers take any name for one.
    """
    module = sys.modules[package]
    home = {name: place for place, names in homes.items() for name in names.split()}

    def load(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(home[name], package), name)
        setattr(module, name, found)
        return found

    vars(module).update(__all__=sorted(home), __getattr__=load, __dir__=lambda: sorted(home))


def load_all(package: ModuleType) -> None:
    """Load what a package exports: for a list of all the nouns that there are."""
    for name in dir(package):
        getattr(package, name)
