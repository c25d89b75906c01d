"""What must not be printed: known by its name, wherever it stands."""

from __future__ import annotations

import re
from typing import Any

from pydantic import SecretStr

from .text import short as short

MASK = "**********"
DEEPEST = 20
"""Levels of nested data that are printed: a value may hold itself."""
_NAMES = r"webhook|space_track_(?:login|poc)|password|passwd|secret|token|api_?key|credential"
_SECRET = re.compile(_NAMES, re.IGNORECASE)
_IN_JSON = re.compile(rf'("[^"]{{0,80}}(?:{_NAMES})[^"]{{0,80}}"\s*:\s*")(?:[^"\\]|\\.)*', re.IGNORECASE)


def is_secret(name: object) -> bool:
    """Whether a field of that name is kept out of what is printed: webhooks, logins, points of contact, keys."""
    return isinstance(name, str) and _SECRET.search(name) is not None


def masked(value: Any, deep: int = DEEPEST) -> Any:
    """JSON data, with asterisks in place of what stands under the name of a secret, or ``deep`` levels down."""
    if not isinstance(value, dict | list | tuple):
        return value
    if not deep:
        return MASK
    if isinstance(value, dict):
        return {key: shown(key, item, deep - 1) for key, item in value.items()}
    items = [masked(item, deep - 1) for item in value]
    return tuple(items) if isinstance(value, tuple) else items


def shown(name: object, value: Any, deep: int = DEEPEST) -> Any:
    """The value of a field as it may be printed."""
    if not is_secret(name):
        return masked(value, deep)
    return value if value is None or isinstance(value, bool | SecretStr) else MASK


def masked_text(text: str) -> str:
    """JSON text that may be cut off or damaged, masked the same way."""
    return _IN_JSON.sub(rf"\1{MASK}", text)
