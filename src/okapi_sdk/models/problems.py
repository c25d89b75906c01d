"""Validation rules, and the conversion of pydantic's errors to `InputProblem`s."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from ..errors import InputError, InputProblem
from ..redaction import MASK, is_secret, masked
from ..text import closest, short

MOST_NAMED = 12
"""Maximum number of fields that an error about an unknown field lists; for larger models, it lists none."""


LOOKS_LIKE_METRES = "the platform takes kilometres, but this looks like metres"


def rule(text: str, remedy: str = "") -> PydanticCustomError:
    """Return the error that a validator raises; ``text`` is the rule and ``remedy`` the fix."""
    return PydanticCustomError("rule", "{rule}", {"rule": text, "remedy": remedy})


def refusal(model: type[BaseModel], field: str, value: object, allowed: str, remedy: str = "") -> InputError:
    """Return an error about one field, for checks that compare several fields."""
    return InputError(model.__name__, (InputProblem(field, short(value), allowed, remedy),))


_RULES: Mapping[str, str] = {
    "missing": "required",
    "frozen_instance": "models are frozen",
    "frozen_field": "models are frozen",
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text",
    "bool_type": "True or False",
    "sequence_str": "a list",
    "finite_number": "a finite number",
    "greater_than": "greater than {gt}",
    "less_than": "less than {lt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "too_long": "at most {max_length} items",
    "too_short": "at least {min_length} items",
    "model_type": "a {class_name}",
    "literal_error": "one of {expected}",
}
_REMEDIES: Mapping[str, str] = {
    "model_type": "pass an instance, or a dictionary of its fields",
    "float_type": "pass a float or an int, not text or a bool",
    "int_type": "pass an int, not text or a bool",
    "string_type": "pass a str",
    "bool_type": "pass a bool",
    "sequence_str": "put it in a list",
    "finite_number": "omit it if unknown",
    "greater_than": "pass a value in this range",
    "less_than": "pass a value in this range",
    "greater_than_equal": "pass a value in this range",
    "less_than_equal": "pass a value in this range",
    "too_long": "pass fewer items",
    "too_short": "pass more items",
    "literal_error": "pass one of these values",
    "missing": "pass a value",
    "frozen_instance": "create a modified copy with model_copy(update=...)",
    "frozen_field": "create a modified copy with model_copy(update=...)",
}


def problems(model: type[BaseModel], error: ValidationError) -> Iterator[InputProblem]:
    """Yield field, value, rule and remedy for each entry of pydantic's error."""
    for line in error.errors(include_url=False):
        loc, kind, context = line["loc"], line["type"], line.get("ctx", {})
        field = ".".join(str(part) for part in loc)
        if context.get("class") == "Sequence":
            kind = "sequence_str"  # report any non-list the way pydantic reports a string
        inner = context.get("error")
        if isinstance(inner, InputError):
            for problem in inner.problems:
                yield problem._replace(field=".".join(filter(None, (field, problem.field))))
        elif kind == "default_factory_not_called":
            continue  # caused by a field that is reported anyway
        elif kind == "extra_forbidden":
            fields = _fields_at(model, loc[:-1])
            name = str(loc[-1])
            matches = closest(name, fields) or [
                candidate for candidate in fields if set(name.split("_")) <= set(candidate.split("_"))
            ]
            # A misspelt field may hold a secret.
            hidden = any(map(is_secret, (*loc, *matches)))
            remedy = f"did you mean {matches[0]}?" if matches else "remove it"
            allowed = f"; allowed: {', '.join(fields)}" if len(fields) <= MOST_NAMED else ""
            yield InputProblem(field, _quoted(line["input"], hidden), f"unknown field{allowed}", remedy)
        else:
            value = "nothing" if kind == "missing" else _quoted(line["input"], any(map(is_secret, loc)))
            text = _RULES[kind].format_map(context) if kind in _RULES else str(context.get("rule", line["msg"]))
            yield InputProblem(field, value, text, str(context.get("remedy", _REMEDIES.get(kind, ""))))


def _quoted(value: object, hidden: bool) -> str:
    return repr(MASK) if hidden else short(masked(value))


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    for part in loc:
        field = model.model_fields.get(str(part))
        inner = None if field is None else _model_in(field.annotation)
        if inner is not None:
            model = inner
    by_alias = model.model_config.get("loc_by_alias", True)
    return [field.alias or name if by_alias else name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part)) is not None), None)
