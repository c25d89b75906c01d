"""Rules that validators state, and pydantic's errors as `InputProblem`s."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from ..errors import InputError, InputProblem
from ..redaction import MASK, is_secret, masked
from ..text import short

MOST_NAMED = 12
"""Fields that the error about an unknown one lists."""


def rule(text: str, remedy: str = "") -> PydanticCustomError:
    """The error that a validator raises: what is allowed, and what to do."""
    return PydanticCustomError("rule", "{rule}", {"rule": text, "remedy": remedy})


def refusal(model: type[BaseModel], field: str, value: object, allowed: str, remedy: str = "") -> InputError:
    """The error about one field, for checks that see more than that field."""
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
    "model_type": "pass one, or a dictionary of its fields",
    "float_type": "pass a float or an int, no text and no bool",
    "int_type": "pass an int, no text and no bool",
    "string_type": "pass a str",
    "bool_type": "pass a bool",
    "sequence_str": "put it in a list",
    "finite_number": "leave out what is not known",
    "greater_than": "give a value in that range",
    "less_than": "give a value in that range",
    "greater_than_equal": "give a value in that range",
    "less_than_equal": "give a value in that range",
    "too_long": "give fewer",
    "too_short": "give more",
    "literal_error": "pass one of them",
    "missing": "pass it",
    "frozen_instance": "make a changed copy with model_copy(update=...)",
    "frozen_field": "make a changed copy with model_copy(update=...)",
}


def problems(model: type[BaseModel], error: ValidationError) -> Iterator[InputProblem]:
    """Each line of pydantic's error as field, value, rule and remedy."""
    for line in error.errors(include_url=False):
        loc, kind, context = line["loc"], line["type"], line.get("ctx", {})
        field = ".".join(str(part) for part in loc)
        if context.get("class") == "Sequence":
            kind = "sequence_str"  # what is told of a text is told of anything that is no list
        inner = context.get("error")
        if isinstance(inner, InputError):
            for problem in inner.problems:
                yield problem._replace(field=".".join(filter(None, (field, problem.field))))
        elif kind == "default_factory_not_called":
            continue  # follows from a field that is reported
        elif kind == "extra_forbidden":
            fields = _fields_at(model, loc[:-1])
            name = str(loc[-1])
            near = difflib.get_close_matches(name, fields, 1) or [
                known for known in fields if set(name.split("_")) <= set(known.split("_"))
            ]
            # A secret may stand under a misspelt name.
            hidden = any(map(is_secret, (*loc, *near)))
            remedy = f"did you mean {near[0]}?" if near else "remove it"
            known = f"; there are: {', '.join(fields)}" if len(fields) <= MOST_NAMED else ""
            yield InputProblem(field, _shown(line["input"], hidden), f"unknown field{known}", remedy)
        else:
            given = "nothing" if kind == "missing" else _shown(line["input"], any(map(is_secret, loc)))
            text = _RULES[kind].format_map(context) if kind in _RULES else str(context.get("rule", line["msg"]))
            yield InputProblem(field, given, text, str(context.get("remedy", _REMEDIES.get(kind, ""))))


def _shown(value: object, hidden: bool) -> str:
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
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
