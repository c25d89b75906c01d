"""Forms of values in dumps, for fields that take more than one class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, PlainSerializer

AsItIs: PlainSerializer = PlainSerializer(lambda value: value, return_type=Any)
"""Dumps a value by its own type, whatever the annotation of the field."""


def _named(value: Any) -> Any:
    return {type(value).__name__: value.model_dump(mode="json")} if isinstance(value, BaseModel) else value


Named: PlainSerializer = PlainSerializer(_named, return_type=Any)
"""Dumps a model as an object whose only key is the name of its class, which `from_named` reads back."""


def from_named(value: Any, *models: type[BaseModel]) -> Any:
    """Return the model in a dump of `Named`; any other value unchanged."""
    if isinstance(value, Mapping) and len(value) == 1:
        for model in models:
            if model.__name__ in value:
                return model.model_validate(value[model.__name__])
    return value
