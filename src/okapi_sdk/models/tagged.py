"""Values of a type that the SDK has no class for, and the check that something is JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from .base import RequestModel, rule, short

DEEPEST = 64


def json_data(value: Any, path: str = "", depth: int = 0) -> Any:
    """A copy of JSON data, tuples as lists.

    Raises:
        PydanticCustomError: something in it is not JSON; the rule names where.
    """
    where = f"{path or 'value'}: " if path else ""
    if depth > DEEPEST:
        raise rule(f"JSON data, nested at most {DEEPEST} deep", "flatten it, or look for a cycle")
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise rule(f"{where}text without lone surrogates", "decode it with the right encoding")
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value.bit_length() > 64:
            raise rule(f"{where}whole numbers of at most 64 bits", "send it as text")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise rule(f"{where}finite numbers; JSON has no {value}", "leave the key out, or send null")
        return float(value)
    if isinstance(value, Mapping):
        return {_key(key, where): json_data(item, f"{path}.{key}" if path else key, depth + 1)
                for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_data(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    raise rule(f"{where}JSON data, and {short(type(value).__name__)} is none", "pass dicts, lists, texts and numbers")


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise rule(f"{where}keys are texts, and {short(key)} is none", "write the key as text")
    return key


Json = Annotated[Any, BeforeValidator(json_data)]
"""JSON data: dicts with text keys, lists, texts, finite numbers, True, False and None."""


class Tagged(RequestModel):
    """A value of a type that the SDK has no class for; it is sent as it is.

    The platform marks every input with a type, such as ``oem.kvn`` or ``navsol.txt``: data kind, dot, file form.

    >>> Tagged(type="oem.kvn", content="CCSDS_OEM_VERS = 2.0")
    Tagged(type='oem.kvn', content='CCSDS_OEM_VERS = 2.0')
    """

    type: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$")]
    """The platform's name of the type. Which names it takes is documented for a few only."""
    content: Json
    """The value: any JSON data."""
