"""Redaction of secrets, which are recognised by field name at any depth."""

from __future__ import annotations

import re
from typing import Any

from pydantic import SecretStr

from .text import short as short

MASK = "**********"
DEEPEST = 20
"""Maximum depth of printed data; it also stops at values that contain themselves."""
_NAMES = r"webhook|space_track_(?:login|poc)|password|passwd|secret|token|api_?key|credential"
_IN_JSON = rf'("[^"]{{0,80}}(?:{_NAMES})[^"]{{0,80}}"\s*:\s*")(?:[^"\\]|\\.)*'


def is_secret(name: object) -> bool:
    """Return True if a field name denotes a secret: webhooks, logins, points of contact, keys."""
    return isinstance(name, str) and re.search(_NAMES, name, re.IGNORECASE) is not None


def masked(value: Any, deep: int = DEEPEST) -> Any:
    """Return JSON data with asterisks for the values of secret fields and for anything below ``deep`` levels."""
    if not isinstance(value, dict | list | tuple):
        return value
    if not deep:
        return MASK
    if isinstance(value, dict):
        return {key: shown(key, item, deep - 1) for key, item in value.items()}
    items = [masked(item, deep - 1) for item in value]
    return tuple(items) if isinstance(value, tuple) else items


def shown(name: object, value: Any, deep: int = DEEPEST) -> Any:
    """Return the value of a field in a form that is safe to print."""
    if not is_secret(name):
        return masked(value, deep)
    return value if value is None or isinstance(value, bool | SecretStr) else MASK


def masked_text(text: str) -> str:
    """Return JSON text with its secrets masked; the text may be truncated or damaged."""
    return re.sub(_IN_JSON, rf"\1{MASK}", text, flags=re.IGNORECASE)
