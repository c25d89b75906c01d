"""Every third-party import is declared by the extra of its room, so that an install without the others works."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "okapi_sdk"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Rooms that need an extra. pytest itself loads its plugin, so whoever needs that room has pytest.
EXPORTS = ("pandas", "polars", "arrow", "numpy", "skyfield", "astropy")
EXTRAS: dict[str, tuple[str, ...]] = {
    "emulator": ("emulator",),
    "cli": ("cli",),
    "pytest_plugin": ("tests",),
    # For annotations only; `results.optional` imports them by name when a method needs them.
    "results": EXPORTS,
    "calculations": EXPORTS,
    "plot": ("plot", "numpy"),
}
HOSTS = {"IPython"}
"""Imported only by programs that run inside them."""
DISTRIBUTIONS = packages_distributions()


def imported(source: str) -> Iterator[str]:
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def third_party(source: str) -> set[str]:
    return set(imported(source)) - sys.stdlib_module_names - {"okapi_sdk"}


def declared(*extras: str) -> set[str]:
    """The distributions that come with the core and these extras."""
    given = [*PROJECT["dependencies"]]
    for extra in extras:
        given += PROJECT["optional-dependencies"][extra]
    return {canonicalize_name(Requirement(one).name) for one in given}


def distributions(package: str) -> set[str]:
    return {canonicalize_name(one) for one in DISTRIBUTIONS.get(package, [package])}


def undeclared(path: Path, source: str) -> set[str]:
    room = path.relative_to(SOURCES).parts[0].removesuffix(".py")
    allowed = declared(*EXTRAS.get(room, ()))
    return {name for name in third_party(source) - HOSTS if not allowed & distributions(name)}


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES)))
def test_what_a_module_imports_is_declared(path: Path) -> None:
    assert not undeclared(path, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("room", "source", "missing"),
    [
        ("client.py", "import numpy as np", {"numpy"}),
        ("client.py", "def late():\n    from rich.table import Table", {"rich"}),
        ("cli/app.py", "import click, starlette", {"starlette"}),
        ("emulator/server.py", "import uvicorn\nfrom . import click\nimport os.path", set()),
        ("emulator/server.py", "import anyio", {"anyio"}),  # uvicorn's, not ours to rely on
    ],
)
def test_an_import_of_another_room_would_be_found(room: str, source: str, missing: set[str]) -> None:
    assert undeclared(SOURCES / room, source) == missing


def test_what_is_declared_for_users_is_imported() -> None:
    named = {name for path in SOURCES.rglob("*.py") for name in third_party(path.read_text(encoding="utf-8"))}
    named.add("httpcore")  # by name, as the user chooses httpx or httpx2: `_transport.lanes.Library`
    assert declared("emulator", "cli") <= set().union(*map(distributions, named))


@pytest.mark.parametrize("extra", [None, "emulator", "cli", "httpx2"])
def test_each_range_has_a_floor_and_a_ceiling(extra: str | None) -> None:
    for one in PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]:
        assert {limit.operator for limit in Requirement(one).specifier} == {">=", "<"}, one
