"""What the drivers share. It runs in the venv of a published client, so it needs nothing but the standard library."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

PLATFORM_SIGN_IN = "https://okapi-development.eu.auth0.com/oauth/token"


class Recording:
    """Calls of a package's public functions, and what came of each. Its plan comes in on stdin, the record goes out."""

    def __init__(self) -> None:
        self.plan: dict[str, Any] = json.load(sys.stdin)
        self._out, sys.stdout = sys.stdout, sys.stderr  # what the package prints is none of the record
        self._calls: dict[str, list[dict[str, Any]]] = {}

    def call(self, name: str, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call it, and note under `name` what it returned or what it ended in."""
        outcome: dict[str, Any] = {}
        try:
            outcome["value"] = function(*arguments, **options)
        except (Exception, SystemExit) as error:
            outcome["error"] = type(error).__name__
            outcome["text"] = str(error)
        self._calls.setdefault(name, []).append(outcome)
        return outcome.get("value")

    def write(self, package: ModuleType) -> None:
        """Hand over the record, with the names of all public functions."""
        json.dump({"functions": sorted(set(_functions(package))), "calls": self._calls}, self._out, default=str)


def _functions(package: ModuleType) -> Iterator[str]:
    """Public functions, and public methods as `Class.method`; a module that cannot be imported, by its own name."""
    below = pkgutil.walk_packages(package.__path__, f"{package.__name__}.", onerror=lambda _: None)
    for full_name in [package.__name__, *(found.name for found in below)]:
        try:
            module = importlib.import_module(full_name)
        except (Exception, SystemExit):
            yield full_name.rpartition(".")[2]
            continue
        for name, named in vars(module).items():
            found = getattr(named, "callback", named)  # a command of click holds the function itself
            if name.startswith("_") or getattr(found, "__module__", None) != full_name:
                continue
            if inspect.isfunction(found):
                yield name
            elif inspect.isclass(found) and not issubclass(found, BaseException):
                yield from (
                    f"{name}.{method}"
                    for method, value in vars(found).items()
                    if inspect.isfunction(value) and not method.startswith("_")
                )


def with_sign_in_at(function: Any, address: str) -> Any:
    """The function with its sign-in address exchanged, which is a constant in its code; its file stays as it is."""
    code = function.__code__
    constants = tuple(address if found == PLATFORM_SIGN_IN else found for found in code.co_consts)
    if constants == code.co_consts:
        raise ValueError(f"{function.__name__} holds no {PLATFORM_SIGN_IN}")
    return type(function)(
        code.replace(co_consts=constants), function.__globals__, function.__name__, function.__defaults__
    )
