"""Models and plain data in the platform's JSON form."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, SecretStr

from ..errors import InputError, InputProblem
from ..redaction import shown
from ..text import is_broken, short
from .problems import rule


def wire_time(moment: datetime) -> str:
    """The platform's time format: ISO 8601 UTC, milliseconds (rounded), ``Z``."""
    rounded = moment.astimezone(UTC).replace(tzinfo=None) + timedelta(microseconds=500)
    return rounded.isoformat(timespec="milliseconds") + "Z"


def wire_form(model: BaseModel) -> dict[str, Any]:
    """A model as JSON data: the platform's keys and times, and nothing for a field that is None."""
    form: dict[str, Any] = _wire_value(model.model_dump(by_alias=True, exclude_none=True))
    return form


def _wire_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, dict):
        return {key: _wire_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_wire_value(item) for item in value]
    return value


def untag(tag: str) -> Callable[[Any], Any]:
    """Validator that takes a value also as ``{"type": tag, "content": value}``, the form that it has on the wire."""

    def content(value: Any) -> Any:
        if isinstance(value, Mapping) and value.keys() == {"type", "content"}:
            if value["type"] != tag:
                raise rule(f"a value of type {tag!r}", f"this one is tagged {short(value['type'])}")
            return value["content"]
        return value

    return content


DEEPEST = 64


def json_data(value: Any) -> Any:
    """A copy of JSON data, tuples as lists.

    Raises:
        InputError: something in it is not JSON; the field says where.
    """
    return _copied(value, ())


def _copied(value: Any, path: tuple[str, ...]) -> Any:
    if len(path) > DEEPEST:
        raise _refused(path[:3], f"nested at most {DEEPEST} deep", "flatten it, or look for a cycle")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if is_broken(value):
            raise _refused(path, "text without lone surrogates", "decode it with the right encoding", value)
        return value
    if isinstance(value, int):
        if value.bit_length() > 64:
            raise _refused(path, "whole numbers of at most 64 bits", "send it as text", f"{value.bit_length()} bits")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refused(path, "a finite number: JSON has no other", "leave the key out, or send None", value)
        return float(value)
    if isinstance(value, Mapping):
        return {_key(key, path): _copied(item, (*path, str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item, (*path, str(index))) for index, item in enumerate(value)]
    raise _refused(path, "JSON data", "pass dicts, lists, texts, numbers, True, False or None", value)


def _key(key: object, path: tuple[str, ...]) -> str:
    if not isinstance(key, str):
        raise _refused(path, "text as key", "write the key as text", key)
    if is_broken(key):
        raise _refused(path, "keys without lone surrogates", "decode them with the right encoding", key)
    return key


def _refused(path: tuple[str, ...], allowed: str, remedy: str, value: object = "...") -> InputError:
    return InputError("JSON", (InputProblem(".".join(path), short(shown("".join(path[-1:]), value)), allowed, remedy),))


Json = Annotated[Any, BeforeValidator(json_data)]
"""JSON data: dicts with text keys, lists, texts, finite numbers, True, False and None."""


def set_fields(model: BaseModel) -> dict[str, Any]:
    """What was set of a model, as JSON data under the platform's names.

    Raises:
        InputError: something in it cannot be sent as JSON.
    """
    found: dict[str, Any] = json_data(
        {
            field.serialization_alias or name: plain(getattr(model, name))
            for name, field in type(model).model_fields.items()
            if name in model.model_fields_set
        }
    )
    return found


def plain(value: Any) -> Any:
    """A value as JSON data."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, BaseModel):
        wire = getattr(value, "_wire", None)
        return wire() if wire is not None else set_fields(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def merged(*parts: Any) -> dict[str, Any]:
    """Merge parts of settings, given as dictionaries or None; later parts win. A validator calls it."""
    result: dict[str, Any] = {}
    for part in parts:
        if part is not None and not isinstance(part, Mapping):
            raise rule("settings as a dictionary", "omit them if there are none")
        result |= part or {}
    return result
