"""References: from the token that a user pastes to the calculation class that reads the result."""

from __future__ import annotations

import sys
from typing import Any

from . import catalogue
from .calculations.base import Calculation
from .errors import ConfigurationError, InputError, InputProblem, RequestRef
from .models.types import checked_id, is_path_step
from .settings.environments import Environment
from .settings.policies import Dialect
from .text import short

AnyCalculation = type[Calculation[Any]]


def class_name(calculation: AnyCalculation) -> str:
    """Return the name by which a reference keeps a class: bare for the SDK's own, with its module for others."""
    name = calculation.__name__
    if name in catalogue.taken_by("submit") and catalogue.load(name) is calculation:
        return name
    return f"{calculation.__module__}:{calculation.__qualname__}"


def class_named(name: str) -> AnyCalculation:
    """Return the calculation class of that name. No module is imported for a class that is not the SDK's.

    Raises:
        InputError: if this process has no such class.
    """
    if name in catalogue.taken_by("submit"):
        return catalogue.load(name)  # type: ignore[no-any-return]
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module) if path else None
    for step in path.split("."):
        found = getattr(found, step, None)
    if isinstance(found, type) and issubclass(found, Calculation):
        return found
    problem = InputProblem(
        "calculation", short(name), f"one of {', '.join(catalogue.taken_by('submit'))}, or a class of your own",
        "import the module that defines it, or pass the class: resume(ref, MyCalculation)",
    )  # fmt: skip
    raise InputError("RequestRef", (problem,))


def split_reference(text: str) -> tuple[str, str]:
    """Return the endpoint and the ID in the text that ``str(ref)`` prints.

    Raises:
        InputError: if the text is not such a reference.
    """
    path, slash, id = text.strip().strip("/").rpartition("/") if isinstance(text, str) else ("", "", "")
    if not slash or not all(is_path_step(step) for step in (*path.split("/"), id)):
        rule = "the reference that str(ref) prints, such as predict-passes/sgp4/<request id>"
        raise InputError("Reference", (InputProblem("", short(text), rule, "copy all of it"),))
    return path, id


def resolve(
    ref: RequestRef[Any] | str, calculation: AnyCalculation | None, environment: Environment, dialect: Dialect
) -> tuple[RequestRef[Any], AnyCalculation]:
    """Return the reference to resume, checked against the client's environment, and the class that reads its result.

    Raises:
        InputError: if the reference cannot be read, or does not belong to the class.
        ConfigurationError: if the calculation was submitted to another address.
    """
    if isinstance(ref, RequestRef):
        _check(ref)
    path, id = (ref.path, ref.id) if isinstance(ref, RequestRef) else split_reference(ref)
    if calculation is None:
        calculation = class_named(ref.calculation) if isinstance(ref, RequestRef) else _class_serving(path)
    elif not (isinstance(calculation, type) and issubclass(calculation, Calculation)):
        raise _refused("calculation", calculation, "the class that was submitted", "resume(reference, PredictPasses)")
    elif not calculation._serves(path):
        raise _refused("calculation", calculation.__name__, f"the class whose endpoint is {path}", "")
    if not isinstance(ref, RequestRef):
        format = next(iter(calculation.formats(path).values()))
        ref = RequestRef(path, id, class_name(calculation), format, dialect, environment.base_url)
    if ref.base_url != environment.base_url:
        raise ConfigurationError(
            f"{ref} was submitted to {ref.base_url}, but this client calls {environment.base_url}. Resume it with a "
            "client of that address."
        )
    return ref, calculation


def _check(ref: RequestRef[Any]) -> None:
    if not all(isinstance(text, str) for text in vars(ref).values()):
        raise _refused("", ref, "a reference whose fields are text", "RequestRef.from_json reads one")
    checked_id("id", ref.id)
    if not all(is_path_step(step) for step in (*ref.path.split("/"), ref.format)):
        raise _refused("path", ref.path, "an endpoint such as predict-passes/sgp4", "")


def _class_serving(path: str) -> AnyCalculation:
    return catalogue.load(catalogue.serving(path) or "RawCalculation")  # type: ignore[no-any-return]


def _refused(field: str, value: object, rule: str, remedy: str) -> InputError:
    return InputError("resume", (InputProblem(field, short(value), rule, remedy),))
