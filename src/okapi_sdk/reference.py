"""Resolution of references: from pasted text to the calculation class that reads the result."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

from . import catalogue
from .calculations.base import Calculation
from .errors import ConfigurationError, InputError, InputProblem, RequestRef
from .models.types import checked_id, is_path_step
from .settings.environments import Environment
from .settings.policies import Dialect
from .text import short

AnyCalculation = type[Calculation[Any]]


@lru_cache(64)
def class_name(calculation: AnyCalculation) -> str:
    """Return the name under which a reference stores a class; classes outside the SDK include their module."""
    name = calculation.__name__
    if name in catalogue.taken_by("submit") and catalogue.load(name) is calculation:
        return name
    return f"{calculation.__module__}:{calculation.__qualname__}"


def class_named(name: str) -> AnyCalculation:
    """Return the calculation class with the given name. Modules outside the SDK are not imported.

    Raises:
        InputError: if no such class is loaded in this process.
    """
    if name in catalogue.taken_by("submit"):
        return catalogue.load(name)  # type: ignore[no-any-return]
    module, _, path = name.partition(":")
    target: Any = sys.modules.get(module) if path else None
    for step in path.split("."):
        target = getattr(target, step, None)
    if isinstance(target, type) and issubclass(target, Calculation):
        return target
    problem = InputProblem(
        "calculation", short(name), f"one of {', '.join(catalogue.taken_by('submit'))}, or your own class",
        "import the module that defines the class, or pass the class: resume(ref, MyCalculation)",
    )  # fmt: skip
    raise InputError("RequestRef", (problem,))


def split_reference(text: str) -> tuple[str, str]:
    """Return the endpoint and the ID from a reference as printed by ``str(ref)``.

    Raises:
        InputError: if the text is not a reference.
    """
    path, slash, id = text.strip().strip("/").rpartition("/") if isinstance(text, str) else ("", "", "")
    if not slash or not all(is_path_step(step) for step in (*path.split("/"), id)):
        rule = "a reference as printed by str(ref), such as predict-passes/sgp4/<request ID>"
        raise InputError("Reference", (InputProblem("", short(text), rule, "copy the complete reference"),))
    return path, id


def resolve(
    ref: RequestRef[Any] | str, calculation: AnyCalculation | None, environment: Environment, dialect: Dialect
) -> tuple[RequestRef[Any], AnyCalculation]:
    """Return the validated reference and the class that reads its result.

    Raises:
        InputError: if the reference is invalid or does not belong to the class.
        ConfigurationError: if the calculation was submitted to a different base URL.
    """
    if isinstance(ref, RequestRef):
        _check(ref)
    path, id = (ref.path, ref.id) if isinstance(ref, RequestRef) else split_reference(ref)
    if calculation is None:
        calculation = class_named(ref.calculation) if isinstance(ref, RequestRef) else _class_serving(path)
    elif not (isinstance(calculation, type) and issubclass(calculation, Calculation)):
        raise _refusal(
            "calculation",
            calculation,
            "the calculation class that was submitted",
            "for example resume(reference, PredictPasses)",
        )
    elif not calculation._serves(path):
        raise _refusal(
            "calculation", calculation.__name__, f"the class for the endpoint {path}", "omit it to let the SDK choose"
        )
    if not isinstance(ref, RequestRef):
        format = next(iter(calculation.formats(path).values()))
        ref = RequestRef(path, id, class_name(calculation), format, dialect, environment.base_url)
    if ref.base_url != environment.base_url:
        raise ConfigurationError(
            f"{ref} was submitted to {ref.base_url}, but this client uses {environment.base_url}. Resume it with a "
            f"client for {ref.base_url}."
        )
    return ref, calculation


def _check(ref: RequestRef[Any]) -> None:
    if not all(isinstance(text, str) for text in vars(ref).values()):
        raise _refusal(
            "", ref, "a reference whose fields are all strings", "restore it with RequestRef.from_json(text)"
        )
    checked_id("id", ref.id)
    if not all(is_path_step(step) for step in (*ref.path.split("/"), ref.format)):
        raise _refusal("path", ref.path, "an endpoint such as predict-passes/sgp4", "use the reference unchanged")


def _class_serving(path: str) -> AnyCalculation:
    return catalogue.load(catalogue.serving(path) or "RawCalculation")  # type: ignore[no-any-return]


def _refusal(field: str, value: object, rule: str, remedy: str) -> InputError:
    return InputError("resume", (InputProblem(field, short(value), rule, remedy),))
