"""Values of a type that the SDK has no class for, and the check that something is JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from ..errors import InputError, InputProblem, is_broken
from .base import RequestModel, rule, short
from .masking import shown

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


def _type(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", value):
        raise rule("a name of letters, digits, '-', '_' and '.'", "for example 'oem.kvn'")
    return value


class Tagged(RequestModel):
    """A value of a type that the SDK has no class for; it is sent as it is.

    The platform marks every input with a type, such as ``oem.kvn`` or ``navsol.txt``: data kind, dot, file form.

    >>> Tagged(type="oem.kvn", content="CCSDS_OEM_VERS = 2.0")
    Tagged(type='oem.kvn', content='CCSDS_OEM_VERS = 2.0')
    """

    type: Annotated[str, BeforeValidator(_type)]
    """The platform's name of the type. Which names it takes is documented for a few only."""
    content: Json
    """The value: any JSON data."""

    @property
    def tag(self) -> str:
        """The platform's name of the type."""
        return self.type

    def wire(self) -> Any:
        """The content as the platform takes it."""
        return self.content
