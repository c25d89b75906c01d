"""Conversion of models and plain data to the platform's JSON format."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, SecretStr

from ..errors import InputError, InputProblem
from ..redaction import shown
from ..scalars import python_scalar
from ..text import is_broken, short
from .problems import rule

_HALF_A_MILLISECOND = timedelta(microseconds=500)


def wire_time(moment: datetime) -> str:
    """Return a time in the platform's format: ISO 8601 in UTC, rounded to milliseconds, with a trailing ``Z``."""
    moment = moment.astimezone(UTC)
    if moment.microsecond % 1000:
        moment += _HALF_A_MILLISECOND
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def wire_form(model: BaseModel) -> dict[str, Any]:
    """Return a model as JSON data with the platform's keys and time format, without fields that are None."""
    # Without pydantic's dump: it turns a Ctrl-C in a serializer into its own exception.
    return {name: _wire_value(value) for name, value in sent_fields(model)}


def sent_fields(model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a model that are not None, under the platform's keys, then unknown fields."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if value is not None and not field.exclude and not (field.exclude_if and field.exclude_if(value)):
            yield field.serialization_alias or name, value
    if type(model).model_config.get("extra") == "allow":
        yield from (item for item in (model.model_extra or {}).items() if item[1] is not None)


def _wire_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, BaseModel):
        return wire_form(value)
    if isinstance(value, dict):
        return {key: _wire_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_wire_value(item) for item in value]
    return value


def untag(tag: str) -> Callable[[Any], Any]:
    """Return a validator that also accepts a value in its tagged form, ``{"type": tag, "content": value}``."""

    def content(value: Any) -> Any:
        if isinstance(value, Mapping) and value.keys() == {"type", "content"}:
            if value["type"] != tag:
                raise rule(f"a value of type {tag!r}", f"pass {tag!r} data; this is tagged {short(value['type'])}")
            return value["content"]
        return value

    return content


MAX_DEPTH = 64


def json_data(value: Any) -> Any:
    """Return a copy of JSON data, with tuples converted to lists.

    Raises:
        InputError: if a value is not valid JSON; `field` holds its path.
    """
    return _copied(value, ())


def _copied(value: Any, path: tuple[str, ...]) -> Any:
    if len(path) > MAX_DEPTH:
        raise _refused(path[:3], f"at most {MAX_DEPTH} levels of nesting", "flatten the data, or remove a cycle")
    value = python_scalar(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if is_broken(value):
            raise _refused(path, "text without lone surrogates", "decode it with the right encoding", value)
        return value
    if isinstance(value, int):
        if value.bit_length() > 64:
            raise _refused(path, "a whole number of at most 64 bits", "send it as text", f"{value.bit_length()} bits")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refused(path, "a finite number; JSON has no NaN or infinity", "omit the key, or send None", value)
        return float(value)
    if isinstance(value, Mapping):
        return {_key(key, path): _copied(item, (*path, str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item, (*path, str(index))) for index, item in enumerate(value)]
    raise _refused(path, "JSON data", "pass dicts, lists, strings, numbers, True, False or None", value)


def _key(key: object, path: tuple[str, ...]) -> str:
    if not isinstance(key, str):
        raise _refused(path, "a string as key", "convert the key to a string", key)
    if is_broken(key):
        raise _refused(path, "a key without lone surrogates", "decode it with the right encoding", key)
    return key


def _refused(path: tuple[str, ...], allowed: str, remedy: str, value: object = "...") -> InputError:
    return InputError("JSON", (InputProblem(".".join(path), short(shown("".join(path[-1:]), value)), allowed, remedy),))


Json = Annotated[Any, BeforeValidator(json_data)]
"""JSON data: dicts with string keys, lists, strings, finite numbers, True, False and None."""


def set_fields(model: BaseModel) -> dict[str, Any]:
    """Return the fields that were set explicitly, as JSON data under the platform's names.

    Raises:
        InputError: if a value cannot be sent as JSON.
    """
    fields: dict[str, Any] = json_data(
        {
            field.serialization_alias or name: plain(getattr(model, name))
            for name, field in type(model).model_fields.items()
            if name in model.model_fields_set
        }
    )
    return fields


def plain(value: Any) -> Any:
    """Convert a value to JSON data."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, BaseModel):
        wire = getattr(value, "wire", None)
        return wire() if wire is not None else set_fields(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def merged(*parts: Any) -> dict[str, Any]:
    """Merge settings given as dictionaries or None; later ones win. For use in validators."""
    result: dict[str, Any] = {}
    for part in parts:
        if part is not None and not isinstance(part, Mapping):
            raise rule("a dictionary of settings", "omit them if there are none")
        result |= part or {}
    return result
