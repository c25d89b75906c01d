"""Reasons why an optional package cannot be imported, and what to do about each."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from .text import install_command, one_line


def culprit(error: BaseException) -> str | None:
    """Return the package whose import raised an error, or that lacks what was used of it; None if it was neither.

    It may be a dependency of the package that was imported.
    """
    name: object = None
    if isinstance(error, ModuleNotFoundError) and str(error.name).startswith("okapi_sdk."):
        return error.name  # an installation without this part of the SDK
    if isinstance(error, ImportError):
        name = error.name
    elif isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        name = error.obj.__name__
    elif isinstance(error, SyntaxError) and error.filename:
        file = Path(error.filename)
        name = file.parent.name if file.stem == "__init__" else file.stem
    else:
        step = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_name == "<module>":
                name = step.tb_frame.f_globals.get("__name__")
            step = step.tb_next
    package = str(name).partition(".")[0] if name else None
    return None if package in ("okapi_sdk", "__main__") else package


def unusable(package: str, error: BaseException, extra: str) -> str:
    """Return why a package cannot be used, as the object of a sentence, and the remedy. `extra` installs it."""
    if (origin := _origin(package)) is None:
        return f"the package {package}, which is not installed. Install the extra: {install_command(extra)}"
    return (
        f"the package {package}, which cannot be used: {type(error).__name__}: {one_line(str(error))}. It was loaded "
        f"from {origin}. If that is not the published package, rename it. Otherwise install it again: "
        f"pip install --force-reinstall {package}; the extra has the right version: {install_command(extra)}"
    )


def _origin(package: str) -> str | None:
    """Return the file or folder of a package, or None if there is none."""
    from importlib.util import find_spec

    try:
        spec = find_spec(package)
    except (ImportError, ValueError):  # a module that is blocked, or was not loaded from a file
        return None
    if spec is None:
        return None
    return spec.origin or next(iter(spec.submodule_search_locations or ()), None)
